//! Calls as strace prints them.

use crate::c;
use crate::model::{Moment, Outcome, ProcessState, Report, Snapshot, escape};

/// The reports of a moment as strace prints them, one line each: the process's name is not in
/// the line. `before` is the snapshot before the moment: a call that slept there is resumed.
pub fn strace(before: Option<&Snapshot>, moment: &Moment) -> Vec<String> {
    let reports = &moment.reports;
    let asleep = |index: usize| {
        let report = &reports[index];
        let earlier = reports[..index]
            .iter()
            .any(|other| other.call == report.call && other.outcome == Outcome::Blocked);
        let state = before.and_then(|before| before.process(&report.call.process));
        let slept = state.is_some_and(|process| match &process.state {
            ProcessState::InCall { call, .. } => *call == report.call,
            ProcessState::Ready
            | ProcessState::Running
            | ProcessState::Stopped
            | ProcessState::Dead(_) => false,
        });
        earlier || slept
    };
    reports.iter().enumerate().map(|(index, report)| line(report, asleep(index))).collect()
}

fn line(report: &Report, resumed: bool) -> String {
    let (call, name) = (&report.call, report.call.syscall.name());
    // strace prints the arguments up to the first that only the kernel writes before the call.
    let known = call.shown.iter().position(|shown| shown.starts_with("0x"));
    let known = known.unwrap_or(call.shown.len());
    if report.outcome == Outcome::Blocked {
        let shown = call.shown[..known].join(", ");
        let comma = if known > 0 && known < call.shown.len() { ", " } else { "" };
        return format!("{name}({shown}{comma} <unfinished ...>");
    }
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
    use crate::model::{Call, Errno, ProcessName, Signal, Syscall};

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
