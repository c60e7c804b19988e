//! Words for the learner.

use std::fmt;

/// One paragraph: pieces of text, each in one style. Newlines stand only where the author asked
/// for a line break.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prose {
    /// The pieces in order; none is empty, and neighbours differ in style.
    pub pieces: Vec<Piece>,
}

/// A run of text in one style.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Piece {
    /// How it looks.
    pub style: Style,
    /// The text, without the marks of Markdown.
    pub text: String,
}

/// How a piece of prose looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Style {
    /// Ordinary words.
    Plain,
    /// `*so*`
    Emphasis,
    /// `**so**`
    Strong,
    /// In backticks: C, a name, a state, a number that the kernel chose.
    Code,
}

impl Prose {
    /// The text without any style: what a search or a screen reader gets.
    pub fn plain(&self) -> String {
        self.pieces.iter().map(|piece| piece.text.as_str()).collect()
    }

    /// Whether there is nothing to read.
    pub fn is_empty(&self) -> bool {
        self.pieces.iter().all(|piece| piece.text.trim().is_empty())
    }

    /// Takes white space off both ends.
    pub(super) fn trim(&mut self) {
        if let Some(first) = self.pieces.first_mut() {
            first.text = first.text.trim_start().to_owned();
        }
        if let Some(last) = self.pieces.last_mut() {
            last.text.truncate(last.text.trim_end().len());
        }
        self.pieces.retain(|piece| !piece.text.is_empty());
    }

    /// Adds text behind the last piece.
    pub(super) fn push(&mut self, style: Style, text: &str) {
        if text.is_empty() {
            return;
        }
        match self.pieces.last_mut() {
            Some(last) if last.style == style => last.text.push_str(text),
            _ => self.pieces.push(Piece { style, text: text.to_owned() }),
        }
    }
}

impl fmt::Display for Prose {
    /// The text with code in backticks, for transcripts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.pieces {
            match piece.style {
                Style::Code => write!(f, "`{}`", piece.text)?,
                Style::Plain | Style::Emphasis | Style::Strong => f.write_str(&piece.text)?,
            }
        }
        Ok(())
    }
}
