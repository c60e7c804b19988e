//! One socket as the kernel reports it.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use serde::{Deserialize, Serialize};

/// The states of RFC 9293, section 3.3.2, by the names that Linux gives them
/// (`include/net/tcp_states.h`). A request socket (`NEW_SYN_RECV`) says SYN_RECV, a socket that is
/// only bound says CLOSE, as in the kernel's own dump.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
#[allow(missing_docs)] // each is the state of its name in RFC 9293
pub enum TcpState {
    #[serde(rename = "CLOSE")]
    Close,
    Listen,
    SynSent,
    SynRecv,
    Established,
    #[serde(rename = "FIN_WAIT1")]
    FinWait1,
    #[serde(rename = "FIN_WAIT2")]
    FinWait2,
    CloseWait,
    Closing,
    LastAck,
    TimeWait,
}

impl TcpState {
    /// Whether both ends have agreed on sequence numbers: the synchronized states of RFC 9293,
    /// section 3.3.2. SYN_RECV, which waits for the last ACK, is none here.
    pub fn is_connected(self) -> bool {
        match self {
            TcpState::Established
            | TcpState::FinWait1
            | TcpState::FinWait2
            | TcpState::CloseWait
            | TcpState::Closing
            | TcpState::LastAck
            | TcpState::TimeWait => true,
            TcpState::Close | TcpState::Listen | TcpState::SynSent | TcpState::SynRecv => false,
        }
    }

    /// All eleven, in the order of the diagram.
    pub const ALL: [TcpState; 11] = [
        TcpState::Close,
        TcpState::Listen,
        TcpState::SynSent,
        TcpState::SynRecv,
        TcpState::Established,
        TcpState::FinWait1,
        TcpState::FinWait2,
        TcpState::CloseWait,
        TcpState::Closing,
        TcpState::LastAck,
        TcpState::TimeWait,
    ];

    /// The kernel's name, without its `TCP_`.
    pub fn name(self) -> &'static str {
        match self {
            TcpState::Close => "CLOSE",
            TcpState::Listen => "LISTEN",
            TcpState::SynSent => "SYN_SENT",
            TcpState::SynRecv => "SYN_RECV",
            TcpState::Established => "ESTABLISHED",
            TcpState::FinWait1 => "FIN_WAIT1",
            TcpState::FinWait2 => "FIN_WAIT2",
            TcpState::CloseWait => "CLOSE_WAIT",
            TcpState::Closing => "CLOSING",
            TcpState::LastAck => "LAST_ACK",
            TcpState::TimeWait => "TIME_WAIT",
        }
    }

    /// The state of this number in the kernel; a request socket (12) says SYN_RECV, a socket that
    /// is only bound (13) CLOSE.
    pub fn from_number(number: u8) -> Option<Self> {
        Some(match number {
            1 => TcpState::Established,
            2 => TcpState::SynSent,
            3 | 12 => TcpState::SynRecv,
            4 => TcpState::FinWait1,
            5 => TcpState::FinWait2,
            6 => TcpState::TimeWait,
            7 | 13 => TcpState::Close,
            8 => TcpState::CloseWait,
            9 => TcpState::LastAck,
            10 => TcpState::Listen,
            11 => TcpState::Closing,
            _ => return None,
        })
    }

    /// The state of this name; `CLOSED` is taken for CLOSE.
    pub fn from_name(name: &str) -> Option<Self> {
        if name == "CLOSED" {
            return Some(TcpState::Close);
        }
        TcpState::ALL.into_iter().find(|state| state.name() == name)
    }
}

impl fmt::Display for TcpState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The family of a socket, the first argument of socket(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Family {
    /// AF_INET
    Inet,
    /// AF_INET6
    Inet6,
    /// AF_UNIX
    Unix,
    /// AF_PACKET
    Packet,
    /// Any other, by its number.
    Other(i32),
}

/// What kind of socket it is, from family, type and protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Kind {
    /// The first argument of socket(2).
    pub family: Family,
    /// The second argument without its flags: 1 is SOCK_STREAM, 2 SOCK_DGRAM, 3 SOCK_RAW,
    /// 5 SOCK_SEQPACKET.
    pub kind: i32,
    /// The protocol the kernel chose: 6 is TCP, 17 UDP; for a packet socket the ether type.
    pub protocol: i32,
}

impl Kind {
    /// Whether it is a TCP socket over IPv4 or IPv6. A raw socket may bear the number of TCP.
    pub fn is_tcp(self) -> bool {
        matches!(self.family, Family::Inet | Family::Inet6) && self.protocol == 6 && self.kind != 3
    }

    /// Whether it is a raw socket over IPv4 or IPv6 (SOCK_RAW of raw(7)).
    pub fn is_raw(self) -> bool {
        matches!(self.family, Family::Inet | Family::Inet6) && self.kind == 3
    }

    /// The name where room is short: of unix sockets that which `ss` prints.
    pub fn shorter(self) -> String {
        match (self.family, self.kind) {
            (Family::Unix, 1) => "u_str".into(),
            (Family::Unix, 2) => "u_dgr".into(),
            (Family::Unix, 5) => "u_seq".into(),
            (
                Family::Inet | Family::Inet6 | Family::Unix | Family::Packet | Family::Other(_),
                _,
            ) => self.short(),
        }
    }

    /// The short name that panes print: `TCP`, `TCP6`, `UDP`, `unix stream`, `raw`, …
    pub fn short(self) -> String {
        let six = if self.family == Family::Inet6 { "6" } else { "" };
        match (self.family, self.kind, self.protocol) {
            (Family::Inet | Family::Inet6, 3, _) => format!("raw{six}"),
            (Family::Inet | Family::Inet6, _, 6) => format!("TCP{six}"),
            (Family::Inet | Family::Inet6, _, 17) => format!("UDP{six}"),
            (Family::Inet | Family::Inet6, _, p) => format!("IP{six} protocol {p}"),
            (Family::Unix, 1, _) => "unix stream".into(),
            (Family::Unix, 2, _) => "unix dgram".into(),
            (Family::Unix, 5, _) => "unix seqpacket".into(),
            (Family::Unix, t, _) => format!("unix type {t}"),
            (Family::Packet, _, _) => "packet".into(),
            (Family::Other(f), t, p) => format!("family {f} type {t} protocol {p}"),
        }
    }
}

/// A name of a socket, its own or its peer's.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Address {
    /// An IPv4 or IPv6 address with a port; unbound is `0.0.0.0:0`.
    Inet(SocketAddr),
    /// A path in the file system, as bytes.
    Path(Vec<u8>),
    /// An abstract name of unix(7), without its leading zero byte.
    Abstract(Vec<u8>),
    /// A unix socket without a name.
    Unnamed,
    /// The interface's number of a packet socket; 0 is all of them.
    Interface(u32),
}

impl Address {
    /// The port, where there is one; an unbound socket has port 0.
    pub fn port(&self) -> Option<u16> {
        match self {
            Address::Inet(address) => Some(address.port()),
            _ => None,
        }
    }

    /// The IP address, where there is one.
    pub fn ip(&self) -> Option<IpAddr> {
        match self {
            Address::Inet(address) => Some(address.ip()),
            _ => None,
        }
    }
}

/// The timer that runs on a socket (`idiag_timer` of sock_diag(7)).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Timer {
    /// What will happen when it ends.
    pub kind: TimerKind,
    /// How many milliseconds are left.
    pub left_ms: u32,
    /// How often something was sent again already.
    pub retransmits: u8,
}

/// What a socket's timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TimerKind {
    /// Retransmission: a SYN, data or a FIN will be sent again.
    Retransmit,
    /// Keepalive; the kernel reports the SYN-ACK's timer as retransmission.
    Keepalive,
    /// The row goes away: TIME_WAIT, or FIN_WAIT2 of a closed socket.
    TimeWait,
    /// The peer's window is zero and will be probed.
    ZeroWindowProbe,
    /// A kind sockstep does not know, by its number.
    Other(u8),
}

/// What `struct tcp_info` says of a connection (tcp(7), `TCP_INFO`). A field that this kernel's
/// structure is too short for is `None`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TcpInfo {
    /// The state's number in the kernel.
    pub state: u8,
    /// Congestion-control state, 0 is open.
    pub ca_state: u8,
    /// Unanswered retransmissions.
    pub retransmits: u8,
    /// Retransmission time-out in microseconds.
    pub rto_us: Option<u32>,
    /// Largest segment to send, in bytes.
    pub snd_mss: Option<u32>,
    /// Segments sent and not acknowledged; for a listener the accept queue's length.
    pub unacked: Option<u32>,
    /// Segments acknowledged selectively; for a listener the accept queue's limit.
    pub sacked: Option<u32>,
    /// Smoothed round-trip time in microseconds.
    pub rtt_us: Option<u32>,
    /// Congestion window in segments.
    pub snd_cwnd: Option<u32>,
    /// Bytes acknowledged by the peer.
    pub bytes_acked: Option<u64>,
    /// Bytes received in order.
    pub bytes_received: Option<u64>,
    /// Bytes in the send queue that were not sent yet.
    pub notsent_bytes: Option<u32>,
    /// The peer's window in bytes, scaled.
    pub snd_wnd: Option<u32>,
    /// Our own window in bytes, scaled.
    pub rcv_wnd: Option<u32>,
}

/// The memory of a socket (`INET_DIAG_SKMEMINFO`), in bytes of kernel memory, not of payload.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SocketMemory {
    /// Taken by what waits to be read.
    pub receive_used: u32,
    /// SO_RCVBUF.
    pub receive_limit: u32,
    /// Taken by what waits to be sent, and by what was sent and is not confirmed: what the kernel
    /// holds against the limit.
    pub send_used: u32,
    /// SO_SNDBUF.
    pub send_limit: u32,
    /// Datagrams and segments that were dropped for want of room.
    pub drops: Option<u32>,
}

/// What a socket was told about sharing its name with others (socket(7)).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reuse {
    /// SO_REUSEADDR is on.
    pub address: bool,
    /// SO_REUSEPORT is on.
    pub port: bool,
}

/// Why a socket has no fd in any process of its host.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ownerless {
    /// A half-open request in the SYN queue.
    SynQueue,
    /// A whole connection that waits in the accept queue.
    AcceptQueue,
    /// Closed by its process; the kernel finishes the goodbye.
    Orphan,
    /// Only a TIME_WAIT row is left.
    TimeWait,
}

/// One socket of a host.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Socket {
    /// Family, type and protocol.
    pub kind: Kind,
    /// The state, for kinds that have one: TCP always, UDP says CLOSE (not connected) or
    /// ESTABLISHED (connected), a unix stream socket LISTEN, ESTABLISHED or CLOSE.
    pub state: Option<TcpState>,
    /// Its own name; `None` where the kernel reports none (a fresh socket is in no list).
    pub local: Option<Address>,
    /// Its peer's name.
    pub peer: Option<Address>,
    /// The kernel's Recv-Q: bytes to read (an unread FIN counts 1), a listener's accept-queue
    /// length, for UDP and packet sockets bytes of memory. `None`: not reported.
    pub recv_q: Option<u32>,
    /// The kernel's Send-Q: bytes not acknowledged, or a listener's accept-queue limit.
    pub send_q: Option<u32>,
    /// The timer that runs, if any.
    pub timer: Option<Timer>,
    /// The inode, which all fds of this open socket share; 0 for a socket without an fd.
    pub inode: u64,
    /// The number the kernel gives each socket once (`idiag_cookie`); 0 where not reported.
    pub cookie: u64,
    /// Why it has no fd, if it has none.
    pub ownerless: Option<Ownerless>,
    /// Bit 0 set: shutdown for reading, bit 1: for writing. `None`: not reported.
    pub shutdown: Option<u8>,
    /// IPV6_V6ONLY: an IPv6 socket that takes no IPv4. Reported for one that listens, is not
    /// connected or is in no list. `None`: not reported.
    pub v6only: Option<bool>,
    /// The inode of the socket at the other end, for a unix socket that has one with an fd.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub partner: Option<u64>,
    /// What it was told about sharing its name. Reported for a socket that is in no list, for that
    /// one is asked by its fd. `None`: not reported.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reuse: Option<Reuse>,
    /// Details of a TCP connection.
    pub tcp: Option<TcpInfo>,
    /// The socket's memory.
    pub memory: Option<SocketMemory>,
}

impl Socket {
    /// Whether this is a TCP socket that listens.
    pub fn is_listener(&self) -> bool {
        self.kind.is_tcp() && self.state == Some(TcpState::Listen)
    }

    /// Whether connections wait behind it for accept(): behind a listener of unix(7), too. Those
    /// of a unix socket have no rows of their own.
    pub fn has_accept_queue(&self) -> bool {
        let kind = self.kind.is_tcp() || self.kind.family == Family::Unix;
        kind && self.state == Some(TcpState::Listen)
    }

    /// The address as IPv4 where it is a v4-mapped IPv6 address, so that both dumps compare.
    pub fn ends(&self) -> Option<(SocketAddr, SocketAddr)> {
        let plain = |address: &Option<Address>| match address {
            Some(Address::Inet(a)) => Some(SocketAddr::new(a.ip().to_canonical(), a.port())),
            _ => None,
        };
        Some((plain(&self.local)?, plain(&self.peer)?))
    }

    /// Whether `connection` came in by this listener: same port, and the listener's address is
    /// the same or the wildcard. The wildcard of IPv6 takes IPv4 too, if it is not IPV6_V6ONLY.
    pub fn listens_for(&self, connection: &Socket) -> bool {
        let local = connection.ends().map(|(local, _)| local);
        connection.kind.is_tcp() && local.is_some_and(|local| self.listens_at(local))
    }

    /// Whether a call to this address of its host comes to this listener.
    pub fn listens_at(&self, local: SocketAddr) -> bool {
        if !self.is_listener() {
            return false;
        }
        let Some((own, _)) = self.ends() else { return false };
        let family = match (own.is_ipv6(), local.is_ipv6()) {
            (true, false) => self.v6only != Some(true),
            (false, true) => false,
            (true, true) | (false, false) => true,
        };
        own.port() == local.port()
            && family
            && (own.ip().is_unspecified() || own.ip() == local.ip())
    }
}
