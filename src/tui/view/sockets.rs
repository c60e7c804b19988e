//! The pane *sockets*: every socket of a host, those without an fd too.
//!
//! ```text
//!  ─ sockets ─────────────
//!  3 *:8080     LISTEN          the fd, the name, the state
//! *- 8080<40001 SYN_RECV        no fd: the kernel's alone
//!    SYN,ACK again in 2.1 s     its timer
//!  4 8080<40001 ESTABLISHED
//!    recv 5  send 0             what waits in its queues, if anything does
//! ```

use std::sync::Arc;

use ratatui::text::Line;

use super::clock::Clock;
use super::naming::{Naming, name};
use super::section::{Row, Section, Worth};
use super::site::{Site, pick};
use crate::model::{Ownerless, Socket, TcpState, Timer, TimerKind};
use crate::tui::ink::Ink;
use crate::tui::text::{pad, width};
use crate::tui::theme::Role;

/// The widest name of a TCP state, `ESTABLISHED`.
const STATE_WIDTH: usize = 11;

/// All sockets of a host, each with the fds that stand for it.
pub fn section(site: &Site<'_>, wide: usize, limit: usize, ink: &Ink) -> Section {
    let sockets = ordered(site);
    let marked = sockets.into_iter().map(|socket| (socket, site.is_changed(socket)));
    let (sockets, more) = pick(marked, limit);
    let named = site.processes.len() > 1 && wide >= 34;
    let labels = sockets.iter().map(|(socket, _)| fd_label(site, socket, named));
    let labels: Vec<String> = labels.collect();
    let label = labels.iter().map(|label| width(label)).max().unwrap_or(1);
    let rows = rows(site, &sockets, wide.saturating_sub(label + 2), ink);
    let rows = rows.into_iter().zip(&labels).zip(&sockets).map(|((row, text), (_, changed))| {
        let start = [ink.mark(*changed), ink.span(Role::Strong, pad(text, label)), " ".into()];
        indent(row, *changed, start.into(), label + 2)
    });
    let mut rows: Vec<Row> = rows.collect();
    rows.extend(
        site.marks
            .gone(&site.host.name)
            .take(limit)
            .map(|socket| gone_row(site, socket, label, ink)),
    );
    let mut section = Section::new(ink.words.ui("pane-sockets"), rows);
    section.more = more;
    section
}

/// Sockets with an fd first, by its number; then the kernel's own.
fn ordered<'a>(site: &Site<'a>) -> Vec<&'a Arc<Socket>> {
    let mut sockets: Vec<_> = site.host.sockets.iter().collect();
    sockets.sort_by_key(|s| site.owners(s).first().map_or(i32::MAX, |owner| owner.fd));
    sockets
}

/// `3`, `3,4`, or `3x2` where two processes share it under one number; `-` without an fd. Where
/// there is room, `client1 3`.
fn fd_label(site: &Site<'_>, socket: &Socket, named: bool) -> String {
    let owners = site.owners(socket);
    if let ([owner], true) = (owners, named) {
        return format!("{} {}", owner.process.name, owner.fd);
    }
    let mut numbers: Vec<i32> = owners.iter().map(|owner| owner.fd).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let texts: Vec<String> = numbers.iter().take(4).map(i32::to_string).collect();
    match numbers.len() {
        0 => "-".to_owned(),
        1 if owners.len() > 1 => format!("{}x{}", texts[0], owners.len()),
        1..=4 => texts.join(","),
        more => format!("{},+{}", texts[..2].join(","), more - 2),
    }
}

/// The name and state of each socket in aligned columns, with the details below.
pub fn rows(site: &Site<'_>, sockets: &[(&Arc<Socket>, bool)], room: usize, ink: &Ink) -> Vec<Row> {
    let plain = || sockets.iter().map(|(socket, _)| socket.as_ref());
    let naming = Naming::for_all(plain(), room.saturating_sub(STATE_WIDTH + 1), ink);
    let column = plain().map(|socket| width(&name(socket, None, naming, ink))).max().unwrap_or(0);
    let column = column.min(room.saturating_sub(STATE_WIDTH + 1));
    let row = |(socket, changed): &(&Arc<Socket>, bool)| {
        let role = ink.fresh(*changed);
        let name = name(socket, site.caller(socket), naming, ink);
        let mut spans = vec![ink.span(role, pad(&name, column))];
        spans.push(ink.span(role, format!(" {}", state(socket))));
        let mut details = details(socket, site.clock, ink);
        // What waits stands beside the state where there is room for it.
        let used: usize = spans.iter().map(|span| width(&span.content)).sum();
        let beside = |(worth, text): &mut (Worth, String)| {
            *worth == Worth::Count && used + 2 + width(text) <= room
        };
        for (_, text) in details.extract_if(.., beside) {
            spans.push(ink.span(Role::Dim, format!("  {text}")));
        }
        let mut row = Row::new(Line::from(spans), *changed);
        row.twice = socket.ownerless == Some(Ownerless::AcceptQueue);
        details.into_iter().for_each(|(worth, text)| row.detail(ink.line(Role::Dim, text), worth));
        row
    };
    sockets.iter().map(row).collect()
}

/// `*- 40001>8080 gone`: a socket that this moment took out of every list.
fn gone_row(site: &Site<'_>, socket: &Socket, label: usize, ink: &Ink) -> Row {
    let name = name(socket, site.caller(socket), Naming::Bare, ink);
    let text = ink.words.ui_with("socket-gone", &[("socket", &name)]);
    let start = format!("{} ", pad("-", label));
    let line = Line::from(vec![ink.mark(true), ink.span(Role::Dim, start + &text)]);
    Row::new(line, true)
}

/// The row with `start` before its first line and as many spaces before the others.
pub fn indent(
    mut row: Row,
    changed: bool,
    start: Vec<ratatui::text::Span<'static>>,
    by: usize,
) -> Row {
    let mut start = Some(start);
    for line in &mut row.lines {
        let before = start.take().unwrap_or_else(|| vec![" ".repeat(by).into()]);
        line.line.spans.splice(0..0, before);
    }
    row.changed = changed;
    row
}

/// The state by the kernel's name; nothing for kinds that have none.
fn state(socket: &Socket) -> &'static str {
    // UDP borrows the states of TCP for "connected" and "not connected".
    socket.state.map_or("", TcpState::name)
}

/// What else there is to say: the queues, the timer, why there is no fd.
fn details(socket: &Socket, clock: Clock, ink: &Ink) -> Vec<(Worth, String)> {
    let timer = socket.timer.and_then(|timer| timer_text(socket, timer, clock, ink));
    let orphan = (socket.ownerless == Some(Ownerless::Orphan))
        .then(|| ink.words.ui("socket-orphan").to_owned());
    let found =
        [(Worth::Count, queues(socket, ink)), (Worth::Timer, timer), (Worth::Remark, orphan)];
    found.into_iter().filter_map(|(worth, text)| Some((worth, text?))).collect()
}

fn queues(socket: &Socket, ink: &Ink) -> Option<String> {
    if socket.has_accept_queue() || socket.ownerless == Some(Ownerless::SynQueue) {
        return None;
    }
    let part = |count: Option<u32>, label: &str| {
        count.filter(|count| *count > 0).map(|count| format!("{label} {count}"))
    };
    let recv = part(socket.recv_q, ink.words.ui("buffer-recv"));
    let send = part(socket.send_q, ink.words.ui("buffer-send"));
    let parts: Vec<String> = recv.into_iter().chain(send).collect();
    (!parts.is_empty()).then(|| parts.join("  "))
}

/// What the timer will bring, and when.
fn timer_text(socket: &Socket, timer: Timer, clock: Clock, ink: &Ink) -> Option<String> {
    let words = &ink.words;
    let time_left = clock.left(timer.left_ms)?;
    let time: &[(&str, &dyn std::fmt::Display)] = &[("time", &time_left)];
    Some(match timer.kind {
        TimerKind::Retransmit => return sent_again(socket, timer, &time_left, ink),
        // The kernel uses this timer for another end, too: how long it waits for the peer's FIN.
        TimerKind::Keepalive if socket.state == Some(TcpState::FinWait2) => {
            words.ui_with("timer-fin-wait", time)
        }
        TimerKind::Keepalive => words.ui_with("timer-keepalive", time),
        TimerKind::TimeWait => words.ui_with("timer-gone", time),
        TimerKind::ZeroWindowProbe => words.ui_with("timer-probe", time),
        TimerKind::Other(_) => return None,
    })
}

/// `SYN,ACK again in 1.0 s`; if it was sent again already, `SYN,ACK x3, next in 3.9 s`.
fn sent_again(socket: &Socket, timer: Timer, time: &str, ink: &Ink) -> Option<String> {
    let what = match socket.state? {
        TcpState::SynSent => "SYN",
        TcpState::SynRecv => "SYN,ACK",
        // Bytes that are not acknowledged stand before the FIN, and go first.
        TcpState::FinWait1 | TcpState::Closing | TcpState::LastAck if socket.send_q > Some(1) => {
            ink.words.ui("timer-data")
        }
        TcpState::FinWait1 | TcpState::Closing | TcpState::LastAck => "FIN",
        TcpState::Close
        | TcpState::Listen
        | TcpState::Established
        | TcpState::FinWait2
        | TcpState::CloseWait
        | TcpState::TimeWait => ink.words.ui("timer-data"),
    };
    // Of two ends that opened at once the kernel goes on counting from the SYN that came before.
    let crossed =
        socket.state == Some(TcpState::SynRecv) && socket.ownerless != Some(Ownerless::SynQueue);
    let count = u32::from(timer.retransmits) + 1;
    Some(if count == 1 || crossed {
        ink.words.ui_with("timer-again", &[("what", &what), ("time", &time)])
    } else {
        let values: &[(&str, &dyn std::fmt::Display)] =
            &[("what", &what), ("count", &count), ("time", &time)];
        ink.words.ui_with("timer-next", values)
    })
}
