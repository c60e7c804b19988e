//! From bytes to meaning.

use std::net::{IpAddr, SocketAddr};

use etherparse::{IpSlice, TcpSlice, UdpSlice, ip_number};

use crate::model::{Body, Flags, Segment, TcpOption};

/// Who sent a packet, and for whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Ends {
    /// The source address.
    pub source: IpAddr,
    /// The destination address.
    pub destination: IpAddr,
}

/// The addresses of an IP packet, whatever it carries; `None` if it has no whole IP header.
pub fn ends(bytes: &[u8]) -> Option<Ends> {
    let take = |from: usize, to: usize| bytes.get(from..to);
    let (source, destination) = match bytes.first()? >> 4 {
        4 => (ip4(take(12, 16)?)?, ip4(take(16, 20)?)?),
        6 => (ip6(take(8, 24)?)?, ip6(take(24, 40)?)?),
        _ => return None,
    };
    Some(Ends { source, destination })
}

fn ip4(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 4]>::try_from(bytes).ok().map(IpAddr::from)
}

fn ip6(bytes: &[u8]) -> Option<IpAddr> {
    <[u8; 16]>::try_from(bytes).ok().map(IpAddr::from)
}

/// What an IP packet means. A fragment, a protocol sockstep does not know, and a packet that is
/// shorter than it says are [`Body::Other`].
///
/// The relative numbers of a segment are `None` and its window is unscaled: only
/// [`Flows`](super::Flows) knows the SYN.
pub fn decode(bytes: &[u8]) -> Body {
    let Ok(ip) = IpSlice::from_slice(bytes) else { return Body::Other { protocol: None } };
    let payload = ip.payload();
    let protocol = payload.ip_number;
    let other = Body::Other { protocol: Some(protocol.0) };
    if payload.fragmented {
        return other;
    }
    let ends = Ends { source: ip.source_addr(), destination: ip.destination_addr() };
    let body = match protocol {
        ip_number::TCP => tcp(ends, payload.payload),
        ip_number::UDP => udp(ends, payload.payload),
        ip_number::ICMP => icmp(ends, payload.payload, false),
        ip_number::IPV6_ICMP => icmp(ends, payload.payload, true),
        _ => None,
    };
    body.unwrap_or(other)
}

fn tcp(ends: Ends, bytes: &[u8]) -> Option<Body> {
    let tcp = TcpSlice::from_slice(bytes).ok()?;
    // Byte 13 as it stands: etherparse gives the bits one by one.
    let flags = Flags(*bytes.get(13)?);
    Some(Body::Tcp(Segment {
        source: SocketAddr::new(ends.source, tcp.source_port()),
        destination: SocketAddr::new(ends.destination, tcp.destination_port()),
        flags,
        sequence: tcp.sequence_number(),
        acknowledgment: tcp.acknowledgment_number(),
        relative_sequence: None,
        relative_acknowledgment: None,
        window: u32::from(tcp.window_size()),
        length: tcp.payload().len(),
        urgent: flags.has(Flags::URG).then(|| tcp.urgent_pointer()),
        options: options(tcp.options()),
    }))
}

/// The options in the order they stand. Padding (NOP) is `Other(1)`; reading stops at the end of
/// the list and at an option that is cut short.
fn options(mut rest: &[u8]) -> Vec<TcpOption> {
    let mut found = Vec::new();
    while let [kind, after @ ..] = rest {
        if *kind == 0 {
            break;
        }
        if *kind == 1 {
            found.push(TcpOption::Other(1));
            rest = after;
            continue;
        }
        let Some(length) = after.first().map(|l| usize::from(*l)) else { break };
        let Some(value) = rest.get(2..length) else { break };
        found.push(option(*kind, value));
        rest = &rest[length..];
    }
    found
}

fn option(kind: u8, value: &[u8]) -> TcpOption {
    let word = |at: usize| {
        let four = value.get(at..)?.first_chunk::<4>()?;
        Some(u32::from_be_bytes(*four))
    };
    let known = match (kind, value) {
        (2, [high, low]) => Some(TcpOption::Mss(u16::from_be_bytes([*high, *low]))),
        (3, [shift]) => Some(TcpOption::WindowScale(*shift)),
        (4, []) => Some(TcpOption::SackPermitted),
        (34, []) => Some(TcpOption::FastOpenRequest),
        (5, blocks) if blocks.len() % 8 == 0 => (0..blocks.len() / 8)
            .map(|block| Some((word(block * 8)?, word(block * 8 + 4)?)))
            .collect::<Option<_>>()
            .map(TcpOption::Sack),
        (8, [_, _, _, _, _, _, _, _]) => {
            word(0).zip(word(4)).map(|(now, echo)| TcpOption::Timestamps(now, echo))
        }
        _ => None,
    };
    known.unwrap_or(TcpOption::Other(kind))
}

fn udp(ends: Ends, bytes: &[u8]) -> Option<Body> {
    let udp = UdpSlice::from_slice(bytes).ok()?;
    Some(Body::Udp {
        source: SocketAddr::new(ends.source, udp.source_port()),
        destination: SocketAddr::new(ends.destination, udp.destination_port()),
        length: udp.payload().len(),
    })
}

fn icmp(ends: Ends, bytes: &[u8], v6: bool) -> Option<Body> {
    // Every message of both protocols begins with type, code and checksum; most are 8 or longer.
    let [kind, code, _, _, ..] = *bytes else { return None };
    Some(Body::Icmp { source: ends.source, destination: ends.destination, kind, code, v6 })
}

#[cfg(test)]
mod tests {
    use super::*;
    use etherparse::PacketBuilder;
    use proptest::prelude::*;

    fn syn(options: &[u8]) -> Vec<u8> {
        let builder = PacketBuilder::ipv4([198, 51, 100, 2], [198, 51, 100, 1], 64)
            .tcp(40_001, 8080, 7, 64_240)
            .syn()
            .options_raw(options)
            .expect("they fit");
        let mut bytes = Vec::new();
        builder.write(&mut bytes, &[]).expect("memory");
        bytes
    }

    fn options_of(bytes: &[u8]) -> Vec<TcpOption> {
        match decode(bytes) {
            Body::Tcp(segment) => segment.options,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn options_are_read_in_their_order() {
        let bytes = syn(&[2, 4, 5, 0xb4, 4, 2, 8, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 3, 3, 7]);
        let expected = vec![
            TcpOption::Mss(1460),
            TcpOption::SackPermitted,
            TcpOption::Timestamps(1, 2),
            TcpOption::Other(1),
            TcpOption::WindowScale(7),
        ];
        assert_eq!(options_of(&bytes), expected);
    }

    #[test]
    fn odd_options_are_named_by_number_and_cut_ones_end_the_list() {
        // An MSS of three bytes, a Fast Open cookie, the end of the list.
        let bytes = syn(&[2, 3, 5, 34, 4, 9, 9, 0, 2, 4, 0, 0]);
        assert_eq!(options_of(&bytes), [TcpOption::Other(2), TcpOption::Other(34)]);
        assert_eq!(options_of(&syn(&[3, 0, 0, 0])), []);
        assert_eq!(options_of(&syn(&[3, 1, 0, 0])), []);
        assert_eq!(options_of(&syn(&[3, 9, 0, 0])), []);
    }

    #[test]
    fn a_packet_cut_at_any_byte_is_kept_as_bytes() {
        let whole = syn(&[2, 4, 5, 0xb4]);
        for length in 0..whole.len() {
            let body = decode(&whole[..length]);
            assert!(matches!(body, Body::Other { .. }), "{length}: {body:?}");
            assert_eq!(ends(&whole[..length]).is_some(), length >= 20, "{length}");
        }
        assert!(matches!(decode(&whole), Body::Tcp(_)));
    }

    #[test]
    fn bytes_behind_the_packets_own_length_are_not_payload() {
        let mut padded = syn(&[]);
        padded.extend_from_slice(&[0; 6]);
        match decode(&padded) {
            Body::Tcp(segment) => assert_eq!(segment.length, 0),
            other => panic!("{other:?}"),
        }
    }

    proptest! {
        #[test]
        fn any_bytes_have_a_meaning(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = decode(&bytes);
            let _ = ends(&bytes);
        }

        #[test]
        fn any_mutation_of_a_packet_has_a_meaning(at in 0usize..60, value: u8) {
            let mut bytes = syn(&[2, 4, 5, 0xb4, 4, 2, 1, 1, 5, 10, 0, 0, 0, 1, 0, 0, 0, 2, 1, 1]);
            if let Some(byte) = bytes.get_mut(at) {
                *byte = value;
            }
            let _ = decode(&bytes);
        }
    }
}
