//! One difference between two snapshots, and how to find them all.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::name::{HostName, ProcessName};
use super::pairing;
use super::process::{Fd, Process, ProcessState};
use super::snapshot::Snapshot;
use super::socket::{Socket, TcpState};

/// One difference between two snapshots.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)] // fields: `from` is the earlier value, `to` the later one
pub enum Change {
    /// A process came to be.
    ProcessBorn { process: ProcessName },
    /// A process fell asleep, woke, was stopped or died.
    ProcessState { process: ProcessName, from: ProcessState, to: ProcessState },
    /// A number of an fd table now stands for a file.
    FdOpened { process: ProcessName, fd: Arc<Fd> },
    /// A number of an fd table is free again.
    FdClosed { process: ProcessName, fd: Arc<Fd> },
    /// A number stands for another file, or its flags changed.
    FdChanged { process: ProcessName, from: Arc<Fd>, to: Arc<Fd> },
    /// A socket appeared among the host's sockets.
    SocketNew { host: HostName, socket: Arc<Socket> },
    /// A socket is in no list any more and no fd stands for it.
    SocketGone { host: HostName, socket: Arc<Socket> },
    /// A socket's state, names, queues, timer or owner changed.
    SocketChanged { host: HostName, from: Arc<Socket>, to: Arc<Socket> },
    /// A counter of the host went up.
    Counter { host: HostName, name: String, from: u64, to: u64 },
    /// The host was rebooted.
    Rebooted { host: HostName },
}

impl Change {
    /// The change of a TCP state, if it is one: host, socket after (or before, if it is gone),
    /// the state before and the state after; `None` stands for "no such socket".
    pub fn transition(&self) -> Option<Transition<'_>> {
        let (host, socket, from, to) = match self {
            Change::SocketNew { host, socket } => (host, socket, None, socket.state),
            Change::SocketGone { host, socket } => (host, socket, socket.state, None),
            Change::SocketChanged { host, from, to } => (host, to, from.state, to.state),
            _ => return None,
        };
        (socket.kind.is_tcp() && from != to).then_some(Transition { host, socket, from, to })
    }
}

/// A TCP socket that went from one state to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Transition<'a> {
    /// Its host.
    pub host: &'a HostName,
    /// The socket after the change; before it, if the socket is gone.
    pub socket: &'a Arc<Socket>,
    /// The state before; `None` if there was no such socket.
    pub from: Option<TcpState>,
    /// The state after; `None` if the socket is gone.
    pub to: Option<TcpState>,
}

/// All differences from `before` to `after`: processes, then fds, then sockets host by host, then
/// counters. Time that ran down on a timer is not a change; a timer that started, ended or counted
/// another retransmission is.
pub fn changes(before: &Snapshot, after: &Snapshot) -> Vec<Change> {
    let mut found = Vec::new();
    process_changes(before, after, &mut found);
    for host in &after.hosts {
        let earlier = before.host(&host.name);
        if let Some(earlier) = earlier {
            if Arc::ptr_eq(earlier, host) {
                continue;
            }
            if earlier.boots != host.boots {
                found.push(Change::Rebooted { host: host.name.clone() });
            }
        }
        let empty = Vec::new();
        let old = earlier.map_or(&empty, |earlier| &earlier.sockets);
        socket_changes(&host.name, old, &host.sockets, &mut found);
        for (name, to) in host.counters.iter() {
            let from = earlier.and_then(|e| e.counters.get(name)).copied().unwrap_or(0);
            if *to > from {
                let (host, name) = (host.name.clone(), name.clone());
                found.push(Change::Counter { host, name, from, to: *to });
            }
        }
    }
    found
}

fn process_changes(before: &Snapshot, after: &Snapshot, found: &mut Vec<Change>) {
    for (place, process) in after.processes.iter().enumerate() {
        let name = || process.name.clone();
        // They stand in the order of their birth, so nearly always in the same place.
        let same = |p: &&Arc<Process>| p.outer_pid == process.outer_pid;
        let earlier = before.processes.get(place).filter(same);
        let earlier = earlier.or_else(|| before.processes.iter().find(same));
        let Some(earlier) = earlier else {
            found.push(Change::ProcessBorn { process: name() });
            continue;
        };
        if Arc::ptr_eq(earlier, process) {
            continue;
        }
        if earlier.state != process.state {
            let (from, to) = (earlier.state.clone(), process.state.clone());
            found.push(Change::ProcessState { process: name(), from, to });
        }
        for fd in &earlier.fds {
            match process.fd(fd.number) {
                None => found.push(Change::FdClosed { process: name(), fd: fd.clone() }),
                Some(now) if now != fd => found.push(Change::FdChanged {
                    process: name(),
                    from: fd.clone(),
                    to: now.clone(),
                }),
                Some(_) => {}
            }
        }
        for fd in process.fds.iter().filter(|fd| earlier.fd(fd.number).is_none()) {
            found.push(Change::FdOpened { process: name(), fd: fd.clone() });
        }
    }
}

fn socket_changes(
    host: &HostName,
    before: &[Arc<Socket>],
    after: &[Arc<Socket>],
    found: &mut Vec<Change>,
) {
    for (old, new) in pairing::pairs(before, after) {
        let host = host.clone();
        match (old, new) {
            (None, Some(new)) => found.push(Change::SocketNew { host, socket: new.clone() }),
            (Some(old), Some(new)) if changed(old, new) => {
                found.push(Change::SocketChanged { host, from: old.clone(), to: new.clone() });
            }
            (Some(old), None) => found.push(Change::SocketGone { host, socket: old.clone() }),
            (Some(_), Some(_)) | (None, None) => {}
        }
    }
}

/// Whether anything but the time left on a timer, statistics and memory differs.
fn changed(a: &Socket, b: &Socket) -> bool {
    let timer = |s: &Socket| s.timer.map(|t| (t.kind, t.retransmits));
    (a.state, &a.local, &a.peer, a.recv_q, a.send_q, a.inode, a.ownerless, a.shutdown)
        != (b.state, &b.local, &b.peer, b.recv_q, b.send_q, b.inode, b.ownerless, b.shutdown)
        || timer(a) != timer(b)
}
