//! fork(2) by a hand: the child gets a copy of the arena and a channel of its own.

use super::answer;
use super::kernel::{Errno, OPEN_FILES, ask, close, limits, number, set_soft_limit};
use super::memory;
use super::request::Reply;
use super::talk::{above_the_limit, channel, hello, keep, pair, say};

/// Forks. The child's channel has another end, which the parent hands up before it tells the
/// result.
///
/// # Errors
/// What saying so gives.
pub(super) fn fork_a_hand() -> Result<(), Errno> {
    // The learner's table may be full; what is ours does not count.
    let (soft, hard) = limits(OPEN_FILES)?;
    set_soft_limit(hard)?;
    hand_over(soft)?;
    set_soft_limit(soft)
}

fn hand_over(soft: u64) -> Result<(), Errno> {
    let (value, errno) = match prepare_child() {
        Ok((ours, theirs, arena)) => {
            // SAFETY: nothing goes in. The process has one thread, so the child lacks none, and
            // whatever owns an fd in the parent is never dropped in the child.
            let child = unsafe { ask(number::FORK, []) };
            if child == Ok(0) {
                close(ours);
                return be_born(theirs, arena, soft);
            }
            close(theirs);
            let told = match child {
                Ok(_) => say(channel(), Reply::Child, &[ours, arena]),
                Err(_) => Ok(()),
            };
            close(ours);
            close(arena);
            told?;
            child.map_or_else(|errno| (-1, errno.0), |pid| (pid, 0))
        }
        // Its table is full up to the hard limit, or there is no memory: there is no child.
        Err(errno) => (-1, errno.0),
    };
    answer(value, errno)
}

/// A child's channel, both ends, and its copy of the arena. The first end tells the child's number
/// with its hello.
fn prepare_child() -> Result<(i32, i32, i32), Errno> {
    let [ours, theirs] = pair()?;
    match memory::copy() {
        Ok(arena) => Ok((ours, theirs, arena)),
        Err(errno) => {
            close(ours);
            close(theirs);
            Err(errno)
        }
    }
}

/// The first steps of a forked child. It says hello even if it can't live, so that sockstep knows
/// who has died.
fn be_born(theirs: i32, arena: i32, soft: u64) -> Result<(), Errno> {
    let placed = memory::map(arena, true).and_then(|()| above_the_limit(theirs, &[]));
    close(arena);
    match placed {
        Ok(control) => keep(control)?,
        Err(errno) => {
            say(theirs, hello(theirs), &[])?;
            return Err(errno);
        }
    }
    close(theirs);
    set_soft_limit(soft)?;
    say(channel(), hello(channel()), &[])
}
