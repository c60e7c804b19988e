//! Packets that a kernel wrote, as sockstep and as tcpdump print them.

use std::fs;
use std::net::IpAddr;
use std::path::Path;
use std::time::Duration;

use sockstep::lab::packet::{Flows, ROUTER_V4, ROUTER_V6, decode, ends, icmp_unreachable};
use sockstep::model::tcpdump::{self, Numbers};
use sockstep::model::{Body, Packet, Unreachable};

/// The packets of a capture file with microseconds in this machine's byte order.
fn capture(name: &str) -> Vec<Packet> {
    let bytes = fs::read(fixture(name)).expect("the fixture is there");
    let word = |at: usize| u32::from_le_bytes(bytes[at..at + 4].try_into().expect("four bytes"));
    assert_eq!((word(0), word(20)), (0xa1b2_c3d4, 101), "a capture of raw IP packets");
    let mut flows = Flows::new();
    let mut packets = Vec::new();
    let mut at = 24;
    while at < bytes.len() {
        let length = word(at + 8) as usize;
        let raw = &bytes[at + 16..at + 16 + length];
        let mut body = decode(raw);
        if let Body::Tcp(segment) = &mut body {
            flows.annotate(segment);
        }
        packets.push(Packet {
            number: packets.len() as u64 + 1,
            from: None,
            to: None,
            at: Duration::ZERO,
            bytes: raw.into(),
            body,
        });
        at += 16 + length;
    }
    packets
}

fn fixture(name: &str) -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/packets").join(name)
}

/// tcpdump's lines, less what it guesses from a port number.
fn printed(name: &str) -> Vec<String> {
    let text = fs::read_to_string(fixture(name)).expect("the fixture is there");
    text.lines().map(|line| line.split(": HTTP").next().unwrap_or(line).to_owned()).collect()
}

/// Lines of the capture (from 0) that tcpdump reads further than sockstep: fragments that begin
/// with a UDP header, and SCTP.
fn is_read_further(line: &str) -> bool {
    line.contains("length 3000") || line.contains("sctp")
}

#[test]
fn every_packet_reads_as_tcpdump_prints_it() {
    let packets = capture("wire.pcap");
    for (numbers, file) in
        [(Numbers::Relative, "wire.relative.txt"), (Numbers::Absolute, "wire.absolute.txt")]
    {
        let theirs = printed(file);
        assert_eq!(packets.len(), theirs.len());
        for (packet, theirs) in packets.iter().zip(theirs) {
            if !is_read_further(&theirs) {
                assert_eq!(tcpdump::line(packet, numbers), theirs, "packet {}", packet.number);
            }
        }
    }
}

#[test]
fn fragments_and_unknown_protocols_are_kept_as_bytes() {
    let packets = capture("wire.pcap");
    let others: Vec<_> = packets
        .iter()
        .filter_map(|packet| match packet.body {
            Body::Other { protocol } => Some((protocol, tcpdump::line(packet, Numbers::Relative))),
            Body::Tcp(_) | Body::Udp { .. } | Body::Icmp { .. } => None,
        })
        .collect();
    let protocols: Vec<_> = others.iter().map(|(protocol, _)| *protocol).collect();
    assert_eq!(protocols, [17, 17, 17, 17, 17, 17, 132].map(Some));
    assert_eq!(others[3].1, "IP6 2001:db8::2 > 2001:db8::1: frag (0|1448)");
    assert_eq!(others[6].1, "IP 198.51.100.2 > 198.51.100.1: ip-proto-132");
}

#[test]
fn windows_are_scaled_by_the_syns_shift_and_by_nothing_else() {
    let packets = capture("wire.pcap");
    let window = |index: usize| packets[index].segment().expect("a segment").window;
    assert_eq!(window(0), 64_240, "a SYN's own window is not scaled");
    assert_eq!(window(2), 63 << 10);
    assert_eq!(window(4), 64 << 10);
    let plain = packets.iter().rposition(|p| p.length() == 5).expect("sent without options");
    assert_eq!(window(plain), 64_240);
}

#[test]
fn a_router_answers_every_packet_that_deserves_it() {
    for packet in capture("wire.pcap") {
        let sent = ends(&packet.bytes).expect("an IP packet");
        for kind in [Unreachable::Net, Unreachable::Host, Unreachable::Port] {
            let Some(answer) = icmp_unreachable(&packet.bytes, kind) else { continue };
            let expected = match (kind, sent.source) {
                (Unreachable::Net, IpAddr::V4(_)) => (3, 0),
                (Unreachable::Host, IpAddr::V4(_)) => (3, 1),
                (Unreachable::Port, IpAddr::V4(_)) => (3, 3),
                (Unreachable::Net, IpAddr::V6(_)) => (1, 0),
                (Unreachable::Host, IpAddr::V6(_)) => (1, 3),
                (Unreachable::Port, IpAddr::V6(_)) => (1, 4),
            };
            match decode(&answer) {
                Body::Icmp { source, destination, kind, code, v6 } => {
                    let router = if v6 { IpAddr::V6(ROUTER_V6) } else { IpAddr::V4(ROUTER_V4) };
                    assert_eq!((source, destination), (router, sent.source));
                    assert_eq!((kind, code), expected);
                }
                other => panic!("{other:?}"),
            }
            let (header, limit) = if sent.source.is_ipv6() { (40, 1280) } else { (20, 576) };
            assert!(answer.len() <= limit);
            let quoted = &answer[header + 8..];
            assert_eq!(*quoted, packet.bytes[..quoted.len()]);
            assert!(quoted.len() == packet.bytes.len() || answer.len() == limit);
            assert!(checksums_hold(&answer), "{}", tcpdump::line(&packet, Numbers::Relative));
        }
        let silent = icmp_unreachable(&packet.bytes, Unreachable::Host).is_none();
        let line = tcpdump::line(&packet, Numbers::Relative);
        // Only of an IPv4 datagram's later fragments nothing may be said.
        let later = line.ends_with("ip-proto-17") && packet.bytes[6..8] != [0x20, 0];
        assert_eq!(silent, line.contains("unreachable") || later, "{line}");
    }
}

#[test]
fn the_routers_answers_read_as_tcpdump_prints_them() {
    let answers: Vec<Vec<u8>> = capture("wire.pcap")
        .iter()
        .flat_map(|packet| {
            [Unreachable::Net, Unreachable::Host, Unreachable::Port]
                .map(|kind| icmp_unreachable(&packet.bytes, kind))
        })
        .flatten()
        .collect();
    let ours: Vec<String> = answers
        .iter()
        .map(|answer| {
            let (bytes, body) = (answer.as_slice().into(), decode(answer));
            let (at, number) = (Duration::ZERO, 1);
            let packet = Packet { number, from: None, to: None, at, bytes, body };
            tcpdump::line(&packet, Numbers::Relative)
        })
        .collect();
    let Some(theirs) = ask_tcpdump(&answers) else { return };
    assert_eq!(ours.len(), theirs.len());
    // tcpdump wants a port to be unreachable in every protocol: `[|icmp6]` says that it found none.
    let differing: Vec<_> = ours
        .iter()
        .zip(&theirs)
        .filter(|(ours, theirs)| ours != theirs && !theirs.contains("[|icmp"))
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
}

/// What tcpdump prints of these packets; `None`, with a printed reason, if there is none.
fn ask_tcpdump(packets: &[Vec<u8>]) -> Option<Vec<String>> {
    let mut file: Vec<u8> = Vec::new();
    for word in [0xa1b2_c3d4_u32, 4 << 16 | 2, 0, 0, 65_535, 101] {
        file.extend(word.to_le_bytes());
    }
    for packet in packets {
        let length = u32::try_from(packet.len()).expect("short");
        for word in [0, 0, length, length] {
            file.extend(word.to_le_bytes());
        }
        file.extend(packet);
    }
    let path = std::env::temp_dir().join(format!("sockstep-{}.pcap", std::process::id()));
    fs::write(&path, file).expect("a temporary file");
    let output = std::process::Command::new("tcpdump").args(["-n", "-t", "-r"]).arg(&path).output();
    let _ = fs::remove_file(&path);
    match output {
        Ok(output) => {
            assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
            Some(String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect())
        }
        Err(error) => {
            assert!(std::env::var_os("CI").is_none(), "this must run in CI: tcpdump: {error}");
            println!("skipped: tcpdump: {error}");
            None
        }
    }
}

/// Whether an ICMP packet's checksums are right, computed bit by bit as the RFCs define them.
fn checksums_hold(packet: &[u8]) -> bool {
    let sum = |parts: &[&[u8]]| {
        let bytes = parts.concat();
        let words = bytes
            .chunks(2)
            .map(|pair| u64::from(pair[0]) << 8 | u64::from(*pair.get(1).unwrap_or(&0)));
        let mut sum: u64 = words.sum();
        while sum >> 16 != 0 {
            sum = (sum & 0xffff) + (sum >> 16);
        }
        sum
    };
    if packet[0] >> 4 == 4 {
        return sum(&[&packet[..20]]) == 0xffff && sum(&[&packet[20..]]) == 0xffff;
    }
    let length = (packet.len() as u32 - 40).to_be_bytes();
    sum(&[&packet[8..40], &length, &[0, 0, 0, 58], &packet[40..]]) == 0xffff
}

#[test]
fn nobody_answers_for_a_group_or_to_nobody() {
    let packets = capture("wire.pcap");
    let mut group = packets[0].bytes.to_vec();
    group[16..20].copy_from_slice(&[224, 0, 0, 1]);
    assert_eq!(icmp_unreachable(&group, Unreachable::Host), None);
    let mut nobody = packets[0].bytes.to_vec();
    nobody[12..16].copy_from_slice(&[0; 4]);
    assert_eq!(icmp_unreachable(&nobody, Unreachable::Host), None);
    assert_eq!(icmp_unreachable(b"", Unreachable::Host), None);
    assert_eq!(icmp_unreachable(&packets[0].bytes[..30], Unreachable::Host), None);
}
