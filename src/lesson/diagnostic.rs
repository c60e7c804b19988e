//! What is wrong with a lesson, and where.

use std::fmt;
use std::ops::Range;

use unicode_width::UnicodeWidthStr as _;

use super::source::{Place, Source};
use crate::model::{Said, Say, said};

/// One error in a lesson, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The document.
    pub source: Source,
    /// Where in it.
    pub place: Place,
    /// What is wrong, without a full stop.
    pub message: Said,
    /// What was expected there.
    pub expected: Option<Said>,
    /// What to do about it, or what may have been meant.
    pub help: Option<Said>,
}

impl Diagnostic {
    /// An error that showed itself only while the lesson ran.
    pub fn at(source: &Source, place: &Place, message: Said, expected: Option<Said>) -> Self {
        let (source, place) = (source.clone(), place.clone());
        Self { source, place, message, expected, help: None }
    }

    pub(super) fn new(source: &Source, span: Range<usize>, trouble: &Trouble) -> Self {
        let Trouble { message, expected, help, .. } = trouble.clone();
        Self { source: source.clone(), place: source.place(span), message, expected, help }
    }
}

/// An error inside a piece of text, before it is known where that piece stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// The bytes within the piece.
    pub span: Range<usize>,
    pub message: Said,
    pub expected: Option<Said>,
    pub help: Option<Said>,
}

impl Trouble {
    pub fn new(span: Range<usize>, message: Said) -> Self {
        Self { span, message, expected: None, help: None }
    }

    /// What is wrong with a piece of C.
    pub fn of_c(error: crate::c::Error) -> Self {
        Self { span: error.span, message: error.message, expected: None, help: error.help }
    }

    /// The same in a text of which this piece begins at `base`.
    pub fn at(mut self, base: usize) -> Self {
        self.span = self.span.start + base..self.span.end + base;
        self
    }

    pub fn expected(mut self, expected: Said) -> Self {
        self.expected = Some(expected);
        self
    }
}

impl fmt::Display for Diagnostic {
    /// [`Diagnostic::in_words`] in English.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words(&Said::to_string))
    }
}

impl Diagnostic {
    /// Several lines in the reader's language: `path:line:column: message`, then the line of the
    /// document with a caret below, then what was expected. No line break at the end.
    pub fn in_words(&self, say: Say) -> String {
        let (path, place) = (&self.source.path, &self.place);
        let mut text = format!("{path}:{}:{}: {}", place.line, place.column, say(&self.message));
        let gutter = place.line.to_string();
        let blank = " ".repeat(gutter.len());
        let (line, before, under) = self.excerpt();
        if !line.is_empty() {
            text.push_str(&format!("\n{blank} |\n{gutter} | {line}"));
            text.push_str(&format!("\n{blank} | {}{}", " ".repeat(before), "^".repeat(under)));
        }
        let expected = self.expected.as_ref().map(|what| said!("expected {what}", what));
        let help = self.help.as_ref().map(|help| said!("help: {help}", help));
        for more in [expected, help].into_iter().flatten() {
            text.push_str(&format!("\n{blank} = {}", say(&more)));
        }
        text
    }
}

/// The widest excerpt of a line, in cells.
const WIDEST: usize = 100;

impl Diagnostic {
    /// The line as it can be shown, and the caret's first cell and width. A long line is cut on
    /// both sides, so that the caret stays in sight.
    fn excerpt(&self) -> (String, usize, usize) {
        let line = self.source.line(self.place.line);
        let length = self.source.text[self.place.span.clone()].lines().next().unwrap_or_default();
        let marked = self.place.column - 1..self.place.column - 1 + length.chars().count().max(1);
        let mut cells = Vec::new();
        let mut width = 0;
        for c in line.chars() {
            let shown = shown(c, width);
            width += shown.width();
            cells.push(shown);
        }
        let widths: Vec<usize> = cells.iter().map(|cell| cell.width()).collect();
        let start = widths.iter().take(marked.start).sum::<usize>();
        let caret: usize = widths.iter().take(marked.end).skip(marked.start).sum();
        if width <= WIDEST {
            return (cells.concat(), start, caret.max(1));
        }
        // Leave two thirds of the room before the caret, and count whole characters.
        let (mut skipped, mut first) = (0, 0);
        while start.saturating_sub(skipped) > WIDEST * 2 / 3 {
            skipped += widths[first];
            first += 1;
        }
        let mut text = String::from(if first > 0 { "…" } else { "" });
        let lead = text.width();
        for cell in &cells[first..] {
            if text.width() + cell.width() >= WIDEST {
                text.push('…');
                break;
            }
            text.push_str(cell);
        }
        let start = start - skipped + lead;
        let caret = caret.min(text.width().saturating_sub(start)).max(1);
        (text, start, caret)
    }
}

/// A character of a document as a terminal may show it, at this cell of the line.
fn shown(c: char, cell: usize) -> String {
    const TAB: usize = 4;
    match c {
        '\t' => " ".repeat(TAB - cell % TAB),
        '\\' => c.to_string(),
        c => crate::model::escape(c.encode_utf8(&mut [0; 4]).as_bytes()),
    }
}

/// All errors as one text in English, the first twenty of them in full.
pub fn render(diagnostics: &[Diagnostic]) -> String {
    render_in_words(diagnostics, &Said::to_string)
}

/// [`render`] in the reader's language.
pub fn render_in_words(diagnostics: &[Diagnostic], say: Say) -> String {
    const SHOWN: usize = 20;
    let mut text = String::new();
    for diagnostic in diagnostics.iter().take(SHOWN) {
        text.push_str(&format!("{}\n\n", diagnostic.in_words(say)));
    }
    match diagnostics.len().saturating_sub(SHOWN) {
        0 => text.truncate(text.trim_end().len() + 1),
        more => text.push_str(&format!("{}\n", say(&said!("… and {more} more errors", more)))),
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(text: &str, what: &str) -> String {
        let source = Source::new("x.md", text);
        let start = text.find(what).expect("in the text");
        let span = start..start + what.len();
        Diagnostic::new(
            &source,
            span,
            &Trouble::new(0..0, Said::same("wrong")).expected(Said::same("right")),
        )
        .to_string()
    }

    #[test]
    fn the_caret_stands_below_the_text_by_display_width() {
        insta::assert_snapshot!(error("a\n监听 fd\tx y\r\n", "x"), @r"
        x.md:2:7: wrong
          |
        2 | 监听 fd x y
          |         ^
          = expected right
        ");
        insta::assert_snapshot!(error("一二三", "二三"), @r"
        x.md:1:2: wrong
          |
        1 | 一二三
          |   ^^^^
          = expected right
        ");
    }

    #[test]
    fn a_long_line_is_cut_around_the_caret() {
        let text = format!("{}here{}", "一".repeat(200), "b".repeat(300));
        let lines: Vec<String> = error(&text, "here").lines().map(str::to_owned).collect();
        assert!(lines[2].width() <= WIDEST + 4, "{}", lines[2]);
        let caret = lines[3].find('^').expect("a caret");
        let at = lines[2].find("here").expect("in sight");
        assert_eq!(lines[2][..at].width(), lines[3][..caret].width());
    }

    #[test]
    fn a_hostile_line_is_shown_escaped() {
        insta::assert_snapshot!(error("\u{1b}[2J\u{202e} x\\n", "x"), @r"
        x.md:1:7: wrong
          |
        1 | \x1b[2J\u{202e} x\n
          |                 ^
          = expected right
        ");
    }

    #[test]
    fn a_place_at_the_end_of_the_text_has_a_caret_too() {
        let source = Source::new("x.md", "ab");
        let text =
            Diagnostic::new(&source, 2..2, &Trouble::new(0..0, Said::same("more"))).to_string();
        assert_eq!(text, "x.md:1:3: more\n  |\n1 | ab\n  |   ^");
    }
}
