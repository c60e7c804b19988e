//! A timeline as lines of JSON: a saved run, a bug report, a test's fixture.
//!
//! The format is described in docs/formats.md. A snapshot is written as what differs from the one
//! before, row by row, so that a thousand moments of four thousand sockets stay small, and rows
//! are shared again when they are read.

pub(super) mod hex;
mod line;
mod read;
mod rows;
mod write;

use std::sync::Arc;

pub use line::{Header, LessonText};
pub use read::read;
pub use write::Recorder;

use super::entry::Entry;

/// The version of the format that is written, and the highest that is read.
pub const VERSION: u32 = 1;

/// A recording that was read.
#[derive(Debug, Clone)]
pub struct Recording {
    /// What was recorded.
    pub header: Header,
    /// Its timeline; there is at least one entry.
    pub(super) entries: Vec<Arc<Entry>>,
    /// The last line was cut off and is left out.
    pub torn: bool,
}

/// Why a file is no recording.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct RecordingError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub reason: String,
}
