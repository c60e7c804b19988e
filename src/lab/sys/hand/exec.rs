//! execve(2) by a hand. The kernel puts another program in its place; that one is a hand again,
//! if it is the lab's own (`src/lab/sys/program.rs`).
//!
//! What a program hands on to the next one besides the learner's arguments is little, and all of
//! it can be seen. The control fd is told by a number of the process that survives execve(2) and
//! that no call of the learner reads: its timer slack, in nanoseconds.

use core::sync::atomic::{AtomicBool, Ordering};

use super::kernel::{
    Errno, OPEN_FILES, block_signals, close, control, limits, number, raw, set_mask,
    set_of_process, set_soft_limit,
};
use super::request::Reply;
use super::talk::{channel, keep, say};
use super::{handler, memory, serve};

/// PR_SET_TIMERSLACK and PR_GET_TIMERSLACK of linux/prctl.h; 0 stands for what it was at the
/// process's birth.
const SET_SLACK: i32 = 29;
const GET_SLACK: i32 = 30;

/// F_SETFD and FD_CLOEXEC of fcntl.h.
const SET_FLAGS: i32 = 2;
const CLOSE_ON_EXEC: i64 = 1;

/// The control fd is to outlive a call of execve().
static EXECUTING: AtomicBool = AtomicBool::new(false);

/// Makes the call, with the signals that the learner's own code would have blocked. It comes back
/// only if it has failed.
///
/// # Errors
/// What preparing it gives.
pub(super) fn execute(a: [i64; 6], mask: u64) -> Result<(i64, i32), Errno> {
    // In a handler that runs before another such call is made, that one is still to come.
    let outer = EXECUTING.swap(true, Ordering::Relaxed);
    pass_on(channel())?;
    set_mask(mask)?;
    // SAFETY: the kernel checks every argument. If it succeeds, nothing of this program is left.
    let value = unsafe { raw(number::EXECVE, a) };
    block_signals()?;
    EXECUTING.store(outer, Ordering::Relaxed);
    if !outer {
        control(channel(), SET_FLAGS, CLOSE_ON_EXEC)?;
        set_of_process(SET_SLACK, 0)?;
    }
    Ok((-1, -value as i32))
}

/// The control fd has another number: a handler of a signal ran before the call.
///
/// # Errors
/// None is known.
pub(super) fn pass_on_again(fd: i32) -> Result<(), Errno> {
    if EXECUTING.load(Ordering::Relaxed) { pass_on(fd) } else { Ok(()) }
}

fn pass_on(fd: i32) -> Result<(), Errno> {
    control(fd, SET_FLAGS, 0)?;
    set_of_process(SET_SLACK, fd.into()).map(drop)
}

/// The life of a hand that is there by execve(2).
///
/// # Errors
/// The first step of the start that failed. Once it serves, it ends by leaving.
#[allow(dead_code)] // sockstep itself never begins so
pub fn begin_anew() -> Result<(), Errno> {
    // What was blocked is the learner's, and stays.
    let mask = block_signals()?;
    handler::begin_with_mask(mask);
    let own = set_of_process(GET_SLACK, 0)? as i32;
    control(own, SET_FLAGS, CLOSE_ON_EXEC)?;
    set_of_process(SET_SLACK, 0)?;
    keep(own)?;
    // The learner's table may be full; what is ours does not count.
    let (soft, hard) = limits(OPEN_FILES)?;
    set_soft_limit(hard)?;
    let arena = memory::memory()?;
    memory::map(arena, false)?;
    say(own, Reply::Begun { control: own }, &[arena])?;
    close(arena);
    set_soft_limit(soft)?;
    serve(0, mask)
}
