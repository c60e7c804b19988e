//! What this moment changed, to be looked up while rows are drawn.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use crate::model::{Address, Change, Fd, HostName, Moment, ProcessName, Socket};

/// What a socket is known by within one snapshot: the number that the kernel gives it once, else
/// its inode, else its names.
#[derive(Debug, PartialEq, Eq, Hash)]
enum Id {
    Cookie(u64),
    Inode(u64),
    Names(Option<Address>, Option<Address>),
}

impl Id {
    fn of(socket: &Socket) -> Self {
        match (socket.cookie, socket.inode) {
            (0, 0) => Id::Names(socket.local.clone(), socket.peer.clone()),
            (0, inode) => Id::Inode(inode),
            (cookie, _) => Id::Cookie(cookie),
        }
    }
}

/// The things that carry a `*`.
#[derive(Debug, Default)]
pub struct Marks {
    processes: HashSet<ProcessName>,
    fds: HashSet<(ProcessName, i32)>,
    sockets: HashMap<HostName, HashSet<Id>>,
    closed: Vec<(ProcessName, Arc<Fd>)>,
    gone: Vec<(HostName, Arc<Socket>)>,
}

impl Marks {
    /// What these moments changed.
    pub fn of<'a>(moments: impl Iterator<Item = &'a Moment>) -> Self {
        let mut marks = Self::default();
        for change in moments.flat_map(|moment| &moment.changes) {
            marks.add(change);
        }
        marks
    }

    fn add(&mut self, change: &Change) {
        match change {
            Change::ProcessBorn { process } | Change::ProcessState { process, .. } => {
                self.processes.insert(process.clone());
            }
            Change::FdClosed { process, fd } => self.closed.push((process.clone(), fd.clone())),
            Change::SocketGone { host, socket } => self.gone.push((host.clone(), socket.clone())),
            Change::FdOpened { process, fd } | Change::FdChanged { process, to: fd, .. } => {
                self.fds.insert((process.clone(), fd.number));
            }
            Change::SocketNew { host, socket } | Change::SocketChanged { host, to: socket, .. } => {
                self.sockets.entry(host.clone()).or_default().insert(Id::of(socket));
            }
            Change::Counter { .. } | Change::Rebooted { .. } => {}
        }
    }

    /// Whether the process was born, fell asleep, woke or died.
    pub fn process(&self, name: &ProcessName) -> bool {
        self.processes.contains(name)
    }

    /// Whether the fd was opened or stands for something else.
    pub fn fd(&self, process: &ProcessName, number: i32) -> bool {
        // Cloning a name only counts a reference.
        self.fds.contains(&(process.clone(), number))
    }

    /// The numbers of a process that were closed.
    pub fn closed<'a>(&'a self, process: &'a ProcessName) -> impl Iterator<Item = &'a Arc<Fd>> {
        self.closed.iter().filter(move |(name, _)| name == process).map(|(_, fd)| fd)
    }

    /// The sockets of a host that are in no list any more, as they were.
    pub fn gone<'a>(&'a self, host: &'a HostName) -> impl Iterator<Item = &'a Arc<Socket>> {
        self.gone.iter().filter(move |(name, _)| name == host).map(|(_, socket)| socket)
    }

    /// Whether the socket is new or changed.
    pub fn socket(&self, host: &HostName, socket: &Socket) -> bool {
        self.sockets.get(host).is_some_and(|changed| changed.contains(&Id::of(socket)))
    }
}
