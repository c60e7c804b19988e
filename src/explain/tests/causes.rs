//! A cause that is known is told, and nothing is told that is not so.

use super::gaps::lab;
use crate::explain::note::{Note, Value, note};
use crate::explain::testing::*;
use crate::model::{Call, Flags, Kind, Outcome, Overrun, Socket, TcpState};

fn on(name: &str, args: &[i64], shown: &[&str]) -> Call {
    call("server", name, args, shown)
}

/// The keys of a call of this lab that failed and changed nothing.
fn keys(call: Call, errno: &str) -> Vec<&'static str> {
    Play::new(&lab(), lab()).report(call, failed(errno)).keys()
}

#[test]
fn a_datagram_socket_without_a_peer_is_shut_all_the_same() {
    let shut = on("shutdown", &[6, 1], &["6", "SHUT_WR"]);
    assert_eq!(keys(shut, "ENOTCONN"), ["shutdown-no-peer"]);
    let shut = on("shutdown", &[3, 1], &["3", "SHUT_WR"]);
    assert_eq!(keys(shut, "ENOTCONN"), ["shutdown-not-connected"]);
    let sendto = on("sendto", &[6, 1, 5, 0, 7, 16], &["6", "\"x\"", "5", "0", SHOWN_SERVER]);
    assert_eq!(keys(sendto, "EPIPE"), ["send-pipe-own"]);
}

#[test]
fn a_unix_socket_that_does_not_listen_has_no_accept_queue() {
    for kind in [1, 5] {
        let socket = plain(Kind { kind, ..UNIX });
        let lab = Lab::new().fd("server", 3, socket);
        let accept = on("accept", &[3, 0, 0], &["3", "NULL", "NULL"]);
        let play = Play::new(&lab, lab.clone()).report(accept, failed("EINVAL"));
        assert_eq!(play.keys(), ["accept-not-listening"], "{kind}");
    }
}

#[test]
fn af_unspec_takes_from_a_socket_what_it_has() {
    let unspec = || call("client", "connect", &[3, 7, 16], &["3", "{sa_family=AF_UNSPEC}", "16"]);
    let after = Lab::new().fd("client", 3, tcp(TcpState::Close));
    let cases = [
        (client_end(TcpState::Established), "connect-unspec-peer"),
        (listener(0, 5), "connect-unspec-listener"),
        (tcp(TcpState::Close), "connect-unspec"),
    ];
    for (socket, key) in cases {
        let before = Lab::new().fd("client", 3, socket);
        assert_eq!(Play::new(&before, after.clone()).report(unspec(), OK).keys()[0], key);
    }
    let before = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let rst = to_server(4, RST_ACK, 0);
    let play = Play::new(&before, after).report(unspec(), OK).delivered(&[&rst]);
    assert_eq!(play.keys()[0], "connect-unspec-reset");
}

#[test]
fn errors_of_options_say_what_was_wrong_with_them() {
    let set = |option: &str, length: i64| {
        let shown = ["3", "SOL_SOCKET", option, "0x10000064", "?"];
        on("setsockopt", &[3, 1, 1, 7, length], &shown)
    };
    let cases = [
        (set("SO_TYPE", 4), "ENOPROTOOPT", "option-read-only"),
        (set("TCP_KEEPIDLE", 4), "ENOPROTOOPT", "option-unknown"),
        (set("SO_REUSEADDR", 1), "EINVAL", "option-short"),
        (set("SO_RCVTIMEO_OLD", 4), "EINVAL", "option-short"),
        (set("SO_LINGER", 4), "EINVAL", "option-short"),
        (set("SO_REUSEADDR", -1), "EINVAL", "option-short"),
        (set("SO_REUSEADDR", 4), "EINVAL", "option-invalid"),
    ];
    for (call, errno, key) in cases {
        let option = call.shown[2].clone();
        assert_eq!(keys(call, errno), [key], "{option} {errno}");
    }
    let buffer = set("SO_RCVBUF", 4);
    let play = Play::new(&lab(), lab()).report(buffer, OK);
    assert_eq!(play.keys(), ["option-buffer-asked"]);
}

#[test]
fn a_length_that_is_refused_reads_nothing() {
    let bind = |told: u64, length: i64| Call {
        overrun: Some(Overrun {
            argument: 1,
            object: "a".to_owned(),
            room: 16,
            told,
            fills: false,
        }),
        ..on("bind", &[3, 7, length], &["3", SHOWN_ANY, "?"])
    };
    assert_eq!(keys(bind(1000, 1000), "EINVAL"), ["bind-length"]);
    let play =
        Play::new(&lab(), lab()).report(bind(4_294_967_295, 4_294_967_295), failed("EINVAL"));
    assert_eq!(play.keys(), ["bind-length"]);
    assert!(play.first().contains("length -1 "), "{}", play.first());
    assert_eq!(keys(bind(100, 100), "EACCES"), ["bind-privileged", "overrun-read"]);
    let long = Overrun { argument: 1, object: "b".into(), room: 9, told: 70_000, fills: false };
    let args = [6, 1, 70_000, 0, 7, 16];
    let sendto = on("sendto", &args, &["6", "\"x\"", "70000", "0", SHOWN_SERVER]);
    assert_eq!(keys(Call { overrun: Some(long), ..sendto }, "EMSGSIZE"), ["send-too-long"]);
}

#[test]
fn errors_of_numbers_say_which_of_their_causes_it_was() {
    let rights = "{msg_control=[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, \
        cmsg_data=[999]}]}";
    let nodelay = Call {
        code: "setsockopt(t, SOL_SOCKET, TCP_NODELAY, &one, 4);".to_owned(),
        ..on("setsockopt", &[3, 1, 1, 7, 4], &["3", "SOL_SOCKET", "SO_DEBUG", "[1]", "4"])
    };
    let cases = [
        (on("bind", &[1, 7, 16], &["1", SHOWN_ANY, "16"]), "ENOTSOCK", "error-notsock"),
        (on("dup2", &[3, -1], &["3", "-1"]), "EBADF", "dup-negative"),
        (on("dup2", &[3, 100_000], &["3", "100000"]), "EBADF", "dup-limit"),
        (on("dup2", &[99, 7], &["99", "7"]), "EBADF", "error-badf"),
        (on("dup3", &[3, 3, 0], &["3", "3", "0"]), "EINVAL", "dup3-same"),
        (on("dup3", &[3, 9, 12_345], &["3", "9", "12345"]), "EINVAL", "dup3-flags"),
        (on("sendmsg", &[13, 1, 0], &["13", rights, "0"]), "EBADF", "send-rights-closed"),
        (nodelay, "EACCES", "option-wrong-level"),
    ];
    for (call, errno, key) in cases {
        let name = call.typed.clone();
        assert_eq!(keys(call, errno), [key], "{name} {errno}");
    }
    let standard = on("dup", &[0], &["0"]);
    let play = Play::new(&lab(), lab()).report(standard, Outcome::Returned(20));
    assert_eq!(play.keys()[0], "dup-returned-file");
}

const TO_ALL: &str =
    r#"{sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("198.51.100.255")}"#;

#[test]
fn a_datagram_says_where_it_could_not_go() {
    let sendto = |to: &str| on("sendto", &[6, 1, 5, 0, 7, 16], &["6", "\"x\"", "5", "0", to, "16"]);
    assert_eq!(keys(sendto(TO_ALL), "EACCES"), ["send-broadcast"]);
    assert_eq!(keys(sendto(SHOWN_SERVER), "EACCES"), ["send-denied"]);
    let sent = |after: Lab| {
        let before = lab().counter("server", "UdpNoPorts", 0);
        let play = Play::new(&before, after).report(sendto(SHOWN_ANY), Outcome::Returned(5));
        play.notes().into_iter().find(|note| note.key == "send-datagram-own")
    };
    let fate = |counted| {
        let note = sent(lab().counter("server", "UdpNoPorts", counted));
        note.and_then(|note| note.value("fate").cloned())
    };
    let clause = |note: Note| Some(Value::Clause(Box::new(note)));
    assert_eq!(fate(1), clause(note!("datagram-own-refused", port = 8080)));
    assert_eq!(fate(0), clause(note!("datagram-own")));
}

#[test]
fn a_listener_of_another_address_does_not_take_the_connection() {
    let refused = |holder: Socket| {
        let lab = Lab::new().fd("client", 3, tcp(TcpState::Close)).fd("server", 3, holder);
        let call = call("client", "connect", &[3, 7, 16], &["3", SHOWN_SERVER, "16"]);
        let (syn, rst) = (to_server(1, Flags::SYN, 0), to_client(2, RST_ACK, 0));
        let play = Play::new(&lab, lab.clone()).report(call, failed("ECONNREFUSED"));
        play.delivered(&[&syn, &rst]).keys()
    };
    assert_eq!(refused(listener(0, 5)), ["connect-refused-rst"]);
    let elsewhere = listener(0, 5).at("127.0.0.1:8080", "0.0.0.0:0");
    assert_eq!(refused(elsewhere), ["connect-refused-elsewhere"]);
}

#[test]
fn a_listener_in_a_message_listens_on_without_a_number() {
    let listening = || Socket { inode: 7, ..listener(0, 5) };
    let before = Lab::new().fd("server", 3, listening());
    let flying = before.clone().edit("server", |process| process.fds.clear());
    let close = on("close", &[3], &["3"]);
    let play = Play::new(&before, flying.clone()).report(close, OK);
    assert!(play.keys().contains(&"close-in-flight"), "{:?}", play.keys());
    let play = Play::new(&flying, Lab::new());
    let said = play.first();
    assert!(said.starts_with("No process had a number for it"), "{said}");
}
