//! Macros that take a number or a struct apart: ancillary data, the status of a child.

use super::super::fault::Fault;
use super::super::reach::Reach;
use super::super::types::Int;
use super::Args;

/// Bytes of a `struct cmsghdr`.
const HEAD: i64 = 16;

/// What takes a number or struct apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[rustfmt::skip]
pub(crate) enum Control {
    CmsgAlign, CmsgSpace, CmsgLen, CmsgFirst, CmsgNext, CmsgData, Wifexited, Wexitstatus, Wifsignaled, Wtermsig, IsSocket, Getenv, Fileno, Abs, Nothing, Assert, Abort,
}

pub(super) fn run(which: Control, a: &Args, reach: &mut Reach) -> Result<i64, Fault> {
    let status = a.int(0);
    Ok(match which {
        Control::CmsgAlign => aligned(a.int(0)),
        Control::CmsgSpace => aligned(a.int(0)).wrapping_add(HEAD),
        Control::CmsgLen => a.int(0).wrapping_add(HEAD),
        Control::CmsgFirst => {
            let (control, length) = control(a.address(0), reach)?;
            if length >= HEAD { control } else { 0 }
        }
        Control::CmsgNext => next(a, reach)?,
        Control::CmsgData => a.int(0).wrapping_add(HEAD),
        Control::Wifexited => i64::from(status & 0x7f == 0),
        Control::Wexitstatus => status >> 8 & 0xff,
        Control::Wifsignaled => i64::from(((status & 0x7f) + 1) as i8 >> 1 > 0),
        Control::Wtermsig => status & 0x7f,
        // A program of the lab has no environment.
        Control::Getenv => 0,
        // stdin, stdout and stderr are 0, 1 and 2 here.
        Control::Fileno => a.int(0),
        Control::Abs => a.int(0).wrapping_abs(),
        // What is printed is never held back.
        Control::Nothing => 0,
        Control::Assert if a.int(0) != 0 => 0,
        Control::Assert => return Err(Fault::Assertion),
        Control::Abort => return Err(Fault::Aborted),
        Control::IsSocket => i64::from(status & 0o170_000 == 0o140_000),
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
