//! A cause that is known is told, and nothing is told that is not so.

use super::gaps::lab;
use crate::explain::testing::*;
use crate::model::{Call, Kind, Overrun, TcpState};

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
