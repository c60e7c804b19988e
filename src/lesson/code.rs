//! The C room as lessons see it.
//!
//! Stand-ins of the same shape, until that room is there.

use std::ops::Range;

/// One statement of C, compiled.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Where it stands in its fence, in bytes.
    pub span: Range<usize>,
    /// Its text on one line, comments out.
    pub code: String,
    /// Whether it may make a system call.
    pub calls: bool,
}

/// What a process knows: variables, functions, constants.
#[derive(Debug, Clone)]
pub struct Scope;
