//! A lesson from its first step to its last, without a screen.

use std::sync::Arc;
use std::time::Duration;

use super::Exit;
use crate::lab::Labs;
use crate::lesson::Lesson;
use crate::model::ProcessName;
use crate::session::{Entry, Mode, Progress, Session, SessionError};

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
    let mut turns = Turns::default();
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
            Ok(Progress::Settled) => turns.step(&mut session),
            Ok(Progress::Waiting { .. }) => session.go_on(PATIENCE),
            Ok(Progress::Finished) if turns.is_over(&session) => return Ok(session),
            Ok(Progress::Finished) => session.go_on(NAP),
            Err(error) => return Err(error),
        };
    }
}

/// How often a program of a play makes a call before another one gets its turn.
const IN_A_ROW: usize = 64;
/// How many calls the first program makes before the others may begin, if it never sleeps: it may
/// be a server that is not ready for them yet.
const FIRST_IN_A_ROW: usize = 1_000;
/// How many calls the programs of a play make at most.
const MOST_CALLS: usize = 4_000;
/// How long a play lasts at most: some programs never end.
const LONGEST_PLAY: Duration = Duration::from_secs(60);
/// How long all programs of a play may sleep, if one of them sleeps for a time.
const LONGEST_SLEEP: Duration = Duration::from_secs(30);
/// How long one look at sleeping programs is.
const NAP: Duration = Duration::from_millis(100);
/// How long they may sleep if only others can wake them: what is on its way comes.
const LAST_LOOK: Duration = Duration::from_millis(300);

/// Whose turn it is among the programs of a play.
#[derive(Default)]
struct Turns {
    /// Who made the last calls, and how many.
    last: Option<(ProcessName, usize)>,
    calls: usize,
    /// Somebody else than the first program has had a turn.
    began: bool,
    /// Since when all have been asleep, in the lab's time.
    asleep: Option<Duration>,
}

impl Turns {
    /// The next step; of a play, a call of the program whose turn it is.
    fn step(&mut self, session: &mut Session) -> Result<Progress, SessionError> {
        if session.mode() != Mode::Programs {
            return session.step();
        }
        if self.is_enough(session) {
            return Ok(Progress::Finished);
        }
        let row = self.last.as_ref().map_or(0, |(_, row)| *row);
        if row >= if self.began { IN_A_ROW } else { FIRST_IN_A_ROW } {
            session.choose_next();
            self.last = None;
        }
        let Some(now) = session.walker().cloned() else { return Ok(Progress::Finished) };
        (self.asleep, self.calls) = (None, self.calls + 1);
        let first = session.first_program();
        self.began |= first.is_some_and(|first| *first != now);
        let row = self.last.take().filter(|(name, _)| *name == now).map_or(1, |(_, row)| row + 1);
        self.last = Some((now, row));
        session.step()
    }

    /// Whether programs that do not end by themselves have been seen for long enough.
    fn is_enough(&self, session: &Session) -> bool {
        let time = session.clock().unwrap_or_default();
        self.calls >= MOST_CALLS || time >= LONGEST_PLAY
    }

    /// Whether nothing more is to come.
    fn is_over(&mut self, session: &Session) -> bool {
        if session.mode() != Mode::Programs || self.is_enough(session) {
            return true;
        }
        if session.walker().is_some() {
            return false;
        }
        let now = session.clock().unwrap_or_default();
        let since = *self.asleep.get_or_insert(now);
        let limit = session.sleeps_for().map_or(LAST_LOOK, |_| LONGEST_SLEEP);
        let alive = session.timeline().last().is_some_and(|entry| {
            entry.moment.snapshot.processes.iter().any(|process| process.is_alive())
        });
        !alive || now.saturating_sub(since) >= limit
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
