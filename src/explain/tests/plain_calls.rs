//! Calls whose answer needs little explanation.

use crate::explain::testing::*;
use crate::model::{
    Action, Address, Call, Family, Fate, Fd, File, Flags, Outcome, ProcessState, Socket, TcpState,
    TimerKind, WireAction,
};

fn on(name: &str, fd: i64, shown: &[&str]) -> Call {
    call("client", name, &[fd, 0x1000_0000, 16], shown)
}

fn fresh() -> Socket {
    tcp(TcpState::Close)
}

fn pipe(number: i32) -> Fd {
    Fd {
        number,
        file: File::Other("pipe:[1]".into()),
        cloexec: false,
        nonblock: false,
        watches: Vec::new(),
    }
}

/// The keys of a call that changed nothing.
fn keys(lab: &Lab, call: Call, value: i64) -> Vec<&'static str> {
    Play::new(lab, lab.clone()).report(call, Outcome::Returned(value)).keys()
}

#[test]
fn each_kind_of_new_socket_is_told_as_what_it_is() {
    let raw = crate::model::Kind { kind: 3, protocol: 1, ..TCP };
    let packet = crate::model::Kind { family: Family::Packet, ..raw };
    let netlink = crate::model::Kind { family: Family::Other(16), ..raw };
    let cases = [
        (Some(plain(UDP)), "socket-udp"),
        (Some(plain(UNIX)), "socket-unix"),
        (Some(plain(raw)), "socket-raw"),
        (Some(plain(packet)), "socket-packet"),
        (Some(plain(netlink)), "socket-other"),
        (None, "socket-fd"),
    ];
    for (socket, key) in cases {
        let after = match socket {
            Some(socket) => Lab::new().fd("client", 3, socket).nonblock("client", 3),
            None => Lab::new(),
        };
        let call = on("socket", 2, &["AF_INET", "SOCK_STREAM", "0"]);
        let found = Play::new(&Lab::new(), after).report(call, Outcome::Returned(3)).keys();
        assert_eq!(found[0], key);
        assert_eq!(found.contains(&"fd-flags"), key != "socket-fd", "{found:?}");
    }
}

#[test]
fn plain_answers_have_plain_words() {
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established)).file("client", pipe(4));
    let cases = [
        (on("socketpair", 1, &["AF_UNIX", "SOCK_STREAM", "0"]), 0, "socketpair-returned"),
        (on("pipe", 0, &[]), 0, "pipe-returned"),
        (on("unlink", 0, &["\"/tmp/s\""]), 0, "unlink-file"),
        (on("symlink", 0, &["\"/tmp/s\"", "\"/tmp/t\""]), 0, "symlink-returned"),
        (on("mkdir", 0, &["\"/tmp/d\"", "0700"]), 0, "mkdir-returned"),
        (on("chmod", 0, &["\"/tmp/s\"", "0600"]), 0, "chmod-returned"),
        (on("write", 4, &["4"]), 16, "send-file"),
        (on("close", 4, &["4"]), 0, "close-file"),
        (on("shutdown", 9, &["9", "SHUT_WR"]), 0, "shutdown-unseen"),
        (on("fcntl", 3, &["3", "F_GETOWN"]), 0, "fcntl-returned"),
        (on("ioctl", 3, &["3", "FIONREAD"]), 0, "ioctl-unread"),
        (on("ioctl", 3, &["3", "SIOCOUTQ"]), 0, "ioctl-unsent"),
        (on("ioctl", 3, &["3", "SIOCGSTAMP"]), 0, "ioctl-returned"),
        (on("poll", 0, &[]), 0, "poll-none"),
        (on("poll", 0, &[]), 1, "poll-ready"),
        (on("select", 4, &[]), 2, "select-ready"),
        (on("epoll_create1", 0, &[]), 5, "epoll-created"),
        (on("fork", 0, &[]), 9, "fork-unseen"),
        (on("wait4", 0, &[]), 9, "wait-returned"),
        (on("kill", 9, &["9", "SIGUSR1"]), 0, "kill-returned"),
        (on("rt_sigaction", 10, &["SIGUSR1"]), 0, "sigaction-returned"),
        (on("setrlimit", 7, &["RLIMIT_NOFILE", "{…}"]), 0, "setrlimit-returned"),
        (on("nanosleep", 0, &[]), 0, "nanosleep-returned"),
        (on("mmap", 0, &[]), 0x1000, "mmap-returned"),
        (on("sendfile", 3, &["3", "4"]), 100, "moved-returned"),
        (on("pause", 0, &[]), 3, "call-returned"),
        (on("listen", 9, &["9", "5"]), 0, "listen-unseen"),
    ];
    for (call, value, key) in cases {
        let name = call.typed.clone();
        assert_eq!(keys(&lab, call, value), [key], "{name}");
    }
    let open = on("open", 0, &["\"/tmp/f\"", "O_RDONLY"]);
    assert_eq!(keys(&lab, open, 5), ["open-returned", "fd-lowest"]);
}

#[test]
fn rare_errors_have_words_too() {
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established)).file("client", pipe(4));
    let cases = [
        (on("dup2", 3, &["3", "9999"]), "EBADF", "dup-limit"),
        (on("dup3", 3, &["3", "3"]), "EINVAL", "dup3-flags"),
        (on("epoll_ctl", 3, &["3", "EPOLL_CTL_ADD", "4"]), "EEXIST", "epoll-exists"),
        (on("epoll_ctl", 3, &["3", "EPOLL_CTL_DEL", "4"]), "ENOENT", "epoll-unknown"),
        (on("epoll_ctl", 3, &["3", "EPOLL_CTL_ADD", "4"]), "EPERM", "epoll-file"),
        (on("kill", 3, &["99", "SIGTERM"]), "ESRCH", "kill-nobody"),
        (on("wait4", 3, &[]), "ECHILD", "wait-no-child"),
        (on("mmap", 0, &[]), "ENODEV", "mmap-nodev"),
        (on("socketpair", 2, &["AF_INET"]), "EOPNOTSUPP", "socketpair-no"),
        (on("listen", 3, &["3"]), "ENOSYS", "error-nosys"),
        (on("open", 3, &["\"/x\""]), "ENOSPC", "error-nospc"),
        (on("open", 3, &["\"/x\""]), "ENOENT", "path-error"),
        (on("sendmsg", 3, &["3"]), "ENOBUFS", "send-control"),
        (on("getpeername", 3, &["3"]), "ENOTCONN", "getpeername-gone"),
        (on("write", 3, &["3"]), "EPIPE", "send-pipe"),
        (on("write", 4, &["4"]), "EPIPE", "send-pipe-file"),
        (on("connect", 3, &["3", SHOWN_SERVER]), "ECONNRESET", "connect-reset"),
    ];
    for (call, errno, key) in cases {
        let play = Play::new(&lab, lab.clone()).report(call, failed(errno));
        assert_eq!(play.keys(), [key], "{errno}");
    }
    let data = to_server(4, Flags::ACK, 5);
    let play = Play::new(&lab, lab.clone())
        .report(on("connect", 3, &["3", SHOWN_SERVER]), failed("EHOSTUNREACH"))
        .passes(&data, Fate::Delivered);
    assert_eq!(play.keys()[0], "connect-unreachable");
    let play = Play::new(&lab, lab.clone())
        .report(on("write", 3, &["3"]), failed("EHOSTUNREACH"))
        .delivered(&[&icmp(4, 3, 1)]);
    assert_eq!(play.keys(), ["transfer-icmp"]);
    let kill = call("server", "kill", &[3, 10], &["3", "SIGUSR1"]);
    let play = Play::new(&lab, lab.clone())
        .report(kill, OK)
        .report(on("read", 3, &["3"]), failed("EINTR"));
    assert_eq!(play.keys(), ["error-intr-sent", "kill-returned"]);
}

#[test]
fn flags_of_an_fd_are_told_in_both_directions() {
    let with = |nonblock, cloexec| {
        let file = File::Other("pipe:[1]".into());
        Lab::new().file("client", Fd { number: 3, file, cloexec, nonblock, watches: Vec::new() })
    };
    let set = |command| on("fcntl", 3, &["3", command, "0"]);
    let keys =
        |before: Lab, after, command| Play::new(&before, after).report(set(command), OK).keys();
    assert_eq!(keys(with(true, false), with(false, false), "F_SETFL"), ["fcntl-block"]);
    assert_eq!(keys(with(false, false), with(false, true), "F_SETFD"), ["fcntl-cloexec"]);
    assert_eq!(keys(with(false, true), with(false, false), "F_SETFD"), ["fcntl-no-cloexec"]);
}

#[test]
fn closing_what_is_no_connection_needs_no_goodbye() {
    let cases = [
        (fresh(), "close-idle"),
        (client_end(TcpState::SynSent), "close-connecting"),
        (plain(UDP), "close-plain"),
        (client_end(TcpState::CloseWait), "close-gone"),
    ];
    for (socket, key) in cases {
        let before = Lab::new().fd("client", 3, socket);
        let found = Play::new(&before, Lab::new()).report(on("close", 3, &["3"]), OK).keys();
        assert_eq!(found[0], key);
    }
    let waits = client_end(TcpState::Established).queues(0, 9);
    let before = Lab::new().fd("client", 3, waits.clone());
    let after = Lab::new().row("client", waits);
    let found = Play::new(&before, after).report(on("close", 3, &["3"]), OK).keys();
    assert_eq!(found[0], "close-lingers");
    let unknown = Socket { recv_q: None, ..client_end(TcpState::Established) };
    let play = Play::new(&Lab::new().fd("client", 3, unknown), Lab::new())
        .report(on("close", 3, &["3"]), OK)
        .delivered(&[&to_server(4, RST_ACK, 0)]);
    assert_eq!(play.keys()[0], "close-reset");
}

#[test]
fn shutdown_is_told_by_what_it_did() {
    let shut = |how: i64| call("client", "shutdown", &[3, how], &["3", "?"]);
    let lab = |socket| Lab::new().fd("client", 3, socket);
    let keys = |before: Socket, after: Socket, how| {
        Play::new(&lab(before), lab(after)).report(shut(how), OK).keys()
    };
    let open = || client_end(TcpState::Established);
    assert_eq!(keys(open(), open(), 0), ["shutdown-read"]);
    assert_eq!(keys(open(), open(), 1), ["shutdown-no-fin"]);
    assert_eq!(keys(listener(0, 5), fresh(), 0), ["shutdown-listener"]);
    assert_eq!(keys(listener(0, 5), listener(0, 5), 1), ["shutdown-listener-nothing"]);
    let shared = lab(open()).share("client", 4, 3003);
    let play = Play::new(&shared, shared.clone()).report(shut(0), OK);
    assert_eq!(play.keys(), ["shutdown-read", "shutdown-shared"]);
}

#[test]
fn sending_is_told_by_where_the_bytes_are() {
    let write = || on("write", 3, &["3", "\"x\"", "16"]);
    let both = |client: Socket| {
        Lab::new().fd("client", 3, client).fd("server", 4, server_end(TcpState::Established))
    };
    let sent = Outcome::Returned(16);
    let data = to_server(4, Flags::ACK, 16);
    let open = || client_end(TcpState::Established);
    let play = Play::new(&both(open()), both(open())).report(write(), sent.clone());
    assert_eq!(play.delivered(&[&data]).keys(), ["send-delivered"]);
    let shut = || open().queues(0, 16).window(0);
    let play = Play::new(&both(open()), both(shut())).report(write(), sent.clone());
    assert_eq!(play.keys(), ["send-no-window", "send-queued"]);
    let filled = |waiting| {
        let there = server_end(TcpState::Established).queues(waiting, 0);
        Lab::new().fd("client", 3, open().queues(0, 9)).fd("server", 4, there)
    };
    let play = Play::new(&both(open()), filled(7)).report(write(), sent.clone());
    assert_eq!(play.keys(), ["send-partly"]);
    let play = Play::new(&both(open()), filled(0)).report(write(), sent.clone());
    assert_eq!(play.delivered(&[&data]).keys(), ["send-partly"]);
    let wait = || client_end(TcpState::CloseWait);
    let play = Play::new(&both(wait()), both(wait())).report(write(), sent.clone());
    assert_eq!(play.keys(), ["send-queued", "send-close-wait"]);
    let lab = |socket| Lab::new().fd("client", 3, socket);
    let unix = lab(plain(UNIX));
    assert_eq!(keys(&unix, write(), 16), ["send-unix"]);
    let before = lab(plain(UDP).at("0.0.0.0:0", "0.0.0.0:0"));
    let after = lab(plain(UDP).at("0.0.0.0:40001", SERVER));
    let play = Play::new(&before, after).report(write(), sent);
    assert_eq!(play.keys(), ["send-datagram-unseen", "send-chose-port"]);
}

#[test]
fn what_was_not_sent_is_not_told_as_sent() {
    let write = || on("write", 3, &["3", "\"x\"", "16"]);
    let told = |client: Socket| {
        let there = server_end(TcpState::Established).queues(9, 0);
        let lab = |client| Lab::new().fd("client", 3, client).fd("server", 4, there.clone());
        let before = lab(client_end(TcpState::Established));
        let play = Play::new(&before, lab(client)).report(write(), Outcome::Returned(16));
        (play.keys(), WORDS.short(play.notes().last().expect("a note")))
    };
    let open = |send_q, unsent| client_end(TcpState::Established).queues(0, send_q).unsent(unsent);
    let mut shut = open(16_027, 16_027);
    shut.tcp.as_mut().expect("details").snd_wnd = Some(0);
    let (keys, text) = told(shut);
    assert_eq!(keys, ["send-no-window", "send-none-sent"]);
    assert!(text.contains("sent none of them yet: 16027 bytes wait"), "{text}");
    assert_eq!(told(open(20, 0)).0, ["send-unacknowledged"]);
    assert_eq!(told(open(5, 5)).0, ["send-some-sent"]);
    let mut taken = open(70_800, 31_380);
    taken.tcp.as_mut().expect("details").snd_wnd = Some(40_000);
    let (keys, text) = told(taken);
    assert_eq!(keys, ["send-both-parts", "send-waits-window"]);
    assert!(text.contains("40000 bytes, 39420 of them taken"), "{text}");
    let mut many = open(70_800, 31_380);
    let details = many.tcp.as_mut().expect("details");
    (details.snd_wnd, details.snd_cwnd, details.unacked) = (Some(99_999), Some(27), Some(27));
    assert_eq!(told(many).0, ["send-both-parts", "send-waits-acks"]);
}

#[test]
fn names_of_other_kinds_are_told_as_they_are() {
    let before = Lab::new().fd("client", 3, plain(UDP));
    let after = Lab::new().fd("client", 3, plain(UDP).at("198.51.100.2:53", "0.0.0.0:0"));
    let play = Play::new(&before, after).report(on("bind", 3, &["3", SHOWN_ANY]), OK);
    assert_eq!(play.keys(), ["bind-datagram"]);
    let unix = || Lab::new().fd("client", 3, plain(UNIX).named(Address::Path(b"/s".to_vec())));
    let play = Play::new(&unix(), unix()).report(on("listen", 3, &["3", "5"]), OK);
    assert_eq!(play.keys(), ["listen-unix"]);
    let peek = call("client", "recv", &[3, 0x1000_0000, 9, 2], &["3"]);
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established).queues(5, 0));
    assert_eq!(keys(&lab, peek, 5), ["recv-peeked"]);
}

#[test]
fn what_the_lab_is_told_to_do_is_said() {
    let lab = Lab::new();
    let cases = [
        (Action::Spawn { process: process("server"), host: host("server") }, "spawned"),
        (
            Action::Run { process: process("x"), host: host("server"), command: "ss -tan".into() },
            "run-started",
        ),
        (
            Action::Set {
                host: host("server"),
                key: "net.core.somaxconn".into(),
                value: "3".into(),
            },
            "sysctl-set",
        ),
    ];
    for (action, key) in cases {
        assert_eq!(Play::new(&lab, lab.clone()).cause(action).keys(), [key]);
    }
    let after = lab.clone().state("server", ProcessState::Dead(Outcome::Blocked));
    assert_eq!(Play::new(&lab, after).keys(), ["death-unseen"]);
}

#[test]
fn many_packets_at_once_are_counted() {
    let data = |number| to_server(number, Flags::ACK, 5);
    let held = [data(1), data(2)];
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let before = held.iter().fold(lab.clone(), |lab, packet| lab.held(packet, 1));
    let all = |action| {
        Play::new(&before, lab.clone())
            .cause(Action::Wire(action))
            .delivered(&held.iter().collect::<Vec<_>>())
            .keys()
    };
    assert_eq!(all(WireAction::DeliverAll), ["wire-deliver-all"]);
    assert_eq!(all(WireAction::Auto), ["wire-auto-delivers"]);
    let play =
        Play::new(&lab, before.clone()).passes(&held[0], Fate::Held).passes(&held[1], Fate::Held);
    assert_eq!(play.keys(), ["packets-in-flight"]);
    let play = Play::new(&lab, lab.clone()).untold(4000);
    assert_eq!(play.keys(), ["packets-untold"]);
    let play = Play::new(&lab, lab.clone()).unprinted(4000);
    assert_eq!(play.keys(), ["output-untold"]);
    let play = Play::new(&lab, lab.clone()).passes(&held[0], Fate::Cut);
    assert_eq!(play.keys(), ["packets-cut"]);
    let play = Play::new(&lab, lab.clone()).passes(&held[0], Fate::NoReceiver);
    assert_eq!(play.keys(), ["packet-no-receiver"]);
    let play = Play::new(&lab, lab.clone()).passes(&held[0], Fate::Overflow);
    assert_eq!(play.keys(), ["packets-overflow"]);
    let play = Play::new(&lab, lab.clone()).passes(&held[0], Fate::Refused);
    assert_eq!(play.keys(), ["packet-not-taken"]);
}

#[test]
fn a_delivery_is_said_where_nothing_else_names_the_packet() {
    let ack = to_server(4, Flags::ACK, 0);
    let lab = Lab::new().fd("server", 4, server_end(TcpState::Established).window(9));
    let after = Lab::new().fd("server", 4, server_end(TcpState::Established).window(10));
    let play = Play::new(&lab.held(&ack, 1), after)
        .cause(Action::Wire(WireAction::Deliver(crate::model::Filter::any())))
        .delivered(&[&ack]);
    assert_eq!(play.keys(), ["wire-delivered"]);
}

#[test]
fn timers_that_send_again_are_told_by_their_kind() {
    let row = |kind, again| client_end(TcpState::Established).queues(0, 5).timer(kind, 400, again);
    let lab = |kind, again| Lab::new().fd("client", 3, row(kind, again));
    let keys = |kind| Play::new(&lab(kind, 0), lab(kind, 1)).keys();
    assert_eq!(keys(TimerKind::Retransmit), ["sent-again-counted"]);
    assert_eq!(keys(TimerKind::Keepalive), ["keepalive-probe"]);
    assert_eq!(keys(TimerKind::ZeroWindowProbe), [""; 0]);
    let probed = lab(TimerKind::ZeroWindowProbe, 1).counter("client", "TCPWinProbe", 1);
    let play = Play::new(&lab(TimerKind::ZeroWindowProbe, 0), probed);
    assert_eq!(play.keys(), ["window-probe"]);
}

#[test]
fn a_window_that_stays_shut_or_opens_for_a_moment_is_no_surprise() {
    let window = |number, bytes| {
        let mut packet = (*to_client(number, Flags::ACK, 0)).clone();
        if let crate::model::Body::Tcp(segment) = &mut packet.body {
            segment.window = bytes;
        }
        std::sync::Arc::new(packet)
    };
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established).queues(0, 9).window(0));
    let play = Play::new(&lab, lab.clone()).delivered(&[&window(5, 0)]);
    assert_eq!(play.keys(), ["window-still-zero"]);
    let play = Play::new(&lab, lab.clone()).delivered(&[&window(5, 700), &window(6, 0)]);
    assert_eq!(play.keys(), ["window-refilled"]);
}

#[test]
fn several_segments_for_one_socket_are_told_together() {
    let lab =
        |queue| Lab::new().fd("server", 4, server_end(TcpState::Established).queues(queue, 0));
    let (one, two) = (to_server(5, Flags::ACK, 3), to_server(6, Flags::ACK, 4));
    let play = Play::new(&lab(0), lab(7)).delivered(&[&one, &two]);
    assert_eq!(play.keys(), ["data-arrived-many"]);
}
