//! Memory as C reaches it: numbers, strings and blocks, with a fault where it ends.

use std::cell::Cell;

use super::fault::Fault;
use super::types::Int;
use crate::model::Memory;

/// A process's memory, and how many of its bytes were touched.
pub(super) struct Reach<'a> {
    memory: &'a mut dyn Memory,
    touched: Cell<u64>,
}

/// No string is longer than all memory.
const LONGEST: usize = crate::model::ARENA_SIZE;

impl<'a> Reach<'a> {
    pub fn new(memory: &'a mut dyn Memory) -> Self {
        Self { memory, touched: Cell::new(0) }
    }

    /// How many bytes were read and written so far.
    pub fn touched(&self) -> u64 {
        self.touched.get()
    }

    fn touch(&self, bytes: usize) {
        self.touched.set(self.touched.get().saturating_add(bytes as u64));
    }

    pub fn memory(&self) -> &dyn Memory {
        &*self.memory
    }

    pub fn read(&self, address: u64, length: u64) -> Result<Vec<u8>, Fault> {
        if length == 0 {
            return Ok(Vec::new());
        }
        let fault = Fault::OutsideMemory { address, length };
        let Some(length) = usize::try_from(length).ok().filter(|length| *length <= LONGEST) else {
            return Err(fault);
        };
        self.touch(length);
        self.memory.read(address, length).ok_or(fault)
    }

    pub fn write(&mut self, address: u64, bytes: &[u8]) -> Result<(), Fault> {
        self.touch(bytes.len());
        if bytes.is_empty() || self.memory.write(address, bytes) {
            return Ok(());
        }
        Err(Fault::OutsideMemory { address, length: bytes.len() as u64 })
    }

    pub fn load(&self, address: u64, int: Int) -> Result<i64, Fault> {
        let mut bytes = [0; 8];
        let size = usize::from(int.size.min(8));
        self.touch(size);
        match self.memory.copy_to(address, &mut bytes[..size]) {
            true => Ok(int.keep(i64::from_le_bytes(bytes))),
            false => Err(Fault::OutsideMemory { address, length: size as u64 }),
        }
    }

    pub fn store(&mut self, address: u64, int: Int, value: i64) -> Result<(), Fault> {
        let bytes = value.to_le_bytes();
        self.write(address, &bytes[..usize::from(int.size.min(8))])
    }

    pub fn fill(&mut self, address: u64, length: u64, byte: u8) -> Result<(), Fault> {
        let size = usize::try_from(length).ok().filter(|length| *length <= LONGEST);
        let size = size.ok_or(Fault::OutsideMemory { address, length })?;
        self.write(address, &vec![byte; size])
    }

    pub fn copy(&mut self, to: u64, from: u64, length: u64) -> Result<(), Fault> {
        let bytes = self.read(from, length)?;
        self.write(to, &bytes)
    }

    /// The bytes before the next NUL.
    pub fn text(&self, address: u64) -> Result<Vec<u8>, Fault> {
        let text = text_at(self.memory(), address, LONGEST);
        self.touch(text.as_ref().map_or(0, Vec::len));
        text.ok_or(Fault::OutsideMemory { address, length: 1 })
    }
}

/// Up to eight bytes as the machine reads them.
pub(super) fn number(bytes: &[u8]) -> u64 {
    bytes.iter().take(8).rev().fold(0, |value, byte| value << 8 | u64::from(*byte))
}

/// The bytes before the next NUL, at most `limit`; `None` if memory ends before both.
pub(super) fn text_at(memory: &dyn Memory, address: u64, limit: usize) -> Option<Vec<u8>> {
    let mut text = Vec::new();
    let mut piece = 64;
    while text.len() < limit {
        let bytes = match memory.read(address.checked_add(text.len() as u64)?, piece) {
            Some(bytes) => bytes,
            None if piece > 1 => {
                piece = 1;
                continue;
            }
            None => return None,
        };
        if let Some(end) = bytes.iter().position(|byte| *byte == 0) {
            text.extend(&bytes[..end]);
            text.truncate(limit);
            return Some(text);
        }
        text.extend(bytes);
    }
    text.truncate(limit);
    Some(text)
}
