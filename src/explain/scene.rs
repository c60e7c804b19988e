//! What a moment and the snapshot before it prove: the questions that all explanations ask.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;

use super::names::{ports_name, socket_name};
use super::past::of_this_lab;
use super::row::Row;
use crate::model::{
    Change, Fate, Fd, Host, HostName, Moment, Outcome, Packet, Passage, Process, ProcessName,
    ProcessState, Report, Snapshot, Socket, Syscall, Transition,
};

/// A moment between two snapshots.
pub struct Scene<'a> {
    /// The kernel's state before.
    pub before: &'a Snapshot,
    /// What happened.
    pub moment: &'a Moment,
    /// The moments before it in the same lab, newest first, as far as they are looked at.
    pub past: Vec<&'a Moment>,
    /// The packets that a kernel sent in this moment, each once, with what became of each by the
    /// moment's end.
    pub sent: Vec<(&'a Arc<Packet>, Fate)>,
    /// Of those, the TCP segments by sender and receiver, as places in `sent`.
    pub sent_between: HashMap<Ends, Vec<usize>>,
    /// The TCP segments that reached a kernel, by receiver and sender, in order.
    pub arrived_between: HashMap<Ends, Vec<&'a Arc<Packet>>>,
}

/// The own end of a connection and the other.
pub type Ends = (SocketAddr, SocketAddr);

impl<'a> Scene<'a> {
    /// The scene of a moment; `before` is the snapshot of the moment before it, `earlier` gives
    /// all that came before, newest first.
    pub fn new(
        before: &'a Snapshot,
        moment: &'a Moment,
        earlier: impl Iterator<Item = &'a Moment>,
    ) -> Self {
        let sent = sent(before, moment);
        let mut sent_between: HashMap<Ends, Vec<usize>> = HashMap::new();
        for (place, (packet, _)) in sent.iter().enumerate() {
            if let Some(segment) = packet.segment() {
                sent_between.entry((segment.source, segment.destination)).or_default().push(place);
            }
        }
        let mut arrived_between: HashMap<Ends, Vec<&'a Arc<Packet>>> = HashMap::new();
        for passage in moment.passages.iter().filter(|passage| is_delivery(passage)) {
            if let Some(segment) = passage.packet.segment() {
                let ends = (segment.destination, segment.source);
                arrived_between.entry(ends).or_default().push(&passage.packet);
            }
        }
        let past = of_this_lab(moment, earlier);
        Self { before, moment, past, sent, sent_between, arrived_between }
    }

    /// The kernel's state afterwards.
    pub fn after(&self) -> &'a Snapshot {
        &self.moment.snapshot
    }

    /// A process as it is now, or as it was.
    pub fn process(&self, name: &ProcessName) -> Option<&'a Arc<Process>> {
        self.after().process(name).or_else(|| self.before.process(name))
    }

    /// The host on which a process lives, as it is now.
    pub fn host_of(&self, name: &ProcessName) -> Option<&'a Arc<Host>> {
        self.after().host(&self.process(name)?.host)
    }

    /// Whether the process slept in a call before this moment.
    pub fn slept(&self, name: &ProcessName) -> bool {
        let process = self.before.process(name);
        process.is_some_and(|p| matches!(p.state, ProcessState::InCall { .. }))
    }

    /// The kernel function in which the process sleeps now, where the kernel told.
    pub fn wchan(&self, name: &ProcessName) -> Option<&'a String> {
        match &self.after().process(name)?.state {
            ProcessState::InCall { wchan, .. } => wchan.as_ref(),
            ProcessState::Ready
            | ProcessState::Running
            | ProcessState::Stopped
            | ProcessState::Dead(_) => None,
        }
    }

    /// The socket behind the fd that the call is about, afterwards.
    pub fn socket_after(&self, report: &Report) -> Option<&'a Arc<Socket>> {
        self.after().socket_of(&report.call.process, subject(report)?)
    }

    /// The socket behind the fd that the call is about, before.
    pub fn socket_before(&self, report: &Report) -> Option<&'a Arc<Socket>> {
        self.before.socket_of(&report.call.process, subject(report)?)
    }

    /// The entry of the fd table that the call is about, before the moment.
    pub fn fd_before(&self, report: &Report) -> Option<&'a Arc<Fd>> {
        self.before.process(&report.call.process)?.fd(subject(report)?)
    }

    /// The socket at the other end of a connection, with its host, if a host has one.
    pub fn peer(&self, socket: &Socket) -> Option<(&'a Arc<Host>, &'a Arc<Socket>)> {
        socket.peer_port()?;
        let (local, peer) = socket.ends()?;
        self.after().hosts.iter().find_map(|host| {
            let row = host.sockets.iter().find(|row| {
                row.kind.protocol == socket.kind.protocol && row.ends() == Some((peer, local))
            });
            row.map(|row| (host, row))
        })
    }

    /// The row of the host that is this socket now, whoever owns it.
    pub fn became(&self, host: &HostName, socket: &Socket) -> Option<&'a Arc<Socket>> {
        self.after().host(host)?.sockets.iter().find(|row| same(row, socket))
    }

    /// The listener by which a queued or accepted connection came in.
    pub fn listener(&self, host: &HostName, connection: &Socket) -> Option<&'a Arc<Socket>> {
        let host = self.after().host(host)?;
        host.sockets.iter().find(|socket| socket.listens_for(connection))
    }

    /// The changes of TCP states.
    pub fn transitions(&self) -> impl Iterator<Item = Transition<'a>> {
        self.moment.changes.iter().filter_map(Change::transition)
    }

    /// The change of the state of this very row, if it changed.
    pub fn transition_of(&self, socket: &Arc<Socket>) -> Option<Transition<'a>> {
        self.transitions().find(|t| t.socket == socket)
    }

    /// How much a counter of a host went up in this moment; 0 if it did not.
    pub fn counted(&self, host: &HostName, counter: &str) -> u64 {
        let mut total: u64 = 0;
        for change in &self.moment.changes {
            if let Change::Counter { host: h, name, from, to } = change
                && h == host
                && name == counter
            {
                total = total.saturating_add(to.saturating_sub(*from));
            }
        }
        total
    }

    /// What a socket is called: `server fd 3, worker fd 3`; one without an fd by host and ports.
    pub fn name(&self, host: &HostName, socket: &Socket) -> String {
        socket_name(self.after(), host, socket)
            .or_else(|| socket_name(self.before, host, socket))
            .unwrap_or_else(|| ports_name(host, socket))
    }

    /// The report of this moment whose call made something of this socket: by the fd it is about,
    /// or by the fd it returned.
    pub fn call_on(&self, socket: &Socket) -> Option<&'a Report> {
        self.moment.reports.iter().find(|report| {
            let touched = [self.socket_before(report), self.socket_after(report)];
            touched.into_iter().flatten().any(|s| same(s, socket))
        })
    }

    /// The processes that ended in this moment, with how.
    pub fn deaths(&self) -> impl Iterator<Item = (&'a ProcessName, &'a Outcome)> {
        self.moment.changes.iter().filter_map(|change| {
            let Change::ProcessState { process, to: ProcessState::Dead(outcome), .. } = change
            else {
                return None;
            };
            Some((process, outcome))
        })
    }

    /// The rows that changed: host, before, after.
    pub fn changed(
        &self,
    ) -> impl Iterator<Item = (&'a HostName, &'a Arc<Socket>, &'a Arc<Socket>)> {
        self.moment.changes.iter().filter_map(|change| {
            let Change::SocketChanged { host, from, to } = change else { return None };
            Some((host, from, to))
        })
    }
}

fn sent<'a>(before: &Snapshot, moment: &'a Moment) -> Vec<(&'a Arc<Packet>, Fate)> {
    let in_flight: HashSet<u64> = before.wire.held.iter().map(|held| held.packet.number).collect();
    let mut places = HashMap::new();
    let mut order: Vec<(&'a Arc<Packet>, Fate)> = Vec::new();
    for passage in &moment.passages {
        let number = passage.packet.number;
        if in_flight.contains(&number) {
            continue;
        }
        let place = *places.entry(number).or_insert_with(|| {
            order.push((&passage.packet, passage.fate));
            order.len() - 1
        });
        order[place].1 = passage.fate;
    }
    order
}

/// The fd that a call is about; `None` where no argument of it is an fd.
pub fn subject(report: &Report) -> Option<i32> {
    let place = match report.call.syscall {
        Syscall::Mmap => 4,
        Syscall::Bind
        | Syscall::Listen
        | Syscall::Accept
        | Syscall::Accept4
        | Syscall::Connect
        | Syscall::Read
        | Syscall::Write
        | Syscall::Readv
        | Syscall::Writev
        | Syscall::Sendto
        | Syscall::Recvfrom
        | Syscall::Sendmsg
        | Syscall::Recvmsg
        | Syscall::Shutdown
        | Syscall::Close
        | Syscall::Dup
        | Syscall::Dup2
        | Syscall::Dup3
        | Syscall::Fcntl
        | Syscall::Ioctl
        | Syscall::Getsockopt
        | Syscall::Setsockopt
        | Syscall::Getsockname
        | Syscall::Getpeername
        | Syscall::EpollCtl
        | Syscall::EpollWait
        | Syscall::Fstat
        | Syscall::Lseek
        | Syscall::Splice
        | Syscall::Sendfile => 0,
        Syscall::Socket
        | Syscall::Socketpair
        | Syscall::Pipe
        | Syscall::Pipe2
        | Syscall::Poll
        | Syscall::Select
        | Syscall::EpollCreate
        | Syscall::EpollCreate1
        | Syscall::Fork
        | Syscall::Execve
        | Syscall::Unlink
        | Syscall::Symlink
        | Syscall::Mkdir
        | Syscall::Chmod
        | Syscall::Open
        | Syscall::Kill
        | Syscall::RtSigaction
        | Syscall::RtSigreturn
        | Syscall::Alarm
        | Syscall::Kcmp
        | Syscall::Getrlimit
        | Syscall::Setrlimit
        | Syscall::Getpid
        | Syscall::Getppid
        | Syscall::Time
        | Syscall::Pause
        | Syscall::Wait4
        | Syscall::Nanosleep
        | Syscall::ExitGroup => return None,
    };
    i32::try_from(report.call.args[place]).ok()
}

/// Whether two rows are one socket: by inode, else by both ends.
pub fn same(a: &Socket, b: &Socket) -> bool {
    if a.inode != 0 && b.inode != 0 {
        return a.inode == b.inode;
    }
    a.kind == b.kind && a.peer_port().is_some() && a.ends() == b.ends()
}

/// Whether the packet reached a kernel.
pub fn is_delivery(passage: &Passage) -> bool {
    matches!(passage.fate, Fate::Delivered | Fate::Duplicated)
}
