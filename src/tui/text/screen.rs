//! A drawn screen as text.

use ratatui::buffer::Buffer;
use unicode_width::UnicodeWidthStr as _;

/// The screen as lines of text, the way a terminal shows them: the cell behind a wide character
/// is part of that character and not a space. Each line ends with a line feed.
pub fn screen_text(buffer: &Buffer) -> String {
    let mut text = String::new();
    for y in buffer.area.top()..buffer.area.bottom() {
        let mut x = buffer.area.left();
        while x < buffer.area.right() {
            let symbol = buffer[(x, y)].symbol();
            text.push_str(symbol);
            x += u16::try_from(symbol.width()).unwrap_or(1).max(1);
        }
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use ratatui::layout::Rect;

    #[test]
    fn the_cell_behind_a_wide_character_is_skipped() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 6, 2));
        buffer.set_string(0, 0, "fd 表", ratatui::style::Style::new());
        assert_eq!(screen_text(&buffer), "fd 表 \n      \n");
    }
}
