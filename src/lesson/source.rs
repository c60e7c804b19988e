//! A lesson's text and places in it.

use std::ops::Range;
use std::sync::Arc;

/// A document: where it came from and what stands in it. Cheap to clone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The path as the user gave it, for messages.
    pub path: Arc<str>,
    /// The whole text, as it was read.
    pub text: Arc<str>,
    /// The first byte of each line.
    lines: Arc<[usize]>,
}

/// Where something stands in a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    /// The bytes of the text.
    pub span: Range<usize>,
    /// The line of its first character, from 1.
    pub line: usize,
    /// The column of its first character, in characters from 1.
    pub column: usize,
}

impl Source {
    /// The document `text`, known as `path`.
    pub fn new(path: &str, text: &str) -> Self {
        let behind = text.match_indices('\n').map(|(newline, _)| newline + 1);
        let lines = std::iter::once(0).chain(behind).collect();
        Self { path: path.into(), text: text.into(), lines }
    }

    /// The place of these bytes. A span that lies outside the text, or that cuts a character, is
    /// moved to the nearest place that does not.
    pub fn place(&self, span: Range<usize>) -> Place {
        let start = self.boundary(span.start);
        let end = self.boundary(span.end).max(start);
        let line = self.lines.partition_point(|first| *first <= start).max(1);
        let before = self.text[self.lines[line - 1]..start].trim_start_matches('\u{feff}');
        Place { span: start..end, line, column: before.chars().count() + 1 }
    }

    /// The last place at or before byte `at` where a character begins or the text ends.
    fn boundary(&self, at: usize) -> usize {
        let at = at.min(self.text.len());
        (0..=at).rev().find(|at| self.text.is_char_boundary(*at)).unwrap_or(0)
    }

    /// The text of one line (from 1) without its line ending; empty behind the last.
    pub fn line(&self, number: usize) -> &str {
        let Some(first) = number.checked_sub(1).and_then(|index| self.lines.get(index)) else {
            return "";
        };
        let line = self.text[*first..].split('\n').next().unwrap_or_default();
        let line = line.strip_suffix('\r').unwrap_or(line);
        line.strip_prefix('\u{feff}').unwrap_or(line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_columns_count_from_one_and_in_characters() {
        let source = Source::new("x.md", "ab\r\n监听fd\r\n\r\nlast");
        let place = |text: &str| {
            let at = source.text.find(text).expect("in the text");
            let place = source.place(at..at + text.len());
            (place.line, place.column)
        };
        assert_eq!(place("ab"), (1, 1));
        assert_eq!(place("fd"), (2, 3));
        assert_eq!(place("last"), (4, 1));
        assert_eq!(source.line(2), "监听fd");
        assert_eq!(source.line(3), "");
        assert_eq!(source.line(99), "");
        assert_eq!(source.line(0), "");
    }

    #[test]
    fn a_span_outside_the_text_is_moved_into_it() {
        let source = Source::new("x.md", "监听");
        assert_eq!(source.place(1..2).span, 0..0);
        assert_eq!(source.place(100..usize::MAX).span, 6..6);
    }

    #[test]
    fn a_byte_order_mark_takes_no_column() {
        let source = Source::new("x.md", "\u{feff}---\n");
        assert_eq!(source.place(3..6).column, 1);
        assert_eq!(source.line(1), "---");
    }
}
