//! A row of the dumps of TCP, UDP and raw sockets: `struct inet_diag_msg`.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, SocketAddrV6};

use crate::lab::netlink::{Attributes, array_at, u32_at};
use crate::model::{Address, Family, Kind, Ownerless, Socket, TcpState, Timer, TimerKind};

use super::request::{AF_INET6, Protocol};
use super::{memory, tcp_info};

/// The size of `struct inet_diag_msg`; attributes stand behind it.
const SIZE: usize = 72;

const INET_DIAG_INFO: u16 = 2;
const INET_DIAG_SKMEMINFO: u16 = 7;
const INET_DIAG_SHUTDOWN: u16 = 8;
const INET_DIAG_PROTOCOL: u16 = 10;
const INET_DIAG_SKV6ONLY: u16 = 11;

const SOCK_STREAM: i32 = 1;
const SOCK_DGRAM: i32 = 2;
const SOCK_RAW: i32 = 3;

/// The socket of one row; `None` if the row is shorter than its structure.
pub(super) fn row(payload: &[u8], protocol: Protocol) -> Option<Socket> {
    let (fixed, attributes) = payload.split_at_checked(SIZE)?;
    let v6 = fixed[0] == AF_INET6;
    let state = TcpState::from_number(fixed[1]);
    let interface = u32_at(fixed, 40)?;
    let inode = u64::from(u32_at(fixed, 68)?);
    let timer = timer(fixed[2], u32_at(fixed, 52)?, fixed[3]);
    let mut socket = Socket {
        kind: kind(v6, protocol),
        state,
        local: Some(address(v6, fixed, 8, 4, interface)?),
        peer: Some(address(v6, fixed, 24, 6, interface)?),
        recv_q: u32_at(fixed, 56),
        send_q: u32_at(fixed, 60),
        timer,
        inode,
        cookie: u64::from(u32_at(fixed, 44)?) | u64::from(u32_at(fixed, 48)?) << 32,
        ownerless: (inode == 0 && protocol == Protocol::Tcp).then(|| ownerless(state?)).flatten(),
        shutdown: None,
        v6only: None,
        partner: None,
        reuse: None,
        tcp: None,
        memory: None,
    };
    for attribute in Attributes::new(attributes) {
        match attribute.kind {
            INET_DIAG_INFO if protocol == Protocol::Tcp => {
                socket.tcp = tcp_info(attribute.payload);
            }
            INET_DIAG_SKMEMINFO => socket.memory = memory(&attribute, Some(protocol)),
            INET_DIAG_SHUTDOWN => socket.shutdown = attribute.u8(),
            INET_DIAG_SKV6ONLY => socket.v6only = attribute.u8().map(|only| only != 0),
            INET_DIAG_PROTOCOL if protocol == Protocol::Raw => {
                socket.kind.protocol = attribute.u8().map_or(socket.kind.protocol, i32::from);
            }
            _ => {}
        }
    }
    Some(socket)
}

fn kind(v6: bool, protocol: Protocol) -> Kind {
    let kind = match protocol {
        Protocol::Tcp => SOCK_STREAM,
        Protocol::Udp => SOCK_DGRAM,
        Protocol::Raw => SOCK_RAW,
    };
    let family = if v6 { Family::Inet6 } else { Family::Inet };
    Kind { family, kind, protocol: i32::from(protocol.number()) }
}

/// The address at `ip` and the port at `port`. A raw socket's port is its protocol, as
/// getsockname(2) says too.
fn address(v6: bool, fixed: &[u8], ip: usize, port: usize, interface: u32) -> Option<Address> {
    let port = u16::from_be_bytes(array_at(fixed, port)?);
    if !v6 {
        let ip = Ipv4Addr::from(array_at::<4>(fixed, ip)?);
        return Some(Address::Inet(SocketAddr::new(IpAddr::V4(ip), port)));
    }
    let ip = Ipv6Addr::from(array_at::<16>(fixed, ip)?);
    // Only a link-local address needs its interface; elsewhere it tells of SO_BINDTODEVICE.
    let scope = if ip.is_unicast_link_local() { interface } else { 0 };
    Some(Address::Inet(SocketAddr::V6(SocketAddrV6::new(ip, port, 0, scope))))
}

fn timer(kind: u8, left_ms: u32, retransmits: u8) -> Option<Timer> {
    let kind = match kind {
        0 => return None,
        1 => TimerKind::Retransmit,
        2 => TimerKind::Keepalive,
        3 => TimerKind::TimeWait,
        4 => TimerKind::ZeroWindowProbe,
        other => TimerKind::Other(other),
    };
    // A timer that is due but has not run yet has "less than nothing" left.
    let left_ms = if left_ms > i32::MAX.cast_unsigned() { 0 } else { left_ms };
    Some(Timer { kind, left_ms, retransmits })
}

/// What a TCP row without an inode is, by its state.
fn ownerless(state: TcpState) -> Option<Ownerless> {
    match state {
        TcpState::SynRecv => Some(Ownerless::SynQueue),
        // A connection whose peer has said goodbye before it was accepted waits on.
        TcpState::Established | TcpState::CloseWait => Some(Ownerless::AcceptQueue),
        // A FIN_WAIT2 on a timer called timewait is one too: closed here, the peer has yet to close.
        TcpState::FinWait1 | TcpState::FinWait2 | TcpState::Closing | TcpState::LastAck => {
            Some(Ownerless::Orphan)
        }
        TcpState::TimeWait => Some(Ownerless::TimeWait),
        TcpState::Close | TcpState::Listen | TcpState::SynSent => None,
    }
}
