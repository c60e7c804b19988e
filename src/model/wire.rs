//! The wire between the hosts: what it lets pass, what it holds, and how packets are named.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::name::{HostName, ProcessName};
use super::packet::{Body, Flags, Packet};

/// Which packets a wire command or a fact means.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filter {
    /// By their control bits and payload.
    pub kind: PacketKind,
    /// Only those whose source or destination port belonged to a socket of this process.
    pub of: Option<ProcessName>,
    /// Only those that this host sent.
    pub from: Option<HostName>,
}

/// A packet by its control bits and payload, as lessons name it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PacketKind {
    /// The first packet of a handshake: SYN without ACK.
    Syn,
    /// Its answer: SYN and ACK.
    SynAck,
    /// A bare ACK: no SYN, FIN or RST, no data.
    Ack,
    /// Carries data but neither SYN, FIN nor RST; a UDP datagram is one too.
    Data,
    /// FIN, with or without ACK and data.
    Fin,
    /// RST, with or without ACK and data.
    Rst,
    /// Every packet.
    Any,
}

impl PacketKind {
    /// Every kind with the word that lessons use for it.
    pub const ALL: [(PacketKind, &str); 7] = [
        (PacketKind::Syn, "SYN"),
        (PacketKind::SynAck, "SYN,ACK"),
        (PacketKind::Ack, "ACK"),
        (PacketKind::Data, "DATA"),
        (PacketKind::Fin, "FIN"),
        (PacketKind::Rst, "RST"),
        (PacketKind::Any, "any"),
    ];

    /// The kind that the word means.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|(_, name)| *name == word).map(|(kind, _)| kind)
    }

    /// Whether `packet` is of this kind.
    pub fn matches(self, packet: &Packet) -> bool {
        let segment = match &packet.body {
            Body::Tcp(segment) => segment,
            Body::Udp { .. } => return matches!(self, PacketKind::Data | PacketKind::Any),
            Body::Icmp { .. } | Body::Other { .. } => return self == PacketKind::Any,
        };
        let has = |flag| segment.flags.has(flag);
        let plain = !has(Flags::SYN) && !has(Flags::FIN) && !has(Flags::RST);
        match self {
            PacketKind::Syn => has(Flags::SYN) && !has(Flags::ACK),
            PacketKind::SynAck => has(Flags::SYN) && has(Flags::ACK),
            PacketKind::Ack => plain && has(Flags::ACK) && segment.length == 0,
            PacketKind::Data => plain && segment.length > 0,
            PacketKind::Fin => has(Flags::FIN),
            PacketKind::Rst => has(Flags::RST),
            PacketKind::Any => true,
        }
    }
}

impl fmt::Display for PacketKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = Self::ALL.iter().find(|(kind, _)| kind == self).map_or("any", |(_, name)| name);
        f.write_str(name)
    }
}

impl Filter {
    /// Every packet.
    pub fn any() -> Self {
        Self { kind: PacketKind::Any, of: None, from: None }
    }

    /// Whether `packet` is meant. `ports` are the ports that sockets of [`Filter::of`]'s process
    /// have had, as the lab remembers them.
    pub fn matches(&self, packet: &Packet, ports: impl Fn(&ProcessName) -> Vec<u16>) -> bool {
        let from = self.from.as_ref().is_none_or(|host| packet.from.as_ref() == Some(host));
        let of = self.of.as_ref().is_none_or(|process| {
            let known = ports(process);
            packet.ports().is_some_and(|(a, b)| known.contains(&a) || known.contains(&b))
        });
        self.kind.matches(packet) && from && of
    }
}

impl fmt::Display for Filter {
    /// As in a lesson: `ACK of client2 from @client`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.kind)?;
        if let Some(process) = &self.of {
            write!(f, " of {process}")?;
        }
        if let Some(host) = &self.from {
            write!(f, " from {host}")?;
        }
        Ok(())
    }
}

/// The wire at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Wire {
    /// What is held when it comes; empty means that the wire is auto.
    pub filters: Vec<Filter>,
    /// The wire is cut: whatever comes is lost, and nothing can be delivered, though what is held
    /// stays in hand.
    pub cut: bool,
    /// The packets in flight, oldest first.
    pub held: Vec<Arc<Held>>,
}

impl Wire {
    /// Whether anything is held back when it comes.
    pub fn is_auto(&self) -> bool {
        self.filters.is_empty()
    }
}

/// A packet in flight.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// The packet, as it came first.
    pub packet: Arc<Packet>,
    /// How many equal packets the kernel has sent by now, this one included.
    pub copies: u32,
    /// When the last of them came, since the lab's start.
    pub last: Duration,
    /// How many packets that came before it and are still held it covers with its own bytes: three
    /// held writes may come again as one segment.
    pub covers: u32,
}
