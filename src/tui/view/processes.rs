//! Processes: who is there, and what each does.
//!
//! ```text
//!  server pid 2 ready
//! *client pid 3 asleep in connect
//!  worker pid 4 stopped
//!  worker pid 5 killed by SIGPIPE
//! ```

use ratatui::text::{Line, Span};

use super::section::{Row, Worth};
use super::site::Site;
use crate::model::{Outcome, Process, ProcessState};
use crate::tui::ink::Ink;
use crate::tui::text::width;
use crate::tui::theme::Role;

/// The process in one line, or in two where one is too short. Its number is left out where room is
/// short, but not the process, as long as it lives.
pub fn row(site: &Site<'_>, process: &Process, wide: usize, ink: &Ink) -> Row {
    let changed = site.marks.process(&process.name);
    let state = state(process, ink);
    let name = vec![ink.mark(changed), ink.span(Role::Strong, process.name.as_str())];
    let pid = ink.span(Role::Dim, format!(" pid {}", process.pid));
    let used = 1 + width(process.name.as_str()) + 1 + width(&state.content);
    // The dead give way where room is short.
    let kept = changed || process.is_alive();
    let row = |spans: Vec<Span<'static>>| Row { kept, ..Row::new(Line::from(spans), changed) };
    let with_pid = || name.clone().into_iter().chain([pid.clone()]);
    let mut row = if used + width(&pid.content) <= wide {
        row(with_pid().chain([" ".into(), state]).collect())
    } else if used <= wide {
        row(name.into_iter().chain([" ".into(), state]).collect())
    } else {
        let mut row = row(with_pid().collect());
        row.push(Line::from(vec![" ".into(), state]));
        row
    };
    if wide > 34
        && let Some(wchan) = wchan(process)
    {
        row.detail(ink.line(Role::Dim, format!("   {wchan}")), Worth::Remark);
    }
    row
}

/// What it does.
pub fn state(process: &Process, ink: &Ink) -> Span<'static> {
    let words = &ink.words;
    match &process.state {
        ProcessState::Ready => match process.handling.last() {
            Some(caught) => {
                let handling = words.ui_with("process-handling", &[("signal", &caught.signal)]);
                ink.span(Role::Changed, handling)
            }
            None => ink.span(Role::Dim, words.ui("process-ready")),
        },
        ProcessState::InCall { call, .. } => {
            ink.span(Role::Held, words.ui_with("process-asleep", &[("call", &call.typed)]))
        }
        ProcessState::Running => ink.span(Role::Changed, words.ui("process-running")),
        ProcessState::Stopped => ink.span(Role::Held, words.ui("process-stopped")),
        ProcessState::Dead(Outcome::Killed(signal)) => {
            ink.span(Role::Bad, words.ui_with("process-killed", &[("signal", signal)]))
        }
        ProcessState::Dead(Outcome::Exited(status)) => {
            ink.span(Role::Dim, words.ui_with("process-exited", &[("status", status)]))
        }
        ProcessState::Dead(Outcome::Returned(_) | Outcome::Failed(_) | Outcome::Blocked) => {
            ink.span(Role::Dim, words.ui("process-gone"))
        }
    }
}

/// The kernel function in which it sleeps.
fn wchan(process: &Process) -> Option<&str> {
    match &process.state {
        ProcessState::InCall { wchan, .. } => wchan.as_deref(),
        ProcessState::Ready
        | ProcessState::Running
        | ProcessState::Stopped
        | ProcessState::Dead(_) => None,
    }
}
