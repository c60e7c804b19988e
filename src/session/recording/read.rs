//! Lines → timeline. What a file says is not trusted: no panic, no unbounded memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::line::{EntryLine, HostLine, Line, ProcessLine, SnapshotLine, WireLine};
use super::rows::{Budget, list};
use super::write::same_process;
use super::{Recording, RecordingError, VERSION};
use crate::model::{Cause, Host, Moment, Process, Snapshot, Wire, changes};
use crate::session::entry::Entry;

/// A longer line is refused.
const LONGEST_LINE: usize = 64 << 20;
/// More entries are refused.
const MOST_ENTRIES: usize = 200_000;
/// More rows, over all lists of all entries, are refused: about 400 MB of references.
const MOST_ROWS: usize = 50_000_000;

/// Reads a recording. A last line without its newline is left out if it can't be read: the
/// program that wrote it was killed.
///
/// # Errors
/// The first line that can't be read, and why.
pub fn read(text: &str) -> Result<Recording, RecordingError> {
    let mut lines = text.split_inclusive('\n').enumerate();
    let at = |number: usize, reason: String| RecordingError { line: number + 1, reason };
    let (_, first) = lines.next().ok_or_else(|| at(0, "the file is empty".into()))?;
    if is_transcript(first) {
        let reason = "this is a transcript (run --format json), and no recording; \
                      run --save FILE makes one";
        return Err(at(0, reason.into()));
    }
    if !first.starts_with('{') {
        let reason = "this is no recording of sockstep; run --save FILE makes one";
        return Err(at(0, reason.into()));
    }
    let header = match parse(first).map_err(|reason| at(0, reason))? {
        Line::Sockstep(header) => header,
        Line::Entry(_) | Line::Back(_) => {
            return Err(at(0, "a recording begins with its header".into()));
        }
    };
    if header.recording > VERSION {
        let reason = format!(
            "the recording has version {}, and this sockstep ({}) reads up to {VERSION}: \
             open it with sockstep {} or newer",
            header.recording,
            env!("CARGO_PKG_VERSION"),
            header.program
        );
        return Err(at(0, reason));
    }
    let mut entries = Vec::new();
    let mut budget = Budget(MOST_ROWS);
    let mut torn = false;
    for (number, line) in lines {
        if line.trim().is_empty() {
            continue;
        }
        match parse(line).and_then(|line| take(line, &mut entries, &mut budget)) {
            Ok(()) => {}
            Err(_) if !line.ends_with('\n') => torn = true,
            Err(reason) => return Err(at(number, reason)),
        }
    }
    if entries.is_empty() {
        return Err(at(0, "the recording has no entry".into()));
    }
    Ok(Recording { header, entries, torn })
}

fn parse(line: &str) -> Result<Line, String> {
    if line.len() > LONGEST_LINE {
        return Err(format!("the line is longer than {LONGEST_LINE} bytes"));
    }
    serde_json::from_str(line).map_err(|error| error.to_string())
}

/// Whether a line is one of `run --format json`: an object with a `kind`.
fn is_transcript(line: &str) -> bool {
    let object = serde_json::from_str::<BTreeMap<String, serde::de::IgnoredAny>>(line);
    object.is_ok_and(|object| object.contains_key("kind"))
}

fn take(line: Line, entries: &mut Vec<Arc<Entry>>, budget: &mut Budget) -> Result<(), String> {
    match line {
        Line::Sockstep(_) => Err("a second header".into()),
        Line::Back(length) if length > entries.len() => {
            Err(format!("back to {length} entries, but there are only {}", entries.len()))
        }
        Line::Back(length) => {
            entries.truncate(length);
            Ok(())
        }
        Line::Entry(_) if entries.len() >= MOST_ENTRIES => {
            Err(format!("more than {MOST_ENTRIES} entries"))
        }
        Line::Entry(line) => {
            let entry = entry(entries.last().map(|entry| &**entry), *line, budget)?;
            entries.push(Arc::new(entry));
            Ok(())
        }
    }
}

fn entry(before: Option<&Entry>, line: EntryLine, budget: &mut Budget) -> Result<Entry, String> {
    let empty = Snapshot::default();
    let earlier = before.map_or(&empty, |before| &*before.moment.snapshot);
    let snapshot = Arc::new(snapshot(earlier, line.snapshot, budget)?);
    let changes = match (line.changes, &line.cause) {
        (Some(changes), _) => changes,
        (None, Cause::Start) => Vec::new(),
        (None, Cause::Action(_) | Cause::Statement { .. } | Cause::Kernel) => {
            changes(earlier, &snapshot)
        }
    };
    let no_variables = Vec::new();
    let old_variables = before.map_or(&no_variables, |before| &*before.variables);
    Ok(Entry {
        moment: Arc::new(Moment {
            cause: line.cause,
            at: line.at,
            reports: line.reports,
            signals: line.signals,
            passages: line.passages,
            untold: line.untold,
            snapshot,
            changes,
            printed: line.output,
            unprinted: line.unprinted,
            unsettled: line.unsettled,
        }),
        origin: line.origin,
        step: line.step,
        verdicts: line.verdicts,
        bets: line.bets,
        variables: Arc::new(list(old_variables, line.variables, budget, |row, _| Ok(row))?),
        printed_before: usize::try_from(line.printed_before).unwrap_or(0),
        printed: line.printed.into(),
        value: line.value,
        concluded: line.concluded,
    })
}

fn snapshot(
    before: &Snapshot,
    line: SnapshotLine,
    budget: &mut Budget,
) -> Result<Snapshot, String> {
    Ok(Snapshot {
        at: line.at,
        hosts: list(&before.hosts, line.hosts, budget, |row, left| host(before, row, left))?,
        processes: list(&before.processes, line.processes, budget, |row, left| {
            process(before, row, left)
        })?,
        wire: match line.wire {
            None => before.wire.clone(),
            Some(line) => Arc::new(wire(&before.wire, line, budget)?),
        },
    })
}

fn host(before: &Snapshot, line: HostLine, budget: &mut Budget) -> Result<Arc<Host>, String> {
    let earlier = before.host(&line.name);
    let sockets = earlier.map_or(&[][..], |earlier| &earlier.sockets);
    let counters = line.counters.or_else(|| earlier.map(|earlier| earlier.counters.clone()));
    Ok(Arc::new(Host {
        sockets: list(sockets, line.sockets, budget, |row, _| Ok(row))?,
        name: line.name,
        addresses: line.addresses,
        boots: line.boots,
        counters: counters.unwrap_or_default(),
    }))
}

fn process(
    before: &Snapshot,
    line: ProcessLine,
    budget: &mut Budget,
) -> Result<Arc<Process>, String> {
    let fds = same_process(before, line.outer_pid).map_or(&[][..], |earlier| &earlier.fds);
    Ok(Arc::new(Process {
        fds: list(fds, line.fds, budget, |row, _| Ok(row))?,
        name: line.name,
        host: line.host,
        pid: line.pid,
        outer_pid: line.outer_pid,
        parent: line.parent,
        state: line.state,
        handling: line.handling,
        standard: line.standard,
        stopped_in: line.stopped_in,
    }))
}

fn wire(before: &Wire, line: WireLine, budget: &mut Budget) -> Result<Wire, String> {
    let held = list(&before.held, line.held, budget, |row, _| Ok(row))?;
    Ok(Wire { filters: line.filters, cut: line.cut, held })
}
