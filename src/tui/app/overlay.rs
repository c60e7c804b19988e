//! What lies above a page: opened, walked through, scrolled, closed.

use super::deed::Effect;
use super::{App, Over};
use crate::model::Rung;
use crate::session::Mode;
use crate::tui::view::{Zoom, line_of};

pub(super) fn toggle(app: &mut App, over: Over) -> Vec<Effect> {
    let same = |now: Over| std::mem::discriminant(&now) == std::mem::discriminant(&over);
    let open = app.over.is_some_and(|now| match (now, over) {
        (Over::Zoomed(now), Over::Zoomed(wanted)) => now == wanted,
        (now, _) => same(now),
    });
    app.over = (!open).then_some(over);
    app.scroll = 0;
    Vec::new()
}

/// The map, with the next step in the middle of the smallest screen.
pub(super) fn open_map(app: &mut App) -> Vec<Effect> {
    toggle(app, Over::Map);
    let session = app.session.as_ref();
    let place = session
        .and_then(|session| session.lesson().map(|lesson| line_of(lesson, session.next_index())));
    app.scroll = place.unwrap_or(0).saturating_sub(10);
    Vec::new()
}

/// No pane, then each in turn, then none again.
pub(super) fn zoom(app: &mut App) -> Vec<Effect> {
    let session = app.session.as_ref();
    let has_wire = session.is_none_or(|session| session.spec().rung == Rung::Wire);
    let has_code = session.is_some_and(|session| session.lesson().is_some());
    app.scroll = 0;
    app.over = match app.over {
        Some(Over::Zoomed(Zoom::Left)) if has_wire => Some(Over::Zoomed(Zoom::Wire)),
        Some(Over::Zoomed(Zoom::Left)) => Some(Over::Zoomed(Zoom::Right)),
        Some(Over::Zoomed(Zoom::Wire)) => Some(Over::Zoomed(Zoom::Right)),
        Some(Over::Zoomed(Zoom::Right)) if has_code => Some(Over::Zoomed(Zoom::Code)),
        Some(Over::Zoomed(Zoom::Right | Zoom::Code | Zoom::Words)) => None,
        Some(
            Over::Diagram | Over::Map | Over::Bytes(_) | Over::Said | Over::Help | Over::Prompt,
        )
        | None => Some(Over::Zoomed(Zoom::Left)),
    };
    Vec::new()
}

/// The next of what is shown.
pub(super) fn next(app: &mut App) -> Vec<Effect> {
    match app.over {
        Some(Over::Bytes(index)) => {
            app.over = Some(Over::Bytes(index + 1));
            app.scroll = 0;
            Vec::new()
        }
        Some(Over::Zoomed(Zoom::Code | Zoom::Words)) => {
            app.over = Some(Over::Zoomed(Zoom::Left));
            Vec::new()
        }
        Some(Over::Zoomed(Zoom::Right)) => {
            let has_code = app.session.as_ref().is_some_and(|session| session.lesson().is_some());
            app.over = Some(Over::Zoomed(if has_code { Zoom::Code } else { Zoom::Left }));
            Vec::new()
        }
        Some(Over::Zoomed(Zoom::Left | Zoom::Wire)) => zoom(app),
        Some(Over::Diagram | Over::Map | Over::Said | Over::Help | Over::Prompt) | None => {
            Vec::new()
        }
    }
}

pub(super) fn scroll(app: &mut App, by: isize) -> Vec<Effect> {
    if app.in_menu && app.over.is_none() {
        app.menu.move_by(by);
    } else {
        let below = isize::try_from(app.below).unwrap_or(isize::MAX);
        app.scroll = app.scroll.saturating_add_signed(by.min(below));
    }
    Vec::new()
}

/// What lies above goes first, then the question, then the page.
pub(super) fn close(app: &mut App) -> Vec<Effect> {
    app.scroll = 0;
    if app.over == Some(Over::Prompt) {
        app.prompt.put_away();
    }
    if app.over.take().is_some() || app.asking.take().is_some() {
        return Vec::new();
    }
    if !app.menu.items.is_empty() {
        app.in_menu = !app.in_menu || app.session.is_none();
        return Vec::new();
    }
    // There is nothing to go back to. What is only looked at is left; a lab is not lost by esc.
    let recorded = app.session.as_ref().is_none_or(|session| session.mode() == Mode::Recorded);
    if recorded { vec![Effect::Quit] } else { Vec::new() }
}
