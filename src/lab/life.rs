//! The lab: its hosts, its processes and the wire, from its birth to its end.
//!
//! *Must not know*: lessons, C, the screen.

use std::os::fd::{AsFd as _, BorrowedFd};
use std::sync::{Arc, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::epoll::{Epoll, EpollCreateFlags, EpollEvent, EpollFlags, EpollTimeout};
use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use super::birth::{Ended, Lineage};
use super::death::Deaths;
use super::failure::{Attempt as _, Failure};
use super::host::Host;
use super::kernel::destroy_all;
use super::observer::Observer;
use super::output::Printed;
use super::process::Process;
use super::softirq::Softirqs;
use super::sys::Channel;
use super::wire::{Ports, Switch};
use crate::model::{
    Caught, Cause, LabSpec, Moment, ProcessName, RefusedSetting, Report, Rung, Snapshot,
};

/// The largest packet a TUN gives.
const LARGEST_PACKET: usize = 65_536;

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
    /// Signals that were caught since the last moment.
    pub signals: Vec<Arc<Caught>>,
    /// What commands have printed since the last moment.
    pub printed: Printed,
    /// Ends of processes that were told and not used yet.
    pub deaths: Deaths,
    /// Settings that this machine refused, each once.
    pub refused_settings: Vec<RefusedSetting>,
    /// A part of it is gone that it can't do without.
    pub lost: bool,
    /// Work that the kernel has put off.
    pub softirqs: Softirqs,
    ended: Ended,
    readiness: Epoll,
    born: Instant,
    /// Where a packet is read to.
    pub buffer: Vec<u8>,
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
            untold: 0,
            snapshot: Arc::new(Snapshot::default()),
            changes: Vec::new(),
            printed: Vec::new(),
            signals: Vec::new(),
            unprinted: 0,
            unsettled: false,
        };
        Ok(Self {
            switch: Switch::new(addresses),
            softirqs: Softirqs::open(),
            spec,
            lineage: Some(lineage),
            hosts: Vec::new(),
            processes: Vec::new(),
            ports: Ports::new(),
            observer: Observer::default(),
            start,
            next_port: 40_001,
            reports: Vec::new(),
            signals: Vec::new(),
            printed: Printed::default(),
            deaths: Deaths::default(),
            refused_settings: Vec::new(),
            lost: false,
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

    /// Adds a process.
    ///
    /// # Errors
    /// ENOMEM.
    pub fn take_in(&mut self, process: Process) -> Result<(), Failure> {
        for fd in [process.as_fd(), process.output.as_ref().map(|output| output.as_fd())] {
            fd.map_or(Ok(()), |fd| self.watch(fd))?;
        }
        self.processes.push(process);
        Ok(())
    }
}

impl Drop for Lab {
    /// Lets go of the lab. The keeper notices and takes it down, while we go on.
    fn drop(&mut self) {
        let Some(lineage) = self.lineage.take() else { return };
        let Lineage { mut keeper, life, first } = lineage;
        if matches!(keeper.try_wait(), Ok(None)) {
            // Somebody may have stopped it; it could not notice then that we are gone.
            let _ = kill(Pid::from_raw(keeper.id() as i32), Signal::SIGCONT);
        } else {
            // Somebody has killed the keeper, so its work is ours: sockets without an owner would
            // keep their namespace alive for minutes.
            for host in &self.hosts {
                destroy_all(host.diag());
            }
        }
        drop((life, first));
        if Arc::strong_count(&self.ended) == 1 {
            // Whoever opened this lab is gone, so nobody else will wait for the keeper.
            farewell(|| !matches!(keeper.try_wait(), Ok(None)));
            return;
        }
        self.ended.lock().unwrap_or_else(PoisonError::into_inner).push(keeper);
    }
}

/// How long the end of the program waits for its labs to be taken down.
const FAREWELL: Duration = Duration::from_secs(5);

/// Waits until all keepers have finished, but not for ever.
pub(super) fn farewell(mut finished: impl FnMut() -> bool) {
    let end = Instant::now() + FAREWELL;
    while !finished() && Instant::now() < end {
        // Nothing can be waited for but the children; this is the last thing the program does.
        std::thread::park_timeout(Duration::from_millis(2));
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
