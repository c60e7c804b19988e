//! A process of the lab as sockstep holds it: its channel, its arena and what it does.

use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::Arc;

use nix::errno::Errno;

use super::failure::{Attempt as _, Failure};
use super::known::{Known, Rest};
use super::order::End;
use super::proc::{self, RunState};
use super::sys::{self, Arena, Channel, Received, Reply, Request};
use crate::model::{Call, Errno as CallErrno, Fd, HostName, Outcome, ProcessName, Signal, Syscall};

/// One process.
#[derive(Debug)]
pub(super) struct Process {
    /// The lesson's name for it.
    pub name: ProcessName,
    /// Where it lives.
    pub host: HostName,
    /// Who forked it.
    pub parent: Option<ProcessName>,
    /// Its numbers and files, once it has said hello.
    pub known: Option<Known>,
    /// What it does.
    pub doing: Doing,
    /// Its memory.
    pub arena: Arena,
    channel: Channel,
    /// The child that a running fork() has made.
    pub child: Option<(Channel, OwnedFd)>,
    /// The fd table as last read; `None` if it may have changed.
    pub fds: Option<Vec<Arc<Fd>>>,
    /// Its running call was reported as blocked.
    pub reported: bool,
    stopped: bool,
    is_command: bool,
}

/// What a process does, as far as messages tell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Doing {
    /// It has not said hello.
    Starting,
    /// It waits for its next call.
    Ready,
    /// It was told to make this call and has not come back.
    Calling(Arc<Call>),
    /// Its channel is closed, and how it ended is not known yet.
    Ending(Option<Arc<Call>>),
    /// It is a command of the machine; it takes no calls.
    Command,
    /// It is dead.
    Dead(Outcome),
}

/// What a process has said.
#[derive(Debug)]
pub(super) enum News {
    /// It is there.
    Hello,
    /// Its call is back.
    Back(Arc<Call>, Outcome),
    /// fork() made a child that will say hello itself.
    Child,
    /// A command has printed this.
    Printed(Vec<u8>),
    /// Its channel is closed.
    Gone,
}

impl Process {
    /// A process that was started and has yet to say hello.
    pub fn new(
        name: ProcessName,
        host: HostName,
        parent: Option<ProcessName>,
        channel: Channel,
        arena: Arena,
    ) -> Self {
        let doing = Doing::Starting;
        let (known, child, fds) = (None, None, None);
        let (reported, stopped, is_command) = (false, false, false);
        Self {
            name,
            host,
            parent,
            known,
            doing,
            arena,
            channel,
            child,
            fds,
            reported,
            stopped,
            is_command,
        }
    }

    /// From its hello on it is a command of the machine, and what it says is what it prints.
    pub fn become_command(&mut self) {
        self.is_command = true;
    }

    /// To wait for news.
    pub fn as_fd(&self) -> BorrowedFd<'_> {
        self.channel.as_fd()
    }

    /// Whether it may still do something.
    pub fn is_alive(&self) -> bool {
        !matches!(self.doing, Doing::Dead(_))
    }

    /// Makes a call. The process must be ready.
    ///
    /// # Errors
    /// EPIPE if it is dead.
    pub fn call(&mut self, call: Arc<Call>) -> Result<(), Failure> {
        let request = Request { number: sys::number(call.syscall), arguments: call.args };
        self.fds = None;
        self.doing = Doing::Calling(call);
        // A process that died just now says so by its closed channel.
        match self.channel.send(&request.to_bytes(), &[]) {
            Err(Errno::EPIPE | Errno::ECONNRESET) => Ok(()),
            other => other.attempt(format!("tell {} its call", self.name)),
        }
    }

    /// Reads one message, if there is one.
    ///
    /// # Errors
    /// EBADMSG for a message that is none: the process's memory was overwritten.
    pub fn news(&mut self) -> Result<Option<News>, Failure> {
        if matches!(self.doing, Doing::Ending(_) | Doing::Dead(_)) {
            return Ok(None);
        }
        let mut bytes = [0; 4096];
        let received = match self.channel.try_receive(&mut bytes) {
            Ok(received) => received,
            Err(Errno::EAGAIN | Errno::EINTR) => return Ok(None),
            Err(Errno::ECONNRESET) => return Ok(Some(self.gone())),
            Err(errno) => return Err(errno).attempt(format!("listen to {}", self.name)),
        };
        if received.length == 0 {
            return Ok(Some(self.gone()));
        }
        let bytes = &bytes[..received.length];
        if self.doing == Doing::Command {
            return Ok(Some(News::Printed(bytes.to_vec())));
        }
        let Some(reply) = Reply::from_bytes(bytes) else {
            return Err(self.forged());
        };
        self.take_reply(reply, received)
    }

    fn take_reply(&mut self, reply: Reply, received: Received) -> Result<Option<News>, Failure> {
        match reply {
            Reply::Hello { pid, control } if self.doing == Doing::Starting => {
                let outer = received.sender.unwrap_or(0);
                self.known = Some(Known::open(pid, outer, control)?);
                self.doing = if self.is_command { Doing::Command } else { Doing::Ready };
                Ok(Some(News::Hello))
            }
            Reply::Child if self.forks() => {
                let mut fds = received.fds.into_iter();
                if let (Some(channel), Some(arena)) = (fds.next(), fds.next()) {
                    self.child = Some((Channel::from_fd(channel), arena));
                }
                Ok(Some(News::Child))
            }
            Reply::Back { value, errno, control } => Ok(self.back(value, errno, control)),
            Reply::Hello { .. } | Reply::Child => Err(self.forged()),
        }
    }

    /// Whether its running call is a fork(): only then it may hand over a child.
    fn forks(&self) -> bool {
        matches!(&self.doing, Doing::Calling(call) if call.syscall == Syscall::Fork)
    }

    /// A message that a process does not send: a lesson has stolen its channel.
    fn forged(&self) -> Failure {
        Failure { attempt: format!("read a reply of {}", self.name), errno: Errno::EBADMSG }
    }

    fn back(&mut self, value: i64, errno: i32, control: i32) -> Option<News> {
        if let Some(known) = &mut self.known {
            known.control = control;
        }
        self.fds = None;
        let outcome = if value == -1 && errno != 0 {
            Outcome::Failed(CallErrno(errno))
        } else {
            Outcome::Returned(value)
        };
        match std::mem::replace(&mut self.doing, Doing::Ready) {
            Doing::Calling(call) => Some(News::Back(call, outcome)),
            other => {
                self.doing = other;
                None
            }
        }
    }

    fn gone(&mut self) -> News {
        let call = match std::mem::replace(&mut self.doing, Doing::Starting) {
            Doing::Calling(call) => Some(call),
            _ => None,
        };
        self.doing = Doing::Ending(call);
        self.fds = None;
        News::Gone
    }

    /// Whether it is at rest, by `/proc`.
    pub fn rest(&mut self) -> Rest {
        let gone = Rest { quiet: true, stopped: false, runs: 0 };
        let call = match &self.doing {
            Doing::Dead(_) => return gone,
            // A command is like the world outside: nobody waits for it to rest.
            Doing::Command => return gone,
            Doing::Starting | Doing::Ending(_) => return Rest { quiet: false, ..gone },
            Doing::Ready => None,
            Doing::Calling(call) => Some(call.clone()),
        };
        let Some(known) = &mut self.known else { return Rest { quiet: false, ..gone } };
        let rest = known.rest(call.as_deref());
        self.stopped = rest.stopped;
        rest
    }

    /// Whether it was stopped by a signal when last looked at.
    pub fn is_stopped(&self) -> bool {
        self.stopped && self.is_alive()
    }

    /// How it ended, if its number in the lab is among `died` or its own `/proc` entry tells.
    pub fn ended(&mut self, died: &[(i32, End)]) -> Option<End> {
        let Doing::Ending(call) = &self.doing else { return None };
        let Some(known) = &self.known else {
            return died.first().map(|(_, end)| *end);
        };
        if let Some((_, end)) = died.iter().rev().find(|(pid, _)| *pid == known.pid) {
            return Some(*end);
        }
        // A forked child stays as a zombie until its parent waits for it.
        let stat = std::fs::read(format!("/proc/{}/stat", known.outer));
        match stat.ok().as_deref().and_then(proc::stat) {
            Some(stat) if stat.state == RunState::Zombie => stat.exit_code.map(from_wait_status),
            Some(_) => None,
            // Its parent has waited for it already. Where the kernel is too old to tell all the
            // same, what it was told to do is still known.
            None => known.handle.wait_status().map(from_wait_status).ok().or_else(|| {
                let call = call.as_ref().filter(|call| call.syscall == Syscall::ExitGroup);
                call.map(|call| End::Exited((call.args[0] & 0xff) as i32))
            }),
        }
    }
}

/// How a process ended, from the number that wait(2) gives.
fn from_wait_status(status: i32) -> End {
    match status & 0x7f {
        0 => End::Exited((status >> 8) & 0xff),
        signal => End::Killed(signal),
    }
}

impl From<End> for Outcome {
    fn from(end: End) -> Self {
        match end {
            End::Exited(status) => Outcome::Exited(status),
            End::Killed(signal) => Outcome::Killed(Signal(signal)),
        }
    }
}
