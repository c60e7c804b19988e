//! Doing things again on a fresh world: undo, branch, restart, the way back to the script, jumps.

use std::time::Duration;

use super::difference::{Happening, between, happenings};
use super::doing::{Input, Logged, Redo, Task};
use super::entry::{Entry, Origin};
use super::error::{Refusal, SessionError};
use super::live::Live;
use super::{Mode, Progress, Session, Target, first_mode};
use crate::lesson::{Does, LabLine};
use crate::model::Cause;

/// How long a branch waits at most for the moments that timers brought.
const LINGER: Duration = Duration::from_secs(5);
/// How much later than before a timer may come.
const LATE: Duration = Duration::from_millis(500);

impl Session {
    /// Takes back the last thing that was done, joined steps at once: everything before it is done again on a fresh
    /// world. See [`Session::difference`].
    ///
    /// # Errors
    /// [`SessionError::NotNow`] if nothing was done yet; see also [`SessionError`].
    pub fn undo(&mut self) -> Result<Progress, SessionError> {
        let Some(mut keep) = self.log.len().checked_sub(1) else {
            return Err(Refusal::NothingToUndo.into());
        };
        while keep > 0 && self.is_joined(&self.log[keep - 1].input, &self.log[keep].input) {
            keep -= 1;
        }
        self.rebuild(keep, Vec::new())
    }

    /// Goes on from the entry looked at: what led to it is done again on a fresh world, by hand
    /// or by script. Of a step of several calls only those are done that had led there; a
    /// statement that was left in its middle leaves the script. See [`Session::difference`].
    ///
    /// # Errors
    /// See [`SessionError`].
    pub fn branch(&mut self) -> Result<Progress, SessionError> {
        let cursor = self.cursor();
        let keep = self.log.iter().take_while(|logged| logged.first <= cursor).count();
        if let Some((last, pages)) = self.inside(keep) {
            let input = match &last.input {
                Input::Part { input, .. } => Input::clone(input),
                whole => whole.clone(),
            };
            return self
                .rebuild(keep - 1, vec![Task::Do(Input::Part { input: Box::new(input), pages })]);
        }
        let end = keep.checked_sub(1).map_or(1, |last| self.log[last].end);
        let count = (cursor + 1).saturating_sub(end);
        let at = |index: usize| self.timeline.get(index).map(|entry| entry.moment.at);
        let mut more = Vec::new();
        if count > 0
            && let (Some(from), Some(to)) = (at(end.saturating_sub(1)), at(cursor))
        {
            let within = (to.saturating_sub(from) + LATE).min(LINGER);
            more.push(Task::Linger { count, within });
        }
        self.rebuild(keep, more)
    }

    /// The last of the first `keep` inputs and how many of its pages lead to the one looked at,
    /// if there are more.
    fn inside(&self, keep: usize) -> Option<(&Logged, usize)> {
        let logged = self.log.get(keep.checked_sub(1)?)?;
        let own = |to: usize| {
            let pages = self.timeline.iter().take(to).skip(logged.first);
            pages.filter(|entry| entry.origin != Origin::FollowUp).count()
        };
        let (pages, all) = (own(self.cursor() + 1), own(logged.end));
        (pages > 0 && pages < all).then_some((logged, pages))
    }

    /// Starts over on a fresh world.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub fn restart(&mut self) -> Result<Progress, SessionError> {
        self.rebuild(0, Vec::new())
    }

    /// Returns to the script where it was left: its steps are done again on a fresh world.
    ///
    /// # Errors
    /// [`SessionError::NotNow`] if it was not left; see also [`SessionError`].
    pub fn rejoin(&mut self) -> Result<Progress, SessionError> {
        if self.lesson.is_none() || self.mode != Mode::Free {
            return Err(Refusal::ScriptNotLeft.into());
        }
        let keep = self.script_length();
        self.rebuild(keep, Vec::new())
    }

    /// Goes to a scene or step of the script: what leads there is done without stopping.
    ///
    /// # Errors
    /// [`SessionError::NotNow`] if there is no such place; see also [`SessionError`].
    pub fn jump(&mut self, target: Target) -> Result<Progress, SessionError> {
        let Some(lesson) = self.lesson.clone().filter(|lesson| !lesson.is_play()) else {
            return Err(Refusal::NoScript.into());
        };
        let target = match target {
            Target::Step(number) => lesson.index_of(number),
            Target::Scene(scene) => lesson.scenes.get(scene).map(|scene| scene.first),
        };
        let Some(target) = target else {
            let (scenes, steps) = (lesson.scenes.len(), lesson.count());
            return Err(Refusal::NoSuchPlace { scenes, steps }.into());
        };
        let script = self.log[..self.script_length()].iter();
        let keep = script.take_while(|logged| step_of(&logged.input) < target).count();
        // Lines of a step typed by hand are no whole step; the step is done from its beginning.
        let whole = self.log[..keep].iter().rposition(|logged| match logged.input {
            Input::Step { .. } => true,
            Input::Lines { .. }
            | Input::Hand(_)
            | Input::Typed { .. }
            | Input::Walk { .. }
            | Input::Part { .. } => false,
        });
        let keep = whole.map_or(0, |last| last + 1);
        let from = whole.map_or(0, |last| step_of(&self.log[last].input) + 1);
        let step = |index| Task::Do(Input::Step { index, answer: None });
        let pages = (from..target).filter(|index| !lesson.steps[*index].is_bare_mark());
        let more: Vec<Task> = pages.map(step).collect();
        if keep < self.log.len() {
            return self.rebuild(keep, more);
        }
        self.live_mut()?;
        self.drop_everything();
        self.tasks.extend(more);
        self.advance()
    }

    /// How much of the log belongs to the script, before it was left.
    fn script_length(&self) -> usize {
        self.log.iter().take_while(|logged| logged.input.is_script()).count()
    }

    /// Does the first `keep` inputs again on a fresh world, then `more`. What happened on worlds
    /// before the last `again` among them is over and stays as it is.
    fn rebuild(&mut self, keep: usize, more: Vec<Task>) -> Result<Progress, SessionError> {
        let fresh = self.fresh()?; // before anything is thrown away
        self.drop_everything();
        let base = self.log[..keep].iter().rposition(|logged| self.is_again(&logged.input));
        let first = base.map_or(0, |base| self.log[base].first);
        let again: Vec<Logged> = self.log[base.unwrap_or(0)..keep].to_vec();
        self.log.truncate(base.unwrap_or(0));
        self.begun = self.log.last().map(|logged| step_of(&logged.input));
        self.next = self.no_mark_from(self.begun.map_or(0, |step| step + 1));
        self.ahead = 0;
        self.answer = None;
        self.asked.retain(|asked| asked.step < self.next);
        self.checks.retain(|step, _| *step < self.next);
        self.mode = first_mode(self.lesson.as_deref());
        self.chosen = None;
        self.difference = None;
        let old = self.timeline.cut(first).into_iter();
        let old = old.filter(|entry| entry.origin != Origin::FollowUp).collect();
        self.redo = Some(Redo { old });
        if base.is_some() {
            self.spare = Some(fresh);
        } else {
            self.live = Some(fresh);
            self.caveats.clear();
            self.load_play()?;
            self.push_still(Cause::Start, Origin::Start);
        }
        self.tasks.extend(again.into_iter().map(|logged| Task::Do(logged.input)));
        self.tasks.extend(more);
        self.advance()
    }

    /// A fresh world: the one that was opened in advance, or another.
    pub(super) fn fresh(&mut self) -> Result<Live, SessionError> {
        if let Some(spare) = self.spare.take() {
            return Ok(spare);
        }
        let Some((worlds, base)) = &mut self.worlds else { return Err(recorded()) };
        Ok(Live::open(&mut **worlds, &self.spec, base.clone())?)
    }

    /// Whether it is a step that is done in one go with the one behind it, and that came next.
    fn is_joined(&self, input: &Input, behind: &Input) -> bool {
        let (Input::Step { index, .. }, Input::Step { index: next, .. }) = (input, behind) else {
            return false;
        };
        if self.no_mark_from(index + 1) != *next {
            return false;
        }
        let step = self.lesson.as_ref().and_then(|lesson| lesson.steps.get(*index));
        step.is_some_and(|step| step.joined)
    }

    fn is_again(&self, input: &Input) -> bool {
        let Input::Step { index, .. } = input else { return false };
        let step = self.lesson.as_ref().and_then(|lesson| lesson.steps.get(*index));
        step.is_some_and(|step| matches!(step.does, Does::Lab(LabLine::Again { .. })))
    }

    /// Compares a new entry with the one that was there before it was done again.
    pub(super) fn tell_difference(&mut self, entry: &Entry) {
        if entry.origin == Origin::FollowUp {
            return;
        }
        let Some(old) = self.redo.as_mut().and_then(|redo| redo.old.pop_front()) else { return };
        let delayed_acks = !self.spec.quickack;
        let [before, now] = [&*old, entry].map(|entry| happenings(entry, delayed_acks));
        if let Some((before, now)) = between(&before, &now) {
            self.differs(before, now);
        }
    }

    /// The moments of timers came, or not.
    pub(super) fn lingered(&mut self, missing: usize) {
        if missing > 0 {
            self.differs(vec![Happening::Timers(missing)], Vec::new());
        }
    }
}

/// The step that an input belongs to; inputs by hand belong to none.
fn step_of(input: &Input) -> usize {
    match input {
        Input::Step { index, .. } | Input::Lines { index, .. } => *index,
        Input::Hand(_) | Input::Typed { .. } | Input::Walk { .. } | Input::Part { .. } => {
            usize::MAX
        }
    }
}

/// Why a recording can't be acted on.
pub(super) fn recorded() -> SessionError {
    Refusal::Recorded.into()
}
