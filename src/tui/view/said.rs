//! This moment as the tools of another terminal would print it.
//!
//! ```text
//! @server$ ss -tuwxano
//! State  Recv-Q Send-Q  Local Address:Port …
//! strace
//! [pid 2] accept(3, NULL, NULL) = 4
//! tcpdump
//! IP 198.51.100.2.40001 > 198.51.100.1.8080: Flags [S], …
//! ```

use ratatui::text::{Line, Span};

use super::page::Page;
use super::prose::harmless;
use crate::model::{Family, Fate, Outcome, Report, Socket, TcpState, ss, tcpdump};
use crate::session::transcript;
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
        heading(&format!("{}$ ss -tuwxano", host.name), ink, &mut lines);
        let (listed, rest): (Vec<&Socket>, Vec<&Socket>) =
            host.sockets.iter().map(AsRef::as_ref).partition(|socket| is_listed(socket));
        for row in ss::table(listed.into_iter().take(SOCKETS)) {
            text(&row, wide, ink, &mut lines);
        }
        if !rest.is_empty() {
            let note = ink.words.ui_with("said-unlisted", &[("count", &rest.len())]);
            lines.push(ink.line(Role::Dim, format!(" {note}")));
        }
    }
    lines
}

/// Whether ss finds the socket: those without a connection, a listener's place or a port are in no
/// list, and it does not ask for those that are only bound.
fn is_listed(socket: &Socket) -> bool {
    let inet = matches!(socket.kind.family, Family::Inet | Family::Inet6);
    if socket.kind.is_tcp() {
        socket.state != Some(TcpState::Close)
    } else {
        let nameless = socket.local.as_ref().is_none_or(|local| local.port() == Some(0));
        !inet || socket.kind.is_raw() || !nameless
    }
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
    let told = page.told();
    let mut any = false;
    for (before, moment) in told {
        let pid = |name| moment.snapshot.process(name).map_or(0, |process| process.pid);
        let back = transcript::way_back(Some(before), moment);
        let back = back.map(|(process, line)| format!("[pid {}] {line}", pid(process)));
        let calls = moment.reports.iter().map(call);
        let signals = moment
            .signals
            .iter()
            .map(|caught| format!("[pid {}] {}", caught.pid, transcript::signal_line(caught)));
        for line in back.into_iter().chain(calls).chain(signals) {
            text(&line, wide, ink, lines);
            any = true;
        }
    }
    if !any {
        lines.push(ink.line(Role::Dim, format!(" {}", ink.words.ui("said-no-call"))));
    }
}

/// One call as strace prints it, with what became of the process.
fn call(report: &Report) -> String {
    let (result, end) = match report.outcome {
        Outcome::Returned(value) => (Some(Ok(value)), String::new()),
        Outcome::Failed(errno) => (Some(Err(errno)), String::new()),
        Outcome::Blocked => (None, String::new()),
        Outcome::Killed(signal) => (None, format!("+++ killed by {signal} +++")),
        Outcome::Exited(status) => (Some(Ok(0)), format!("+++ exited with {status} +++")),
    };
    let line = crate::c::line(&report.call, result, &report.written);
    let pid = format!("[pid {}]", report.pid);
    if end.is_empty() { format!("{pid} {line}") } else { format!("{pid} {line}\n{pid} {end}") }
}

fn packets(page: &Page<'_>, wide: usize, ink: &Ink, lines: &mut Vec<Line<'static>>) {
    heading("tcpdump -nt", ink, lines);
    let mut any = false;
    let told = page.told();
    for passage in told.iter().flat_map(|(_, moment)| &moment.passages) {
        let arrived = match passage.fate {
            Fate::Delivered | Fate::Duplicated => "",
            Fate::Held => "  [held]",
            Fate::Folded => "  [again]",
            Fate::Dropped
            | Fate::Cut
            | Fate::Unreachable
            | Fate::Overflow
            | Fate::NoReceiver
            | Fate::Refused => "  [lost]",
        };
        let line = tcpdump::line(&passage.packet, tcpdump::Numbers::Relative);
        text(&format!("{}{arrived}", harmless(&line)), wide, ink, lines);
        any = true;
    }
    if !any {
        lines.push(ink.line(Role::Dim, format!(" {}", ink.words.ui("said-no-packet"))));
    }
}
