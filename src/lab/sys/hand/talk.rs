//! What a hand says and hears: its control fd, and messages on it (unix(7), SOCK_SEQPACKET).

use core::sync::atomic::{AtomicI32, Ordering};

use super::exec;
use super::kernel::{
    EBADF, EINTR, Errno, OPEN_FILES, ask, close, control, limits, number, own_pid, set_soft_limit,
};
use super::request::Reply;

/// The soft limit of open files that a process starts with. Its control fd lies above.
pub(super) const SOFT_LIMIT: u64 = 1024;

/// The hard limit, so that it is the same on every machine. No process may lower it.
pub(super) const HARD_LIMIT: u64 = 4096;

/// The number of this process's control fd. It is no one's but the hand's; a static, because a
/// handler of signals has no other way to it.
static CONTROL: AtomicI32 = AtomicI32::new(-1);

/// F_DUPFD_CLOEXEC of fcntl.h.
const DUPLICATE: i32 = 1030;

/// The control fd.
pub(super) fn channel() -> i32 {
    CONTROL.load(Ordering::Relaxed)
}

/// From now on this is the control fd; the one before is closed.
///
/// # Errors
/// None is known.
pub fn keep(fd: i32) -> Result<(), Errno> {
    let before = CONTROL.swap(fd, Ordering::Relaxed);
    if before >= 0 {
        close(before);
    }
    exec::pass_on_again(fd)
}

/// A copy of the control fd above the soft limit of open files, where no dup2() of the learner
/// reaches it, and at a number that none of `avoid` names.
///
/// # Errors
/// EMFILE if the table is full up to the hard limit.
pub(super) fn above_the_limit(fd: i32, avoid: &[i64]) -> Result<i32, Errno> {
    let (soft, hard) = limits(OPEN_FILES)?;
    set_soft_limit(hard)?;
    let named = |number: i32| avoid.iter().any(|argument| *argument as i32 == number);
    let mut wanted = SOFT_LIMIT.min(hard.saturating_sub(64)) as i32;
    while named(wanted) {
        wanted += 1;
    }
    let copy = loop {
        let copy = control(fd, DUPLICATE, wanted.into())?;
        if !named(copy) {
            break copy;
        }
        close(copy);
        wanted = copy + 1;
    };
    set_soft_limit(soft)?;
    Ok(copy)
}

/// `struct iovec`, `struct msghdr`, and ancillary data with two fds (unix(7)).
#[repr(C)]
struct Vector {
    base: usize,
    length: usize,
}

#[repr(C)]
struct Header {
    name: usize,
    name_length: u64,
    vectors: *const Vector,
    count: usize,
    control: usize,
    control_length: usize,
    flags: u64,
}

#[repr(C)]
struct Rights {
    length: usize,
    level: i32,
    kind: i32,
    fds: [i32; 2],
}

/// Says something, with at most two fds beside it.
///
/// # Errors
/// EPIPE if nobody hears it.
pub fn say(channel: i32, reply: Reply, fds: &[i32]) -> Result<(), Errno> {
    const SOL_SOCKET: i32 = 1;
    const SCM_RIGHTS: i32 = 1;
    const NOSIGNAL: i64 = 0x4000;
    let bytes = reply.to_bytes();
    let vector = Vector { base: bytes.as_ptr() as usize, length: bytes.len() };
    let mut rights =
        Rights { length: 16 + 4 * fds.len(), level: SOL_SOCKET, kind: SCM_RIGHTS, fds: [-1; 2] };
    for (place, fd) in rights.fds.iter_mut().zip(fds) {
        *place = *fd;
    }
    let (control, room) = match fds {
        [] => (0, 0),
        _ => ((&raw const rights) as usize, size_of::<Rights>()),
    };
    let header = Header {
        name: 0,
        name_length: 0,
        vectors: &raw const vector,
        count: 1,
        control,
        control_length: room,
        flags: 0,
    };
    loop {
        let message = (&raw const header) as i64;
        // SAFETY: the header and all that it names have the kernel's layout, and live until the
        // call is back.
        match unsafe { ask(number::SENDMSG, [channel.into(), message, NOSIGNAL]) } {
            Err(EINTR) => {}
            other => return other.map(drop),
        }
    }
}

/// Takes a message if there is one, and gives back its length; 0 means that the other end is
/// closed.
///
/// # Errors
/// EAGAIN if there is none.
pub(super) fn hear(channel: i32, buffer: &mut [u8]) -> Result<usize, Errno> {
    const DONTWAIT: i64 = 0x40;
    const CMSG_CLOEXEC: i64 = 0x4000_0000;
    let vector = Vector { base: buffer.as_mut_ptr() as usize, length: buffer.len() };
    let mut header = Header {
        name: 0,
        name_length: 0,
        vectors: &raw const vector,
        count: 1,
        control: 0,
        control_length: 0,
        flags: 0,
    };
    let message = (&raw mut header) as i64;
    // SAFETY: the kernel writes into the buffer, whose length it was told, and into the header.
    let heard =
        unsafe { ask(number::RECVMSG, [channel.into(), message, DONTWAIT | CMSG_CLOEXEC]) }?;
    Ok(heard as usize)
}

/// Both ends of a channel, closed on exec. The first one tells who has sent a message.
///
/// # Errors
/// EMFILE, ENOMEM.
pub(super) fn pair() -> Result<[i32; 2], Errno> {
    const UNIX: i64 = 1;
    const SEQPACKET_CLOEXEC: i64 = 5 | 0o2_000_000;
    const SOL_SOCKET: i64 = 1;
    const PASSCRED: i64 = 16;
    let mut ends = [-1_i32; 2];
    let place = ends.as_mut_ptr() as i64;
    // SAFETY: the kernel writes two numbers, for which there is room.
    unsafe { ask(number::SOCKETPAIR, [UNIX, SEQPACKET_CLOEXEC, 0, place]) }?;
    let (on, first) = (1_i32, i64::from(ends[0]));
    let value = (&raw const on) as i64;
    // SAFETY: the kernel reads four bytes, which live until the call is back.
    let set = unsafe { ask(number::SETSOCKOPT, [first, SOL_SOCKET, PASSCRED, value, 4]) };
    match set {
        Ok(_) => Ok(ends),
        Err(errno) => {
            ends.into_iter().for_each(close);
            Err(errno)
        }
    }
}

/// More descriptors than a process can have.
const SET: usize = 2 * HARD_LIMIT as usize;

/// Waits until an fd is readable, with these signals blocked meanwhile: pselect6(2), which unlike
/// ppoll(2) works whatever limit of open files the learner has set.
///
/// # Errors
/// EINTR.
pub(super) fn wait_readable(fd: i32, mask: u64) -> Result<(), Errno> {
    let place = usize::try_from(fd).map_err(|_| EBADF)?;
    let mut set = [0_u64; SET / 64];
    *set.get_mut(place / 64).ok_or(EBADF)? |= 1 << (place % 64);
    let mask = [(&raw const mask) as usize, size_of::<u64>()];
    let arguments = [i64::from(fd) + 1, set.as_mut_ptr() as i64, 0, 0, 0, mask.as_ptr() as i64];
    // SAFETY: the set has room for more descriptors than `fd + 1`; the kernel's signal set has
    // eight bytes. All of them live until the call is back.
    unsafe { ask(number::PSELECT6, arguments) }.map(drop)
}

/// That this process is there.
pub fn hello(channel: i32) -> Reply {
    Reply::Hello { pid: own_pid(), control: channel }
}
