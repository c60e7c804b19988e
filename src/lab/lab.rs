//! The lab: hosts, processes and the wire, and the loop that brings them to rest.
//!
//! *Must not know*: lessons, C, the screen.

use std::collections::BTreeMap;
use std::os::fd::{AsFd as _, BorrowedFd};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};

use super::birth::{Ended, Lineage};
use super::failure::{Attempt as _, Failure};
use super::host::Host;
use super::kernel::destroy_all;
use super::observe::Observer;
use super::process::{Doing, News, Process};
use super::sys::{Arena, Channel};
use super::wire::{Ports, Switch};
use crate::model::{Cause, LabSpec, Moment, Outcome, ProcessName, Report, Rung, Snapshot, changes};

/// How long an action may take to come to rest. Only a process that computes or a command that
/// floods the wire takes so long; the moment then says that it is not settled.
const REST_LIMIT: Duration = Duration::from_secs(2);

/// The largest packet a TUN gives.
const LARGEST_PACKET: usize = 65_536;

/// More packets than this without rest end a pass, so that a flood can't hold the screen.
const PACKETS_A_PASS: usize = 4_096;

/// A running lab.
pub(super) struct Lab {
    /// The plan it was made by.
    pub spec: LabSpec,
    /// Its outer processes.
    pub lineage: Option<Lineage>,
    /// Its hosts, in the plan's order.
    pub hosts: Vec<Host>,
    /// Its processes, in the order of their birth; the dead stay.
    pub processes: Vec<Process>,
    /// The wire.
    pub switch: Switch,
    /// The ports that each process's sockets have had.
    pub ports: Ports,
    /// What is read from the kernel, and what it said last.
    pub observer: Observer,
    /// The moment of its start.
    pub start: Moment,
    /// The next ephemeral port that a call may choose.
    pub next_port: u16,
    /// Reports since the last moment.
    pub reports: Vec<Report>,
    /// What commands have printed since the last moment.
    pub printed: Vec<u8>,
    /// Forked children that have no name yet, by their parent's running call.
    pub births: BTreeMap<ProcessName, u32>,
    /// Settings that this machine refused, each with its errno.
    pub refused_settings: Vec<(String, i32)>,
    ended: Ended,
    readiness: Epoll,
    born: Instant,
    buffer: Vec<u8>,
}

impl Lab {
    /// A lab without hosts and processes yet.
    ///
    /// # Errors
    /// EMFILE.
    pub fn new(spec: LabSpec, lineage: Lineage, ended: Ended) -> Result<Self, Failure> {
        let readiness =
            Epoll::new(EpollCreateFlags::EPOLL_CLOEXEC).attempt("watch the lab's channels")?;
        readiness.add(lineage.first.as_fd(), readable()).attempt("watch the lab")?;
        let addresses = spec.hosts.iter().flat_map(|host| {
            let v6 = host.v6.map(|v6| (v6.into(), host.name.clone()));
            std::iter::once((host.v4.into(), host.name.clone())).chain(v6)
        });
        let start = Moment {
            cause: Cause::Start,
            at: Duration::ZERO,
            reports: Vec::new(),
            passages: Vec::new(),
            snapshot: Arc::new(Snapshot::default()),
            changes: Vec::new(),
            printed: Vec::new(),
            unsettled: false,
        };
        Ok(Self {
            switch: Switch::new(addresses),
            spec,
            lineage: Some(lineage),
            hosts: Vec::new(),
            processes: Vec::new(),
            ports: Ports::new(),
            observer: Observer::default(),
            start,
            next_port: 40_001,
            reports: Vec::new(),
            printed: Vec::new(),
            births: BTreeMap::new(),
            refused_settings: Vec::new(),
            ended,
            readiness,
            born: Instant::now(),
            buffer: vec![0; LARGEST_PACKET],
        })
    }

    /// How long it has lived.
    pub fn now(&self) -> Duration {
        self.born.elapsed()
    }

    /// Whether packets can be held here.
    pub fn has_wire(&self) -> bool {
        self.spec.rung == Rung::Wire
    }

    /// Readable when something has happened.
    pub fn readiness(&self) -> BorrowedFd<'_> {
        self.readiness.0.as_fd()
    }

    /// Also watches this fd.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn watch(&self, fd: BorrowedFd<'_>) -> Result<(), Failure> {
        self.readiness.add(fd, readable()).attempt("watch the lab")
    }

    /// No longer watches this fd, if it did.
    pub fn unwatch(&self, fd: BorrowedFd<'_>) {
        let _ = self.readiness.delete(fd);
    }

    /// Waits until something can be read, at most this long; `false` if nothing can.
    pub fn wait(&self, at_most: Duration) -> bool {
        let milliseconds = u16::try_from(at_most.as_millis()).unwrap_or(u16::MAX);
        let mut events = [EpollEvent::empty()];
        let timeout = EpollTimeout::from(milliseconds);
        // A signal that interrupts the wait is like a time-out: the caller looks again.
        self.readiness.wait(&mut events, timeout).is_ok_and(|count| count > 0)
    }

    /// The youngest process of this name.
    pub fn process(&mut self, name: &ProcessName) -> Option<&mut Process> {
        self.processes.iter_mut().rev().find(|process| process.name == *name)
    }

    /// Carries packets and takes replies until two whole passes in a row find that nothing moves:
    /// both TUNs are empty, every process waits, sleeps in its call, is stopped or dead, and none
    /// of them has run in between. `false` if that did not come within the limit.
    ///
    /// A packet that is written to a TUN has passed the receiving kernel when the write is back,
    /// and a process that it wakes is no longer asleep then, so nothing can be missed.
    ///
    /// # Errors
    /// The lab is gone.
    pub fn settle(&mut self) -> Result<bool, Failure> {
        let limit = Instant::now() + REST_LIMIT;
        let mut last_runs = None;
        let mut quiet_passes = 0;
        loop {
            let moved = self.carry() | self.listen()?;
            let rest = self.rest();
            let quiet = !moved && rest.is_some() && rest == last_runs;
            last_runs = rest;
            quiet_passes = if quiet { quiet_passes + 1 } else { 0 };
            if quiet_passes == 2 {
                return Ok(true);
            }
            if Instant::now() > limit {
                return Ok(false);
            }
            if rest.is_none() && !moved {
                // Somebody computes or is on its way to sleep. A reply or a packet ends the wait
                // at once; falling asleep makes no sound, so it is looked for again soon.
                self.wait(Duration::from_millis(1));
            }
        }
    }

    /// How often all processes together were put on a processor, if each of them is at rest.
    fn rest(&mut self) -> Option<u64> {
        let (mut runs, mut quiet) = (0_u64, true);
        for process in &mut self.processes {
            let rest = process.rest();
            quiet &= rest.quiet;
            runs = runs.wrapping_add(rest.runs);
        }
        quiet.then_some(runs)
    }

    /// Takes what the hosts' kernels have sent and carries what the wire lets pass; whether
    /// anything moved.
    fn carry(&mut self) -> bool {
        let mut moved = self.deliver();
        for _ in 0..PACKETS_A_PASS {
            let mut any = false;
            for index in 0..self.hosts.len() {
                let mut buffer = std::mem::take(&mut self.buffer);
                let at = self.born.elapsed();
                if let Some(packet) = self.hosts[index].next_packet(&mut buffer) {
                    any = true;
                    self.switch.send(&self.hosts[index].name, packet, at, &self.ports);
                }
                self.buffer = buffer;
            }
            moved |= any;
            if !any {
                break;
            }
            self.deliver();
        }
        moved
    }

    /// Writes what the wire gives to the receivers' kernels.
    pub fn deliver(&mut self) -> bool {
        let mut any = false;
        while let Some(delivery) = self.switch.next_delivery() {
            any = true;
            let to = delivery.packet.to.as_ref();
            let host = to.and_then(|to| self.hosts.iter().find(|host| host.name == *to));
            let taken = host.is_some_and(|host| host.give(&delivery.packet.bytes));
            self.switch.delivered(delivery, taken);
        }
        any
    }

    /// Takes what the processes have said; whether any has.
    fn listen(&mut self) -> Result<bool, Failure> {
        let mut any = false;
        for index in 0..self.processes.len() {
            while let Some(news) = self.processes[index].news()? {
                any = true;
                self.hear(index, news)?;
            }
        }
        if let Some(lineage) = &mut self.lineage {
            let died = lineage.first.take_died()?;
            for process in &mut self.processes {
                if let Some(end) = process.ended(&died) {
                    any = true;
                    let outcome = Outcome::from(end);
                    let doing = std::mem::replace(&mut process.doing, Doing::Dead(outcome.clone()));
                    if let Doing::Ending(Some(call)) = doing {
                        let pid = process.known.as_ref().map_or(0, |known| known.pid);
                        let written = Vec::new();
                        self.reports.push(Report { call, outcome, pid, written });
                    }
                }
            }
        }
        Ok(any)
    }

    fn hear(&mut self, index: usize, news: News) -> Result<(), Failure> {
        match news {
            News::Hello => Ok(()),
            News::Gone => {
                let process = &self.processes[index];
                self.unwatch(process.as_fd());
                Ok(())
            }
            News::Child => self.adopt(index),
            News::Printed(mut bytes) => {
                self.printed.append(&mut bytes);
                Ok(())
            }
            News::Back(call, outcome) => {
                let process = &self.processes[index];
                if let Outcome::Returned(value) = outcome {
                    self.confine(process, &call, value);
                }
                let pid = process.known.as_ref().map_or(0, |known| known.pid);
                self.reports.push(Report { call, outcome, pid, written: Vec::new() });
                Ok(())
            }
        }
    }

    /// Takes in the child that a process has forked.
    fn adopt(&mut self, parent: usize) -> Result<(), Failure> {
        let process = &mut self.processes[parent];
        let Some((channel, arena)) = process.child.take() else { return Ok(()) };
        let (host, parent_name) = (process.host.clone(), process.name.clone());
        let wanted = match &process.doing {
            Doing::Calling(call) => call.child.clone(),
            _ => None,
        };
        let name = wanted.unwrap_or_else(|| self.name_child(&parent_name));
        self.take_in(Process::new(
            name,
            host,
            Some(parent_name),
            channel,
            Arena::map(&arena).attempt("map the memory of a forked process")?,
        ))
    }

    fn name_child(&mut self, parent: &ProcessName) -> ProcessName {
        let count = self.births.entry(parent.clone()).or_insert(0);
        *count += 1;
        // A name that grows beyond what a name may be is cut in front, where it says least.
        let text = format!("{parent}.{count}");
        let start = text.len().saturating_sub(15);
        ProcessName::parse(&text[start..]).unwrap_or_else(|| parent.clone())
    }

    /// Adds a process.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn take_in(&mut self, process: Process) -> Result<(), Failure> {
        self.watch(process.as_fd())?;
        self.processes.push(process);
        Ok(())
    }

    /// Closes the books on what has happened since the last moment. Calls that have not come back
    /// are reported as blocked, once.
    ///
    /// # Errors
    /// What reading the kernel gives.
    pub fn moment(&mut self, cause: Cause, settled: bool) -> Result<Moment, Failure> {
        self.report_sleepers();
        let before = self.observer.last();
        let snapshot = self.look()?;
        Ok(Moment {
            cause,
            at: snapshot.at,
            reports: std::mem::take(&mut self.reports),
            passages: self.switch.take_passages(),
            changes: changes(&before, &snapshot),
            snapshot,
            printed: std::mem::take(&mut self.printed),
            unsettled: !settled,
        })
    }

    fn report_sleepers(&mut self) {
        for process in &mut self.processes {
            let Doing::Calling(call) = &process.doing else { continue };
            let call = call.clone();
            if !process.reported && process.rest().quiet {
                process.reported = true;
                let pid = process.known.as_ref().map_or(0, |known| known.pid);
                let outcome = Outcome::Blocked;
                self.reports.push(Report { call, outcome, pid, written: Vec::new() });
            }
        }
    }
}

impl Drop for Lab {
    /// Lets go of the lab. The keeper notices and takes it down, while we go on.
    fn drop(&mut self) {
        let Some(lineage) = self.lineage.take() else { return };
        let Lineage { mut keeper, life, first } = lineage;
        if !matches!(keeper.try_wait(), Ok(None)) {
            // Somebody has killed the keeper, so its work is ours: sockets without an owner would
            // keep their namespace alive for minutes.
            for host in &self.hosts {
                destroy_all(host.diag());
            }
        }
        drop((life, first));
        if Arc::strong_count(&self.ended) == 1 {
            // Whoever opened this lab is gone, so nobody else will wait for the keeper.
            let _ = keeper.wait();
            return;
        }
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(keeper);
    }
}

fn readable() -> EpollEvent {
    EpollEvent::new(EpollFlags::EPOLLIN, 0)
}

/// A channel whose messages tell who sent them, for a new process.
pub(super) fn process_channel() -> Result<(Channel, Channel), Errno> {
    let (ours, theirs) = Channel::pair()?;
    ours.know_sender()?;
    Ok((ours, theirs))
}
