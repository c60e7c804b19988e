//! One host of a snapshot, prepared for its panes.

use std::collections::HashMap;
use std::sync::Arc;

use super::clock::Clock;
use super::marks::Marks;
use crate::model::{Caller, Host, Process, Snapshot, Socket};

/// A host with its processes and who holds which socket.
pub struct Site<'a> {
    /// The host.
    pub host: &'a Arc<Host>,
    /// Its processes, in the order of their birth.
    pub processes: Vec<&'a Arc<Process>>,
    /// What this moment changed.
    pub marks: &'a Marks,
    /// How its timers are told.
    pub clock: Clock,
    snapshot: &'a Snapshot,
    /// Inode → every fd of this host that stands for it.
    owners: HashMap<u64, Vec<Owner<'a>>>,
    sockets: HashMap<u64, &'a Arc<Socket>>,
}

/// An fd that stands for a socket.
#[derive(Debug, Clone, Copy)]
pub struct Owner<'a> {
    /// Whose.
    pub process: &'a Process,
    /// Its number.
    pub fd: i32,
}

impl<'a> Site<'a> {
    /// The host as the snapshot shows it.
    pub fn new(
        snapshot: &'a Snapshot,
        host: &'a Arc<Host>,
        marks: &'a Marks,
        clock: Clock,
    ) -> Self {
        let processes: Vec<_> = snapshot.on_host(&host.name).collect();
        let mut owners: HashMap<u64, Vec<Owner<'a>>> = HashMap::new();
        for process in &processes {
            for fd in &process.fds {
                if let Some(inode) = fd.file.socket() {
                    owners.entry(inode).or_default().push(Owner { process, fd: fd.number });
                }
            }
        }
        let sockets = host.sockets.iter().filter(|socket| socket.inode != 0);
        let sockets = sockets.map(|socket| (socket.inode, socket)).collect();
        Self { host, processes, marks, clock, snapshot, owners, sockets }
    }

    /// Which end of this socket's connection called the other.
    pub fn caller(&self, socket: &Socket) -> Option<Caller> {
        self.snapshot.caller(self.host, socket)
    }

    /// The fds that stand for this socket.
    pub fn owners(&self, socket: &Socket) -> &[Owner<'a>] {
        self.owners_of(socket.inode)
    }

    /// The fds that stand for the open socket of this inode; 0 is none.
    pub fn owners_of(&self, inode: u64) -> &[Owner<'a>] {
        self.owners.get(&inode).filter(|_| inode != 0).map_or(&[], Vec::as_slice)
    }

    /// The socket of this inode.
    pub fn socket(&self, inode: u64) -> Option<&'a Arc<Socket>> {
        self.sockets.get(&inode).copied()
    }

    /// Whether this moment changed the socket.
    pub fn is_changed(&self, socket: &Socket) -> bool {
        self.marks.socket(&self.host.name, socket)
    }

    /// How many cells the widest fd number of this host takes; 1 if there is none.
    pub fn fd_width(&self) -> usize {
        let numbers = self.processes.iter().flat_map(|process| &process.fds).map(|fd| fd.number);
        numbers.max().map_or(1, |number| number.to_string().len())
    }
}

/// At most `limit` of the items, the changed ones first, in their own order; and how many are left
/// over.
pub fn pick<T>(items: impl Iterator<Item = (T, bool)>, limit: usize) -> (Vec<(T, bool)>, usize) {
    let (mut changed, mut others, mut total) = (Vec::new(), Vec::new(), 0);
    for (index, (item, is_changed)) in items.enumerate() {
        total += 1;
        let room = if is_changed { &mut changed } else { &mut others };
        if room.len() < limit {
            room.push((index, item, is_changed));
        }
    }
    others.truncate(limit - changed.len());
    changed.append(&mut others);
    changed.sort_by_key(|(index, _, _)| *index);
    let more = total - changed.len();
    (changed.into_iter().map(|(_, item, is_changed)| (item, is_changed)).collect(), more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changed_items_are_picked_first_and_order_is_kept() {
        let items = [(1, false), (2, false), (3, true), (4, false), (5, true)];
        let (picked, more) = pick(items.into_iter(), 3);
        assert_eq!(picked, [(1, false), (3, true), (5, true)]);
        assert_eq!(more, 2);
        assert_eq!(pick(items.into_iter(), 0), (vec![], 5));
    }
}
