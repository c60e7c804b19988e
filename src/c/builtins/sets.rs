//! Sets of descriptors and of signals, and the length of a unix address.

use super::super::fault::Fault;
use super::super::reach::{Reach, text_at};
use super::super::types::Int;
use super::{Args, Builtin};

/// Bytes of an `fd_set`: 1024 descriptors.
const FD_SET_SIZE: u64 = 128;
/// Bytes of a `sigset_t`.
const SIG_SET_SIZE: u64 = 128;
const BYTE: Int = Int { size: 1, signed: false, name: "byte" };

pub(super) fn run(builtin: Builtin, a: &Args, reach: &mut Reach) -> Result<i64, Fault> {
    match builtin {
        Builtin::SunLen => {
            let path = a.address(0).wrapping_add(2);
            let text = text_at(reach.memory(), path, 108)
                .ok_or(Fault::OutsideMemory { address: path, length: 1 })?;
            Ok(2 + text.len() as i64)
        }
        Builtin::FdZero => reach.fill(a.address(0), FD_SET_SIZE, 0).map(|()| 0),
        Builtin::FdSet => bit(reach, a.address(1), a.int(0), Some(true)).map(|_| 0),
        Builtin::FdClr => bit(reach, a.address(1), a.int(0), Some(false)).map(|_| 0),
        Builtin::FdIsset => bit(reach, a.address(1), a.int(0), None),
        Builtin::Sigemptyset => reach.fill(a.address(0), SIG_SET_SIZE, 0).map(|()| 0),
        Builtin::Sigfillset => reach.fill(a.address(0), SIG_SET_SIZE, 0xff).map(|()| 0),
        Builtin::Sigaddset | Builtin::Sigdelset | Builtin::Sigismember
            if !(1..=64).contains(&a.int(1)) =>
        {
            reach.store(super::super::scope::ERRNO_ADDRESS, Int::INT, 22)?;
            Ok(-1)
        }
        Builtin::Sigaddset => bit(reach, a.address(0), a.int(1) - 1, Some(true)).map(|_| 0),
        Builtin::Sigdelset => bit(reach, a.address(0), a.int(1) - 1, Some(false)).map(|_| 0),
        Builtin::Sigismember => bit(reach, a.address(0), a.int(1) - 1, None),
        _ => Err(Fault::Misused),
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
