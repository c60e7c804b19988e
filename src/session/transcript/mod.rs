//! What happened as lines of text: strace's notation for calls, and one JSON object a line.

use super::entry::Entry;
use crate::model::Change;

/// What happened in an entry, without what differs from run to run (sequence numbers, inodes,
/// times): to tell whether doing it again came out the same.
pub(super) fn story(entry: &Entry) -> Vec<String> {
    let moment = &entry.moment;
    let calls = moment
        .reports
        .iter()
        .map(|report| format!("{} {} {}", report.call.process, report.call.code, report.outcome));
    let packets = moment.passages.iter().map(|passage| {
        let packet = &passage.packet;
        let from = packet.from.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{} {from} {:?} {:?}", packet.label(), packet.ports(), passage.fate)
    });
    let states = moment.changes.iter().filter_map(Change::transition).map(|change| {
        let local = change.socket.local.as_ref().map(ToString::to_string).unwrap_or_default();
        format!("{} {local} {:?} {:?}", change.host, change.from, change.to)
    });
    calls.chain(packets).chain(states).collect()
}
