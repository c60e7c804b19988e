//! A lesson from its first step to its last, without a screen.

use std::sync::Arc;
use std::time::Duration;

use super::Exit;
use crate::lab::Labs;
use crate::lesson::Lesson;
use crate::session::{Entry, Progress, Session, SessionError};

/// How long one wait for the kernel is; what it brings ends it at once.
const PATIENCE: Duration = Duration::from_millis(500);

/// Goes through a lesson; `each` sees every entry once it is complete, in order.
///
/// # Errors
/// See [`SessionError`]; what was seen before was passed to `each`.
pub(super) fn play(
    lesson: Arc<Lesson>,
    mut each: impl FnMut(&Session, usize, &Arc<Entry>) -> Result<(), SessionError>,
) -> Result<Session, SessionError> {
    let mut session = Session::open(lesson, Box::new(Labs::new()))?;
    let mut seen = 0;
    let mut last = Ok(Progress::Settled);
    loop {
        // The newest entry may still be added to while something is awaited.
        let complete = match last {
            Ok(Progress::Waiting { .. }) => session.timeline().len().saturating_sub(1),
            Ok(Progress::Settled | Progress::Finished) | Err(_) => session.timeline().len(),
        };
        for index in seen..complete {
            if let Some(entry) = session.timeline().get(index).cloned() {
                each(&session, index, &entry)?;
            }
        }
        // A step that waits before it has an entry of its own adds to none.
        seen = seen.max(complete);
        last = match last {
            Ok(Progress::Settled) => session.step(),
            Ok(Progress::Waiting { .. }) => session.go_on(PATIENCE),
            Ok(Progress::Finished) => return Ok(session),
            Err(error) => return Err(error),
        };
    }
}

/// The exit code of a run that could not go on.
pub(super) fn exit_of(error: &SessionError) -> Exit {
    match error.exit_code() {
        1 => Exit::Disagreed,
        2 => Exit::Wrong,
        _ => Exit::Unable,
    }
}
