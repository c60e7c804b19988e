//! A call that was told more bytes than the object has that it was given.

use crate::explain::case::Case;
use crate::explain::note::{Value, note};
use crate::explain::story::{Rank, Story};
use crate::model::{Outcome, Overrun, Syscall};

/// Says what lies behind the object, where an argument reaches there.
pub fn tell(story: &mut Story, case: &Case) {
    let Some(overrun) = &case.report.call.overrun else { return };
    if super::length::longer(case).is_some_and(|longer| longer.harmless(overrun)) {
        return; // the kernel looks at no more than the object has
    }
    if refused_unread(case, overrun) {
        return; // the error is about the length itself, and nothing was read
    }
    let Overrun { object, room, told, fills, .. } = overrun;
    let (call, object, room) = (case.call(), Value::quoted(object), *room);
    // How many bytes a call moved is what it returned, if the object is what it moves: the second
    // argument of read(), write() and their kin, which have a third that counts.
    let moved = match case.report.outcome {
        Outcome::Returned(count) if super::moves_bytes(case) && overrun.argument == 1 => {
            u64::try_from(count).ok()
        }
        Outcome::Returned(_)
        | Outcome::Failed(_)
        | Outcome::Blocked
        | Outcome::Killed(_)
        | Outcome::Exited(_) => None,
    };
    let beyond = moved.and_then(|moved| moved.checked_sub(room)).filter(|beyond| *beyond > 0);
    let note = match (fills, beyond) {
        (true, Some(beyond)) => note!(
            "overrun-filled",
            object = object,
            room = room,
            call = call,
            told = *told,
            beyond = beyond
        ),
        (true, None) => {
            note!("overrun-may-fill", object = object, room = room, call = call, told = *told)
        }
        (false, Some(beyond)) => note!(
            "overrun-sent",
            object = object,
            room = room,
            call = call,
            told = *told,
            beyond = beyond
        ),
        (false, None) => {
            note!("overrun-read", object = object, room = room, call = call, told = *told)
        }
    };
    story.say(Rank::Surprise, note);
}

/// Whether the kernel refused the length before it looked at a single byte: of an address that is
/// longer than any, or of a datagram that no packet can hold.
fn refused_unread(case: &Case, overrun: &Overrun) -> bool {
    /// The size of `struct sockaddr_storage`.
    const LONGEST: u64 = 128;
    let Outcome::Failed(errno) = case.report.outcome else { return false };
    match errno.name() {
        Some("EINVAL") => !overrun.fills && overrun.told > LONGEST && is_address(case, overrun),
        Some("EMSGSIZE") => true,
        Some(_) | None => false,
    }
}

/// Whether the object is the address that the call was given.
fn is_address(case: &Case, overrun: &Overrun) -> bool {
    let syscall = case.report.call.syscall;
    let named = matches!(syscall, Syscall::Bind | Syscall::Connect) && overrun.argument == 1;
    named || syscall == Syscall::Sendto && overrun.argument == 4
}
