//! The seam between story and kernel.

use std::fmt;
use std::os::fd::BorrowedFd;
use std::time::Duration;

use super::action::Action;
use super::errno::Errno;
use super::memory::Memory;
use super::moment::Moment;
use super::name::ProcessName;
use super::said::{Said, Say, said};
use super::spec::LabSpec;

/// A lab that can be acted on. The real one and a test double are the only two.
pub trait World {
    /// The moment of the lab's start: who is there before anything was done.
    fn start(&self) -> &Moment;

    /// Does one action and comes back when the lab has settled.
    ///
    /// # Errors
    /// [`WorldError::Refused`] if the action makes no sense now, and the world is as before;
    /// [`WorldError::Broken`] if the lab is lost.
    fn act(&mut self, action: &Action) -> Result<Moment, WorldError>;

    /// Waits at most `within` for something to happen by itself, and for the lab to settle.
    /// `None`: nothing did.
    ///
    /// # Errors
    /// [`WorldError::Broken`] if the lab is lost.
    fn next(&mut self, within: Duration) -> Result<Option<Moment>, WorldError>;

    /// The memory of a process that is alive, or was when last looked at.
    fn memory(&mut self, process: &ProcessName) -> Option<&mut dyn Memory>;

    /// How long the lab has lived.
    fn now(&self) -> Duration;

    /// When the next timer of the kernel ends that would change what is shown, in lab time.
    fn due(&self) -> Option<Duration>;

    /// The settings of its hosts that this machine did not let it make. If something goes another
    /// way than a lesson expects, they are the likely reason.
    fn refused_settings(&self) -> &[RefusedSetting] {
        &[]
    }

    /// Readable when [`World::next`] has something to say at once. A world without descriptors
    /// has none.
    fn readiness(&self) -> Option<BorrowedFd<'_>>;
}

/// A sysctl that could not be set.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct RefusedSetting {
    /// Its full name, under `net.`.
    pub key: String,
    /// What the kernel said to the attempt.
    pub errno: Errno,
}

impl fmt::Display for RefusedSetting {
    /// `net.ipv4.tcp_early_retrans (EROFS)`
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.key, self.errno)
    }
}

/// Makes worlds: one for a lesson, another for each undo, branch and `again`.
pub trait Worlds {
    /// A fresh world.
    ///
    /// # Errors
    /// [`WorldError::Unavailable`] if this machine can't, with what to do.
    fn open(&mut self, spec: &LabSpec) -> Result<Box<dyn World>, WorldError>;
}

/// Why a world did not do what it was told.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum WorldError {
    /// The action makes no sense now: nothing held matches, no such process, the process sleeps.
    /// `reason` is a whole sentence that names the attempt.
    #[error("{reason}")]
    Refused {
        /// Why.
        reason: Said,
    },
    /// The lab is lost; it can be started again.
    #[error("{attempt}: {reason}")]
    Broken {
        /// What was tried.
        attempt: Said,
        /// What went wrong, with the errno's name.
        reason: Said,
    },
    /// This machine can't run such a lab.
    #[error("{attempt}: {reason}\n{remedy}")]
    Unavailable {
        /// What was tried.
        attempt: Said,
        /// What went wrong, with the errno's name.
        reason: Said,
        /// What to do.
        remedy: Said,
    },
}

impl WorldError {
    /// What went wrong, in the reader's language; what to do on a line of its own.
    pub fn in_words(&self, say: Say) -> String {
        let of = |attempt, reason| say(&said!("{attempt}: {reason}", attempt, reason));
        match self {
            WorldError::Refused { reason } => say(reason),
            WorldError::Broken { attempt, reason } => of(attempt, reason),
            WorldError::Unavailable { attempt, reason, remedy } => {
                format!("{}\n{}", of(attempt, reason), say(remedy))
            }
        }
    }
}
