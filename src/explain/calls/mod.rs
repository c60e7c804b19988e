//! What a system call did, by its outcome.

mod accept;
mod bind;
mod close;
mod connect;
mod descriptors;
mod multiplex;
mod names;
mod open;
mod options;
mod overrun;
mod process;
mod receive;
mod send;

use std::sync::Arc;

pub use options::single;

use super::scene::{Scene, first};
use super::story::Story;
use crate::model::{Host, Outcome, ProcessName, Report, Socket, Syscall};

/// A report with what belongs to it: who called, and the socket of the call's first argument.
pub struct Case<'a> {
    /// The report.
    pub report: &'a Report,
    /// Who called.
    pub process: &'a ProcessName,
    /// The caller's host.
    pub host: Option<&'a Arc<Host>>,
    /// The call's first argument; −1 where it is no int.
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
            fd: first(report).unwrap_or(-1),
            before: scene.socket_before(report),
            after: scene.socket_after(report),
        }
    }

    /// `client fd 3`: the caller and the call's first argument.
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

    /// A path among the arguments, without the quotes that strace writes round it.
    pub fn path(&self, index: usize) -> &'a str {
        let shown = self.shown(index);
        shown.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or(shown)
    }
}

/// Whether what the call returns counts bytes that went out of its second argument or into it.
fn moves_bytes(case: &Case) -> bool {
    use Syscall::{Read, Recvfrom, Sendto, Write};
    matches!(case.report.call.syscall, Read | Write | Recvfrom | Sendto)
}

/// Explains one report.
pub fn tell<'a>(story: &mut Story<'a>, report: &'a Report) {
    let case = Case::new(&story.scene, report);
    overrun::tell(story, &case);
    match &report.outcome {
        Outcome::Returned(value) => returned(story, &case, *value),
        Outcome::Blocked => blocked(story, &case),
        Outcome::Failed(errno) => super::errors::tell(story, &case, *errno),
        // The change of the process's state tells it, with the call.
        Outcome::Killed(_) | Outcome::Exited(_) => {}
    }
}

fn returned(story: &mut Story, case: &Case, value: i64) {
    match case.report.call.syscall {
        Syscall::Socket => open::socket(story, case, value),
        Syscall::Socketpair => open::socketpair(story, case),
        Syscall::Pipe | Syscall::Pipe2 => open::pipe(story, case),
        Syscall::Open => open::open(story, case, value),
        Syscall::Unlink => open::unlink(story, case),
        Syscall::Bind => bind::bind(story, case),
        Syscall::Listen => bind::listen(story, case),
        Syscall::Accept | Syscall::Accept4 => accept::returned(story, case, value),
        Syscall::Connect => connect::returned(story, case),
        Syscall::Read | Syscall::Readv | Syscall::Recvfrom | Syscall::Recvmsg => {
            receive::returned(story, case, value);
        }
        Syscall::Write | Syscall::Writev | Syscall::Sendto | Syscall::Sendmsg => {
            send::returned(story, case, value);
        }
        Syscall::Shutdown => close::shutdown(story, case),
        Syscall::Close => close::close(story, case),
        Syscall::Dup | Syscall::Dup2 | Syscall::Dup3 => descriptors::dup(story, case, value),
        Syscall::Fcntl => descriptors::fcntl(story, case, value),
        Syscall::Ioctl => descriptors::ioctl(story, case),
        Syscall::Getsockname | Syscall::Getpeername => names::returned(story, case),
        Syscall::Getsockopt => options::get(story, case),
        Syscall::Setsockopt => options::set(story, case),
        Syscall::Poll | Syscall::Select | Syscall::EpollWait => {
            multiplex::returned(story, case, value);
        }
        Syscall::EpollCreate1 | Syscall::EpollCtl => multiplex::epoll(story, case, value),
        Syscall::Fork => process::fork(story, case, value),
        Syscall::Wait4 => process::waited(story, case, value),
        Syscall::Kill => process::kill(story, case),
        Syscall::RtSigaction => process::sigaction(story, case),
        Syscall::Setrlimit => process::setrlimit(story, case),
        Syscall::Fstat
        | Syscall::Lseek
        | Syscall::Mmap
        | Syscall::Splice
        | Syscall::Sendfile
        | Syscall::Getpid
        | Syscall::Getppid
        | Syscall::Pause
        | Syscall::Nanosleep
        | Syscall::ExitGroup => process::other(story, case, value),
    }
}

fn blocked(story: &mut Story, case: &Case) {
    match case.report.call.syscall {
        Syscall::Accept | Syscall::Accept4 => accept::blocked(story, case),
        Syscall::Connect => connect::blocked(story, case),
        Syscall::Read | Syscall::Readv | Syscall::Recvfrom | Syscall::Recvmsg => {
            receive::blocked(story, case);
        }
        Syscall::Write | Syscall::Writev | Syscall::Sendto | Syscall::Sendmsg => {
            send::blocked(story, case);
        }
        Syscall::Close => close::blocked(story, case),
        Syscall::Poll | Syscall::Select | Syscall::EpollWait => multiplex::blocked(story, case),
        Syscall::Socket
        | Syscall::Socketpair
        | Syscall::Bind
        | Syscall::Listen
        | Syscall::Shutdown
        | Syscall::Dup
        | Syscall::Dup2
        | Syscall::Dup3
        | Syscall::Pipe
        | Syscall::Pipe2
        | Syscall::Fcntl
        | Syscall::Ioctl
        | Syscall::Getsockopt
        | Syscall::Setsockopt
        | Syscall::Getsockname
        | Syscall::Getpeername
        | Syscall::EpollCreate1
        | Syscall::EpollCtl
        | Syscall::Fork
        | Syscall::Unlink
        | Syscall::Open
        | Syscall::Fstat
        | Syscall::Lseek
        | Syscall::Mmap
        | Syscall::Splice
        | Syscall::Sendfile
        | Syscall::Kill
        | Syscall::RtSigaction
        | Syscall::Setrlimit
        | Syscall::Getpid
        | Syscall::Getppid
        | Syscall::Pause
        | Syscall::Wait4
        | Syscall::Nanosleep
        | Syscall::ExitGroup => process::blocked(story, case),
    }
}
