//! What a step does, piece by piece: the lines of its C, or its lab line.

use std::time::Duration;

use super::Session;
use super::actor::Ended;
use super::awaited::Awaited;
use super::doing::{Phase, Run, Task, Turn};
use super::error::SessionError;
use super::judge::judge;
use super::obstacle::Obstacle;
use crate::lesson::{Code, Does, Expectation, LabLine, Line};
use crate::model::{Action, Cause, ProcessName, WorldError, said};

/// How long an outcome is awaited, and a process that still sleeps: as `expect` waits.
const PATIENCE: Duration = Duration::from_secs(1);

impl Session {
    /// Begins a line of C, when its process is ready for it.
    pub(super) fn line(
        &mut self,
        mut run: Run,
        code: &Code,
        at: usize,
        until: Option<Duration>,
    ) -> Result<Turn, SessionError> {
        let Some(line) = code.lines.get(at).filter(|_| run.end.is_none_or(|end| at < end)) else {
            run.phase = Phase::Done;
            return Ok(Turn::Next(run));
        };
        let now = self.now();
        match self.live_mut()?.obstacle(&code.process) {
            None => {}
            Some(obstacle @ (Obstacle::Dead(_) | Obstacle::Unknown)) => {
                let kernel = obstacle.say(&code.process);
                self.verdict(line.statement.code.clone(), &line.place, false, kernel);
                run.phase = Phase::Done;
                return Ok(Turn::Next(run));
            }
            Some(obstacle @ (Obstacle::Asleep(_) | Obstacle::Stopped | Obstacle::Busy)) => {
                let until = until.unwrap_or(now + PATIENCE);
                if now < until {
                    run.phase = Phase::Line { line: at, until: Some(until) };
                    let process = code.process.clone();
                    return Ok(Turn::Wait(run, until, Awaited::Ready { process, obstacle }));
                }
                let message = obstacle.say(&code.process);
                let help = said!("a statement can begin when the one before it is over");
                return Err(self.wrong(&line.place, message, Some(help)));
            }
        }
        self.begin_line(code, line)?;
        run.phase = Phase::Outcome { line: at, until: now + PATIENCE };
        Ok(Turn::Next(run))
    }

    fn begin_line(&mut self, code: &Code, line: &Line) -> Result<(), SessionError> {
        let child = line.expectations.iter().find_map(child_name);
        self.loose.value = None; // of a line before
        let mut printed = std::mem::take(&mut self.loose.printed);
        let live = self.live_mut()?;
        live.learn(&code.process, code.scope.clone());
        let place = Some(line.place.clone());
        let begun = live.begin(&code.process, &line.statement, place, child, &mut printed);
        self.loose.printed = printed;
        begun.map_err(|halt| self.halted(halt))
    }

    /// Compares what a line of C expects with what came of it, once that is known.
    pub(super) fn outcome(
        &mut self,
        mut run: Run,
        code: &Code,
        at: usize,
        until: Duration,
    ) -> Result<Turn, SessionError> {
        run.phase = Phase::Line { line: at + 1, until: None };
        let Some(line) = code.lines.get(at) else { return Ok(Turn::Next(run)) };
        let last_chance = self.now() >= until;
        let Some(answers) = self.compare(&code.process, &line.expectations, last_chance) else {
            run.phase = Phase::Outcome { line: at, until };
            let (process, code) = (code.process.clone(), line.statement.code.to_string());
            return Ok(Turn::Wait(run, until, Awaited::Outcome { process, code }));
        };
        let actor = self.live.as_ref().and_then(|live| live.cast.get(&code.process));
        let value = match actor.and_then(|actor| actor.ended.as_ref()) {
            Some(Ended::Value(value)) => Some(*value),
            Some(Ended::Call(_) | Ended::Refused(_)) | None => None,
        };
        for (what, answer) in answers {
            // No call stands beside it that says of what this is the value.
            let statement = line.statement.code.trim_end_matches(';');
            let what = if value.is_some() { format!("{statement} {what}") } else { what };
            self.verdict(what, &line.place, answer.held, answer.kernel);
        }
        if let Some(value) = value {
            self.loose.value = value;
        }
        if self.timeline.len() > run.first {
            self.tie();
        }
        Ok(Turn::Next(run))
    }

    /// Does a line of a `lab` fence.
    pub(super) fn lab_line(&mut self, mut run: Run, line: &LabLine) -> Result<Turn, SessionError> {
        let now = self.now();
        run.phase = match line {
            LabLine::Mark(_) => Phase::Done,
            LabLine::Again { step, .. } => {
                self.live = Some(self.fresh()?);
                self.caveats.clear();
                self.tasks.push_front(Task::Enter(run.index));
                for done in run.lesson.path_to(step + 1).into_iter().rev() {
                    self.tasks.push_front(Task::Silent(done));
                }
                return Ok(Turn::Over);
            }
            LabLine::Step { .. } => Phase::Walk { calls: 0, until: now },
            LabLine::Wait(time) => Phase::Pause { time: *time, until: now + *time },
            LabLine::WaitFor { within, .. } => Phase::Fact { until: now + *within },
            LabLine::Wire(_)
            | LabLine::Spawn { .. }
            | LabLine::Run { .. }
            | LabLine::Kill { .. }
            | LabLine::Reboot(_)
            | LabLine::Set { .. } => {
                if let Some(action) = line.action() {
                    self.lab_action(&run, &action)?;
                }
                Phase::Done
            }
        };
        Ok(Turn::Next(run))
    }

    fn lab_action(&mut self, run: &Run, action: &Action) -> Result<(), SessionError> {
        match self.live_mut()?.act(action) {
            Ok(happened) => self.record(happened, self.cause),
            Err(WorldError::Refused { reason }) => {
                let step = &run.lesson.steps[run.index];
                self.verdict(step.code.clone(), &step.place, false, reason.clone());
                if matches!(action, Action::Set { .. }) {
                    self.caveats.push(reason);
                }
                self.push_still(Cause::Action(action.clone()), self.cause);
                Ok(())
            }
            Err(error) => Err(error.into()),
        }
    }

    /// `wait 3s`
    pub(super) fn pause(
        &mut self,
        mut run: Run,
        time: Duration,
        until: Duration,
    ) -> Result<Turn, SessionError> {
        if self.now() < until {
            return Ok(Turn::Wait(run, until, Awaited::Time));
        }
        self.seal_wait(&run, time)?;
        run.phase = Phase::Done;
        Ok(Turn::Next(run))
    }

    /// `wait FACT`
    pub(super) fn await_fact(
        &mut self,
        mut run: Run,
        line: &LabLine,
        until: Duration,
    ) -> Result<Turn, SessionError> {
        run.phase = Phase::Done;
        let LabLine::WaitFor { fact, .. } = line else { return Ok(Turn::Next(run)) };
        if judge(fact, self.live_mut()?).held {
            self.seal_wait(&run, Duration::ZERO)?;
            return Ok(Turn::Next(run));
        }
        if self.now() < until {
            run.phase = Phase::Fact { until };
            return Ok(Turn::Wait(run, until, Awaited::Fact(fact.clone())));
        }
        self.look_again()?;
        self.seal_wait(&run, Duration::ZERO)?;
        let answer = judge(fact, self.live_mut()?);
        if !answer.held {
            let step = &run.lesson.steps[run.index];
            self.verdict(step.code.clone(), &step.place, false, answer.kernel);
        }
        Ok(Turn::Next(run))
    }

    /// Ends a `wait` with a look at the kernel, if timers brought nothing by themselves.
    fn seal_wait(&mut self, run: &Run, waited: Duration) -> Result<(), SessionError> {
        if self.timeline.len() > run.first {
            return Ok(());
        }
        let mut happened = self.live_mut()?.act(&Action::Wait(Duration::ZERO))?;
        happened.moment.cause = Cause::Action(Action::Wait(waited));
        self.record(happened, self.cause)
    }

    /// What the step does is done: it gets a page of its own, if it has none.
    pub(super) fn done(&mut self, mut run: Run, does: &Does) -> Result<Turn, SessionError> {
        let step = &run.lesson.steps[run.index];
        if self.timeline.len() == run.first && !step.is_bare_mark() {
            match does {
                Does::C(code) => {
                    self.push_statement(code.process.clone(), step.code.clone(), self.cause);
                }
                Does::Load(program) => {
                    self.push_statement(program.process.clone(), step.code.clone(), self.cause);
                }
                Does::Lab(_) => {
                    self.push_still(Cause::Action(Action::Wait(Duration::ZERO)), self.cause);
                }
            }
        }
        self.tie();
        if run.end.is_some() {
            return Ok(Turn::Over);
        }
        run.phase = Phase::Check { index: 0, until: None };
        Ok(Turn::Next(run))
    }
}

fn child_name(expectation: &Expectation) -> Option<ProcessName> {
    match expectation {
        Expectation::Child(name) => Some(name.clone()),
        Expectation::Returned(_)
        | Expectation::Failed(_)
        | Expectation::Any
        | Expectation::Blocks
        | Expectation::Killed(_)
        | Expectation::Look(_) => None,
    }
}
