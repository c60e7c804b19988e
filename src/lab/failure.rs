//! An attempt that failed, and how to say so.

use nix::errno::Errno;

use crate::model::{self, Said, WorldError};

/// What was tried and the errno that came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Failure {
    /// What was tried, as a phrase: `open /dev/net/tun`.
    pub attempt: String,
    /// What came back.
    pub errno: Errno,
}

/// Names the attempt behind a result of the system.
pub(super) trait Attempt<T> {
    /// The same result, with the attempt's name on its error.
    fn attempt(self, attempt: impl Into<String>) -> Result<T, Failure>;
}

impl<T> Attempt<T> for Result<T, Errno> {
    fn attempt(self, attempt: impl Into<String>) -> Result<T, Failure> {
        self.map_err(|errno| Failure { attempt: attempt.into(), errno })
    }
}

impl<T> Attempt<T> for std::io::Result<T> {
    fn attempt(self, attempt: impl Into<String>) -> Result<T, Failure> {
        self.map_err(|error| Failure {
            attempt: attempt.into(),
            errno: Errno::from_raw(error.raw_os_error().unwrap_or(0)),
        })
    }
}

impl Failure {
    /// The errno's name and the system's words for it: `EPERM (Operation not permitted)`.
    pub fn reason(&self) -> String {
        let name = model::Errno(self.errno as i32);
        format!("{name} ({})", self.errno.desc())
    }
}

impl From<Failure> for WorldError {
    fn from(failure: Failure) -> Self {
        let (attempt, reason) = (Said::same(&failure.attempt), Said::same(failure.reason()));
        WorldError::Broken { attempt, reason }
    }
}
