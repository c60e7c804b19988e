//! What can stop a session, and which exit code stands for it.

use std::ops::Range;

use crate::lesson::Diagnostic;
use crate::model::{ProcessName, WorldError};

/// Why a session could not do what it was asked. The session stays usable: what is on the
/// timeline stays there, and undo, restart and looking back work.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum SessionError {
    /// The lesson is wrong in a way that only running it shows: a question without exactly one
    /// true answer, a statement for a process that still sleeps, C that runs out of fuel.
    #[error("{0}")]
    Lesson(Box<Diagnostic>),
    /// The lesson can't go on from here, because the kernel has disagreed with it before.
    #[error("{0}")]
    Stuck(Box<Diagnostic>),
    /// The C that was typed is wrong, at these bytes of it.
    #[error("{message}")]
    Typed {
        /// Where in the typed text.
        span: Range<usize>,
        /// What is wrong.
        message: String,
        /// What to write instead, if that can be said.
        help: Option<String>,
    },
    /// C that was typed went wrong while it ran.
    #[error("{process}: {message}")]
    Fault {
        /// Who ran it.
        process: ProcessName,
        /// What went wrong.
        message: String,
    },
    /// This can't be done now; a whole sentence that says why.
    #[error("{0}")]
    NotNow(String),
    /// The lab refused, is lost, or can't be had on this machine.
    #[error(transparent)]
    World(#[from] WorldError),
}

impl SessionError {
    /// The exit code of `run` and `check`: 1 the kernel disagreed, 2 a lesson's or the user's
    /// error, 3 this machine can't.
    pub fn exit_code(&self) -> u8 {
        match self {
            SessionError::Stuck(_) | SessionError::World(WorldError::Refused { .. }) => 1,
            SessionError::Lesson(_)
            | SessionError::Typed { .. }
            | SessionError::Fault { .. }
            | SessionError::NotNow(_) => 2,
            SessionError::World(WorldError::Broken { .. } | WorldError::Unavailable { .. }) => 3,
        }
    }
}
