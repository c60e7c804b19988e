//! Statements and expressions that are compiled and can be run.

use std::ops::Range;
use std::sync::Arc;

use super::program::Code;

/// One statement at the top of a fence or file, ready to be run. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Its place in the source, as bytes, from its first token to its `;` or `}`.
    pub span: Range<usize>,
    /// Its text on one line, without comments.
    pub code: String,
    /// It may make a system call. A function's definition makes none.
    pub calls: bool,
    /// It ends with a value worth comparing: an expression, or one number that is initialised.
    pub value: bool,
    /// The `//` comment behind it on its last line.
    pub trailing: Option<Comment>,
    pub(super) program: Arc<Code>,
    /// Runs before the program: `static` variables.
    pub(super) first: Option<Arc<Code>>,
}

/// A comment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// Its place in the source, from `//` on.
    pub span: Range<usize>,
    /// Its text, without `//` and without white space around it.
    pub text: String,
}

/// An expression that asks no kernel, for facts about a process. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Expression {
    pub(super) program: Arc<Code>,
}
