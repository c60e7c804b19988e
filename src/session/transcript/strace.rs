//! Calls as strace prints them.

use crate::c;
use crate::model::{
    Action, Call, Caught, Cause, Moment, Outcome, ProcessName, ProcessState, Report, Snapshot,
    Syscall, escape,
};

/// The calls and signals of a moment as strace prints them, each with the process whose line it
/// is; its name is not in the line. `before` is the snapshot before the moment: a call that slept
/// there is resumed.
pub fn strace<'a>(before: Option<&Snapshot>, moment: &'a Moment) -> Vec<(&'a ProcessName, String)> {
    let reports = &moment.reports;
    let who = reports.iter().map(|report| &report.call.process);
    let mut lines: Vec<_> = way_back(before, moment).into_iter().collect();
    lines.extend(who.zip(calls(before, moment)));
    for caught in &moment.signals {
        let reported = |call: &Call| reports.iter().any(|report| *report.call == *call);
        // The call is over for the kernel, but the program hears of it only behind the handler.
        if let Some(call) = &caught.during
            && !reported(call)
            && !was_open(before, moment, call)
        {
            lines.push((&caught.process, unfinished(call)));
        }
        lines.push((&caught.process, signal_line(caught)));
    }
    lines
}

/// The calls of a moment alone, a line for each report.
pub fn calls(before: Option<&Snapshot>, moment: &Moment) -> Vec<String> {
    let reports = &moment.reports;
    let resumed = |index: usize, report: &Report| {
        let same = |other: &Report| other.call == report.call && other.outcome == Outcome::Blocked;
        reports[..index].iter().any(same) || was_open(before, moment, &report.call)
    };
    let lines = reports.iter().enumerate();
    lines.map(|(index, report)| line(report, resumed(index, report))).collect()
}

/// Whether a call had begun before the moment: the process was in it, or a handler that is over by
/// now had interrupted it.
fn was_open(before: Option<&Snapshot>, moment: &Moment, call: &Call) -> bool {
    let open = before.and_then(|before| moment.open_call(before, &call.process));
    open.is_some_and(|open| **open == *call)
}

/// The line with which strace says that a signal has come.
pub fn signal_line(caught: &Caught) -> String {
    format!("--- {} {} ---", caught.signal, caught.info())
}

/// The way back from a handler, if the moment begins with it: what the kernel lets the interrupted call return, as far as it is known.
pub fn way_back<'a>(
    before: Option<&Snapshot>,
    moment: &'a Moment,
) -> Option<(&'a ProcessName, String)> {
    let Cause::Action(Action::Call(call)) = &moment.cause else { return None };
    if call.syscall != Syscall::RtSigreturn {
        return None;
    }
    let process = before.and_then(|before| before.process(&call.process));
    let during = process.and_then(|process| process.handling.last()?.during.as_ref());
    let report = moment.reports.iter().find(|report| Some(&report.call) == during);
    let result = match report.map(|report| &report.outcome) {
        Some(Outcome::Returned(value)) => Some(Ok(*value)),
        Some(Outcome::Failed(errno)) => Some(Err(*errno)),
        Some(Outcome::Blocked | Outcome::Killed(_) | Outcome::Exited(_)) | None => None,
    };
    let unknown = || format!("{}({}) = ?", call.syscall, call.shown.join(", "));
    let text = result.map_or_else(unknown, |result| c::line(call, Some(result), &[]));
    Some((&call.process, text))
}

/// `accept(3, NULL, NULL <unfinished ...>`
fn unfinished(call: &Call) -> String {
    let known = known(call);
    let shown = call.shown[..known].join(", ");
    let comma = if known > 0 && known < call.shown.len() { ", " } else { "" };
    format!("{}({shown}{comma} <unfinished ...>", call.syscall)
}

/// strace prints the arguments up to the first that only the kernel writes before the call.
fn known(call: &Call) -> usize {
    let unknown = match call.syscall {
        // Also where they are NULL.
        Syscall::Nanosleep | Syscall::Wait4 => Some(1),
        _ => call.shown.iter().position(|shown| shown.starts_with("0x")),
    };
    unknown.map_or(call.shown.len(), |unknown| unknown.min(call.shown.len()))
}

fn line(report: &Report, resumed: bool) -> String {
    let (call, name) = (&report.call, report.call.syscall.name());
    if report.outcome == Outcome::Blocked {
        return unfinished(call);
    }
    let known = known(call);
    let whole = match &report.outcome {
        Outcome::Returned(value) => c::line(call, Some(Ok(*value)), &report.written),
        Outcome::Failed(errno) => c::line(call, Some(Err(*errno)), &report.written),
        Outcome::Blocked | Outcome::Killed(_) | Outcome::Exited(_) => {
            format!("{name}({}) = ?", call.shown.join(", "))
        }
    };
    if !resumed {
        return whole;
    }
    // What was printed when the call fell asleep is not printed again.
    let mut begun = format!("{name}({}", call.shown[..known].join(", "));
    if known > 0 && known < call.shown.len() {
        begun.push_str(", ");
    }
    let rest = whole.strip_prefix(begun.as_str()).unwrap_or(&whole);
    format!("<... {name} resumed>{rest}")
}

/// The line with which strace says that a process is gone; `None` while it is not.
pub fn end_of_process(state: &ProcessState) -> Option<String> {
    match state {
        ProcessState::Dead(Outcome::Killed(signal)) => Some(format!("+++ killed by {signal} +++")),
        ProcessState::Dead(Outcome::Exited(status)) => {
            Some(format!("+++ exited with {status} +++"))
        }
        ProcessState::Dead(_)
        | ProcessState::Ready
        | ProcessState::InCall { .. }
        | ProcessState::Running
        | ProcessState::Stopped => None,
    }
}

/// Bytes that a command printed, line by line, harmless on every terminal.
pub(super) fn lines_of(bytes: &[u8]) -> Vec<String> {
    let text = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    if text.is_empty() {
        return Vec::new();
    }
    text.split(|byte| *byte == b'\n').map(escape).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::model::{Errno, Signal};

    fn report(
        syscall: Syscall,
        shown: &[&str],
        written: &[(usize, &str)],
        outcome: Outcome,
    ) -> Report {
        let call = Call {
            process: ProcessName::parse("server").expect("a name"),
            code: String::new(),
            typed: syscall.name().to_owned(),
            syscall,
            args: [0; 6],
            shown: shown.iter().map(|text| (*text).to_owned()).collect(),
            child: None,
            overrun: None,
        };
        let written = written.iter().map(|(at, text)| (*at, (*text).to_owned())).collect();
        Report { call: Arc::new(call), outcome, pid: 2, written }
    }

    #[test]
    fn calls_are_written_as_strace_writes_them() {
        let read = ["4", "0x10000060", "64"];
        let accept = ["3", "0x10000060", "[16]"];
        let peer = [(1, "{sa_family=AF_INET}"), (2, "[16]")];
        for (report, resumed, expected) in [
            (
                report(Syscall::Read, &read, &[(1, "\"hello\"")], Outcome::Returned(5)),
                false,
                "read(4, \"hello\", 64) = 5",
            ),
            (
                report(Syscall::Read, &read, &[], Outcome::Failed(Errno(104))),
                false,
                "read(4, 0x10000060, 64) = -1 ECONNRESET (Connection reset by peer)",
            ),
            (
                report(Syscall::Read, &read, &[], Outcome::Blocked),
                false,
                "read(4,  <unfinished ...>",
            ),
            (
                report(Syscall::Read, &read, &[(1, "\"\"")], Outcome::Returned(0)),
                true,
                "<... read resumed>\"\", 64) = 0",
            ),
            (
                report(Syscall::Accept, &accept, &peer, Outcome::Returned(4)),
                true,
                "<... accept resumed>{sa_family=AF_INET}, [16]) = 4",
            ),
            (
                report(Syscall::Accept, &["3", "NULL", "NULL"], &[], Outcome::Blocked),
                false,
                "accept(3, NULL, NULL <unfinished ...>",
            ),
            (
                report(Syscall::Accept, &["3", "NULL", "NULL"], &[], Outcome::Returned(4)),
                true,
                "<... accept resumed>) = 4",
            ),
            (report(Syscall::Pause, &[], &[], Outcome::Blocked), false, "pause( <unfinished ...>"),
            (
                report(Syscall::ExitGroup, &["3"], &[], Outcome::Exited(3)),
                false,
                "exit_group(3) = ?",
            ),
            (
                report(Syscall::Accept, &accept, &[], Outcome::Killed(Signal(9))),
                true,
                "<... accept resumed>0x10000060, [16]) = ?",
            ),
            (
                report(
                    Syscall::Poll,
                    &["[{fd=3, events=POLLIN}]", "1", "0"],
                    &[(c::BESIDE, "([{fd=3, revents=POLLIN}])")],
                    Outcome::Returned(1),
                ),
                false,
                "poll([{fd=3, events=POLLIN}], 1, 0) = 1 ([{fd=3, revents=POLLIN}])",
            ),
        ] {
            assert_eq!(line(&report, resumed), expected);
        }
    }
}
