//! Text by display width: a Chinese character takes two cells.

mod screen;
mod wrap;

pub use screen::screen_text;
pub(super) use wrap::wrap;

use ratatui::text::{Line, Span};
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

/// How many cells `text` takes.
pub(super) fn width(text: &str) -> usize {
    text.width()
}

/// How many cells a line takes.
pub(super) fn line_width(line: &Line<'_>) -> usize {
    line.spans.iter().map(|span| width(&span.content)).sum()
}

/// The beginning of `text` that takes at most `room` cells. Nothing says that it was cut.
pub(super) fn head(text: &str, room: usize) -> &str {
    let mut used = 0;
    for (at, grapheme) in text.grapheme_indices(true) {
        used += width(grapheme);
        if used > room {
            return &text[..at];
        }
    }
    text
}

/// `text` in at most `room` cells; where it is cut, `mark` stands as the last cell.
pub(super) fn cut(text: &str, room: usize, mark: char) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    if room == 0 {
        return String::new();
    }
    format!("{}{mark}", head(text, room - 1))
}

/// `text` with spaces behind it up to `room` cells.
pub(super) fn pad(text: &str, room: usize) -> String {
    let missing = room.saturating_sub(width(text));
    format!("{text}{}", " ".repeat(missing))
}

/// The line in at most `room` cells; where it is cut, `mark` stands as the last cell.
pub(super) fn cut_line(line: Line<'static>, room: usize, mark: char) -> Line<'static> {
    if line_width(&line) <= room {
        return line;
    }
    let mut kept = Vec::new();
    let mut left = room;
    for span in line.spans {
        let wide = width(&span.content);
        if wide < left || (wide == left && wide == 0) {
            left -= wide;
            kept.push(span);
            continue;
        }
        if left > 0 {
            let text = format!("{}{mark}", head(&span.content, left - 1));
            kept.push(Span::styled(text, span.style));
        }
        break;
    }
    Line { spans: kept, style: line.style, alignment: None }
}

/// Two lines at the ends of one: `left` is cut so that `right` stands whole, one space between.
pub(super) fn spread(
    left: Line<'static>,
    right: Line<'static>,
    room: usize,
    mark: char,
) -> Line<'static> {
    let right_width = line_width(&right);
    if right_width >= room {
        return cut_line(right, room, mark);
    }
    let gap = usize::from(right_width > 0);
    let mut line = cut_line(left, room - right_width - gap, mark);
    let missing = room - right_width - line_width(&line);
    line.spans.push(Span::raw(" ".repeat(missing)));
    line.spans.extend(right.spans);
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(line: &Line<'_>) -> String {
        line.spans.iter().map(|span| span.content.as_ref()).collect()
    }

    #[test]
    fn text_is_cut_at_cells_and_never_inside_a_character() {
        assert_eq!(cut("套接字", 6, '~'), "套接字");
        assert_eq!(cut("套接字", 5, '~'), "套接~");
        assert_eq!(cut("套接字", 4, '~'), "套~");
        assert_eq!(cut("abc", 0, '~'), "");
        assert_eq!(head("套接字", 3), "套");
    }

    #[test]
    fn a_line_is_cut_over_its_spans() {
        let line = || Line::from(vec![Span::raw("ab"), Span::raw("套接"), Span::raw("cd")]);
        assert_eq!(plain(&cut_line(line(), 8, '~')), "ab套接cd");
        assert_eq!(plain(&cut_line(line(), 7, '~')), "ab套接~");
        assert_eq!(plain(&cut_line(line(), 5, '~')), "ab套~");
        assert_eq!(plain(&cut_line(line(), 2, '~')), "a~");
        assert_eq!(plain(&cut_line(line(), 0, '~')), "");
    }

    #[test]
    fn the_right_end_of_a_spread_line_stands_whole() {
        let line = |text: &str| Line::from(text.to_owned());
        assert_eq!(plain(&spread(line("left"), line("right"), 12, '~')), "left   right");
        assert_eq!(plain(&spread(line("left"), line("right"), 9, '~')), "le~ right");
        assert_eq!(plain(&spread(line("left"), line("right"), 3, '~')), "ri~");
        assert_eq!(plain(&spread(line("left"), line(""), 6, '~')), "left  ");
    }
}
