//! The arena as its process has it: where it lies, what it is made of, and what lies behind it.

use super::kernel::{Errno, ask, close, control, number};

/// Where every process's arena begins, and how many bytes it has. The model says the same.
pub const ARENA_START: u64 = 0x1000_0000;
pub const ARENA_SIZE: usize = 1 << 20;

/// Bytes behind an arena that nobody may touch.
pub const GUARD: usize = 4 << 30;

/// Whether these bytes lie in the arena.
pub(super) fn in_arena(address: u64, length: usize) -> bool {
    let end = address.checked_add(length as u64);
    address >= ARENA_START && end.is_some_and(|end| end <= ARENA_START + ARENA_SIZE as u64)
}

/// The memory for an arena, of zeros. It is sealed: nobody can make it shorter under the feet of
/// whoever has mapped it, which would end them by SIGBUS.
///
/// # Errors
/// EMFILE, ENOMEM.
pub fn memory() -> Result<i32, Errno> {
    const CLOEXEC_AND_SEALS: i64 = 1 | 2;
    const ADD_SEALS: i32 = 1033;
    /// F_SEAL_SEAL, F_SEAL_SHRINK, F_SEAL_GROW.
    const SEALS: i64 = 1 | 2 | 4;
    // SAFETY: the name ends with a zero byte and outlives the call.
    let fd = unsafe { ask(number::MEMFD_CREATE, [c"arena".as_ptr() as i64, CLOEXEC_AND_SEALS]) }?;
    let fd = fd as i32;
    // SAFETY: two integers.
    let sized = unsafe { ask(number::FTRUNCATE, [fd.into(), ARENA_SIZE as i64]) };
    match sized.and_then(|_| control(fd, ADD_SEALS, SEALS)) {
        Ok(_) => Ok(fd),
        Err(errno) => {
            close(fd);
            Err(errno)
        }
    }
}

/// Maps the arena into a process of the lab, at the address that the learner's pointers have,
/// followed by 4 GiB that nobody may touch: the kernel itself then answers a wild length.
///
/// # Errors
/// EEXIST if something lies there already and `replace` is not set. A forked process replaces its
/// parent's arena by its own copy.
pub fn map(fd: i32, replace: bool) -> Result<(), Errno> {
    const READ_AND_WRITE: i64 = 1 | 2;
    const SHARED: i64 = 1;
    /// MAP_PRIVATE, MAP_ANONYMOUS, MAP_NORESERVE.
    const NOTHING: i64 = 2 | 0x20 | 0x4000;
    const FIXED: i64 = 0x10;
    const FIXED_NOREPLACE: i64 = 0x10_0000;
    let fixed = if replace { FIXED } else { FIXED_NOREPLACE };
    let (start, size) = (ARENA_START as i64, ARENA_SIZE as i64);
    // SAFETY: without `replace` both calls only add memory that nothing refers to. With it they
    // replace an arena and its guard, to which this program keeps no reference.
    unsafe {
        ask(number::MMAP, [start, size, READ_AND_WRITE, SHARED | fixed, fd.into(), 0])?;
        ask(number::MMAP, [start + size, GUARD as i64, 0, NOTHING | fixed, -1, 0])?;
    }
    Ok(())
}

/// Memory with a copy of this process's arena.
///
/// # Errors
/// EMFILE, ENOMEM.
pub(super) fn copy() -> Result<i32, Errno> {
    let copy = memory()?;
    let mut written = 0;
    while written < ARENA_SIZE {
        let (from, left) = (ARENA_START as i64 + written as i64, (ARENA_SIZE - written) as i64);
        // SAFETY: the kernel reads the arena, which is mapped for the whole life of the process;
        // sockstep writes to it only while this process waits for a request.
        match unsafe { ask(number::WRITE, [copy.into(), from, left]) } {
            Ok(count) => written += count as usize,
            Err(errno) => {
                close(copy);
                return Err(errno);
            }
        }
    }
    Ok(copy)
}
