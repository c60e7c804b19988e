//! The double's snapshots. Rows that did not change are shared, as in a real lab.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::kernel::{Kernel, Proc, Sock};
use crate::model::{
    Address, Cause, Family, Fd, File, Host, Kind, Moment, Ownerless, Process, Snapshot, Socket,
    TcpState, changes,
};

impl Kernel {
    /// Reads everything, and hands out what happened since.
    pub fn moment(&mut self, cause: Cause) -> Moment {
        let before = self.before.clone();
        let snapshot = Arc::new(self.snapshot(&before));
        let changes = match cause {
            Cause::Start => Vec::new(),
            Cause::Action(_) | Cause::Statement { .. } | Cause::Kernel => {
                changes(&before, &snapshot)
            }
        };
        self.before = snapshot.clone();
        Moment {
            cause,
            at: self.now,
            reports: std::mem::take(&mut self.reports),
            passages: std::mem::take(&mut self.passages),
            untold: 0,
            snapshot,
            changes,
            printed: Vec::new(),
            signals: std::mem::take(&mut self.signals),
            unprinted: 0,
            unsettled: false,
        }
    }

    fn snapshot(&self, before: &Snapshot) -> Snapshot {
        let hosts = self.hosts.iter().map(|(name, address, boots)| {
            let old = before.host(name);
            let rows = self.sockets.iter().filter(|socket| socket.host == *name);
            let sockets = rows.map(|row| {
                let row = self.row(row, *address);
                let same = old.and_then(|old| old.sockets.iter().find(|socket| ***socket == row));
                same.cloned().unwrap_or_else(|| Arc::new(row))
            });
            let host = Host {
                name: name.clone(),
                addresses: vec![IpAddr::V4(*address)],
                boots: *boots,
                sockets: sockets.collect(),
                counters: Arc::new(self.counters.clone()),
            };
            old.filter(|old| ***old == host).cloned().unwrap_or_else(|| Arc::new(host))
        });
        let processes = self.processes.iter().map(|process| {
            let row = process_row(process);
            let same = before.processes.iter().find(|old| ***old == row);
            same.cloned().unwrap_or_else(|| Arc::new(row))
        });
        Snapshot {
            at: self.now,
            hosts: hosts.collect(),
            processes: processes.collect(),
            wire: Arc::new(self.wire.clone()),
        }
    }

    fn row(&self, socket: &Sock, own: Ipv4Addr) -> Socket {
        let length = |length: usize| u32::try_from(length).unwrap_or(u32::MAX);
        let listens = socket.state == TcpState::Listen;
        let fd = self.processes.iter().any(|p| p.fds.values().any(|i| *i == socket.inode));
        let other = self.hosts.iter().find(|host| host.0 != socket.host);
        let other = other.map_or(Ipv4Addr::UNSPECIFIED, |host| host.1);
        let name = |ip: Ipv4Addr, port: u16| Address::Inet(SocketAddr::new(IpAddr::V4(ip), port));
        let known = socket.local != 0;
        Socket {
            kind: Kind { family: Family::Inet, kind: 1, protocol: 6 },
            state: Some(socket.state),
            local: known
                .then(|| name(if listens { Ipv4Addr::UNSPECIFIED } else { own }, socket.local)),
            peer: known.then(|| match socket.peer_port {
                0 => name(Ipv4Addr::UNSPECIFIED, 0),
                port => name(other, port),
            }),
            recv_q: Some(if listens {
                length(socket.accept_queue.len())
            } else {
                length(socket.received.len()) + u32::from(socket.ended)
            }),
            send_q: Some(if listens { socket.backlog } else { 0 }),
            timer: None,
            inode: if fd { socket.inode } else { 0 },
            cookie: socket.inode,
            ownerless: (!fd).then_some(Ownerless::AcceptQueue),
            shutdown: None,
            v6only: None,
            partner: None,
            reuse: None,
            tcp: None,
            memory: None,
        }
    }
}

fn process_row(process: &Proc) -> Process {
    let fds = process.fds.iter().map(|(number, inode)| {
        let file = File::Socket(*inode);
        Arc::new(Fd { number: *number, file, cloexec: false, nonblock: false, watches: Vec::new() })
    });
    Process {
        name: process.name.clone(),
        host: process.host.clone(),
        pid: process.pid,
        outer_pid: process.pid + 1000,
        parent: process.parent.clone(),
        state: process.state.clone(),
        fds: fds.collect(),
        handling: process.handling.iter().map(|(caught, _)| caught.clone()).collect(),
        standard: true,
        stopped_in: None,
    }
}
