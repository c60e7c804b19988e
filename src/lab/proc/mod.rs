//! What proc(5) says, as text: processes, their open files, the counters of a host.
//!
//! Everything here is pure: the lab reads the files, these functions parse what was in them. They
//! must not know a path or a descriptor, never panic, and give `None` for what can't be read.

mod counters;
mod files;
mod process;
mod raw;
mod softnet;
mod syscall;

pub use counters::{counters, counters6};
pub use files::{FdInfo, fd_info, file, watches};
pub use process::{RunState, Stat, hard_open_files, runs, stat, status_state, switches};
pub use raw::raw_sockets;
pub use softnet::backlog;
pub use syscall::{Place, place, wchan};

/// The number that these bytes are, in decimal; space around it is left out.
fn number<T: std::str::FromStr>(bytes: &[u8]) -> Option<T> {
    std::str::from_utf8(bytes.trim_ascii()).ok()?.parse().ok()
}
