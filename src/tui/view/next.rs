//! The line that says what comes next.
//!
//! ```text
//!  next: client3  write(fd, "hello?", 6);                 timers +1 since (t)
//! ```

use std::fmt::Display;
use std::time::Duration;

use ratatui::text::{Line, Span};

use super::cee::coloured;
use super::page::Page;
use super::told::{awaited, lab_line};
use crate::lesson::{Code, Does, LabLine, Step};
use crate::model::ProcessName;
use crate::session::{Mode, Waiting};
use crate::tui::ink::Ink;
use crate::tui::text::spread;
use crate::tui::theme::Role;

/// A shorter time is over before it is read.
const NOTICEABLE: Duration = Duration::from_millis(1500);

/// The next step on the left, what timers brought on the right.
pub fn line(page: &Page<'_>, wide: usize, ink: &Ink) -> Line<'static> {
    let mut left = vec![" ".into()];
    left.extend(next(page, ink));
    let mut right = badge(page, ink);
    if !right.spans.is_empty() {
        right.spans.push(" ".into());
    }
    spread(Line::from(left), right, wide, ink.glyphs.cut())
}

/// What timers brought since: `timers +1 since (t)`.
pub fn badge(page: &Page<'_>, ink: &Ink) -> Line<'static> {
    if page.since == 0 || page.is_open() || !page.live {
        return Line::default();
    }
    let text = ink.words.ui_with("timers-since", &[("count", &page.since)]);
    ink.line(Role::Changed, text)
}

fn next(page: &Page<'_>, ink: &Ink) -> Vec<Span<'static>> {
    let words = &ink.words;
    if let Some(waiting) = page.waiting {
        return waiting_words(page, waiting, ink);
    }
    if page.mode == Mode::Recorded {
        return vec![ink.span(Role::Dim, words.ui("next-recorded"))];
    }
    if !page.live {
        return vec![ink.span(Role::Past, words.ui("next-past"))];
    }
    if page.walks {
        return program(page, ink);
    }
    match (page.mode, page.next, page.lesson) {
        (Mode::Free, _, Some(_)) => vec![ink.span(Role::Changed, words.ui("next-left-script"))],
        (Mode::Free, _, None) => vec![ink.span(Role::Dim, words.ui("next-free"))],
        (_, Some(_), _) if page.question_ahead && page.asking.is_none() => {
            vec![ink.span(Role::Changed, words.ui("next-question"))]
        }
        (_, None, _) => vec![ink.span(Role::Good, words.ui("next-finished"))],
        (_, Some(step), _) => {
            let mut spans = vec![ink.span(Role::Dim, words.ui("next").to_owned())];
            let mut before = None;
            let joined = page.lesson.into_iter().flat_map(|l| l.joined_from(page.next_index));
            let joined = joined.map(|(_, step)| step).filter(|step| !step.is_bare_mark());
            for step in std::iter::once(step).chain(joined.skip(1)) {
                spans.extend(one(page, step, before, ink));
                before = Some(step);
            }
            spans
        }
    }
}

/// The line that a program goes on with: `server 12  int fd = socket(AF_INET, SOCK_STREAM, 0);`
fn program(page: &Page<'_>, ink: &Ink) -> Vec<Span<'static>> {
    let words = &ink.words;
    let Some(process) = page.walker else {
        if let Some((process, why)) = page.halted {
            let values: [(&str, &dyn Display); 2] =
                [("process", process), ("why", &words.said(why))];
            return vec![ink.span(Role::Changed, words.ui_with("next-halted", &values))];
        }
        let mut all = page.snapshot().processes.iter();
        let key = if all.any(|process| process.is_alive()) { "next-asleep" } else { "next-over" };
        return vec![ink.span(Role::Changed, words.ui(key))];
    };
    let mut spans = vec![ink.span(Role::Dim, words.ui("next").to_owned())];
    spans.extend(at(page, process, ink));
    spans
}

/// Where a program stands.
fn at(page: &Page<'_>, process: &ProcessName, ink: &Ink) -> Vec<Span<'static>> {
    let mut spans = vec![ink.span(Role::Strong, process.to_string())];
    if let Some((program, spot)) = page.program(process) {
        spans.push(ink.span(Role::Dim, format!(" {}  ", program.line(spot.start))));
        let code = program.text().get(spot.clone()).unwrap_or_default();
        let code: Vec<&str> = code.split_whitespace().collect();
        spans.extend(coloured(&code.join(" "), ink));
    }
    spans
}

/// What one of the joined steps does, behind the one before it; its process only if it is another.
fn one(page: &Page<'_>, step: &Step, before: Option<&Step>, ink: &Ink) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let same = |code: &Code| match before.map(|before| &before.does) {
        Some(Does::C(earlier)) => earlier.process == code.process,
        Some(Does::Load(_) | Does::Lab(_)) | None => false,
    };
    if before.is_some() {
        spans.push(ink.span(Role::Dim, "  ".to_owned()));
    }
    match &step.does {
        Does::C(code) => {
            if !same(code) {
                spans.push(ink.span(Role::Strong, format!("{}  ", code.process)));
            }
            spans.extend(coloured(&step.code, ink));
        }
        Does::Load(program) => {
            let text = ink.words.ui_with("next-load", &[("process", &program.process)]);
            spans.push(ink.span(Role::Code, text));
        }
        Does::Lab(LabLine::Step { process, until: None }) if page.program(process).is_some() => {
            spans.extend(at(page, process, ink));
        }
        Does::Lab(line) => spans.push(ink.span(Role::Code, lab_line(line, &ink.words))),
    }
    spans
}

/// What is awaited, for how long at most, and the way out.
fn waiting_words(page: &Page<'_>, waiting: &Waiting, ink: &Ink) -> Vec<Span<'static>> {
    let words = &ink.words;
    if waiting.rerun {
        return vec![ink.span(Role::Held, words.ui("running-again"))];
    }
    let what = ink.span(Role::Held, awaited(&waiting.what, words));
    let due = page.due.filter(|due| *due > NOTICEABLE);
    let due = due.map(|due| {
        let time = due.as_millis().div_ceil(1000);
        ink.span(Role::Dim, words.ui_with("waiting-due", &[("time", &time)]))
    });
    std::iter::once(what).chain(due).collect()
}
