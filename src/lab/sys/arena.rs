//! The arena: memory that sockstep shares with one process of the lab.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::os::fd::{AsFd, OwnedFd};
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, mmap_anonymous, munmap};
use nix::sys::stat::fstat;
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
/// Bytes behind an arena that nobody may touch.
pub const GUARD: NonZeroUsize = NonZeroUsize::new(4 << 30).expect("4 GiB are not 0");

impl Arena {
    /// A new arena of zeros, and the fd by which a process can map it too.
    pub fn create() -> Result<(Arena, OwnedFd), Errno> {
        let fd = memory()?;
        Ok((Arena::map(&fd)?, fd))
    }

    /// Maps the arena behind an fd.
    ///
    /// # Errors
    /// EPERM if the file could be made shorter, or is no memory file at all; EINVAL if it has
    /// another size. A lesson may have stolen its process's channel and sent what it likes.
    pub fn map(fd: &impl AsFd) -> Result<Arena, Errno> {
        let seals = fcntl(fd, FcntlArg::F_GET_SEALS).map_err(|_| Errno::EPERM)?;
        if !SealFlag::from_bits_retain(seals).contains(SealFlag::F_SEAL_SHRINK) {
            return Err(Errno::EPERM);
        }
        if fstat(fd)?.st_size != ARENA_SIZE as i64 {
            return Err(Errno::EINVAL);
        }
        let access = ProtFlags::PROT_READ | ProtFlags::PROT_WRITE;
        // SAFETY: a new mapping at an address of the kernel's choice replaces nothing. The file
        // has ARENA_SIZE bytes, and its seal says that nobody can make it shorter.
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

/// Memory that is gone can't be read.
impl Memory for Option<Arena> {
    fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        self.as_ref()?.read(address, length)
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> bool {
        self.as_mut().is_some_and(|arena| arena.write(address, bytes))
    }
}

impl Drop for Arena {
    fn drop(&mut self) {
        // SAFETY: the mapping was made by `map` with this size, and no reference into it is left.
        let _ = unsafe { munmap(self.start, ARENA_SIZE) };
    }
}

/// The memory for an arena, of zeros. It is sealed: nobody can make it shorter under the feet of
/// whoever has mapped it, which would end them by SIGBUS.
///
/// # Errors
/// EMFILE, ENOMEM.
pub fn memory() -> Result<OwnedFd, Errno> {
    let fd = memfd_create(c"arena", MFdFlags::MFD_CLOEXEC | MFdFlags::MFD_ALLOW_SEALING)?;
    ftruncate(&fd, ARENA_SIZE as i64)?;
    let seals = SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW | SealFlag::F_SEAL_SEAL;
    fcntl(&fd, FcntlArg::F_ADD_SEALS(seals))?;
    Ok(fd)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_memory_that_stays_as_large_as_it_is_is_mapped() {
        let fd = memory().expect("memory");
        assert!(Arena::map(&fd).is_ok());
        assert_eq!(ftruncate(&fd, 0), Err(Errno::EPERM));
        let loose = memfd_create(c"loose", MFdFlags::MFD_ALLOW_SEALING).expect("memory");
        ftruncate(&loose, ARENA_SIZE as i64).expect("room");
        assert_eq!(Arena::map(&loose).err(), Some(Errno::EPERM));
        let seals = SealFlag::F_SEAL_SHRINK | SealFlag::F_SEAL_GROW;
        let short = memfd_create(c"short", MFdFlags::MFD_ALLOW_SEALING).expect("memory");
        fcntl(&short, FcntlArg::F_ADD_SEALS(seals)).expect("it is allowed");
        assert_eq!(Arena::map(&short).err(), Some(Errno::EINVAL));
        let null = std::fs::File::open("/dev/null").expect("it is there");
        assert_eq!(Arena::map(&null).err(), Some(Errno::EPERM));
    }
}
