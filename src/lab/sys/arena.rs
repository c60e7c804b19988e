//! The arena: memory that sockstep shares with one process of the lab.

use std::ffi::c_void;
use std::num::NonZeroUsize;
use std::os::fd::{AsFd, FromRawFd as _, OwnedFd};
use std::ptr::NonNull;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, SealFlag, fcntl};
use nix::sys::mman::{MapFlags, ProtFlags, mmap, munmap};
use nix::sys::stat::fstat;

use super::hand;
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

const _: () = assert!(ARENA_START == hand::ARENA_START && ARENA_SIZE == hand::ARENA_SIZE);

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
        range(address, length, ARENA_SIZE)?;
        let mut bytes = vec![0; length];
        self.copy_to(address, &mut bytes).then_some(bytes)
    }

    fn copy_to(&self, address: u64, bytes: &mut [u8]) -> bool {
        let Some(place) = range(address, bytes.len(), ARENA_SIZE) else { return false };
        // SAFETY: `place` lies inside the mapping, is as long as `bytes`, and they do not overlap.
        // The process may write meanwhile; bytes have no invalid values.
        unsafe {
            let from = self.start.as_ptr().cast::<u8>().add(place.start);
            std::ptr::copy_nonoverlapping(from, bytes.as_mut_ptr(), bytes.len());
        }
        true
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> bool {
        let Some(place) = range(address, bytes.len(), ARENA_SIZE) else { return false };
        // SAFETY: as in `copy_to`, the other way round.
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

    fn copy_to(&self, address: u64, bytes: &mut [u8]) -> bool {
        self.as_ref().is_some_and(|arena| arena.copy_to(address, bytes))
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

/// The memory for an arena, of zeros; nobody can make it shorter.
///
/// # Errors
/// EMFILE, ENOMEM.
pub fn memory() -> Result<OwnedFd, Errno> {
    let fd = hand::memory().map_err(|errno| Errno::from_raw(errno.0))?;
    // SAFETY: the kernel has just opened this fd for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

#[cfg(test)]
mod tests {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    use nix::unistd::ftruncate;

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
