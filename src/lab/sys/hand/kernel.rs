//! System calls of a hand, made without a C library.

use core::arch::asm;

/// Why a call failed, as the kernel numbers it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Errno(pub i32);

pub(super) const EINTR: Errno = Errno(4);
pub(super) const EBADF: Errno = Errno(9);
pub(super) const EAGAIN: Errno = Errno(11);
pub(super) const EBADMSG: Errno = Errno(74);

/// The numbers of the calls on x86-64.
pub(super) mod number {
    pub const WRITE: i64 = 1;
    pub const CLOSE: i64 = 3;
    pub const MMAP: i64 = 9;
    pub const RT_SIGACTION: i64 = 13;
    pub const RT_SIGPROCMASK: i64 = 14;
    pub const RT_SIGRETURN: i64 = 15;
    pub const GETPID: i64 = 39;
    pub const SENDMSG: i64 = 46;
    pub const RECVMSG: i64 = 47;
    pub const SOCKETPAIR: i64 = 53;
    pub const SETSOCKOPT: i64 = 54;
    pub const FORK: i64 = 57;
    pub const EXECVE: i64 = 59;
    pub const KILL: i64 = 62;
    pub const FCNTL: i64 = 72;
    pub const FTRUNCATE: i64 = 77;
    pub const PRCTL: i64 = 157;
    pub const EXIT_GROUP: i64 = 231;
    pub const PSELECT6: i64 = 270;
    pub const PRLIMIT64: i64 = 302;
    pub const MEMFD_CREATE: i64 = 319;
}

/// Makes a system call: its result, or the error as a number below 0.
///
/// # Safety
/// What the kernel does to this process's memory and fds must be what the caller means.
pub(super) unsafe fn raw(number: i64, a: [i64; 6]) -> i64 {
    let result;
    // SAFETY: by the caller. These are the registers that the kernel reads and changes.
    unsafe {
        asm!(
            "syscall",
            inlateout("rax") number => result,
            in("rdi") a[0],
            in("rsi") a[1],
            in("rdx") a[2],
            in("r10") a[3],
            in("r8") a[4],
            in("r9") a[5],
            lateout("rcx") _,
            lateout("r11") _,
        );
    }
    result
}

/// Makes a system call; arguments that are left out are 0.
///
/// # Safety
/// As [`raw`].
///
/// # Errors
/// The kernel's.
pub unsafe fn ask<const N: usize>(number: i64, arguments: [i64; N]) -> Result<i64, Errno> {
    let mut all = [0; 6];
    all[..N].copy_from_slice(&arguments);
    // SAFETY: by the caller.
    match unsafe { raw(number, all) } {
        error @ -4095..0 => Err(Errno(-error as i32)),
        value => Ok(value),
    }
}

/// Ends this process at once.
pub fn leave(status: i32) -> ! {
    loop {
        // SAFETY: it takes a number, and nothing comes after it.
        let _ = unsafe { ask(number::EXIT_GROUP, [status.into()]) };
    }
}

/// Closes an fd that is nobody else's.
pub fn close(fd: i32) {
    // SAFETY: the caller owns the fd.
    let _ = unsafe { ask(number::CLOSE, [fd.into()]) };
}

/// fcntl(2) with an integer.
///
/// # Errors
/// EBADF, EINVAL, EMFILE.
pub fn control(fd: i32, command: i32, argument: i64) -> Result<i32, Errno> {
    // SAFETY: the commands that are used here take integers only.
    let value = unsafe { ask(number::FCNTL, [fd.into(), command.into(), argument]) }?;
    Ok(value as i32)
}

/// prctl(2) with an integer.
///
/// # Errors
/// EINVAL.
pub fn set_of_process(option: i32, argument: i64) -> Result<i64, Errno> {
    // SAFETY: the options that are used here take integers only.
    unsafe { ask(number::PRCTL, [option.into(), argument]) }
}

/// The soft and the hard limit of a resource.
///
/// # Errors
/// EINVAL.
pub fn limits(resource: u32) -> Result<(u64, u64), Errno> {
    let mut limits = [0_u64; 2];
    let old = limits.as_mut_ptr() as i64;
    // SAFETY: the kernel writes two numbers, for which there is room.
    unsafe { ask(number::PRLIMIT64, [0, resource.into(), 0, old]) }?;
    Ok((limits[0], limits[1]))
}

/// Sets the soft and the hard limit of a resource.
///
/// # Errors
/// EINVAL, EPERM.
pub fn limit(resource: u32, soft: u64, hard: u64) -> Result<(), Errno> {
    let limits = [soft, hard];
    let new = limits.as_ptr() as i64;
    // SAFETY: the kernel reads two numbers, which live until the call is back.
    unsafe { ask(number::PRLIMIT64, [0, resource.into(), new]) }.map(drop)
}

/// RLIMIT_NOFILE and RLIMIT_AS of asm-generic/resource.h.
pub const OPEN_FILES: u32 = 7;
pub const ADDRESS_SPACE: u32 = 9;

/// Sets the soft limit of open files, as far as the hard one allows.
///
/// # Errors
/// None is known.
pub fn set_soft_limit(soft: u64) -> Result<(), Errno> {
    let (_, hard) = limits(OPEN_FILES)?;
    limit(OPEN_FILES, soft.min(hard), hard)
}

/// Every signal, as the kernel counts them.
const ALL_SIGNALS: u64 = u64::MAX;

/// Blocks all signals, and tells which were blocked before.
///
/// # Errors
/// None is known.
pub fn block_signals() -> Result<u64, Errno> {
    set_mask(ALL_SIGNALS)
}

/// Blocks these signals and no others, and tells which were blocked before. Not by the C library,
/// which never blocks 32 and 33.
///
/// # Errors
/// None is known.
pub fn set_mask(mask: u64) -> Result<u64, Errno> {
    const SETMASK: i64 = 2;
    let mut before = 0_u64;
    let (new, old) = ((&raw const mask) as i64, (&raw mut before) as i64);
    // SAFETY: the kernel's signal set has eight bytes; both live until the call is back.
    unsafe { ask(number::RT_SIGPROCMASK, [SETMASK, new, old, 8]) }?;
    Ok(before)
}

/// The number of this process, as it sees it.
pub fn own_pid() -> i32 {
    // SAFETY: nothing goes in, a number comes back.
    unsafe { ask(number::GETPID, []) }.unwrap_or(0) as i32
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_this_machine() {
        let pairs = [
            (number::WRITE, libc::SYS_write),
            (number::CLOSE, libc::SYS_close),
            (number::MMAP, libc::SYS_mmap),
            (number::RT_SIGACTION, libc::SYS_rt_sigaction),
            (number::RT_SIGPROCMASK, libc::SYS_rt_sigprocmask),
            (number::RT_SIGRETURN, libc::SYS_rt_sigreturn),
            (number::GETPID, libc::SYS_getpid),
            (number::SENDMSG, libc::SYS_sendmsg),
            (number::RECVMSG, libc::SYS_recvmsg),
            (number::SOCKETPAIR, libc::SYS_socketpair),
            (number::SETSOCKOPT, libc::SYS_setsockopt),
            (number::FORK, libc::SYS_fork),
            (number::EXECVE, libc::SYS_execve),
            (number::KILL, libc::SYS_kill),
            (number::FCNTL, libc::SYS_fcntl),
            (number::FTRUNCATE, libc::SYS_ftruncate),
            (number::PRCTL, libc::SYS_prctl),
            (number::EXIT_GROUP, libc::SYS_exit_group),
            (number::PSELECT6, libc::SYS_pselect6),
            (number::PRLIMIT64, libc::SYS_prlimit64),
            (number::MEMFD_CREATE, libc::SYS_memfd_create),
        ];
        assert!(pairs.iter().all(|(own, known)| own == known));
        assert_eq!((OPEN_FILES, ADDRESS_SPACE), (libc::RLIMIT_NOFILE, libc::RLIMIT_AS));
    }

    #[test]
    fn an_error_is_told_by_its_number() {
        assert_eq!(control(-1, libc::F_GETFD, 0), Err(EBADF));
        assert_eq!(u32::try_from(own_pid()), Ok(std::process::id()));
        assert!(limits(OPEN_FILES).is_ok_and(|(soft, hard)| 0 < soft && soft <= hard));
    }
}
