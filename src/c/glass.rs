//! Memory behind glass: an expression that is evaluated beside a process may use memory as it
//! likes, and the process's own stays as it is.

use std::collections::BTreeMap;

use crate::model::Memory;

/// A process's memory, with what was written since on top of it.
pub(super) struct Glass<'a> {
    under: &'a dyn Memory,
    /// Bytes by address.
    over: BTreeMap<u64, u8>,
}

impl<'a> Glass<'a> {
    pub fn over(under: &'a dyn Memory) -> Self {
        Self { under, over: BTreeMap::new() }
    }
}

impl Memory for Glass<'_> {
    fn read(&self, address: u64, length: usize) -> Option<Vec<u8>> {
        let mut bytes = self.under.read(address, length)?;
        let end = address + bytes.len() as u64;
        for (at, byte) in self.over.range(address..end) {
            bytes[(at - address) as usize] = *byte;
        }
        Some(bytes)
    }

    fn write(&mut self, address: u64, bytes: &[u8]) -> bool {
        let is_there = self.under.read(address, bytes.len()).is_some();
        if is_there {
            self.over.extend((address..).zip(bytes.iter().copied()));
        }
        is_there
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ARENA_SIZE, ARENA_START, Bytes};

    #[test]
    fn what_is_written_is_read_and_does_not_reach_the_memory_below() {
        let mut below = Bytes::zeroed();
        assert!(below.write(ARENA_START, b"abcdef"));
        let mut glass = Glass::over(&below);
        assert!(glass.write(ARENA_START + 2, b"XY"));
        assert!(glass.write(ARENA_START + 3, b"Z"));
        assert_eq!(glass.read(ARENA_START, 6), Some(b"abXZef".to_vec()));
        assert_eq!(glass.read(ARENA_START + 3, 1), Some(b"Z".to_vec()));
        let end = ARENA_START + ARENA_SIZE as u64;
        assert!(!glass.write(end - 1, b"12"), "outside");
        assert_eq!(glass.read(end - 1, 1), Some(vec![0]));
        assert_eq!(glass.read(end - 1, 2), None);
        assert_eq!(below.read(ARENA_START, 6), Some(b"abcdef".to_vec()));
    }
}
