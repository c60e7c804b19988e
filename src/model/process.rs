//! A process of the lab and its fd table.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::call::{Call, Outcome};
use super::caught::Caught;
use super::name::{HostName, ProcessName};

/// A real process on a host, with its own fd table; it makes calls when told to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Process {
    /// The lesson's name for it.
    pub name: ProcessName,
    /// Where it lives.
    pub host: HostName,
    /// Its number inside the lab, as `getpid()` gives it.
    pub pid: i32,
    /// Its number outside, for `strace -p` and `ls /proc/PID/fd` in another terminal.
    pub outer_pid: i32,
    /// Who forked it; `None` if the lab started it.
    pub parent: Option<ProcessName>,
    /// What it does at this moment.
    pub state: ProcessState,
    /// The handlers of signals that it is in, the innermost last.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub handling: Vec<Arc<Caught>>,
    /// Its open files by number, except sockstep's own control fd and, while they are
    /// [`standard`](Self::standard), 0, 1 and 2.
    pub fds: Vec<Arc<Fd>>,
    /// 0, 1 and 2 are what they were at its birth: `/dev/null`, and a command's output.
    pub standard: bool,
    /// The call in which it is while it is stopped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stopped_in: Option<Arc<Call>>,
}

/// What a process does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ProcessState {
    /// It waits to be told its next call.
    Ready,
    /// It sleeps inside this call.
    InCall {
        /// The call.
        call: Arc<Call>,
        /// The kernel function in which it sleeps (`/proc/PID/wchan`), where the kernel tells.
        wchan: Option<String>,
    },
    /// It runs and has not come to rest within the lab's time limit.
    Running,
    /// Stopped by a signal (state T).
    Stopped,
    /// It is dead; the outcome is [`Outcome::Killed`] or [`Outcome::Exited`].
    Dead(Outcome),
}

/// One entry of an fd table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fd {
    /// The number.
    pub number: i32,
    /// What it stands for.
    pub file: File,
    /// Closed by execve(2) (FD_CLOEXEC).
    pub cloexec: bool,
    /// O_NONBLOCK is set.
    pub nonblock: bool,
    /// What an epoll watches (`/proc/PID/fdinfo`); nothing for any other file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub watches: Vec<Watch>,
}

/// One descriptor that an epoll watches.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Watch {
    /// The number by which it was added.
    pub fd: i32,
    /// The events of epoll_ctl(2). What EPOLLONESHOT has switched off has none but flags left.
    pub events: u32,
    /// What epoll_wait(2) gives back with the events.
    pub data: u64,
}

/// An open file that an fd stands for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum File {
    /// A socket, by its inode; look it up among the host's sockets.
    Socket(u64),
    /// Anything else, as `/proc/PID/fd` names it (`pipe:[123]`, `anon_inode:[eventpoll]`, a path).
    Other(String),
}

impl File {
    /// The inode, if it is a socket.
    pub fn socket(&self) -> Option<u64> {
        match self {
            File::Socket(inode) => Some(*inode),
            File::Other(_) => None,
        }
    }
}

impl Process {
    /// The entry of this number.
    pub fn fd(&self, number: i32) -> Option<&Arc<Fd>> {
        self.fds.iter().find(|fd| fd.number == number)
    }

    /// The call that it is in: it sleeps there, or is stopped there.
    pub fn in_call(&self) -> Option<&Arc<Call>> {
        match &self.state {
            ProcessState::InCall { call, .. } => Some(call),
            ProcessState::Stopped => self.stopped_in.as_ref(),
            ProcessState::Ready | ProcessState::Running | ProcessState::Dead(_) => None,
        }
    }

    /// Whether it is alive.
    pub fn is_alive(&self) -> bool {
        !matches!(self.state, ProcessState::Dead(_))
    }
}
