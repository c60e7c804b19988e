//! Paragraphs: words of a lesson or an explanation in lines.

use ratatui::text::{Line, Span};

use crate::lesson::{Prose, Style};
use crate::tui::ink::Ink;
use crate::tui::text::{cut_line, wrap};
use crate::tui::theme::Role;

/// One paragraph.
#[derive(Debug, Clone, Default)]
pub struct Paragraph {
    /// What stands before its first line; the others are indented as far.
    pub mark: Vec<Span<'static>>,
    /// The text.
    pub text: Vec<Span<'static>>,
    /// It belongs to the paragraph before: no empty line between.
    pub close: bool,
    /// Where room is short, the heaviest paragraphs go first; those of no weight stay. One of
    /// weight [`SHRINKS`] keeps its first lines if there is room for some.
    pub weight: u8,
}

/// The weight of a paragraph that is cut before it is left out.
pub const SHRINKS: u8 = 1;

impl Paragraph {
    /// Text of one role.
    pub fn new(ink: &Ink, role: Role, text: impl Into<String>) -> Self {
        Self { text: vec![ink.span(role, text)], ..Self::default() }
    }

    /// Text from a lesson. Whatever else it is to be highlighted with, code stays code.
    pub fn prose(ink: &Ink, role: Role, prose: &Prose) -> Self {
        let pieces = prose.pieces.iter().map(|piece| {
            let role = match piece.style {
                Style::Plain => role,
                Style::Emphasis | Style::Strong => Role::Strong,
                Style::Code => Role::Code,
            };
            ink.span(role, harmless(&piece.text))
        });
        Self { text: pieces.collect(), ..Self::default() }
    }

    /// With a mark before its first line.
    pub fn marked(mut self, mark: Span<'static>) -> Self {
        self.mark = vec![mark];
        self
    }

    /// Without an empty line before it.
    pub fn close(mut self) -> Self {
        self.close = true;
        self
    }

    /// With this weight.
    pub fn weighing(mut self, weight: u8) -> Self {
        self.weight = weight;
        self
    }

    fn lines(&self, room: usize) -> Vec<Line<'static>> {
        let indent: usize =
            self.mark.iter().map(|span| crate::tui::text::width(&span.content)).sum();
        let mut lines = wrap(&self.text, room.saturating_sub(indent));
        for (index, line) in lines.iter_mut().enumerate() {
            let before =
                if index == 0 { self.mark.clone() } else { vec![" ".repeat(indent).into()] };
            line.spans.splice(0..0, before);
        }
        lines
    }
}

/// All paragraphs in lines of `room` cells, parted by empty lines if `airy`.
pub fn lines(paragraphs: &[Paragraph], room: usize, airy: bool) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for (index, paragraph) in paragraphs.iter().enumerate() {
        if airy && index > 0 && !paragraph.close {
            lines.push(Line::default());
        }
        lines.extend(paragraph.lines(room));
    }
    lines
}

/// As many paragraphs as fit in `high` lines, with empty lines between if those fit too; and
/// whether anything was left out. `mark` stands where a paragraph was cut.
pub fn fitted(
    mut paragraphs: Vec<Paragraph>,
    room: usize,
    high: usize,
    mark: char,
) -> (Vec<Line<'static>>, bool) {
    let mut cut = false;
    loop {
        let airy = lines(&paragraphs, room, true);
        if airy.len() <= high {
            return (airy, cut);
        }
        let tight = lines(&paragraphs, room, false);
        if tight.len() <= high {
            return (tight, cut);
        }
        cut = true;
        let heaviest = paragraphs.iter().enumerate().max_by_key(|(_, paragraph)| paragraph.weight);
        let Some((index, _)) = heaviest.filter(|(_, paragraph)| paragraph.weight > 0) else {
            return (tight, cut);
        };
        let removed = paragraphs.remove(index);
        if removed.weight == SHRINKS {
            let mut rest = lines(&paragraphs, room, false);
            let before = lines(&paragraphs[..index], room, false).len();
            let kept = head(&removed, room, high.saturating_sub(rest.len()), mark);
            if !kept.is_empty() {
                rest.splice(before..before, kept);
                return (rest, cut);
            }
        }
    }
}

/// The first lines of a paragraph; the last one says that it was cut.
fn head(paragraph: &Paragraph, room: usize, high: usize, mark: char) -> Vec<Line<'static>> {
    let mut lines = paragraph.lines(room);
    lines.truncate(high);
    if let Some(last) = lines.last_mut() {
        last.spans.push(format!(" {mark}").into());
        *last = cut_line(std::mem::take(last), room, mark);
    }
    lines
}

/// Text that an author wrote, without what could steer a terminal. Line feeds and backslashes
/// stay: an author means them.
pub fn harmless(text: &str) -> String {
    text.split('\n').map(crate::model::harmless).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_authors_backslash_stays_and_an_escape_does_not() {
        assert_eq!(harmless("a \\n b\x1b[2J"), "a \\n b\\x1b[2J");
        assert_eq!(harmless("全连接队列\n\u{202e}"), "全连接队列\n\\u{202e}");
    }
}
