//! Which packets of a moment have to do with a socket.

use std::net::SocketAddr;
use std::sync::Arc;

use super::scene::{Ends, Scene, is_delivery};
use crate::model::{Body, Fate, Flags, HostName, Packet, Segment, Socket};

/// What a TCP segment is for, by its control bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    Syn,
    SynAck,
    Fin,
    Rst,
    /// Carries data, no SYN, FIN or RST.
    Data,
    /// Nothing but an acknowledgment.
    Ack,
}

/// The role of a segment. RST counts before FIN, SYN before FIN.
pub fn role(segment: &Segment) -> Role {
    let has = |flag| segment.flags.has(flag);
    if has(Flags::RST) {
        Role::Rst
    } else if has(Flags::SYN) {
        if has(Flags::ACK) { Role::SynAck } else { Role::Syn }
    } else if has(Flags::FIN) {
        Role::Fin
    } else if segment.length > 0 {
        Role::Data
    } else {
        Role::Ack
    }
}

impl<'a> Scene<'a> {
    /// The packets that reached a kernel, in order.
    pub fn arrivals(&self) -> impl Iterator<Item = &'a Arc<Packet>> {
        self.moment.passages.iter().filter(|passage| is_delivery(passage)).map(|p| &p.packet)
    }

    /// The TCP segments that reached this end of a connection, in order.
    pub fn arrived(
        &self,
        host: &HostName,
        ends: Option<Ends>,
    ) -> impl Iterator<Item = (&'a Arc<Packet>, &'a Segment)> {
        let packets = ends.and_then(|ends| self.arrived_between.get(&ends));
        packets.into_iter().flatten().filter_map(move |packet| {
            let mine = packet.to.as_ref() == Some(host);
            mine.then_some((*packet, packet.segment()?))
        })
    }

    /// The last segment in one of these roles that reached the socket.
    pub fn arrived_as(
        &self,
        host: &HostName,
        socket: &Socket,
        roles: &[Role],
    ) -> Option<&'a Arc<Packet>> {
        self.arrived(host, socket.ends())
            .filter(|(_, segment)| roles.contains(&role(segment)))
            .map(|(packet, _)| packet)
            .last()
    }

    /// The segments that this end of a connection sent in this moment, with their fates.
    pub fn sent_by(
        &self,
        host: &HostName,
        ends: Option<Ends>,
    ) -> impl Iterator<Item = (&'a Arc<Packet>, &'a Segment, Fate)> {
        let places = ends.and_then(|ends| self.sent_between.get(&ends));
        places.into_iter().flatten().filter_map(move |place| {
            let (packet, fate) = self.sent[*place];
            let mine = packet.from.as_ref() == Some(host);
            mine.then_some((packet, packet.segment()?, fate))
        })
    }

    /// The last segment in one of these roles that the socket sent, with its fate.
    pub fn sent_as(
        &self,
        host: &HostName,
        socket: &Socket,
        roles: &[Role],
    ) -> Option<(&'a Arc<Packet>, Fate)> {
        self.sent_by(host, socket.ends())
            .filter(|(_, segment, _)| roles.contains(&role(segment)))
            .map(|(packet, _, fate)| (packet, fate))
            .last()
    }

    /// The first ICMP error that reached this host's kernel: its packet, type and code.
    pub fn icmp(&self, host: &HostName) -> Option<(&'a Arc<Packet>, u8, u8)> {
        self.arrivals().filter(|packet| packet.to.as_ref() == Some(host)).find_map(|packet| {
            match packet.body {
                Body::Icmp { kind, code, v6, .. } if is_error(kind, v6) => {
                    Some((packet, kind, code))
                }
                Body::Icmp { .. } | Body::Tcp(_) | Body::Udp { .. } | Body::Other { .. } => None,
            }
        })
    }

    /// A segment of this direction that is in flight at the moment's end: packet and copies.
    pub fn held(
        &self,
        from: SocketAddr,
        to: SocketAddr,
        roles: &[Role],
    ) -> Option<(&'a Arc<Packet>, u32)> {
        self.after().wire.held.iter().find_map(|held| {
            let segment = held.packet.segment()?;
            let mine = segment.source == from && segment.destination == to;
            (mine && roles.contains(&role(segment))).then_some((&held.packet, held.copies))
        })
    }
}

/// Whether an ICMP type reports an error (RFC 792: 3, 11, 12; RFC 4443: below 128).
fn is_error(kind: u8, v6: bool) -> bool {
    if v6 { kind < 128 } else { matches!(kind, 3 | 11 | 12) }
}
