//! Which ports a process's sockets have had, for `of NAME` in facts about the wire.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{Address, Change, Moment, ProcessName, Snapshot, Socket};

/// The local ports of every process's sockets since the lab's start. A packet is still NAME's
/// when NAME has closed its socket.
#[derive(Debug, Default)]
pub struct Ports(BTreeMap<ProcessName, BTreeSet<u16>>);

impl Ports {
    /// Looks at what a moment changed.
    pub fn note(&mut self, moment: &Moment) {
        let snapshot = &moment.snapshot;
        for change in &moment.changes {
            match change {
                Change::SocketNew { socket, .. } | Change::SocketChanged { to: socket, .. } => {
                    for (process, _) in snapshot.owners(socket.inode) {
                        self.add(&process.name, socket);
                    }
                }
                Change::FdOpened { process, fd } | Change::FdChanged { process, to: fd, .. } => {
                    self.add_fd(snapshot, process, fd.number);
                }
                Change::ProcessBorn { process } => self.add_all(snapshot, process),
                Change::ProcessState { .. }
                | Change::FdClosed { .. }
                | Change::SocketGone { .. }
                | Change::Counter { .. }
                | Change::Rebooted { .. } => {}
            }
        }
    }

    /// The ports of one process.
    pub fn of(&self, process: &ProcessName) -> Vec<u16> {
        self.0.get(process).into_iter().flatten().copied().collect()
    }

    fn add(&mut self, process: &ProcessName, socket: &Socket) {
        let port = socket.local.as_ref().and_then(Address::port).unwrap_or(0);
        if port != 0 {
            self.0.entry(process.clone()).or_default().insert(port);
        }
    }

    fn add_fd(&mut self, snapshot: &Snapshot, process: &ProcessName, fd: i32) {
        if let Some(socket) = snapshot.socket_of(process, fd) {
            self.add(process, socket);
        }
    }

    /// A forked child has its parent's sockets.
    fn add_all(&mut self, snapshot: &Snapshot, process: &ProcessName) {
        let numbers: Vec<i32> = snapshot
            .process(process)
            .map(|born| born.fds.iter().map(|fd| fd.number).collect())
            .unwrap_or_default();
        for number in numbers {
            self.add_fd(snapshot, process, number);
        }
    }
}
