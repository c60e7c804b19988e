//! Timeline → lines.

use std::sync::Arc;

use super::line::{EntryLine, HostLine, Line, ProcessLine, SnapshotLine, WireLine};
use super::rows::{Piece, pieces};
use super::{Header, LessonText, VERSION};
use crate::lesson::Lesson;
use crate::model::{Cause, Host, LabSpec, Process, Snapshot, Wire, changes, harmless_json};
use crate::session::entry::Entry;
use crate::session::timeline::Timeline;

/// Writes a timeline down as it grows. Each line says what differs from the one before, so a
/// recorder has to see every entry, in order.
#[derive(Debug)]
pub struct Recorder {
    /// What the file says by now.
    written: Vec<Arc<Entry>>,
}

impl Recorder {
    /// A recorder and the first line.
    pub fn new(spec: &LabSpec, lesson: Option<&Lesson>) -> (Self, String) {
        let lesson = lesson.map(|lesson| LessonText {
            path: lesson.source.path.to_string(),
            text: lesson.source.text.to_string(),
        });
        let program = env!("CARGO_PKG_VERSION").to_owned();
        let header = Header { recording: VERSION, program, spec: spec.clone(), lesson };
        (Self { written: Vec::new() }, text(&Line::Sockstep(header)))
    }

    /// The lines, each with its newline, that bring the file to where the timeline is: new
    /// entries, and a `back` before those that were undone or judged since.
    pub fn catch_up(&mut self, timeline: &Timeline) -> String {
        let same = self.written.iter().zip(timeline).take_while(|(a, b)| Arc::ptr_eq(a, b)).count();
        let mut lines = String::new();
        if same < self.written.len() {
            lines.push_str(&text(&Line::Back(same)));
            self.written.truncate(same);
        }
        for entry in timeline.iter().skip(same) {
            let before = self.written.last().map(|entry| &**entry);
            lines.push_str(&text(&Line::Entry(Box::new(entry_line(before, entry)))));
            self.written.push(entry.clone());
        }
        lines
    }
}

fn text(line: &Line) -> String {
    let json = serde_json::to_string(line).expect("plain data with string keys");
    let mut text = harmless_json(json);
    text.push('\n');
    text
}

fn entry_line(before: Option<&Entry>, entry: &Entry) -> EntryLine {
    let moment = &*entry.moment;
    let empty = Snapshot::default();
    let earlier = before.map_or(&empty, |before| &*before.moment.snapshot);
    let found = match moment.cause {
        Cause::Start => Vec::new(),
        Cause::Action(_) | Cause::Statement { .. } | Cause::Kernel => {
            changes(earlier, &moment.snapshot)
        }
    };
    let no_variables = Vec::new();
    let old_variables = before.map_or(&no_variables, |before| &*before.variables);
    EntryLine {
        origin: entry.origin,
        step: entry.step,
        cause: moment.cause.clone(),
        at: moment.at,
        reports: moment.reports.clone(),
        signals: moment.signals.clone(),
        passages: moment.passages.clone(),
        untold: moment.untold,
        snapshot: snapshot_line(earlier, &moment.snapshot),
        changes: (found != moment.changes).then(|| moment.changes.clone()),
        output: moment.printed.clone(),
        unprinted: moment.unprinted,
        unsettled: moment.unsettled,
        verdicts: entry.verdicts.clone(),
        bets: entry.bets.clone(),
        variables: pieces(old_variables, &entry.variables, Arc::clone),
        printed: entry.printed.to_string(),
        printed_before: entry.printed_before as u64,
        value: entry.value,
        concluded: entry.concluded,
    }
}

fn snapshot_line(before: &Snapshot, after: &Snapshot) -> SnapshotLine {
    SnapshotLine {
        at: after.at,
        hosts: pieces(&before.hosts, &after.hosts, |host| host_line(before, host)),
        processes: pieces(&before.processes, &after.processes, |row| process_line(before, row)),
        wire: (before.wire != after.wire).then(|| wire_line(&before.wire, &after.wire)),
    }
}

fn host_line(before: &Snapshot, host: &Host) -> HostLine {
    let earlier = before.host(&host.name);
    let sockets = earlier.map_or(&[][..], |earlier| &earlier.sockets);
    let same = earlier.is_some_and(|earlier| earlier.counters == host.counters);
    HostLine {
        name: host.name.clone(),
        addresses: host.addresses.clone(),
        boots: host.boots,
        sockets: pieces(sockets, &host.sockets, Arc::clone),
        counters: (!same).then(|| host.counters.clone()),
    }
}

/// The row of the same process before, as reading and writing both look for it.
pub(super) fn same_process(before: &Snapshot, outer_pid: i32) -> Option<&Arc<Process>> {
    before.processes.iter().find(|process| process.outer_pid == outer_pid)
}

fn process_line(before: &Snapshot, process: &Process) -> ProcessLine {
    let fds = same_process(before, process.outer_pid).map_or(&[][..], |earlier| &earlier.fds);
    ProcessLine {
        name: process.name.clone(),
        host: process.host.clone(),
        pid: process.pid,
        outer_pid: process.outer_pid,
        parent: process.parent.clone(),
        state: process.state.clone(),
        handling: process.handling.clone(),
        fds: pieces(fds, &process.fds, Arc::clone),
        standard: process.standard,
        stopped_in: process.stopped_in.clone(),
    }
}

fn wire_line(before: &Wire, wire: &Wire) -> WireLine {
    let held: Vec<Piece<_>> = pieces(&before.held, &wire.held, Arc::clone);
    WireLine { filters: wire.filters.clone(), cut: wire.cut, held }
}
