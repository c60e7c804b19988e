//! What happened as lines: text in the notation of strace and tcpdump, or one JSON object each.
//!
//! Everything here is a pure function of an entry and the one before it.

pub mod json;
mod strace;
mod text;

pub use strace::{end_of_process, strace};
pub use text::{ending, text};

use super::entry::Entry;
use crate::model::{Change, PacketKind, Snapshot, TcpState};

/// What happened in an entry, without what differs from run to run (sequence numbers, inodes,
/// times): to tell whether doing it again came out the same. Where ACKs may be delayed, it is
/// chance whether a bare one, and the state that hangs on it, still falls into the same moment:
/// then both are left out.
pub(super) fn story(entry: &Entry, delayed_acks: bool) -> Vec<String> {
    let moment = &entry.moment;
    let calls = moment
        .reports
        .iter()
        .map(|report| format!("{} {} {}", report.call.process, report.call.code, report.outcome));
    let passages = moment.passages.iter();
    let passages = passages.filter(|p| !delayed_acks || !PacketKind::Ack.matches(&p.packet));
    let packets = passages.map(|passage| {
        let packet = &passage.packet;
        let ends = packet.ports().map(|(from, to)| format!(" {from} > {to}")).unwrap_or_default();
        format!("{}{ends} {}", packet.label(), fate(passage.fate))
    });
    let states = moment.changes.iter().filter(|_| !delayed_acks).filter_map(Change::transition);
    let states = states.map(|change| {
        let local = change.socket.local.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{} {local} {}", change.host, arrow(change.from, change.to))
    });
    calls.chain(packets).chain(states).collect()
}

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
