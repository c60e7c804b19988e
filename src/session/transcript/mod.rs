//! What happened as lines: text in the notation of strace and tcpdump, or one JSON object each.
//!
//! Everything here is a pure function of an entry and the one before it.

pub mod json;
mod strace;
mod text;

pub use strace::{calls, end_of_process, signal_line, strace, way_back};
pub use text::{ending, text};

use super::entry::Entry;
use crate::model::{Snapshot, TcpState};

/// `CLOSE -> LISTEN`; `-` where there is no socket.
fn arrow(from: Option<TcpState>, to: Option<TcpState>) -> String {
    let name = |state: Option<TcpState>| state.map_or("-", |state| state.name());
    format!("{} -> {}", name(from), name(to))
}

/// What became of a packet, in one word of the json lines.
pub(super) fn fate(fate: crate::model::Fate) -> &'static str {
    use crate::model::Fate;
    match fate {
        Fate::Held => "held",
        Fate::Folded => "folded",
        Fate::Delivered => "delivered",
        Fate::Duplicated => "duplicated",
        Fate::Dropped => "dropped",
        Fate::Cut => "cut",
        Fate::Unreachable => "unreachable",
        Fate::Overflow => "overflow",
        Fate::NoReceiver => "no_receiver",
        Fate::Refused => "refused",
    }
}

/// The snapshot before an entry.
fn snapshot_before(before: Option<&Entry>) -> Option<&Snapshot> {
    before.map(|entry| &*entry.moment.snapshot)
}
