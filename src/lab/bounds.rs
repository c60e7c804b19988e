//! Calls that no lab makes, on any rung: the lab itself would not survive them, or no namespace
//! holds them back. Everything else is the kernel's to refuse.

use super::proc;
use super::process::Process;
use super::sys::GUARD;
use crate::model::{ARENA_SIZE, ARENA_START, Call, Memory as _, Said, Syscall, said};

/// RLIMIT_NOFILE of setrlimit(2).
const OPEN_FILES: i64 = 7;

/// Families whose sockets belong to no network namespace: they would talk to the machine's host
/// and its devices (vsock(7), linux/socket.h).
const UNBOUNDED: [(i64, &str); 2] = [(40, "AF_VSOCK"), (42, "AF_QIPCRTR")];

/// Why a call is not made, if it is one of those.
pub(super) fn out_of_bounds(process: &Process, call: &Call) -> Option<Said> {
    if call.syscall == Syscall::Setrlimit && call.args[0] == OPEN_FILES {
        return lowers_the_hard_limit(process, call);
    }
    if call.syscall == Syscall::Mmap {
        return replaces_the_arena(call);
    }
    if call.syscall == Syscall::Socket || call.syscall == Syscall::Socketpair {
        let (_, name) = UNBOUNDED.iter().find(|(family, _)| *family == call.args[0])?;
        let typed = &call.typed;
        return Some(said!(
            "{typed}() is not made: {name} knows no hosts and leaves the lab",
            typed,
            name
        ));
    }
    None
}

/// MAP_FIXED and MAP_FIXED_NOREPLACE of mmap(2).
const FIXED: i64 = 0x10 | 0x10_0000;

/// What sockstep reads as a call's arguments must be what the kernel reads.
fn replaces_the_arena(call: &Call) -> Option<Said> {
    let (start, length) = (call.args[0] as u64, call.args[1] as u64);
    let arena = ARENA_START..ARENA_START + ARENA_SIZE as u64 + GUARD as u64;
    let meets = start < arena.end && start.saturating_add(length.max(1)) > arena.start;
    (call.args[3] & FIXED != 0 && meets).then(|| {
        said!(
            "mmap() is not made: MAP_FIXED at this address would take the place of the lesson's \
             own variables; let the kernel choose the address"
        )
    })
}

/// A process needs room above its soft limit for its own channel.
fn lowers_the_hard_limit(process: &Process, call: &Call) -> Option<Said> {
    let outer = process.known.as_ref()?.outer;
    let limits = std::fs::read(format!("/proc/{outer}/limits")).ok()?;
    let hard = proc::hard_open_files(&limits)?;
    let place = (call.args[1] as u64).saturating_add(8);
    // In the first page nothing can lie; the kernel answers EFAULT.
    if place < 4096 {
        return None;
    }
    let number = |place| {
        let bytes = process.arena.read(place, 8)?.try_into().ok()?;
        Some(u64::from_ne_bytes(bytes))
    };
    // What can't be looked at is not let through.
    let keeps = number(place).is_some_and(|asked| asked >= hard);
    (!keeps).then(|| hard_limit_stays(number(place - 8), hard))
}

/// What to write instead of lowering the hard limit. `soft` is what was asked for beside it.
fn hard_limit_stays(soft: Option<u64>, hard: u64) -> Said {
    let soft = soft.map_or("…".to_owned(), |soft| soft.to_string());
    said!(
        "setrlimit() is not made: the hard limit of RLIMIT_NOFILE has to stay, sockstep itself \
         needs it here; write {limits} to lower the soft limit alone",
        limits = format!("{{{soft}, {hard}}}")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_lowers_the_hard_limit_is_told_what_to_write() {
        assert!(hard_limit_stays(Some(6), 4096).to_string().contains("write {6, 4096} to lower"));
        assert!(hard_limit_stays(None, 4096).to_string().contains("write {…, 4096} to lower"));
    }
}
