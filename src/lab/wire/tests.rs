//! What the wire decides.

use super::*;
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
