//! Runs a lesson or free play on a [`World`](crate::model::World), and keeps every moment of it.
//!
//! A session is a log of what the learner did and the timeline of what came of it. The past is
//! never changed: `←` moves a cursor. To undo, to branch or to return to the script, the session
//! opens a fresh world and does the log again up to a point. What timers bring becomes entries of
//! their own and never moves the page.
//!
//! *Must not know*: a clock (the world has one), a file, a terminal, the lab, or how a moment is
//! explained.

mod actor;
mod awaited;
mod check;
pub mod coverage;
mod difference;
mod doing;
#[cfg(test)]
pub(crate) mod double;
mod entry;
mod error;
mod hand;
mod input;
mod interrupt;
mod judge;
mod live;
mod look;
mod obstacle;
mod order;
mod pages;
mod ports;
mod printout;
pub mod recording;
mod rerun;
mod same;
mod steps;
mod story;
#[cfg(test)]
mod tests;
mod timeline;
pub mod transcript;
mod walk;

pub use awaited::{Awaited, Waiting};
pub use difference::{Difference, Happening};
pub use entry::{Bet, BetChoice, Entry, Origin, ProcessVariables, Variable, Verdict};
pub use error::{Refusal, SessionError};
pub use obstacle::Obstacle;
pub use printout::Printout;
pub use timeline::Timeline;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use crate::c::Scope;
use crate::lesson::{self, Lesson};
use crate::model::{Cause, LabSpec, ProcessName, Said, Worlds};

use doing::{Asked, Doing, Input, Logged, Loose, Part, Redo, Task};
use live::{Live, base_scope};
use recording::Recording;

/// How far the story got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// Nothing more happens until somebody does something, timers aside.
    Settled,
    /// The step is not over: something is awaited. [`Session::go_on`] goes on.
    Waiting {
        /// Until when at most, since the lab's start.
        until: Duration,
    },
    /// The script has no further step.
    Finished,
}

/// Who decides what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The lesson: `step` does its next step.
    Script,
    /// The learner: there is no lesson, or something else than its next step was done by hand.
    Free,
    /// The learner, among the programs of a play: `step` makes the next call of one of them.
    Programs,
    /// Nobody: a recording is looked at.
    Recorded,
}

/// Where to jump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Before the first step of this scene, counted from 0.
    Scene(usize),
    /// Before this step, counted from 0 as the learner counts.
    Step(usize),
}

/// A run of a lesson, free play, or a recording.
pub struct Session {
    lesson: Option<Arc<Lesson>>,
    spec: LabSpec,
    live: Option<Live>,
    /// A world that was opened in advance.
    spare: Option<Live>,
    /// Where fresh worlds come from, and what their processes know. `None`: a recording. It goes
    /// behind the worlds, for it waits until they are taken down.
    worlds: Option<(Box<dyn Worlds>, Arc<Scope>)>,
    timeline: Timeline,
    mode: Mode,
    /// What was done, in order.
    log: Vec<Logged>,
    /// The next step of the script.
    next: usize,
    /// The last step that has begun.
    begun: Option<usize>,
    /// How many lines of the next step were typed already.
    ahead: usize,
    /// The program that the learner chose to go on with.
    chosen: Option<ProcessName>,
    /// The bet on the question before the next step.
    answer: Option<usize>,
    /// Bets that are not judged yet.
    asked: Vec<Asked>,
    /// Whether all checks of a step held, by step.
    checks: BTreeMap<usize, bool>,
    /// What this machine could not do, and may be why the kernel disagrees.
    caveats: Vec<Said>,
    /// What is to be done without asking.
    tasks: VecDeque<Task>,
    /// What has begun and is not over.
    doing: Option<Doing>,
    /// Something has begun that the learner asked for: the page goes along.
    engaged: bool,
    /// What is done leads to a mark and is not shown.
    silent: bool,
    /// Who brings about what comes next.
    cause: Origin,
    /// What belongs to the next entry.
    loose: Loose,
    redo: Option<Redo>,
    /// Of what is done now only the beginning is wanted.
    part: Option<Part>,
    waiting: Option<Waiting>,
    difference: Option<Difference>,
}

impl Session {
    /// Starts a lesson on a fresh world.
    ///
    /// # Errors
    /// [`SessionError::World`] if no world can be had.
    pub fn open(lesson: Arc<Lesson>, worlds: Box<dyn Worlds>) -> Result<Self, SessionError> {
        let spec = lesson.spec.clone();
        Self::start_on(Some(lesson), spec, worlds)
    }

    /// Starts free play on a fresh world.
    ///
    /// # Errors
    /// [`SessionError::World`] if no world can be had.
    pub fn free(spec: LabSpec, worlds: Box<dyn Worlds>) -> Result<Self, SessionError> {
        Self::start_on(None, spec, worlds)
    }

    fn start_on(
        lesson: Option<Arc<Lesson>>,
        spec: LabSpec,
        mut worlds: Box<dyn Worlds>,
    ) -> Result<Self, SessionError> {
        let base = Arc::new(base_scope(&spec));
        let live = Live::open(&mut *worlds, &spec, base.clone())?;
        let mode = first_mode(lesson.as_deref());
        let mut session = Self::empty(lesson, spec, mode);
        session.live = Some(live);
        session.worlds = Some((worlds, base));
        session.next = session.no_mark_from(0);
        session.load_play()?;
        session.push_still(Cause::Start, Origin::Start);
        Ok(session)
    }

    /// Looks at a recording: a timeline without a live end.
    pub fn replay(recording: Recording) -> Self {
        let Recording { header, entries, .. } = recording;
        let lesson = header.lesson.and_then(|lesson| {
            let options = lesson::Options { allow_run: true, ..lesson::Options::default() };
            let parsed = lesson::parse_with(&lesson.path, lesson.text.as_bytes(), options);
            parsed.ok().map(Arc::new)
        });
        let mut session = Self::empty(lesson, header.spec, Mode::Recorded);
        session.timeline = entries.into_iter().collect();
        session
    }

    fn empty(lesson: Option<Arc<Lesson>>, spec: LabSpec, mode: Mode) -> Self {
        Self {
            lesson,
            spec,
            worlds: None,
            live: None,
            spare: None,
            timeline: Timeline::default(),
            mode,
            log: Vec::new(),
            next: 0,
            begun: None,
            ahead: 0,
            chosen: None,
            answer: None,
            asked: Vec::new(),
            checks: BTreeMap::new(),
            caveats: Vec::new(),
            tasks: VecDeque::new(),
            doing: None,
            engaged: false,
            silent: false,
            cause: Origin::Start,
            loose: Loose::default(),
            redo: None,
            part: None,
            waiting: None,
            difference: None,
        }
    }

    /// Does the next step of the script, with those that are joined to it. A question that is not answered is passed over. While
    /// something is awaited, and where there is no next step, nothing is done. In a recording the
    /// page is turned.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub fn step(&mut self) -> Result<Progress, SessionError> {
        match self.mode {
            Mode::Script => {}
            Mode::Programs => return self.walk(),
            Mode::Free => return Ok(Progress::Finished),
            Mode::Recorded => {
                self.forward();
                let at_end = self.cursor() + 1 >= self.timeline.len();
                return Ok(if at_end { Progress::Finished } else { Progress::Settled });
            }
        }
        if let Some(waiting) = &self.waiting {
            return Ok(Progress::Waiting { until: waiting.until });
        }
        if self.next_step().is_none() {
            return Ok(Progress::Finished);
        }
        self.difference = None;
        let Some(lesson) = self.lesson.clone() else { return Ok(Progress::Finished) };
        let mut answer = self.answer.take();
        let pages = lesson.joined_from(self.next).filter(|(_, step)| !step.is_bare_mark());
        for (index, _) in pages {
            let answer = answer.take(); // of the first: a question stands before all of them
            self.tasks.push_back(Task::Do(Input::Step { index, answer }));
        }
        self.advance()
    }

    /// Bets on the question before the next step: a choice, counted from 0.
    pub fn answer(&mut self, choice: usize) {
        let choices = self.question().map_or(0, |question| question.choices.len());
        if choice < choices {
            self.answer = Some(choice);
        }
    }

    /// Waits at most `within` for the world: for what a step awaits, or for timers. In a recording
    /// nothing happens.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub fn go_on(&mut self, within: Duration) -> Result<Progress, SessionError> {
        if self.live.is_none() {
            return Ok(Progress::Settled);
        }
        if let Err(error) = self.await_world(within) {
            self.drop_everything();
            return Err(error);
        }
        self.advance()
    }

    /// How long the lab has lived; nothing in a recording.
    pub(super) fn now(&self) -> Duration {
        self.live.as_ref().map_or(Duration::ZERO, |live| live.world.now())
    }

    fn live_mut(&mut self) -> Result<&mut Live, SessionError> {
        self.live.as_mut().ok_or_else(rerun::recorded)
    }
}

/// Who decides at the start.
fn first_mode(lesson: Option<&Lesson>) -> Mode {
    match lesson {
        None => Mode::Free,
        Some(lesson) if lesson.is_play() => Mode::Programs,
        Some(_) => Mode::Script,
    }
}
