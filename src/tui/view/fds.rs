//! The pane *fd table*: what each number of a process stands for.
//!
//! ```text
//!  ─ fd table ────────────
//!  3 TCP
//! *4 TCP  x2 nonblock          two fds stand for the same open socket
//!  5 pipe:[4711]
//! ```

use ratatui::text::Line;

use super::section::{Row, Section};
use super::site::{Site, pick};
use crate::model::{Fd, File, Process, escape};
use crate::tui::ink::Ink;
use crate::tui::theme::Role;

/// The fd table of a process.
pub fn section(site: &Site<'_>, process: &Process, limit: usize, ink: &Ink) -> Section {
    let marked = process.fds.iter().map(|fd| (fd, site.marks.fd(&process.name, fd.number)));
    let (fds, more) = pick(marked, limit);
    let mut rows: Vec<Row> = fds.iter().map(|(fd, new)| row(site, fd, *new, ink)).collect();
    let closed = site.marks.closed(&process.name).filter(|_| process.is_alive());
    rows.extend(closed.take(limit).map(|fd| closed_row(site, fd, ink)));
    if rows.is_empty() && process.is_alive() {
        let key = if process.standard { "fd-table-empty" } else { "fd-table-nothing" };
        let empty = format!("   {}", ink.words.ui(key));
        rows.push(Row::new(ink.line(Role::Dim, empty), false));
    }
    let mut section = Section::new(ink.words.ui("pane-fd-table"), rows);
    section.more = more;
    section
}

fn row(site: &Site<'_>, fd: &Fd, new: bool, ink: &Ink) -> Row {
    let number = format!("{:>wide$} ", fd.number, wide = site.fd_width());
    let mut spans = vec![ink.mark(new), ink.span(Role::Strong, number)];
    spans.push(ink.span(ink.fresh(new), file(site, &fd.file)));
    let notes = notes(site, fd);
    if !notes.is_empty() {
        spans.push(ink.span(Role::Dim, format!("  {}", notes.join(" "))));
    }
    Row::new(Line::from(spans), new)
}

/// `*3 closed`: a number that this moment made free.
fn closed_row(site: &Site<'_>, fd: &Fd, ink: &Ink) -> Row {
    let number = format!("{:>wide$} ", fd.number, wide = site.fd_width());
    let text = ink.span(Role::Dim, ink.words.ui("fd-closed"));
    Row::new(Line::from(vec![ink.mark(true), ink.span(Role::Dim, number), text]), true)
}

/// `TCP`, `pipe:[4711]`. A socket that is in no list is just a socket.
fn file(site: &Site<'_>, file: &File) -> String {
    match file {
        File::Socket(inode) => {
            site.socket(*inode).map_or_else(|| "socket".to_owned(), |socket| socket.kind.short())
        }
        File::Other(name) => escape(name.as_bytes()),
    }
}

/// How many fds share the open socket, and the flags.
pub fn notes(site: &Site<'_>, fd: &Fd) -> Vec<String> {
    let shared = fd.file.socket().map_or(0, |inode| site.owners_of(inode).len());
    let mut notes = Vec::new();
    if shared > 1 {
        notes.push(format!("x{shared}"));
    }
    if fd.nonblock {
        notes.push("nonblock".to_owned());
    }
    if fd.cloexec {
        notes.push("cloexec".to_owned());
    }
    notes
}
