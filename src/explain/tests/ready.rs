//! What poll(), select() and epoll have found, and why.

use crate::explain::testing::*;
use crate::model::{Call, Fd, File, Flags, Outcome, Socket, TcpState, Watch};

fn poll(revents: &str) -> (Call, Vec<(usize, String)>) {
    let call = call("client", "poll", &[1, 1, -1], &["[{fd=3, events=POLLIN}]", "1", "-1"]);
    (call, vec![(6, format!("([{{fd=3, revents={revents}}}])"))])
}

/// The keys of a poll() that found these events on fd 3, behind the first.
fn reasons(before: &Lab, after: Lab, revents: &str) -> Vec<&'static str> {
    let (call, written) = poll(revents);
    let written: Vec<(usize, &str)> = written.iter().map(|(at, t)| (*at, t.as_str())).collect();
    let keys = Play::new(before, after).written(call, Outcome::Returned(1), &written).keys();
    assert_eq!(keys[0], "poll-ready");
    keys[1..].iter().copied().filter(|key| key.starts_with("ready-")).collect()
}

fn of(socket: Socket, revents: &str) -> Vec<&'static str> {
    let lab = Lab::new().fd("client", 3, socket);
    reasons(&lab, lab.clone(), revents)
}

#[test]
fn each_kind_of_tcp_socket_says_why_it_is_ready() {
    let open = |recv| client_end(TcpState::Established).queues(recv, 0);
    let shut = Socket { shutdown: Some(1), ..open(0) };
    let cases = [
        (listener(1, 5), "POLLIN", vec!["ready-listener"]),
        (open(5), "POLLIN", vec!["ready-data"]),
        (open(5), "POLLIN|POLLPRI", vec!["ready-urgent", "ready-data"]),
        (open(5), "POLLIN|POLLOUT", vec!["ready-data", "ready-room"]),
        (open(0), "POLLOUT", vec!["ready-room"]),
        (shut, "POLLIN|POLLRDHUP", vec!["ready-shut"]),
        (client_end(TcpState::CloseWait).queues(1, 0), "POLLIN|POLLRDHUP", vec!["ready-fin"]),
        (client_end(TcpState::CloseWait).queues(4, 0), "POLLIN", vec!["ready-data-fin"]),
        (client_end(TcpState::LastAck), "POLLIN|POLLHUP", vec!["ready-both-closed"]),
        (tcp(TcpState::Close), "POLLIN|POLLHUP|POLLRDHUP", vec!["ready-both-closed"]),
        (tcp(TcpState::Close), "POLLOUT|POLLHUP", vec!["ready-fresh"]),
        (tcp(TcpState::Close), "POLLIN|POLLERR|POLLHUP", vec!["ready-error"]),
        (tcp(TcpState::Close), "POLLIN", vec!["ready-over"]),
    ];
    for (socket, revents, keys) in cases {
        assert_eq!(of(socket, revents), keys, "{revents}");
    }
    assert_eq!(reasons(&Lab::new(), Lab::new(), "POLLNVAL"), ["ready-invalid"]);
}

#[test]
fn an_attempt_to_connect_is_decided() {
    let trying = Lab::new().fd("client", 3, client_end(TcpState::SynSent));
    let open = Lab::new().fd("client", 3, client_end(TcpState::Established));
    assert_eq!(reasons(&trying, open, "POLLOUT"), ["ready-connected"]);
    let failed = Lab::new().fd("client", 3, tcp(TcpState::Close));
    assert_eq!(reasons(&trying, failed, "POLLIN|POLLOUT|POLLERR|POLLHUP"), ["ready-failed"]);
}

#[test]
fn other_kinds_say_it_too() {
    let unix = |recv| plain(UNIX).queues(recv, 0);
    let pair = crate::model::Kind { kind: 2, ..UNIX };
    let cases = [
        (plain(UDP).queues(832, 0), "POLLIN|POLLOUT", vec!["ready-datagram", "ready-room"]),
        (plain(UDP), "POLLERR", vec!["ready-error"]),
        (unix(3), "POLLIN|POLLOUT", vec!["ready-data", "ready-room"]),
        (unix(0), "POLLIN|POLLHUP", vec!["ready-unix-end", "ready-unix-gone"]),
        (plain(pair).queues(3, 0), "POLLIN", vec!["ready-datagram"]),
    ];
    for (socket, revents, keys) in cases {
        assert_eq!(of(socket, revents), keys, "{revents}");
    }
    let file = File::Other("pipe:[7]".into());
    let fd = Fd { number: 3, file, cloexec: false, nonblock: false, watches: Vec::new() };
    let lab = Lab::new().file("client", fd);
    let found = |revents: &str| reasons(&lab, lab.clone(), revents);
    assert_eq!(found("POLLIN|POLLHUP"), ["ready-pipe-data", "ready-pipe-end"]);
    assert_eq!(found("POLLOUT|POLLERR"), ["ready-pipe-broken"]);
    assert_eq!(found("POLLOUT"), ["ready-room"]);
}

fn epoll(events: u32) -> Lab {
    let watches = vec![Watch { fd: 3, events, data: 77 }];
    let file = File::Other("anon_inode:[eventpoll]".into());
    Lab::new()
        .fd("client", 3, client_end(TcpState::Established).queues(5, 0))
        .file("client", Fd { number: 5, file, cloexec: false, nonblock: false, watches })
}

#[test]
fn an_epoll_is_explained_by_its_own_list() {
    let wait = || call("client", "epoll_wait", &[5, 1, 4, 0], &["5", "0x1", "4", "0"]);
    let lab = epoll(1);
    let told = [(1, "[{events=EPOLLIN, data={u32=77, u64=77}}]")];
    let play = Play::new(&lab, lab.clone()).written(wait(), Outcome::Returned(1), &told);
    assert_eq!(play.keys(), ["poll-ready", "ready-data"]);
    let edge = epoll(1 << 31 | 1);
    for outcome in [Outcome::Returned(0), Outcome::Blocked] {
        let keys = Play::new(&edge, edge.clone()).report(wait(), outcome).keys();
        assert_eq!(keys[1..], ["epoll-edge-told"]);
    }
    let spent = epoll(1 << 30);
    let keys = Play::new(&spent, spent.clone()).report(wait(), Outcome::Returned(0)).keys();
    assert_eq!(keys, ["poll-none", "epoll-spent"]);
    let control = |operation: &str, event: &str| {
        let call = call("client", "epoll_ctl", &[5, 1, 3, 1], &["5", operation, "3", event]);
        Play::new(&lab, lab.clone()).report(call, OK).keys()
    };
    let event = |events: &str| format!("{{events={events}, data={{u32=3, u64=3}}}}");
    assert_eq!(control("EPOLL_CTL_ADD", &event("EPOLLIN")), ["epoll-added", "epoll-level"]);
    assert_eq!(control("EPOLL_CTL_ADD", &event("EPOLLIN|EPOLLET")), ["epoll-added", "epoll-edge"]);
    let once = control("EPOLL_CTL_MOD", &event("EPOLLIN|EPOLLONESHOT"));
    assert_eq!(once, ["epoll-modified", "epoll-oneshot"]);
    assert_eq!(control("EPOLL_CTL_DEL", "NULL"), ["epoll-removed"]);
}

#[test]
fn the_urgent_byte_has_words_of_its_own() {
    let urg = Flags::URG.with(Flags::ACK);
    let packet = to_server(1, urg, 4);
    let send = || call("client", "send", &[3, 1, 4, 1], &["3", "\"abc!\"", "4", "MSG_OOB"]);
    let before = Lab::new().fd("client", 3, client_end(TcpState::Established)).fd(
        "server",
        4,
        server_end(TcpState::Established),
    );
    let after = Lab::new().fd("client", 3, client_end(TcpState::Established)).fd(
        "server",
        4,
        server_end(TcpState::Established).queues(4, 0),
    );
    let play = Play::new(&before, after.clone())
        .report(send(), Outcome::Returned(4))
        .delivered(&[&packet]);
    let keys = play.keys();
    assert!(keys.contains(&"urgent-sent") && keys.contains(&"urgent-arrived"), "{keys:?}");
    let play = Play::new(&before, before.clone()).report(send(), Outcome::Returned(4));
    assert!(play.keys().contains(&"urgent-unsent"));
    let recv = |flags: i64, size: i64| call("server", "recv", &[4, 1, size, flags], &["4"]);
    let read = |flags, size, count| {
        let play = Play::new(&after, after.clone());
        play.report(recv(flags, size), Outcome::Returned(count)).keys()
    };
    assert_eq!(read(1, 9, 1), ["recv-urgent"]);
    assert_eq!(read(0, 9, 3), ["recv-at-mark", "recv-returned"]);
    assert_eq!(read(0, 3, 3), ["recv-returned", "recv-left"]);
    let ioctl = |answer: &str| {
        let call = call("server", "ioctl", &[4, 0, 0], &["4", "SIOCATMARK", "0x1"]);
        Play::new(&after, after.clone()).written(call, OK, &[(2, answer)]).keys()
    };
    assert_eq!(ioctl("[1]"), ["ioctl-at-mark"]);
    assert_eq!(ioctl("[0]"), ["ioctl-no-mark"]);
}
