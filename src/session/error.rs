//! What can stop a session, and which exit code stands for it.

use std::ops::Range;

use super::obstacle::Obstacle;
use crate::lesson::Diagnostic;
use crate::model::{ProcessName, Said, Say, WorldError, said};

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
        message: Said,
        /// What to write instead, if that can be said.
        help: Option<Said>,
    },
    /// C that was typed went wrong while it ran.
    #[error("{process}: {message}")]
    Fault {
        /// Who ran it.
        process: ProcessName,
        /// What went wrong.
        message: Said,
    },
    /// This can't be done now.
    #[error(transparent)]
    NotNow(#[from] Refusal),
    /// The lab refused, is lost, or can't be had on this machine.
    #[error(transparent)]
    World(#[from] WorldError),
}

/// Why something can't be done now.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// Nothing was done yet.
    #[error("there is nothing to undo")]
    NothingToUndo,
    /// The session is still at its script.
    #[error("the script was not left")]
    ScriptNotLeft,
    /// Free play has no script.
    #[error("there is no script to jump in")]
    NoScript,
    /// A jump to nowhere.
    #[error("the lesson has {scenes} scenes and {steps} steps")]
    NoSuchPlace {
        /// How many scenes there are.
        scenes: usize,
        /// How many steps.
        steps: usize,
    },
    /// A recording has no lab.
    #[error("this is a recording: there is no lab behind it")]
    Recorded,
    /// The process can't begin a statement.
    #[error("{}", obstacle.say(process))]
    Process {
        /// Which.
        process: ProcessName,
        /// What keeps it.
        obstacle: Obstacle,
    },
    /// The process could not begin this statement behind others.
    #[error("{}; not run: {code}", obstacle.say(process))]
    Rest {
        /// Which.
        process: ProcessName,
        /// What keeps it.
        obstacle: Obstacle,
        /// The statement.
        code: String,
    },
    /// Something else; a sentence.
    #[error("{0}")]
    Other(Said),
}

impl SessionError {
    /// What went wrong, in the reader's language.
    pub fn in_words(&self, say: Say) -> String {
        match self {
            SessionError::Lesson(diagnostic) | SessionError::Stuck(diagnostic) => {
                diagnostic.in_words(say)
            }
            SessionError::Typed { message, .. } => say(message),
            SessionError::Fault { process, message: what } => {
                say(&said!("{process}: {what}", process, what))
            }
            SessionError::NotNow(Refusal::Other(message)) => say(message),
            SessionError::World(error) => error.in_words(say),
            SessionError::NotNow(_) => self.to_string(),
        }
    }

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
