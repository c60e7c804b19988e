//! Sockets of unix(7): the other end is on the same host, and the kernel tells which it is.

use crate::explain::testing::*;
use crate::model::{Address, Call, Kind, Outcome, Socket, TcpState};

const STREAM: Kind = UNIX;
const DGRAM: Kind = Kind { kind: 2, ..UNIX };
const PACKET: Kind = Kind { kind: 5, ..UNIX };
const SHOWN: &str = r#"{sa_family=AF_UNIX, sun_path="/tmp/s"}"#;

fn path() -> Address {
    Address::Path(b"/tmp/s".to_vec())
}

/// A socket of this kind with a partner: the fd 4 of the server, whose inode the lab makes so.
fn tied(kind: Kind, recv: u32) -> Socket {
    let unnamed = plain(kind).named(Address::Unnamed).queues(recv, 0);
    Socket { partner: Some(2004), state: Some(TcpState::Established), ..unnamed }
}

fn server_side(kind: Kind, recv: u32) -> Socket {
    Socket { partner: Some(2003), ..plain(kind).named(path()).queues(recv, 0) }
}

/// fd 3 and 4 of the server are tied to each other.
fn pair(kind: Kind, recv: u32, there: u32) -> Lab {
    Lab::new().fd("server", 3, tied(kind, recv)).fd("server", 4, server_side(kind, there))
}

fn on(name: &str, shown: &[&str]) -> Call {
    call("server", name, &[3, 0x1000_0000, 16, 0], shown)
}

fn told(before: &Lab, after: Lab, call: Call, outcome: Outcome) -> Vec<&'static str> {
    Play::new(before, after).report(call, outcome).keys()
}

fn same(lab: &Lab, call: Call, value: i64) -> Vec<&'static str> {
    told(lab, lab.clone(), call, Outcome::Returned(value))
}

#[test]
fn bytes_go_to_a_socket_that_is_named() {
    let send = || on("send", &["3", "\"abc\"", "3", "0"]);
    let cases = [
        (pair(STREAM, 0, 3), "send-unix-waits"),
        (pair(STREAM, 0, 0), "send-unix-read"),
        (pair(PACKET, 0, 3), "send-unix-message"),
        (Lab::new().fd("server", 3, plain(STREAM)), "send-unix"),
    ];
    for (lab, key) in cases {
        assert_eq!(same(&lab, send(), 16), [key]);
    }
    let reader = call("reader", "read", &[4, 1, 100], &["4", "0x1", "100"]);
    let asleep = pair(STREAM, 0, 0).process("reader", "server").share("reader", 4, 2004);
    assert_eq!(same(&asleep.asleep("reader", &reader), send(), 16), ["send-unix-taken"]);
    let awake = pair(STREAM, 0, 0).process("reader", "server").share("reader", 4, 2004);
    let play = Play::new(&awake.clone().asleep("reader", &reader), awake);
    let play = play.report(send(), Outcome::Returned(16)).report(reader, Outcome::Returned(16));
    assert_eq!(play.keys()[0], "send-unix-woken");
    let lab = Lab::new().fd("server", 3, plain(DGRAM)).fd("server", 5, plain(DGRAM).named(path()));
    let to = on("sendto", &["3", "\"abc\"", "3", "0", SHOWN, "9"]);
    let play = Play::new(&lab, lab.clone()).report(to, Outcome::Returned(16));
    assert!(play.first().contains("server fd 5"), "{}", play.first());
}

#[test]
fn a_read_of_nothing_says_what_is_left_of_the_other_end() {
    let read = || on("recv", &["3", "0x1", "16", "0"]);
    let cases = [
        (pair(STREAM, 0, 0), "recv-end-unix-shut"),
        (Lab::new().fd("server", 3, plain(STREAM)), "recv-end-unix"),
        (pair(PACKET, 0, 0), "recv-zero-packet"),
        (Lab::new().fd("server", 3, plain(PACKET)), "recv-end-unix"),
        (pair(DGRAM, 0, 0), "recv-empty-datagram"),
    ];
    for (lab, key) in cases {
        assert_eq!(same(&lab, read(), 0), [key]);
    }
    let from = on("recvfrom", &["3", "0x1", "16", "0", "0x2", "[110]"]);
    let lab = pair(DGRAM, 0, 0);
    let written = [(1, "\"abc\""), (4, SHOWN), (5, "[110 => 9]")];
    let play = Play::new(&lab, lab.clone()).written(from, Outcome::Returned(3), &written);
    assert_eq!(play.keys(), ["recv-datagram-from"]);
    let nameless = call("server", "recvfrom", &[3, 1, 16, 0, 2, 3], &["3", "0x1", "16", "0"]);
    let play = Play::new(&lab, lab.clone());
    let play = play.written(nameless, Outcome::Returned(3), &[(1, "\"abc\""), (5, "[110 => 0]")]);
    assert_eq!(play.keys(), ["recv-datagram", "recv-nameless"]);
    let waits = Lab::new().fd("server", 3, tied(DGRAM, 5));
    let two = |size| call("server", "recv", &[3, 1, size, 0], &["3", "0x1", "2", "0"]);
    assert_eq!(same(&waits, two(2), 2), ["recv-datagram-cut"]);
    assert_eq!(same(&waits, two(5), 5), ["recv-datagram-full"]);
    assert_eq!(same(&waits, two(9), 5), ["recv-datagram"]);
    let reset = told(&lab, lab.clone(), read(), failed("ECONNRESET"));
    assert_eq!(reset, ["reset-unix"]);
}

#[test]
fn connecting_says_who_is_there() {
    let connect = || on("connect", &["3", SHOWN, "9"]);
    let listens = Socket { state: Some(TcpState::Listen), ..plain(STREAM).named(path()) };
    let own = || plain(STREAM).named(Address::Unnamed);
    let queued = Lab::new().fd("server", 3, own()).fd("server", 5, listens.queues(1, 0));
    assert_eq!(same(&queued, connect(), 0), ["connect-unix", "connect-queued-unix"]);
    assert_eq!(same(&pair(STREAM, 0, 0), connect(), 0), ["connect-unix-accepted"]);
    let target =
        Lab::new().fd("server", 3, plain(DGRAM)).fd("server", 5, plain(DGRAM).named(path()));
    assert_eq!(same(&target, connect(), 0), ["connect-unix-target"]);
    let alone = Lab::new().fd("server", 3, plain(DGRAM));
    assert_eq!(same(&alone, connect(), 0), ["connect-unix-target-unseen"]);
    let before = Lab::new().fd("server", 3, own());
    let new = Socket { partner: Some(2003), ..own() };
    let after = Lab::new().fd("server", 3, own()).fd("server", 4, new);
    let accept = told(&before, after, on("accept", &["3", "NULL", "NULL"]), Outcome::Returned(4));
    assert_eq!(accept[0], "accept-unix-from");
}

#[test]
fn the_end_of_a_unix_socket_is_told_to_its_other_end() {
    let close = || on("close", &["3"]);
    let gone = |lab: &Lab| {
        let after = Lab::new().fd("server", 4, plain(STREAM));
        told(lab, after, close(), OK)
    };
    let listens = Socket { state: Some(TcpState::Listen), ..plain(STREAM).named(path()) };
    let alone = Lab::new().fd("server", 3, plain(STREAM));
    assert_eq!(gone(&alone), ["close-plain"]);
    let listener = Lab::new().fd("server", 3, listens.queues(2, 5));
    assert_eq!(gone(&listener), ["close-unix-listener"]);
    let kept = |lab: Lab| {
        let after = Lab::new().fd("server", 4, server_side(STREAM, 0));
        told(&lab, after, close(), OK)
    };
    assert_eq!(kept(pair(STREAM, 0, 0)), ["close-unix"]);
    assert_eq!(kept(pair(STREAM, 5, 0)), ["close-unix-unread"]);
    let shutdown = || on("shutdown", &["3", "SHUT_WR"]);
    assert_eq!(same(&pair(STREAM, 0, 0), shutdown(), 0), ["shutdown-unix"]);
    assert_eq!(same(&alone, shutdown(), 0), ["shutdown-unix-alone"]);
    assert_eq!(same(&listener, shutdown(), 0), ["shutdown-unix-listener"]);
}

#[test]
fn a_socket_without_a_name_says_so() {
    let lab = pair(STREAM, 0, 0);
    let name = on("getsockname", &["3", "0x1", "[110]"]);
    let play = Play::new(&lab, lab.clone()).written(name, OK, &[(1, "{sa_family=AF_UNIX}")]);
    assert_eq!(play.keys(), ["getsockname-unnamed"]);
    let peer = on("getpeername", &["3", "0x1", "[110]"]);
    let play = Play::new(&lab, lab.clone()).written(peer, OK, &[(1, "{sa_family=AF_UNIX}")]);
    assert_eq!(play.keys(), ["getpeername-unnamed"]);
}

#[test]
fn what_rides_along_is_told_at_both_ends() {
    let rights = "{msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, \
                  cmsg_data=[6]}], msg_controllen=24, msg_flags=0}";
    let credentials = "{msg_control=[{cmsg_level=SOL_SOCKET, cmsg_type=SCM_CREDENTIALS, \
                       cmsg_data={pid=2, uid=0, gid=0}}], msg_flags=MSG_CTRUNC|MSG_TRUNC}";
    let lab = pair(STREAM, 0, 1);
    let send = |shown: &str| same(&lab, on("sendmsg", &["3", shown, "0"]), 1);
    assert_eq!(send(rights), ["rights-sent", "send-unix-waits"]);
    assert_eq!(send(credentials), ["credentials-sent", "send-unix-waits"]);
    let receive = |lab: Lab, shown: &str| {
        let call = on("recvmsg", &["3", "{msg_namelen=0}", "0"]);
        Play::new(&lab, lab.clone()).written(call, Outcome::Returned(1), &[(1, shown)]).keys()
    };
    assert_eq!(receive(lab.clone(), rights)[0], "rights-received-last");
    let twice = lab.clone().share("server", 6, 2004);
    assert_eq!(receive(twice, rights)[0], "rights-received");
    let told = receive(lab.clone(), credentials);
    assert_eq!(told[..3], ["credentials-received", "control-cut", "message-cut"]);
}
