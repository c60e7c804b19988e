//! The line that says what comes next.
//!
//! ```text
//!  next: client3  write(fd, "hello?", 6);                 timers +1 since (t)
//! ```

use ratatui::text::{Line, Span};

use super::cee::coloured;
use super::page::Page;
use super::prose::harmless;
use crate::lesson::Does;
use crate::session::Mode;
use crate::tui::ink::Ink;
use crate::tui::text::spread;
use crate::tui::theme::Role;

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
    if page.since == 0 || page.is_open() {
        return Line::default();
    }
    let text = ink.words.ui_with("timers-since", &[("count", &page.since)]);
    ink.line(Role::Changed, text)
}

fn next(page: &Page<'_>, ink: &Ink) -> Vec<Span<'static>> {
    let words = &ink.words;
    if let Some(waiting) = page.waiting {
        let what = harmless(&waiting.what);
        let text = if waiting.rerun {
            words.ui("running-again").to_owned()
        } else {
            words.ui_with("waiting-for", &[("what", &what)])
        };
        return vec![ink.span(Role::Held, text)];
    }
    if page.mode == Mode::Recorded {
        return vec![ink.span(Role::Dim, words.ui("next-recorded"))];
    }
    if !page.live {
        return vec![ink.span(Role::Past, words.ui("next-past"))];
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
            if let Does::C(code) = &step.does {
                spans.push(ink.span(Role::Strong, format!("{}  ", code.process)));
            }
            match &step.does {
                Does::C(_) => spans.extend(coloured(&step.code, ink)),
                Does::Lab(_) => spans.push(ink.span(Role::Code, harmless(&step.code))),
            }
            spans
        }
    }
}
