//! What is done and in which order: tasks begin, are carried on while the world answers, and end.

use std::time::Duration;

use super::doing::{Asked, Doing, Input, Logged, Part, Phase, Run, Task, Turn};
use super::entry::Origin;
use super::error::SessionError;
use super::live::{Live, Pumped};
use super::{Awaited, Mode, Progress, Session, Waiting};
use crate::lesson::Does;
use crate::model::Cause;

/// For how long calls are made and steps are done again without a look at who waits: a screen.
const SLICE: Duration = Duration::from_millis(100);

impl Session {
    /// Does what is to be done until something has to be awaited, or nothing is left.
    pub(super) fn advance(&mut self) -> Result<Progress, SessionError> {
        let progress = self.try_advance();
        if progress.is_err() {
            self.drop_everything();
        }
        progress
    }

    /// Lets go of what has begun. What is on the timeline stays.
    pub(super) fn drop_everything(&mut self) {
        self.silent = false;
        self.tie();
        self.over();
        self.tasks.clear();
        self.doing = None;
        self.spare = None;
        let _ = self.rest();
    }

    fn try_advance(&mut self) -> Result<Progress, SessionError> {
        self.waiting = None;
        let begun = self.now();
        loop {
            if self.now().saturating_sub(begun) > SLICE && self.has_work() {
                return Ok(self.await_until(self.now(), Awaited::Turn));
            }
            if self.leave_statement() {
                continue;
            }
            // What came of a statement belongs to the page on which it came; what other processes
            // go on to do comes after.
            if !self.outcome_is_known() && self.pump()? {
                continue;
            }
            let (doing, until, what) = match self.doing.take() {
                None => match self.tasks.pop_front() {
                    Some(task) => {
                        self.start(task)?;
                        continue;
                    }
                    None => return Ok(self.rest()),
                },
                Some(Doing::Step(run)) => match self.carry_on(run)? {
                    Turn::Next(run) => {
                        self.doing = Some(Doing::Step(run));
                        continue;
                    }
                    Turn::Over => {
                        self.over();
                        continue;
                    }
                    Turn::Wait(run, until, what) => (Doing::Step(run), until, what),
                },
                Some(Doing::Typed(typed)) => {
                    self.carry_on_typed(typed)?;
                    continue;
                }
                Some(Doing::Walk { process, until }) => {
                    if self.has_walked(&process, until) {
                        self.tie();
                        self.over();
                        continue;
                    }
                    let what = Awaited::Outcome { process: process.clone(), code: String::new() };
                    (Doing::Walk { process, until }, until, what)
                }
                Some(Doing::Linger { count, until }) => {
                    if count == 0 || self.now() >= until {
                        self.lingered(count);
                        continue;
                    }
                    (Doing::Linger { count, until }, until, Awaited::Timers)
                }
            };
            self.doing = Some(doing);
            return Ok(self.await_until(until, what));
        }
    }

    fn await_until(&mut self, until: Duration, what: Awaited) -> Progress {
        // What is joined to the step that runs is no running again.
        let lesson = self.lesson.as_ref().zip(self.begun);
        let joined = |index: &usize| {
            lesson.is_some_and(|(lesson, begun)| {
                lesson.joined_from(begun).any(|(member, _)| member == *index)
            })
        };
        let again = |task: &Task| match task {
            Task::Do(Input::Step { index, .. }) => !joined(index),
            Task::Do(_) | Task::Silent(_) | Task::Enter(_) | Task::Linger { .. } => true,
        };
        let rerun = self.redo.is_some() || self.tasks.iter().any(again);
        self.waiting = Some(Waiting { what, until, rerun });
        Progress::Waiting { until }
    }

    fn has_work(&self) -> bool {
        let calls = self.live.as_ref().is_some_and(Live::has_calls);
        calls || self.doing.is_some() || !self.tasks.is_empty()
    }

    /// Nothing is left to do: from now on, only timers bring moments.
    fn rest(&mut self) -> Progress {
        self.redo = None;
        self.waiting = None;
        self.silent = false;
        self.engaged = false;
        let (done, steps) = self.step_number();
        if self.mode == Mode::Script && done >= steps {
            Progress::Finished
        } else {
            Progress::Settled
        }
    }

    /// The last input is over; what comes from now on is not its own.
    pub(super) fn over(&mut self) {
        let length = self.timeline.len();
        let part = self.part.take();
        if let Some(last) = self.log.last_mut().filter(|_| self.engaged) {
            last.end = length;
            // It could not be left before its end.
            if let (Some(_), Input::Part { input, .. }) = (part, &last.input) {
                last.input = Input::clone(input);
            }
        }
    }

    fn start(&mut self, task: Task) -> Result<(), SessionError> {
        self.engaged = true;
        match task {
            Task::Do(input) => self.start_input(input)?,
            Task::Silent(index) => {
                self.silent = true;
                self.start_step(index, 0, None);
            }
            Task::Enter(index) => {
                self.silent = false;
                self.start_step(index, 0, None);
                self.push_still(Cause::Start, Origin::Step(index));
                if let Some(Doing::Step(run)) = &mut self.doing {
                    run.phase = Phase::Done;
                }
            }
            Task::Linger { count, within } => {
                let until = self.now() + within;
                self.doing = Some(Doing::Linger { count, until });
            }
        }
        Ok(())
    }

    fn start_input(&mut self, input: Input) -> Result<(), SessionError> {
        self.note(input.clone());
        self.live_mut()?.refuel();
        self.part = None;
        self.begin_input(input)
    }

    fn begin_input(&mut self, input: Input) -> Result<(), SessionError> {
        match input {
            Input::Part { input, pages } => {
                self.part = Some(Part { first: self.timeline.len(), pages });
                self.begin_input(*input)?;
            }
            Input::Step { index, answer } => {
                let line = std::mem::take(&mut self.ahead);
                self.next = self.no_mark_from(index + 1);
                self.begun = Some(index);
                self.ask(index, answer);
                self.start_step(index, line, None);
            }
            Input::Lines { index, end } => {
                let line = std::mem::replace(&mut self.ahead, end);
                self.begun = Some(index);
                self.start_step(index, line, Some(end));
            }
            Input::Hand(action) => self.start_hand(&action)?,
            Input::Typed { process, text } => self.start_typed(process, &text)?,
            Input::Walk { process } => self.start_walk(process)?,
        }
        Ok(())
    }

    /// Writes down what is done; the page goes to the newest.
    pub(super) fn note(&mut self, input: Input) {
        self.timeline.look_at(usize::MAX);
        let length = self.timeline.len();
        self.log.push(Logged { input, first: length, end: length });
    }

    /// The first step from here on that is more than a mark.
    pub(super) fn no_mark_from(&self, index: usize) -> usize {
        let steps = self.lesson.as_ref().map_or(&[][..], |lesson| &lesson.steps);
        let marks = steps.iter().skip(index).take_while(|step| step.is_bare_mark());
        index + marks.count()
    }

    fn start_step(&mut self, index: usize, line: usize, end: Option<usize>) {
        let Some(lesson) = self.lesson.clone() else { return };
        let Some(step) = lesson.steps.get(index) else { return };
        let phase = match &step.does {
            Does::C(_) => Phase::Line { line, until: None },
            Does::Load(_) => Phase::Load,
            Does::Lab(_) => Phase::Lab,
        };
        self.cause = Origin::Step(index);
        let first = self.timeline.len();
        self.doing = Some(Doing::Step(Run { lesson, index, end, first, phase }));
    }

    /// Whether all that is wanted of what is done now is there.
    pub(super) fn part_is_done(&self) -> bool {
        let Some(part) = self.part else { return false };
        let own = self.timeline.iter().skip(part.first);
        own.filter(|entry| entry.origin != Origin::FollowUp).count() >= part.pages
    }

    /// Lets go of a statement that is about to make another call, if no more of it is wanted.
    /// Whether it was so.
    fn leave_statement(&mut self) -> bool {
        let step = |run: &Run| match &run.lesson.steps.get(run.index)?.does {
            Does::C(code) => Some((code.process.clone(), Some(run.index))),
            Does::Load(_) | Does::Lab(_) => None,
        };
        let (true, Some(doing)) = (self.part_is_done(), &self.doing) else { return false };
        let found = match doing {
            Doing::Step(run) => step(run),
            Doing::Typed(typed) => Some((typed.process.clone(), None)),
            Doing::Walk { .. } | Doing::Linger { .. } => None,
        };
        let Some((process, index)) = found else { return false };
        if !self.live.as_mut().is_some_and(|live| live.abandon(&process)) {
            return false;
        }
        self.tie();
        self.doing = None;
        self.leave_script();
        self.part = None;
        if let Some(index) = index {
            (self.next, self.ahead) = (index, 0);
            self.asked.retain(|asked| asked.step != index);
        }
        self.over();
        true
    }

    fn ask(&mut self, index: usize, chosen: Option<usize>) {
        let step = self.lesson.as_ref().and_then(|lesson| lesson.steps.get(index));
        if step.is_some_and(|step| step.question.is_some()) {
            self.asked.push(Asked { step: index, chosen });
        }
    }

    /// One piece of progress of a step.
    fn carry_on(&mut self, run: Run) -> Result<Turn, SessionError> {
        let lesson = run.lesson.clone();
        let Some(step) = lesson.steps.get(run.index) else { return Ok(Turn::Over) };
        match (run.phase, &step.does) {
            (Phase::Line { line, until }, Does::C(code)) => self.line(run, code, line, until),
            (Phase::Outcome { line, until }, Does::C(code)) => self.outcome(run, code, line, until),
            (Phase::Lab, Does::Lab(line)) => self.lab_line(run, line),
            (Phase::Load, Does::Load(program)) => {
                self.load(program)?;
                Ok(Turn::Next(Run { phase: Phase::Done, ..run }))
            }
            (Phase::Walk { calls, until }, Does::Lab(line)) => {
                self.step_line(run, line, calls, until)
            }
            (Phase::Pause { time, until }, Does::Lab(_)) => self.pause(run, time, until),
            (Phase::Fact { until }, Does::Lab(line)) => self.await_fact(run, line, until),
            (Phase::Done, does) => self.done(run, does),
            (Phase::Check { index, until }, _) => self.check(run, index, until),
            // Each phase belongs to the kind of step that began it.
            (Phase::Line { .. } | Phase::Outcome { .. }, Does::Lab(_) | Does::Load(_))
            | (
                Phase::Lab | Phase::Walk { .. } | Phase::Pause { .. } | Phase::Fact { .. },
                Does::C(_) | Does::Load(_),
            )
            | (Phase::Load, Does::C(_) | Does::Lab(_)) => Ok(Turn::Over),
        }
    }

    /// Whether a line's outcome is awaited and has come.
    fn outcome_is_known(&self) -> bool {
        let Some(Doing::Step(Run { lesson, index, phase: Phase::Outcome { line, .. }, .. })) =
            &self.doing
        else {
            return false;
        };
        let Some(Does::C(code)) = lesson.steps.get(*index).map(|step| &step.does) else {
            return false;
        };
        code.lines
            .get(*line)
            .is_some_and(|line| self.compare(&code.process, &line.expectations, false).is_some())
    }

    /// Makes the next call that C wants to make; whether there was one.
    fn pump(&mut self) -> Result<bool, SessionError> {
        let Some(live) = &mut self.live else { return Ok(false) };
        match live.pump()? {
            Pumped::Nothing => Ok(false),
            Pumped::Refused(halt) => Err(self.halted(halt)),
            Pumped::Moment(happened) => {
                self.record(*happened, self.cause)?;
                Ok(true)
            }
        }
    }

    /// Lets the world do what it does by itself, for at most `within`.
    pub(super) fn await_world(&mut self, within: Duration) -> Result<(), SessionError> {
        let now = self.now();
        let left = self.waiting.as_ref().map(|waiting| waiting.until.saturating_sub(now));
        let within = left.map_or(within, |left| left.min(within));
        let Some(happened) = self.live_mut()?.next(within)? else { return Ok(()) };
        // A `wait` is there for what timers bring; everything else they bring is not asked for.
        self.cause = match &mut self.doing {
            Some(Doing::Step(Run {
                phase: Phase::Pause { .. } | Phase::Fact { .. },
                index,
                ..
            })) => Origin::Step(*index),
            Some(Doing::Linger { count, .. }) => {
                *count = count.saturating_sub(1);
                Origin::FollowUp
            }
            Some(Doing::Step(_) | Doing::Typed(_) | Doing::Walk { .. }) | None => Origin::FollowUp,
        };
        self.record(happened, self.cause)
    }
}
