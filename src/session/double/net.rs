//! The double's wire: only SYNs travel on it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::kernel::{Kernel, Sock};
use crate::model::{
    Body, Errno, Fate, Filter, Flags, Held, Outcome, Packet, Passage, ProcessName, Segment,
    TcpState, WireAction,
};

impl Kernel {
    /// Sends a SYN for this socket. `None`: the caller sleeps.
    pub(super) fn connect(&mut self, inode: u64, port: u16) -> Option<Outcome> {
        let next_port = self.next_port;
        let socket = self.socket(inode)?;
        if socket.state != TcpState::Close {
            return Some(Outcome::Failed(Errno(106)));
        }
        if socket.local == 0 {
            socket.local = next_port;
            self.next_port += 1;
        }
        let socket = self.socket(inode)?;
        socket.peer_port = port;
        socket.state = TcpState::SynSent;
        let packet = self.syn(inode)?;
        let filters = self.wire.filters.clone();
        if filters.iter().any(|filter| self.matches(filter, &packet)) {
            self.passages.push(Passage { packet: packet.clone(), fate: Fate::Held });
            let held = Held { packet, copies: 1, last: self.now, covers: 0 };
            self.wire.held.push(Arc::new(held));
            return None;
        }
        self.passages.push(Passage { packet: packet.clone(), fate: Fate::Delivered });
        self.arrive(&packet);
        match self.socket(inode)?.state {
            TcpState::Established => Some(Outcome::Returned(0)),
            _ => Some(Outcome::Failed(Errno(111))),
        }
    }

    fn syn(&mut self, inode: u64) -> Option<Arc<Packet>> {
        self.packets += 1;
        let socket = self.sockets.iter().find(|socket| socket.inode == inode)?;
        let (from, to) = (&self.hosts.iter().find(|h| h.0 == socket.host)?, self.other(socket)?);
        let segment = Segment {
            source: SocketAddr::new(IpAddr::V4(from.1), socket.local),
            destination: SocketAddr::new(IpAddr::V4(to.1), socket.peer_port),
            flags: Flags::SYN,
            sequence: 1000,
            acknowledgment: 0,
            relative_sequence: Some(0),
            relative_acknowledgment: None,
            window: 64_240,
            length: 0,
            urgent: None,
            options: Vec::new(),
        };
        Some(Arc::new(Packet {
            number: self.packets,
            from: Some(from.0.clone()),
            to: Some(to.0.clone()),
            at: self.now,
            bytes: Arc::from(&b"\x45\x00"[..]),
            body: Body::Tcp(segment),
        }))
    }

    fn other(&self, socket: &Sock) -> Option<&(crate::model::HostName, std::net::Ipv4Addr, u32)> {
        self.hosts.iter().find(|host| host.0 != socket.host)
    }

    fn matches(&self, filter: &Filter, packet: &Packet) -> bool {
        let ports = |name: &ProcessName| -> Vec<u16> {
            let process = self.processes.iter().find(|process| process.name == *name);
            let inodes = process.map(|process| process.fds.values().copied().collect::<Vec<_>>());
            let inodes = inodes.unwrap_or_default();
            self.sockets.iter().filter(|s| inodes.contains(&s.inode)).map(|s| s.local).collect()
        };
        filter.matches(packet, ports)
    }

    /// A SYN reaches the other host: a listener makes a connection of it, else it is refused.
    fn arrive(&mut self, packet: &Packet) {
        let Some((source, destination)) = packet.ports() else { return };
        let Some(client) = self.sockets.iter().position(|s| {
            s.local == source && s.peer_port == destination && s.state == TcpState::SynSent
        }) else {
            return;
        };
        let listener =
            self.sockets.iter().position(|s| s.local == destination && s.state == TcpState::Listen);
        let Some(listener) = listener else {
            self.sockets[client].state = TcpState::Close;
            return self.wake_all();
        };
        self.inodes += 1;
        let inode = self.inodes;
        let mut conn = self.sockets[client].clone();
        conn.host = self.sockets[listener].host.clone();
        (conn.inode, conn.local, conn.peer_port) = (inode, destination, source);
        (conn.state, conn.peer) = (TcpState::Established, Some(self.sockets[client].inode));
        self.sockets[client].state = TcpState::Established;
        self.sockets[client].peer = Some(inode);
        self.sockets[listener].accept_queue.push(inode);
        self.sockets.push(conn);
        self.wake_all();
    }

    pub(super) fn wire_action(&mut self, action: &WireAction) -> Result<(), String> {
        let find = |kernel: &Self, filter: &Filter| {
            let found =
                kernel.wire.held.iter().position(|held| kernel.matches(filter, &held.packet));
            found.ok_or_else(|| format!("no held packet is {filter}"))
        };
        match action {
            WireAction::Hold(filter) => self.wire.filters.push(filter.clone()),
            WireAction::Auto => {
                self.wire.filters.clear();
                self.deliver_all();
            }
            WireAction::Deliver(filter) => {
                let at = find(self, filter)?;
                self.deliver(at);
            }
            WireAction::DeliverAll => self.deliver_all(),
            WireAction::Drop(filter) => {
                let at = find(self, filter)?;
                let held = self.wire.held.remove(at);
                self.passages.push(Passage { packet: held.packet.clone(), fate: Fate::Dropped });
            }
            WireAction::Duplicate(_) | WireAction::Unreachable(_) => return Err("no".into()),
            WireAction::Swap if self.wire.held.len() < 2 => return Err("nothing to swap".into()),
            WireAction::Swap => self.wire.held.swap(0, 1),
            WireAction::Cut => self.wire.cut = true,
            WireAction::Mend => self.wire.cut = false,
        }
        Ok(())
    }

    fn deliver(&mut self, at: usize) {
        let held = self.wire.held.remove(at);
        self.passages.push(Passage { packet: held.packet.clone(), fate: Fate::Delivered });
        self.arrive(&held.packet);
    }

    fn deliver_all(&mut self) {
        while !self.wire.held.is_empty() {
            self.deliver(0);
        }
    }

    /// The timer of the oldest held SYN: it comes again and is folded.
    pub(super) fn retransmit(&mut self) {
        let oldest = self.wire.held.iter_mut().min_by_key(|held| held.last);
        if let Some(held) = oldest {
            let mut again = Held::clone(held);
            again.copies += 1;
            again.last = self.now;
            self.passages.push(Passage { packet: again.packet.clone(), fate: Fate::Folded });
            *held = Arc::new(again);
        }
    }
}
