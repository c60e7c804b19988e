//! Cases that look alike, and that the moment itself tells apart.

use std::sync::Arc;

use crate::explain::testing::*;
use crate::model::{
    Action, Address, Call, Lang, Outcome, Ownerless, Packet, Reuse, Socket, TcpState,
};

fn keys(lab: &Lab, call: Call, outcome: Outcome) -> Vec<&'static str> {
    Play::new(lab, lab.clone()).report(call, outcome).keys()
}

#[test]
fn bind_over_an_old_connection_is_told() {
    let reuse = Some(Reuse { address: true, port: false });
    let row = server_end(TcpState::TimeWait).without_fd(Ownerless::TimeWait);
    let lab = |socket| Lab::new().row("server", row.clone()).fd("server", 4, socket);
    let before = lab(Socket { reuse, ..tcp(TcpState::Close) });
    let after = lab(tcp(TcpState::Close).at("0.0.0.0:8080", "0.0.0.0:0"));
    let bind = call("server", "bind", &[4, 0x1000_0000, 16], &["4", SHOWN_ANY, "16"]);
    let play = Play::new(&before, after).report(bind, OK);
    assert_eq!(play.keys(), ["bind-over-old", "bind-tcp", "bind-any"]);
}

/// An ICMP error for the client that quotes the beginning of a segment of its connection.
fn unreachable() -> Arc<Packet> {
    let mut bytes = vec![0; 20 + 8 + 20 + 8];
    (bytes[0], bytes[28], bytes[37]) = (0x45, 0x45, 6);
    bytes[40..44].copy_from_slice(&[198, 51, 100, 2]);
    bytes[44..48].copy_from_slice(&[198, 51, 100, 1]);
    bytes[48..50].copy_from_slice(&40001_u16.to_be_bytes());
    bytes[50..52].copy_from_slice(&8080_u16.to_be_bytes());
    Arc::new(Packet { bytes: bytes.into(), ..(*icmp(9, 3, 1)).clone() })
}

#[test]
fn an_icmp_error_for_a_connection_that_stands_is_only_remembered() {
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let play = Play::new(&lab, lab.clone()).delivered(&[&unreachable()]);
    assert_eq!(play.keys(), ["icmp-soft"]);
    assert!(play.first().contains("40001>8080"), "{}", play.first());
    let short = Arc::new(Packet { bytes: vec![0x45; 30].into(), ..(*unreachable()).clone() });
    assert!(!Play::new(&lab, lab.clone()).delivered(&[&short]).keys().contains(&"icmp-soft"));
    let option = call("client", "setsockopt", &[3], &["3", "SOL_IP", "IP_RECVERR", "[1]", "4"]);
    let set = Play::new(&lab, lab.clone()).report(option, OK);
    let play = Play::new(&lab, lab.clone()).delivered(&[&unreachable()]).behind(&set);
    assert!(!play.keys().contains(&"icmp-soft"));
}

#[test]
fn an_icmp_error_is_told_by_its_type() {
    let connect = || call("client", "connect", &[3, 0x1000_0000, 16], &["3", SHOWN_SERVER, "16"]);
    let before = Lab::new().fd("client", 3, client_end(TcpState::SynSent));
    let before = before.asleep("client", &connect());
    let after = Lab::new().fd("client", 3, tcp(TcpState::Close));
    let cases = [
        (3, 1, "no way"),
        (3, 2, "protocol unreachable"),
        (3, 13, "forbids"),
        (11, 0, "hops"),
        (12, 0, "parameter problem"),
    ];
    for (kind, code, words) in cases {
        let play = Play::new(&before, after.clone())
            .report(connect(), failed("EHOSTUNREACH"))
            .delivered(&[&icmp(2, kind, code)]);
        assert!(play.first().contains(words), "{}", play.first());
    }
}

#[test]
fn an_echo_is_answered_by_the_kernel() {
    let echo = |number, kind, to: &str, from: &str| {
        let mut packet = (*icmp(number, kind, 0)).clone();
        (packet.to, packet.from) = (Some(host(to)), Some(host(from)));
        Arc::new(packet)
    };
    let (asks, answers) = (echo(1, 8, "server", "client"), echo(2, 0, "client", "server"));
    let deliver = Action::Wire(crate::model::WireAction::Deliver(crate::model::Filter::any()));
    let lab = Lab::new();
    let play = Play::new(&lab, lab.clone()).cause(deliver).delivered(&[&asks, &answers]);
    assert!(play.keys().contains(&"icmp-echo"), "{:?}", play.keys());
}

#[test]
fn who_takes_what_was_sent_is_told() {
    let write = || call("client", "write", &[3, 1, 16], &["3", "\"x\"", "16"]);
    let read = || call("server", "read", &[4, 1, 100], &["4", "0x1", "100"]);
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established)).fd(
        "server",
        4,
        server_end(TcpState::Established),
    );
    let data = to_server(4, crate::model::Flags::ACK, 16);
    let sent = Outcome::Returned(16);
    let asleep = lab.clone().asleep("server", &read());
    let play = Play::new(&asleep, lab.clone()).report(write(), sent.clone());
    let play = play.report(read(), sent.clone()).delivered(&[&data]);
    assert_eq!(play.keys()[0], "send-delivered-woken");
    let play = Play::new(&asleep, asleep.clone()).report(write(), sent.clone());
    assert_eq!(play.delivered(&[&data]).keys()[0], "send-delivered-taken");
    // Both ends on one host: no packet is seen.
    let (one, other) = ("127.0.0.1:40001", "127.0.0.1:8080");
    let lab = Lab::new()
        .fd("server", 3, tcp(TcpState::Established).at(one, other).queues(0, 0))
        .fd("server", 4, tcp(TcpState::Established).at(other, one).queues(0, 0))
        .process("reader", "server")
        .share("reader", 4, 2004);
    let write = || call("server", "write", &[3, 1, 16], &["3", "\"x\"", "16"]);
    let read = || call("reader", "read", &[4, 1, 100], &["4", "0x1", "100"]);
    assert_eq!(keys(&lab, write(), sent.clone()), ["send-here"]);
    let play = Play::new(&lab.clone().asleep("reader", &read()), lab);
    let play = play.report(write(), sent.clone()).report(read(), sent);
    assert_eq!(play.keys()[0], "send-here-woken");
}

#[test]
fn a_stream_does_not_look_at_the_address_of_sendto() {
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let args = [3, 1, 2, 0, 0x1000_0000, 16];
    let sendto = call("client", "sendto", &args, &["3", "\"x\"", "2", "0", SHOWN_ANY, "16"]);
    let told = keys(&lab, sendto, Outcome::Returned(2));
    assert!(told.contains(&"send-address-ignored"), "{told:?}");
}

#[test]
fn a_message_that_was_cut_is_not_told_as_whole() {
    let lab = Lab::new().fd("server", 3, plain(UDP).at("0.0.0.0:8080", "0.0.0.0:0"));
    let recv = call("server", "recv", &[3, 1, 4, 0x20], &["3", "\"x\"", "4", "MSG_TRUNC"]);
    assert_eq!(keys(&lab, recv, Outcome::Returned(10)), ["recv-datagram-trunc"]);
    let recvmsg = call("server", "recvmsg", &[3, 1, 0], &["3", "0x1", "0"]);
    let play = Play::new(&lab, lab.clone());
    let play = play.written(recvmsg, Outcome::Returned(4), &[(1, "{msg_flags=MSG_TRUNC}")]);
    assert_eq!(play.keys(), ["message-cut", "recv-datagram-part"]);
    let after = lab.clone().counter("server", "UdpRcvbufErrors", 2);
    assert_eq!(Play::new(&lab, after).keys(), ["datagram-no-room"]);
}

#[test]
fn a_full_queue_whose_length_is_not_known_is_told_without_it() {
    let path = r#"{sa_family=AF_UNIX, sun_path="/tmp/s"}"#;
    let lab = Lab::new().fd("client", 3, plain(UNIX));
    let connect = || call("client", "connect", &[3, 1, 9], &["3", path, "9"]);
    assert_eq!(keys(&lab, connect(), failed("EAGAIN")), ["connect-unix-full-unseen"]);
    assert_eq!(keys(&lab, connect(), Outcome::Blocked), ["connect-blocked-unix-full"]);
    let door = Address::Path(b"/tmp/s".to_vec());
    let door = Socket { state: Some(TcpState::Listen), ..plain(UNIX).named(door).queues(2, 1) };
    let lab = lab.row("client", door);
    assert_eq!(keys(&lab, connect(), failed("EAGAIN")), ["connect-unix-full"]);
    assert_eq!(keys(&lab, connect(), Outcome::Blocked), ["connect-blocked-unix"]);
}

#[test]
fn why_an_rst_was_sent_is_told() {
    let rst = to_client(6, RST_ACK, 0);
    let killed = |before: Lab| {
        let after = Lab::new().edit("server", |process| process.fds.clear());
        Play::new(&before, after).delivered(&[&rst]).keys()
    };
    let unread = server_end(TcpState::Established).queues(4, 0);
    let told = killed(Lab::new().fd("server", 4, unread));
    assert!(told.contains(&"reset-unread"), "{told:?}");
    let queued = server_end(TcpState::Established).without_fd(Ownerless::AcceptQueue);
    let told = killed(Lab::new().fd("server", 3, listener(1, 5)).row("server", queued));
    assert!(told.contains(&"reset-unaccepted"), "{told:?}");
}

#[test]
fn small_answers() {
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let close = call("client", "close", &[-1], &["-1"]);
    assert_eq!(keys(&lab, close, failed("EBADF")), ["error-badf-negative"]);
    let kill = call("client", "kill", &[3, 0], &["3", "0"]);
    assert_eq!(keys(&lab, kill, OK), ["signal-asked"]);
    let select = call("client", "select", &[100], &["100", "[3 99]", "NULL", "NULL", "NULL"]);
    let play = Play::new(&lab, lab.clone()).report(select, failed("EBADF"));
    assert_eq!(play.keys(), ["select-badf-which"]);
    assert!(play.first().contains("has 99,"), "{}", play.first());
    let all = call("client", "ioctl", &[3, 1, 1], &["3", "SIOCOUTQ", "0x1"]);
    let play = Play::new(&lab, lab.clone()).written(all, OK, &[(2, "[0]")]);
    assert_eq!(play.keys(), ["ioctl-all-confirmed"]);
    let cred = ["3", "SOL_SOCKET", "SO_PEERCRED", "0x1", "[12]"];
    let cred = call("client", "getsockopt", &[3], &cred);
    let play = Play::new(&lab, lab.clone()).written(cred, OK, &[(3, "{pid=0, uid=-1, gid=-1}")]);
    assert_eq!(play.keys(), ["option-peercred-nobody"]);
    let after =
        lab.clone().counter("client", "TcpRetransSegs", 2).counter("client", "TCPTimeouts", 2);
    assert_eq!(Play::new(&lab, after).keys(), ["sent-again-timer"]);
}

#[test]
fn a_raw_socket_with_the_number_of_tcp_is_raw() {
    let raw = crate::model::Kind { kind: 3, ..TCP };
    assert!(!raw.is_tcp());
    assert_eq!(raw.short(), "raw");
    let after = Lab::new().fd("client", 3, plain(raw));
    let socket = call("client", "socket", &[2, 3, 6], &["AF_INET", "SOCK_RAW", "IPPROTO_TCP"]);
    let play = Play::new(&Lab::new(), after).report(socket, Outcome::Returned(3));
    assert_eq!(play.keys()[0], "socket-raw");
}

#[test]
fn several_fds_of_a_socket_are_joined_in_the_language_of_the_sentence() {
    let lab =
        Lab::new().fd("client", 3, client_end(TcpState::Established)).share("client", 4, 3003);
    let after = lab.clone().edit_host("client", |host| {
        host.sockets = vec![Arc::new(Socket { inode: 3003, ..client_end(TcpState::CloseWait) })];
    });
    let play = Play::new(&lab, after).delivered(&[&to_client(6, FIN_ACK, 0)]);
    let notes = play.notes();
    let chinese = WORDS.in_lang(Lang::Zh).short(&notes[0]);
    assert!(chinese.contains("client fd 3、client fd 4"), "{chinese}");
    assert!(WORDS.short(&notes[0]).contains("client fd 3, client fd 4"));
}
