//! Sets of descriptors and of signals, and the length of a unix address.

use super::super::fault::Fault;
use super::super::reach::{Reach, text_at};
use super::super::types::Int;
use super::Args;

/// Bytes of an `fd_set`: 1024 descriptors.
const FD_SET_SIZE: u64 = 128;
/// Bytes of a `sigset_t`.
const SIG_SET_SIZE: u64 = 128;
const BYTE: Int = Int { size: 1, signed: false, name: "byte" };

/// What is done with sets, and `SUN_LEN`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[rustfmt::skip]
pub(crate) enum Sets {
    SunLen, FdZero, FdSet, FdClr, FdIsset, Sigemptyset, Sigfillset, Sigaddset, Sigdelset, Sigismember,
}

pub(super) fn run(which: Sets, a: &Args, reach: &mut Reach) -> Result<i64, Fault> {
    match which {
        Sets::SunLen => {
            let path = a.address(0).wrapping_add(2);
            let text = text_at(reach.memory(), path, 108)
                .ok_or(Fault::OutsideMemory { address: path, length: 1 })?;
            Ok(2 + text.len() as i64)
        }
        Sets::FdZero => reach.fill(a.address(0), FD_SET_SIZE, 0).map(|()| 0),
        Sets::FdSet => bit(reach, a.address(1), a.int(0), Some(true)).map(|_| 0),
        Sets::FdClr => bit(reach, a.address(1), a.int(0), Some(false)).map(|_| 0),
        Sets::FdIsset => bit(reach, a.address(1), a.int(0), None),
        Sets::Sigemptyset => reach.fill(a.address(0), SIG_SET_SIZE, 0).map(|()| 0),
        Sets::Sigfillset => reach.fill(a.address(0), SIG_SET_SIZE, 0xff).map(|()| 0),
        Sets::Sigaddset | Sets::Sigdelset | Sets::Sigismember if !(1..=64).contains(&a.int(1)) => {
            reach.store(super::super::arena::ERRNO_ADDRESS, Int::INT, 22)?;
            Ok(-1)
        }
        Sets::Sigaddset => bit(reach, a.address(0), a.int(1) - 1, Some(true)).map(|_| 0),
        Sets::Sigdelset => bit(reach, a.address(0), a.int(1) - 1, Some(false)).map(|_| 0),
        Sets::Sigismember => bit(reach, a.address(0), a.int(1) - 1, None),
    }
}

/// Reads a bit, and sets or clears it if told to. As in C a number beyond the set reaches
/// whatever lies behind it.
fn bit(reach: &mut Reach, set: u64, number: i64, to: Option<bool>) -> Result<i64, Fault> {
    let address = set.wrapping_add_signed(number >> 3);
    let mask = 1 << (number & 7);
    let old = reach.load(address, BYTE)?;
    match to {
        Some(true) => reach.store(address, BYTE, old | mask)?,
        Some(false) => reach.store(address, BYTE, old & !mask)?,
        None => {}
    }
    Ok(i64::from(old & mask != 0))
}
