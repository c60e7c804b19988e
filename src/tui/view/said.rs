//! This moment as the tools of another terminal would print it.
//!
//! ```text
//! @server$ ss -tano
//! State  Recv-Q Send-Q  Local Address:Port …
//! strace
//! [pid 2] accept(3, NULL, NULL) = 4
//! tcpdump
//! IP 198.51.100.2.40001 > 198.51.100.1.8080: Flags [S], …
//! ```

use ratatui::text::{Line, Span};

use super::page::Page;
use super::prose::harmless;
use crate::c::strerror;
use crate::model::{Fate, Outcome, Report, Syscall, escape, ss, tcpdump};
use crate::tui::ink::Ink;
use crate::tui::text::wrap;
use crate::tui::theme::Role;

/// How many sockets of a host are printed.
const SOCKETS: usize = 200;

/// What strace, tcpdump and ss print.
pub fn lines(page: &Page<'_>, wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    strace(page, wide, ink, &mut lines);
    packets(page, wide, ink, &mut lines);
    for host in &page.snapshot().hosts {
        heading(&format!("{}$ ss -ano", host.name), ink, &mut lines);
        for row in ss::table(host.sockets.iter().take(SOCKETS).map(AsRef::as_ref)) {
            text(&row, wide, ink, &mut lines);
        }
    }
    lines
}

fn heading(name: &str, ink: &Ink, lines: &mut Vec<Line<'static>>) {
    if !lines.is_empty() {
        lines.push(Line::default());
    }
    lines.push(ink.line(Role::Title, format!(" {name}")));
}

/// One line of a tool, wrapped with a hanging indent.
fn text(line: &str, wide: usize, ink: &Ink, lines: &mut Vec<Line<'static>>) {
    let span: Span<'static> = ink.span(Role::Plain, harmless(line));
    for (index, mut line) in wrap(&[span], wide.saturating_sub(5)).into_iter().enumerate() {
        line.spans.insert(0, if index == 0 { " ".into() } else { "     ".into() });
        lines.push(line);
    }
}

fn strace(page: &Page<'_>, wide: usize, ink: &Ink, lines: &mut Vec<Line<'static>>) {
    heading("strace -f", ink, lines);
    let reports = &page.moment().reports;
    for report in reports {
        text(&call(report), wide, ink, lines);
    }
    if reports.is_empty() {
        lines.push(ink.line(Role::Dim, format!(" {}", ink.words.ui("said-no-call"))));
    }
}

/// One call as strace prints it.
fn call(report: &Report) -> String {
    let call = &report.call;
    let arguments: Vec<&str> = call
        .shown
        .iter()
        .enumerate()
        .map(|(index, before)| {
            let after = report.written.iter().find(|(place, _)| *place == index);
            after.map_or(before.as_str(), |(_, text)| text)
        })
        .collect();
    let start = format!("[pid {}] {}({}", report.pid, call.syscall, arguments.join(", "));
    match report.outcome {
        Outcome::Returned(value) if call.syscall == Syscall::Mmap => {
            format!("{start}) = {value:#x}")
        }
        Outcome::Returned(value) => format!("{start}) = {value}"),
        Outcome::Failed(errno) => format!("{start}) = -1 {errno} ({})", strerror(errno.0)),
        Outcome::Blocked => format!("{start} <unfinished ...>"),
        Outcome::Killed(signal) => {
            format!("{start} <unfinished ...>\n[pid {}] +++ killed by {signal} +++", report.pid)
        }
        Outcome::Exited(status) => {
            format!("{start}) = ?\n[pid {}] +++ exited with {status} +++", report.pid)
        }
    }
}

fn packets(page: &Page<'_>, wide: usize, ink: &Ink, lines: &mut Vec<Line<'static>>) {
    heading("tcpdump -nt", ink, lines);
    let mut any = false;
    for passage in &page.moment().passages {
        let arrived = match passage.fate {
            Fate::Delivered | Fate::Duplicated => "",
            Fate::Held => "  [held]",
            Fate::Folded => "  [again]",
            Fate::Dropped | Fate::Cut | Fate::Unreachable | Fate::NoReceiver | Fate::Refused => {
                "  [lost]"
            }
        };
        let line = tcpdump::line(&passage.packet, tcpdump::Numbers::Relative);
        text(&format!("{}{arrived}", escape(line.as_bytes())), wide, ink, lines);
        any = true;
    }
    if !any {
        lines.push(ink.line(Role::Dim, format!(" {}", ink.words.ui("said-no-packet"))));
    }
}
