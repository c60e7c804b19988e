//! A process of the lab as sockstep holds it: its channel, its memory and what it does.

use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::sync::Arc;

use nix::errno::Errno;

use super::failure::{Attempt as _, Failure};
use super::fd_table::Fds;
use super::known::{Known, Rest};
use super::order::End;
use super::output::Output;
use super::sys::{self, Arena, Channel, DEEPEST, Received, Reply, Request, Signalled};
use crate::model::{
    Call, Caught, Errno as CallErrno, HostName, Outcome, ProcessName, Signal, Syscall,
};

/// One process. When it dies it lets go of everything that takes room on the machine.
#[derive(Debug)]
pub(super) struct Process {
    /// The lesson's name for it.
    pub name: ProcessName,
    /// Where it lives.
    pub host: HostName,
    /// Who forked it.
    pub parent: Option<ProcessName>,
    /// Its number in the lab, from whoever started it or from its hello.
    pub pid: Option<i32>,
    /// Its number outside, from its hello.
    pub outer: Option<i32>,
    /// What is known of it from its hello to its death.
    pub known: Option<Known>,
    /// What it does; in a handler of a signal, what it does there.
    pub doing: Doing,
    /// The handlers that it is in, the innermost last. One that was told to end is not among them.
    pub handling: Vec<Handling>,
    /// The signals that were blocked where each handler came that the kernel had begun when it
    /// last told of one; there may be more of them than in `handling`.
    masks: Vec<u64>,
    /// Its memory. A command has none; a dead process keeps it until the next action.
    pub arena: Option<Arena>,
    /// A command's output, as long as anybody may write to it.
    pub output: Option<Output>,
    /// The fd table as last read; `None` if it may have changed.
    pub fds: Option<Fds>,
    /// How it ended, if that was told before its channel was read to the end.
    pub end: Option<End>,
    /// The last signal that the lab sent it.
    pub signalled: Option<i32>,
    /// How often its end was looked for in vain.
    pub sought: u32,
    channel: Option<Channel>,
    /// The inode of the channel's end that sockstep holds.
    pub talk: Option<u64>,
    stopped: bool,
}

/// A handler of a signal that a process is in.
#[derive(Debug, Clone)]
pub(super) struct Handling {
    /// What was caught.
    pub caught: Arc<Caught>,
    /// What the process goes back to.
    pub outer: Doing,
    /// In how many handlers it is for the kernel. If a signal comes before the process has gone
    /// back from a handler that was told to end, that one is over only behind the new one.
    depth: u32,
}

/// What a process does, as far as messages tell.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Doing {
    /// It has not said hello.
    Starting,
    /// It waits for its next call.
    Ready,
    /// It was told to make this call and has not come back.
    Calling {
        /// The call.
        call: Arc<Call>,
        /// It was reported as blocked.
        reported: bool,
    },
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
    /// A handler of its own runs.
    Caught(Arc<Caught>),
    /// fork() made a child that will say hello itself.
    Child {
        /// The child's channel.
        channel: Channel,
        /// Its memory.
        arena: OwnedFd,
    },
    /// Its channel is closed, or it is dead and has said all that it will.
    Gone,
}

impl Process {
    /// A process that was started and has yet to say hello.
    pub fn new(
        name: ProcessName,
        host: HostName,
        pid: Option<i32>,
        channel: Channel,
        arena: Arena,
    ) -> Self {
        let arena = Some(arena);
        Self { arena, ..Self::command(name, host, pid, channel, None) }
    }

    /// A command of the machine. It says hello and nothing more; what it prints comes by `output`.
    pub fn command(
        name: ProcessName,
        host: HostName,
        pid: Option<i32>,
        channel: Channel,
        output: Option<Output>,
    ) -> Self {
        Self {
            name,
            host,
            parent: None,
            pid,
            outer: None,
            known: None,
            doing: Doing::Starting,
            handling: Vec::new(),
            masks: Vec::new(),
            arena: None,
            output,
            fds: None,
            end: None,
            signalled: None,
            sought: 0,
            talk: channel.inode(),
            channel: Some(channel),
            stopped: false,
        }
    }

    /// A child that is forked in a handler is in it too, and goes back to what its parent did.
    pub fn inherit(&mut self, parent: &Self) {
        let own =
            |call: &Arc<Call>| Arc::new(Call { process: self.name.clone(), ..Call::clone(call) });
        let mine = |Handling { caught, outer, depth }: &Handling| {
            let during = caught.during.as_ref().map(own);
            let outer = match (&during, outer) {
                (Some(call), _) => Doing::Calling { call: call.clone(), reported: false },
                (None, outer) => outer.clone(),
            };
            let process = self.name.clone();
            let caught = Arc::new(Caught { process, during, ..Caught::clone(caught) });
            Handling { caught, outer, depth: *depth }
        };
        self.handling = parent.handling.iter().map(mine).collect();
        self.masks = parent.masks.clone();
    }

    /// In how many handlers it is where it was last told something.
    fn depth(&self) -> u32 {
        self.handling.last().map_or(0, |handling| handling.depth)
    }

    /// To wait for news, as long as there may be any.
    pub fn as_fd(&self) -> Option<BorrowedFd<'_>> {
        self.channel.as_ref().map(|channel| channel.as_fd())
    }

    /// Its channel, if it will not be needed any more.
    pub fn hang_up(&mut self) -> Option<Channel> {
        let over = !matches!(self.doing, Doing::Starting | Doing::Ready | Doing::Calling { .. });
        let channel = self.channel.take_if(|_| over)?;
        self.talk = None;
        Some(channel)
    }

    /// Whether it may still do something.
    pub fn is_alive(&self) -> bool {
        !matches!(self.doing, Doing::Dead(_))
    }

    /// Whether it takes room: it is alive, or somebody whom it started may still print.
    pub fn takes_room(&self) -> bool {
        self.is_alive() || self.output.is_some()
    }

    /// Makes a call. The process must be ready.
    ///
    /// # Errors
    /// EPIPE if it is dead.
    pub fn call(&mut self, call: Arc<Call>) -> Result<(), Failure> {
        let (number, arguments) = (sys::number(call.syscall), call.args);
        let request = Request { number, arguments, depth: self.depth() };
        self.fds = None;
        self.doing = match self.handling.pop_if(|_| call.syscall == Syscall::RtSigreturn) {
            // It goes on where it was, and if it slept there, maybe sleeps again.
            Some(Handling { outer: Doing::Calling { call, .. }, .. }) => {
                Doing::Calling { call, reported: false }
            }
            Some(Handling { outer, .. }) => outer,
            None => Doing::Calling { call, reported: false },
        };
        let Some(channel) = &self.channel else { return Ok(()) };
        // A process that died just now says so by its closed channel.
        match channel.send(&request.to_bytes(), &[]) {
            Err(Errno::EPIPE | Errno::ECONNRESET) => Ok(()),
            other => other.attempt(format!("tell {} its call", self.name)),
        }
    }

    /// Reads one message, if there is one.
    ///
    /// # Errors
    /// EBADMSG for a message that is none: the process's memory was overwritten.
    pub fn news(&mut self) -> Result<Option<News>, Failure> {
        let Some(channel) = &self.channel else { return Ok(None) };
        let mut bytes = [0; 64];
        let received = match channel.try_receive(&mut bytes) {
            Ok(received) => received,
            // Others may hold its end of the channel, but it has said all that it will.
            Err(Errno::EAGAIN) if self.end.is_some() => return Ok(Some(self.gone())),
            Err(Errno::EAGAIN | Errno::EINTR) => return Ok(None),
            Err(Errno::ECONNRESET) => return Ok(Some(self.gone())),
            Err(errno) => return Err(errno).attempt(format!("listen to {}", self.name)),
        };
        if received.length == 0 {
            return Ok(Some(self.gone()));
        }
        let Some(reply) = Reply::from_bytes(&bytes[..received.length]) else {
            return Err(self.forged());
        };
        self.take_reply(reply, received)
    }

    fn take_reply(&mut self, reply: Reply, received: Received) -> Result<Option<News>, Failure> {
        match reply {
            Reply::Hello { pid, control } if self.doing == Doing::Starting => {
                self.hello(pid, received.sender.unwrap_or(0), control)?;
                Ok(Some(News::Hello))
            }
            Reply::Child if self.calls(Syscall::Fork) => {
                let mut fds = received.fds.into_iter();
                let (Some(channel), Some(arena)) = (fds.next(), fds.next()) else {
                    return Err(self.forged());
                };
                Ok(Some(News::Child { channel: Channel::from_fd(channel), arena }))
            }
            Reply::Begun { control } if self.calls(Syscall::Execve) => {
                let Some(arena) = received.fds.first() else { return Err(self.forged()) };
                let attempt = "take the memory of a program";
                self.arena = Some(Arena::map(arena).attempt(attempt)?);
                // No handler is left, nor what one has interrupted.
                (self.handling, self.masks) = (Vec::new(), Vec::new());
                Ok(self.back(0, 0, control))
            }
            Reply::Back { value, errno, control } => Ok(self.back(value, errno, control)),
            Reply::Caught(signalled) if self.can_catch(signalled.depth) => {
                Ok(Some(News::Caught(self.catches(signalled))))
            }
            Reply::Caught(_) | Reply::Hello { .. } | Reply::Child | Reply::Begun { .. } => {
                Err(self.forged())
            }
        }
    }

    /// Only who waits or calls can be interrupted by a handler, and it lies inside of all that the
    /// process is in.
    fn can_catch(&self, depth: u32) -> bool {
        let there = matches!(self.doing, Doing::Ready | Doing::Calling { .. });
        let inner = self.depth() < depth && depth as usize <= DEEPEST;
        there && inner && depth as usize <= self.masks.len() + 1
    }

    fn catches(&mut self, signalled: Signalled) -> Arc<Caught> {
        let Signalled { signal, code, sender, user, status, address, flags, depth, mask } =
            signalled;
        self.fds = None;
        self.masks.truncate(depth as usize - 1);
        self.masks.push(mask);
        // It goes back to where it was told to be, through all handlers that were told to end.
        let mask = self.masks[self.depth() as usize];
        let outer = std::mem::replace(&mut self.doing, Doing::Ready);
        let during =
            if let Doing::Calling { call, .. } = &outer { Some(call.clone()) } else { None };
        let caught = Arc::new(Caught {
            process: self.name.clone(),
            pid: self.pid.unwrap_or(0),
            signal: Signal(signal),
            code,
            sender,
            user,
            status,
            address,
            handler: String::new(),
            flags,
            mask,
            during,
        });
        self.handling.push(Handling { caught: caught.clone(), outer, depth });
        caught
    }

    fn hello(&mut self, pid: i32, outer: i32, control: i32) -> Result<(), Failure> {
        (self.pid, self.outer) = (Some(pid), Some(outer));
        for handling in &mut self.handling {
            Arc::make_mut(&mut handling.caught).pid = pid;
        }
        match Known::open(pid, outer, control) {
            Ok(known) => self.known = Some(known),
            // It is dead and waited for already; how it ended will be told.
            Err(Failure { errno: Errno::ESRCH | Errno::ENOENT, .. }) => {
                self.doing = Doing::Ending(None);
                return Ok(());
            }
            Err(failure) => return Err(failure),
        }
        self.doing = if self.arena.is_some() { Doing::Ready } else { Doing::Command };
        Ok(())
    }

    /// Whether this is its running call: only then it may hand over a child, or other memory.
    fn calls(&self, syscall: Syscall) -> bool {
        matches!(&self.doing, Doing::Calling { call, .. } if call.syscall == syscall)
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
            Doing::Calling { call, .. } => Some(News::Back(call, outcome)),
            other => {
                self.doing = other;
                None
            }
        }
    }

    fn gone(&mut self) -> News {
        let call = match std::mem::replace(&mut self.doing, Doing::Starting) {
            Doing::Calling { call, .. } => Some(call),
            Doing::Starting | Doing::Ready | Doing::Ending(_) | Doing::Command | Doing::Dead(_) => {
                None
            }
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
            Doing::Calling { call, .. } => Some(call.clone()),
        };
        let Some(known) = &mut self.known else { return Rest { quiet: false, ..gone } };
        let told = self.signalled == Some(nix::libc::SIGSTOP);
        let rest = known.rest(call.as_deref(), told);
        self.stopped = rest.stopped;
        rest
    }

    /// Whether it was stopped by a signal when last looked at.
    pub fn is_stopped(&self) -> bool {
        self.stopped && self.is_alive()
    }
}
