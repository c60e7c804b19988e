//! The memory of a process as seen from outside.

/// Bytes of a process that both the process and sockstep can reach: the arena where the C
/// variables live. Addresses are the process's own.
pub trait Memory {
    /// The `length` bytes at `address`, or `None` where any of them is outside the arena.
    fn read(&self, address: u64, length: usize) -> Option<Vec<u8>>;

    /// Copies what lies at `address` into `bytes`; `false` where any of it is outside the arena.
    fn copy_to(&self, address: u64, bytes: &mut [u8]) -> bool {
        let Some(read) = self.read(address, bytes.len()) else { return false };
        bytes.copy_from_slice(&read);
        true
    }

    /// Writes `bytes` at `address`; `false` where any of them would be outside the arena, and
    /// then nothing was written.
    fn write(&mut self, address: u64, bytes: &[u8]) -> bool;
}

/// Where every process's arena begins, so that `&x` is the same number in every run.
pub const ARENA_START: u64 = 0x1000_0000;

/// How many bytes an arena has. Behind it lie 4 GiB that nobody may touch, so that the kernel
/// itself answers a wild length.
pub const ARENA_SIZE: usize = 1 << 20;

/// An arena of plain bytes, for tests, for `sizeof` and for looking at the past.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bytes(Vec<u8>);

impl Bytes {
    /// An arena of [`ARENA_SIZE`] zeros.
    pub fn zeroed() -> Self {
        Self(vec![0; ARENA_SIZE])
    }

    /// An arena that begins with `bytes` and ends with them: what lies behind can't be read.
    pub fn starting_with(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl Memory for Bytes {
    fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let range = range(address, length, self.0.len())?;
        Some(self.0[range].to_vec())
    }

    fn copy_to(&self, address: u64, bytes: &mut [u8]) -> bool {
        let Some(range) = range(address, bytes.len(), self.0.len()) else { return false };
        bytes.copy_from_slice(&self.0[range]);
        true
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> bool {
        let Some(range) = range(address, bytes.len(), self.0.len()) else { return false };
        self.0[range].copy_from_slice(bytes);
        true
    }
}

/// The place of `length` bytes at `address` in an arena of `size` bytes, if all lie inside.
pub fn range(address: u64, length: usize, size: usize) -> Option<std::ops::Range<usize>> {
    let start = usize::try_from(address.checked_sub(ARENA_START)?).ok()?;
    let end = start.checked_add(length)?;
    (end <= size).then_some(start..end)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_outside_the_arena_are_neither_read_nor_written() {
        let mut arena = Bytes::zeroed();
        let end = ARENA_START + ARENA_SIZE as u64;
        assert!(arena.write(end - 2, b"ab"));
        assert!(!arena.write(end - 1, b"cd"));
        assert_eq!(arena.read(end - 2, 2), Some(b"ab".to_vec()));
        for address in [0, ARENA_START - 1, end, u64::MAX] {
            assert_eq!(arena.read(address, 1), None, "{address:#x}");
        }
        assert_eq!(arena.read(ARENA_START, usize::MAX), None);
    }
}
