//! A snapshot that is built step by step.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use super::{host, process};
use crate::model::{
    Call, Fd, File, Held, Host, Packet, Process, ProcessState, Snapshot, Socket, Wire,
};

/// A snapshot that grows: two hosts, one process on each.
#[derive(Clone)]
pub struct Lab {
    hosts: Vec<Host>,
    processes: Vec<Process>,
    wire: Wire,
}

impl Lab {
    pub fn new() -> Self {
        let one = |name: &str, last: u8| Host {
            name: host(name),
            addresses: vec![format!("198.51.100.{last}").parse().expect("an address")],
            boots: 0,
            sockets: Vec::new(),
            counters: Arc::new(BTreeMap::new()),
        };
        let lab = Self {
            hosts: vec![one("server", 1), one("client", 2)],
            processes: Vec::new(),
            wire: Wire::default(),
        };
        lab.process("server", "server").process("client", "client")
    }

    pub fn process(mut self, name: &str, on: &str) -> Self {
        let number = i32::try_from(self.processes.len()).expect("few processes") + 2;
        self.processes.push(Process {
            name: process(name),
            host: host(on),
            pid: number,
            outer_pid: 1000 + number,
            parent: None,
            state: ProcessState::Ready,
            fds: Vec::new(),
            handling: Vec::new(),
            standard: true,
            stopped_in: None,
        });
        self
    }

    pub fn edit(mut self, name: &str, change: impl FnOnce(&mut Process)) -> Self {
        let name = process(name);
        change(self.processes.iter_mut().find(|p| p.name == name).expect("a known process"));
        self
    }

    pub fn edit_host(mut self, name: &str, change: impl FnOnce(&mut Host)) -> Self {
        let name = host(name);
        change(self.hosts.iter_mut().find(|h| h.name == name).expect("a known host"));
        self
    }

    /// Gives a process an fd with a socket of its own.
    pub fn fd(self, owner: &str, number: i32, socket: Socket) -> Self {
        let process = self.processes.iter().find(|p| p.name.as_str() == owner).expect("known");
        let inode = u64::try_from(process.pid * 1000 + number).expect("positive");
        let on = process.host.as_str().to_owned();
        let socket = Socket { inode, cookie: inode, ..socket };
        self.edit_host(&on, |host| host.sockets.push(Arc::new(socket))).share(owner, number, inode)
    }

    /// Gives a process an fd for an open socket that is there already.
    pub fn share(self, owner: &str, number: i32, inode: u64) -> Self {
        let file = File::Socket(inode);
        self.file(owner, Fd { number, file, cloexec: false, nonblock: false, watches: Vec::new() })
    }

    pub fn file(self, owner: &str, fd: Fd) -> Self {
        self.edit(owner, |process| {
            process.fds.push(Arc::new(fd));
            process.fds.sort_by_key(|fd| fd.number);
        })
    }

    pub fn nonblock(self, owner: &str, number: i32) -> Self {
        self.edit(owner, |process| {
            let fd = process.fds.iter_mut().find(|fd| fd.number == number).expect("a known fd");
            Arc::make_mut(fd).nonblock = true;
        })
    }

    /// A socket without an fd.
    pub fn row(self, on: &str, socket: Socket) -> Self {
        self.edit_host(on, |host| host.sockets.push(Arc::new(socket)))
    }

    pub fn counter(self, on: &str, name: &str, value: u64) -> Self {
        self.edit_host(on, |host| {
            Arc::make_mut(&mut host.counters).insert(name.to_owned(), value);
        })
    }

    pub fn asleep(self, name: &str, call: &Call) -> Self {
        let (call, wchan) = (Arc::new(call.clone()), Some("wait_woken".to_owned()));
        self.edit(name, |process| process.state = ProcessState::InCall { call, wchan })
    }

    pub fn state(self, name: &str, state: ProcessState) -> Self {
        self.edit(name, |process| process.state = state)
    }

    pub fn held(mut self, packet: &Arc<Packet>, copies: u32) -> Self {
        let held = Held { packet: packet.clone(), copies, last: Duration::ZERO, covers: 0 };
        self.wire.held.push(Arc::new(held));
        self
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            at: Duration::ZERO,
            hosts: self.hosts.iter().cloned().map(Arc::new).collect(),
            processes: self.processes.iter().cloned().map(Arc::new).collect(),
            wire: Arc::new(self.wire.clone()),
        }
    }
}
