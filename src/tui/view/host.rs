//! One side of the screen: all that is known of one host, or of several that share the side.
//!
//! ```text
//! ┌ server 198.51.100.1 ─────┐
//! │ server 2  ready          │   its processes (processes.rs)
//! │ ─ fd table ───────────── │   (fds.rs)
//! │ 3 TCP                    │
//! │ ─ sockets ────────────── │   (sockets.rs)
//! │ 3 *:8080 LISTEN          │
//! │ ─ backlog fd 3: 0 of 1+1 │   (backlog.rs)
//! │ SYN q                    │
//! │ accept q [ ][ ]          │
//! └──────────────────────────┘
//! ```
//! Where several processes live on one host and room is short, fd tables and sockets become one
//! section, `fd tables, sockets`.

use std::sync::Arc;

use ratatui::text::Line;

use super::section::{Row, Section, fit, height};
use super::site::Site;
use super::{backlog, buffers, fds, processes, sockets};
use crate::model::{File, Ownerless, Process, Socket};
use crate::tui::ink::Ink;
use crate::tui::theme::Role;

/// What a host's pane shows besides processes, fds and sockets.
#[derive(Debug, Clone, Copy, Default)]
pub struct Wanted {
    /// The buffers even if they are empty.
    pub buffers: bool,
    /// The queues of listeners whole, whatever else there is.
    pub backlog: bool,
    /// Every detail: the pane is zoomed.
    pub all: bool,
}

/// The lines of a host's pane.
pub fn lines(
    sites: &[Site<'_>],
    wanted: Wanted,
    wide: usize,
    high: usize,
    ink: &Ink,
) -> Vec<Line<'static>> {
    let separate: Vec<Section> =
        sites.iter().flat_map(|site| separate(site, wanted, wide, high, ink)).collect();
    let several = sites.iter().any(|site| site.processes.len() > 1);
    if height(&separate) <= high || !several {
        return fit(separate, wide, high, ink);
    }
    let combined = sites.iter().flat_map(|site| combined(site, wanted, wide, high, ink)).collect();
    fit(combined, wide, high, ink)
}

/// Each pane under its own name.
fn separate(site: &Site<'_>, wanted: Wanted, wide: usize, limit: usize, ink: &Ink) -> Vec<Section> {
    let mut sections = Vec::new();
    for process in site.processes.iter().take(limit) {
        sections.push(Section::new("", vec![processes::row(site, process, wide, ink)]));
        sections.push(fds::section(site, process, limit, ink));
    }
    sections.push(sockets::section(site, wide, limit, ink));
    sections.extend(queues(site, wanted, wide, ink));
    sections.extend(buffer_section(site, wanted, wide, limit, ink));
    sections.extend(counters(site, wanted, wide, ink));
    sections
}

/// The backlogs, never cut short where the lesson is about them.
fn queues(site: &Site<'_>, wanted: Wanted, wide: usize, ink: &Ink) -> Vec<Section> {
    let mut sections = backlog::sections(site, wanted.all, wide, ink);
    if wanted.backlog {
        let rows = sections.iter_mut().flat_map(|section| &mut section.rows);
        rows.for_each(|row| (row.kept, row.idle) = (true, false));
    }
    sections
}

fn buffer_section(
    site: &Site<'_>,
    wanted: Wanted,
    wide: usize,
    limit: usize,
    ink: &Ink,
) -> Option<Section> {
    let shown = wanted.buffers || wanted.all || (buffers::any(site) && limit > 12);
    shown.then(|| buffers::section(site, wide, limit, ink))
}

/// fd tables and sockets as one section: each process with its fds, and what stands behind them.
fn combined(site: &Site<'_>, wanted: Wanted, wide: usize, limit: usize, ink: &Ink) -> Vec<Section> {
    let shown = site.processes.iter().take(limit);
    let mut rows: Vec<Row> = shown.map(|process| process_rows(site, process, wide, ink)).collect();
    rows.extend(ownerless(site, wide, ink));
    let mut section = Section::new(ink.words.ui("pane-fds-and-sockets"), rows);
    section.more = site.processes.len().saturating_sub(limit);
    let mut sections = vec![section];
    sections.extend(queues(site, wanted, wide, ink));
    sections.extend(buffer_section(site, wanted, wide, limit, ink));
    sections
}

fn process_rows(site: &Site<'_>, process: &Process, wide: usize, ink: &Ink) -> Row {
    let mut row = processes::row(site, process, wide, ink);
    row.kept = false;
    for fd in &process.fds {
        let new = site.marks.fd(&process.name, fd.number);
        let number = format!("{:>width$} ", fd.number, width = site.fd_width());
        let indent = 1 + number.len();
        let socket = fd.file.socket().and_then(|inode| site.socket(inode));
        let line = match (socket, &fd.file) {
            (Some(socket), _) => socket_row(site, socket, new, wide - indent, ink),
            (None, File::Socket(_)) => Row::new(Line::from("socket"), new),
            (None, File::Other(name)) => {
                Row::new(Line::from(crate::model::escape(name.as_bytes())), new)
            }
        };
        let changed = line.changed;
        let start = vec![ink.mark(changed), ink.span(Role::Strong, number)];
        let line = sockets::indent(line, changed, start, indent);
        row.changed |= changed;
        row.lines.extend(line.lines);
    }
    row
}

fn socket_row(site: &Site<'_>, socket: &Arc<Socket>, new: bool, wide: usize, ink: &Ink) -> Row {
    let changed = new || site.is_changed(socket);
    sockets::rows(site, &[(socket, changed)], wide, ink).remove(0)
}

/// The kernel's own sockets; those in a queue are drawn there.
fn ownerless(site: &Site<'_>, wide: usize, ink: &Ink) -> Vec<Row> {
    let alone = |socket: &&Arc<Socket>| match socket.ownerless {
        Some(Ownerless::Orphan | Ownerless::TimeWait) => true,
        Some(Ownerless::SynQueue | Ownerless::AcceptQueue) | None => false,
    };
    let rows = site.host.sockets.iter().filter(alone).map(|socket| {
        let row = socket_row(site, socket, false, wide.saturating_sub(3), ink);
        let changed = row.changed;
        sockets::indent(row, changed, vec![ink.mark(changed), ink.span(Role::Dim, "- ")], 3)
    });
    rows.take(64).collect()
}

/// The host's counters that are not 0: only in a zoomed pane.
fn counters(site: &Site<'_>, wanted: Wanted, wide: usize, ink: &Ink) -> Option<Section> {
    if !wanted.all || site.host.counters.is_empty() {
        return None;
    }
    let texts = site.host.counters.iter().map(|(name, value)| format!("{name} {value}"));
    let text = texts.collect::<Vec<_>>().join("  ");
    let lines = crate::tui::text::wrap(&[ink.span(Role::Dim, text)], wide.saturating_sub(2));
    let rows = lines.into_iter().map(|mut line| {
        line.spans.insert(0, " ".into());
        Row::new(line, false)
    });
    Some(Section::new(ink.words.ui("pane-counters"), rows.collect()))
}
