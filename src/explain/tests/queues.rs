//! Full queues, cookies, and what listeners drop.

use crate::explain::testing::*;
use crate::model::{Action, Filter, Flags, Ownerless, TcpState, WireAction};

fn deliver() -> Action {
    Action::Wire(WireAction::Deliver(Filter::any()))
}

fn half() -> crate::model::Socket {
    server_end(TcpState::SynRecv).without_fd(Ownerless::SynQueue)
}

#[test]
fn a_full_accept_queue_may_answer_the_last_ack_with_an_rst() {
    let (ack, rst) = (to_server(3, Flags::ACK, 0), to_client(4, Flags::RST, 0));
    let client = |state| client_end(state);
    let before = Lab::new()
        .fd("server", 3, listener(2, 1))
        .row("server", half())
        .fd("client", 3, client(TcpState::Established))
        .held(&ack, 1);
    let after = Lab::new()
        .fd("server", 3, listener(2, 1))
        .fd("client", 3, tcp(TcpState::Close))
        .counter("server", "ListenOverflows", 1);
    let play = Play::new(&before, after).cause(deliver()).delivered(&[&ack, &rst]);
    assert_eq!(play.keys(), ["overflow-reset", "reset-state", "overflow-counters"]);
}

#[test]
fn a_valid_cookie_may_come_back_to_a_full_queue() {
    let ack = to_server(3, Flags::ACK, 0);
    let lab = Lab::new().fd("server", 3, listener(2, 1)).fd(
        "client",
        3,
        client_end(TcpState::Established),
    );
    let after =
        lab.clone().counter("server", "ListenOverflows", 1).counter("server", "SyncookiesRecv", 1);
    let play = Play::new(&lab.held(&ack, 1), after).cause(deliver()).delivered(&[&ack]);
    assert_eq!(play.keys(), ["overflow-cookie", "cookie-received", "overflow-counters"]);
}

#[test]
fn a_valid_cookie_makes_a_connection_out_of_nothing() {
    let ack = to_server(3, Flags::ACK, 0);
    let before = Lab::new().fd("server", 3, listener(0, 5)).held(&ack, 1);
    let after = Lab::new()
        .fd("server", 3, listener(1, 5))
        .row("server", server_end(TcpState::Established).without_fd(Ownerless::AcceptQueue))
        .counter("server", "SyncookiesRecv", 1);
    let play = Play::new(&before, after).cause(deliver()).delivered(&[&ack]);
    assert_eq!(play.keys(), ["to-established-cookie", "cookie-received"]);
}

#[test]
fn a_queue_that_becomes_full_is_a_surprise() {
    let ack = to_server(3, Flags::ACK, 0);
    let before = Lab::new().fd("server", 3, listener(1, 1)).row("server", half()).held(&ack, 1);
    let after = Lab::new()
        .fd("server", 3, listener(2, 1))
        .row("server", server_end(TcpState::Established).without_fd(Ownerless::AcceptQueue));
    let play = Play::new(&before, after).cause(deliver()).delivered(&[&ack]);
    assert_eq!(play.keys(), ["accept-queue-full", "to-established-queued"]);
}

#[test]
fn counters_alone_are_told_for_what_they_count() {
    let lab = Lab::new().fd("server", 3, listener(0, 5));
    let cases = [
        ("ListenOverflows", ["overflow", "overflow-counters"].as_slice()),
        ("ListenDrops", &["listen-drops"]),
        ("TCPReqQFullDrop", &["syn-queue-full"]),
        ("SyncookiesFailed", &["cookie-failed"]),
        ("SyncookiesSent", &["cookie-sent"]),
        ("TCPChallengeACK", &["challenge-ack"]),
        ("IpInReceives", &[]),
    ];
    for (counter, keys) in cases {
        let play = Play::new(&lab, lab.clone().counter("server", counter, 2));
        assert_eq!(play.keys(), keys, "{counter}");
    }
}
