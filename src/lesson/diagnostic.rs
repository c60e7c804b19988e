//! What is wrong with a lesson, and where.

use std::fmt;
use std::ops::Range;

use super::source::{Place, Source};

/// One error in a lesson, with its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// The document.
    pub source: Source,
    /// Where in it.
    pub place: Place,
    /// What is wrong, without a full stop.
    pub message: String,
    /// What was expected there, or what to do.
    pub expected: Option<String>,
}

impl Diagnostic {
    pub(super) fn new(source: &Source, span: Range<usize>, trouble: &Trouble) -> Self {
        let (message, expected) = (trouble.message.clone(), trouble.expected.clone());
        Self { source: source.clone(), place: source.place(span), message, expected }
    }
}

/// An error inside a piece of text, before it is known where that piece stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Trouble {
    /// The bytes within the piece.
    pub span: Range<usize>,
    pub message: String,
    pub expected: Option<String>,
}

impl Trouble {
    pub fn new(span: Range<usize>, message: impl Into<String>) -> Self {
        Self { span, message: message.into(), expected: None }
    }

    pub fn expected(mut self, expected: impl Into<String>) -> Self {
        self.expected = Some(expected.into());
        self
    }
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{}:{}:{}: {}",
            self.source.path, self.place.line, self.place.column, self.message
        )
    }
}
