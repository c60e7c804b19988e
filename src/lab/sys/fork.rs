//! fork(2) in a process that has one thread.

use std::os::fd::{AsRawFd, BorrowedFd, IntoRawFd as _, OwnedFd};

use nix::errno::Errno;
use nix::unistd::{ForkResult, Pid};

use super::channel::Channel;

/// Which of the two one is.
#[derive(Debug, Clone, Copy)]
pub enum Forked {
    /// The parent, with the child's number.
    Parent(Pid),
    /// The child.
    Child,
}

/// Forks. Only the lab's own processes call this: they became what they are before sockstep
/// started any thread.
///
/// # Errors
/// EAGAIN or ENOMEM, see fork(2).
pub fn fork() -> Result<Forked, Errno> {
    // SAFETY: the process has one thread, so no lock is held by a thread that the child lacks.
    match unsafe { nix::unistd::fork() }? {
        ForkResult::Parent { child } => Ok(Forked::Parent(child)),
        ForkResult::Child => Ok(Forked::Child),
    }
}

/// Ends this process at once, without the clean-up that belongs to the parent it was forked from.
pub fn leave(status: i32) -> ! {
    // SAFETY: _exit never comes back and touches no memory.
    unsafe { libc::_exit(status) }
}

/// Closes every fd above 2 except `kept`. For a forked child that owns only those; the values that
/// own the others belong to the parent and are never dropped here, because the child ends by
/// [`leave`].
///
/// # Errors
/// ENOSYS before Linux 5.9.
pub fn close_all_but(kept: &[BorrowedFd<'_>]) -> Result<(), Errno> {
    let mut kept: Vec<u32> = kept.iter().map(|fd| fd.as_raw_fd() as u32).collect();
    kept.sort_unstable();
    let mut first = 3;
    for fd in kept.into_iter().chain([u32::MAX]) {
        if fd > first {
            let last = if fd == u32::MAX { u32::MAX } else { fd - 1 };
            // SAFETY: three integers go in. Nothing in this process uses these fds any more.
            let result = unsafe { libc::syscall(libc::SYS_close_range, first, last, 0) };
            Errno::result(result)?;
        }
        first = fd.saturating_add(1);
    }
    Ok(())
}

/// Gives signals back their defaults where Rust's start has changed them: it ignores SIGPIPE, and
/// handles SIGSEGV and SIGBUS to tell of a full stack. A learner's process is to be like any other.
///
/// # Errors
/// None is known.
pub fn default_signals() -> Result<(), Errno> {
    let changed = [libc::SIGPIPE, libc::SIGSEGV, libc::SIGBUS];
    changed.into_iter().try_for_each(super::hand::reset).map_err(|errno| Errno::from_raw(errno.0))
}

/// Lives as a process of the learner's, until its channel closes. The caller has dropped all
/// privileges and closed all fds but these two and 0, 1 and 2.
///
/// # Errors
/// The first step of the start that failed.
pub fn run_hand(control: Channel, arena: OwnedFd) -> Result<(), Errno> {
    let (control, arena) = (control.into_fd().into_raw_fd(), arena.into_raw_fd());
    super::hand::live(control, arena).map_err(|errno| Errno::from_raw(errno.0))
}
