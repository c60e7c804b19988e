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
use std::ops::Range;

use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::cee::{coloured, role};
use super::page::Page;
use super::prose::harmless;
use crate::c::highlight;
use crate::lesson::{Does, LabLine, Lesson, Program};
use crate::model::{Action, Cause, ProcessName};
use crate::session::Mode;
use crate::tui::ink::Ink;
use crate::tui::text::{cut_line, wrap};
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
    if let Some((program, spot)) = page.program(&process) {
        return Some(program_lines(&process, program, Some(spot), wide, high, ink));
    }
    // A program that is over stands nowhere.
    let own = lesson.programs().find(|program| lesson.is_play() && program.process == process);
    if let Some(program) = own {
        return Some(program_lines(&process, program, None, wide, high, ink));
    }
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

/// The lines of a program, as they stand in its file, with a mark before the statement that it is
/// at.
fn program_lines(
    process: &ProcessName,
    program: &Program,
    spot: Option<&Range<usize>>,
    wide: usize,
    high: usize,
    ink: &Ink,
) -> (String, Vec<Line<'static>>) {
    let first = spot.map_or(0, |spot| program.line(spot.start));
    let last = spot.map_or(0, |spot| program.line(spot.end.saturating_sub(1).max(spot.start)));
    let all = coloured_lines(program.text(), ink);
    let digits = all.len().to_string().len();
    let top = first.saturating_sub(1 + high / 2).min(all.len().saturating_sub(high));
    let shown = all.into_iter().enumerate().skip(top).take(high).map(|(index, mut spans)| {
        let number = index + 1;
        let here = (first..=last).contains(&number);
        let mark = if number == first { ink.glyphs.pointer() } else { ' ' };
        if here {
            spans.iter_mut().for_each(|span| span.style = span.style.add_modifier(Modifier::BOLD));
        }
        spans.insert(0, ink.span(Role::Dim, format!("{number:>digits$} ")));
        spans.insert(0, ink.span(Role::Key, mark.to_string()));
        cut_line(Line::from(spans), wide, ink.glyphs.cut())
    });
    let shown: Vec<Line<'static>> = shown.collect();
    let file = match program.body.start {
        0 => program.source.path.rsplit('/').next().unwrap_or_default().to_owned(),
        _ => format!("{}.c", program.process),
    };
    let name = if program.process == *process { file } else { format!("{file}: {process}") };
    (harmless(&name), shown)
}

/// C in colours, line by line.
fn coloured_lines(text: &str, ink: &Ink) -> Vec<Vec<Span<'static>>> {
    let mut lines = vec![Vec::new()];
    let mut put = |text: &str, role: Role| {
        for (index, piece) in text.split('\n').enumerate() {
            if index > 0 {
                lines.push(Vec::new());
            }
            let piece = harmless(&piece.trim_end_matches('\r').replace('\t', "    "));
            if let Some(line) = lines.last_mut().filter(|_| !piece.is_empty()) {
                line.push(ink.span(role, piece));
            }
        }
    };
    let mut end = 0;
    for (range, class) in highlight(text) {
        put(text.get(end..range.start).unwrap_or_default(), Role::Plain);
        put(text.get(range.clone()).unwrap_or_default(), role(class));
        end = range.end;
    }
    put(text.get(end..).unwrap_or_default(), Role::Plain);
    lines
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
        (false, Mode::Script | Mode::Free | Mode::Programs) => {
            page.entry().step.map_or(0, |step| step + 1)
        }
    };
    let ahead = (next..told_until(page, lesson, next))
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

/// Up to which step the C ahead may be read: what stands behind a question might tell its answer,
/// and in a mystery anything might.
fn told_until(page: &Page<'_>, lesson: &Lesson, next: usize) -> usize {
    let behind = lesson.joined_from(next).last().map_or(next, |(last, _)| last + 1);
    let asks = |index: usize| lesson.steps[index].question.is_some();
    if lesson.mystery || page.is_open() || lesson.steps.get(next).is_some_and(|_| asks(next)) {
        return behind;
    }
    (behind..lesson.steps.len()).find(|index| asks(*index)).unwrap_or(lesson.steps.len())
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
    if let Some(Does::Lab(LabLine::Step { process, .. })) = page.next.map(|step| &step.does)
        && page.live
    {
        return Some(process.clone());
    }
    if let Some(process) = page.walker.filter(|_| page.live && page.walks) {
        return Some(process.clone());
    }
    let acted = page.story().filter_map(|entry| match &entry.moment.cause {
        Cause::Action(Action::Call(call)) => Some(call.process.clone()),
        Cause::Statement { process, .. } => Some(process.clone()),
        Cause::Start | Cause::Action(_) | Cause::Kernel => None,
    });
    // In a play only programs have code to show.
    let is_play = lesson.is_play();
    let programs = || lesson.programs().map(|program| &program.process);
    let runs = |name: &ProcessName| page.program(name).is_some() || programs().any(|p| p == name);
    let last = acted.into_iter().find(|process| !is_play || runs(process));
    last.or_else(|| {
        lesson.steps.iter().find_map(|step| match &step.does {
            Does::C(code) => Some(code.process.clone()),
            Does::Load(program) => Some(program.process.clone()),
            Does::Lab(_) => None,
        })
    })
}
