//! The arena: memory that sockstep shares with one process of the lab.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};
use nix::unistd::ftruncate;

use crate::model::{ARENA_SIZE, ARENA_START, Memory, range};

/// sockstep's view of a process's arena. It lies anywhere in our own memory; addresses are the
/// process's.
#[derive(Debug)]
pub struct Arena {
    start: NonNull<c_void>,
}

// SAFETY: the mapping belongs to this value alone and is not tied to a thread.
unsafe impl Send for Arena {}

const SIZE: NonZeroUsize = NonZeroUsize::new(ARENA_SIZE).expect("an arena is not empty");
pub(super) const GUARD: NonZeroUsize = NonZeroUsize::new(4 << 30).expect("4 GiB are not 0");

impl Arena {
    /// A new arena of zeros, and the fd by which a process can map it too.
    pub fn create() -> Result<(Arena, OwnedFd), Errno> {
        let fd = memfd_create(c"arena", MFdFlags::MFD_CLOEXEC)?;
        ftruncate(&fd, ARENA_SIZE as i64)?;
        Ok((Arena::map(&fd)?, fd))
    }

    /// Maps the arena behind an fd.
    pub fn map(fd: &impl AsFd) -> Result<Arena, Errno> {
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice replaces nothing. The memfd
        // has ARENA_SIZE bytes and is never made shorter.
        let start = unsafe { mmap(None, SIZE, access, MapFlags::MAP_SHARED, fd, 0) }?;
        Ok(Arena { start })
    }
}

impl Memory for Arena {
    fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let place = range(address, length, ARENA_SIZE)?;
        let mut bytes = vec![0; length];
        // SAFETY: `place` lies inside the mapping, `bytes` has room for `length`, and they do not
        // overlap. The process may write meanwhile; bytes have no invalid values.
        unsafe {
            let from = self.start.as_ptr().cast::<u8>().add(place.start);
            std::ptr::copy_nonoverlapping(from, bytes.as_mut_ptr(), length);
        }
        Some(bytes)
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> bool {
        let Some(place) = range(address, bytes.len(), ARENA_SIZE) else { return false };
        // SAFETY: as in `read`, the other way round.
        unsafe {
            let to = self.start.as_ptr().cast::<u8>().add(place.start);
            std::ptr::copy_nonoverlapping(bytes.as_ptr(), to, bytes.len());
        }
        true
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `map` with this size, and no reference into it is left.
        let _ = unsafe { munmap(self.start, ARENA_SIZE) };
    }
}

/// Maps the arena into a process of the lab, at the address that the learner's pointers have,
/// followed by 4 GiB that nobody may touch: the kernel itself then answers a wild length.
///
/// # Errors
/// EEXIST if something lies there already and `replace` is not set. A forked process replaces its
/// parent's arena by its own copy.
pub fn map_for_hand(fd: &impl AsFd, replace: bool) -> Result<(), Errno> {
    let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
    let start = NonZeroUsize::new(ARENA_START as usize);
    let behind = NonZeroUsize::new(ARENA_START as usize + ARENA_SIZE);
    let fixed = if replace { MapFlags::MAP_FIXED } else { MapFlags::MAP_FIXED_NOREPLACE };
    // SAFETY: without `replace` both calls only add memory that nothing refers to. With it they
    // replace an arena and its guard, to which this program keeps no reference.
    unsafe {
        mmap(start, SIZE, access, MapFlags::MAP_SHARED | fixed, fd, 0)?;
        let flags = MapFlags::MAP_PRIVATE | MapFlags::MAP_NORESERVE | fixed;
        mmap_anonymous(behind, GUARD, ProtFlags::PROT_NONE, flags)?;
    }
    Ok(())
}
