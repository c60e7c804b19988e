//! The pane *buffers*: what waits in the kernel's send and receive buffers of each connection.
//!
//! ```text
//!  ─ buffers ─────────────
//!  4 recv     5 █░░░░░░░        bytes that wait, and how much of SO_RCVBUF they take
//!    send  1448 ██░░░░░░
//! ```

use std::sync::Arc;

use ratatui::text::{Line, Span};

use super::section::{Row, Section};
use super::site::{Site, pick};
use crate::model::Socket;
use crate::tui::ink::Ink;
use crate::tui::text::{pad, width};
use crate::tui::theme::Role;

/// The buffers of every socket of a host that an fd stands for and that has some.
pub fn section(site: &Site<'_>, wide: usize, limit: usize, ink: &Ink) -> Section {
    let buffered = |socket: &&Arc<Socket>| {
        let queues = socket.recv_q.is_some() || socket.send_q.is_some();
        queues && !socket.has_accept_queue() && !site.owners(socket).is_empty()
    };
    let sockets = site.host.sockets.iter().filter(buffered);
    let marked = sockets.map(|socket| (socket, site.is_changed(socket)));
    let (sockets, more) = pick(marked, limit);
    let rows = sockets.iter().map(|(socket, new)| row(site, socket, *new, wide, ink)).collect();
    let mut section = Section::new(ink.words.ui("pane-buffers"), rows);
    section.more = more;
    section
}

/// Whether anything waits in a buffer of this host.
pub fn any(site: &Site<'_>) -> bool {
    let waits = |socket: &Arc<Socket>| {
        let queued = socket.recv_q.max(socket.send_q);
        queued > Some(0) && !socket.has_accept_queue() && !site.owners(socket).is_empty()
    };
    site.host.sockets.iter().any(waits)
}

fn row(site: &Site<'_>, socket: &Socket, changed: bool, wide: usize, ink: &Ink) -> Row {
    let fd = site.owners(socket).first().map_or(0, |owner| owner.fd);
    let number = format!("{fd:>width$} ", width = site.fd_width());
    let memory = socket.memory;
    let recv = memory.map(|memory| (memory.receive_used, memory.receive_limit));
    let send = memory.map(|memory| (memory.send_used, memory.send_limit));
    let blank = " ".repeat(1 + width(&number));
    let start = vec![ink.mark(changed), ink.span(Role::Strong, number)];
    let mut row = Row::new(
        gauge(start, ink.words.ui("buffer-recv"), socket.recv_q, recv, wide, ink),
        changed,
    );
    row.push(gauge(
        vec![blank.into()],
        ink.words.ui("buffer-send"),
        socket.send_q,
        send,
        wide,
        ink,
    ));
    row
}

/// `recv     5 █░░░░░░░ 2304 of 131072`: bytes, then memory used of the limit.
fn gauge(
    mut spans: Vec<Span<'static>>,
    label: &str,
    bytes: Option<u32>,
    memory: Option<(u32, u32)>,
    wide: usize,
    ink: &Ink,
) -> Line<'static> {
    let unknown = || ink.words.ui("not-reported").to_owned();
    let bytes = bytes.map_or_else(unknown, |bytes| bytes.to_string());
    spans.push(ink.span(Role::Plain, format!("{} {bytes:>6} ", pad(label, 4))));
    if let Some((used, limit)) = memory.filter(|(_, limit)| *limit > 0) {
        let values: &[(&str, &dyn std::fmt::Display)] = &[("used", &used), ("limit", &limit)];
        let text =
            if wide >= 34 { ink.words.ui_with("buffer-memory", values) } else { String::new() };
        let taken: usize = spans.iter().map(|span| width(&span.content)).sum();
        let bar = wide.saturating_sub(taken + width(&text) + 2).min(16);
        let filled = filled(used, limit, bar);
        let [full, empty] = ink.glyphs.gauge();
        spans.push(ink.run(Role::Held, full, filled));
        spans.push(ink.run(Role::Dim, empty, bar - filled));
        spans.push(ink.span(Role::Dim, format!(" {text}")));
    }
    Line::from(spans)
}

/// How many cells of a bar are full; one at least as soon as there is anything.
fn filled(used: u32, limit: u32, bar: usize) -> usize {
    let share = u64::from(used.min(limit)) * bar as u64 / u64::from(limit.max(1));
    (share as usize).max(usize::from(used > 0)).min(bar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_is_empty_only_if_the_buffer_is() {
        assert_eq!(filled(0, 100, 10), 0);
        assert_eq!(filled(1, 100_000, 10), 1);
        assert_eq!(filled(50, 100, 10), 5);
        assert_eq!(filled(500, 100, 10), 10);
        assert_eq!(filled(1, 0, 0), 0);
    }
}
