//! What can be asked of sock_diag(7), as bytes.

use std::net::{IpAddr, SocketAddr};

use crate::lab::netlink::{ACK, DUMP, Messages, REQUEST, Sense, Writer, array_at};
use crate::model::{Address, Family, Socket};

pub(super) const AF_UNIX: u8 = 1;
pub(super) const AF_INET: u8 = 2;
pub(super) const AF_INET6: u8 = 10;
pub(super) const AF_PACKET: u8 = 17;

/// `SOCK_DIAG_BY_FAMILY`.
const BY_FAMILY: u16 = 20;
/// `TCPDIAG_GETSOCK`.
const TCP: u16 = 18;
/// `SOCK_DESTROY`.
const DESTROY: u16 = 21;

/// `INET_DIAG_INFO` and `INET_DIAG_SKMEMINFO`: the bits that ask for `struct tcp_info` and for the
/// socket's memory. The shutdown bits come unasked.
const EXTENSIONS: u8 = 1 << (2 - 1) | 1 << (7 - 1);
/// `UDIAG_SHOW_NAME`, `_PEER`, `_ICONS`, `_RQLEN` and `_MEMINFO`.
const UNIX_SHOW: u32 = 0x01 | 0x04 | 0x08 | 0x10 | 0x20;
/// `PACKET_SHOW_INFO` and `PACKET_SHOW_MEMINFO`.
const PACKET_SHOW: u32 = 0x01 | 0x10;

/// Every state, bits 12 (`NEW_SYN_RECV`, requests in the SYN queue) and 13 (`BOUND_INACTIVE`,
/// sockets that are only bound) included.
pub const ALL_STATES: u32 = u32::MAX;

/// A protocol whose sockets have a dump of their own. ICMP datagram sockets have none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Protocol {
    /// TCP
    Tcp,
    /// UDP
    Udp,
    /// Raw sockets of any IP protocol
    Raw,
}

impl Protocol {
    /// The number in the request; raw sockets are asked for as `IPPROTO_RAW`.
    pub(super) fn number(self) -> u8 {
        match self {
            Protocol::Tcp => 6,
            Protocol::Udp => 17,
            Protocol::Raw => 255,
        }
    }
}

/// One dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Query {
    /// Sockets over IPv4 or IPv6. The IPv4 connections of an IPv6 socket are only in the dump of
    /// IPv6.
    Inet {
        /// IPv6 instead of IPv4.
        v6: bool,
        /// Which protocol.
        protocol: Protocol,
        /// Which states, one bit each; see [`ALL_STATES`].
        states: u32,
        /// Ask for `tcp_info` and memory too; without, a row costs a quarter of the bytes.
        details: bool,
    },
    /// TCP sockets over IPv4 and IPv6 with their details, in one dump. Only the oldest form of the
    /// question can ask for both. It is worth it for small hosts: all namespaces share one table
    /// of listening sockets, which every dump that asks for those walks from end to end.
    Tcp {
        /// Which states, as in [`Query::Inet`].
        states: u32,
    },
    /// Sockets of unix(7).
    Unix,
    /// Sockets of packet(7).
    Packet,
}

impl Query {
    /// All TCP sockets with their details.
    pub const fn tcp(v6: bool) -> Self {
        Query::Inet { v6, protocol: Protocol::Tcp, states: ALL_STATES, details: true }
    }

    /// All UDP sockets with their memory.
    pub const fn udp(v6: bool) -> Self {
        Query::Inet { v6, protocol: Protocol::Udp, states: ALL_STATES, details: true }
    }

    /// All raw sockets.
    pub const fn raw(v6: bool) -> Self {
        Query::Inet { v6, protocol: Protocol::Raw, states: ALL_STATES, details: true }
    }

    /// Everything that a host can be asked, TCP first.
    pub const HOST: [Query; 8] = [
        Query::tcp(false),
        Query::tcp(true),
        Query::udp(false),
        Query::udp(true),
        Query::raw(false),
        Query::raw(true),
        Query::Unix,
        Query::Packet,
    ];

    /// The request to send, with this number. One dump at a time runs on a netlink socket.
    pub fn request(&self, sequence: u32) -> Vec<u8> {
        let kind = if let Query::Tcp { .. } = self { TCP } else { BY_FAMILY };
        let mut writer = Writer::new(kind, REQUEST | DUMP, sequence);
        match *self {
            Query::Tcp { states } => {
                // struct inet_diag_req: the family is not looked at, two prefix lengths, what to
                // tell, the socket, the states, a field that nobody uses.
                writer.bytes(&[AF_INET, 0, 0, EXTENSIONS]);
                writer.bytes(&[0; Id::SIZE]);
                writer.bytes(&states.to_ne_bytes());
                writer.bytes(&[0; 4]);
            }
            Query::Inet { v6, protocol, states, details } => {
                let family = if v6 { AF_INET6 } else { AF_INET };
                let extensions = if details { EXTENSIONS } else { 0 };
                writer.bytes(&[family, protocol.number(), extensions, 0]);
                writer.bytes(&states.to_ne_bytes());
                writer.bytes(&[0; Id::SIZE]);
            }
            Query::Unix => {
                // struct unix_diag_req: family, protocol, padding, states, inode, show, cookie.
                writer.bytes(&[AF_UNIX, 0, 0, 0]);
                writer.bytes(&ALL_STATES.to_ne_bytes());
                writer.bytes(&[0; 4]);
                writer.bytes(&UNIX_SHOW.to_ne_bytes());
                writer.bytes(&[0; 8]);
            }
            Query::Packet => {
                // struct packet_diag_req: family, protocol, padding, inode, show, cookie.
                writer.bytes(&[AF_PACKET, 0, 0, 0]);
                writer.bytes(&[0; 4]);
                writer.bytes(&PACKET_SHOW.to_ne_bytes());
                writer.bytes(&[0; 8]);
            }
        }
        writer.finish()
    }
}

/// What the kernel calls one inet socket: `struct inet_diag_sockid` with its family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Id {
    /// AF_INET or AF_INET6.
    family: u8,
    /// Ports, addresses, interface and cookie as they stand in a row.
    bytes: [u8; Id::SIZE],
}

impl Id {
    /// The size of `struct inet_diag_sockid`.
    const SIZE: usize = 48;

    /// The name of no socket that there can be: its ports are 0.
    pub fn nobody() -> Self {
        Self { family: AF_INET, bytes: [0; Id::SIZE] }
    }

    /// The name of a row that was parsed. `None` if it is no IPv4 or IPv6 socket. A socket that is
    /// bound to an interface is found only by [`ids`].
    pub fn of(socket: &Socket) -> Option<Self> {
        let family = match socket.kind.family {
            Family::Inet => AF_INET,
            Family::Inet6 => AF_INET6,
            Family::Unix | Family::Packet | Family::Other(_) => return None,
        };
        let (Some(Address::Inet(local)), Some(Address::Inet(peer))) = (&socket.local, &socket.peer)
        else {
            return None;
        };
        let mut bytes = [0; Id::SIZE];
        bytes[..2].copy_from_slice(&local.port().to_be_bytes());
        bytes[2..4].copy_from_slice(&peer.port().to_be_bytes());
        put_ip(&mut bytes[4..20], *local);
        put_ip(&mut bytes[20..36], *peer);
        // 36..40 is the interface; the cookie's low half stands first.
        bytes[40..44].copy_from_slice(&low(socket.cookie).to_ne_bytes());
        bytes[44..48].copy_from_slice(&low(socket.cookie >> 32).to_ne_bytes());
        Some(Self { family, bytes })
    }
}

/// The lower half of a number.
fn low(number: u64) -> u32 {
    u32::try_from(number & 0xffff_ffff).unwrap_or(u32::MAX)
}

fn put_ip(into: &mut [u8], address: SocketAddr) {
    match address.ip() {
        IpAddr::V4(v4) => into[..4].copy_from_slice(&v4.octets()),
        IpAddr::V6(v6) => into.copy_from_slice(&v6.octets()),
    }
}

/// The names of all inet rows in a datagram of a dump, for [`destroy`]. Rows of other families,
/// and whatever can't be read, are left out.
pub fn ids(datagram: &[u8]) -> impl Iterator<Item = Id> + '_ {
    let rows = Messages::new(datagram).map_while(Result::ok).filter(|m| m.sense() == Sense::Data);
    rows.filter_map(|row| {
        let family = *row.payload.first()?;
        let bytes = array_at(row.payload, 4)?;
        matches!(family, AF_INET | AF_INET6).then_some(Id { family, bytes })
    })
}

/// `SOCK_DESTROY`: the kernel aborts this socket; answered by an acknowledgment or an errno.
/// Several such messages can be sent in one datagram.
pub fn destroy(id: &Id, protocol: Protocol, sequence: u32) -> Vec<u8> {
    let mut writer = Writer::new(DESTROY, REQUEST | ACK, sequence);
    writer.bytes(&[id.family, protocol.number(), 0, 0]);
    writer.bytes(&ALL_STATES.to_ne_bytes());
    writer.bytes(&id.bytes);
    writer.finish()
}
