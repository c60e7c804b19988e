//! Acting on the lab: what each action does to processes, hosts and the wire.

use std::os::fd::{AsFd as _, BorrowedFd};
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::bounds::out_of_bounds;
use super::failure::{Attempt as _, Failure};
use super::host::Files;
use super::life::{Lab, process_channel};
use super::order::{Answer, HostPlan, Order};
use super::output::Output;
use super::preset::settings;
use super::process::{Doing, Process};
use super::sys::Arena;
use super::wire::Unwilling;
use crate::model::{
    Action, Call, Cause, Errno, HostName, HostSpec, Memory, Moment, ProcessName, ProcessSpec,
    RefusedSetting, Signal, Syscall, World, WorldError,
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
fn refused(reason: impl Into<String>) -> WorldError {
    WorldError::Refused { reason: reason.into() }
}

impl Lab {
    fn do_and_settle(&mut self, action: &Action) -> Result<Moment, WorldError> {
        self.processes.iter_mut().for_each(Process::bury);
        self.carry_out(action)?;
        let settled = self.settle()?;
        self.after(action)?;
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
                    return Err(refused("there is no wire on the loopback rung"));
                }
                self.switch
                    .act(wire, at, &self.ports)
                    .map_err(|Unwilling(reason)| refused(reason))?;
                self.deliver();
                Ok(())
            }
            Action::Spawn { process, host } => {
                if self.process(process).is_some_and(|process| process.is_alive()) {
                    return Err(refused(format!("can't spawn {process}: it is alive")));
                }
                self.room_for_a_process("spawn")?;
                let spec =
                    ProcessSpec { name: process.clone(), host: host.clone(), net_raw: false };
                Ok(self.spawn(&spec)?)
            }
            Action::Run { process, host, command } => {
                self.room_for_a_process("run a command")?;
                Ok(self.run(process, host, command)?)
            }
            Action::Kill { signal, process } => self.kill(*signal, process),
            Action::Reboot(_) | Action::Set { .. } if !self.has_wire() => {
                Err(refused("on the loopback rung the hosts are this machine, and stay as it is"))
            }
            Action::Reboot(host) => self.reboot(host),
            Action::Set { host, key, value } => {
                let (host, key, value) = (host.clone(), key.clone(), value.clone());
                let order = Order::Set { host, key, value };
                match self.order(&order, &[]) {
                    Ok(_) => Ok(()),
                    // The lab lives on; this machine or this value is what it is.
                    Err(failure) => {
                        Err(refused(format!("can't {}: {}", failure.attempt, failure.reason())))
                    }
                }
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
            return Err(refused(format!("there is no process {name}")));
        };
        match &process.doing {
            Doing::Ready => {}
            Doing::Calling(sleeps_in) => {
                let typed = &sleeps_in.typed;
                return Err(refused(format!("{name} still sleeps in {typed}()")));
            }
            Doing::Dead(_) | Doing::Ending(_) => {
                return Err(refused(format!("{name} is dead")));
            }
            Doing::Starting => return Err(refused(format!("{name} has not started yet"))),
            Doing::Command => return Err(refused(format!("{name} is a command of its own"))),
        }
        let process = self.processes.iter().rev().find(|process| process.name == *name);
        if let Some(reason) = process.and_then(|process| {
            out_of_bounds(process, call).or_else(|| self.reaches_outside(process, call))
        }) {
            return Err(refused(reason));
        }
        if chooses_a_port(call.syscall) {
            self.narrow_ports(name, true);
        }
        let Some(process) = self.process(name) else { return Ok(()) };
        process.reported = false;
        Ok(process.call(call.clone())?)
    }

    /// What has to be put back when an action is over.
    fn after(&mut self, action: &Action) -> Result<(), WorldError> {
        if let Action::Call(call) = action
            && chooses_a_port(call.syscall)
        {
            self.narrow_ports(&call.process, false);
        }
        Ok(())
    }

    /// Lets the kernel choose only one ephemeral port for a call, so that they run 40001, 40002,
    /// … in every run; and gives it the whole range back.
    fn narrow_ports(&mut self, process: &ProcessName, narrow: bool) {
        let only = narrow.then_some(self.next_port);
        let Some(host) = self.process(process).map(|process| process.host.clone()) else { return };
        if let Some(host) = self.hosts.iter().find(|candidate| candidate.name == host) {
            // Where this can't be set, the port is what the kernel chooses: less even, as true.
            let _ = host.choose_ports(only);
        }
    }

    fn room_for_a_process(&self, verb: &str) -> Result<(), WorldError> {
        if self.processes.len() >= MOST_BIRTHS {
            return Err(refused(format!(
                "can't {verb}: this lab has had {MOST_BIRTHS} processes already; start it again"
            )));
        }
        let alive = self.processes.iter().filter(|process| process.takes_room()).count();
        if alive >= MOST_PROCESSES {
            let reason = format!("can't {verb}: {MOST_PROCESSES} processes are alive already");
            return Err(refused(reason));
        }
        Ok(())
    }

    fn kill(&mut self, signal: Signal, name: &ProcessName) -> Result<(), WorldError> {
        let Some(process) = self.process(name) else {
            return Err(refused(format!("there is no process {name}")));
        };
        let known = match (&process.doing, &process.known) {
            (Doing::Starting, _) => return Err(refused(format!("{name} has not started yet"))),
            (Doing::Dead(_), _) | (_, None) => {
                return Err(refused(format!("{name} is dead already")));
            }
            (_, Some(known)) => known,
        };
        match known.handle.signal(signal.0) {
            Err(nix::errno::Errno::ESRCH) => {
                return Err(refused(format!("{name} is dead already")));
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

    /// Gives an order to the lab's first process.
    ///
    /// # Errors
    /// What the order's failure was, or EPIPE if the lab is gone.
    pub fn order(
        &mut self,
        order: &Order,
        fds: &[BorrowedFd<'_>],
    ) -> Result<(Answer, Vec<std::os::fd::OwnedFd>), Failure> {
        let Some(lineage) = &mut self.lineage else {
            let attempt = "give an order to the lab".into();
            return Err(Failure { attempt, errno: nix::errno::Errno::EPIPE });
        };
        lineage.first.order(order, fds)
    }

    /// Starts a process on a host; it says hello while the lab settles.
    ///
    /// # Errors
    /// What the order's failure was.
    pub fn spawn(&mut self, spec: &ProcessSpec) -> Result<(), Failure> {
        let (ours, theirs) = process_channel().attempt("make a channel")?;
        let (arena, fd) = Arena::create().attempt("make the memory of a process")?;
        let order = Order::Spawn {
            process: spec.name.clone(),
            host: spec.host.clone(),
            net_raw: spec.net_raw,
        };
        let pid = self.start(&order, &[theirs.as_fd(), fd.as_fd()])?;
        let (name, host) = (spec.name.clone(), spec.host.clone());
        self.take_in(Process::new(name, host, Some(pid), ours, arena))
    }

    fn run(&mut self, name: &ProcessName, host: &HostName, command: &str) -> Result<(), Failure> {
        let (ours, theirs) = process_channel().attempt("make a channel")?;
        let (output, printed_to) = Output::pipe().attempt("make a pipe for what it prints")?;
        let order = Order::Run { host: host.clone(), command: command.to_owned() };
        let pid = self.start(&order, &[theirs.as_fd(), printed_to.as_fd()])?;
        let (name, host) = (name.clone(), host.clone());
        self.take_in(Process::command(name, host, Some(pid), ours, Some(output)))
    }

    /// Gives an order that starts a process; its number in the lab.
    fn start(&mut self, order: &Order, fds: &[BorrowedFd<'_>]) -> Result<i32, Failure> {
        match self.order(order, fds)? {
            (Answer::Started { pid }, _) => Ok(pid),
            _ => Err(Failure {
                attempt: "start a process".into(),
                errno: nix::errno::Errno::EBADMSG,
            }),
        }
    }

    /// Makes a host by the plan.
    ///
    /// # Errors
    /// What the order's failure was.
    pub fn make_host(&mut self, spec: &HostSpec) -> Result<Files, Failure> {
        let plan = HostPlan {
            name: spec.name.clone(),
            v4: spec.v4,
            v6: spec.v6,
            quickack: self.spec.quickack,
            settings: settings(self.spec.preset),
        };
        let (answer, fds) = self.order(&Order::MakeHost(plan), &[])?;
        if let Answer::Host { refused } = answer {
            let refused = refused.into_iter();
            let refused = refused.map(|(key, errno)| RefusedSetting { key, errno: Errno(errno) });
            self.refused_settings.extend(refused);
            self.refused_settings.sort();
            self.refused_settings.dedup();
        }
        let files = Files::from_answer(fds)?;
        if let Some(tun) = files.tun() {
            self.watch(tun)?;
        }
        Ok(files)
    }

    /// Starts a host anew. Its processes die and its sockets vanish; not one packet says so.
    fn reboot(&mut self, name: &HostName) -> Result<(), WorldError> {
        let place = self.hosts.iter().position(|host| host.name == *name);
        let spec = self.spec.hosts.iter().find(|host| host.name == *name).cloned();
        let (Some(place), Some(spec)) = (place, spec) else {
            return Err(refused(format!("there is no host {name}")));
        };
        self.hosts[place].unplug();
        for process in self.processes.iter().filter(|p| p.host == *name && p.is_alive()) {
            if let Some(known) = &process.known {
                // One that is gone already needs no signal.
                let _ = known.handle.signal(nix::sys::signal::Signal::SIGKILL as i32);
            }
        }
        self.settle()?;
        self.order(&Order::DropHost(name.clone()), &[])?;
        if let Some(tun) = self.hosts[place].tun() {
            self.unwatch(tun);
        }
        let files = self.make_host(&spec)?;
        self.hosts[place].reboot(files);
        Ok(())
    }
}

/// Whether the kernel may choose a local port in this call.
fn chooses_a_port(call: Syscall) -> bool {
    use Syscall::{Bind, Connect, Listen, Sendmsg, Sendto};
    matches!(call, Connect | Bind | Listen | Sendto | Sendmsg)
}
