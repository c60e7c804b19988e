//! Calls that sleep, and calls that come back later.

use crate::explain::testing::*;
use crate::model::{
    Action, Address, Call, Fate, Filter, Flags, Outcome, Ownerless, Socket, TcpState, WireAction,
};

fn deliver() -> Action {
    Action::Wire(WireAction::Deliver(Filter::any()))
}

fn on(name: &str, fd: i64) -> Call {
    call("client", name, &[fd, 0x1000_0000, 16], &[&fd.to_string(), SHOWN_SERVER, "16"])
}

/// The keys of a call that fell asleep on a socket.
fn blocked(name: &str, socket: Socket) -> Vec<&'static str> {
    let lab = Lab::new().fd("client", 3, socket);
    let asleep = lab.clone().asleep("client", &on(name, 3));
    Play::new(&lab, asleep).report(on(name, 3), Outcome::Blocked).keys()
}

#[test]
fn every_kind_of_call_says_why_it_sleeps() {
    let unix = || plain(UNIX).named(Address::Unnamed);
    let unlisted = || Socket { recv_q: None, ..listener(0, 5) };
    let open = || client_end(TcpState::Established);
    let cases = [
        ("accept", unlisted(), "accept-blocked-other"),
        ("accept", unix(), "accept-blocked-other"),
        ("connect", unix(), "connect-blocked-unix-full"),
        ("connect", client_end(TcpState::SynSent), "connect-blocked-unseen"),
        ("connect", plain(UDP), "connect-blocked-other"),
        ("read", open(), "recv-blocked"),
        ("read", open().queues(3, 0), "recv-blocked-more"),
        ("read", plain(UDP), "recv-blocked-datagram"),
        ("read", unix(), "recv-blocked-unix"),
        ("read", Socket { recv_q: None, ..open() }, "recv-blocked-other"),
        ("write", client_end(TcpState::SynSent), "send-blocked-connecting"),
        ("write", unix(), "send-blocked-unix"),
        ("write", plain(UDP), "send-blocked-other"),
        ("close", open().queues(0, 9), "close-blocked"),
        ("poll", open(), "poll-blocked"),
        ("fstat", open(), "call-blocked"),
    ];
    for (name, socket, key) in cases {
        assert_eq!(blocked(name, socket), [key], "{name}");
    }
}

#[test]
fn a_connect_that_sleeps_says_when_its_answer_is_on_the_way() {
    let (syn, answer) = (to_server(1, Flags::SYN, 0), to_client(2, SYN_ACK, 0));
    let before = Lab::new().fd("client", 3, tcp(TcpState::Close));
    let after = Lab::new()
        .fd("client", 3, client_end(TcpState::SynSent))
        .asleep("client", &on("connect", 3))
        .held(&answer, 1);
    let play = Play::new(&before, after)
        .report(on("connect", 3), Outcome::Blocked)
        .delivered(&[&syn])
        .passes(&answer, Fate::Held);
    assert_eq!(play.keys(), ["connect-blocked", "connect-answer-held", "connect-chose-port"]);
}

#[test]
fn simultaneous_open_wakes_connect_without_a_listener() {
    let answer = to_client(4, SYN_ACK, 0);
    let before = Lab::new()
        .fd("client", 3, client_end(TcpState::SynRecv))
        .fd("server", 3, server_end(TcpState::SynRecv))
        .asleep("client", &on("connect", 3))
        .held(&answer, 1);
    let after = Lab::new().fd("client", 3, client_end(TcpState::Established)).fd(
        "server",
        3,
        server_end(TcpState::SynRecv),
    );
    let play = Play::new(&before, after)
        .cause(deliver())
        .report(on("connect", 3), OK)
        .delivered(&[&answer]);
    assert_eq!(play.keys(), ["connect-half-crossed", "connect-woken-crossed"]);
}

#[test]
fn connect_returns_in_many_situations() {
    let keys = |before: Socket, after: Socket| {
        let lab = |socket| Lab::new().fd("client", 3, socket);
        Play::new(&lab(before), lab(after)).report(on("connect", 3), OK).keys()
    };
    let fresh = || tcp(TcpState::Close);
    let open = || client_end(TcpState::Established);
    let itself = || tcp(TcpState::Established).at(CLIENT, CLIENT).queues(0, 0);
    let udp = |peer| plain(UDP).at(CLIENT, peer);
    assert_eq!(keys(open(), open()), ["connect-no-row", "connect-reported"]);
    assert_eq!(keys(fresh(), itself())[0], "connect-self");
    assert_eq!(keys(client_end(TcpState::SynSent), fresh()), ["connect-then-closed"]);
    assert_eq!(keys(udp("0.0.0.0:0"), udp(SERVER)), ["connect-datagram"]);
    assert_eq!(keys(udp(SERVER), udp("0.0.0.0:0")), ["connect-dissolved"]);
    assert_eq!(keys(plain(UNIX), plain(UNIX)), ["connect-unix"]);
    let play = Play::new(&Lab::new(), Lab::new()).report(on("connect", 3), OK);
    assert_eq!(play.keys(), ["connect-unseen"]);
    let (before, rst) = (client_end(TcpState::SynSent), to_client(5, Flags::RST, 0));
    let play = Play::new(&Lab::new().fd("client", 3, before), Lab::new().fd("client", 3, fresh()))
        .report(on("connect", 3), OK)
        .delivered(&[&rst]);
    assert_eq!(play.keys()[0], "connect-then-reset");
}

#[test]
fn accept_returns_in_many_situations() {
    let accept = || call("server", "accept", &[3, 0, 0], &["3", "NULL", "NULL"]);
    let keys = |listens: Socket, new: Option<Socket>| {
        let before = Lab::new().fd("server", 3, listens.clone());
        let after = Lab::new().fd("server", 3, listens);
        let after = match new {
            Some(socket) => after.fd("server", 4, socket),
            None => after,
        };
        Play::new(&before, after).report(accept(), Outcome::Returned(4)).keys()
    };
    let dead = tcp(TcpState::Close);
    let closed = server_end(TcpState::CloseWait).queues(1, 0);
    assert_eq!(keys(plain(UNIX), Some(plain(UNIX))), ["accept-unix", "fd-lowest"]);
    assert_eq!(keys(listener(0, 5), Some(dead)), ["accept-dead-unnamed", "fd-lowest"]);
    assert_eq!(
        keys(listener(0, 5), Some(closed)),
        ["accept-closed", "accept-returned", "fd-lowest"]
    );
    assert_eq!(keys(listener(0, 5), None), ["accept-fd", "fd-lowest"]);
}

#[test]
fn a_read_that_slept_wakes_by_a_fin_or_by_bytes_that_nobody_saw_arrive() {
    let lab = |state| Lab::new().fd("client", 3, client_end(state));
    let asleep = lab(TcpState::Established).asleep("client", &on("read", 3));
    let fin = to_client(5, FIN_ACK, 0);
    let play = Play::new(&asleep, lab(TcpState::CloseWait))
        .cause(deliver())
        .report(on("read", 3), OK)
        .delivered(&[&fin]);
    assert_eq!(play.keys(), ["recv-end-woken", "to-close-wait"]);
    let play =
        Play::new(&asleep, lab(TcpState::Established)).report(on("read", 3), Outcome::Returned(5));
    assert_eq!(play.keys(), ["recv-woken-unseen"]);
}

#[test]
fn a_close_that_slept_says_what_is_left() {
    let lingering = client_end(TcpState::FinWait1).queues(0, 10);
    let close = || on("close", 3);
    let before = Lab::new().row("client", lingering.clone()).asleep("client", &close());
    let after = Lab::new().row("client", lingering.without_fd(Ownerless::Orphan));
    let play = Play::new(&before, after).report(close(), OK);
    assert_eq!(play.keys(), ["close-late", "orphan"]);
    let before = Lab::new().asleep("client", &close());
    let play = Play::new(&before, Lab::new()).report(close(), OK);
    assert_eq!(play.keys(), ["close-late-done"]);
}

#[test]
fn bytes_left_behind_a_fin_are_counted_apart() {
    let keys = |left| {
        let lab =
            |queue| Lab::new().fd("client", 3, client_end(TcpState::CloseWait).queues(queue, 0));
        let read = Outcome::Returned(5);
        Play::new(&lab(left + 5), lab(left)).report(on("read", 3), read).keys()
    };
    assert_eq!(keys(1), ["recv-returned", "recv-left-fin"]);
    assert_eq!(keys(4), ["recv-returned", "recv-left-closed"]);
    assert_eq!(keys(0), ["recv-returned"]);
}

#[test]
fn several_segments_in_one_read_are_a_surprise() {
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let asleep = lab.clone().asleep("client", &on("recv", 3));
    let (one, two) = (to_client(5, Flags::ACK, 3), to_client(6, Flags::ACK, 4));
    let play = Play::new(&asleep, lab)
        .report(on("recv", 3), Outcome::Returned(7))
        .delivered(&[&one, &two]);
    assert_eq!(play.keys(), ["recv-joined", "recv-woken"]);
}
