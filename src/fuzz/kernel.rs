//! What the kernel writes: sock_diag, netlink, packets, `/proc`.

use std::sync::Arc;
use std::time::Duration;

use crate::lab::diag::{Collector, Id, Progress, Protocol, Query, destroy, ids, share, tcp_info};
use crate::lab::netlink::{Attributes, Messages, Writer};
use crate::lab::packet::{Flows, decode, ends, icmp_unreachable};
use crate::lab::proc;
use crate::model::tcpdump::{self, Numbers};
use crate::model::{Body, Packet, Unreachable, ss};

use super::{assert_harmless, boundary, choose};

/// A dump in one or two datagrams; the first byte says which query it answers, the next two where
/// it is cut.
pub fn diag(data: &[u8]) {
    let ([which, high, low], datagram) = choose(data);
    let query = Query::HOST[usize::from(which) % Query::HOST.len()];
    let mut collector = Collector::default();
    collector.begin(&query, 1);
    let cut = usize::from(u16::from_be_bytes([high, low])) % (datagram.len() + 1);
    let (first, second) = if cut % 4 == 0 { datagram.split_at(cut) } else { (datagram, &[][..]) };
    if collector.feed(first) == Ok(Progress::More) {
        let _ = collector.feed(second);
    }
    let dump = collector.finish();
    let rows: Vec<_> = dump.sockets.iter().cloned().map(Arc::new).collect();
    let shared = share(&rows, dump.sockets.clone());
    assert!(shared.iter().zip(&dump.sockets).all(|(shared, row)| **shared == *row));
    for row in &dump.sockets {
        assert_harmless(&ss::line(row));
        if let Some(id) = Id::of(row) {
            assert_eq!(destroy(&id, Protocol::Tcp, 1).len(), 72);
        }
    }
    assert!(ss::table(&dump.sockets).len() == dump.sockets.len() + 1);
    assert!(ids(datagram).count() <= datagram.len() / 68);
    let _ = tcp_info(datagram);
}

/// Messages and their attributes; what was read is written again and must read the same.
pub fn netlink(data: &[u8]) {
    for message in Messages::new(data).flatten() {
        let _ = message.sense();
        let mut writer = Writer::new(message.kind, message.flags, message.sequence);
        let attributes: Vec<_> = Attributes::new(message.payload).collect();
        for attribute in &attributes {
            writer.attribute(attribute.kind, attribute.payload);
            let _ = (attribute.u8(), attribute.u32());
        }
        let written = writer.finish();
        let again = Messages::new(&written).next().expect("one message").expect("whole");
        assert!(Attributes::new(again.payload).eq(attributes));
    }
}

/// A few packets, each behind its length in two bytes, of one wire.
pub fn packet(data: &[u8]) {
    let mut flows = Flows::new();
    let mut rest = data;
    for number in 1..=64 {
        let Some((&[high, low], after)) = rest.split_first_chunk() else { break };
        let length = usize::from(u16::from_be_bytes([high, low])).min(after.len());
        let (bytes, after) = after.split_at(length);
        rest = after;
        let mut body = decode(bytes);
        if let Body::Tcp(segment) = &mut body {
            flows.annotate(segment);
        }
        let known = !matches!(body, Body::Other { .. });
        let (bytes, at) = (bytes.into(), Duration::ZERO);
        let packet = Packet { number, from: None, to: None, at, bytes, body };
        one_packet(&packet, known);
    }
}

fn one_packet(packet: &Packet, known: bool) {
    for numbers in [Numbers::Relative, Numbers::Absolute] {
        assert_harmless(&tcpdump::line(packet, numbers));
    }
    assert_harmless(&packet.label());
    assert!(packet.length() <= packet.bytes.len());
    assert!(!known || ends(&packet.bytes).is_some());
    for kind in [Unreachable::Net, Unreachable::Host, Unreachable::Port] {
        if let Some(answer) = icmp_unreachable(&packet.bytes, kind) {
            assert!(matches!(decode(&answer), Body::Icmp { .. }));
            assert_eq!(icmp_unreachable(&answer, kind), None, "no error about an error");
        }
    }
}

/// Every text of `/proc`, by the same bytes.
pub fn proc(data: &[u8]) {
    let _ = proc::hard_open_files(data);
    let _ = (proc::stat(data), proc::switches(data), proc::place(data));
    let _ = (proc::status_state(data), proc::fd_info(data), proc::file(data));
    let _ = proc::backlog(data);
    if let Some(name) = proc::wchan(data) {
        assert_harmless(&name);
    }
    let text = String::from_utf8_lossy(data);
    let (first, second) = text.split_at(boundary(&text, text.len() / 2));
    let mut counters = proc::counters(first, second);
    proc::counters6(&text, &mut counters);
    assert!(counters.values().all(|count| *count != 0));
    for v6 in [false, true] {
        for row in proc::raw_sockets(&text, v6) {
            assert_harmless(&ss::line(&row));
        }
    }
}
