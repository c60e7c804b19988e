//! `/proc/net/raw` and `/proc/net/raw6`: raw sockets of a kernel that has no dump of them
//! (`CONFIG_INET_RAW_DIAG` is rarely set). ss(8) reads the same.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::model::{Address, Family, Kind, Socket, TcpState};

/// The sockets in the text. What can't be read is left out, the heading too.
pub fn raw_sockets(text: &str, v6: bool) -> Vec<Socket> {
    text.lines().filter_map(|line| row(line, v6)).collect()
}

/// `slot: local remote state send:receive timer:when retransmits uid timeout inode …`
fn row(line: &str, v6: bool) -> Option<Socket> {
    let words: Vec<&str> = line.split_ascii_whitespace().take(10).collect();
    let [slot, local, peer, state, queues, .., inode] = words[..] else { return None };
    if !slot.ends_with(':') || words.len() < 10 {
        return None;
    }
    let local = address(local, v6)?;
    let (send_q, recv_q) = queues.split_once(':')?;
    let family = if v6 { Family::Inet6 } else { Family::Inet };
    Some(Socket {
        // A raw socket's port is its protocol.
        kind: Kind { family, kind: 3, protocol: i32::from(local.port()) },
        state: TcpState::from_number(u8::from_str_radix(state, 16).ok()?),
        local: Some(Address::Inet(local)),
        peer: Some(Address::Inet(address(peer, v6)?)),
        recv_q: Some(u32::from_str_radix(recv_q, 16).ok()?),
        send_q: Some(u32::from_str_radix(send_q, 16).ok()?),
        timer: None,
        inode: inode.parse().ok()?,
        cookie: 0,
        ownerless: None,
        shutdown: None,
        v6only: None,
        partner: None,
        reuse: None,
        tcp: None,
        memory: None,
    })
}

/// An address as hexadecimal numbers of four bytes, each in the machine's byte order, and a port.
fn address(word: &str, v6: bool) -> Option<SocketAddr> {
    let (ip, port) = word.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let four = |at: usize| {
        let digits = ip.get(at * 8..at * 8 + 8)?;
        u32::from_str_radix(digits, 16).ok().map(u32::to_ne_bytes)
    };
    let ip = if v6 {
        let mut octets = [0; 16];
        for at in 0..4 {
            octets[at * 4..at * 4 + 4].copy_from_slice(&four(at)?);
        }
        IpAddr::V6(Ipv6Addr::from(octets))
    } else {
        IpAddr::V4(Ipv4Addr::from(four(0)?))
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(all(test, target_endian = "little"))]
mod tests {
    use super::*;

    #[test]
    fn raw_sockets_are_listed_by_their_protocol() {
        let text = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   \
                    uid  timeout inode ref pointer drops\n   \
                    1: 016433C6:0001 00000000:0000 07 00000000:00000040 00:00000000 00000000     \
                    0        0 4711 2 0000000000000000 0\n";
        let found = raw_sockets(text, false);
        assert_eq!(found.len(), 1);
        let socket = &found[0];
        assert_eq!(socket.kind, Kind { family: Family::Inet, kind: 3, protocol: 1 });
        assert_eq!(socket.local, Some(Address::Inet("198.51.100.1:1".parse().expect("one"))));
        assert_eq!((socket.recv_q, socket.send_q, socket.inode), (Some(64), Some(0), 4711));
        assert_eq!(socket.state, Some(TcpState::Close));
    }

    #[test]
    fn addresses_of_ipv6_are_four_words() {
        let text = "  58: B80D0120000000000000000001000000:003A 00000000000000000000000000000000:0000 \
                    07 00000000:00000000 00:00000000 00000000 0 0 4712 2 0 0\n";
        let found = raw_sockets(text, true);
        let local = found[0].local.as_ref().expect("it has one").to_string();
        assert_eq!(local, "[2001:db8::1]:58");
        assert!(raw_sockets("1: 0:0 0:0 7 0:0 0 0 0 0 1\n", false).is_empty());
    }
}
