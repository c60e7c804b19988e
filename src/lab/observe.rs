//! Reading a snapshot: what the kernel says of every process, fd and socket right now.

use std::collections::{HashMap, HashSet};
use std::fs;
use std::sync::Arc;

use super::diag::tcp_info;
use super::failure::{Attempt as _, Failure};
use super::fd_table::Fds;
use super::kernel::dump;
use super::life::Lab;
use super::proc;
use super::process::Doing;
use super::sys::Peeked;
use crate::model::{
    Body, Family, Host, Kind, Passage, Process, ProcessState, Reuse, Snapshot, Socket,
    SocketMemory, TcpInfo, TcpState,
};

impl Lab {
    /// Reads everything anew. Rows that are as before are the same rows.
    ///
    /// # Errors
    /// What reading the kernel gives.
    pub fn look(&mut self) -> Result<Arc<Snapshot>, Failure> {
        let last = self.observer.last();
        let processes = self.look_at_processes(&last)?;
        self.learn_kinds();
        let mut hosts = Vec::with_capacity(self.hosts.len());
        for index in 0..self.hosts.len() {
            hosts.push(self.look_at_host(index, &processes, &last)?);
        }
        let wire = self.switch.wire();
        let snapshot = Arc::new(Snapshot { at: self.now(), hosts, processes, wire });
        self.remember_ports(&snapshot);
        self.observer.last = snapshot.clone();
        Ok(snapshot)
    }

    fn look_at_processes(&mut self, last: &Snapshot) -> Result<Vec<Arc<Process>>, Failure> {
        let mut seen = Vec::with_capacity(self.processes.len());
        for process in &mut self.processes {
            let (Some(pid), Some(outer_pid)) = (process.pid, process.outer) else { continue };
            // They stand in the order of their birth, so nearly always in the same place.
            let place = last.processes.get(seen.len()).filter(|p| p.outer_pid == outer_pid);
            let earlier =
                place.or_else(|| last.processes.iter().find(|p| p.outer_pid == outer_pid));
            let dead = earlier.filter(|row| !row.is_alive() && row.name == process.name);
            if let Some(earlier) = dead.filter(|_| !process.is_alive()) {
                seen.push(earlier.clone());
                continue;
            }
            let state = match &process.doing {
                Doing::Dead(outcome) => ProcessState::Dead(outcome.clone()),
                _ if process.is_stopped() => ProcessState::Stopped,
                Doing::Calling { call, reported: true } => {
                    let wchan = known_wchan(outer_pid);
                    ProcessState::InCall { call: call.clone(), wchan }
                }
                Doing::Ready => ProcessState::Ready,
                Doing::Calling { reported: false, .. }
                | Doing::Starting
                | Doing::Ending(_)
                | Doing::Command => ProcessState::Running,
            };
            let fds = match (&process.fds, &state) {
                (_, ProcessState::Dead(_)) => Fds { open: Vec::new(), standard: true },
                (Some(fds), _) => fds.clone(),
                (None, _) => {
                    let is_command = matches!(process.doing, Doing::Command);
                    let fds = process.known.as_ref().map_or_else(Fds::default, |known| {
                        self.observer.fds.read(known, is_command)
                    });
                    // A call that has not come back, and a command, may still change it.
                    let steady = matches!(process.doing, Doing::Ready);
                    process.fds = steady.then(|| fds.clone());
                    fds
                }
            };
            let stopped_in = if let Doing::Calling { call, reported: true } = &process.doing {
                Some(call.clone()).filter(|_| state == ProcessState::Stopped)
            } else {
                None
            };
            let row = Process {
                name: process.name.clone(),
                host: process.host.clone(),
                pid,
                outer_pid,
                parent: process.parent.clone(),
                handling: match &state {
                    ProcessState::Dead(_) => Vec::new(),
                    _ => process.handling.iter().map(|handling| handling.caught.clone()).collect(),
                },
                state,
                fds: fds.open,
                standard: fds.standard,
                stopped_in,
            };
            seen.push(match earlier {
                Some(earlier) if **earlier == row => earlier.clone(),
                _ => Arc::new(row),
            });
        }
        Ok(seen)
    }

    /// Asks each socket that was not seen before what it is.
    fn learn_kinds(&mut self) {
        for process in self.processes.iter().filter(|process| process.is_alive()) {
            let Some(known) = &process.known else { continue };
            for fd in process.fds.iter().flat_map(|fds| &fds.open) {
                let Some(inode) = fd.file.socket() else { continue };
                if self.observer.kinds.contains_key(&inode) {
                    continue;
                }
                if let Ok(peeked) = known.handle.peek(fd.number) {
                    let kind = kind_of(&peeked);
                    self.observer.kinds.insert(inode, kind);
                }
            }
        }
    }

    fn look_at_host(
        &mut self,
        index: usize,
        processes: &[Arc<Process>],
        last: &Snapshot,
    ) -> Result<Arc<Host>, Failure> {
        let name = self.hosts[index].name.clone();
        let own: Vec<&Arc<Process>> = processes.iter().filter(|p| p.host == name).collect();
        for inode in own.iter().flat_map(|p| &p.fds).filter_map(|fd| fd.file.socket()) {
            self.hosts[index].wanted.add(self.observer.kinds.get(&inode).copied());
        }
        let host = &mut self.hosts[index];
        let kinds = &self.observer.kinds;
        let all_listed = |rows: &[Socket]| {
            let listed: HashSet<u64> = rows.iter().map(|row| row.inode).collect();
            let fds = own.iter().flat_map(|process| &process.fds);
            let mut inodes = fds.filter_map(|fd| fd.file.socket());
            let tcp = |inode: &u64| kinds.get(inode).is_none_or(|kind| kind.is_tcp());
            inodes.all(|inode| listed.contains(&inode) || !tcp(&inode))
        };
        let rows = dump(host.diag(), host.wanted, &host.sockets, all_listed)
            .attempt(format!("read the sockets of {name}"))?;
        let mut rows = self.own_rows(index, &own, rows);
        self.leave_out_talk(&mut rows);
        self.add_raw(index, &own, &mut rows);
        self.add_unlisted(&own, &mut rows);
        let host = &mut self.hosts[index];
        host.arrivals.order(&mut rows, self.switch.passages());
        host.sockets = rows;
        let over_v6 = |passage: &Passage| {
            passage.packet.to.as_ref() == Some(&host.name)
                && matches!(&passage.packet.body, Body::Udp { destination, .. } if destination.is_ipv6())
        };
        let v6 = self.switch.passages().iter().any(over_v6);
        let counters = host.count(v6)?;
        let row = Host {
            name,
            addresses: host.addresses.clone(),
            boots: host.boots,
            sockets: host.sockets.clone(),
            counters,
        };
        Ok(match last.host(&row.name) {
            Some(earlier) if **earlier == row => earlier.clone(),
            _ => Arc::new(row),
        })
    }

    /// Leaves out the channels of forked processes, which were made on their host: no learner's
    /// call has made them.
    fn leave_out_talk(&self, rows: &mut Vec<Arc<Socket>>) {
        let talk = |inode: u64| self.processes.iter().any(|process| process.talk == Some(inode));
        rows.retain(|row| {
            row.kind.family != Family::Unix || !talk(row.inode) && !row.partner.is_some_and(talk)
        });
    }

    /// Adds the raw sockets of the host's processes, where the kernel has no dump of them.
    fn add_raw(&self, host: usize, processes: &[&Arc<Process>], rows: &mut Vec<Arc<Socket>>) {
        let listed: HashSet<u64> = rows.iter().map(|row| row.inode).collect();
        let fds = processes.iter().flat_map(|process| &process.fds);
        let raw = |inode: &u64| self.observer.kinds.get(inode).is_some_and(|kind| kind.is_raw());
        let missing: HashSet<u64> = fds
            .filter_map(|fd| fd.file.socket())
            .filter(|inode| !listed.contains(inode) && raw(inode))
            .collect();
        if !missing.is_empty() {
            let found = self.hosts[host].raw_sockets().into_iter();
            rows.extend(found.filter(|row| missing.contains(&row.inode)).map(Arc::new));
        }
    }

    /// Adds the sockets that an fd stands for and that are in none of the kernel's lists: fresh,
    /// refused, reset or wholly closed ones. They are asked by their fd.
    fn add_unlisted(&self, processes: &[&Arc<Process>], rows: &mut Vec<Arc<Socket>>) {
        let listed: HashSet<u64> = rows.iter().map(|row| row.inode).collect();
        let mut added = HashSet::new();
        for process in processes {
            for fd in &process.fds {
                let Some(inode) = fd.file.socket() else { continue };
                if listed.contains(&inode) || !added.insert(inode) {
                    continue;
                }
                let handle = self
                    .processes
                    .iter()
                    .filter_map(|p| p.known.as_ref())
                    .find(|known| known.outer == process.outer_pid);
                let peeked = handle.and_then(|known| known.handle.peek(fd.number).ok());
                let Some(peeked) = peeked else { continue };
                let kind = kind_of(&peeked);
                let info = peeked.tcp_info.as_deref().and_then(tcp_info);
                let mut row = unlisted(kind, inode, info);
                row.reuse = reuse_of(kind, &peeked);
                row.v6only = peeked.v6only;
                row.memory = memory_of(kind, &peeked);
                rows.push(Arc::new(row));
            }
        }
    }

    fn remember_ports(&mut self, snapshot: &Snapshot) {
        for host in &snapshot.hosts {
            let ports: HashMap<u64, u16> = host
                .sockets
                .iter()
                .filter_map(|row| Some((row.inode, row.local.as_ref()?.port()?)))
                .filter(|(inode, port)| *inode != 0 && *port != 0)
                .collect();
            for process in snapshot.on_host(&host.name) {
                let inodes = process.fds.iter().filter_map(|fd| fd.file.socket());
                let known = self.ports.entry(process.name.clone()).or_default();
                for port in inodes.filter_map(|inode| ports.get(&inode)) {
                    known.insert(*port);
                    if *port == self.next_port {
                        self.next_port = self.next_port.checked_add(1).unwrap_or(40_001);
                    }
                }
            }
        }
    }
}

/// What a socket is, from what it says of itself.
fn kind_of(peeked: &Peeked) -> Kind {
    let family = match peeked.domain {
        libc::AF_INET => Family::Inet,
        libc::AF_INET6 => Family::Inet6,
        libc::AF_UNIX => Family::Unix,
        libc::AF_PACKET => Family::Packet,
        other => Family::Other(other),
    };
    Kind { family, kind: peeked.kind, protocol: peeked.protocol }
}

/// The memory of an internet socket, in the words of its own answer.
fn memory_of(kind: Kind, peeked: &Peeked) -> Option<SocketMemory> {
    let internet = matches!(kind.family, Family::Inet | Family::Inet6);
    let [receive_used, receive_limit, sent, send_limit, _, queued, _, _, drops] =
        peeked.memory.filter(|_| internet)?;
    // TCP counts what waits to be sent, the others what was sent and is not confirmed.
    let send_used = if kind.is_tcp() { queued } else { sent };
    Some(SocketMemory { receive_used, receive_limit, send_used, send_limit, drops: Some(drops) })
}

/// What an internet socket was told about sharing its name; for others it means nothing.
fn reuse_of(kind: Kind, peeked: &Peeked) -> Option<Reuse> {
    let internet = matches!(kind.family, Family::Inet | Family::Inet6);
    let (address, port) = peeked.reuse_address.zip(peeked.reuse_port).filter(|_| internet)?;
    Some(Reuse { address, port })
}

/// A socket of which the kernel reports nothing but what its fd tells.
fn unlisted(kind: Kind, inode: u64, tcp: Option<TcpInfo>) -> Socket {
    Socket {
        kind,
        state: tcp.as_ref().and_then(|info| TcpState::from_number(info.state)),
        local: None,
        peer: None,
        recv_q: None,
        send_q: None,
        timer: None,
        inode,
        cookie: 0,
        ownerless: None,
        shutdown: None,
        v6only: None,
        partner: None,
        reuse: None,
        tcp,
        memory: None,
    }
}

/// The kernel function in which a process sleeps.
fn known_wchan(outer: i32) -> Option<String> {
    proc::wchan(&fs::read(format!("/proc/{outer}/wchan")).ok()?)
}
