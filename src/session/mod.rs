//! Runs a lesson or free play on a [`World`](crate::model::World), and keeps every moment of it.
//!
//! A session is a log of what the learner did and the timeline of what came of it. The past is
//! never changed: `←` moves a cursor. To undo, to branch or to return to the script, the session
//! opens a fresh world and does the log again up to a point. What timers bring becomes entries of
//! their own and never moves the page.
//!
//! *Must not know*: a clock (the world has one), a file, a terminal, the lab, or how a moment is
//! explained.

mod entry;
mod error;
pub mod recording;
mod timeline;

pub use entry::{Bet, BetChoice, Entry, Origin, ProcessVariables, Variable, Verdict};
pub use error::SessionError;
pub use timeline::Timeline;

use std::sync::Arc;
use std::time::Duration;

use crate::lesson::{Lesson, Question, Step};
use crate::model::{Action, LabSpec, ProcessName, Worlds};

/// How far the story got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
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

/// What a session waits for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waiting {
    /// For what, in the lesson's words: a fact, an outcome, a time.
    pub what: String,
    /// Until when at most, since the lab's start.
    pub until: Duration,
    /// Steps are being done again for undo, a branch, a jump or `again`.
    pub rerun: bool,
}

/// Who decides what comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// The lesson: `step` does its next step.
    Script,
    /// The learner: there is no lesson, or something else than its next step was done by hand.
    Free,
    /// Nobody: a recording is looked at.
    Recorded,
}

/// Where something that was done again came out differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The first entry that differs, by its place on the new timeline.
    pub entry: usize,
    /// What was there before.
    pub before: String,
    /// What is there now.
    pub now: String,
}

/// Where to jump.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Target {
    /// Before the first step of this scene, counted from 0.
    Scene(usize),
    /// Before this step, counted from 0.
    Step(usize),
}

/// A run of a lesson, free play, or a recording.
pub struct Session {
    lesson: Option<Arc<Lesson>>,
    timeline: Timeline,
    mode: Mode,
    next: usize,
    answer: Option<usize>,
    waiting: Option<Waiting>,
    difference: Option<Difference>,
}

#[allow(unused_variables, clippy::todo)]
impl Session {
    /// Starts a lesson on a fresh world.
    ///
    /// # Errors
    /// [`SessionError::World`] if no world can be had.
    pub fn open(lesson: Arc<Lesson>, worlds: Box<dyn Worlds>) -> Result<Self, SessionError> {
        todo!()
    }

    /// Starts free play on a fresh world.
    ///
    /// # Errors
    /// [`SessionError::World`] if no world can be had.
    pub fn free(spec: LabSpec, worlds: Box<dyn Worlds>) -> Result<Self, SessionError> {
        todo!()
    }

    /// The lesson, if there is one. A recording brings its own.
    pub fn lesson(&self) -> Option<&Arc<Lesson>> {
        self.lesson.as_ref()
    }

    /// Every entry so far.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The entry that is looked at; every session has at least the lab's start.
    pub fn entry(&self) -> &Arc<Entry> {
        self.timeline.get(self.timeline.cursor()).expect("a session begins with an entry")
    }

    /// Which entry is looked at.
    pub fn cursor(&self) -> usize {
        self.timeline.cursor()
    }

    /// Looks at another entry; behind the last there is none, so that one is taken.
    pub fn look_at(&mut self, index: usize) {
        self.timeline.look_at(index);
    }

    /// Looks at the entry before.
    pub fn back(&mut self) {
        self.look_at(self.cursor().saturating_sub(1));
    }

    /// Looks at the entry behind.
    pub fn forward(&mut self) {
        self.look_at(self.cursor() + 1);
    }

    /// Whether the page is the newest, entries that only timers brought aside, and the world
    /// behind it lives.
    pub fn is_live(&self) -> bool {
        self.mode != Mode::Recorded && self.timeline.is_newest_page(self.cursor())
    }

    /// How many entries timers have brought since the one that is looked at.
    pub fn new_since(&self, index: usize) -> usize {
        self.timeline.new_since(index)
    }

    /// The step of the script that comes next; in a recording, behind the entry looked at.
    pub fn next_step(&self) -> Option<&Step> {
        self.lesson.as_ref()?.steps.get(self.next)
    }

    /// How many steps are done, and how many there are; (0, 0) without a lesson.
    pub fn step_number(&self) -> (usize, usize) {
        (self.next, self.lesson.as_ref().map_or(0, |lesson| lesson.steps.len()))
    }

    /// The question before the next step, while it is not answered.
    pub fn question(&self) -> Option<&Question> {
        self.next_step()?.question.as_ref().filter(|_| self.answer.is_none())
    }

    /// Who decides what comes next.
    pub fn mode(&self) -> Mode {
        self.mode
    }

    /// What is waited for, if anything is.
    pub fn waiting(&self) -> Option<&Waiting> {
        self.waiting.as_ref()
    }

    /// Where the last undo, branch, restart or return came out differently, until something else
    /// is done.
    pub fn difference(&self) -> Option<&Difference> {
        self.difference.as_ref()
    }

    /// How many expectations held and how many did not, over the whole timeline.
    pub fn score(&self) -> (usize, usize) {
        todo!()
    }

    /// Readable when [`Session::go_on`] has something to say at once.
    pub fn readiness(&self) -> Option<std::os::fd::BorrowedFd<'_>> {
        None
    }

    /// When the next timer of the kernel ends that would change what is shown, and how late it is
    /// now, both since the lab's start.
    pub fn due(&self) -> Option<(Duration, Duration)> {
        None
    }

    /// Does the next step of the script. A question that is not answered is passed over. In free
    /// play and in a recording there is none: [`Progress::Finished`].
    ///
    /// # Errors
    /// See [`SessionError`].
    pub fn step(&mut self) -> Result<Progress, SessionError> {
        todo!()
    }

    /// Bets on the question before the next step: a choice, counted from 0.
    pub fn answer(&mut self, choice: usize) {
        self.answer = Some(choice);
    }

    /// Does something by hand. It counts as the next step if it brings about the same; anything
    /// else leaves the script.
    ///
    /// # Errors
    /// See [`SessionError`]; a refused action changes nothing and leaves no script.
    pub fn perform(&mut self, action: Action) -> Result<Progress, SessionError> {
        todo!()
    }

    /// Runs C by hand in a process. It counts as the next step if it is the same; anything else
    /// leaves the script.
    ///
    /// # Errors
    /// [`SessionError::Typed`] with the place in `text`, and then nothing was done; see also
    /// [`SessionError`].
    pub fn type_c(&mut self, process: &ProcessName, text: &str) -> Result<Progress, SessionError> {
        todo!()
    }

    /// Waits at most `within` for the world: for what a step awaits, or for timers.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub fn go_on(&mut self, within: Duration) -> Result<Progress, SessionError> {
        todo!()
    }

    /// Takes back the last thing that was done: everything before it is done again on a fresh
    /// world. See [`Session::difference`].
    ///
    /// # Errors
    /// [`SessionError::NotNow`] if nothing was done yet; see also [`SessionError`].
    pub fn undo(&mut self) -> Result<Progress, SessionError> {
        todo!()
    }

    /// Goes on from the entry looked at: what led to it is done again on a fresh world, by hand
    /// or by script. See [`Session::difference`].
    ///
    /// # Errors
    /// See [`SessionError`].
    pub fn branch(&mut self) -> Result<Progress, SessionError> {
        todo!()
    }

    /// Starts over on a fresh world.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub fn restart(&mut self) -> Result<Progress, SessionError> {
        todo!()
    }

    /// Returns to the script where it was left: its steps are done again on a fresh world.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub fn rejoin(&mut self) -> Result<Progress, SessionError> {
        todo!()
    }

    /// Goes to a scene or step of the script: what leads there is done without stopping.
    ///
    /// # Errors
    /// [`SessionError::NotNow`] if there is no such place; see also [`SessionError`].
    pub fn jump(&mut self, target: Target) -> Result<Progress, SessionError> {
        todo!()
    }
}
