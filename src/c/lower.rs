//! From the arguments that were typed to the kernel's six integers, and back from its answer.

use super::arena::{ARGUMENTS, ENVIRONMENT, FOUND, LONGEST_NAME, NEW_ACTION, OLD_ACTION, TIME};
use super::calls::{CallResult, Lowering};
use super::fault::Fault;
use super::reach::{Reach, text_at};
use super::types::Int;
use crate::model::Errno;

/// The kernel wants a way back from a handler (`SA_RESTORER`); the process has its own.
const SA_RESTORER: i64 = 0x0400_0000;
const SA_RESTART: i64 = 0x1000_0000;
/// Bytes of the kernel's signal set.
const SET_SIZE: i64 = 8;

pub(super) fn arguments(
    lowering: Lowering,
    typed: &[i64],
    reach: &mut Reach,
) -> Result<[i64; 6], Fault> {
    let mut args = [0; 6];
    for (arg, typed) in args.iter_mut().zip(typed) {
        *arg = *typed;
    }
    match lowering {
        Lowering::Plain | Lowering::Zeros(_) => {}
        Lowering::Wait => args = [-1, args[0], 0, 0, 0, 0],
        Lowering::Sigaction => {
            if args[1] != 0 {
                let user = args[1] as u64;
                let handler = reach.load(user, Int::LONG)?;
                let flags = reach.load(user.wrapping_add(136), Int::INT)?;
                let mask = reach.load(user.wrapping_add(8), Int::LONG)?;
                action(reach, [handler, flags | SA_RESTORER, 0, mask])?;
                args[1] = NEW_ACTION as i64;
            }
            if args[2] != 0 {
                args[2] = OLD_ACTION as i64;
            }
            args[3] = SET_SIZE;
        }
        Lowering::Signal => {
            let set = 1_i64.wrapping_shl(u32::try_from(args[0].wrapping_sub(1)).unwrap_or(0));
            action(reach, [args[1], SA_RESTART | SA_RESTORER, 0, set])?;
            args = [args[0], NEW_ACTION as i64, OLD_ACTION as i64, SET_SIZE, 0, 0];
        }
        Lowering::Exec { list, search } => {
            if search {
                args[0] = searched(args[0], reach)?;
            }
            if list {
                for (place, argument) in (ARGUMENTS..).step_by(8).zip(&typed[1..]) {
                    reach.store(place, Int::LONG, *argument)?;
                }
                args[1] = ARGUMENTS as i64;
            }
            args = [args[0], args[1], ENVIRONMENT as i64, 0, 0, 0];
        }
        Lowering::Sleep { nanoseconds } => {
            let a_second = 1_000_000_000 / nanoseconds;
            reach.store(TIME, Int::LONG, args[0] / a_second)?;
            reach.store(TIME + 8, Int::LONG, args[0] % a_second * nanoseconds)?;
            args = [TIME as i64, TIME as i64, 0, 0, 0, 0];
        }
    }
    Ok(args)
}

/// Where the path of a program lies that is sought by its name: in `/bin`, for nothing says where
/// else. A name with a slash is a path, and so is what can't be read.
fn searched(name: i64, reach: &mut Reach) -> Result<i64, Fault> {
    let Some(text) = text_at(reach.memory(), name as u64, LONGEST_NAME) else { return Ok(name) };
    if text.is_empty() || text.contains(&b'/') {
        return Ok(name);
    }
    reach.write(FOUND, &[b"/bin/", &text[..], b"\0"].concat())?;
    Ok(FOUND as i64)
}

/// Writes the kernel's `struct sigaction`: handler, flags, restorer, mask.
fn action(reach: &mut Reach, parts: [i64; 4]) -> Result<(), Fault> {
    for (at, part) in (0..).zip(parts) {
        reach.store(NEW_ACTION + 8 * at, Int::LONG, part)?;
    }
    Ok(())
}

/// What the function returns to C.
pub(super) fn answer(
    lowering: Lowering,
    typed: &[i64],
    result: CallResult,
    reach: &mut Reach,
) -> Result<i64, Fault> {
    let value = result.unwrap_or(-1);
    match lowering {
        Lowering::Plain | Lowering::Zeros(_) | Lowering::Wait | Lowering::Exec { .. } => Ok(value),
        Lowering::Sigaction => {
            let user = typed.get(2).map_or(0, |old| *old as u64);
            if result.is_ok() && user != 0 {
                let part = |at| reach.load(OLD_ACTION + at, Int::LONG);
                let (handler, flags, mask) = (part(0)?, part(8)?, part(24)?);
                reach.fill(user, 152, 0)?;
                reach.store(user, Int::LONG, handler)?;
                reach.store(user.wrapping_add(8), Int::LONG, mask)?;
                reach.store(user.wrapping_add(136), Int::INT, flags)?;
            }
            Ok(value)
        }
        Lowering::Signal if result.is_ok() => reach.load(OLD_ACTION, Int::LONG),
        Lowering::Signal => Ok(-1),
        // sleep() gives back the seconds that are left, usleep() −1.
        Lowering::Sleep { nanoseconds: 1000 } => Ok(value),
        Lowering::Sleep { .. } if result == Err(Errno(4)) => {
            let (seconds, rest) = (reach.load(TIME, Int::LONG)?, reach.load(TIME + 8, Int::LONG)?);
            Ok(seconds + i64::from(rest > 0))
        }
        Lowering::Sleep { .. } => Ok(0),
    }
}
