//! Macros that take a number or a struct apart: ancillary data, the status of a child.

use super::super::fault::Fault;
use super::super::reach::Reach;
use super::super::types::Int;
use super::{Args, Builtin};

/// Bytes of a `struct cmsghdr`.
const HEAD: i64 = 16;

pub(super) fn run(builtin: Builtin, a: &Args, reach: &mut Reach) -> Result<i64, Fault> {
    let status = a.int(0);
    Ok(match builtin {
        Builtin::CmsgAlign => aligned(a.int(0)),
        Builtin::CmsgSpace => aligned(a.int(0)).wrapping_add(HEAD),
        Builtin::CmsgLen => a.int(0).wrapping_add(HEAD),
        Builtin::CmsgFirst => {
            let (control, length) = control(a.address(0), reach)?;
            if length >= HEAD { control } else { 0 }
        }
        Builtin::CmsgNext => next(a, reach)?,
        Builtin::CmsgData => a.int(0).wrapping_add(HEAD),
        Builtin::Wifexited => i64::from(status & 0x7f == 0),
        Builtin::Wexitstatus => status >> 8 & 0xff,
        Builtin::Wifsignaled => i64::from(((status & 0x7f) + 1) as i8 >> 1 > 0),
        Builtin::Wtermsig => status & 0x7f,
        Builtin::IsSocket => i64::from(status & 0o170_000 == 0o140_000),
        _ => return Err(Fault::Misused),
    })
}

fn aligned(length: i64) -> i64 {
    length.wrapping_add(7) & !7
}

/// `msg_control` and `msg_controllen`.
fn control(message: u64, reach: &Reach) -> Result<(i64, i64), Fault> {
    let control = reach.load(message.wrapping_add(32), Int::LONG)?;
    Ok((control, reach.load(message.wrapping_add(40), Int::LONG)?))
}

/// As glibc's macro: the head behind this one, if it and its data lie inside.
fn next(a: &Args, reach: &Reach) -> Result<i64, Fault> {
    let (start, length) = control(a.address(0), reach)?;
    let own = reach.load(a.address(1), Int::LONG)?;
    if own < HEAD {
        return Ok(0);
    }
    let next = a.int(1).wrapping_add(aligned(own));
    let end = start.wrapping_add(length);
    if next.wrapping_add(HEAD) > end {
        return Ok(0);
    }
    let size = reach.load(next as u64, Int::LONG)?;
    Ok(if next.wrapping_add(aligned(size)) > end { 0 } else { next })
}
