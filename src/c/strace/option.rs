//! Levels, names and values of socket options.

use std::net::Ipv4Addr;

use super::super::constants;
use super::super::reach::number;
use super::quote::{behind, cut, hexadecimal, integer, pointer, unknown};
use crate::model::Memory;

const SOL_SOCKET: i64 = 1;
const SOL_IP: i64 = 0;
const SO_LINGER: i64 = 13;
const SO_PEERCRED: i64 = 17;
const SO_ERROR: i64 = 4;
const MEMBERSHIP: [i64; 2] = [35, 36];

/// Options of SOL_SOCKET whose value is an `int`, by strace's count: with more bytes given it
/// still shows the first four as a number.
#[rustfmt::skip]
const INTS: [&str; 26] = [
    "SO_DEBUG", "SO_REUSEADDR", "SO_TYPE", "SO_ERROR", "SO_DONTROUTE", "SO_BROADCAST", "SO_SNDBUF",
    "SO_RCVBUF", "SO_SNDBUFFORCE", "SO_RCVBUFFORCE", "SO_KEEPALIVE", "SO_OOBINLINE", "SO_NO_CHECK",
    "SO_PRIORITY", "SO_REUSEPORT", "SO_PASSCRED", "SO_RCVLOWAT", "SO_SNDLOWAT", "SO_TIMESTAMP",
    "SO_ACCEPTCONN", "SO_MARK", "SO_PROTOCOL", "SO_DOMAIN", "SO_PEEK_OFF", "SO_BUSY_POLL",
    "SO_INCOMING_CPU",
];

/// `SOL_SOCKET`; IPPROTO_TCP has the same number as SOL_TCP.
pub(super) fn level(value: i64) -> String {
    match constants::named(value, &["SOL_"]) {
        Some(name) => name.to_owned(),
        None => format!("{:#x} /* SOL_?? */", value as u32),
    }
}

/// The name of an option, which depends on its level.
pub(super) fn name(level: i64, value: i64) -> String {
    let prefix = match level {
        1 => "SO_",
        0 => "IP_",
        6 => "TCP_",
        17 => "UDP_",
        41 => "IPV6_",
        263 => "PACKET_",
        _ => return value.to_string(),
    };
    // The kernel has two of each time-out; this is the one with 64-bit `time_t` from the start.
    match (level, constants::named(value, &[prefix])) {
        (1, Some(name @ ("SO_RCVTIMEO" | "SO_SNDTIMEO"))) => format!("{name}_OLD"),
        (_, Some(name)) => name.to_owned(),
        (_, None) => unknown(value, prefix),
    }
}

fn is_int(level: i64, name: i64) -> bool {
    level == SOL_SOCKET && constants::named(name, &["SO_"]).is_some_and(|name| INTS.contains(&name))
}

/// The value that `setsockopt` is given.
pub(super) fn set(memory: &dyn Memory, level: i64, name: i64, at: i64, length: i64) -> String {
    let length = match u64::try_from(i64::from(length as i32)) {
        Ok(length) if length > 0 => length,
        _ => return pointer(at),
    };
    let special = match (level, name) {
        (SOL_SOCKET, SO_LINGER) => Some((8, linger as fn(&[u8]) -> String)),
        (SOL_IP, name) if MEMBERSHIP.contains(&name) => Some((8, membership as _)),
        _ => None,
    };
    if let Some((needed, show)) = special {
        let bytes = (length >= needed).then(|| memory.read(at as u64, needed as usize)).flatten();
        return bytes.map_or_else(|| pointer(at), |bytes| show(&bytes));
    }
    match length {
        4.. if is_int(level, name) => behind(memory, at),
        _ if is_int(level, name) => pointer(at),
        4 => behind(memory, at),
        length => bytes(memory, at, length),
    }
}

fn bytes(memory: &dyn Memory, at: i64, length: u64) -> String {
    super::quote::buffer(memory, at, length)
}

/// The value that `getsockopt` has written, of `length` bytes.
pub(super) fn got(memory: &dyn Memory, level: i64, name: i64, at: i64, length: i64) -> String {
    let length = u64::try_from(length).unwrap_or(0).min(1 << 20);
    let Some(value) = memory.read(at as u64, length as usize).filter(|_| length > 0) else {
        return pointer(at);
    };
    match (level, name) {
        (SOL_SOCKET, SO_LINGER) => linger(&value),
        (SOL_SOCKET, SO_PEERCRED) if length >= 12 => credentials(&value),
        (SOL_SOCKET, SO_ERROR) if length >= 4 => error(memory, at),
        _ if length == 4 || length > 4 && is_int(level, name) => behind(memory, at),
        _ if is_int(level, name) => hexadecimal(&value),
        _ => cut(&value),
    }
}

/// An error that waited on the socket: `[ECONNREFUSED]`, `[0]`.
fn error(memory: &dyn Memory, at: i64) -> String {
    let value = integer(memory, at as u64, 4).unwrap_or(0) as i32;
    match crate::model::Errno(value).name() {
        Some(name) => format!("[{name}]"),
        None => format!("[{value}]"),
    }
}

/// As much of a `struct linger` as there is.
fn linger(bytes: &[u8]) -> String {
    let field = |at: usize| bytes.get(at..at + 4).map(|bytes| number(bytes) as i32);
    match (field(0), field(4)) {
        (Some(on), Some(seconds)) => format!("{{l_onoff={on}, l_linger={seconds}}}"),
        (Some(on), None) => format!("{{l_onoff={on}}}"),
        (None, _) => cut(bytes),
    }
}

fn membership(bytes: &[u8]) -> String {
    let ip = |at: usize| Ipv4Addr::new(bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]);
    format!("{{imr_multiaddr=inet_addr(\"{}\"), imr_interface=inet_addr(\"{}\")}}", ip(0), ip(4))
}

/// `{pid=2, uid=0, gid=0}`, from 12 bytes.
pub(super) fn credentials(bytes: &[u8]) -> String {
    let field = |at: usize| bytes.get(at..at + 4).map_or(0, |bytes| number(bytes) as i32);
    format!("{{pid={}, uid={}, gid={}}}", field(0), field(4), field(8))
}
