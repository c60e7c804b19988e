//! Calls that no lab makes, on any rung: the lab itself would not survive them, or no namespace
//! holds them back. Everything else is the kernel's to refuse.

use super::proc;
use super::process::Process;
use crate::model::{Call, Memory as _, Syscall};

/// RLIMIT_NOFILE of setrlimit(2).
const OPEN_FILES: i64 = 7;

/// Families whose sockets belong to no network namespace: they would talk to the machine's host
/// and its devices (vsock(7), linux/socket.h).
const UNBOUNDED: [(i64, &str); 2] = [(40, "AF_VSOCK"), (42, "AF_QIPCRTR")];

/// Why a call is not made, if it is one of those.
pub(super) fn out_of_bounds(process: &Process, call: &Call) -> Option<String> {
    if call.syscall == Syscall::Setrlimit && call.args[0] == OPEN_FILES {
        return lowers_the_hard_limit(process, call);
    }
    if call.syscall == Syscall::Socket || call.syscall == Syscall::Socketpair {
        let (_, name) = UNBOUNDED.iter().find(|(family, _)| *family == call.args[0])?;
        let typed = &call.typed;
        return Some(format!("{typed}() is not made: {name} knows no hosts and leaves the lab"));
    }
    None
}

/// A process needs room above its soft limit for its own channel.
fn lowers_the_hard_limit(process: &Process, call: &Call) -> Option<String> {
    let outer = process.known.as_ref()?.outer;
    let limits = std::fs::read(format!("/proc/{outer}/limits")).ok()?;
    let hard = proc::hard_open_files(&limits)?;
    let asked = process.arena.read((call.args[1] as u64).checked_add(8)?, 8)?;
    let asked = u64::from_ne_bytes(asked.try_into().ok()?);
    (asked < hard).then(|| {
        format!(
            "setrlimit() is not made: a lesson lowers the soft limit only; rlim_max of \
             RLIMIT_NOFILE stays {hard}"
        )
    })
}
