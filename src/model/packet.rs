//! A packet as bytes and as meaning, and what became of it on the wire.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::name::HostName;

/// One packet that a host's kernel sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packet {
    /// Counts up from 1 over the life of a lab.
    pub number: u64,
    /// The host whose kernel sent it; `None` for an answer of the wire itself (ICMP).
    pub from: Option<HostName>,
    /// The host that it is for, by its destination address; `None` if no host has it.
    pub to: Option<HostName>,
    /// When it was read from the TUN, since the lab's start.
    pub at: Duration,
    /// The IP packet as the kernel wrote it.
    pub bytes: Arc<[u8]>,
    /// What the bytes mean.
    pub body: Body,
}

/// The meaning of a packet's bytes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Body {
    /// A TCP segment.
    Tcp(Segment),
    /// A UDP datagram.
    Udp {
        /// Sender.
        source: SocketAddr,
        /// Receiver.
        destination: SocketAddr,
        /// Bytes of payload.
        length: usize,
    },
    /// An ICMP or ICMPv6 message.
    Icmp {
        /// Sender.
        source: IpAddr,
        /// Receiver.
        destination: IpAddr,
        /// ICMP type.
        kind: u8,
        /// ICMP code.
        code: u8,
        /// IPv6 or IPv4.
        v6: bool,
    },
    /// Another protocol, or bytes that can't be read as a packet; they are kept as they came.
    Other {
        /// The IP protocol number, if that much could be read.
        protocol: Option<u8>,
    },
}

/// A TCP segment (RFC 9293, section 3.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Segment {
    /// Sender.
    pub source: SocketAddr,
    /// Receiver.
    pub destination: SocketAddr,
    /// FIN, SYN, RST, …
    pub flags: Flags,
    /// The sequence number in the packet.
    pub sequence: u32,
    /// The acknowledgment number in the packet; counts only with ACK.
    pub acknowledgment: u32,
    /// The sequence number counted from the sender's SYN, if the wire saw that.
    pub relative_sequence: Option<u32>,
    /// The acknowledgment number counted from the receiver's SYN, if the wire saw that.
    pub relative_acknowledgment: Option<u32>,
    /// The window in bytes, scaled where the wire saw the scale in the SYN.
    pub window: u32,
    /// Bytes of payload.
    pub length: usize,
    /// The urgent pointer, if URG is set.
    pub urgent: Option<u16>,
    /// Options in the order they stand.
    pub options: Vec<TcpOption>,
}

/// An option of a TCP header.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TcpOption {
    /// Largest segment the sender takes.
    Mss(u16),
    /// The window's shift.
    WindowScale(u8),
    /// Selective acknowledgments are understood.
    SackPermitted,
    /// Blocks received out of order.
    Sack(Vec<(u32, u32)>),
    /// Timestamp and echo.
    Timestamps(u32, u32),
    /// A cookie for Fast Open is asked for (RFC 7413).
    FastOpenRequest,
    /// Any other, by its kind.
    Other(u8),
}

/// The control bits of a TCP segment as they stand in byte 13 of the header.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Flags(pub u8);

impl Flags {
    /// No more data from the sender.
    pub const FIN: Flags = Flags(1);
    /// Synchronize sequence numbers.
    pub const SYN: Flags = Flags(2);
    /// Reset the connection.
    pub const RST: Flags = Flags(4);
    /// Push.
    pub const PSH: Flags = Flags(8);
    /// The acknowledgment number counts.
    pub const ACK: Flags = Flags(16);
    /// The urgent pointer counts.
    pub const URG: Flags = Flags(32);

    /// Whether all bits of `other` are set.
    pub fn has(self, other: Flags) -> bool {
        self.0 & other.0 == other.0
    }

    /// Both sets of bits together.
    pub fn with(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }

    /// These bits less those of `other`.
    pub fn without(self, other: Flags) -> Flags {
        Flags(self.0 & !other.0)
    }
}

impl fmt::Display for Flags {
    /// The bits by name, joined with commas, PSH left out: `SYN,ACK`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const SHOWN: [(Flags, &str); 5] = [
            (Flags::SYN, "SYN"),
            (Flags::FIN, "FIN"),
            (Flags::RST, "RST"),
            (Flags::URG, "URG"),
            (Flags::ACK, "ACK"),
        ];
        let mut first = true;
        for (_, name) in SHOWN.iter().filter(|(bit, _)| self.has(*bit)) {
            if !first {
                f.write_str(",")?;
            }
            f.write_str(name)?;
            first = false;
        }
        Ok(())
    }
}

impl fmt::Debug for Flags {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Flags({self})")
    }
}

impl Packet {
    /// Source and destination port, where the protocol has ports.
    pub fn ports(&self) -> Option<(u16, u16)> {
        match &self.body {
            Body::Tcp(s) => Some((s.source.port(), s.destination.port())),
            Body::Udp { source, destination, .. } => Some((source.port(), destination.port())),
            Body::Icmp { .. } | Body::Other { .. } => None,
        }
    }

    /// The TCP segment, if it is one.
    pub fn segment(&self) -> Option<&Segment> {
        match &self.body {
            Body::Tcp(segment) => Some(segment),
            _ => None,
        }
    }

    /// Bytes of payload; 0 where there is none or it is not known.
    pub fn length(&self) -> usize {
        match &self.body {
            Body::Tcp(segment) => segment.length,
            Body::Udp { length, .. } => *length,
            Body::Icmp { .. } | Body::Other { .. } => 0,
        }
    }

    /// The short name on a ladder's arrow: `SYN`, `SYN,ACK`, `ACK`, `DATA 5`, `FIN,ACK`, `UDP 4`,
    /// `ICMP 3/1`. A FIN or RST that carries data says so: `FIN,ACK+5`.
    pub fn label(&self) -> String {
        match &self.body {
            Body::Tcp(segment) => segment.label(),
            Body::Udp { length, .. } => format!("UDP {length}"),
            Body::Icmp { kind, code, v6, .. } => {
                format!("ICMP{} {kind}/{code}", if *v6 { "v6" } else { "" })
            }
            Body::Other { protocol: Some(protocol) } => format!("protocol {protocol}"),
            Body::Other { protocol: None } => format!("{} bytes", self.bytes.len()),
        }
    }

    /// Whether `other` is a copy of this packet: equal in ends, flags, sequence and length.
    pub fn is_copy_of(&self, other: &Packet) -> bool {
        match (&self.body, &other.body) {
            (Body::Tcp(a), Body::Tcp(b)) => {
                (a.source, a.destination) == (b.source, b.destination)
                    && a.flags.without(Flags::PSH) == b.flags.without(Flags::PSH)
                    && (a.sequence, a.length) == (b.sequence, b.length)
            }
            _ => false,
        }
    }
}

impl Segment {
    /// See [`Packet::label`].
    pub fn label(&self) -> String {
        let control = Flags::SYN.with(Flags::FIN).with(Flags::RST).with(Flags::URG);
        if self.length == 0 {
            self.flags.to_string()
        } else if self.flags.0 & control.0 == 0 {
            format!("DATA {}", self.length)
        } else {
            format!("{}+{}", self.flags, self.length)
        }
    }

    /// How many sequence numbers it takes: its bytes, and one each for SYN and FIN.
    pub fn span(&self) -> u32 {
        let flag = |bit| u32::from(self.flags.has(bit));
        u32::try_from(self.length)
            .unwrap_or(u32::MAX)
            .saturating_add(flag(Flags::SYN) + flag(Flags::FIN))
    }
}

/// What became of a packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Fate {
    /// The wire holds it.
    Held,
    /// A copy of a packet that is held already; the held one counts it.
    Folded,
    /// Given to the receiver's kernel.
    Delivered,
    /// A second copy given to the receiver's kernel; the original stays held.
    Duplicated,
    /// Thrown away by hand.
    Dropped,
    /// Thrown away because the wire is cut.
    Cut,
    /// Answered by the wire with an ICMP error, and thrown away.
    Unreachable,
    /// Thrown away because the wire holds as many packets as it can.
    Overflow,
    /// No host has the destination address.
    NoReceiver,
    /// The receiver's kernel did not take it (its interface is down or its host is gone).
    Refused,
}

/// Something that happened to a packet on the wire, in the order it happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Passage {
    /// The packet.
    pub packet: Arc<Packet>,
    /// What became of it now.
    pub fate: Fate,
}
