//! The prompt for C, below the words of the last moment.
//!
//! ```text
//! ├ your call ─────────────────────────────────────────────────────┤
//! │ server> listen(fd, 1);   = 0                                   │
//! │ server> bind(fd, (struct sockaddr *)&addr, si_                 │
//! │         int bind(int sockfd, …, socklen_t addrlen);            │
//! └────────────────────────────────────────────────────────────────┘
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use super::frame::{Frame, divider, put};
use super::happened::{Depth, paragraphs};
use super::layout::areas;
use super::next::badge;
use super::page::Page;
use super::prose::{SHRINKS, fitted, harmless};
use super::screen::outcome_role;
use super::typed;
use crate::session::Origin;
use crate::tui::app::App;
use crate::tui::ink::Ink;
use crate::tui::text::{cut, width};
use crate::tui::theme::Role;

/// Draws the prompt over the lower part of the screen; the footer stays.
pub fn draw(app: &App, page: &Page<'_>, area: Rect, buffer: &mut Buffer) {
    let ink = &app.ink;
    let places = areas(area, page.rung);
    let top = places.next.y;
    let place = Rect { y: top, height: places.footer.y - top, ..area };
    clear(place, buffer);
    let (wide, high) = (usize::from(place.width) - 2, usize::from(place.height) - 2);
    let typing = typed::lines(app, wide, ink);
    // The input and its help come first, then the last call, then words, then earlier calls.
    let room = high.saturating_sub(1);
    let below = typing.len().min(room.saturating_sub(2)).max(3);
    let last = earlier(page, wide, 1, ink).len();
    let mut lines = words(page, wide, room - below - last, ink);
    let split = lines.len();
    let earlier = earlier(page, wide, room - below - split, ink);
    lines.push(Line::default());
    lines.extend(earlier);
    lines.extend(typing);
    let name = ink.line(Role::Title, ink.words.ui("pane-what-happened"));
    Frame::new(name, lines).draw(place, buffer, ink);
    let y = place.y + 1 + u16::try_from(split).unwrap_or(0);
    let call = ink.line(Role::Title, ink.words.ui("pane-your-call"));
    put(
        buffer,
        place.x,
        y,
        place.width,
        divider(call, badge(page, ink), place.width.into(), ink),
        ink,
    );
}

fn clear(place: Rect, buffer: &mut Buffer) {
    for y in place.top()..place.bottom() {
        for x in place.left()..place.right() {
            buffer[(x, y)].reset();
        }
    }
}

/// What happened, in at most `high` lines.
fn words(page: &Page<'_>, wide: usize, high: usize, ink: &Ink) -> Vec<Line<'static>> {
    let (_, mut found) = paragraphs(page, Depth::Short, ink);
    // Who types wants to know what came of it before what the lesson has to say.
    let first = found.iter_mut().filter(|paragraph| paragraph.weight == SHRINKS);
    first.for_each(|paragraph| paragraph.weight = 0);
    let (mut lines, _) = fitted(found, wide.saturating_sub(2), high, ink.glyphs.cut());
    lines.truncate(high);
    lines.iter_mut().for_each(|line| line.spans.insert(0, " ".into()));
    lines
}

/// The last calls by hand with what came of them: `server> listen(fd, 1);   = 0`.
fn earlier(page: &Page<'_>, wide: usize, room: usize, ink: &Ink) -> Vec<Line<'static>> {
    let entries = page.story().filter(|entry| entry.origin == Origin::Hand);
    let reports = entries.flat_map(|entry| entry.moment.reports.iter().rev());
    let mut lines: Vec<Line<'static>> = Vec::new();
    for report in reports.take(room) {
        let outcome = report.outcome.to_string();
        let role = outcome_role(&report.outcome);
        let start = format!(" {}> ", report.call.process);
        let left = wide.saturating_sub(width(&start) + width(&outcome) + 4);
        let code = cut(&harmless(&report.call.code), left, ink.glyphs.cut());
        let spans: Vec<Span<'static>> = vec![
            ink.span(Role::Dim, start),
            ink.span(Role::Dim, code),
            ink.span(role, format!("   {outcome}")),
        ];
        lines.insert(0, Line::from(spans));
    }
    lines
}
