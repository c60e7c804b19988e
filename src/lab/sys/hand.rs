//! A process of the lab: a hand for the kernel that makes one raw system call after another.
//!
//! It knows no C and no socket. A request is a system call's number and six integers; what the
//! integers point to lies in the arena that it shares with sockstep.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::{getpid, write};

use super::arena::{GUARD, map_for_hand, memory};
use super::channel::Channel;
use super::fork::{Forked, fork};
use crate::model::{ARENA_SIZE, ARENA_START};

/// The soft limit of open files that a process starts with. Its control fd lies above.
const OPEN_FILES: u64 = 1024;

/// The hard limit, so that it is the same on every machine. No process may lower it.
const MOST_OPEN_FILES: u64 = 4096;

/// How much memory a process may map besides its arena and the guard behind it, in bytes: the
/// program itself, and some for a learner's mmap(). A lesson must not exhaust the machine.
const MAPPABLE: u64 = 256 << 20;

/// One system call to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The call's number on this machine.
    pub number: i64,
    /// Its arguments.
    pub arguments: [i64; 6],
}

/// What a process says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// It is there and waits for its first request.
    Hello {
        /// Its number inside the lab.
        pid: i32,
        /// The number of its control fd, which is no fd of the learner's.
        control: i32,
    },
    /// The call is back.
    Back {
        /// Its result; −1 if it failed.
        value: i64,
        /// The error if it failed, else 0.
        errno: i32,
        /// The control fd's number by now.
        control: i32,
    },
    /// fork() made a child; its channel and its arena come with this message, and the call's
    /// result follows when this process has let go of both.
    Child,
}

impl Request {
    /// The request as a message.
    pub fn to_bytes(self) -> [u8; 56] {
        let mut bytes = [0; 56];
        bytes[..8].copy_from_slice(&self.number.to_le_bytes());
        for (place, argument) in bytes[8..].chunks_exact_mut(8).zip(self.arguments) {
            place.copy_from_slice(&argument.to_le_bytes());
        }
        bytes
    }

    /// The request in a message, or `None` if it is too short or too long.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != 56 {
            return None;
        }
        let mut words = bytes.chunks_exact(8).map(|word| word.try_into().map(i64::from_le_bytes));
        let number = words.next()?.ok()?;
        let mut arguments = [0; 6];
        for (argument, word) in arguments.iter_mut().zip(words) {
            *argument = word.ok()?;
        }
        Some(Self { number, arguments })
    }
}

impl Reply {
    /// The reply as a message.
    pub fn to_bytes(self) -> [u8; 24] {
        let (kind, value, errno, control) = match self {
            Reply::Hello { pid, control } => (0_i32, i64::from(pid), 0, control),
            Reply::Back { value, errno, control } => (1, value, errno, control),
            Reply::Child => (2, 0, 0, 0),
        };
        let mut bytes = [0; 24];
        bytes[..4].copy_from_slice(&kind.to_le_bytes());
        bytes[4..8].copy_from_slice(&errno.to_le_bytes());
        bytes[8..16].copy_from_slice(&value.to_le_bytes());
        bytes[16..20].copy_from_slice(&control.to_le_bytes());
        bytes
    }

    /// The reply in a message, or `None` if it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != 24 {
            return None;
        }
        let word = |at: usize| bytes[at..at + 4].try_into().map(i32::from_le_bytes).ok();
        let value = bytes[8..16].try_into().map(i64::from_le_bytes).ok()?;
        let (kind, errno, control) = (word(0)?, word(4)?, word(16)?);
        match kind {
            0 => Some(Reply::Hello { pid: i32::try_from(value).ok()?, control }),
            1 => Some(Reply::Back { value, errno, control }),
            2 => Some(Reply::Child),
            _ => None,
        }
    }
}

/// Serves requests until the control channel closes. The caller has dropped all privileges and
/// closed all fds but these two and 0, 1 and 2.
///
/// # Errors
/// The first step of the start that failed. Once it serves, it ends by leaving.
pub fn run_hand(control: Channel, arena: OwnedFd) -> Result<(), Errno> {
    map_for_hand(&arena, false)?;
    drop(arena);
    let mut control = above_the_limit(control.into_fd().as_fd(), &[])?;
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let hard = hard.min(MOST_OPEN_FILES);
    setrlimit(Resource::RLIMIT_NOFILE, hard.min(OPEN_FILES), hard)?;
    let most = (ARENA_SIZE + GUARD.get()) as u64 + MAPPABLE;
    setrlimit(Resource::RLIMIT_AS, most, most)?;
    say(&control, hello(&control), &[])?;
    let mut bytes = [0; 64];
    loop {
        let received = control.receive(&mut bytes)?;
        if received.length == 0 {
            return Ok(());
        }
        let Some(request) = Request::from_bytes(&bytes[..received.length]) else {
            return Err(Errno::EBADMSG);
        };
        control = serve(control, request)?;
    }
}

fn serve(control: Channel, request: Request) -> Result<Channel, Errno> {
    let number = number(&control);
    // An argument that names the control fd means a number that the learner never opened. It
    // steps aside, so that the kernel's own answer is true.
    let named = request.arguments.iter().any(|a| *a as i32 == number);
    let control = if named {
        let aside = above_the_limit(control.as_fd(), &request.arguments)?;
        drop(control);
        aside
    } else {
        control
    };
    if request.number == libc::SYS_fork {
        return fork_a_hand(control);
    }
    let a = request.arguments;
    // SAFETY: none to give, and that is the point: the kernel checks every argument, and whatever
    // it does is done to this process alone, which has no privileges and no state of its own to
    // lose except its mapping and its control fd.
    let value = unsafe { libc::syscall(request.number, a[0], a[1], a[2], a[3], a[4], a[5]) };
    let errno = if value == -1 { Errno::last_raw() } else { 0 };
    say(&control, Reply::Back { value, errno, control: self::number(&control) }, &[])?;
    Ok(control)
}

/// Forks. The child gets a copy of the arena and a channel of its own, whose other end the parent
/// hands up before it tells the result.
fn fork_a_hand(control: Channel) -> Result<Channel, Errno> {
    // The learner's table may be full; what is ours does not count.
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    set_soft_limit(hard)?;
    let control = hand_over(control, soft)?;
    set_soft_limit(soft)?;
    Ok(control)
}

fn hand_over(control: Channel, soft: u64) -> Result<Channel, Errno> {
    let (value, errno) = match prepare_child() {
        Ok((ours, theirs, arena)) => match fork() {
            Ok(Forked::Child) => {
                drop((control, ours));
                return be_born(theirs, arena, soft);
            }
            Ok(Forked::Parent(child)) => {
                say(&control, Reply::Child, &[ours.as_fd(), arena.as_fd()])?;
                (i64::from(child.as_raw()), 0)
            }
            Err(errno) => (-1, errno as i32),
        },
        // Its table is full up to the hard limit, or there is no memory: there is no child.
        Err(errno) => (-1, errno as i32),
    };
    say(&control, Reply::Back { value, errno, control: number(&control) }, &[])?;
    Ok(control)
}

/// A child's channel, both ends, and its copy of the arena.
fn prepare_child() -> Result<(Channel, Channel, OwnedFd), Errno> {
    let (ours, theirs) = Channel::pair()?;
    // Before the child can speak, so that its hello tells its number.
    ours.know_sender()?;
    Ok((ours, theirs, copy_arena()?))
}

/// The first steps of a forked child. It says hello even if it can't live, so that sockstep knows
/// who has died.
fn be_born(theirs: Channel, arena: OwnedFd, soft: u64) -> Result<Channel, Errno> {
    let placed = map_for_hand(&arena, true).and_then(|()| above_the_limit(theirs.as_fd(), &[]));
    drop(arena);
    let control = match placed {
        Ok(control) => control,
        Err(errno) => {
            say(&theirs, hello(&theirs), &[])?;
            return Err(errno);
        }
    };
    drop(theirs);
    set_soft_limit(soft)?;
    say(&control, hello(&control), &[])?;
    Ok(control)
}

fn copy_arena() -> Result<OwnedFd, Errno> {
    let copy = memory()?;
    // SAFETY: the arena is mapped at this address with this size, readable, for the whole life of
    // the process; sockstep writes to it only while this process waits for a request.
    let bytes =
        unsafe { std::slice::from_raw_parts(ARENA_START as usize as *const u8, ARENA_SIZE) };
    let mut written = 0;
    while written < bytes.len() {
        written += write(&copy, &bytes[written..])?;
    }
    Ok(copy)
}

fn hello(control: &Channel) -> Reply {
    Reply::Hello { pid: getpid().as_raw(), control: number(control) }
}

fn say(control: &Channel, reply: Reply, fds: &[BorrowedFd<'_>]) -> Result<(), Errno> {
    control.send(&reply.to_bytes(), fds)
}

fn number(control: &Channel) -> i32 {
    control.as_fd().as_raw_fd()
}

/// A copy of the control fd above the soft limit of open files, where no dup2() of the learner
/// reaches it, and at a number that none of `avoid` names.
fn above_the_limit(control: BorrowedFd<'_>, avoid: &[i64]) -> Result<Channel, Errno> {
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    set_soft_limit(hard)?;
    let mut wanted = OPEN_FILES.min(hard.saturating_sub(64)) as i32;
    while avoid.iter().any(|argument| *argument as i32 == wanted) {
        wanted += 1;
    }
    let copy = loop {
        // SAFETY: F_DUPFD_CLOEXEC takes an integer and gives back a new fd or -1.
        let fd = unsafe { libc::fcntl(control.as_raw_fd(), libc::F_DUPFD_CLOEXEC, wanted) };
        // SAFETY: the kernel has just opened this fd for us.
        let copy = unsafe { OwnedFd::from_raw_fd(Errno::result(fd)?) };
        if avoid.iter().all(|argument| *argument as i32 != fd) {
            break copy;
        }
        wanted = fd + 1;
    };
    set_soft_limit(soft)?;
    Ok(Channel::from_fd(copy))
}

fn set_soft_limit(soft: u64) -> Result<(), Errno> {
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    setrlimit(Resource::RLIMIT_NOFILE, soft.min(hard), hard)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_replies_survive_the_way() {
        let request = Request { number: 41, arguments: [2, 1, 0, -1, i64::MIN, i64::MAX] };
        assert_eq!(Request::from_bytes(&request.to_bytes()), Some(request));
        for reply in [
            Reply::Hello { pid: 2, control: 1024 },
            Reply::Back { value: -1, errno: 9, control: 1025 },
            Reply::Child,
        ] {
            assert_eq!(Reply::from_bytes(&reply.to_bytes()), Some(reply));
        }
    }

    #[test]
    fn what_is_no_message_is_refused() {
        assert_eq!(Request::from_bytes(&[0; 55]), None);
        assert_eq!(Reply::from_bytes(&[]), None);
        assert_eq!(Reply::from_bytes(&[9; 24]), None);
    }
}
