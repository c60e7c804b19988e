//! What is sent again and what comes again: a cause is told only where the moment shows it.

use std::sync::Arc;

use crate::explain::testing::*;
use crate::model::{
    Action, Body, Fate, Filter, Flags, Ownerless, Packet, Socket, TcpInfo, TcpState, TimerKind,
    WireAction,
};

fn deliver() -> Action {
    Action::Wire(WireAction::Deliver(Filter::any()))
}

/// The packet with these numbers.
fn numbered(packet: Arc<Packet>, sequence: u32, acknowledgment: u32) -> Arc<Packet> {
    let mut packet = (*packet).clone();
    if let Body::Tcp(segment) = &mut packet.body {
        (segment.sequence, segment.acknowledgment) = (sequence, acknowledgment);
    }
    Arc::new(packet)
}

/// The row with so many bytes received.
fn received(mut socket: Socket, bytes: u64) -> Socket {
    socket.tcp = Some(TcpInfo { bytes_received: Some(bytes), ..TcpInfo::default() });
    socket
}

/// A server with a request that counts so many repetitions.
fn half(again: u8) -> Lab {
    let request = server_end(TcpState::SynRecv).without_fd(Ownerless::SynQueue);
    let request = request.timer(TimerKind::Retransmit, 1000, again);
    Lab::new().fd("server", 3, listener(0, 5)).row("server", request)
}

#[test]
fn a_second_syn_is_the_reason_for_a_second_answer() {
    let (syn, answer) = (to_server(5, Flags::SYN, 0), to_client(6, SYN_ACK, 0));
    let play = |after| {
        Play::new(&half(0), after).cause(deliver()).delivered(&[&syn]).passes(&answer, Fate::Held)
    };
    let asked = play(half(1).counter("server", "TcpRetransSegs", 1));
    assert_eq!(asked.keys()[0], "sent-again-asked");
    assert!(asked.first().starts_with("The SYN came once more"), "{}", asked.first());
    // A timer of the host ran out as well: it may have been this one.
    let unsure = play(half(2).counter("server", "TCPTimeouts", 1));
    assert_eq!(unsure.keys()[0], "sent-again-unseen");
}

#[test]
fn a_syn_that_came_after_the_answer_did_not_ask_for_it() {
    let (syn, answer) = (to_server(5, Flags::SYN, 0), to_client(4, SYN_ACK, 0));
    let after = half(1).counter("server", "TCPTimeouts", 1);
    let play = Play::new(&half(0), after).passes(&answer, Fate::Held).delivered(&[&syn]);
    assert_eq!(play.keys()[0], "sent-again");
}

#[test]
fn two_ends_that_opened_at_once_count_from_their_syn_on() {
    let answer = to_client(4, SYN_ACK, 0);
    let lab = |again| {
        let row = server_end(TcpState::SynRecv).timer(TimerKind::Retransmit, 1000, again);
        Lab::new().fd("server", 3, row)
    };
    let play = Play::new(&lab(1), lab(2).counter("server", "TCPTimeouts", 1));
    let play = play.passes(&answer, Fate::Held);
    assert_eq!(play.keys(), ["sent-again-crossed"]);
    assert!(play.first().contains("2 retransmissions, from its SYN on"), "{}", play.first());
}

#[test]
fn without_a_timer_that_ran_out_nobody_was_silent_for_too_long() {
    let row = |again| client_end(TcpState::Established).timer(TimerKind::Retransmit, 400, again);
    let lab = |again| Lab::new().fd("client", 3, row(again));
    let data = to_server(9, Flags::ACK, 5);
    let play = Play::new(&lab(0), lab(1)).passes(&data, Fate::Held);
    assert_eq!(play.keys(), ["sent-again-unseen"]);
    assert_eq!(Play::new(&lab(0), lab(1)).keys(), ["sent-again-counted"]);
    let timed = lab(1).counter("client", "TCPTimeouts", 1);
    assert_eq!(Play::new(&lab(0), timed.clone()).keys(), ["sent-again-no-packet"]);
    let play = Play::new(&lab(0), timed).passes(&data, Fate::Held);
    assert_eq!(play.keys(), ["sent-again"]);
}

#[test]
fn one_timer_does_not_account_for_two_sockets() {
    let row = |again| client_end(TcpState::Established).timer(TimerKind::Retransmit, 400, again);
    let lab = |again| Lab::new().fd("client", 3, row(again)).fd("client", 4, row(again));
    let play = Play::new(&lab(0), lab(1).counter("client", "TCPTimeouts", 1));
    assert_eq!(play.keys(), ["sent-again-counted", "sent-again-counted"]);
    let play = Play::new(&lab(0), lab(1).counter("client", "TCPTimeouts", 2));
    assert_eq!(play.keys(), ["sent-again-no-packet", "sent-again-no-packet"]);
}

#[test]
fn probes_and_fast_retransmissions_are_told_by_their_counters() {
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let cases = [
        (&["TCPFastRetrans", "TcpRetransSegs"][..], "sent-again-fast"),
        (&["TCPLossProbes", "TcpRetransSegs"], "sent-again-probe"),
        (&["TcpRetransSegs"], "sent-again-some"),
    ];
    for (counters, key) in cases {
        let after = counters.iter().fold(lab.clone(), |lab, name| lab.counter("client", name, 1));
        assert_eq!(Play::new(&lab, after).keys(), [key]);
    }
}

#[test]
fn an_old_syn_for_a_connection_is_a_duplicate_and_no_attack() {
    let (syn, answer) = (to_server(5, Flags::SYN, 0), to_client(6, Flags::ACK, 0));
    let (syn, answer) = (numbered(syn, 1000, 0), numbered(answer, 7000, 1006));
    let lab = |state| {
        let server = received(server_end(TcpState::Established), 5);
        Lab::new().fd("server", 4, server).fd("client", 3, client_end(state))
    };
    let play = |state, syn: &Arc<Packet>| {
        let after = lab(state).counter("server", "TCPChallengeACK", 1);
        let play = Play::new(&lab(state), after).cause(deliver());
        play.delivered(&[syn]).passes(&answer, Fate::Held).keys()
    };
    assert_eq!(play(TcpState::Established, &syn), ["old-duplicate"]);
    // The sender's kernel means it.
    assert_eq!(play(TcpState::SynSent, &syn), ["challenge-syn"]);
    // A number that this connection never had.
    let forged = numbered(syn, 900_000, 0);
    let keys = play(TcpState::Established, &forged);
    assert_eq!(keys, ["wire-delivered", "packet-in-flight", "challenge-ack"]);
}

#[test]
fn an_rst_with_a_wrong_number_is_asked_back() {
    let (rst, answer) = (to_server(5, Flags::RST, 0), to_client(6, Flags::ACK, 0));
    let lab = Lab::new().fd("server", 4, server_end(TcpState::Established));
    let after = lab.clone().counter("server", "TCPChallengeACK", 1);
    let play = Play::new(&lab, after).delivered(&[&rst, &answer]);
    assert_eq!(play.keys(), ["challenge-rst"]);
}

#[test]
fn data_that_came_before_bring_nothing_new() {
    let (data, answer) = (to_server(5, Flags::ACK, 5), to_client(6, Flags::ACK, 0));
    let (data, answer) = (numbered(data, 1001, 1), numbered(answer, 7000, 1006));
    let lab = |bytes| {
        let server = received(server_end(TcpState::Established).queues(5, 0), bytes);
        Lab::new().fd("server", 4, server)
    };
    let play = Play::new(&lab(5), lab(5)).cause(deliver()).delivered(&[&data, &answer]);
    assert_eq!(play.keys(), ["old-duplicate"]);
    // They are new.
    let play = Play::new(&lab(0), lab(5)).delivered(&[&data, &answer]);
    assert!(!play.keys().contains(&"old-duplicate"));
}

#[test]
fn a_fin_that_comes_again_is_what_time_wait_waits_for() {
    let (fin, answer) = (to_client(5, FIN_ACK, 0), to_server(6, Flags::ACK, 0));
    let (fin, answer) = (numbered(fin, 1001, 1), numbered(answer, 7000, 1002));
    let row = client_end(TcpState::TimeWait).without_fd(Ownerless::TimeWait);
    let lab = Lab::new().row("client", row.timer(TimerKind::TimeWait, 60_000, 0));
    let play = Play::new(&lab, lab.clone()).cause(deliver()).delivered(&[&fin, &answer]);
    assert_eq!(play.keys(), ["old-fin"]);
    assert!(play.first().contains("60 seconds to go"), "{}", play.first());
}

#[test]
fn of_several_equal_copies_one_is_delivered() {
    let syn = to_server(5, Flags::SYN, 0);
    let lab = Lab::new().fd("client", 3, client_end(TcpState::SynSent));
    let play = |copies| {
        let before = lab.clone().held(&syn, copies);
        Play::new(&before, lab.clone()).cause(Action::Wire(WireAction::DeliverAll))
    };
    assert_eq!(play(1).delivered(&[&syn]).keys(), ["wire-deliver-all"]);
    assert_eq!(play(3).delivered(&[&syn]).keys(), ["wire-deliver-all", "packet-once"]);
}

#[test]
fn what_was_held_is_counted_apart_from_what_followed() {
    let (data, ack) = (to_server(5, Flags::ACK, 5), to_client(6, Flags::ACK, 0));
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let first = |action| {
        let play = Play::new(&lab.clone().held(&data, 1), lab.clone());
        play.cause(Action::Wire(action)).delivered(&[&data, &ack]).keys()[0]
    };
    assert_eq!(first(WireAction::DeliverAll), "wire-deliver-all-more");
    assert_eq!(first(WireAction::Auto), "wire-auto-delivers-more");
}

#[test]
fn what_was_held_before_is_no_answer_to_a_duplicate() {
    let (syn, answer) = (to_server(5, Flags::SYN, 0), to_client(8, Flags::ACK, 0));
    let (syn, answer) = (numbered(syn, 1000, 0), numbered(answer, 7000, 1001));
    let held = to_client(6, SYN_ACK, 0);
    let server = received(server_end(TcpState::Established), 0);
    let lab = Lab::new().fd("server", 4, server);
    let play = Play::new(&lab.clone().held(&syn, 1).held(&held, 1), lab);
    let play = play.cause(Action::Wire(WireAction::Auto)).delivered(&[&syn, &held, &answer]);
    assert!(play.keys().contains(&"old-duplicate"), "{:?}", play.keys());
}

#[test]
fn data_ahead_of_their_turn_are_kept() {
    let (data, answer) = (to_server(5, Flags::ACK, 5), to_client(6, Flags::ACK, 0));
    let (data, answer) = (numbered(data, 1006, 1), numbered(answer, 7000, 1001));
    let server = received(server_end(TcpState::Established), 0);
    let lab = Lab::new().fd("server", 4, server);
    let play = |after| Play::new(&lab, after).cause(deliver()).delivered(&[&data, &answer]);
    assert_eq!(play(lab.clone().counter("server", "TCPOFOQueue", 1)).keys(), ["out-of-order"]);
    assert!(!play(lab.clone()).keys().contains(&"out-of-order"));
}

#[test]
fn an_answered_keepalive_probe_is_told_with_its_answer() {
    let row = |left| client_end(TcpState::Established).timer(TimerKind::Keepalive, left, 0);
    let before = Lab::new().fd("client", 3, row(0));
    let after = Lab::new().fd("client", 3, row(1000)).counter("client", "TCPKeepAlive", 1);
    let (probe, answer) = (to_server(1, Flags::ACK, 0), to_client(2, Flags::ACK, 0));
    let play = Play::new(&before, after).delivered(&[&probe, &answer]);
    assert_eq!(play.keys(), ["keepalive-answered"]);
}
