//! Calls that succeed or sleep, besides those of the handshake and the goodbye.

use crate::explain::testing::*;
use crate::model::{
    Action, Address, Call, Family, Fate, Fd, File, Filter, Flags, Kind, Outcome, PacketKind,
    ProcessState, Socket, TcpState, TimerKind, Unreachable, WireAction,
};

fn on(who: &str, name: &str, fd: i64, shown: &[&str]) -> Call {
    call(who, name, &[fd, 0x1000_0000, 16], shown)
}

fn fresh() -> Socket {
    tcp(TcpState::Close)
}

#[test]
fn bind_is_told_by_the_name_that_the_kernel_reports() {
    let before = Lab::new().fd("server", 3, fresh());
    let bound = |name: &str| Lab::new().fd("server", 3, fresh().at(name, "0.0.0.0:0"));
    let shown = |port: u16| {
        format!(r#"{{sa_family=AF_INET, sin_port=htons({port}), sin_addr=inet_addr("0.0.0.0")}}"#)
    };
    let keys = |asked: u16, name: &str| {
        let call = on("server", "bind", 3, &["3", &shown(asked), "16"]);
        Play::new(&before, bound(name)).report(call, OK).keys()
    };
    assert_eq!(keys(8080, "198.51.100.1:8080"), ["bind-tcp"]);
    assert_eq!(keys(8080, "0.0.0.0:8080"), ["bind-tcp", "bind-any"]);
    assert_eq!(keys(0, "198.51.100.1:40001"), ["bind-chose-port"]);
    assert_eq!(keys(36895, "198.51.100.1:36895"), ["bind-swapped", "bind-tcp"]);
    assert_eq!(keys(40001, "198.51.100.1:40001"), ["bind-tcp"]);
}

#[test]
fn a_unix_name_is_a_path_or_abstract_or_chosen_by_the_kernel() {
    let before = Lab::new().fd("server", 3, plain(UNIX));
    let names = [
        (Address::Path(b"/tmp/\x1b[2Js".to_vec()), 9, "bind-path"),
        (Address::Abstract(b"name".to_vec()), 7, "bind-abstract"),
        (Address::Abstract(b"00001".to_vec()), 2, "bind-autobind"),
        (Address::Interface(2), 20, "bind-interface"),
        (Address::Unnamed, 9, "bind-unseen"),
    ];
    for (name, length, key) in names {
        let after = Lab::new().fd("server", 3, plain(UNIX).named(name));
        let call = call("server", "bind", &[3, 0x1000_0000, length], &["3", "{…}"]);
        let play = Play::new(&before, after).report(call, OK);
        assert_eq!(play.keys(), [key]);
        assert!(!play.first().contains('\x1b'), "{}", play.first());
    }
}

#[test]
fn dup_makes_a_second_number_and_dup2_may_close_one() {
    let before = Lab::new().fd("client", 3, client_end(TcpState::Established)).file(
        "client",
        Fd {
            number: 5,
            file: File::Other("/tmp/log".into()),
            cloexec: false,
            nonblock: false,
            watches: Vec::new(),
        },
    );
    let after = before.clone().share("client", 4, 3003);
    let dup = call("client", "dup", &[3], &["3"]);
    let play = Play::new(&before, after).report(dup, Outcome::Returned(4));
    assert_eq!(play.keys(), ["dup-returned", "fd-lowest"]);
    let after =
        Lab::new().fd("client", 3, client_end(TcpState::Established)).share("client", 5, 3003);
    let dup2 = || call("client", "dup2", &[3, 5], &["3", "5"]);
    let play = Play::new(&before, after).report(dup2(), Outcome::Returned(5));
    assert_eq!(play.keys(), ["dup-replaced", "dup-returned"]);
    let same = call("client", "dup2", &[3, 3], &["3", "3"]);
    let play = Play::new(&before, before.clone()).report(same, Outcome::Returned(3));
    assert_eq!(play.keys(), ["dup-same"]);
}

#[test]
fn fork_counts_the_open_files_that_both_have() {
    let before = Lab::new().fd("server", 3, listener(0, 5)).share("server", 4, 2003);
    let after = before.clone().process("worker", "server");
    let after = after.share("worker", 3, 2003).share("worker", 4, 2003);
    let fork = call("server", "fork", &[], &[]);
    let play = Play::new(&before, after).report(fork.clone(), Outcome::Returned(4));
    assert_eq!(play.keys(), ["fork-returned"]);
    assert!(play.first().contains("the same 1 open file"), "{}", play.first());
    let fork_with = |standard| {
        let lab = Lab::new().edit("server", |process| process.standard = standard);
        let after = lab.clone().process("worker", "server");
        Play::new(&lab, after).report(call("server", "fork", &[], &[]), Outcome::Returned(4)).keys()
    };
    assert_eq!(fork_with(true), ["fork-returned-standard"]);
    assert_eq!(fork_with(false), ["fork-returned-all"]);
    let play = Play::new(&before, before.clone()).report(fork, OK);
    assert_eq!(play.keys(), ["fork-child"]);
}

#[test]
fn fcntl_is_told_by_what_changed_in_the_fd_table() {
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let shared = lab.clone().share("client", 4, 3003);
    let set = |who: &Lab| {
        let call = call("client", "fcntl", &[3, 4, 0x800], &["3", "F_SETFL", "O_NONBLOCK"]);
        Play::new(who, who.clone().nonblock("client", 3)).report(call, OK).keys()
    };
    assert_eq!(set(&lab), ["fcntl-nonblock"]);
    assert_eq!(set(&shared), ["fcntl-nonblock", "fcntl-shared"]);
    let get = call("client", "fcntl", &[3, 3], &["3", "F_GETFL"]);
    let play = Play::new(&lab, lab.clone()).written(
        get,
        Outcome::Returned(2050),
        &[(6, "(flags O_RDWR|O_NONBLOCK)")],
    );
    assert_eq!(play.keys(), ["fcntl-getfl"]);
    assert!(play.first().contains("O_RDWR|O_NONBLOCK"), "{}", play.first());
}

#[test]
fn options_say_what_the_kernel_made_of_them() {
    let lab = |limit| Lab::new().fd("client", 3, fresh().buffers(limit, 16_384));
    let set = |option: &str| {
        call(
            "client",
            "setsockopt",
            &[3, 1, 8, 0x1000_0000, 4],
            &["3", "SOL_SOCKET", option, "[4000]", "4"],
        )
    };
    let play = Play::new(&lab(131_072), lab(8000)).report(set("SO_RCVBUF"), OK);
    assert_eq!(play.keys(), ["option-buffer-set"]);
    assert!(play.first().contains("from 131072 to 8000"), "{}", play.first());
    for (limit, key) in [(9000, "option-buffer-floor"), (7000, "option-buffer-ceiling")] {
        let play = Play::new(&lab(131_072), lab(limit)).report(set("SO_RCVBUF"), OK);
        assert_eq!(play.keys(), [key]);
    }
    let play = Play::new(&lab(1), lab(1)).report(set("SO_REUSEADDR"), OK);
    assert_eq!(play.keys(), ["option-set", "option-reuseaddr"]);
    let get = |option: &str| call("client", "getsockopt", &[3], &["3", "SOL_SOCKET", option, "…"]);
    let read = |option: &str, value: &str| {
        Play::new(&lab(1), lab(1)).written(get(option), OK, &[(3, value)]).keys()
    };
    assert_eq!(read("SO_ERROR", "[0]"), ["option-error-none"]);
    assert_eq!(read("SO_ERROR", "[ECONNREFUSED]"), ["option-error"]);
    assert_eq!(read("SO_TYPE", "[1]"), ["option-nature"]);
    assert_eq!(read("TCP_NODELAY", "[1]"), ["option-read"]);
    assert_eq!(read("SO_SNDBUF", "[8000]"), ["option-buffer-read"]);
    assert_eq!(read("TCP_INFO", "{…}"), ["option-tcp-info-unseen"]);
    assert_eq!(read("SO_PEERCRED", "{pid=3}"), ["option-peercred"]);
}

#[test]
fn the_wildcard_of_ipv6_stands_for_both_families_unless_it_was_told_otherwise() {
    let six = Kind { family: Family::Inet6, ..TCP };
    let with_v6 = |lab: Lab| {
        lab.edit_host("server", |host| host.addresses.push("2001:db8::1".parse().expect("one")))
    };
    let bound = |v6only| Socket { v6only, ..plain(six) }.at("[::]:8083", "[::]:0");
    let first = |v6only| {
        let shown = r#"{sa_family=AF_INET6, sin6_port=htons(8083), inet_pton(AF_INET6, "::", …)}"#;
        let call = on("server", "bind", 3, &["3", shown, "28"]);
        let before = with_v6(Lab::new().fd("server", 3, plain(six)));
        let after = with_v6(Lab::new().fd("server", 3, bound(v6only)));
        let notes = Play::new(&before, after).report(call, OK).notes();
        (notes[1].key, WORDS.short(&notes[1]))
    };
    let both = "IPv6 and IPv4: 2001:db8::1, 198.51.100.1.";
    let (key, text) = first(Some(false));
    assert!(key == "bind-any6" && text.ends_with(both), "{text}");
    let (key, text) = first(None);
    assert!(key == "bind-any6-unless" && text.contains(both), "{text}");
    let (key, text) = first(Some(true));
    assert!(key == "bind-any6-only" && !text.contains("198."), "{text}");
    assert!(text.contains("in6addr_any"), "{text}");
}

#[test]
fn what_is_held_back_for_an_open_window_goes_when_the_kernels_timer_runs_out() {
    let established = || client_end(TcpState::Established).window(64_000);
    let before = Lab::new().fd("client", 3, established());
    let held = || established().queues(0, 1).timer(TimerKind::ZeroWindowProbe, 19_900, 0);
    let write = || call("client", "write", &[3, 0x1000_0000, 1], &["3", "\"a\"", "1"]);
    let play = Play::new(&before, Lab::new().fd("client", 3, held()))
        .report(write(), Outcome::Returned(1));
    assert_eq!(play.keys(), ["send-queued", "send-queued-timer"]);
    // What lies unread at the other end came before, and says nothing of these bytes.
    let unread = |lab: Lab| lab.fd("server", 4, server_end(TcpState::Established).queues(2, 0));
    let after = unread(Lab::new().fd("client", 3, held()));
    let sent = Play::new(&unread(before.clone()), after).report(write(), Outcome::Returned(1));
    assert_eq!(sent.keys(), ["send-queued", "send-queued-timer"]);
    let text = WORDS.short(&play.notes()[1]);
    assert!(text.contains("in 19.9 s"), "{text}");
}

#[test]
fn names_of_a_socket_are_those_that_the_kernel_wrote() {
    let lab =
        Lab::new().fd("client", 3, client_end(TcpState::Established)).fd("client", 4, fresh());
    let name = |name: &str, fd| {
        let play = Play::new(&lab, lab.clone());
        play.written(on("client", name, fd, &["?"]), OK, &[(1, SHOWN_SERVER)])
    };
    assert_eq!(name("getsockname", 3).keys(), ["getsockname-returned"]);
    assert_eq!(name("getsockname", 4).keys(), ["getsockname-none"]);
    let play = name("getpeername", 3);
    assert_eq!(play.keys(), ["getpeername-returned"]);
    assert!(play.first().contains("198.51.100.1:8080"), "{}", play.first());
    let play = Play::new(&lab, lab.clone()).report(on("client", "getpeername", 3, &["3"]), OK);
    assert!(play.first().contains("not reported"), "{}", play.first());
}

#[test]
fn a_blocked_write_names_what_lies_unread_at_the_other_end() {
    let write = || call("client", "write", &[3, 0x1000_0000, 100], &["3"]);
    let lab = Lab::new()
        .fd("client", 3, client_end(TcpState::Established).queues(0, 5792).window(0).unsent(92))
        .fd("server", 4, server_end(TcpState::Established).queues(4000, 0));
    let play =
        Play::new(&lab, lab.clone().asleep("client", &write())).report(write(), Outcome::Blocked);
    assert_eq!(play.keys(), ["send-blocked", "send-blocked-peer", "send-parts"]);
    let text = WORDS.short(&play.notes()[2]);
    assert!(text.contains("5700 bytes are sent and not acknowledged, 92 not sent"), "{text}");
}

#[test]
fn a_zero_window_and_its_reopening_are_told_from_the_packets() {
    let window = |number, bytes| {
        let mut packet = (*to_client(number, Flags::ACK, 0)).clone();
        if let crate::model::Body::Tcp(segment) = &mut packet.body {
            segment.window = bytes;
        }
        std::sync::Arc::new(packet)
    };
    let lab = |bytes| {
        Lab::new().fd("client", 3, client_end(TcpState::Established).queues(0, 9).window(bytes))
    };
    let play = Play::new(&lab(4000), lab(0)).delivered(&[&window(5, 0)]);
    assert_eq!(play.keys(), ["window-zero"]);
    let play = Play::new(&lab(0), lab(4000)).delivered(&[&window(5, 4000)]);
    assert_eq!(play.keys(), ["window-open"]);
    let play = Play::new(&lab(4000), lab(8000)).delivered(&[&window(5, 8000)]);
    assert_eq!(play.keys(), [""; 0]);
}

#[test]
fn reads_of_other_kinds_are_not_told_as_a_stream() {
    let lab = Lab::new().fd("client", 3, plain(UDP)).fd("client", 4, plain(UNIX)).file(
        "client",
        Fd {
            number: 5,
            file: File::Other("pipe:[1]".into()),
            cloexec: false,
            nonblock: false,
            watches: Vec::new(),
        },
    );
    let read = |fd, count| {
        let call = call("client", "read", &[fd, 0x1000_0000, 64], &["?"]);
        Play::new(&lab, lab.clone()).report(call, Outcome::Returned(count)).keys()
    };
    assert_eq!(read(3, 4), ["recv-datagram"]);
    assert_eq!(read(3, 0), ["recv-empty-datagram"]);
    assert_eq!(read(4, 4), ["recv-returned"]);
    assert_eq!(read(4, 0), ["recv-end-unix"]);
    assert_eq!(read(5, 4), ["recv-file"]);
    assert_eq!(read(5, 0), ["recv-file-end"]);
}

#[test]
fn what_the_hand_does_on_the_wire_is_said() {
    let data = to_server(4, Flags::ACK, 5);
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let any = || Filter { kind: PacketKind::Any, of: None, from: None };
    let ack = || Filter { kind: PacketKind::Ack, of: None, from: None };
    let cases: [(WireAction, &[Fate], &str); 10] = [
        (WireAction::Hold(any()), &[], "wire-hold-all"),
        (WireAction::Hold(ack()), &[], "wire-hold"),
        (WireAction::Auto, &[], "wire-auto"),
        (WireAction::DeliverAll, &[], "wire-deliver-none"),
        (WireAction::Drop(any()), &[Fate::Dropped], "wire-dropped"),
        (WireAction::Deliver(any()), &[Fate::Delivered], "no-effect"),
        (WireAction::Swap, &[], "wire-swapped"),
        (WireAction::Cut, &[], "wire-cut"),
        (WireAction::Mend, &[], "wire-mended"),
        (WireAction::Unreachable(Unreachable::Net), &[Fate::Unreachable], "wire-icmp"),
    ];
    for (action, fates, key) in cases {
        let before = lab.clone().held(&data, 1);
        let play = Play::new(&before, lab.clone()).cause(Action::Wire(action.clone()));
        let play = fates.iter().fold(play, |play, fate| play.passes(&data, *fate));
        assert_eq!(play.keys(), [key], "{action:?}");
    }
}

#[test]
fn a_dropped_packet_names_the_timer_that_will_send_it_again() {
    let data = to_server(4, Flags::ACK, 5);
    let row = client_end(TcpState::Established).queues(0, 5).timer(
        crate::model::TimerKind::Retransmit,
        1950,
        0,
    );
    let lab = Lab::new().fd("client", 3, row);
    let play = Play::new(&lab.clone().held(&data, 1), lab)
        .cause(Action::Wire(WireAction::Drop(Filter::any())))
        .passes(&data, Fate::Dropped);
    assert_eq!(play.keys(), ["wire-dropped-timer"]);
    assert!(play.first().contains("1.9 s until"), "{}", play.first());
}

#[test]
fn a_duplicate_that_changes_nothing_is_only_answered() {
    let (data, ack) = (to_server(4, Flags::ACK, 5), to_client(9, Flags::ACK, 0));
    let lab = Lab::new().fd("server", 4, server_end(TcpState::Established)).held(&data, 1);
    let play = Play::new(&lab, lab.clone())
        .cause(Action::Wire(WireAction::Duplicate(Filter::any())))
        .passes(&data, Fate::Duplicated)
        .passes(&ack, Fate::Delivered);
    assert_eq!(play.keys(), ["only-answered", "wire-duplicated"]);
}

#[test]
fn stopping_a_process_does_not_stop_its_kernel() {
    let kill =
        |number| Action::Kill { signal: crate::model::Signal(number), process: process("server") };
    let after = Lab::new().state("server", ProcessState::Stopped);
    let play = Play::new(&Lab::new(), after).cause(kill(19));
    assert_eq!(play.keys(), ["signal-stopped"]);
    let play = Play::new(&Lab::new(), Lab::new()).cause(kill(10));
    assert_eq!(play.keys(), ["signal-sent"]);
}

#[test]
fn a_fresh_lab_says_whether_it_is_empty() {
    let mut play = Play::new(&Lab::new(), Lab::new());
    play.start();
    assert_eq!(play.keys(), ["lab-started"]);
    let mut play = Play::new(&Lab::new(), Lab::new().fd("server", 3, fresh()));
    play.start();
    assert_eq!(play.keys()[0], "lab-again");
}

#[test]
fn datagrams_are_told_with_the_answer_of_the_other_host() {
    use crate::model::{Body, Packet};
    let datagram = std::sync::Arc::new(Packet {
        body: Body::Udp { source: address(CLIENT), destination: address(SERVER), length: 2 },
        ..(*to_server(4, Flags::ACK, 0)).clone()
    });
    let send = || call("client", "sendto", &[3, 0x1000_0000, 2, 0, 0x1000_0010, 16], &[]);
    let loose = || plain(UDP).at(CLIENT, "0.0.0.0:0");
    let connected = || plain(UDP).at(CLIENT, SERVER);
    for (socket, key) in [(loose(), "datagram-icmp-untold"), (connected(), "datagram-icmp-told")] {
        let lab = Lab::new().fd("client", 3, socket);
        let play = Play::new(&lab, lab.clone())
            .report(send(), Outcome::Returned(2))
            .delivered(&[&datagram, &icmp(5, 3, 3)]);
        assert_eq!(play.keys(), [key, "send-datagram"]);
    }
    let receiver = |queue| plain(UDP).at("0.0.0.0:8080", "0.0.0.0:0").queues(queue, 0);
    let lab = |queue| Lab::new().fd("client", 3, loose()).fd("server", 3, receiver(queue));
    let play =
        Play::new(&lab(0), lab(832)).report(send(), Outcome::Returned(2)).delivered(&[&datagram]);
    assert_eq!(play.keys(), ["send-datagram", "datagram-arrived"]);
}
