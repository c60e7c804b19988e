//! Boxes: a frame with a name, and lines in it that fill it exactly.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use crate::tui::ink::Ink;
use crate::tui::text::{cut_line, line_width};
use crate::tui::theme::Role;

/// A box on the screen.
#[derive(Debug, Default)]
pub struct Frame {
    /// In the top border, on the left.
    pub title: Line<'static>,
    /// In the bottom border, on the right.
    pub foot: Line<'static>,
    /// What stands in it.
    pub lines: Vec<Line<'static>>,
}

impl Frame {
    /// A box with a name.
    pub fn new(title: Line<'static>, lines: Vec<Line<'static>>) -> Self {
        Self { title, foot: Line::default(), lines }
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
        let top = border([top_left, top_right], self.title, inner, false, ink);
        put(buffer, area.x, area.y, area.width, top, ink);
        for row in 1..area.height - 1 {
            let y = area.y + row;
            let upright = ink.line(Role::Dim, ink.glyphs.upright().to_string());
            put(buffer, area.x, y, 1, upright.clone(), ink);
            if let Some(line) = self.lines.get(usize::from(row - 1)) {
                put(buffer, area.x + 1, y, area.width - 2, line.clone(), ink);
            }
            put(buffer, area.right() - 1, y, 1, upright, ink);
        }
        let bottom = border([bottom_left, bottom_right], self.foot, inner, true, ink);
        put(buffer, area.x, area.bottom() - 1, area.width, bottom, ink);
    }
}

/// `┌ name ─────┐`, or with the name at the right end.
fn border(
    ends: [char; 2],
    name: Line<'static>,
    inner: usize,
    at_right: bool,
    ink: &Ink,
) -> Line<'static> {
    let name = cut_line(name, inner.saturating_sub(3), ink.glyphs.cut());
    let wide = line_width(&name);
    let mut spans = vec![ink.span(Role::Dim, ends[0].to_string())];
    let name_width = if wide == 0 { 0 } else { wide + 2 };
    let rest = ink.run(Role::Dim, ink.glyphs.level(), inner.saturating_sub(name_width));
    if at_right {
        spans.push(rest.clone());
    }
    if wide > 0 {
        spans.push(" ".into());
        spans.extend(name.spans);
        spans.push(" ".into());
    }
    if !at_right {
        spans.push(rest);
    }
    spans.push(ink.span(Role::Dim, ends[1].to_string()));
    Line::from(spans)
}

/// A line across a box that parts it in two: `├ name ──┤`.
pub fn divider(name: Line<'static>, wide: usize, ink: &Ink) -> Line<'static> {
    border(ink.glyphs.tees(), name, wide.saturating_sub(2), false, ink)
}

/// Draws a line in at most `wide` cells.
pub fn put(buffer: &mut Buffer, x: u16, y: u16, wide: u16, line: Line<'static>, ink: &Ink) {
    if y < buffer.area.bottom() && x < buffer.area.right() {
        let line = cut_line(line, usize::from(wide), ink.glyphs.cut());
        buffer.set_line(x, y, &line, wide.min(buffer.area.right() - x));
    }
}
