//! A process of the lab: a hand for the kernel that makes one raw system call after another.
//!
//! It knows no C and no socket. A request is a system call's number and six integers; what the
//! integers point to lies in the arena that it shares with sockstep.
//!
//! All of its signals, the C library's own two as well, are blocked but in two places: while it
//! makes the learner's call, and while it waits for a request. So a handler never finds it in the
//! middle of its own work.

use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::errno::Errno;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::{getpid, write};

use super::arena::{GUARD, map_for_hand, memory};
use super::channel::Channel;
use super::fork::{Forked, fork, leave};
use super::handler;
use super::request::{Early, Reply, Request};
use crate::model::{ARENA_SIZE, ARENA_START};

/// The soft limit of open files that a process starts with. Its control fd lies above.
const OPEN_FILES: u64 = 1024;

/// The hard limit, so that it is the same on every machine. No process may lower it.
const MOST_OPEN_FILES: u64 = 4096;

/// How much memory a process may map besides its arena and the guard behind it, in bytes: the
/// program itself, and some for a learner's mmap(). A lesson must not exhaust the machine.
const MAPPABLE: u64 = 256 << 20;

/// The number of this process's control fd. It and [`EARLY`] are no one's but the hand's; they
/// are statics because a handler of signals has no other way to them.
static CONTROL: AtomicI32 = AtomicI32::new(-1);

/// The requests that came too early: they are for after the handler that runs.
static EARLY: Mutex<Early> = Mutex::new(Early::NONE);

/// Every signal, as the kernel counts them.
const ALL_SIGNALS: u64 = u64::MAX;

/// Serves requests until the control channel closes. The caller has dropped all privileges and
/// closed all fds but these two and 0, 1 and 2.
///
/// # Errors
/// The first step of the start that failed. Once it serves, it ends by leaving.
pub fn run_hand(control: Channel, arena: OwnedFd) -> Result<(), Errno> {
    block_signals()?;
    map_for_hand(&arena, false)?;
    drop(arena);
    keep(above_the_limit(control.into_fd().as_fd(), &[])?);
    let (_, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    let hard = hard.min(MOST_OPEN_FILES);
    setrlimit(Resource::RLIMIT_NOFILE, hard.min(OPEN_FILES), hard)?;
    let most = (ARENA_SIZE + GUARD.get()) as u64 + MAPPABLE;
    setrlimit(Resource::RLIMIT_AS, most, most)?;
    let control = control_channel();
    say(&control, hello(&control), &[])?;
    serve(0, 0)
}

/// Serves requests until it is told to go back from the handler in which it is; the program
/// itself (`depth` 0) serves until its channel closes, and then leaves. `mask` is what the
/// learner's own code would have blocked here.
///
/// # Errors
/// EBADMSG for a message that is none; what answering gives.
pub(super) fn serve(depth: u32, mask: u64) -> Result<(), Errno> {
    loop {
        let request = next_request(depth, mask)?;
        if request.number == libc::SYS_rt_sigreturn && depth > 0 {
            return Ok(());
        }
        carry_out(request, mask)?;
    }
}

fn next_request(depth: u32, mask: u64) -> Result<Request, Errno> {
    loop {
        if let Some(request) = early().take(depth) {
            return Ok(request);
        }
        let control = control_channel();
        // A handler that runs meanwhile may take the request, or move the control fd.
        match wait_readable(number(&control), mask) {
            Err(Errno::EINTR) => continue,
            other => other?,
        }
        let mut bytes = [0; 72];
        let received = match control.try_receive(&mut bytes) {
            Err(Errno::EAGAIN | Errno::EINTR) => continue,
            other => other?,
        };
        if received.length == 0 {
            leave(0);
        }
        let request = Request::from_bytes(&bytes[..received.length]).ok_or(Errno::EBADMSG)?;
        if request.depth > depth {
            return Err(Errno::EBADMSG);
        }
        if request.depth == depth {
            return Ok(request);
        }
        early().put(request).ok_or(Errno::EBADMSG)?;
    }
}

fn early() -> MutexGuard<'static, Early> {
    EARLY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// More descriptors than a process can have.
const SET: usize = 2 * MOST_OPEN_FILES as usize;

/// Waits until an fd is readable, with these signals blocked meanwhile: pselect6(2), which unlike
/// ppoll(2) works whatever limit of open files the learner has set.
fn wait_readable(fd: i32, mask: u64) -> Result<(), Errno> {
    let place = usize::try_from(fd).map_err(|_| Errno::EBADF)?;
    let mut set = [0_u64; SET / 64];
    *set.get_mut(place / 64).ok_or(Errno::EBADF)? |= 1 << (place % 64);
    let mask = [&raw const mask as usize, size_of::<u64>()];
    let (set, null) = (set.as_mut_ptr(), 0_usize);
    // SAFETY: the set has room for more descriptors than `fd + 1`; the kernel's signal set has
    // eight bytes. All of them live until the call is back.
    Errno::result(unsafe {
        libc::syscall(libc::SYS_pselect6, fd + 1, set, null, null, null, mask.as_ptr())
    })
    .map(drop)
}

fn carry_out(request: Request, mask: u64) -> Result<(), Errno> {
    let own = number(&control_channel());
    // An argument that names the control fd means a number that the learner never opened. It
    // steps aside, so that the kernel's own answer is true.
    if request.arguments.iter().any(|a| *a as i32 == own) {
        keep(above_the_limit(control_channel().as_fd(), &request.arguments)?);
    }
    let a = request.arguments;
    let (value, errno) = match request.number {
        libc::SYS_fork => return fork_a_hand(),
        libc::SYS_rt_sigaction => handler::install(a),
        number => make(number, a, mask)?,
    };
    answer(value, errno)
}

/// Makes a call of the learner's, with the signals that its own code would have blocked.
fn make(number: i64, a: [i64; 6], mask: u64) -> Result<(i64, i32), Errno> {
    set_mask(mask)?;
    // SAFETY: none to give, and that is the point: the kernel checks every argument, and whatever
    // it does is done to this process alone, which has no privileges and no state of its own to
    // lose except its mapping and its control fd.
    let value = unsafe { libc::syscall(number, a[0], a[1], a[2], a[3], a[4], a[5]) };
    let errno = if value == -1 { Errno::last_raw() } else { 0 };
    block_signals()?;
    Ok((value, errno))
}

fn answer(value: i64, errno: i32) -> Result<(), Errno> {
    let control = control_channel();
    say(&control, Reply::Back { value, errno, control: number(&control) }, &[])
}

/// Blocks all signals, and tells which were blocked before.
pub(super) fn block_signals() -> Result<u64, Errno> {
    set_mask(ALL_SIGNALS)
}

/// Blocks these signals and no others, and tells which were blocked before. Not by the C library,
/// which never blocks 32 and 33.
fn set_mask(mask: u64) -> Result<u64, Errno> {
    let mut before = 0_u64;
    let (new, old, size) = (&raw const mask, &raw mut before, size_of::<u64>());
    // SAFETY: the kernel's signal set has eight bytes; both live until the call is back.
    Errno::result(unsafe {
        libc::syscall(libc::SYS_rt_sigprocmask, libc::SIG_SETMASK, new, old, size)
    })?;
    Ok(before)
}

/// Forks. The child gets a copy of the arena and a channel of its own, whose other end the parent
/// hands up before it tells the result.
fn fork_a_hand() -> Result<(), Errno> {
    // The learner's table may be full; what is ours does not count.
    let (soft, hard) = getrlimit(Resource::RLIMIT_NOFILE)?;
    set_soft_limit(hard)?;
    hand_over(soft)?;
    set_soft_limit(soft)
}

fn hand_over(soft: u64) -> Result<(), Errno> {
    let (value, errno) = match prepare_child() {
        Ok((ours, theirs, arena)) => match fork() {
            Ok(Forked::Child) => {
                drop(ours);
                return be_born(theirs, arena, soft);
            }
            Ok(Forked::Parent(child)) => {
                say(&control_channel(), Reply::Child, &[ours.as_fd(), arena.as_fd()])?;
                (i64::from(child.as_raw()), 0)
            }
            Err(errno) => (-1, errno as i32),
        },
        // Its table is full up to the hard limit, or there is no memory: there is no child.
        Err(errno) => (-1, errno as i32),
    };
    answer(value, errno)
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
fn be_born(theirs: Channel, arena: OwnedFd, soft: u64) -> Result<(), Errno> {
    let placed = map_for_hand(&arena, true).and_then(|()| above_the_limit(theirs.as_fd(), &[]));
    drop(arena);
    match placed {
        Ok(control) => keep(control),
        Err(errno) => {
            say(&theirs, hello(&theirs), &[])?;
            return Err(errno);
        }
    }
    drop(theirs);
    set_soft_limit(soft)?;
    let control = control_channel();
    say(&control, hello(&control), &[])
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

/// The control channel; [`CONTROL`] owns its fd.
fn control_channel() -> ManuallyDrop<Channel> {
    let fd = CONTROL.load(Ordering::Relaxed);
    // SAFETY: `keep` stored the number of an fd that it owned, or nobody has served a request.
    // Nothing drops this second owner.
    ManuallyDrop::new(Channel::from_fd(unsafe { OwnedFd::from_raw_fd(fd) }))
}

/// From now on this is the control channel; the one before is closed.
fn keep(control: Channel) {
    let fd = ManuallyDrop::new(control).as_fd().as_raw_fd();
    let before = CONTROL.swap(fd, Ordering::Relaxed);
    if before >= 0 {
        // SAFETY: `keep` took this fd from its owner, and by the swap it is nobody else's.
        drop(unsafe { OwnedFd::from_raw_fd(before) });
    }
}

/// Tells that a handler runs.
pub(super) fn say_caught(reply: Reply) -> Result<(), Errno> {
    say(&control_channel(), reply, &[])
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
