//! Acting on the lab: what each action does to processes, hosts and the wire.

use std::os::fd::BorrowedFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bounds::out_of_bounds;
use super::failure::Attempt as _;
use super::life::Lab;
use super::order::Order;
use super::process::{Doing, Process};
use super::wire::Unwilling;
use crate::model::{
    Action, Call, Cause, Memory, Moment, ProcessName, ProcessSpec, RefusedSetting, Said, Signal,
    Syscall, World, WorldError, said,
};

/// More living processes than this are refused: a lesson that forks without end is cut off.
const MOST_PROCESSES: usize = 64;

/// More processes than this in one lab, the dead included, are refused: every snapshot shows them.
const MOST_BIRTHS: usize = 1_024;

/// A timer that has ended is looked for this much later, so that the kernel has done its part.
const AFTER_TIMER: Duration = Duration::from_millis(30);

impl World for Lab {
    fn start(&self) -> &Moment {
        &self.start
    }

    fn act(&mut self, action: &Action) -> Result<Moment, WorldError> {
        let result = self.do_and_settle(action);
        self.note_loss(&result);
        result
    }

    fn next(&mut self, within: Duration) -> Result<Option<Moment>, WorldError> {
        let result = self.wait_for_something(within);
        self.note_loss(&result);
        result
    }

    fn memory(&mut self, process: &ProcessName) -> Option<&mut dyn Memory> {
        let arena = self.process(process)?.arena.as_mut()?;
        Some(arena)
    }

    fn now(&self) -> Duration {
        self.now()
    }

    fn due(&self) -> Option<Duration> {
        if self.lost {
            return None;
        }
        let last = self.observer.last();
        let sockets = last.hosts.iter().flat_map(|host| &host.sockets);
        let first = sockets.filter_map(|socket| socket.timer).map(|timer| timer.left_ms).min()?;
        Some(last.at + Duration::from_millis(first.into()) + AFTER_TIMER)
    }

    fn refused_settings(&self) -> &[RefusedSetting] {
        &self.refused_settings
    }

    fn readiness(&self) -> Option<BorrowedFd<'_>> {
        (!self.lost).then(|| self.readiness())
    }
}

/// An action that makes no sense now.
pub(super) fn refused(reason: Said) -> WorldError {
    WorldError::Refused { reason }
}

impl Lab {
    fn do_and_settle(&mut self, action: &Action) -> Result<Moment, WorldError> {
        self.processes.iter_mut().for_each(Process::bury);
        self.carry_out(action)?;
        let settled = self.settle()?;
        if let Action::Call(call) = action {
            self.unpin_port(call);
        }
        Ok(self.moment(Cause::Action(action.clone()), settled)?)
    }

    fn wait_for_something(&mut self, within: Duration) -> Result<Option<Moment>, WorldError> {
        let end = Instant::now() + within;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let timer = self.due().map(|due| due.saturating_sub(self.now()));
            let heard = self.wait(timer.map_or(left, |timer| timer.min(left)));
            let timer_ended = timer.is_some_and(|timer| timer <= left);
            if heard || timer_ended {
                let settled = self.gather()?;
                let moment = self.moment(Cause::Kernel, settled)?;
                if !moment.is_empty() {
                    return Ok(Some(moment));
                }
            }
            if Instant::now() >= end {
                return Ok(None);
            }
        }
    }

    /// A lab that is lost has nothing more to say: whoever waits for it would be woken for ever.
    fn note_loss<T>(&mut self, result: &Result<T, WorldError>) {
        if let Err(WorldError::Broken { .. }) = result {
            self.lost = true;
        }
    }

    fn carry_out(&mut self, action: &Action) -> Result<(), WorldError> {
        match action {
            Action::Call(call) => self.call(call),
            Action::Wire(wire) => {
                let at = self.now();
                if !self.has_wire() {
                    return Err(refused(said!("there is no wire on the loopback rung")));
                }
                self.switch
                    .act(wire, at, &self.ports)
                    .map_err(|Unwilling(reason)| refused(reason))?;
                self.deliver();
                Ok(())
            }
            Action::Spawn { process, host } => {
                if self.process(process).is_some_and(|process| process.is_alive()) {
                    return Err(refused(said!("can't spawn {process}: it is alive", process)));
                }
                self.room_for_a_process("spawn")?;
                let spec =
                    ProcessSpec { name: process.clone(), host: host.clone(), net_raw: false };
                self.spawn(&spec).map_err(|failure| self.why_not(failure))
            }
            Action::Run { process, host, command } => {
                self.room_for_a_process("run a command")?;
                self.run(process, host, command).map_err(|failure| self.why_not(failure))
            }
            Action::Kill { signal, process } => self.kill(*signal, process),
            Action::Reboot(_) | Action::Set { .. } if !self.has_wire() => Err(refused(said!(
                "on the loopback rung the hosts are this machine, and stay as it is"
            ))),
            Action::Reboot(host) => self.reboot(host),
            Action::Set { host, key, value } => {
                let (host, key, value) = (host.clone(), key.clone(), value.clone());
                let order = Order::Set { host, key, value };
                // This machine or this value is what it is.
                let done = self.order(&order, &[]);
                done.map(drop).map_err(|failure| self.why_not(failure))
            }
            Action::Wait(time) => self.pass_time(*time),
        }
    }

    fn call(&mut self, call: &Arc<Call>) -> Result<(), WorldError> {
        if call.syscall == Syscall::Fork {
            self.room_for_a_process("fork")?;
        }
        let name = &call.process;
        let Some(process) = self.process(name) else {
            return Err(refused(said!("there is no process {process}", process = name)));
        };
        match &process.doing {
            Doing::Ready if call.syscall != Syscall::RtSigreturn => {}
            Doing::Ready if !process.handling.is_empty() => {}
            Doing::Ready => {
                return Err(refused(said!("{name} is in no handler of a signal", name)));
            }
            Doing::Calling { call: sleeps_in, .. } => {
                let call = &sleeps_in.typed;
                return Err(refused(said!(
                    "{process} still sleeps in {call}()",
                    process = name,
                    call
                )));
            }
            Doing::Dead(_) | Doing::Ending(_) => {
                return Err(refused(said!("{name} is dead", name)));
            }
            Doing::Starting => return Err(refused(said!("{name} has not started yet", name))),
            Doing::Command => return Err(refused(said!("{name} is a command of its own", name))),
        }
        let process = self.processes.iter().rev().find(|process| process.name == *name);
        if let Some(reason) = process.and_then(|process| {
            out_of_bounds(process, call).or_else(|| self.reaches_outside(process, call))
        }) {
            return Err(refused(reason));
        }
        self.pin_port(call);
        let Some(process) = self.process(name) else { return Ok(()) };
        Ok(process.call(call.clone())?)
    }

    fn room_for_a_process(&self, verb: &str) -> Result<(), WorldError> {
        if self.processes.len() >= MOST_BIRTHS {
            return Err(refused(said!(
                "can't {verb}: this lab has had {most} processes already; start it again",
                verb,
                most = MOST_BIRTHS
            )));
        }
        let alive = self.processes.iter().filter(|process| process.takes_room()).count();
        if alive >= MOST_PROCESSES {
            let most = MOST_PROCESSES;
            return Err(refused(said!(
                "can't {verb}: {most} processes are alive already",
                verb,
                most
            )));
        }
        Ok(())
    }

    fn kill(&mut self, signal: Signal, name: &ProcessName) -> Result<(), WorldError> {
        let Some(process) = self.process(name) else {
            return Err(refused(said!("there is no process {process}", process = name)));
        };
        let known = match (&process.doing, &process.known) {
            (Doing::Starting, _) => return Err(refused(said!("{name} has not started yet", name))),
            (Doing::Dead(_), _) | (_, None) => {
                return Err(refused(said!("{name} is dead already", name)));
            }
            (_, Some(known)) => known,
        };
        match known.handle.signal(signal.0) {
            Err(nix::errno::Errno::ESRCH) => {
                return Err(refused(said!("{name} is dead already", name)));
            }
            other => other.attempt(format!("send {signal} to {name}"))?,
        }
        process.signalled = Some(signal.0);
        Ok(())
    }

    /// Lets time pass. What happens meanwhile is told with the moment of the wait.
    fn pass_time(&mut self, time: Duration) -> Result<(), WorldError> {
        let end = Instant::now() + time;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Ok(());
            }
            if self.wait(left) {
                self.settle()?;
            }
        }
    }
}
