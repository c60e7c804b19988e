//! A world with the C that runs on it: calls go down, what comes back wakes the statements that
//! wait for it.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::time::Duration;

use super::actor::{Actor, Ended};
use super::entry::ProcessVariables;
use super::interrupt::way_back;
use super::order;
use super::ports::Ports;
use super::printout::Printout;
use super::walk;
use crate::c::{self, Event, Fault, Machine, Scope, Statement};
use crate::lesson::{Place, Program};
use crate::model::{
    Action, Call, Cause, LabSpec, Memory, Moment, Outcome, ProcessName, ProcessState, Report, Said,
    Signal, Snapshot, Syscall, World, WorldError, Worlds, said,
};

/// A world that is acted on, and everything that only the story knows of its processes.
pub struct Live {
    /// The lab, or its double.
    pub world: Box<dyn World>,
    /// The processes that run C, by name.
    pub cast: BTreeMap<ProcessName, Actor>,
    /// Which ports they have had.
    pub ports: Ports,
    /// The newest snapshot.
    pub snapshot: Arc<Snapshot>,
    /// The variables that belong to it.
    pub variables: Arc<Vec<Arc<ProcessVariables>>>,
    /// What a process knows before it has run anything.
    base: Arc<Scope>,
    /// Calls that statements want to make, in the order they came up.
    pub(super) calls: VecDeque<Call>,
    /// Programs that did what the kernel ends a process for, and the signal for it.
    doomed: VecDeque<(ProcessName, Signal)>,
}

/// A moment, and what the C did with it.
pub struct Happened {
    /// What the kernel said.
    pub moment: Moment,
    /// What the C printed.
    pub printed: Printout,
    /// C that went wrong when it went on.
    pub halt: Option<Halt>,
}

/// C that went wrong while it ran.
#[derive(Debug, Clone)]
pub struct Halt {
    /// Who ran it.
    pub process: ProcessName,
    /// The program that it belongs to, if it belongs to one.
    pub program: Option<Arc<Program>>,
    /// The statement's place in the lesson, or in the program's document; `None` if it was typed.
    pub place: Option<Place>,
    /// What went wrong.
    pub message: Said,
}

/// What came of asking for the next call.
pub enum Pumped {
    /// No statement wants to make a call.
    Nothing,
    /// A call was made.
    Moment(Box<Happened>),
    /// The lab refused it, and why; its statement is over.
    Refused(Halt),
}

impl Live {
    /// A fresh world, whose processes know `base`.
    ///
    /// # Errors
    /// If no world can be had.
    pub fn open(
        worlds: &mut dyn Worlds,
        spec: &LabSpec,
        base: Arc<Scope>,
    ) -> Result<Self, WorldError> {
        let world = worlds.open(spec)?;
        let actor = |name: &ProcessName| (name.clone(), Actor::new(base.clone()));
        let cast = spec.processes.iter().map(|process| actor(&process.name)).collect();
        let snapshot = world.start().snapshot.clone();
        let mut live = Self {
            world,
            cast,
            ports: Ports::default(),
            snapshot,
            variables: Arc::default(),
            base,
            calls: VecDeque::new(),
            doomed: VecDeque::new(),
        };
        live.look();
        Ok(live)
    }

    /// Gives every process its fuel back: a step, or something by hand, begins.
    pub fn refuel(&mut self) {
        self.cast.values_mut().for_each(|actor| actor.machine.refuel());
    }

    /// Begins a statement. Its first call is made by [`Live::pump`].
    ///
    /// # Errors
    /// What went wrong before its first call. The process must exist and be idle.
    pub fn begin(
        &mut self,
        process: &ProcessName,
        statement: &Statement,
        place: Option<Place>,
        child: Option<ProcessName>,
        printed: &mut Printout,
    ) -> Result<(), Halt> {
        if let Some(actor) = self.cast.get_mut(process) {
            actor.starts(place, child);
        }
        self.turn(process, printed, |machine, memory| machine.begin(statement, memory))?;
        self.look();
        Ok(())
    }

    /// Does an action that is no statement's call.
    ///
    /// # Errors
    /// As the world says it; a refused action changed nothing.
    pub fn act(&mut self, action: &Action) -> Result<Happened, WorldError> {
        let moment = self.world.act(action)?;
        if let Action::Spawn { process, .. } = action {
            self.cast.insert(process.clone(), Actor::new(self.base.clone()));
        }
        Ok(self.take_in(moment))
    }

    /// Waits for what the world does by itself.
    ///
    /// # Errors
    /// As the world says it.
    pub fn next(&mut self, within: Duration) -> Result<Option<Happened>, WorldError> {
        let moment = self.world.next(within)?;
        Ok(moment.map(|moment| self.take_in(moment)))
    }

    /// Whether a statement wants to make a call.
    pub fn has_calls(&self) -> bool {
        !self.calls.is_empty() || !self.doomed.is_empty()
    }

    /// Ends the statement of a process that wants to make a call; whether there was one.
    pub fn abandon(&mut self, process: &ProcessName) -> bool {
        let wanted = self.calls.len();
        let stays = |call: &Call| call.process != *process || call.syscall == Syscall::RtSigreturn;
        self.calls.retain(stays);
        let found = self.calls.len() < wanted;
        if found {
            self.stop(process, Ended::Refused(said!("it was left")));
        }
        found
    }

    /// Makes the next call that a statement wants to make.
    ///
    /// # Errors
    /// If the lab is lost.
    pub fn pump(&mut self) -> Result<Pumped, WorldError> {
        if let Some((process, signal)) = self.doomed.pop_front() {
            let happened = self.act(&Action::Kill { signal, process })?;
            return Ok(Pumped::Moment(Box::new(happened)));
        }
        let Some(call) = self.calls.pop_front() else { return Ok(Pumped::Nothing) };
        let process = call.process.clone();
        match self.world.act(&Action::Call(Arc::new(call))) {
            Ok(moment) => Ok(Pumped::Moment(Box::new(self.take_in(moment)))),
            Err(WorldError::Refused { reason }) => {
                let place = self.place_of(&process);
                self.stop(&process, Ended::Refused(reason.clone()));
                Ok(Pumped::Refused(Halt { process, program: None, place, message: reason }))
            }
            Err(error) => Err(error),
        }
    }

    fn take_in(&mut self, mut moment: Moment) -> Happened {
        let mut printed = Printout::default();
        let mut halt = None;
        self.name_handlers(&mut moment);
        self.snapshot = moment.snapshot.clone();
        order::in_order(&mut moment);
        if let Cause::Action(Action::Call(call)) = &moment.cause
            && call.syscall == Syscall::RtSigreturn
        {
            self.leave_handler(&call.process);
        }
        for report in &mut moment.reports {
            let taken = self.take_report(report, &mut printed);
            halt = halt.or(taken.err());
        }
        for caught in &moment.signals {
            let taken = self.interrupt(caught, &mut printed);
            halt = halt.or(taken.err());
        }
        self.bury();
        self.ports.note(&moment);
        self.look();
        Happened { moment, printed, halt }
    }

    fn take_report(&mut self, report: &mut Report, printed: &mut Printout) -> Result<(), Halt> {
        let process = report.call.process.clone();
        let outcome = report.outcome.clone();
        let Some(actor) = self.cast.get_mut(&process) else { return Ok(()) };
        if let Some(running) = &mut actor.running {
            running.outcome = Some(outcome.clone());
        }
        // What a handler's calls bring is not what the program waits for.
        actor.walking &= !actor.interrupted.is_empty();
        let result = match outcome {
            Outcome::Blocked => return Ok(()),
            Outcome::Killed(_) | Outcome::Exited(_) => {
                actor.stops(Ended::Call(outcome));
                return Ok(());
            }
            Outcome::Returned(value) => Ok(value),
            Outcome::Failed(errno) => Err(errno),
        };
        actor.came_back = Some((report.call.clone(), outcome.clone()));
        if report.call.syscall == Syscall::Execve && result.is_ok() {
            actor.begins_anew(outcome);
            if let Some(memory) = self.world.memory(&process) {
                actor.scope.furnish(memory);
            }
            self.calls.retain(|call| call.process != process);
            return Ok(());
        }
        if report.written.is_empty()
            && let Some(memory) = self.world.memory(&process)
        {
            report.written = c::written(&report.call, result, memory);
        }
        if actor.running.is_none() {
            return Ok(()); // the call was made without C
        }
        let child = (report.call.syscall == Syscall::Fork && result.is_ok())
            .then(|| report.call.child.clone())
            .flatten();
        let born = child.map(|name| (name.clone(), actor.child(&name)));
        let parent = self.turn(&process, printed, |machine, memory| machine.resume(result, memory));
        if let Some((name, mut actor)) = born {
            let fork = report.call.clone();
            actor.came_back = Some((fork, Outcome::Returned(0)));
            actor.running.iter_mut().for_each(|r| r.outcome = Some(Outcome::Returned(0)));
            self.cast.insert(name.clone(), actor);
            self.turn(&name, printed, |machine, memory| machine.resume(Ok(0), memory))?;
        }
        parent
    }

    /// Lets a machine run until it wants a call or its statement is over.
    pub(super) fn turn(
        &mut self,
        process: &ProcessName,
        printed: &mut Printout,
        first: impl FnOnce(&mut Machine, &mut dyn Memory) -> Result<Event, Fault>,
    ) -> Result<(), Halt> {
        let names: Vec<ProcessName> = self.cast.keys().cloned().collect();
        let Some(actor) = self.cast.get_mut(process) else { return Ok(()) };
        let Some(memory) = self.world.memory(process) else {
            actor.stops(Ended::Refused(said!("{process} has no memory any more", process)));
            return Ok(());
        };
        let mut event = first(&mut actor.machine, memory);
        loop {
            match event {
                Ok(Event::Printed(text)) => {
                    match actor.program {
                        Some(_) => walk::say(process, &text, printed),
                        None => printed.push_str(&text),
                    }
                    event = actor.machine.go_on(memory);
                }
                Ok(Event::Reached) => return Ok(()),
                Ok(Event::Done(value)) => {
                    actor.finishes(value);
                    return Ok(());
                }
                Ok(Event::HandlerOver) => {
                    let left = actor.interrupted.last().map(|left| way_back(process, left));
                    self.calls.extend(left);
                    return Ok(());
                }
                Ok(Event::Call(pending)) => {
                    let child = (pending.syscall == Syscall::Fork)
                        .then(|| actor.next_child(process, |name| names.contains(name)))
                        .flatten();
                    let (syscall, args) = (pending.syscall, &pending.args);
                    let overrun = c::overrun(syscall, args, &actor.scope, memory);
                    let call = Call {
                        process: process.clone(),
                        code: pending.code.to_string(),
                        typed: pending.typed,
                        syscall: pending.syscall,
                        args: pending.args,
                        shown: pending.shown,
                        child,
                        overrun,
                    };
                    // A program makes one call at a time; those of a handler belong to it.
                    let handles = !actor.interrupted.is_empty();
                    if !handles && actor.program.is_some() && !std::mem::take(&mut actor.granted) {
                        actor.wants = Some(call);
                    } else {
                        self.calls.push_back(call);
                    }
                    return Ok(());
                }
                Err(fault) => {
                    let mut place = actor.statement().and_then(|running| running.place.clone());
                    let program = actor.program.clone();
                    if let Some(program) = &program {
                        place = actor.machine.last_spot().map(|spot| program.place(&spot.span));
                    }
                    let message = fault.said();
                    self.stop(process, Ended::Refused(message.clone()));
                    // A program dies of it as a real one would, and the others go on.
                    if let (Some(program), Some(signal)) = (&program, fault.signal()) {
                        let at = place.unwrap_or_default();
                        let file = program.source.path.rsplit('/').next().unwrap_or_default();
                        let place = format!("{file}:{}:{}: ", at.line, at.column);
                        walk::say(process, &place, printed);
                        printed.push_said(message);
                        printed.push_str("\n");
                        self.doomed.push_back((process.clone(), Signal(signal)));
                        return Ok(());
                    }
                    return Err(Halt { process: process.clone(), program, place, message });
                }
            }
        }
    }

    /// Ends the statements of processes that died outside of a call.
    fn bury(&mut self) {
        for (name, actor) in &mut self.cast {
            if actor.running.is_none() && actor.interrupted.is_empty() {
                continue;
            }
            let state = self.snapshot.process(name).map(|process| &process.state);
            if let Some(ProcessState::Dead(outcome)) = state {
                actor.stops(Ended::Call(outcome.clone()));
                self.calls.retain(|call| call.process != *name);
            }
        }
    }

    /// Reads every process's variables.
    pub(super) fn look(&mut self) {
        let mut all: Vec<Arc<ProcessVariables>> = Vec::new();
        for process in &self.snapshot.processes {
            let name = &process.name;
            let Some(actor) = self.cast.get_mut(name) else { continue };
            if all.iter().any(|of| of.process == *name) {
                continue; // an older process of the same name
            }
            match self.world.memory(name) {
                Some(memory) => all.push(actor.variables(name, memory)),
                None => all.extend(actor.last_variables().cloned()),
            }
        }
        all.retain(|of| !of.variables.is_empty() || of.spot.is_some());
        let same = all.len() == self.variables.len()
            && all.iter().zip(self.variables.iter()).all(|(a, b)| Arc::ptr_eq(a, b));
        if !same {
            self.variables = Arc::new(all);
        }
    }

    /// From now on the process knows this.
    pub fn learn(&mut self, process: &ProcessName, scope: Arc<Scope>) {
        if let Some(actor) = self.cast.get_mut(process) {
            actor.scope = scope;
            self.look();
        }
    }
}

/// What every process knows before it has run anything.
pub fn base_scope(spec: &LabSpec) -> Scope {
    let constants = crate::lesson::constants(spec);
    let constants: Vec<(&str, &str)> =
        constants.iter().map(|(name, address)| (*name, address.as_str())).collect();
    Scope::new(&constants)
}
