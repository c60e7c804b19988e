//! Moments of opening a connection.

use crate::explain::testing::*;
use crate::model::{Action, Outcome, WireAction};
use crate::model::{Fate, Filter, Flags, Ownerless, PacketKind, TcpState, TimerKind};

fn connect() -> crate::model::Call {
    call("client", "connect", &[3, 0x1000_0000, 16], &["3", SHOWN_SERVER, "16"])
}

fn accept() -> crate::model::Call {
    call("server", "accept", &[3, 0, 0], &["3", "NULL", "NULL"])
}

fn fresh() -> crate::model::Socket {
    tcp(TcpState::Close)
}

fn deliver() -> Action {
    Action::Wire(WireAction::Deliver(Filter { kind: PacketKind::Any, of: None, from: None }))
}

#[test]
fn a_new_socket_has_the_lowest_number_and_no_name() {
    let before = Lab::new();
    let after = before.clone().fd("server", 3, fresh());
    let call = call("server", "socket", &[2, 1, 0], &["AF_INET", "SOCK_STREAM", "0"]);
    let play = Play::new(&before, after).report(call, Outcome::Returned(3));
    assert_eq!(play.keys(), ["socket-tcp", "fd-lowest"]);
    assert!(play.first().contains("server fd 3"), "{}", play.first());
}

#[test]
fn a_number_is_not_called_the_lowest_where_the_table_does_not_prove_it() {
    let before = Lab::new();
    let after = before.clone().fd("server", 5, fresh());
    let call = call("server", "socket", &[2, 1, 0], &["AF_INET", "SOCK_STREAM", "0"]);
    let play = Play::new(&before, after).report(call, Outcome::Returned(5));
    assert_eq!(play.keys(), ["socket-tcp"]);
}

#[test]
fn listen_names_the_limit_and_says_when_it_was_clamped() {
    let bound = tcp(TcpState::Close).at("0.0.0.0:8080", "0.0.0.0:0");
    let before = Lab::new().fd("server", 3, bound);
    let open = |limit| Lab::new().fd("server", 3, listener(0, limit));
    let call = |backlog| call("server", "listen", &[3, backlog], &["3", "?"]);
    let play = Play::new(&before, open(5)).report(call(5), OK);
    assert_eq!(play.keys(), ["listen-returned"]);
    assert!(play.first().contains("At most 5 connections"), "{}", play.first());
    let play = Play::new(&before, open(3)).report(call(100), OK);
    assert_eq!(play.keys(), ["listen-returned", "listen-clamped"]);
    let unbound = Lab::new().fd("server", 3, fresh());
    let play = Play::new(&unbound, open(5)).report(call(5), OK);
    assert_eq!(play.keys(), ["listen-chose-port", "listen-returned"]);
    let play = Play::new(&open(5), open(7)).report(call(7), OK);
    assert_eq!(play.keys(), ["listen-again"]);
}

#[test]
fn accept_sleeps_because_the_queue_is_empty_or_because_a_handshake_is_half_done() {
    let before = Lab::new().fd("server", 3, listener(0, 5));
    let asleep = before.clone().asleep("server", &accept());
    let play = Play::new(&before, asleep).report(accept(), Outcome::Blocked);
    assert_eq!(play.keys(), ["accept-blocked"]);
    let half = server_end(TcpState::SynRecv).without_fd(Ownerless::SynQueue);
    let before = before.row("server", half);
    let asleep = before.clone().asleep("server", &accept());
    let play = Play::new(&before, asleep).report(accept(), Outcome::Blocked);
    assert_eq!(play.keys(), ["accept-blocked-half"]);
    assert!(play.first().contains("1 handshake is half done"), "{}", play.first());
}

#[test]
fn connect_sleeps_while_its_syn_is_held() {
    let before = Lab::new().fd("client", 3, fresh()).fd("server", 3, listener(0, 5));
    let syn = to_server(1, Flags::SYN, 0);
    let after = Lab::new()
        .fd("client", 3, client_end(TcpState::SynSent))
        .fd("server", 3, listener(0, 5))
        .asleep("client", &connect())
        .held(&syn, 1);
    let play =
        Play::new(&before, after).report(connect(), Outcome::Blocked).passes(&syn, Fate::Held);
    assert_eq!(play.keys(), ["connect-blocked", "connect-chose-port"]);
    assert!(play.first().contains("SYN 40001>8080, held on the wire"), "{}", play.first());
}

#[test]
fn the_second_packet_wakes_connect_while_the_server_is_still_half_open() {
    let half = || server_end(TcpState::SynRecv).without_fd(Ownerless::SynQueue);
    let (answer, ack) = (to_client(2, SYN_ACK, 0), to_server(3, Flags::ACK, 0));
    let before = Lab::new()
        .fd("server", 3, listener(0, 5))
        .row("server", half())
        .fd("client", 3, client_end(TcpState::SynSent))
        .asleep("client", &connect())
        .held(&answer, 1);
    let after = Lab::new()
        .fd("server", 3, listener(0, 5))
        .row("server", half())
        .fd("client", 3, client_end(TcpState::Established))
        .held(&ack, 1);
    let play = Play::new(&before, after)
        .cause(deliver())
        .report(connect(), OK)
        .passes(&answer, Fate::Delivered)
        .passes(&ack, Fate::Held);
    assert_eq!(play.keys(), ["connect-half", "connect-woken"]);
    assert!(play.first().contains("@server 8080<40001"), "{}", play.first());
}

#[test]
fn a_syn_becomes_a_request_in_the_syn_queue() {
    let (syn, answer) = (to_server(1, Flags::SYN, 0), to_client(2, SYN_ACK, 0));
    let before = Lab::new().fd("server", 3, listener(0, 5)).held(&syn, 1);
    let after = Lab::new()
        .fd("server", 3, listener(0, 5))
        .row("server", server_end(TcpState::SynRecv).without_fd(Ownerless::SynQueue))
        .held(&answer, 1);
    let play = Play::new(&before, after)
        .cause(deliver())
        .passes(&syn, Fate::Delivered)
        .passes(&answer, Fate::Held);
    assert_eq!(play.keys(), ["to-syn-recv", "packet-in-flight"]);
    assert!(play.first().starts_with("SYN 40001>8080 arrived"), "{}", play.first());
    assert!(play.first().contains("server fd 3"), "{}", play.first());
}

#[test]
fn the_last_ack_puts_the_connection_into_the_accept_queue() {
    let ack = to_server(3, Flags::ACK, 0);
    let before = Lab::new()
        .fd("server", 3, listener(0, 5))
        .row("server", server_end(TcpState::SynRecv).without_fd(Ownerless::SynQueue))
        .held(&ack, 1);
    let after = Lab::new()
        .fd("server", 3, listener(1, 5))
        .row("server", server_end(TcpState::Established).without_fd(Ownerless::AcceptQueue));
    let play = Play::new(&before, after).cause(deliver()).delivered(&[&ack]);
    assert_eq!(play.keys(), ["to-established-queued"]);
    assert!(play.first().contains("length 1, limit 5"), "{}", play.first());
}

#[test]
fn the_whole_handshake_in_one_moment_is_told_once() {
    let packets =
        [to_server(1, Flags::SYN, 0), to_client(2, SYN_ACK, 0), to_server(3, Flags::ACK, 0)];
    let before = Lab::new().fd("server", 3, listener(0, 5)).fd("client", 3, fresh());
    let after = Lab::new()
        .fd("server", 3, listener(1, 5))
        .row("server", server_end(TcpState::Established).without_fd(Ownerless::AcceptQueue))
        .fd("client", 3, client_end(TcpState::Established));
    let play = Play::new(&before, after)
        .report(connect(), OK)
        .delivered(&packets.iter().collect::<Vec<_>>());
    let keys = ["connect-returned", "connect-queued", "handshake-whole", "connect-chose-port"];
    assert_eq!(play.keys(), keys);
}

#[test]
fn the_last_ack_wakes_accept() {
    let ack = to_server(3, Flags::ACK, 0);
    let before = Lab::new()
        .fd("server", 3, listener(0, 5))
        .row("server", server_end(TcpState::SynRecv).without_fd(Ownerless::SynQueue))
        .asleep("server", &accept())
        .held(&ack, 1);
    let after = Lab::new().fd("server", 3, listener(0, 5)).fd(
        "server",
        4,
        server_end(TcpState::Established),
    );
    let play = Play::new(&before, after)
        .cause(deliver())
        .report(accept(), Outcome::Returned(4))
        .delivered(&[&ack]);
    assert_eq!(play.keys(), ["accept-woken", "fd-lowest"]);
    assert!(play.first().contains("server fd 4"), "{}", play.first());
}

#[test]
fn accept_takes_a_connection_that_waited_with_its_data() {
    let waiting = server_end(TcpState::Established).queues(6, 0).without_fd(Ownerless::AcceptQueue);
    let before = Lab::new().fd("server", 3, listener(2, 5)).row("server", waiting);
    let after = Lab::new().fd("server", 3, listener(1, 5)).fd(
        "server",
        4,
        server_end(TcpState::Established).queues(6, 0),
    );
    let play = Play::new(&before, after).report(accept(), Outcome::Returned(4));
    assert_eq!(play.keys(), ["accept-returned", "accept-data", "accept-left", "fd-lowest"]);
}

#[test]
fn a_full_accept_queue_drops_a_syn_and_the_client_stays_in_syn_sent() {
    let syn = to_server(1, Flags::SYN, 0);
    let before = Lab::new().fd("server", 3, listener(2, 1)).fd("client", 3, fresh());
    let after = Lab::new()
        .fd("server", 3, listener(2, 1))
        .fd("client", 3, client_end(TcpState::SynSent))
        .asleep("client", &connect())
        .counter("server", "ListenOverflows", 1)
        .counter("server", "ListenDrops", 1);
    let play = Play::new(&before, after).report(connect(), Outcome::Blocked).delivered(&[&syn]);
    assert_eq!(
        play.keys(),
        ["overflow-syn", "connect-blocked", "connect-chose-port", "overflow-counters"]
    );
}

#[test]
fn a_full_accept_queue_drops_the_last_ack_and_the_ends_disagree() {
    let ack = to_server(3, Flags::ACK, 0);
    let lab = Lab::new()
        .fd("server", 3, listener(2, 1))
        .row("server", server_end(TcpState::SynRecv).without_fd(Ownerless::SynQueue))
        .fd("client", 3, client_end(TcpState::Established));
    let before = lab.clone().held(&ack, 1);
    let after = lab.counter("server", "ListenOverflows", 3);
    let play = Play::new(&before, after).cause(deliver()).delivered(&[&ack]);
    assert_eq!(play.keys(), ["overflow-ack", "overflow-counters"]);
    assert!(play.first().starts_with("One connection, two states"), "{}", play.first());
}

#[test]
fn a_cookie_leaves_the_server_without_a_row() {
    let packets =
        [to_server(1, Flags::SYN, 0), to_client(2, SYN_ACK, 0), to_server(3, Flags::ACK, 0)];
    let before = Lab::new().fd("server", 3, listener(2, 1)).fd("client", 3, fresh());
    let after = Lab::new()
        .fd("server", 3, listener(2, 1))
        .fd("client", 3, client_end(TcpState::Established))
        .counter("server", "SyncookiesSent", 1);
    let play = Play::new(&before, after)
        .report(connect(), OK)
        .delivered(&packets.iter().collect::<Vec<_>>());
    let keys = play.keys();
    assert_eq!(
        keys,
        [
            "connect-cookie",
            "cookie-sent",
            "connect-returned",
            "handshake-whole",
            "connect-chose-port"
        ]
    );
}

#[test]
fn the_syn_ack_is_sent_again_and_folded_into_the_held_one() {
    let (first, again) = (to_client(2, SYN_ACK, 0), to_client(2, SYN_ACK, 0));
    let half = |again| {
        server_end(TcpState::SynRecv).without_fd(Ownerless::SynQueue).timer(
            TimerKind::Retransmit,
            3000,
            again,
        )
    };
    let again = std::sync::Arc::new(crate::model::Packet { number: 9, ..(*again).clone() });
    let before = Lab::new().fd("server", 3, listener(0, 5)).row("server", half(0)).held(&first, 1);
    let after = Lab::new().fd("server", 3, listener(0, 5)).row("server", half(1)).held(&first, 2);
    let after = after.counter("server", "TCPTimeouts", 1);
    let play = Play::new(&before, after).passes(&again, Fate::Folded);
    assert_eq!(play.keys(), ["sent-again", "packet-folded"]);
    assert!(play.first().contains("That makes 1 retransmission"), "{}", play.first());
}

#[test]
fn simultaneous_open_goes_through_syn_recv_on_a_socket_with_an_fd() {
    let syn = to_client(2, Flags::SYN, 0);
    let before = Lab::new().fd("client", 3, client_end(TcpState::SynSent)).held(&syn, 1);
    let after = Lab::new().fd("client", 3, client_end(TcpState::SynRecv));
    let play = Play::new(&before, after).cause(deliver()).delivered(&[&syn]);
    assert_eq!(play.keys(), ["to-syn-recv-crossed"]);
}
