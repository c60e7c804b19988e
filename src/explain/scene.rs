//! What a moment and the snapshot before it prove: the questions that all explanations ask.

use std::sync::Arc;

use crate::model::{
    Address, Body, Change, Fate, Host, HostName, Moment, Ownerless, Packet, Passage, Process,
    ProcessName, Report, Snapshot, Socket, Transition,
};

/// A moment between two snapshots.
#[derive(Clone, Copy)]
pub struct Scene<'a> {
    /// The kernel's state before.
    pub before: &'a Snapshot,
    /// What happened.
    pub moment: &'a Moment,
}

impl<'a> Scene<'a> {
    /// The kernel's state afterwards.
    pub fn after(self) -> &'a Snapshot {
        &self.moment.snapshot
    }

    /// A process as it is now, or as it was.
    pub fn process(self, name: &ProcessName) -> Option<&'a Arc<Process>> {
        self.after().process(name).or_else(|| self.before.process(name))
    }

    /// The host on which a process lives, as it is now.
    pub fn host_of(self, name: &ProcessName) -> Option<&'a Arc<Host>> {
        self.after().host(&self.process(name)?.host)
    }

    /// The socket behind the fd that is the call's first argument, as it is now; as it was, if the
    /// fd is gone.
    pub fn socket(self, report: &Report) -> Option<&'a Arc<Socket>> {
        self.socket_after(report).or_else(|| self.socket_before(report))
    }

    /// The socket behind the call's first argument afterwards.
    pub fn socket_after(self, report: &Report) -> Option<&'a Arc<Socket>> {
        self.after().socket_of(&report.call.process, first(report)?)
    }

    /// The socket behind the call's first argument before.
    pub fn socket_before(self, report: &Report) -> Option<&'a Arc<Socket>> {
        self.before.socket_of(&report.call.process, first(report)?)
    }

    /// The packets that reached the kernel of this host, in order.
    pub fn arrived(self, host: &'a HostName) -> impl Iterator<Item = &'a Arc<Packet>> {
        self.moment
            .passages
            .iter()
            .filter(|passage| is_delivery(passage))
            .map(|passage| &passage.packet)
            .filter(move |packet| packet.to.as_ref() == Some(host))
    }

    /// The packets that this host's kernel sent in this moment, each once, whatever became of them.
    pub fn sent(self, host: &'a HostName) -> impl Iterator<Item = &'a Arc<Packet>> {
        let passages = &self.moment.passages;
        let earlier = &self.before.wire;
        passages.iter().enumerate().filter_map(move |(index, passage)| {
            let packet = &passage.packet;
            let again = passages[..index].iter().any(|p| p.packet.number == packet.number)
                || earlier.held.iter().any(|held| held.packet.number == packet.number);
            (packet.from.as_ref() == Some(host) && !again).then_some(packet)
        })
    }

    /// The changes of TCP states.
    pub fn transitions(self) -> impl Iterator<Item = Transition<'a>> {
        self.moment.changes.iter().filter_map(Change::transition)
    }

    /// How much a counter of a host went up in this moment; 0 if it did not.
    pub fn counted(self, host: &HostName, counter: &str) -> u64 {
        let mut total = 0;
        for change in &self.moment.changes {
            if let Change::Counter { host: h, name, from, to } = change
                && h == host
                && name == counter
            {
                total += to.saturating_sub(*from);
            }
        }
        total
    }

    /// What the fds of a socket are called: `server fd 3, worker fd 3`; for a socket without one
    /// its host and ports.
    pub fn name(self, host: &HostName, socket: &Socket) -> String {
        socket_name(self.after(), host, socket)
            .or_else(|| socket_name(self.before, host, socket))
            .unwrap_or_else(|| ports_name(host, socket))
    }
}

/// The call's first argument as an fd.
pub fn first(report: &Report) -> Option<i32> {
    i32::try_from(report.call.args[0]).ok()
}

/// Whether the packet reached a kernel.
pub fn is_delivery(passage: &Passage) -> bool {
    matches!(passage.fate, Fate::Delivered | Fate::Duplicated)
}

/// The fds that stand for a socket, by process and number.
pub fn socket_name(snapshot: &Snapshot, host: &HostName, socket: &Socket) -> Option<String> {
    let mut names = Vec::new();
    if socket.inode != 0 {
        for (process, fd) in snapshot.owners(socket.inode).filter(|(p, _)| p.host == *host) {
            names.push(format!("{} fd {}", process.name, fd.number));
        }
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// `@server 8080<40003` for a queued socket, `@client 40001-8080` for any other without an fd.
pub fn ports_name(host: &HostName, socket: &Socket) -> String {
    let port = |address: &Option<Address>| {
        address.as_ref().and_then(Address::port).map_or_else(|| "?".to_owned(), |p| p.to_string())
    };
    let mark = match socket.ownerless {
        Some(Ownerless::SynQueue | Ownerless::AcceptQueue) => '<',
        Some(Ownerless::Orphan | Ownerless::TimeWait) | None => '-',
    };
    format!("{host} {}{mark}{}", port(&socket.local), port(&socket.peer))
}

/// The packet's label and ports: `SYN 40001>8080`.
pub fn packet_name(packet: &Packet) -> String {
    match &packet.body {
        Body::Tcp(_) | Body::Udp { .. } => match packet.ports() {
            Some((from, to)) => format!("{} {from}>{to}", packet.label()),
            None => packet.label(),
        },
        Body::Icmp { .. } | Body::Other { .. } => packet.label(),
    }
}
