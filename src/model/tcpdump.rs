//! A packet on one line as `tcpdump -n -t` prints it (tcpdump 4.99).
//!
//! What tcpdump guesses from a port number (`: HTTP` behind port 8080) and prints of protocols that
//! sockstep does not decode is left out.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::packet::{Body, Flags, Packet, Segment, TcpOption};

/// The IPv6 extension header of a fragment.
const FRAGMENT: u8 = 44;

/// What a TCP segment's numbers are counted from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Numbers {
    /// From the SYN, where the wire saw it: `tcpdump` as it comes. A SYN's own are absolute.
    Relative,
    /// As they stand in the packet: `tcpdump -S`.
    Absolute,
}

/// One packet on one line.
pub fn line(packet: &Packet, numbers: Numbers) -> String {
    let ip = |six: bool| if six { "IP6" } else { "IP" };
    match &packet.body {
        Body::Tcp(segment) => {
            let ends = format!("{} > {}", end(segment.source), end(segment.destination));
            let v6 = segment.source.is_ipv6();
            format!("{} {ends}: {}", ip(v6), tcp(segment, &packet.bytes, numbers))
        }
        Body::Udp { source, destination, length } => {
            let ends = format!("{} > {}", end(*source), end(*destination));
            format!("{} {ends}: UDP, length {length}", ip(source.is_ipv6()))
        }
        Body::Icmp { source, destination, v6, .. } => {
            let name = if *v6 { "ICMP6," } else { "ICMP" };
            let payload = payload(&packet.bytes).map_or(&[][..], |(_, payload)| payload);
            let what = if *v6 { icmp6(payload) } else { icmp(payload) };
            let length = payload.len();
            format!("{} {source} > {destination}: {name} {what}, length {length}", ip(*v6))
        }
        Body::Other { protocol } => other(&packet.bytes, *protocol),
    }
}

fn end(address: std::net::SocketAddr) -> String {
    format!("{}.{}", address.ip(), address.port())
}

fn tcp(segment: &Segment, bytes: &[u8], numbers: Numbers) -> String {
    let mut text = format!("Flags [{}]", flags(segment.flags));
    let ack = segment.flags.has(Flags::ACK);
    let base = relative_to(segment, numbers);
    let (own, peer) = base.unwrap_or((0, 0));
    let control = Flags::SYN.with(Flags::FIN).with(Flags::RST);
    if segment.length > 0 || segment.flags.0 & control.0 != 0 {
        let from = segment.sequence.wrapping_sub(own);
        let _ = write!(text, ", seq {from}");
        if segment.length > 0 {
            let length = u32::try_from(segment.length).unwrap_or(u32::MAX);
            let _ = write!(text, ":{}", from.wrapping_add(length));
        }
    }
    if ack {
        let _ = write!(text, ", ack {}", segment.acknowledgment.wrapping_sub(peer));
    }
    // tcpdump prints the window as it stands in the header, without the scale of the SYN.
    let window = window(bytes).map_or(segment.window, u32::from);
    let _ = write!(text, ", win {window}");
    if let Some(urgent) = segment.urgent {
        let _ = write!(text, ", urg {urgent}");
    }
    if !segment.options.is_empty() {
        let options: Vec<_> = segment.options.iter().map(|o| option(o, peer)).collect();
        let _ = write!(text, ", options [{}]", options.join(","));
    }
    let _ = write!(text, ", length {}", segment.length);
    text
}

/// The two SYNs' numbers, if the segment's are to be counted from there. tcpdump does so in
/// segments with ACK and without SYN.
fn relative_to(segment: &Segment, numbers: Numbers) -> Option<(u32, u32)> {
    let plain = segment.flags.has(Flags::ACK) && !segment.flags.has(Flags::SYN);
    if numbers == Numbers::Absolute || !plain {
        return None;
    }
    let own = segment.sequence.wrapping_sub(segment.relative_sequence?);
    let peer = segment.acknowledgment.wrapping_sub(segment.relative_acknowledgment?);
    Some((own, peer))
}

fn flags(flags: Flags) -> String {
    const LETTERS: [(u8, char); 8] = [
        (Flags::FIN.0, 'F'),
        (Flags::SYN.0, 'S'),
        (Flags::RST.0, 'R'),
        (Flags::PSH.0, 'P'),
        (Flags::ACK.0, '.'),
        (Flags::URG.0, 'U'),
        (0x40, 'E'),
        (0x80, 'W'),
    ];
    let text: String =
        LETTERS.iter().filter(|(bit, _)| flags.0 & bit != 0).map(|(_, c)| c).collect();
    if text.is_empty() { "none".to_owned() } else { text }
}

fn option(option: &TcpOption, peer: u32) -> String {
    match option {
        TcpOption::Mss(bytes) => format!("mss {bytes}"),
        TcpOption::WindowScale(shift) => format!("wscale {shift}"),
        TcpOption::SackPermitted => "sackOK".to_owned(),
        TcpOption::FastOpenRequest => "tfo  cookiereq".to_owned(),
        TcpOption::Sack(blocks) => {
            let mut text = format!("sack {} ", blocks.len());
            for (from, to) in blocks {
                let _ = write!(text, "{{{}:{}}}", from.wrapping_sub(peer), to.wrapping_sub(peer));
            }
            text
        }
        TcpOption::Timestamps(now, echo) => format!("TS val {now} ecr {echo}"),
        TcpOption::Other(1) => "nop".to_owned(),
        TcpOption::Other(kind) => format!("unknown-{kind}"),
    }
}

/// The window field of a TCP packet.
fn window(bytes: &[u8]) -> Option<u16> {
    let (_, tcp) = payload(bytes)?;
    Some(u16::from_be_bytes([*tcp.get(14)?, *tcp.get(15)?]))
}

/// The protocol behind the IP header and the IPv6 extension headers that can be skipped, and its
/// bytes.
fn payload(bytes: &[u8]) -> Option<(u8, &[u8])> {
    if bytes.first()? >> 4 == 4 {
        let header = usize::from(bytes[0] & 15) * 4;
        let total = usize::from(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]));
        return Some((*bytes.get(9)?, bytes.get(header..total.min(bytes.len()))?));
    }
    let total = 40 + usize::from(u16::from_be_bytes([*bytes.get(4)?, *bytes.get(5)?]));
    let mut protocol = *bytes.get(6)?;
    let mut rest = bytes.get(40..total.min(bytes.len()))?;
    // Hop-by-hop, routing and destination options say their length in units of eight bytes.
    while matches!(protocol, 0 | 43 | 60) {
        let length = (usize::from(*rest.get(1)?) + 1) * 8;
        protocol = *rest.first()?;
        rest = rest.get(length..)?;
    }
    Some((protocol, rest))
}

fn icmp(bytes: &[u8]) -> String {
    let [kind, code, ..] = *bytes else { return "[|icmp]".to_owned() };
    let quoted = bytes.get(8..).unwrap_or_default();
    match (kind, code) {
        (0, _) => format!("echo reply, {}", echo(bytes)),
        (8, _) => format!("echo request, {}", echo(bytes)),
        (3, _) => match quote4(quoted) {
            Some(quote) => unreachable(code, &quote),
            None => format!("unreachable - #{code}"),
        },
        (12, 0) => {
            let octet = bytes.get(4).copied().unwrap_or_default();
            format!("parameter problem - octet {octet}")
        }
        (12, code) => format!("parameter problem - code {code}"),
        _ => format!("type-#{kind}"),
    }
}

fn unreachable(code: u8, quote: &Quote<IpAddr>) -> String {
    let address = quote.destination;
    match code {
        0 => format!("net {address} unreachable"),
        1 => format!("host {address} unreachable"),
        2 => format!("{address} protocol {} unreachable", quote.protocol),
        3 => format!("{address} {} unreachable", quote.port()),
        13 => format!("host {address} unreachable - admin prohibited filter"),
        code => format!("{address} unreachable - #{code}"),
    }
}

fn icmp6(bytes: &[u8]) -> String {
    let [kind, code, ..] = *bytes else { return "[|icmp6]".to_owned() };
    let quote = || quote6(bytes.get(8..).unwrap_or_default());
    match (kind, code) {
        (128, _) => format!("echo request, {}", echo(bytes)),
        (129, _) => format!("echo reply, {}", echo(bytes)),
        (1, 0 | 3 | 4) => {
            let Some(quote) = quote() else { return "destination unreachable".to_owned() };
            let what = match code {
                0 => format!("unreachable route {}", quote.destination),
                3 => format!("unreachable address {}", quote.destination),
                _ if !matches!(quote.protocol, 6 | 17) => "unreachable port".to_owned(),
                _ => format!("unreachable port, {} {}", quote.destination, quote.port()),
            };
            format!("destination unreachable, {what}")
        }
        (1, code) => format!("destination unreachable, unknown code ({code})"),
        _ => format!("unknown icmp6 type ({kind})"),
    }
}

fn echo(bytes: &[u8]) -> String {
    let number = |at: usize| match bytes.get(at..at + 2) {
        Some([high, low]) => u16::from_be_bytes([*high, *low]),
        _ => 0,
    };
    format!("id {}, seq {}", number(4), number(6))
}

/// What an ICMP error says of the packet it is about.
struct Quote<A> {
    destination: A,
    protocol: u8,
    port: Option<u16>,
}

impl<A> Quote<A> {
    fn port(&self) -> String {
        let protocol = match self.protocol {
            6 => "tcp".to_owned(),
            17 => "udp".to_owned(),
            other => format!("protocol {other}"),
        };
        format!("{protocol} port {}", self.port.unwrap_or(0))
    }
}

fn quote4(bytes: &[u8]) -> Option<Quote<IpAddr>> {
    let header = usize::from(bytes.first()? & 15) * 4;
    let address: [u8; 4] = bytes.get(16..20)?.try_into().ok()?;
    let ports = bytes.get(header..).unwrap_or_default();
    Some(Quote {
        destination: IpAddr::V4(Ipv4Addr::from(address)),
        protocol: *bytes.get(9)?,
        port: destination_port(ports),
    })
}

fn quote6(bytes: &[u8]) -> Option<Quote<IpAddr>> {
    let address: [u8; 16] = bytes.get(24..40)?.try_into().ok()?;
    let (protocol, rest) = match (*bytes.get(6)?, bytes.get(40..)?) {
        // The header of a first fragment; a later one has no ports.
        (FRAGMENT, [protocol, _, 0, 0 | 1, _, _, _, _, rest @ ..]) => (*protocol, rest),
        plain => plain,
    };
    Some(Quote {
        destination: IpAddr::V6(Ipv6Addr::from(address)),
        protocol,
        port: destination_port(rest),
    })
}

fn destination_port(bytes: &[u8]) -> Option<u16> {
    Some(u16::from_be_bytes([*bytes.get(2)?, *bytes.get(3)?]))
}

/// A packet whose meaning is not known, as far as its IP header goes.
fn other(bytes: &[u8], protocol: Option<u8>) -> String {
    let (Some(protocol), Some(version)) = (protocol, bytes.first().map(|byte| byte >> 4)) else {
        return format!("unknown ip {}", bytes.first().map_or(0, |byte| byte >> 4));
    };
    if version == 4 {
        let ip = |at: usize| match bytes.get(at..at + 4) {
            Some([a, b, c, d]) => Ipv4Addr::new(*a, *b, *c, *d),
            _ => Ipv4Addr::UNSPECIFIED,
        };
        return format!("IP {} > {}: ip-proto-{protocol}", ip(12), ip(16));
    }
    let ip = |at: usize| {
        let octets: Option<[u8; 16]> = bytes.get(at..at + 16).and_then(|b| b.try_into().ok());
        octets.map_or(Ipv6Addr::UNSPECIFIED, Ipv6Addr::from)
    };
    let what = match payload(bytes) {
        Some((FRAGMENT, [_, _, high, low, ..])) => {
            let offset = u16::from_be_bytes([*high, *low]) & !7;
            let length = bytes.len().saturating_sub(48);
            format!("frag ({offset}|{length})")
        }
        _ => format!("ip-proto-{protocol}"),
    };
    format!("IP6 {} > {}: {what}", ip(8), ip(24))
}
