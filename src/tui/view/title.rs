//! The bar at the top.
//!
//! ```text
//!  Two queues   scene 2  24/28                                   wire held   LIVE
//! ```

use ratatui::text::{Line, Span};

use super::clock::seconds;
use super::page::Page;
use super::prose::harmless;
use super::wire;
use crate::model::Rung;
use crate::session::Mode;
use crate::tui::ink::Ink;
use crate::tui::text::spread;
use crate::tui::theme::Role;

/// Lesson, scene and step on the left; the wire's mode and the page's place in time on the right.
pub fn line(page: &Page<'_>, wide: usize, ink: &Ink) -> Line<'static> {
    let words = &ink.words;
    let title = page
        .lesson
        .map_or_else(|| words.ui("free-play").to_owned(), |lesson| harmless(&lesson.title));
    let mut left = vec![" ".into(), ink.span(Role::Strong, title)];
    left.push(ink.span(Role::Dim, place(page, ink)));
    let right = vec![mode(page, ink), "   ".into(), time(page, ink), " ".into()];
    spread(Line::from(left), Line::from(right), wide, ink.glyphs.cut())
}

/// `   scene 2  24/28`
fn place(page: &Page<'_>, ink: &Ink) -> String {
    let mut text = String::new();
    let (mut done, all) = page.step;
    if all == 0 {
        return text;
    }
    let behind = page.next_index.saturating_sub(1);
    // A question's page belongs to the step that it stands before.
    let mut index = if page.asking.is_some() { page.next_index } else { behind };
    // In the past, the step that was done then.
    if !page.live
        && let Some(lesson) = page.lesson
    {
        index = page.entry().step.unwrap_or(0);
        done = page.entry().step.map_or(0, |step| lesson.number_of(step) + 1);
    }
    let step = page.lesson.and_then(|lesson| lesson.steps.get(index));
    if let Some(scene) = step.and_then(|step| step.scene) {
        text = format!("   {}", ink.words.ui_with("title-scene", &[("scene", &(scene + 1))]));
    }
    if page.mode == Mode::Free {
        return format!("{text}   {}", ink.words.ui("off-script"));
    }
    format!("{text}   {done}/{all}")
}

fn mode(page: &Page<'_>, ink: &Ink) -> Span<'static> {
    if page.rung == Rung::Loopback {
        return ink.span(Role::Changed, ink.words.ui("rung-loopback"));
    }
    wire::mode(&page.snapshot().wire, ink)
}

/// LIVE, or how much is newer; PAST with its place, or RECORDED.
fn time(page: &Page<'_>, ink: &Ink) -> Span<'static> {
    let words = &ink.words;
    let place = format!("{}/{}", page.cursor + 1, page.timeline.len());
    if page.mode == Mode::Recorded {
        ink.span(Role::Past, format!(" {} {place} ", words.ui("recorded")))
    } else if page.live && page.is_open() {
        // Whether anything came since might be what is asked.
        ink.span(Role::Good, words.ui_with("live-asking", &[("time", &at(page))]))
    } else if page.live && page.since > 0 {
        let count: &[(&str, &dyn std::fmt::Display)] = &[("count", &page.since)];
        ink.span(Role::Changed, words.ui_with("live-behind", count))
    } else if page.live {
        ink.span(Role::Good, words.ui("live"))
    } else {
        ink.span(Role::Past, format!(" {} {place} ", words.ui("past")))
    }
}

/// When the kernel was asked for what the page shows, since the lab's start: `12.3`.
pub fn at(page: &Page<'_>) -> String {
    seconds(u32::try_from(page.snapshot().at.as_millis()).unwrap_or(u32::MAX))
}
