//! A system call as the learner made it, and what came of it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::errno::Errno;
use super::name::ProcessName;
use super::signal::Signal;

/// Declares the system calls sockstep knows, each with the kernel's name for it.
macro_rules! syscalls {
    ($($variant:ident $name:literal,)*) => {
        /// A system call that a process of the lab can make. The names are the kernel's: `send()`
        /// is `sendto` with no address, as strace prints it. Numbers belong to the lab.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        #[allow(missing_docs)] // each is the call of its name in section 2 of the manual
        pub enum Syscall { $($variant,)* }

        impl Syscall {
            /// Every call.
            pub const ALL: &[Syscall] = &[$(Syscall::$variant,)*];

            /// The kernel's name of the call, as in section 2 of the manual.
            pub fn name(self) -> &'static str {
                match self { $(Syscall::$variant => $name,)* }
            }
        }
    };
}

syscalls! {
    Socket "socket", Socketpair "socketpair", Bind "bind", Listen "listen", Accept "accept",
    Accept4 "accept4", Connect "connect", Read "read", Write "write", Readv "readv",
    Writev "writev", Sendto "sendto", Recvfrom "recvfrom", Sendmsg "sendmsg", Recvmsg "recvmsg",
    Shutdown "shutdown", Close "close", Dup "dup", Dup2 "dup2", Dup3 "dup3", Pipe "pipe",
    Pipe2 "pipe2", Fcntl "fcntl", Ioctl "ioctl", Getsockopt "getsockopt",
    Setsockopt "setsockopt", Getsockname "getsockname", Getpeername "getpeername", Poll "poll",
    Select "select", EpollCreate "epoll_create", EpollCreate1 "epoll_create1", EpollCtl "epoll_ctl", EpollWait "epoll_wait",
    Fork "fork", Execve "execve", Unlink "unlink", Symlink "symlink", Mkdir "mkdir", Chmod "chmod", Open "open", Fstat "fstat", Lseek "lseek", Mmap "mmap",
    Splice "splice", Sendfile "sendfile", Kill "kill", RtSigaction "rt_sigaction",
    RtSigreturn "rt_sigreturn", Alarm "alarm", Kcmp "kcmp", Getrlimit "getrlimit",
    Setrlimit "setrlimit", Getpid "getpid", Getppid "getppid", Pause "pause", Wait4 "wait4",
    Nanosleep "nanosleep", Time "time", ExitGroup "exit_group",
}

impl fmt::Display for Syscall {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One system call with its evaluated arguments, and the C that it came from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Who makes it.
    pub process: ProcessName,
    /// The C statement it came from, on one line; comments are left out.
    pub code: String,
    /// The name as it was typed: `send` where the kernel's call is `sendto`.
    pub typed: String,
    /// The kernel's call.
    pub syscall: Syscall,
    /// The six integers handed to the kernel; those behind the call's own are 0.
    pub args: [i64; 6],
    /// The arguments in strace's notation as they were before the call, one text each:
    /// `3`, `{sa_family=AF_INET, sin_port=htons(8080), …}`, `16`.
    pub shown: Vec<String>,
    /// What a forked child is to be called, if the lesson said so.
    pub child: Option<ProcessName>,
    /// An argument that reaches beyond the object into which it points.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub overrun: Option<Overrun>,
}

/// An argument of a call that tells the kernel more bytes than the object has into which it
/// points. C does not check that, and the kernel knows no objects.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overrun {
    /// The place of the pointer among the arguments, counted from 0.
    pub argument: usize,
    /// The object as C calls it: a variable's name, or a string in quotes (a long one is cut);
    /// with `+N` where the pointer points N bytes into it.
    pub object: String,
    /// Bytes from where the pointer points to the object's end.
    pub room: u64,
    /// Bytes that the call was told.
    pub told: u64,
    /// The kernel writes there, as for `read()`; else it only reads.
    pub fills: bool,
}

/// What came of a call, as the kernel said it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// The call came back with this value, 0 or more.
    Returned(i64),
    /// The call came back with −1 and this error.
    Failed(Errno),
    /// The process sleeps inside the call (state S, and `/proc/PID/syscall` names the call).
    Blocked,
    /// The process was killed by this signal while in the call.
    Killed(Signal),
    /// The process ended by itself in this call with this exit status.
    Exited(i32),
}

impl Outcome {
    /// Whether the call is over.
    pub fn is_over(&self) -> bool {
        !matches!(self, Outcome::Blocked)
    }
}

impl fmt::Display for Outcome {
    /// The outcome in a lesson's notation: `= 3`, `= -1 EBADF`, `blocks`, `killed SIGPIPE`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Outcome::Returned(value) => write!(f, "= {value}"),
            Outcome::Failed(errno) => write!(f, "= -1 {errno}"),
            Outcome::Blocked => f.write_str("blocks"),
            Outcome::Killed(signal) => write!(f, "killed {signal}"),
            Outcome::Exited(status) => write!(f, "exit {status}"),
        }
    }
}

/// A call and its outcome, as one moment reports it. A call that blocks is reported twice: when
/// it fell asleep and when it was over.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// The call.
    pub call: std::sync::Arc<Call>,
    /// What came of it.
    pub outcome: Outcome,
    /// The process's number inside the lab, as the learner's `getpid()` gives it.
    pub pid: i32,
    /// The arguments that the kernel wrote to, in strace's notation after the call, by position
    /// (the address and length of `accept`, the bytes of `read`). Empty until the call is over.
    pub written: Vec<(usize, String)>,
}
