//! What the wire decides.

use super::*;
use crate::lab::packet::icmp_unreachable;
use crate::model::{Filter, Said, Unreachable, WireAction};
use etherparse::PacketBuilder;

const SERVER: [u8; 4] = [198, 51, 100, 1];
const CLIENT: [u8; 4] = [198, 51, 100, 2];

fn host(name: &str) -> HostName {
    HostName::parse(name).expect("a name")
}

fn switch() -> Switch {
    Switch::new([(SERVER.into(), host("server")), (CLIENT.into(), host("client"))])
}

fn packet(syn: bool) -> Vec<u8> {
    packet_from(40_001, syn)
}

fn packet_from(port: u16, syn: bool) -> Vec<u8> {
    let builder = PacketBuilder::ipv4(CLIENT, SERVER, 64).tcp(port, 8080, 7, 100);
    let builder = if syn { builder.syn() } else { builder.ack(1) };
    let mut bytes = Vec::new();
    builder.write(&mut bytes, &[]).expect("memory");
    bytes
}

/// The client sends it, and the server takes it.
fn carry(switch: &mut Switch, bytes: &[u8]) {
    switch.send(&host("client"), bytes, Duration::ZERO, &Ports::new());
    while let Some(delivery) = switch.next_delivery() {
        switch.delivered(delivery, true);
    }
}

#[test]
fn of_a_flood_the_first_packets_are_told_and_the_others_counted() {
    let mut switch = switch();
    for _ in 0..5_000 {
        carry(&mut switch, &packet(false));
    }
    carry(&mut switch, &packet(true));
    let (told, untold) = switch.take_passages(Duration::ZERO);
    assert_eq!((told.len(), untold), (4_097, 5_000 - 4_096));
    let last = told.last().expect("one");
    assert_eq!((last.packet.label().as_str(), last.packet.number), ("SYN", 5_001));
    assert_eq!(switch.take_passages(Duration::ZERO), (Vec::new(), 0));
}

#[test]
fn only_what_nobody_would_be_told_goes_straight() {
    let mut switch = switch();
    assert_eq!(switch.straight(&packet(false)), None);
    for _ in 0..4_096 {
        carry(&mut switch, &packet(false));
    }
    assert_eq!(switch.straight(&packet(false)), Some(&host("server")));
    assert_eq!(switch.straight(&packet(true)), None);
    assert_eq!(switch.straight(&packet(false)[..19]), None);
    let hold = WireAction::Hold(Filter::any());
    switch.act(&hold, Duration::ZERO, &Ports::new()).expect("it holds");
    assert_eq!(switch.straight(&packet(false)), None);
}

#[test]
fn copies_are_found_among_many_in_whatever_order() {
    let mut switch = switch();
    let act = |switch: &mut Switch, action| switch.act(&action, Duration::ZERO, &Ports::new());
    act(&mut switch, WireAction::Hold(Filter::any())).expect("it holds");
    for port in 1..=4 {
        carry(&mut switch, &packet_from(port, true));
    }
    act(&mut switch, WireAction::Swap).expect("two are there");
    act(&mut switch, WireAction::Drop(Filter::any())).expect("one is there");
    for port in [4, 3, 1, 3, 2] {
        carry(&mut switch, &packet_from(port, true));
    }
    let wire = switch.wire();
    let held: Vec<_> = wire
        .held
        .iter()
        .map(|held| (held.packet.ports().map_or(0, |(from, _)| from), held.copies))
        .collect();
    assert_eq!(held, [(1, 2), (3, 3), (4, 2), (2, 1)]);
}

fn act(switch: &mut Switch, action: WireAction) -> Result<(), Unwilling> {
    switch.act(&action, Duration::ZERO, &Ports::new())
}

/// A segment of data from the client.
fn data(sequence: u32, payload: &[u8]) -> Vec<u8> {
    let builder = PacketBuilder::ipv4(CLIENT, SERVER, 64).tcp(40_001, 8080, sequence, 100).ack(1);
    let mut bytes = Vec::new();
    builder.write(&mut bytes, payload).expect("memory");
    bytes
}

#[test]
fn an_icmp_error_is_not_answered_and_stays_where_it_is() {
    let mut switch = switch();
    act(&mut switch, WireAction::Hold(Filter::any())).expect("it holds");
    let error = icmp_unreachable(&packet(true), Unreachable::Port).expect("a packet");
    carry(&mut switch, &error);
    let before = switch.wire();
    let refused = act(&mut switch, WireAction::Unreachable(Unreachable::Host)).expect_err("one");
    assert!(
        refused.0.to_string().contains("no ICMP error is sent about another (RFC 1122)"),
        "{refused:?}"
    );
    assert_eq!(switch.wire(), before);
    assert_eq!(switch.next_delivery(), None);
    assert_eq!(switch.take_passages(Duration::ZERO).0.len(), 1, "it was held, and nothing more");
}

#[test]
fn a_cut_wire_delivers_nothing() {
    let mut switch = switch();
    act(&mut switch, WireAction::Hold(Filter::any())).expect("it holds");
    carry(&mut switch, &packet(true));
    act(&mut switch, WireAction::Cut).expect("it can be cut");
    let before = switch.wire();
    for action in [
        WireAction::Deliver(Filter::any()),
        WireAction::DeliverAll,
        WireAction::Duplicate(Filter::any()),
        WireAction::Unreachable(Unreachable::Net),
        WireAction::Auto,
    ] {
        let words = format!("can't {action}: the wire is cut; mend it first");
        assert_eq!(act(&mut switch, action), Err(Unwilling(Said::same(words))));
        assert_eq!(switch.wire(), before);
        assert_eq!(switch.next_delivery(), None);
    }
    act(&mut switch, WireAction::Mend).expect("it can be mended");
    act(&mut switch, WireAction::Auto).expect("it delivers");
    assert!(switch.next_delivery().is_some());
    act(&mut switch, WireAction::Cut).expect("it can be cut");
    act(&mut switch, WireAction::Auto).expect("there is nothing to deliver");
}

#[test]
fn what_a_packet_covers_is_counted_among_those_that_are_held_now() {
    let mut switch = switch();
    act(&mut switch, WireAction::Hold(Filter::any())).expect("it holds");
    for (sequence, payload) in [(1, "ab"), (3, "cd"), (5, "ef")] {
        carry(&mut switch, &data(sequence, payload.as_bytes()));
    }
    carry(&mut switch, &data(1, b"abcdef"));
    let covers = |switch: &Switch| -> Vec<u32> {
        switch.wire().held.iter().map(|held| held.covers).collect()
    };
    assert_eq!(covers(&switch), [0, 0, 0, 3]);
    act(&mut switch, WireAction::Deliver(Filter::any())).expect("one is there");
    assert_eq!(covers(&switch), [0, 0, 2]);
    act(&mut switch, WireAction::Drop(Filter::any())).expect("one is there");
    assert_eq!(covers(&switch), [0, 1]);
    act(&mut switch, WireAction::Swap).expect("two are there");
    act(&mut switch, WireAction::Drop(Filter::any())).expect("one is there");
    assert_eq!(covers(&switch), [0]);
}

#[test]
fn a_packet_that_is_too_many_was_not_dropped_by_hand() {
    let mut switch = switch();
    act(&mut switch, WireAction::Hold(Filter::any())).expect("it holds");
    for number in 0..=MOST_HELD {
        let last = data(1, b"x");
        let bytes = u16::try_from(number).map_or(last, |port| packet_from(port, true));
        switch.send(&host("client"), &bytes, Duration::ZERO, &Ports::new());
        // Otherwise more come than are told.
        let (passages, _) = switch.take_passages(Duration::from_secs(number as u64));
        let fate = if number < MOST_HELD { Fate::Held } else { Fate::Overflow };
        assert_eq!(passages.last().map(|passage| passage.fate), Some(fate), "{number}");
    }
}

fn datagram(to: [u8; 4]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let builder = PacketBuilder::ipv4(CLIENT, to, 64).udp(40_001, 8080);
    builder.write(&mut bytes, b"hello").expect("memory");
    bytes
}

/// Whom the wire gives a datagram of the client to this address, and what else became of it.
fn receivers_of(to: [u8; 4]) -> (Vec<String>, Vec<Fate>) {
    let third = ([198, 51, 100, 3].into(), host("third"));
    let away = ([203, 0, 113, 9].into(), host("away"));
    let two = [(SERVER.into(), host("server")), (CLIENT.into(), host("client"))];
    let mut switch = Switch::new(two.into_iter().chain([third, away]));
    switch.send(&host("client"), &datagram(to), Duration::ZERO, &Ports::new());
    let mut names = Vec::new();
    while let Some(delivery) = switch.next_delivery() {
        names.push(delivery.packet.to.as_ref().map_or("?".into(), ToString::to_string));
    }
    (names, switch.take_passages(Duration::ZERO).0.iter().map(|passage| passage.fate).collect())
}

#[test]
fn what_is_for_everybody_reaches_every_other_host_of_the_network() {
    let names = |to| receivers_of(to).0;
    assert_eq!(names(SERVER), ["@server"]);
    assert_eq!(names([198, 51, 100, 255]), ["@server", "@third"]);
    assert_eq!(names([203, 0, 113, 255]), ["@away"]);
    assert_eq!(names([255, 255, 255, 255]), ["@server", "@third", "@away"]);
    for nobody in [[198, 51, 100, 77], [198, 51, 101, 255], [224, 0, 0, 1], [239, 0, 0, 255]] {
        assert_eq!(receivers_of(nobody), (Vec::new(), vec![Fate::NoReceiver]), "{nobody:?}");
    }
}

#[test]
fn each_copy_of_a_broadcast_is_held_and_delivered_by_itself() {
    let mut switch = switch();
    let third = ([198, 51, 100, 3].into(), host("third"));
    switch.receivers = receivers::Receivers::new([
        (SERVER.into(), host("server")),
        (CLIENT.into(), host("client")),
        third,
    ]);
    let (at, ports) = (Duration::ZERO, Ports::new());
    switch.act(&WireAction::Hold(Filter::any()), at, &ports).expect("it can hold");
    switch.send(&host("client"), &datagram([198, 51, 100, 255]), at, &ports);
    assert_eq!(switch.wire().held.len(), 2);
    let answer = switch.act(&WireAction::Unreachable(Unreachable::Port), at, &ports);
    assert!(answer.is_err_and(|refused| refused.0.to_string().contains("RFC 1122")));
    switch.act(&WireAction::Drop(Filter::any()), at, &ports).expect("one is held");
    switch.act(&WireAction::DeliverAll, at, &ports).expect("the other is held");
    let last = switch.next_delivery().expect("the second");
    assert_eq!(last.packet.to, Some(host("third")));
    assert_eq!(switch.next_delivery(), None);
}
