//! Boxes: a frame with a name, and lines in it that fill it exactly.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::tui::ink::Ink;
use crate::tui::text::{cut_line, line_width};
use crate::tui::theme::Role;

/// A box on the screen.
#[derive(Debug, Default)]
pub struct Frame {
    /// In the top border, on the left.
    pub title: Line<'static>,
    /// In the top border, on the right, where there is room.
    pub aside: Line<'static>,
    /// In the bottom border, on the right.
    pub foot: Line<'static>,
    /// What stands in it.
    pub lines: Vec<Line<'static>>,
}

impl Frame {
    /// A box with a name.
    pub fn new(title: Line<'static>, lines: Vec<Line<'static>>) -> Self {
        Self { title, lines, ..Self::default() }
    }

    /// With words at the right end of the top border.
    pub fn with_aside(mut self, aside: Line<'static>) -> Self {
        self.aside = aside;
        self
    }

    /// With words in the bottom border.
    pub fn with_foot(mut self, foot: Line<'static>) -> Self {
        self.foot = foot;
        self
    }

    /// Draws it. Lines that are too long are cut, lines that are too many are left out.
    pub fn draw(self, area: Rect, buffer: &mut Buffer, ink: &Ink) {
        if area.width < 2 || area.height < 2 {
            return;
        }
        let inner = usize::from(area.width - 2);
        let [top_left, top_right, bottom_left, bottom_right] = ink.glyphs.corners();
        let top = border([top_left, top_right], self.title, self.aside, inner, ink);
        put(buffer, area.x, area.y, area.width, top, ink);
        for row in 1..area.height - 1 {
            let y = area.y + row;
            let upright = ink.line(Role::Frame, ink.glyphs.upright().to_string());
            put(buffer, area.x, y, 1, upright.clone(), ink);
            if let Some(line) = self.lines.get(usize::from(row - 1)) {
                put(buffer, area.x + 1, y, area.width - 2, line.clone(), ink);
            }
            put(buffer, area.right() - 1, y, 1, upright, ink);
        }
        let ends = [bottom_left, bottom_right];
        let bottom = border(ends, Line::default(), self.foot, inner, ink);
        put(buffer, area.x, area.bottom() - 1, area.width, bottom, ink);
    }
}

/// `┌ left ───── right ┐`; where there is no room for both, only the left one.
fn border(
    ends: [char; 2],
    left: Line<'static>,
    right: Line<'static>,
    inner: usize,
    ink: &Ink,
) -> Line<'static> {
    let around = |line: &Line<'static>| match line_width(line) {
        0 => 0,
        wide => wide + 2,
    };
    let mark = ink.glyphs.cut();
    let left = cut_line(left, inner.saturating_sub(3), mark);
    // The left name stands whole; what is right of it takes what is left, or nothing.
    let room = inner.saturating_sub(around(&left) + 3);
    let right =
        if room < 8 && around(&left) > 0 { Line::default() } else { cut_line(right, room, mark) };
    let rest = inner.saturating_sub(around(&left) + around(&right));
    let mut spans = vec![ink.span(Role::Frame, ends[0].to_string())];
    spans.extend(named(left));
    spans.push(ink.run(Role::Frame, ink.glyphs.level(), rest));
    spans.extend(named(right));
    spans.push(ink.span(Role::Frame, ends[1].to_string()));
    Line::from(spans)
}

/// The line with a space on each side; nothing if it is empty.
fn named(line: Line<'static>) -> Vec<Span<'static>> {
    if line_width(&line) == 0 {
        return Vec::new();
    }
    let mut spans = vec![" ".into()];
    spans.extend(line.spans);
    spans.push(" ".into());
    spans
}

/// A line across a box that parts it in two: `├ name ──┤`.
pub fn divider(name: Line<'static>, aside: Line<'static>, wide: usize, ink: &Ink) -> Line<'static> {
    border(ink.glyphs.tees(), name, aside, wide.saturating_sub(2), ink)
}

/// Draws a line in at most `wide` cells.
pub fn put(buffer: &mut Buffer, x: u16, y: u16, wide: u16, line: Line<'static>, ink: &Ink) {
    if y < buffer.area.bottom() && x < buffer.area.right() {
        let line = cut_line(line, usize::from(wide), ink.glyphs.cut());
        buffer.set_line(x, y, &line, wide.min(buffer.area.right() - x));
    }
}
