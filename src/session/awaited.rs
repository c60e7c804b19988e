//! What a session waits for.

use std::time::Duration;

use super::obstacle::Obstacle;
use crate::lesson::Fact;
use crate::model::ProcessName;

/// What a session waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// For what.
    pub what: Awaited,
    /// Until when at most, since the lab's start.
    pub until: Duration,
    /// Steps are being done again for undo, a branch, a jump or `again`.
    pub rerun: bool,
}

/// Something that is awaited.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Awaited {
    /// That this comes true.
    Fact(Fact),
    /// That this stays true for a while.
    Stays(Fact),
    /// That time passes.
    Time,
    /// What comes of a statement.
    Outcome {
        /// Who runs it.
        process: ProcessName,
        /// The statement.
        code: String,
    },
    /// That a process can begin its next statement.
    Ready {
        /// Which.
        process: ProcessName,
        /// What keeps it.
        obstacle: Obstacle,
    },
    /// What timers brought before, while something is done again.
    Timers,
    /// Nothing: there is more to do at once.
    Turn,
}
