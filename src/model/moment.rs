//! One entry of the timeline.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::action::Action;
use super::call::Report;
use super::caught::Caught;
use super::change::Change;
use super::name::ProcessName;
use super::packet::Passage;
use super::snapshot::Snapshot;

/// What happened between one settled state of the lab and the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// What set it off.
    pub cause: Cause,
    /// When the lab had settled, since its start.
    pub at: Duration,
    /// Calls that began, ended or fell asleep, in the order in which the lab saw it.
    pub reports: Vec<Report>,
    /// Signals for which a process's handler began to run, in order. What a process reported in
    /// this moment, it reported before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Arc<Caught>>,
    /// What happened on the wire, in order.
    pub passages: Vec<Passage>,
    /// How many packets went over the wire besides: of a flood only the first ones are told.
    #[serde(default)]
    pub untold: u64,
    /// The kernel's state afterwards.
    pub snapshot: Arc<Snapshot>,
    /// What differs from the snapshot before.
    pub changes: Vec<Change>,
    /// What a command that ran on a host (`run`) has printed since, as it came.
    pub printed: Vec<u8>,
    /// How many bytes it printed besides: of a flood only the first ones are told.
    #[serde(default)]
    pub unprinted: u64,
    /// The lab did not come to rest within its time limit, so more may follow at once.
    pub unsettled: bool,
}

impl Moment {
    /// Whether nothing has happened that anyone could see.
    pub fn is_empty(&self) -> bool {
        self.reports.is_empty()
            && self.signals.is_empty()
            && self.passages.is_empty()
            && self.untold == 0
            && self.changes.is_empty()
            && self.printed.is_empty()
            && self.unprinted == 0
    }
}

/// What set off a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The lab was made.
    Start,
    /// An action.
    Action(Action),
    /// Statements that make no system call ran, and the lab was not asked for anything: the
    /// snapshot is the one before, only the process's memory may differ.
    Statement {
        /// Who ran them.
        process: ProcessName,
        /// The C, on one line.
        code: String,
        /// Whether a variable of the process came or changed. Recordings before this was asked
        /// are read as if one had.
        #[serde(default = "yes")]
        changed: bool,
        /// The value of the last of them, if it is an expression.
        #[serde(default)]
        value: Option<i64>,
    },
    /// Nobody did anything: a timer of the kernel, or a command that runs on a host.
    Kernel,
}

/// See [`Cause::Statement`].
fn yes() -> bool {
    true
}
