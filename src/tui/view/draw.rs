//! The whole screen, whatever it shows.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::footer::Hints;
use super::frame::{Frame, put};
use super::layout::{SMALLEST, body, is_large_enough};
use super::offer::Situation;
use super::page::Page;
use super::screen::draw_page;
use super::{bytes, diagram, footer, help, map, menu, prompt, said, title};
use crate::tui::app::{App, Over};
use crate::tui::glyphs::Glyphs;
use crate::tui::ink::Ink;
use crate::tui::theme::Role;

/// Draws everything. Returns how many lines of what can be scrolled lie below the screen.
pub fn draw(app: &App, area: Rect, buffer: &mut Buffer) -> usize {
    let ink = &app.ink;
    if !is_large_enough(area) {
        too_small(area, buffer, ink);
        return 0;
    }
    let below = match (app.over, app.page()) {
        (Some(Over::Help), _) => {
            let lines = help::lines(usize::from(area.width) - 2, ink);
            let heading = ink.line(Role::Strong, format!(" {}", ink.words.ui("pane-keys")));
            put(buffer, area.x, area.y, area.width, heading, ink);
            sheet(ink.words.ui("pane-keys"), lines, app.scroll, area, buffer, ink)
        }
        (_, None) => {
            menu::draw(&app.menu, app.session.is_some(), area, buffer, ink);
            menu_notice(app, area, buffer);
            0
        }
        (over, Some(page)) => draw_session(app, over, &page, area, buffer),
    };
    let keys = footer::line(app.contexts(), hints(app, below), area.width.into(), ink);
    put(buffer, area.x, area.bottom() - 1, area.width, keys, ink);
    make_safe(buffer, ink.glyphs);
    below
}

fn hints(app: &App, below: usize) -> Hints {
    let page = app.page();
    let choices = page.and_then(|page| page.asking).map_or(0, |(q, _)| q.choices.len());
    let next = matches!(app.over, Some(Over::Bytes(_) | Over::Zoomed(_)));
    let menu = app.in_menu && app.over.is_none();
    let back = !menu || app.session.is_some();
    let chosen = app.menu.items.get(app.menu.chosen);
    let resume = chosen.is_some_and(|item| item.reached.step > 0);
    let scrolls = below > 0 || app.scroll > 0 || menu;
    let page = page.as_ref().map(Situation::of);
    Hints { resume, choices, page, scrolls, next, back }
}

fn draw_session(
    app: &App,
    over: Option<Over>,
    page: &Page<'_>,
    area: Rect,
    buffer: &mut Buffer,
) -> usize {
    let ink = &app.ink;
    let (wide, high) = (usize::from(area.width) - 2, usize::from(area.height) - 4);
    let said_name;
    let (name, lines) = match over {
        None | Some(Over::Help) => return draw_page(page, None, 0, area, buffer, ink),
        Some(Over::Zoomed(zoom)) => {
            return draw_page(page, Some(zoom), app.scroll, area, buffer, ink);
        }
        Some(Over::Prompt) => {
            draw_page(page, None, 0, area, buffer, ink);
            prompt::draw(app, page, area, buffer);
            return 0;
        }
        Some(Over::Diagram) => (ink.words.ui("pane-diagram"), diagram::lines(page, high, ink)),
        Some(Over::Bytes(index)) => {
            (ink.words.ui("pane-bytes"), bytes::lines(page, index, wide, ink))
        }
        Some(Over::Map) => (ink.words.ui("pane-map"), map::lines(page, wide, ink)),
        Some(Over::Said) => {
            said_name = ink.words.ui_with("pane-said", &[("time", &title::at(page))]);
            (said_name.as_str(), said::lines(page, wide, ink))
        }
    };
    put(buffer, area.x, area.y, area.width, title::line(page, area.width.into(), ink), ink);
    sheet(name, lines, app.scroll, area, buffer, ink)
}

/// One box over the whole body, scrolled.
fn sheet(
    name: &str,
    mut lines: Vec<Line<'static>>,
    scroll: usize,
    area: Rect,
    buffer: &mut Buffer,
    ink: &Ink,
) -> usize {
    let place = body(area);
    let high = usize::from(place.height.saturating_sub(2));
    let scroll = scroll.min(lines.len().saturating_sub(high));
    let below = lines.len().saturating_sub(scroll + high);
    lines.drain(..scroll);
    let mut frame = Frame::new(ink.line(Role::Title, name), lines);
    if below > 0 {
        frame = frame.with_foot(ink.line(Role::Changed, ink.words.ui("more-below")));
    }
    frame.draw(place, buffer, ink);
    below
}

/// What went wrong while the menu is shown, in the line above the keys.
fn menu_notice(app: &App, area: Rect, buffer: &mut Buffer) {
    let Some(notice) = &app.notice else { return };
    let ink = &app.ink;
    let (role, title) = match notice.error {
        true => (Role::Bad, "pane-trouble"),
        false => (Role::Changed, "pane-remark"),
    };
    let said = notice.text.lines().map(|line| (role, line));
    let helps = notice.help.iter().flat_map(|help| help.lines()).map(|line| (Role::Plain, line));
    let room = usize::from(area.width) - 4;
    let lines = said
        .chain(helps)
        .flat_map(|(role, line)| crate::tui::text::wrap(&[ink.span(role, line.to_owned())], room));
    let lines: Vec<Line<'static>> = lines.collect();
    let high = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(area.height - 3);
    let place = Rect { y: area.bottom() - 1 - high, height: high, ..area };
    let lines = lines.into_iter().map(|mut line| {
        line.spans.insert(0, " ".into());
        line
    });
    let name = ink.line(role, ink.words.ui(title));
    buffer.set_style(place, ratatui::style::Style::reset());
    for y in place.top()..place.bottom() {
        put(buffer, place.x, y, place.width, Line::from(" ".repeat(place.width.into())), ink);
    }
    Frame::new(name, lines.collect()).draw(place, buffer, ink);
}

fn too_small(area: Rect, buffer: &mut Buffer, ink: &Ink) {
    let (wide, high) = SMALLEST;
    let text = ink.words.ui_with("too-small", &[("wide", &wide), ("high", &high)]);
    let y = area.y + area.height / 2;
    let line = ink.line(Role::Strong, text);
    let indent = usize::from(area.width).saturating_sub(crate::tui::text::line_width(&line)) / 2;
    let x = area.x + u16::try_from(indent).unwrap_or(0);
    if area.height > 0 {
        put(buffer, x, y, area.width.saturating_sub(x - area.x), line, ink);
    }
}

/// Replaces, on a terminal that may give them two cells, every character of ambiguous width.
fn make_safe(buffer: &mut Buffer, glyphs: Glyphs) {
    if glyphs == Glyphs::Unicode {
        return;
    }
    for cell in &mut buffer.content {
        let mut characters = cell.symbol().chars();
        if let (Some(c), None) = (characters.next(), characters.next())
            && let Some(safe) = glyphs.safe(c)
        {
            cell.set_char(safe);
        }
    }
}
