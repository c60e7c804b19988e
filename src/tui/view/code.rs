//! The C in step: what the process of the next step has done, does now, and will do.
//!
//! ```text
//! ┌ client.c ────────────────────────────────────┐
//! │   int fd = socket(AF_INET, SOCK_STREAM, 0);  │
//! │ ▸ connect(fd, (struct sockaddr *)&to, …      │
//! └──────────────────────────────────────────────┘
//! ```

use ratatui::text::Line;

use super::cee::coloured;
use super::page::Page;
use super::prose::harmless;
use crate::lesson::{Does, Lesson};
use crate::model::{Action, Cause, ProcessName};
use crate::tui::ink::Ink;
use crate::tui::text::cut_line;
use crate::tui::theme::Role;

/// The pane's name and lines; `None` where no process has any C.
pub fn lines(
    page: &Page<'_>,
    wide: usize,
    high: usize,
    ink: &Ink,
) -> Option<(String, Vec<Line<'static>>)> {
    let lesson = page.lesson?;
    let next = page.step.0;
    let process = process_in_step(page, lesson)?;
    let mut statements = Vec::new();
    for (index, step) in lesson.steps.iter().enumerate() {
        if let Does::C(code) = &step.does
            && code.process == process
        {
            statements.extend(code.lines.iter().map(|line| (index, &line.statement.code)));
        }
    }
    let now = statements.iter().position(|(index, _)| *index >= next).unwrap_or(statements.len());
    // The current statement stands in the upper half, with what led to it above.
    let top = now.saturating_sub(high / 2).min(statements.len().saturating_sub(high));
    let lines = statements.iter().skip(top).take(high).map(|(index, code)| {
        let current = *index == next && page.live;
        let role = if current {
            Role::Strong
        } else if *index < next {
            Role::Dim
        } else {
            Role::Plain
        };
        let mark = if current { ink.glyphs.pointer() } else { ' ' };
        let mut spans = vec![ink.span(Role::Key, format!(" {mark} "))];
        if role == Role::Dim {
            spans.push(ink.span(role, harmless(code)));
        } else {
            spans.extend(coloured(code, ink));
        }
        cut_line(Line::from(spans), wide, ink.glyphs.cut())
    });
    Some((format!("{process}.c"), lines.collect()))
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
