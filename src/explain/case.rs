//! One report with what belongs to it.

use std::sync::Arc;

use super::names::address_name;
use super::scene::{Scene, subject};
use crate::model::{Host, ProcessName, Report, Socket, Syscall};

/// A report with what belongs to it: who called, and the socket that the call is about.
pub struct Case<'a> {
    /// The report.
    pub report: &'a Report,
    /// Who called.
    pub process: &'a ProcessName,
    /// The caller's host.
    pub host: Option<&'a Arc<Host>>,
    /// The fd that the call is about; −1 where it is about none.
    pub fd: i32,
    /// The socket behind it before the moment.
    pub before: Option<&'a Arc<Socket>>,
    /// The socket behind it afterwards.
    pub after: Option<&'a Arc<Socket>>,
}

impl<'a> Case<'a> {
    /// The case of a report.
    pub fn new(scene: &Scene<'a>, report: &'a Report) -> Self {
        let process = &report.call.process;
        Self {
            report,
            process,
            host: scene.host_of(process),
            fd: subject(report).unwrap_or(-1),
            before: scene.socket_before(report),
            after: scene.socket_after(report),
        }
    }

    /// The same report about the fd in another of its arguments: the one that `splice()` writes
    /// to, say.
    pub fn about(scene: &Scene<'a>, report: &'a Report, argument: usize) -> Self {
        let process = &report.call.process;
        let fd = report.call.args.get(argument).and_then(|fd| i32::try_from(*fd).ok());
        let fd = fd.unwrap_or(-1);
        Self {
            report,
            process,
            host: scene.host_of(process),
            fd,
            before: scene.before.socket_of(process, fd),
            after: scene.after().socket_of(process, fd),
        }
    }

    /// `client fd 3`: the caller and the fd that the call is about.
    pub fn who(&self) -> String {
        format!("{} fd {}", self.process, self.fd)
    }

    /// `client fd N` for another number of the caller.
    pub fn fd_name(&self, fd: i64) -> String {
        format!("{} fd {fd}", self.process)
    }

    /// The call by the name that was typed.
    pub fn call(&self) -> &'a str {
        &self.report.call.typed
    }

    /// The socket, as it is now or as it was.
    pub fn socket(&self) -> Option<&'a Arc<Socket>> {
        self.after.or(self.before)
    }

    /// An argument as strace prints it, before the call, without its comment.
    pub fn shown(&self, index: usize) -> &'a str {
        let shown = self.report.call.shown.get(index).map_or("?", String::as_str);
        shown.split(" /*").next().unwrap_or(shown)
    }

    /// An argument that the kernel wrote to, after the call.
    pub fn written(&self, index: usize) -> Option<&'a str> {
        let written = self.report.written.iter().find(|(place, _)| *place == index);
        written.map(|(_, text)| text.as_str())
    }

    /// What strace prints in parentheses behind the result: `flags O_RDWR`, what is ready.
    pub fn remark(&self) -> Option<&'a str> {
        let remark = self.written(self.report.call.args.len())?;
        remark.strip_prefix('(')?.strip_suffix(')')
    }

    /// The MSG_ flags of send(2) and recv(2).
    pub fn flags(&self) -> i64 {
        let call = &self.report.call;
        if matches!(call.syscall, Syscall::Sendto | Syscall::Recvfrom) {
            call.args[3]
        } else if matches!(call.syscall, Syscall::Sendmsg | Syscall::Recvmsg) {
            call.args[2]
        } else {
            0
        }
    }

    /// All arguments as strace prints them, before the call.
    pub fn args(&self) -> String {
        self.report.call.shown.join(", ")
    }

    /// Where a datagram is to go: to the address among the arguments, else to the socket's peer.
    pub fn destination(&self) -> String {
        let call = &self.report.call;
        let named = call.syscall == Syscall::Sendto && call.args[4] != 0;
        match self.socket().and_then(|socket| socket.peer.as_ref()) {
            Some(peer) if !named && peer.port() != Some(0) => peer.to_string(),
            Some(_) | None => address_name(self.shown(4)),
        }
    }

    /// A path among the arguments, without the quotes that strace writes round it.
    pub fn path(&self, index: usize) -> &'a str {
        let shown = self.shown(index);
        shown.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(shown)
    }
}

/// An argument as the kernel's `int` takes it: a length of 4294967295 is −1.
pub fn as_int(argument: i64) -> i32 {
    let [a, b, c, d, ..] = argument.to_le_bytes();
    i32::from_le_bytes([a, b, c, d])
}

/// A single number without the brackets that strace writes round it: `[1]` is `1`.
pub fn single(shown: &str) -> &str {
    let inside = shown.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    inside.filter(|text| !text.contains([',', ' '])).unwrap_or(shown)
}
