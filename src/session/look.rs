//! What can be seen of a session without changing it, and the cursor.

use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::Duration;

use super::{Difference, Entry, Mode, Session, Timeline, Waiting};
use crate::lesson::{Lesson, Question, Step};
use crate::model::{LabSpec, ProcessName};

impl Session {
    /// The lesson, if there is one. A recording brings its own.
    pub fn lesson(&self) -> Option<&Arc<Lesson>> {
        self.lesson.as_ref()
    }

    /// What the lab is made of.
    pub fn spec(&self) -> &LabSpec {
        &self.spec
    }

    /// Every entry so far.
    pub fn timeline(&self) -> &Timeline {
        &self.timeline
    }

    /// The entry that is looked at.
    ///
    /// # Panics
    /// Never: every session has at least the lab's start.
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
        self.look_at(self.cursor().saturating_add(1));
    }

    /// Whether the page is the newest, entries that only timers brought aside, and the world
    /// behind it lives.
    pub fn is_live(&self) -> bool {
        self.live.is_some() && self.timeline.is_newest_page(self.cursor())
    }

    /// The lab's clock; a recording has none.
    pub fn clock(&self) -> Option<Duration> {
        self.live.as_ref().map(|live| live.world.now())
    }

    /// How many entries timers have brought since the one at `index`.
    pub fn new_since(&self, index: usize) -> usize {
        self.timeline.new_since(index)
    }

    /// The step of the script that comes next; in a recording, behind the entry looked at.
    pub fn next_step(&self) -> Option<&Step> {
        let lesson = self.lesson.as_ref().filter(|lesson| !lesson.is_play())?;
        lesson.steps.get(self.next_index())
    }

    /// Where in the lesson's list what comes next stands.
    pub fn next_index(&self) -> usize {
        match self.mode {
            Mode::Script | Mode::Free | Mode::Programs => self.next,
            Mode::Recorded => self.no_mark_from(self.entry().step.map_or(0, |step| step + 1)),
        }
    }

    /// How many steps are done, and how many there are, as the learner counts them; (0, 0) without
    /// a lesson.
    pub fn step_number(&self) -> (usize, usize) {
        let script = self.lesson.as_ref().filter(|lesson| !lesson.is_play());
        let Some(lesson) = script else { return (0, 0) };
        (lesson.number_of(self.next_index()), lesson.count())
    }

    /// The question before the next step, while it is not answered.
    pub fn question(&self) -> Option<&Question> {
        if self.mode != Mode::Script || self.answer.is_some() || self.doing.is_some() {
            return None;
        }
        self.next_step()?.question.as_ref()
    }

    /// The learner's bets that the kernel has not answered yet: step and choice, from 0.
    pub fn open_bets(&self) -> impl Iterator<Item = (usize, usize)> {
        let next = self.answer.map(|chosen| (self.next, chosen));
        let asked = self.asked.iter().filter_map(|asked| Some((asked.step, asked.chosen?)));
        asked.chain(next)
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
        let verdicts = self.timeline.iter().flat_map(|entry| &entry.verdicts);
        let (held, all) = verdicts
            .fold((0, 0), |(held, all), verdict| (held + usize::from(verdict.held), all + 1));
        (held, all - held)
    }

    /// What a process knows now, for completion and argument help at the prompt; nothing in a
    /// recording.
    pub fn scope(&self, process: &ProcessName) -> Option<&Arc<crate::c::Scope>> {
        Some(&self.live.as_ref()?.cast.get(process)?.scope)
    }

    /// Readable when [`Session::go_on`] has something to say at once.
    pub fn readiness(&self) -> Option<BorrowedFd<'_>> {
        self.live.as_ref()?.world.readiness()
    }

    /// When to call [`Session::go_on`] if nothing else happens: in how long from now a timer of
    /// the kernel ends that would change what is shown, or what is awaited has to be there.
    pub fn due_in(&self) -> Option<Duration> {
        let live = self.live.as_ref()?;
        let until = self.waiting.as_ref().map(|waiting| waiting.until);
        let due = live.world.due().into_iter().chain(until).min()?;
        Some(due.saturating_sub(live.world.now()))
    }
}
