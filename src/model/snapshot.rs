//! Everything the kernel says at one moment.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::name::{HostName, ProcessName};
use super::process::{Fd, Process};
use super::socket::{Ownerless, Socket, TcpState};
use super::wire::Wire;

/// The lab as its kernel describes it at one moment. Rows are shared with the snapshot before
/// where they are equal.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Snapshot {
    /// When it was read, since the lab's start.
    pub at: Duration,
    /// The hosts, in the lesson's order.
    pub hosts: Vec<Arc<Host>>,
    /// The processes, in the order of their birth; the dead stay.
    pub processes: Vec<Arc<Process>>,
    /// The wire.
    pub wire: Arc<Wire>,
}

/// A host: a network namespace with a name, addresses and one interface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Host {
    /// Its name.
    pub name: HostName,
    /// Its addresses, IPv4 first.
    pub addresses: Vec<IpAddr>,
    /// How often it was rebooted: a new namespace with the same addresses.
    pub boots: u32,
    /// Every socket the kernel lists, and those that it lists nowhere but that an fd stands for.
    pub sockets: Vec<Arc<Socket>>,
    /// Counters of `/proc/net/snmp` and `/proc/net/netstat` that are not 0, by name
    /// (`ListenOverflows`, `TcpRetransSegs`: as nstat(8), less `TcpExt`).
    pub counters: Arc<BTreeMap<String, u64>>,
}

impl Host {
    /// The socket of this inode; 0 names none.
    pub fn socket(&self, inode: u64) -> Option<&Arc<Socket>> {
        self.sockets.iter().find(|socket| inode != 0 && socket.inode == inode)
    }

    /// The half-open requests that came in by this listener, in the order in which their SYNs came.
    /// The wire has seen that; the kernel lists by hash.
    pub fn syn_queue<'a>(&'a self, listener: &'a Socket) -> impl Iterator<Item = &'a Arc<Socket>> {
        self.queued(listener, Ownerless::SynQueue)
    }

    /// The whole connections that wait for accept() behind this listener, in the order in which
    /// accept() gives them: that of the packets that completed them. None are named where several
    /// listeners share the port (SO_REUSEPORT): the kernel does not report whose they are, only
    /// how many each has.
    pub fn accept_queue<'a>(
        &'a self,
        listener: &'a Socket,
    ) -> impl Iterator<Item = &'a Arc<Socket>> {
        let shared = self.sockets.iter().any(|other| {
            other.is_listener()
                && other.inode != listener.inode
                && (other.kind, &other.local) == (listener.kind, &listener.local)
        });
        self.queued(listener, Ownerless::AcceptQueue).filter(move |_| !shared)
    }

    fn queued<'a>(
        &'a self,
        listener: &'a Socket,
        place: Ownerless,
    ) -> impl Iterator<Item = &'a Arc<Socket>> {
        self.sockets.iter().filter(move |s| s.ownerless == Some(place) && listener.listens_for(s))
    }
}

/// Which end of a connection called the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Caller {
    /// The socket itself.
    Own,
    /// Its peer.
    Peer,
}

impl Snapshot {
    /// Which end of `socket`, a row of `host`, called, as far as rows tell: one that waits in a
    /// queue or has a listener's port was called, one in SYN_SENT or with a listener on the other
    /// side has called. The kernel itself does not remember it.
    pub fn caller(&self, host: &Host, socket: &Socket) -> Option<Caller> {
        let (local, peer) = socket.ends()?;
        let listens = |host: &Host, at| host.sockets.iter().any(|row| row.listens_at(at));
        match (socket.ownerless, socket.state) {
            (Some(Ownerless::SynQueue | Ownerless::AcceptQueue), _) => return Some(Caller::Peer),
            (_, Some(TcpState::SynSent)) => return Some(Caller::Own),
            (Some(Ownerless::Orphan | Ownerless::TimeWait) | None, _) => {}
        }
        let other = self.hosts.iter().find(|host| host.addresses.contains(&peer.ip()));
        let calls = other.is_some_and(|other| listens(other, peer));
        match (listens(host, local), calls) {
            (true, false) => Some(Caller::Peer),
            (false, true) => Some(Caller::Own),
            (true, true) | (false, false) => None,
        }
    }

    /// The host of this name.
    pub fn host(&self, name: &HostName) -> Option<&Arc<Host>> {
        self.hosts.iter().find(|host| host.name == *name)
    }

    /// The youngest process of this name.
    pub fn process(&self, name: &ProcessName) -> Option<&Arc<Process>> {
        self.processes.iter().rev().find(|process| process.name == *name)
    }

    /// The processes that live on a host.
    pub fn on_host<'a>(&'a self, host: &'a HostName) -> impl Iterator<Item = &'a Arc<Process>> {
        self.processes.iter().filter(move |process| process.host == *host)
    }

    /// The socket behind a process's fd.
    pub fn socket_of(&self, process: &ProcessName, fd: i32) -> Option<&Arc<Socket>> {
        let process = self.process(process)?;
        let inode = process.fd(fd)?.file.socket()?;
        self.host(&process.host)?.socket(inode)
    }

    /// Every (process, fd) that stands for this open socket, over all processes.
    pub fn owners(&self, inode: u64) -> impl Iterator<Item = (&Arc<Process>, &Arc<Fd>)> {
        self.processes.iter().flat_map(move |process| {
            let fds = process.fds.iter().filter(move |fd| fd.file.socket() == Some(inode));
            fds.map(move |fd| (process, fd))
        })
    }
}
