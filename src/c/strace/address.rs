//! Socket addresses.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::builtins::ipv6_text;
use super::super::reach::number;
use super::quote::{named, pointer, quoted};
use crate::model::Memory;

/// No address is longer (`struct sockaddr_storage`).
const LONGEST: u64 = 128;

const AF_UNIX: u16 = 1;
const AF_INET: u16 = 2;
const AF_INET6: u16 = 10;
const AF_NETLINK: u16 = 16;
const AF_PACKET: u16 = 17;

/// The address of `length` bytes at `address`; where that can't be one, where it lies.
pub(super) fn sockaddr(memory: &dyn Memory, address: i64, length: i64) -> String {
    let length = match u64::try_from(length) {
        Ok(length) if length >= 2 => length.min(LONGEST),
        _ => return pointer(address),
    };
    match memory.read(address as u64, length as usize) {
        Some(bytes) => meaning(&bytes),
        None => pointer(address),
    }
}

/// `{sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("198.51.100.1")}`.
fn meaning(bytes: &[u8]) -> String {
    let family = u16::from_le_bytes([bytes[0], bytes[1]]);
    let name = named(i64::from(family), &["AF_"]);
    let port = |at: usize| number(&bytes[at..at + 2]) as u16;
    let rest = match family {
        AF_UNIX => unix(&bytes[2..]),
        AF_INET if bytes.len() >= 16 => {
            let ip = Ipv4Addr::new(bytes[4], bytes[5], bytes[6], bytes[7]);
            let port = port(2).swap_bytes();
            format!(", sin_port=htons({port}), sin_addr=inet_addr(\"{ip}\")")
        }
        AF_INET6 if bytes.len() >= 24 => inet6(bytes),
        AF_PACKET if bytes.len() >= 12 => packet(bytes),
        AF_NETLINK if bytes.len() >= 12 => {
            let (pid, groups) = (number(&bytes[4..8]), number(&bytes[8..12]));
            format!(", nl_pid={pid}, nl_groups={groups:#08x}")
        }
        _ if bytes.len() > 2 => format!(", sa_data={}", quoted(&bytes[2..])),
        _ => String::new(),
    };
    format!("{{sa_family={name}{rest}}}")
}

/// A path ends at its first NUL, or where `sun_path` does; an abstract name begins with one and has
/// all its bytes.
fn unix(path: &[u8]) -> String {
    const SUN_PATH: usize = 108;
    match &path[..path.len().min(SUN_PATH)] {
        [] => String::new(),
        [0] => ", sun_path=@\"\"".to_owned(),
        [0, name @ ..] => format!(", sun_path=@{}", quoted(name)),
        path => {
            let end = path.iter().position(|byte| *byte == 0).unwrap_or(path.len());
            format!(", sun_path={}", quoted(&path[..end]))
        }
    }
}

fn inet6(bytes: &[u8]) -> String {
    let port = u16::from_be_bytes([bytes[2], bytes[3]]);
    let flow = u32::from_be_bytes([bytes[4], bytes[5], bytes[6], bytes[7]]);
    let mut octets = [0; 16];
    octets.copy_from_slice(&bytes[8..24]);
    let ip = ipv6_text(Ipv6Addr::from(octets));
    // Behind the address come four bytes that the first version of the struct did not have.
    let scope = match bytes.get(24..) {
        Some(rest) if !rest.is_empty() => {
            format!(", sin6_scope_id={}", number(&rest[..rest.len().min(4)]))
        }
        _ => String::new(),
    };
    format!(
        ", sin6_port=htons({port}), sin6_flowinfo=htonl({flow}), \
         inet_pton(AF_INET6, \"{ip}\", &sin6_addr){scope}"
    )
}

fn packet(bytes: &[u8]) -> String {
    let protocol = u16::from_be_bytes([bytes[2], bytes[3]]);
    let protocol = ether_protocol(protocol);
    let index = number(&bytes[4..8]) as i32;
    let kind = named(i64::from(bytes[10]), &["PACKET_"]);
    let (hardware, length) = (number(&bytes[8..10]), bytes[11]);
    let address = match bytes.get(12..12 + usize::from(length)) {
        Some(address) if length > 0 => {
            let parts: Vec<String> = address.iter().map(|byte| format!("{byte:#04x}")).collect();
            format!(", sll_addr=[{}]", parts.join(", "))
        }
        _ => String::new(),
    };
    format!(
        ", sll_protocol=htons({protocol}), sll_ifindex={index}, sll_hatype={hardware}, \
         sll_pkttype={kind}, sll_halen={length}{address}"
    )
}

/// `ETH_P_ALL`, or the number with a comment.
pub(super) fn ether_protocol(protocol: u16) -> String {
    match super::super::constants::named(i64::from(protocol), &["ETH_P_"]) {
        Some(name) => name.to_owned(),
        None if protocol == 0 => "0 /* ETH_P_??? */".to_owned(),
        None => format!("{protocol:#x} /* ETH_P_??? */"),
    }
}
