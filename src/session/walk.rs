//! Programs that are walked: whose turn it is, and one call of them.
//!
//! A program runs to a call, makes it, and stops before the first statement behind it. What
//! stands before a call belongs to its step. A call that sleeps ends the step, too; once it
//! returns, its program goes on to that statement by itself.

use std::sync::Arc;
use std::time::Duration;

use super::actor::Ended;
use super::awaited::Awaited;
use super::doing::{Doing, Input, Phase, Run, Task, Turn};
use super::error::{Refusal, SessionError};
use super::live::{Halt, Live};
use super::obstacle::Obstacle;
use super::printout::Printout;
use super::{Mode, Progress, Session};
use crate::c::Stdin;
use crate::lesson::{LabLine, Program};
use crate::model::{Call, Outcome, ProcessName, ProcessState, Report, Said, Syscall, said};

/// How long a call may take to return or to fall asleep.
const PATIENCE: Duration = Duration::from_secs(1);
/// How many calls `step NAME until CALL` makes at most.
const MOST_CALLS: u32 = 1_000;

impl Live {
    /// The processes that run programs, in the order of their birth.
    pub fn walkers(&self) -> impl Iterator<Item = &ProcessName> {
        let names = self.snapshot.processes.iter().map(|process| &process.name);
        names.filter(|name| self.cast.get(name).is_some_and(|actor| actor.program.is_some()))
    }

    /// Whether a program can go on: it is alive, awake, and not over.
    pub fn can_walk(&self, process: &ProcessName) -> bool {
        let ready = |state: &ProcessState| matches!(state, ProcessState::Ready);
        let is_ready = self.snapshot.process(process).is_some_and(|found| ready(&found.state));
        let actor = self.cast.get(process);
        let own = |actor: &super::actor::Actor| actor.program.is_some() && actor.running.is_some();
        is_ready && actor.is_some_and(|actor| own(actor) && actor.interrupted.is_empty())
    }

    /// Gives a process its program, which runs to its first statement.
    ///
    /// # Errors
    /// What went wrong before that. The process must exist and be idle.
    pub fn load(&mut self, program: &Arc<Program>, printed: &mut Printout) -> Result<(), Halt> {
        let process = &program.process;
        for statement in &program.code.before {
            let place = Some(program.place(&statement.span));
            self.begin(process, statement, place, None, printed)?;
        }
        let Some(actor) = self.cast.get_mut(process) else { return Ok(()) };
        actor.scope = program.code.scope.clone();
        actor.program = Some(program.clone());
        actor.starts(None, None);
        let (main, stdin) = (&program.code.main, Stdin::new(program.input.clone()));
        self.turn(process, printed, |machine, memory| machine.begin_walk(main, stdin, memory))?;
        self.look();
        Ok(())
    }

    /// Lets a program go on: to its next call, which [`Live::pump`] makes.
    ///
    /// # Errors
    /// What went wrong before that. [`Live::can_walk`] must hold.
    pub fn walk(&mut self, process: &ProcessName, printed: &mut Printout) -> Result<(), Halt> {
        let Some(actor) = self.cast.get_mut(process) else { return Ok(()) };
        (actor.granted, actor.walking) = (true, true);
        if let Some(call) = actor.wants.take() {
            actor.granted = false;
            self.calls.push_back(call);
            return Ok(());
        }
        self.turn(process, printed, |machine, memory| machine.walk(memory))
    }

    fn is_walking(&self, process: &ProcessName) -> bool {
        self.cast.get(process).is_some_and(|actor| actor.walking && actor.statement().is_some())
    }
}

impl Session {
    /// Whose program goes on with the next step: the one that was chosen, or, while it can't,
    /// the next that can. `None`: all of them sleep or are over, or there is none.
    pub fn walker(&self) -> Option<&ProcessName> {
        let live = self.live.as_ref()?;
        let all: Vec<&ProcessName> = live.walkers().collect();
        let chosen = self.chosen.as_ref();
        let first = all.iter().position(|name| Some(*name) == chosen).unwrap_or(0);
        let (before, from) = all.split_at(first);
        let mut turn = from.iter().chain(before).copied();
        turn.find(|name| live.can_walk(name))
    }

    /// The program that began first.
    pub fn first_program(&self) -> Option<&ProcessName> {
        self.live.as_ref()?.walkers().next()
    }

    /// A program that was stopped because its C could not go on, and why.
    pub fn halted_program(&self) -> Option<(&ProcessName, &Said)> {
        let live = self.live.as_ref()?;
        live.walkers().find_map(|name| {
            let alive = live.snapshot.process(name).is_some_and(|process| process.is_alive());
            match live.cast.get(name).filter(|_| alive)?.ended.as_ref()? {
                Ended::Refused(why) => Some((name, why)),
                Ended::Call(_) | Ended::Value(_) => None,
            }
        })
    }

    /// How many programs can go on.
    pub fn able(&self) -> usize {
        let Some(live) = &self.live else { return 0 };
        live.walkers().filter(|name| live.can_walk(name)).count()
    }

    /// Chooses the next program that can go on.
    pub fn choose_next(&mut self) {
        let (Some(live), Some(now)) = (&self.live, self.walker()) else { return };
        let able: Vec<&ProcessName> = live.walkers().filter(|name| live.can_walk(name)).collect();
        let at = able.iter().position(|name| *name == now).map_or(0, |at| at + 1);
        self.chosen = able.get(at % able.len().max(1)).map(|name| (*name).clone());
    }

    /// The learner decides from now on; a play has no script to leave.
    pub(super) fn leave_script(&mut self) {
        self.mode = match self.mode {
            Mode::Script | Mode::Free => Mode::Free,
            Mode::Programs => Mode::Programs,
            Mode::Recorded => Mode::Recorded,
        };
    }

    /// How many calls of programs were made by hand.
    pub fn walked(&self) -> usize {
        self.log.iter().filter(|logged| matches!(logged.input, Input::Walk { .. })).count()
    }

    /// How long a sleeping program may sleep by its own will, at most: it waits for a time, and
    /// not only for others. `None`: none does.
    pub fn sleeps_for(&self) -> Option<Duration> {
        const LONGEST: Duration = Duration::from_secs(60);
        let live = self.live.as_ref()?;
        let asleep = live.walkers().filter_map(|name| match &live.snapshot.process(name)?.state {
            ProcessState::InCall { call, .. } => Some((name, call)),
            ProcessState::Ready
            | ProcessState::Running
            | ProcessState::Stopped
            | ProcessState::Dead(_) => None,
        });
        let timed = |(name, call): (&ProcessName, &Arc<Call>)| {
            if self.wakes_itself(name) {
                return Some(LONGEST);
            }
            let millis = |value: i64| u64::try_from(value as i32).ok().map(Duration::from_millis);
            let is = |syscall| call.syscall == syscall;
            if is(Syscall::Poll) {
                return millis(call.args[2]);
            }
            if is(Syscall::EpollWait) {
                return millis(call.args[3]);
            }
            let timed = is(Syscall::Nanosleep) || is(Syscall::Select) && call.args[4] != 0;
            timed.then_some(LONGEST)
        };
        asleep.filter_map(timed).map(|time| time.min(LONGEST)).max()
    }

    /// Whether a process has an alarm(2) that is still to come, or it or a process that it stems
    /// from has given a socket a time-out.
    fn wakes_itself(&self, name: &ProcessName) -> bool {
        const SOL_SOCKET: i64 = 1;
        /// SO_RCVTIMEO and SO_SNDTIMEO, and the same with 64-bit `time_t`.
        const TIME_OUTS: [i64; 4] = [20, 21, 66, 67];
        /// How late an alarm's signal may be seen.
        const LATE: Duration = Duration::from_secs(1);
        let is = |call: &Call, syscall| call.syscall == syscall && call.process == *name;
        let reports = || {
            let entries = self.timeline.iter().rev();
            entries.flat_map(|entry| entry.moment.reports.iter().map(|r| (entry.moment.at, r)))
        };
        let alarm = reports().find(|(_, report)| is(&report.call, Syscall::Alarm));
        let rings = alarm.is_some_and(|(at, report)| {
            let seconds = u64::from(report.call.args[0] as u32);
            seconds > 0 && at + Duration::from_secs(seconds) + LATE > self.now()
        });
        let own = |setter: &ProcessName| name.stems_from(setter);
        rings
            || reports().any(|(_, Report { call, .. })| {
                call.syscall == Syscall::Setsockopt
                    && (call.args[1], TIME_OUTS.contains(&call.args[2])) == (SOL_SOCKET, true)
                    && own(&call.process)
            })
    }

    /// Whether there are programs to walk, here and now.
    pub fn walks(&self) -> bool {
        match self.mode {
            Mode::Programs => true,
            Mode::Script | Mode::Recorded => false,
            Mode::Free => self.walker().is_some(),
        }
    }

    /// One call of a program, by hand.
    ///
    /// # Errors
    /// See [`SessionError`].
    pub fn walk(&mut self) -> Result<Progress, SessionError> {
        if let Some(waiting) = &self.waiting {
            return Ok(Progress::Waiting { until: waiting.until });
        }
        let Some(process) = self.walker().cloned() else { return Ok(Progress::Finished) };
        self.chosen = Some(process.clone());
        self.difference = None;
        self.tasks.push_back(Task::Do(Input::Walk { process }));
        self.advance()
    }

    /// Gives every process of a play its program.
    pub(super) fn load_play(&mut self) -> Result<(), SessionError> {
        let Some(lesson) = self.lesson.clone().filter(|lesson| lesson.is_play()) else {
            return Ok(());
        };
        for program in lesson.programs() {
            self.load(program)?;
        }
        Ok(())
    }

    /// Gives a process its program, which runs to its first statement.
    pub(super) fn load(&mut self, program: &Arc<Program>) -> Result<(), SessionError> {
        if !program.input.is_empty() {
            for happened in self.live_mut()?.give_input(&program.process, &program.input)? {
                // What others did meanwhile has a page; the shell's part has none.
                let reports = &happened.moment.reports;
                if reports.iter().any(|report| report.call.process != program.process) {
                    self.record(happened, super::Origin::FollowUp)?;
                }
            }
        }
        let mut printed = std::mem::take(&mut self.loose.printed);
        let loaded = self.live_mut()?.load(program, &mut printed);
        self.loose.printed = printed;
        loaded.map_err(|halt| self.halted(halt))
    }

    /// Begins a call of a program as part of the log.
    pub(super) fn start_walk(&mut self, process: ProcessName) -> Result<(), SessionError> {
        self.cause = super::Origin::Hand;
        self.leave_script();
        let until = self.go(&process)?;
        self.chosen = Some(process.clone());
        self.doing = Some(Doing::Walk { process, until });
        Ok(())
    }

    /// Lets a program go on; until when its call may take.
    fn go(&mut self, process: &ProcessName) -> Result<Duration, SessionError> {
        let live = self.live_mut()?;
        if !live.can_walk(process) {
            let obstacle = live.obstacle(process).unwrap_or(Obstacle::Busy);
            return Err(Refusal::Process { process: process.clone(), obstacle }.into());
        }
        self.loose.value = None;
        let mut printed = std::mem::take(&mut self.loose.printed);
        let begun = self.live_mut()?.walk(process, &mut printed);
        self.loose.printed = printed;
        begun.map_err(|halt| self.halted(halt))?;
        Ok(self.now() + PATIENCE)
    }

    /// Whether the call of a program has come back, or sleeps, or is not awaited any longer.
    pub(super) fn has_walked(&self, process: &ProcessName, until: Duration) -> bool {
        let walking = self.live.as_ref().is_some_and(|live| live.is_walking(process));
        !walking || self.now() >= until
    }

    /// `step NAME`, `step NAME until CALL`
    pub(super) fn step_line(
        &mut self,
        mut run: Run,
        line: &LabLine,
        calls: u32,
        until: Duration,
    ) -> Result<Turn, SessionError> {
        let LabLine::Step { process, until: wanted } = line else { return Ok(Turn::Over) };
        if calls > 0 && !self.has_walked(process, until) {
            run.phase = Phase::Walk { calls, until };
            let code = run.lesson.steps[run.index].code.clone();
            return Ok(Turn::Wait(run, until, Awaited::Outcome { process: process.clone(), code }));
        }
        let done = match wanted {
            _ if calls == 0 => false,
            None => true,
            Some(wanted) => self.last_call(process).is_some_and(|call| call == *wanted),
        };
        if done {
            run.phase = Phase::Done;
            return Ok(Turn::Next(run));
        }
        let able = self.live_mut()?.can_walk(process);
        if !able || calls >= MOST_CALLS {
            let obstacle = self.live_mut()?.obstacle(process).unwrap_or(Obstacle::Busy);
            let reason = match wanted.as_ref().filter(|_| able) {
                Some(wanted) => said!(
                    "{process} made {most} calls, and no {wanted}()",
                    process,
                    most = MOST_CALLS,
                    wanted
                ),
                None => obstacle.say(process),
            };
            let (code, place) = {
                let step = &run.lesson.steps[run.index];
                (step.code.clone(), step.place.clone())
            };
            self.verdict(code, &place, false, reason);
            run.phase = Phase::Done;
            return Ok(Turn::Next(run));
        }
        let until = self.go(process)?;
        run.phase = Phase::Walk { calls: calls + 1, until };
        Ok(Turn::Next(run))
    }

    /// The last call of a process, by the name typed: the one it sleeps in, or that came back.
    fn last_call(&self, process: &ProcessName) -> Option<String> {
        let live = self.live.as_ref()?;
        match live.snapshot.process(process).map(|process| &process.state) {
            Some(ProcessState::InCall { call, .. }) => Some(call.typed.clone()),
            Some(ProcessState::Dead(Outcome::Exited(_))) => Some("exit".to_owned()),
            Some(
                ProcessState::Ready
                | ProcessState::Running
                | ProcessState::Stopped
                | ProcessState::Dead(_),
            )
            | None => {
                let (call, _) = live.cast.get(process)?.came_back.as_ref()?;
                Some(call.typed.clone())
            }
        }
    }
}

/// Puts what a program printed behind what was printed already, each line with the program's name
/// before it: several of them share one screen.
pub(super) fn say(process: &ProcessName, text: &str, printed: &mut Printout) {
    for line in text.split_inclusive('\n') {
        if printed.is_empty() || printed.ends_with('\n') {
            printed.push_str(&format!("{process}: "));
        }
        printed.push_str(line);
    }
}
