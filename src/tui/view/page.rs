//! Everything that one screen of a session is drawn from.

use std::ops::Range;
use std::sync::Arc;
use std::time::Duration;

use super::clock::Clock;
use crate::lesson::{Lesson, Program, Question, Step};
use crate::model::{
    Action, Cause, Host, Moment, ProcessName, Rung, Said, Snapshot, Timer, TimerKind,
};
use crate::session::{Difference, Entry, Mode, Origin, Session, Timeline, Waiting};

/// How many moments of timers are told on one page.
const TOLD: usize = 4;

/// Something that went wrong, or has to be said once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    /// What, in whole sentences; harmless text.
    pub text: String,
    /// What to do.
    pub help: Option<String>,
    /// It is an error, not only a remark.
    pub error: bool,
}

/// A page of a session: the entry that is looked at, and where it stands.
#[derive(Debug, Clone, Copy)]
pub struct Page<'a> {
    /// All entries.
    pub timeline: &'a Timeline,
    /// The one that is looked at.
    pub cursor: usize,
    /// The lesson, if there is one.
    pub lesson: Option<&'a Lesson>,
    /// The step of the script that comes next.
    pub next: Option<&'a Step>,
    /// Where in the lesson's list what comes next stands.
    pub next_index: usize,
    /// How many steps are done, and how many there are, as the learner counts.
    pub step: (usize, usize),
    /// Which kind of lab it is.
    pub rung: Rung,
    /// Who decides what comes next.
    pub mode: Mode,
    /// The page is the newest.
    pub live: bool,
    /// How many entries timers have brought since.
    pub since: usize,
    /// The lab's clock, if there is a lab.
    pub now: Option<Duration>,
    /// In how long a timer ends, or something is awaited no longer.
    pub due: Option<Duration>,
    /// What is waited for.
    pub waiting: Option<&'a Waiting>,
    /// Where the last re-run came out differently.
    pub difference: Option<&'a Difference>,
    /// The question that is asked on this page, and the answer so far.
    pub asking: Option<(&'a Question, Option<usize>)>,
    /// A question stands before the next step and was not asked yet.
    pub question_ahead: bool,
    /// Programs are what the next step goes on with, and this one.
    pub walks: bool,
    /// Whose program goes on next.
    pub walker: Option<&'a ProcessName>,
    /// A program that was stopped because its C could not go on, and why.
    pub halted: Option<(&'a ProcessName, &'a Said)>,
    /// How many programs could.
    pub able: usize,
    /// Something went wrong.
    pub notice: Option<&'a Notice>,
}

impl<'a> Page<'a> {
    /// The page that a session shows.
    pub fn of(session: &'a Session) -> Self {
        Self {
            timeline: session.timeline(),
            cursor: session.cursor(),
            lesson: session.lesson().map(Arc::as_ref),
            next: session.next_step(),
            step: session.step_number(),
            next_index: session.next_index(),
            rung: session.spec().rung,
            mode: session.mode(),
            live: session.is_live(),
            since: session.new_since(session.cursor()),
            now: session.clock(),
            due: session.due_in(),
            waiting: session.waiting(),
            difference: session.difference(),
            asking: None,
            question_ahead: session.question().is_some(),
            walks: session.walks(),
            walker: session.walker(),
            halted: session.halted_program(),
            able: session.able(),
            notice: None,
        }
    }

    /// The program that a process runs on this page, and where it stands; a forked child runs its
    /// parent's.
    pub fn program(&self, process: &ProcessName) -> Option<(&'a Program, &'a Range<usize>)> {
        let spot = self.entry().spot_of(process)?;
        let mut name = process;
        for _ in 0..self.snapshot().processes.len() {
            let mut programs = self.lesson?.programs();
            if let Some(program) = programs.find(|program| program.process == *name) {
                return Some((program, spot));
            }
            name = self.snapshot().process(name)?.parent.as_ref()?;
        }
        None
    }

    /// The entry that is looked at.
    ///
    /// # Panics
    /// Never on a session's timeline: it begins with the lab's start.
    pub fn entry(&self) -> &'a Arc<Entry> {
        self.timeline.get(self.cursor).expect("a timeline has an entry at its cursor")
    }

    /// Its moment.
    pub fn moment(&self) -> &'a Moment {
        &self.entry().moment
    }

    /// What the kernel said then.
    pub fn snapshot(&self) -> &'a Snapshot {
        &self.moment().snapshot
    }

    /// The moments that the page is about, oldest first, each with what the kernel had said
    /// before: its own; but if a step only had to wait for what timers had brought already, those.
    pub fn told(&self) -> Vec<(&'a Snapshot, &'a Moment)> {
        let timeline = self.timeline;
        let moment = move |index: usize| Some(&*timeline.get(index)?.moment);
        let mut found = Vec::new();
        if self.is_bare_wait() {
            let earlier = (0..self.cursor).rev().map_while(|index| timeline.get(index));
            let timers = earlier.take_while(|entry| entry.origin == Origin::FollowUp);
            let first = self.cursor - timers.take(TOLD).count();
            found.extend((first..self.cursor).filter_map(|index| {
                Some((&*moment(index.checked_sub(1)?)?.snapshot, moment(index)?))
            }));
        }
        if let Some(index) = self.last_call() {
            let before = index.checked_sub(1).and_then(moment);
            found.extend(before.zip(moment(index)).map(|(before, last)| (&*before.snapshot, last)));
        }
        if found.is_empty() {
            let before = self.cursor.checked_sub(1).and_then(moment);
            found.push((before.map_or(self.snapshot(), |moment| &moment.snapshot), self.moment()));
        }
        found
    }

    /// How many of the newest entries of its story the page is about.
    pub fn newest(&self) -> usize {
        let first = self.told().first().map(|(_, moment)| *moment);
        let is_first =
            |entry: &Arc<Entry>| first.is_some_and(|first| std::ptr::eq(&*entry.moment, first));
        self.story().position(is_first).map_or(1, |index| index + 1)
    }

    /// Where the last call of a step is told whose last statement made none: of joined steps, each
    /// call is an entry of its own.
    pub fn last_call(&self) -> Option<usize> {
        let entry = self.entry();
        let bare = matches!(entry.moment.cause, Cause::Statement { .. })
            && entry.moment.reports.is_empty();
        self.members().filter(|_| bare && self.is_last_member())?.find(|index| {
            self.timeline.get(*index).is_some_and(|entry| !entry.moment.reports.is_empty())
        })
    }

    /// How many calls the step has made, if the page is the last of joined steps.
    pub fn calls(&self) -> usize {
        let told = |index: &usize| {
            self.timeline.get(*index).is_some_and(|entry| !entry.moment.reports.is_empty())
        };
        let own = usize::from(!self.moment().reports.is_empty());
        let members = self.members().filter(|_| self.is_last_member());
        members.map_or(0, |members| own + members.filter(told).count())
    }

    /// The entries before this one that belong to the same joined steps, newest first.
    fn members(&self) -> Option<impl Iterator<Item = usize> + use<'a>> {
        let steps = &self.lesson?.steps;
        let last = self.entry().step?;
        let joined = steps.get(..last)?.iter().rev().take_while(|step| step.joined).count();
        let (first, timeline) = (last - joined, self.timeline);
        let member = move |index: &usize| {
            let entry = timeline.get(*index);
            entry.is_some_and(|entry| entry.step.is_some_and(|step| (first..=last).contains(&step)))
        };
        Some((0..self.cursor).rev().take_while(member))
    }

    /// No step is joined to that of the page, and no later entry belongs to it.
    fn is_last_member(&self) -> bool {
        let step = self.entry().step;
        let ends = step.zip(self.lesson).and_then(|(step, lesson)| lesson.steps.get(step));
        let next = self.timeline.get(self.cursor + 1);
        ends.is_some_and(|step| !step.joined) && next.is_none_or(|next| next.step != step)
    }

    /// A step that found what it had to wait for.
    fn is_bare_wait(&self) -> bool {
        let entry = self.entry();
        let waited = Cause::Action(Action::Wait(Duration::ZERO));
        let by_script = matches!(entry.origin, Origin::Step(_));
        by_script && entry.moment.cause == waited && entry.moment.is_empty()
    }

    /// A question stands before the next step, asked already or not: what timers have brought
    /// since might tell its answer.
    pub fn is_open(&self) -> bool {
        self.question_ahead && self.live || self.asking.is_some()
    }

    /// The lesson is a mystery of which no question was answered yet: the screen explains nothing.
    pub fn is_hushed(&self) -> bool {
        let mystery = self.lesson.is_some_and(|lesson| lesson.mystery);
        mystery && self.mode != Mode::Recorded && self.timeline.iter().all(|e| e.bets.is_empty())
    }

    /// How its timers are told.
    pub fn clock(&self) -> Clock {
        // Only the newest entry of all shows what holds now.
        match self.now.filter(|_| self.cursor + 1 >= self.timeline.len()) {
            _ if self.is_open() => Clock::Hidden,
            Some(now) => Clock::Running(now.saturating_sub(self.snapshot().at)),
            None => Clock::Stopped,
        }
    }

    /// Whether it shows a timer that runs: then it is another page a second later.
    pub fn has_running_timer(&self) -> bool {
        let shown = |timer: &Timer| !matches!(timer.kind, TimerKind::Other(_));
        let hosts = self.snapshot().hosts.iter();
        let mut timers = hosts.flat_map(|host| &host.sockets).filter_map(|row| row.timer);
        matches!(self.clock(), Clock::Running(_)) && timers.any(|timer| shown(&timer))
    }

    /// The entries up to the one that is looked at, newest first.
    pub fn story(&self) -> impl Iterator<Item = &'a Arc<Entry>> {
        let timeline = self.timeline;
        (0..=self.cursor).rev().filter_map(move |index| timeline.get(index))
    }

    /// The entries of the lab that is looked at, newest first: an `again` begins another one.
    pub fn lab_story(&self) -> impl Iterator<Item = &'a Arc<Entry>> {
        let mut begun = false;
        self.story().take_while(move |entry| {
            !std::mem::replace(&mut begun, matches!(entry.moment.cause, Cause::Start))
        })
    }

    /// The hosts of the left and of the right side: the server, or else the first, on the right,
    /// all others on the left.
    pub fn sides(&self) -> [Vec<&'a Arc<Host>>; 2] {
        let hosts = &self.snapshot().hosts;
        let named = hosts.iter().position(|host| host.name.as_str() == "server");
        let right = named.unwrap_or(0);
        let (mut left_side, mut right_side) = (Vec::new(), Vec::new());
        for (index, host) in hosts.iter().enumerate() {
            if index == right { right_side.push(host) } else { left_side.push(host) }
        }
        [left_side, right_side]
    }
}
