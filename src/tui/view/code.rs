//! The C in step: what the process of the next step has done, does now, and will do.
//!
//! ```text
//! ┌ client.c ────────────────────────────────────┐
//! │   int fd = socket(AF_INET, SOCK_STREAM, 0);  │
//! │ ▸ connect(fd, (struct sockaddr *)&to, sizeof │
//! │     to);                                     │
//! └──────────────────────────────────────────────┘
//! ```

use std::cmp::Ordering;

use ratatui::style::Modifier;
use ratatui::text::Line;

use super::cee::coloured;
use super::page::Page;
use super::prose::harmless;
use crate::lesson::{Does, LabLine, Lesson};
use crate::model::{Action, Cause, ProcessName};
use crate::session::Mode;
use crate::tui::ink::Ink;
use crate::tui::text::wrap;
use crate::tui::theme::Role;

/// Whether a statement has run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Turn {
    Done,
    Now,
    Coming,
}

/// The pane's name and lines; `None` where no process has any C.
pub fn lines(
    page: &Page<'_>,
    wide: usize,
    high: usize,
    ink: &Ink,
) -> Option<(String, Vec<Line<'static>>)> {
    let lesson = page.lesson?;
    let process = process_in_step(page, lesson)?;
    let mut lines = Vec::new();
    let mut now = None;
    for (turn, code) in statements(page, lesson, &process) {
        if turn != Turn::Done {
            now.get_or_insert(lines.len());
        }
        lines.extend(statement(turn, code, wide, ink));
    }
    // The current statement stands in the upper half, with what led to it above.
    let now = now.unwrap_or(lines.len());
    let top = now.saturating_sub(high / 2).min(lines.len().saturating_sub(high));
    let shown = lines.into_iter().skip(top).take(high);
    Some((format!("{process}.c"), shown.collect()))
}

/// The statements of a process on the way that the story has taken, and those ahead up to the next
/// place where it goes another way.
fn statements<'a>(
    page: &Page<'_>,
    lesson: &'a Lesson,
    process: &ProcessName,
) -> Vec<(Turn, &'a str)> {
    let next = match (page.live, page.mode) {
        (true, _) | (_, Mode::Recorded) => page.next_index,
        (false, Mode::Script | Mode::Free) => page.entry().step.map_or(0, |step| step + 1),
    };
    let ahead = (next..lesson.steps.len())
        .take_while(|step| !matches!(lesson.steps[*step].does, Does::Lab(LabLine::Again { .. })));
    let mut found = Vec::new();
    for step in lesson.path_to(next).into_iter().chain(ahead) {
        let turn = match step.cmp(&next) {
            Ordering::Less => Turn::Done,
            Ordering::Equal if page.live => Turn::Now,
            Ordering::Equal | Ordering::Greater => Turn::Coming,
        };
        if let Does::C(code) = &lesson.steps[step].does
            && code.process == *process
        {
            found.extend(code.lines.iter().map(|line| (turn, &*line.statement.code)));
        }
    }
    found
}

/// One statement: what has run in colours, what is coming dim, what runs next with a mark.
fn statement(turn: Turn, code: &str, wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    let mut spans = match turn {
        Turn::Done | Turn::Now => coloured(code, ink),
        Turn::Coming => vec![ink.span(Role::Dim, harmless(code))],
    };
    let mut mark = ink.span(Role::Key, "   ");
    if turn == Turn::Now {
        mark = ink.span(Role::Key, format!(" {} ", ink.glyphs.pointer()));
        spans.iter_mut().for_each(|span| span.style = span.style.add_modifier(Modifier::BOLD));
    }
    let mut lines = wrap(&spans, wide.saturating_sub(4));
    for (index, line) in lines.iter_mut().enumerate() {
        line.spans.insert(0, if index == 0 { mark.clone() } else { "    ".into() });
    }
    lines
}

/// Whose C is shown: the next step's process, or the last that made a call.
fn process_in_step(page: &Page<'_>, lesson: &Lesson) -> Option<ProcessName> {
    if let Some(Does::C(code)) = page.next.map(|step| &step.does)
        && page.live
    {
        return Some(code.process.clone());
    }
    let last = page.story().find_map(|entry| match &entry.moment.cause {
        Cause::Action(Action::Call(call)) => Some(call.process.clone()),
        Cause::Statement { process, .. } => Some(process.clone()),
        Cause::Start | Cause::Action(_) | Cause::Kernel => None,
    });
    last.or_else(|| {
        lesson.steps.iter().find_map(|step| match &step.does {
            Does::C(code) => Some(code.process.clone()),
            Does::Lab(_) => None,
        })
    })
}
