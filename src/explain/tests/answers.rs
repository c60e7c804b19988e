//! Answers whose value alone says little: options, lengths, waits, fragments.

use std::sync::Arc;

use crate::explain::testing::*;
use crate::model::{Address, Body, Call, Family, Kind, Outcome, Packet, Socket, TcpState};

fn lab(socket: Socket) -> Lab {
    Lab::new().fd("client", 3, socket)
}

fn open() -> Lab {
    lab(client_end(TcpState::Established))
}

fn told(lab: &Lab, call: Call, outcome: Outcome) -> Play {
    Play::new(lab, lab.clone()).report(call, outcome)
}

fn set(option: &str, value: &str) -> Call {
    call("client", "setsockopt", &[3, 0, 0, 0, 4], &["3", "SOL_TCP", option, value, "4"])
}

#[test]
fn options_are_told_by_what_their_value_means() {
    let zero = r#""\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0""#;
    let cases = [
        (set("SO_RCVTIMEO_OLD", zero), ["option-set", "option-no-limit"]),
        (set("SO_RCVLOWAT", "[0]"), ["option-set", "option-lowat-zero"]),
        (set("TCP_CONGESTION", "[1869505906]"), ["option-set", "option-congestion"]),
    ];
    for (call, keys) in cases {
        let found = told(&open(), call, OK).keys();
        assert!(keys.iter().all(|key| found.contains(key)), "{found:?}");
    }
    let reno = told(&open(), set("TCP_CONGESTION", "[1869505906]"), OK);
    assert!(reno.first().contains("reno"), "{}", reno.first());
    let failures = [
        (set("TCP_MAXSEG", "[5]"), "EINVAL", "option-range"),
        (set("TCP_MAXSEG", "[500]"), "EINVAL", "option-invalid"),
        (set("IP_ADD_MEMBERSHIP", "{…}"), "EPROTO", "option-multicast-stream"),
    ];
    for (call, errno, key) in failures {
        assert_eq!(told(&open(), call, failed(errno)).keys(), [key]);
    }
    let get = |length: &str| {
        let shown = ["3", "SOL_SOCKET", "SO_RCVBUF", "0x10000064", length];
        call("client", "getsockopt", &[3], &shown)
    };
    assert_eq!(told(&open(), get("[0]"), OK).keys(), ["option-part"]);
    assert_eq!(told(&open(), get("[4]"), OK).keys(), ["option-buffer-read"]);
}

#[test]
fn nothing_to_send_and_nothing_to_wait_for() {
    let send = call("client", "send", &[3, 1, 0, 0], &["3", "\"\"", "0", "0"]);
    assert_eq!(told(&open(), send, OK).keys(), ["send-nothing"]);
    let poll = call("client", "poll", &[0, 0, 700], &["NULL", "0", "700"]);
    assert_eq!(told(&open(), poll, Outcome::Blocked).keys(), ["poll-only-sleeps"]);
    let flags = ["3", "0x1", "9", "MSG_ERRQUEUE"];
    let recv = call("client", "recv", &[3, 1, 9, 0x2000], &flags);
    assert_eq!(told(&open(), recv, failed("EAGAIN")).keys(), ["recv-no-reports"]);
    let fault = call("client", "bind", &[3, 1, 16], &["3", "0x1", "16"]);
    let play = told(&open(), fault, failed("EFAULT"));
    assert_eq!(play.keys(), ["error-fault-at"]);
    assert!(play.first().contains("0x1 is no address"), "{}", play.first());
    let limit = call("client", "setrlimit", &[99, 1], &["0x63", "{rlim_cur=9, rlim_max=9}"]);
    assert_eq!(told(&open(), limit, failed("EINVAL")).keys(), ["getrlimit-invalid"]);
}

#[test]
fn a_socket_without_a_connection_is_writable_for_another_reason() {
    let select = || call("client", "select", &[4], &["4", "[3]", "[3]", "NULL", "NULL"]);
    let over = lab(tcp(TcpState::Close));
    let ready = |before: &Lab| {
        let written = [(6, "(2, in [3], out [3])")];
        Play::new(before, over.clone()).written(select(), Outcome::Returned(2), &written).keys()
    };
    assert!(ready(&over).contains(&"ready-over-out"), "{:?}", ready(&over));
    let trying = lab(client_end(TcpState::SynSent));
    assert!(ready(&trying).contains(&"ready-failed-out"), "{:?}", ready(&trying));
}

#[test]
fn a_datagram_in_pieces_is_told_as_one() {
    let socket = plain(UDP).at("0.0.0.0:40001", "0.0.0.0:0");
    let piece = |number| {
        let mut packet = (*to_server(number, crate::model::Flags::ACK, 0)).clone();
        packet.body = Body::Other { protocol: Some(17) };
        Arc::new(packet)
    };
    let pieces: Vec<Arc<Packet>> = (1..4).map(piece).collect();
    let args = [3, 1, 3000, 0, 1, 16];
    let sendto = call("client", "sendto", &args, &["3", "\"x\"", "3000", "0", SHOWN_SERVER, "16"]);
    let play = told(&lab(socket), sendto, Outcome::Returned(3000));
    let play = play.delivered(&pieces.iter().collect::<Vec<_>>());
    assert_eq!(play.keys()[0], "send-datagram-fragments");
    assert!(play.first().contains("3 fragments"), "{}", play.first());
}

#[test]
fn a_listener_for_ipv6_alone_refuses_ipv4_by_name() {
    let connect = call("client", "connect", &[3, 1, 16], &["3", SHOWN_SERVER, "16"]);
    let six = Kind { family: Family::Inet6, ..TCP };
    let door = Socket {
        kind: six,
        v6only: Some(true),
        state: Some(TcpState::Listen),
        ..plain(six).at("[::]:8080", "[::]:0").queues(0, 5)
    };
    let lab = lab(client_end(TcpState::SynSent)).fd("server", 3, door.clone());
    let after = Lab::new().fd("client", 3, tcp(TcpState::Close)).fd("server", 3, door.clone());
    let play = Play::new(&lab, after)
        .report(connect, failed("ECONNREFUSED"))
        .delivered(&[&to_client(2, RST_ACK, 0)]);
    assert_eq!(play.keys(), ["connect-refused-v6only"]);
    assert!(play.first().contains("listens on [::]:8080"), "{}", play.first());
    let bound = Socket { state: Some(TcpState::Close), ..door.clone() };
    let listen = call("server", "listen", &[3, 5], &["3", "5"]);
    let play = Play::new(&Lab::new().fd("server", 3, bound), Lab::new().fd("server", 3, door));
    let play = play.report(listen, OK);
    assert!(play.first().contains("on [::]:8080"), "{}", play.first());
}

#[test]
fn names_and_memory_without_a_file() {
    let unlink = || call("client", "unlink", &[1], &["\"/tmp/p\""]);
    assert_eq!(told(&open(), unlink(), OK).keys(), ["unlink-file"]);
    let shown = ["NULL", "4096", "PROT_READ", "MAP_ANONYMOUS", "-1", "0"];
    let map = call("client", "mmap", &[0, 4096, 1, 0x22, -1, 0], &shown);
    assert_eq!(told(&open(), map, Outcome::Returned(1)).keys(), ["mmap-anonymous"]);
    let socket = call("client", "socket", &[99, 1, 0], &["0x63", "SOCK_STREAM", "0"]);
    let play = told(&open(), socket, failed("EAFNOSUPPORT"));
    assert!(play.first().contains("99"), "{}", play.first());
}

#[test]
fn what_a_raw_socket_queues_is_memory() {
    let raw = |queue| plain(Kind { kind: 3, protocol: 1, ..TCP }).queues(queue, 0);
    let play = Play::new(&lab(raw(0)), lab(raw(832)));
    assert_eq!(play.keys(), ["raw-arrived"]);
}

#[test]
fn a_name_that_the_kernel_wrote_is_told_though_no_row_has_it() {
    let unix = plain(UNIX).named(Address::Unnamed);
    let get = call("client", "getpeername", &[3], &["3", "0x1", "[110]"]);
    let name = r#"{sa_family=AF_UNIX, sun_path=@"door"}"#;
    let play = Play::new(&lab(unix.clone()), lab(unix.clone()));
    let play = play.written(get, OK, &[(1, name), (2, "[110 => 7]")]);
    assert_eq!(play.keys(), ["getpeername-returned"]);
    let datagrams = Socket { kind: Kind { kind: 2, ..UNIX }, ..unix };
    let args = [3, 1, 16, 0, 1, 1];
    let recv = call("client", "recvfrom", &args, &["3", "0x1", "16", "0", "0x1", "[2]"]);
    let play = Play::new(&lab(datagrams.clone()), lab(datagrams));
    let play = play.written(recv, Outcome::Returned(3), &[(5, "[2 => 9]")]);
    assert!(!play.keys().contains(&"recv-nameless"), "{:?}", play.keys());
}
