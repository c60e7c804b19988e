//! What is done by hand: it counts as the next step if it is the same, else it leaves the script.

use super::actor::Ended;
use super::doing::{Doing, Input, Task, Typed};
use super::entry::Origin;
use super::error::{Refusal, SessionError};
use super::obstacle::Obstacle;
use super::same::{same_code, same_effect};
use super::{Difference, Happening, Mode, Progress, Session};
use crate::c::{self, Statement};
use crate::lesson::Does;
use crate::model::{Action, ProcessName, WorldError};

impl Session {
    /// Does something by hand. It counts as the next step if it brings about the same; anything
    /// else leaves the script.
    ///
    /// # Errors
    /// See [`SessionError`]; a refused action changes nothing and leaves no script.
    pub fn perform(&mut self, action: Action) -> Result<Progress, SessionError> {
        if self.is_next_step(&action) {
            let (index, answer) = (self.next, self.answer.take());
            return self.do_now(Input::Step { index, answer });
        }
        let happened = self.live_mut()?.act(&action)?;
        self.drop_everything();
        self.difference = None;
        self.note(Input::Hand(action));
        self.engaged = true;
        self.leave_script();
        self.cause = Origin::Hand;
        match self.record(happened, Origin::Hand) {
            Ok(()) => self.advance(),
            Err(error) => {
                self.drop_everything();
                Err(error)
            }
        }
    }

    /// Runs C by hand in a process. It counts as the next step if it is the same; anything else
    /// leaves the script.
    ///
    /// # Errors
    /// [`SessionError::Typed`] with the place in `text`, and then nothing was done; see also
    /// [`SessionError`].
    pub fn type_c(&mut self, process: &ProcessName, text: &str) -> Result<Progress, SessionError> {
        let statements = self.compile(process, text)?.0;
        if let Some(mut inputs) = self.count_as_lines(process, &statements) {
            if let Some(Input::Step { answer, .. }) = inputs.first_mut() {
                *answer = self.answer.take();
            }
            self.difference = None;
            self.tasks.extend(inputs.into_iter().map(Task::Do));
            return self.advance();
        }
        if let Some(obstacle) = self.live_mut()?.obstacle(process) {
            return Err(Refusal::Process { process: process.clone(), obstacle }.into());
        }
        self.drop_everything();
        self.do_now(Input::Typed { process: process.clone(), text: text.into() })
    }

    fn do_now(&mut self, input: Input) -> Result<Progress, SessionError> {
        self.difference = None;
        self.tasks.push_back(Task::Do(input));
        self.advance()
    }

    fn is_next_step(&self, action: &Action) -> bool {
        let (Mode::Script, None, Some(live), Some(step)) =
            (self.mode, &self.doing, &self.live, self.next_step())
        else {
            return false;
        };
        let Does::Lab(line) = &step.does else { return false };
        line.action().is_some_and(|scripted| {
            let ports = |process: &ProcessName| live.ports.of(process);
            same_effect(&scripted, action, &live.snapshot.wire, &ports)
        })
    }

    /// The statements as parts of the script, if they are its next lines: of the next step and of
    /// those joined to it.
    fn count_as_lines(&self, process: &ProcessName, typed: &[Statement]) -> Option<Vec<Input>> {
        if self.mode != Mode::Script || self.doing.is_some() || typed.is_empty() {
            return None;
        }
        let lesson = self.lesson.as_ref()?;
        let (mut left, mut inputs) = (typed, Vec::new());
        for (index, step) in lesson.joined_from(self.next) {
            if step.is_bare_mark() {
                continue;
            }
            let Does::C(code) = &step.does else { return None };
            let ahead = if index == self.next { self.ahead } else { 0 };
            let lines = code.lines.get(ahead..)?;
            let count = left.len().min(lines.len());
            let same = left.iter().zip(lines).all(|(a, b)| same_code(&a.code, &b.statement.code));
            if code.process != *process || !same {
                return None;
            }
            inputs.push(match count == lines.len() {
                true => Input::Step { index, answer: None },
                false => Input::Lines { index, end: ahead + count },
            });
            left = &left[count..];
            if left.is_empty() {
                return Some(inputs);
            }
        }
        None
    }

    fn compile(
        &mut self,
        process: &ProcessName,
        text: &str,
    ) -> Result<(Vec<Statement>, c::Scope), SessionError> {
        let live = self.live_mut()?;
        let Some(actor) = live.cast.get(process) else {
            let (process, obstacle) = (process.clone(), Obstacle::Unknown);
            return Err(Refusal::Process { process, obstacle }.into());
        };
        let mut scope = c::Scope::clone(&actor.scope);
        match c::compile(text, &mut scope) {
            Ok(statements) => Ok((statements, scope)),
            Err(c::Error { span, message, help }) => {
                Err(SessionError::Typed { span, message, help })
            }
        }
    }

    /// Does an action again. If it is refused this time, what follows may differ too.
    pub(super) fn start_hand(&mut self, action: &Action) -> Result<(), SessionError> {
        self.cause = Origin::Hand;
        self.leave_script();
        match self.live_mut()?.act(action) {
            Ok(happened) => self.record(happened, Origin::Hand),
            Err(WorldError::Refused { reason }) => {
                self.differs(Vec::new(), vec![Happening::Refused(reason)]);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Begins typed C as part of the log.
    pub(super) fn start_typed(
        &mut self,
        process: ProcessName,
        text: &str,
    ) -> Result<(), SessionError> {
        let (statements, scope) = self.compile(&process, text)?;
        self.cause = Origin::Hand;
        self.leave_script();
        let live = self.live_mut()?;
        let before = live.cast.get(&process).map(|actor| actor.scope.clone());
        live.learn(&process, scope.into());
        let code: Vec<&str> = match &statements[..] {
            [] => text.split_whitespace().collect(), // a definition
            some => some.iter().map(|statement| statement.code.as_str()).collect(),
        };
        let code = code.join(" ");
        let first = self.timeline.len();
        self.doing = Some(Doing::Typed(Typed {
            process,
            rest: statements.into(),
            first,
            code,
            text: text.into(),
            end: 0,
            before,
        }));
        Ok(())
    }

    /// Begins the next typed statement, or ends.
    pub(super) fn carry_on_typed(&mut self, mut typed: Typed) -> Result<(), SessionError> {
        let actor = self.live_mut()?.cast.get(&typed.process);
        if let Some(Ended::Value(Some(value))) = actor.and_then(|actor| actor.ended.as_ref()) {
            self.loose.value = Some(*value);
        }
        if self.part_is_done() && !typed.rest.is_empty() {
            return self.leave_typed(&typed);
        }
        let Some(statement) = typed.rest.pop_front() else {
            if self.timeline.len() == typed.first {
                self.push_statement(typed.process, typed.code, Origin::Hand);
            }
            self.tie();
            self.over();
            return Ok(());
        };
        if let Some(obstacle) = self.live_mut()?.obstacle(&typed.process) {
            let (process, code) = (typed.process, statement.code.to_string());
            return Err(Refusal::Rest { process, obstacle, code }.into());
        }
        typed.end = statement.span.end;
        self.loose.value = None; // of a statement before
        let mut printed = std::mem::take(&mut self.loose.printed);
        let begun = self.live_mut()?.begin(&typed.process, &statement, None, None, &mut printed);
        self.loose.printed = printed;
        begun.map_err(|halt| self.halted(halt))?;
        self.doing = Some(Doing::Typed(typed));
        Ok(())
    }

    /// What was typed ends here, as if no more of it had been typed.
    fn leave_typed(&mut self, typed: &Typed) -> Result<(), SessionError> {
        let text = &typed.text[..typed.end];
        if let Some(before) = &typed.before {
            self.live_mut()?.learn(&typed.process, before.clone());
        }
        let scope = self.compile(&typed.process, text)?.1;
        self.live_mut()?.learn(&typed.process, scope.into());
        if let Some(last) = self.log.last_mut() {
            last.input = Input::Typed { process: typed.process.clone(), text: text.into() };
        }
        self.tie();
        self.over();
        Ok(())
    }

    /// Something that is done again came out differently.
    pub(super) fn differs(&mut self, before: Vec<Happening>, now: Vec<Happening>) {
        let entry = self.timeline.len();
        self.difference.get_or_insert(Difference { entry, before, now });
    }
}
