//! The wire as a router that says no.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use etherparse::icmpv4::DestUnreachableHeader;
use etherparse::icmpv6::DestUnreachableCode;
use etherparse::{Icmpv4Type, Icmpv6Type, IpSlice, PacketBuilder, ip_number};

use crate::model::Unreachable;

use super::decode::{Ends, ends};

/// Who answers over IPv4: a router on the hosts' own network that is none of them.
pub const ROUTER_V4: Ipv4Addr = Ipv4Addr::new(198, 51, 100, 254);
/// Who answers over IPv6.
pub const ROUTER_V6: Ipv6Addr = Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0xfe);

/// How long an answer may be at most: what every IPv4 host must take (RFC 1812, section 4.3.2.3),
/// and the smallest MTU of IPv6 (RFC 4443, section 3.1).
const LIMIT_V4: usize = 576;
const LIMIT_V6: usize = 1280;
const HEADERS_V4: usize = 20 + 8;
const HEADERS_V6: usize = 40 + 8;

/// Hops that are left to the answer.
const TTL: u8 = 64;

/// The IP packet that tells the sender of `original` that it can't be delivered, from the router
/// of its IP version, with as much of the original as fits.
///
/// `None` where RFC 1122 (section 3.2.2) and RFC 4443 (section 2.4) forbid an answer: to an ICMP
/// error, to a later fragment of IPv4, to and about multicast and broadcast; and if the original is
/// no IP packet.
pub fn icmp_unreachable(original: &[u8], kind: Unreachable) -> Option<Vec<u8>> {
    let ip = IpSlice::from_slice(original).ok()?;
    let ends = ends(original)?;
    if !deserves_answer(&ip, ends) {
        return None;
    }
    match (ends.source, kind) {
        (IpAddr::V4(sender), Unreachable::Net) => {
            v4(original, sender, DestUnreachableHeader::Network)
        }
        (IpAddr::V4(sender), Unreachable::Host) => {
            v4(original, sender, DestUnreachableHeader::Host)
        }
        (IpAddr::V4(sender), Unreachable::Port) => {
            v4(original, sender, DestUnreachableHeader::Port)
        }
        (IpAddr::V6(sender), Unreachable::Net) => {
            v6(original, sender, DestUnreachableCode::NoRoute)
        }
        (IpAddr::V6(sender), Unreachable::Host) => {
            v6(original, sender, DestUnreachableCode::Address)
        }
        (IpAddr::V6(sender), Unreachable::Port) => v6(original, sender, DestUnreachableCode::Port),
    }
}

fn deserves_answer(ip: &IpSlice<'_>, ends: Ends) -> bool {
    let single = |address: IpAddr| match address {
        IpAddr::V4(v4) => !v4.is_multicast() && !v4.is_broadcast() && !v4.is_unspecified(),
        IpAddr::V6(v6) => !v6.is_multicast() && !v6.is_unspecified(),
    };
    let later_fragment = ip.ipv4().is_some_and(|v4| v4.header().fragments_offset().value() != 0);
    let payload = ip.payload();
    let kind = payload.payload.first().copied();
    let error = match payload.ip_number {
        // Everything but echo and timestamps, requests and replies.
        ip_number::ICMP => !matches!(kind, Some(0 | 8 | 13 | 14)),
        // The upper half are informational messages (RFC 4443, section 2.1).
        ip_number::IPV6_ICMP => kind.is_none_or(|kind| kind < 128),
        _ => false,
    };
    single(ends.source) && single(ends.destination) && !later_fragment && !error
}

fn v4(original: &[u8], sender: Ipv4Addr, code: DestUnreachableHeader) -> Option<Vec<u8>> {
    let quoted = original.get(..LIMIT_V4 - HEADERS_V4).unwrap_or(original);
    let builder = PacketBuilder::ipv4(ROUTER_V4.octets(), sender.octets(), TTL)
        .icmpv4(Icmpv4Type::DestinationUnreachable(code));
    let mut answer = Vec::with_capacity(builder.size(quoted.len()));
    builder.write(&mut answer, quoted).ok()?;
    Some(answer)
}

fn v6(original: &[u8], sender: Ipv6Addr, code: DestUnreachableCode) -> Option<Vec<u8>> {
    let quoted = original.get(..LIMIT_V6 - HEADERS_V6).unwrap_or(original);
    let builder = PacketBuilder::ipv6(ROUTER_V6.octets(), sender.octets(), TTL)
        .icmpv6(Icmpv6Type::DestinationUnreachable(code));
    let mut answer = Vec::with_capacity(builder.size(quoted.len()));
    builder.write(&mut answer, quoted).ok()?;
    Some(answer)
}
