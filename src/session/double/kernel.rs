//! The double's state, its clock and its actions.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{
    Action, Bytes, Call, Caught, HostName, LabSpec, Outcome, Passage, ProcessName, ProcessState,
    Report, Signal, Snapshot, Syscall, TcpState, Wire,
};

use super::signals::Handler;

/// Everything the double knows.
pub struct Kernel {
    pub now: Duration,
    pub hosts: Vec<(HostName, std::net::Ipv4Addr, u32)>,
    pub processes: Vec<Proc>,
    pub sockets: Vec<Sock>,
    pub wire: Wire,
    pub failing: Vec<(String, i32)>,
    pub counters: BTreeMap<String, u64>,
    pub(super) reports: Vec<Report>,
    pub(super) signals: Vec<Arc<Caught>>,
    pub(super) passages: Vec<Passage>,
    pub(super) packets: u64,
    pub(super) inodes: u64,
    pub(super) next_port: u16,
    pub(super) before: Arc<Snapshot>,
}

/// One process.
pub struct Proc {
    pub name: ProcessName,
    pub host: HostName,
    pub pid: i32,
    pub parent: Option<ProcessName>,
    pub state: ProcessState,
    pub fds: BTreeMap<i32, u64>,
    pub memory: Bytes,
    /// When its call ends by itself.
    pub wakes: Option<Duration>,
    pub handlers: BTreeMap<Signal, Handler>,
    /// The handlers that it is in, with what each has interrupted.
    pub handling: Vec<(Arc<Caught>, ProcessState)>,
}

/// One socket.
#[derive(Clone)]
pub struct Sock {
    pub host: HostName,
    pub inode: u64,
    pub state: TcpState,
    pub local: u16,
    /// The inode of the other end.
    pub peer: Option<u64>,
    pub peer_port: u16,
    pub backlog: u32,
    pub accept_queue: Vec<u64>,
    pub received: Vec<u8>,
    pub ended: bool,
}

impl Kernel {
    pub fn new(spec: &LabSpec) -> Self {
        let mut kernel = Self {
            now: Duration::ZERO,
            hosts: spec.hosts.iter().map(|host| (host.name.clone(), host.v4, 0)).collect(),
            processes: Vec::new(),
            sockets: Vec::new(),
            wire: Wire::default(),
            failing: Vec::new(),
            counters: BTreeMap::new(),
            reports: Vec::new(),
            signals: Vec::new(),
            passages: Vec::new(),
            packets: 0,
            inodes: 100,
            next_port: 40_001,
            before: Arc::default(),
        };
        for process in &spec.processes {
            kernel.spawn(&process.name, &process.host, None);
        }
        kernel
    }

    pub fn spawn(&mut self, name: &ProcessName, host: &HostName, parent: Option<usize>) {
        let pid = i32::try_from(self.processes.len()).expect("few processes") + 2;
        let from = parent.map(|index| &self.processes[index]);
        let born = Proc {
            name: name.clone(),
            host: host.clone(),
            pid,
            parent: from.map(|from| from.name.clone()),
            state: ProcessState::Ready,
            fds: from.map(|from| from.fds.clone()).unwrap_or_default(),
            memory: from.map_or_else(Bytes::zeroed, |from| from.memory.clone()),
            wakes: None,
            handlers: from.map(|from| from.handlers.clone()).unwrap_or_default(),
            handling: Vec::new(),
        };
        self.processes.push(born);
    }

    /// The youngest process of this name.
    pub fn find(&self, name: &ProcessName) -> Result<usize, String> {
        let found = self.processes.iter().rposition(|process| process.name == *name);
        found.ok_or_else(|| format!("there is no process {name}"))
    }

    pub fn socket(&mut self, inode: u64) -> Option<&mut Sock> {
        self.sockets.iter_mut().find(|socket| socket.inode == inode)
    }

    pub fn act(&mut self, action: &Action) -> Result<(), String> {
        match action {
            Action::Call(call) => {
                let at = self.find(&call.process)?;
                if self.processes[at].state != ProcessState::Ready {
                    return Err(format!("{} is not ready for {}", call.process, call.typed));
                }
                match call.syscall {
                    Syscall::RtSigreturn => self.go_back(at)?,
                    _ => self.call(at, call),
                }
            }
            Action::Wire(action) => self.wire_action(action)?,
            Action::Spawn { process, host } => self.spawn(process, host, None),
            Action::Run { process, host, .. } => self.spawn(process, host, None),
            Action::Kill { signal, process } => {
                let at = self.find(process)?;
                if matches!(self.processes[at].state, ProcessState::Dead(_)) {
                    return Err(format!("{process} is dead"));
                }
                self.signal(at, *signal);
            }
            Action::Reboot(host) => {
                for at in 0..self.processes.len() {
                    if self.processes[at].host == *host {
                        self.die(at, Outcome::Killed(Signal(9)));
                    }
                }
                self.sockets.retain(|socket| socket.host != *host);
                self.hosts.iter_mut().filter(|h| h.0 == *host).for_each(|h| h.2 += 1);
            }
            Action::Set { .. } => {}
            Action::Wait(time) => self.now += *time,
        }
        Ok(())
    }

    /// SIGUSR1 interrupts a call, everything else kills, unless there is a handler.
    fn signal(&mut self, at: usize, signal: Signal) {
        if let Some(handler) = self.processes[at].handlers.get(&signal) {
            self.catch(at, signal, *handler);
        } else if signal != Signal(10) {
            self.die(at, Outcome::Killed(signal));
        } else if matches!(self.processes[at].state, ProcessState::InCall { .. }) {
            self.wake(at, Outcome::Failed(crate::model::Errno(4)), Vec::new());
        }
    }

    pub fn die(&mut self, at: usize, outcome: Outcome) {
        let state = ProcessState::Dead(outcome.clone());
        let old = std::mem::replace(&mut self.processes[at].state, state);
        if let ProcessState::InCall { call, .. } = old {
            self.report(at, &call, outcome);
        }
        for (_, inode) in std::mem::take(&mut self.processes[at].fds) {
            self.let_go(inode);
        }
    }

    pub fn report(&mut self, at: usize, call: &Arc<Call>, outcome: Outcome) {
        let pid = self.processes[at].pid;
        self.reports.push(Report { call: call.clone(), outcome, pid, written: Vec::new() });
    }

    pub fn sleep(&mut self, at: usize, call: &Arc<Call>) {
        self.processes[at].state = ProcessState::InCall { call: call.clone(), wchan: None };
        self.report(at, call, Outcome::Blocked);
    }

    /// Ends the call in which a process sleeps; `bytes` go to its second argument.
    pub fn wake(&mut self, at: usize, outcome: Outcome, bytes: Vec<u8>) {
        use crate::model::Memory as _;
        let old = std::mem::replace(&mut self.processes[at].state, ProcessState::Ready);
        self.processes[at].wakes = None;
        let ProcessState::InCall { call, .. } = old else { return };
        if !bytes.is_empty() {
            let address = u64::try_from(call.args[1]).unwrap_or(0);
            self.processes[at].memory.write(address, &bytes);
        }
        self.report(at, &call, outcome);
    }

    /// Lets at most `within` pass; whether something happened by itself.
    pub fn wait(&mut self, within: Duration) -> bool {
        let end = self.now + within;
        match self.due() {
            Some(due) if due <= end => {
                self.now = self.now.max(due);
                let sleepers = (0..self.processes.len())
                    .find(|at| self.processes[*at].wakes.is_some_and(|wakes| wakes <= self.now));
                match sleepers {
                    Some(at) => self.wake(at, Outcome::Returned(0), Vec::new()),
                    None => self.retransmit(),
                }
                true
            }
            Some(_) | None => {
                self.now = end;
                false
            }
        }
    }

    pub fn due(&self) -> Option<Duration> {
        let sleepers = self.processes.iter().filter_map(|process| process.wakes);
        let held = self.wire.held.iter().map(|held| held.last + Duration::from_secs(1));
        sleepers.chain(held).min()
    }
}
