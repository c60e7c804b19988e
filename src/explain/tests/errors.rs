//! Each errno of each call, in the situation that explains it.

use crate::explain::testing::*;
use crate::model::{
    Action, Address, Call, Fate, Fd, File, Flags, Outcome, Ownerless, Signal, Socket, TcpState,
    TimerKind,
};

/// The keys of a call that failed and changed nothing.
fn keys(lab: &Lab, call: Call, errno: &str) -> Vec<&'static str> {
    Play::new(lab, lab.clone()).report(call, failed(errno)).keys()
}

fn bind(fd: i64, shown: &str, length: i64) -> Call {
    call("server", "bind", &[fd, 0x1000_0000, length], &[&fd.to_string(), shown, "16"])
}

fn fresh() -> Socket {
    tcp(TcpState::Close)
}

fn plain_file(number: i32, name: &str) -> Fd {
    Fd {
        number,
        file: File::Other(name.into()),
        cloexec: false,
        nonblock: false,
        watches: Vec::new(),
    }
}

#[test]
fn errors_that_mean_the_same_for_every_call() {
    let lab = Lab::new().fd("server", 3, fresh()).file("server", plain_file(4, "pipe:[7]"));
    let listen = |fd| call("server", "listen", &[fd, 5], &["?", "5"]);
    let cases = [
        (listen(77), "EBADF", "error-badf"),
        (listen(4), "ENOTSOCK", "error-notsock"),
        (bind(3, "0x1", 16), "EFAULT", "error-fault-at"),
        (bind(3, "NULL", 16), "EFAULT", "error-fault"),
        (call("server", "dup", &[3], &["3"]), "EMFILE", "error-mfile"),
        (call("server", "dup", &[3], &["3"]), "ENFILE", "error-nfile"),
        (listen(3), "ENOMEM", "error-memory"),
        (call("client", "close", &[9], &["9"]), "EBADF", "error-badf-none"),
        (listen(3), "EPERM", "error-perm"),
        (call("server", "ioctl", &[3, 9], &["3", "0x9"]), "ENOTTY", "error-notty"),
        (call("server", "fcntl", &[3, 99], &["3", "99"]), "EINVAL", "fcntl-invalid"),
        (call("server", "getsockname", &[3], &["3"]), "EPERM", "error-perm"),
        (call("server", "fstat", &[3], &["3"]), "EOPNOTSUPP", "error-opnotsupp"),
        (call("server", "poll", &[1, 5000], &["[…]", "5000"]), "EINVAL", "poll-too-many"),
        (call("server", "select", &[1], &["5"]), "EBADF", "select-badf"),
        (listen(3), "EUCLEAN", "error-other"),
    ];
    for (call, errno, key) in cases {
        assert_eq!(keys(&lab, call, errno), [key], "{errno}");
    }
}

#[test]
fn bind_names_the_socket_that_holds_the_port() {
    let holders = [
        (listener(0, 5), "bind-held"),
        (fresh().at("0.0.0.0:8080", "0.0.0.0:0"), "bind-held-idle"),
        (server_end(TcpState::Established), "bind-connection"),
        (server_end(TcpState::CloseWait), "bind-connection"),
    ];
    for (holder, key) in holders {
        let lab = Lab::new().fd("server", 3, holder).fd("server", 4, fresh());
        let play =
            Play::new(&lab, lab.clone()).report(bind(4, SHOWN_ANY, 16), failed("EADDRINUSE"));
        assert_eq!(play.keys(), [key]);
        assert!(play.first().contains("server fd 3"), "{}", play.first());
    }
    let udp = plain(UDP).at("0.0.0.0:8080", "0.0.0.0:0");
    let lab = Lab::new().fd("server", 3, udp).fd("server", 4, plain(UDP));
    let play = Play::new(&lab, lab.clone()).report(bind(4, SHOWN_ANY, 16), failed("EADDRINUSE"));
    assert_eq!(play.keys(), ["bind-held-datagram"]);
    let row = server_end(TcpState::TimeWait).without_fd(Ownerless::TimeWait).timer(
        TimerKind::TimeWait,
        41_500,
        0,
    );
    let lab = Lab::new().row("server", row).fd("server", 4, fresh());
    let play = Play::new(&lab, lab.clone()).report(bind(4, SHOWN_ANY, 16), failed("EADDRINUSE"));
    assert_eq!(play.keys(), ["bind-time-wait"]);
    assert!(play.first().contains("42 s to go"), "{}", play.first());
}

#[test]
fn a_holder_is_named_only_if_it_really_meets_the_address() {
    let udp = plain(UDP).at("0.0.0.0:8080", "0.0.0.0:0");
    let elsewhere = fresh().at("127.0.0.1:8080", "0.0.0.0:0");
    for other in [udp, elsewhere] {
        let lab = Lab::new().fd("server", 3, other).fd("server", 4, fresh());
        assert_eq!(keys(&lab, bind(4, SHOWN_SERVER, 16), "EADDRINUSE"), ["bind-taken"]);
    }
}

#[test]
fn errors_of_bind() {
    let named = fresh().at("0.0.0.0:8080", "0.0.0.0:0");
    let foreign = r#"{sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("203.0.113.5")}"#;
    let zero = r#"{sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("0.0.0.0")}"#;
    let path = r#"{sa_family=AF_UNIX, sun_path="/tmp/s"}"#;
    let lab =
        Lab::new().fd("server", 3, named).fd("server", 4, fresh()).fd("server", 5, plain(UNIX));
    let cases = [
        (bind(3, SHOWN_ANY, 16), "EINVAL", "bind-twice"),
        (bind(4, "{…}", 3), "EINVAL", "bind-length"),
        (bind(4, "{…}", 16), "EINVAL", "bind-invalid"),
        (bind(4, SHOWN_ANY, 16), "EACCES", "bind-privileged"),
        (bind(4, foreign, 16), "EADDRNOTAVAIL", "bind-not-mine"),
        (bind(4, SHOWN_SERVER, 16), "EADDRNOTAVAIL", "error-other"),
        (bind(4, zero, 16), "EADDRINUSE", "bind-no-port"),
        (bind(4, "{sa_family=AF_APPLETALK}", 16), "EAFNOSUPPORT", "bind-family"),
        (bind(5, path, 9), "EADDRINUSE", "bind-path-there"),
        (bind(5, path, 9), "EACCES", "bind-path-denied"),
        (bind(5, path, 9), "ENOENT", "bind-path-error"),
        (bind(5, path, 9), "EROFS", "bind-path-error"),
        (bind(4, "{…}", 28), "ENODEV", "bind-no-device"),
    ];
    for (call, errno, key) in cases {
        assert_eq!(keys(&lab, call, errno), [key], "{errno}");
    }
}

#[test]
fn errors_of_socket_listen_accept_and_shutdown() {
    let lab = Lab::new()
        .fd("server", 3, fresh())
        .fd("server", 4, plain(UDP))
        .fd("server", 5, listener(0, 5))
        .fd("server", 9, listener(0, 5).at("0.0.0.0:9191", "0.0.0.0:0"))
        .nonblock("server", 9)
        .fd("server", 6, listener(0, 5).at("0.0.0.0:9090", "0.0.0.0:0"))
        .fd("server", 7, fresh().at("0.0.0.0:8080", "0.0.0.0:0"));
    let socket =
        |family: &str, kind: &str| call("server", "socket", &[0, 0, 0], &[family, kind, "0"]);
    let on = |name: &str, fd: i64| call("server", name, &[fd, 1, 0], &[&fd.to_string(), "1"]);
    let cases = [
        (socket("AF_KEY", "SOCK_RAW"), "EAFNOSUPPORT", "socket-no-family"),
        (socket("AF_INET", "SOCK_RDM"), "ESOCKTNOSUPPORT", "socket-no-type"),
        (socket("AF_INET", "SOCK_STREAM"), "EPROTONOSUPPORT", "socket-no-protocol"),
        (socket("AF_INET", "SOCK_RAW"), "EPERM", "socket-not-allowed"),
        (socket("AF_INET", "SOCK_DGRAM|SOCK_CLOEXEC"), "EACCES", "socket-no-ping"),
        (socket("AF_INET", "77"), "EINVAL", "socket-invalid"),
        (on("listen", 4), "EOPNOTSUPP", "listen-kind"),
        (on("listen", 3), "EINVAL", "listen-invalid"),
        (on("listen", 7), "EADDRINUSE", "listen-taken"),
        (on("accept", 3), "EINVAL", "accept-not-listening"),
        (on("accept", 4), "EOPNOTSUPP", "accept-kind"),
        (on("accept", 5), "EAGAIN", "accept-again-timeout"),
        (on("accept", 9), "EAGAIN", "accept-again"),
        (on("accept", 5), "ECONNABORTED", "accept-aborted"),
        (on("accept", 5), "EINVAL", "accept-invalid"),
        (on("shutdown", 3), "ENOTCONN", "shutdown-not-connected"),
        (on("shutdown", 3), "EINVAL", "shutdown-how"),
        (on("getpeername", 5), "ENOTCONN", "getpeername-listener"),
        (on("getpeername", 3), "ENOTCONN", "getpeername-none"),
        (on("getsockname", 3), "EINVAL", "names-length"),
        (on("lseek", 3), "ESPIPE", "lseek-pipe"),
    ];
    for (call, errno, key) in cases {
        let name = call.typed.clone();
        assert_eq!(keys(&lab, call, errno), [key], "{name} {errno}");
    }
}

fn connect() -> Call {
    call("client", "connect", &[3, 0x1000_0000, 16], &["3", SHOWN_SERVER, "16"])
}

#[test]
fn refused_is_explained_by_what_came_back_and_by_who_has_the_port() {
    let (syn, rst) = (to_server(1, Flags::SYN, 0), to_client(2, RST_ACK, 0));
    let refused = |lab: Lab| {
        Play::new(&lab, lab.clone())
            .report(connect(), failed("ECONNREFUSED"))
            .delivered(&[&syn, &rst])
            .keys()
    };
    let lab = Lab::new().fd("client", 3, fresh());
    assert_eq!(refused(lab.clone()), ["connect-refused-nobody"]);
    let bound = fresh().at("0.0.0.0:8080", "0.0.0.0:0");
    assert_eq!(refused(lab.clone().fd("server", 3, bound)), ["connect-refused-bound"]);
    assert_eq!(refused(lab.clone().fd("server", 3, listener(0, 5))), ["connect-refused-rst"]);
    assert_eq!(keys(&lab, connect(), "ECONNREFUSED"), ["connect-refused"]);
    let play = Play::new(&lab, lab.clone())
        .report(connect(), failed("ECONNREFUSED"))
        .passes(&syn, Fate::Unreachable)
        .delivered(&[&icmp(2, 3, 3)]);
    assert_eq!(play.keys(), ["connect-refused-icmp"]);
}

#[test]
fn errors_of_connect() {
    let before = client_end(TcpState::SynSent).timer(TimerKind::Retransmit, 0, 6);
    let lab = Lab::new().fd("client", 3, before).asleep("client", &connect());
    let after = Lab::new().fd("client", 3, fresh());
    let play = Play::new(&lab, after.clone()).report(connect(), failed("ETIMEDOUT"));
    assert_eq!(play.keys(), ["connect-timed-out"]);
    assert!(play.first().contains("6 times"), "{}", play.first());

    let play = Play::new(&lab, after)
        .report(connect(), failed("EHOSTUNREACH"))
        .delivered(&[&icmp(2, 3, 1)]);
    assert_eq!(play.keys(), ["connect-icmp"]);

    let fresh_lab = Lab::new().fd("client", 3, fresh());
    let open = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let trying = Lab::new().fd("client", 3, client_end(TcpState::SynSent));
    let listens = Lab::new().fd("client", 3, listener(0, 5));
    let bound = Lab::new()
        .fd("client", 3, fresh().at(CLIENT, "0.0.0.0:0"))
        .row("client", client_end(TcpState::TimeWait).without_fd(Ownerless::TimeWait));
    let cases = [
        (&fresh_lab, "ENETUNREACH", "connect-no-route"),
        (&fresh_lab, "EADDRNOTAVAIL", "connect-no-port"),
        (&bound, "EADDRNOTAVAIL", "connect-same-pair"),
        (&open, "EISCONN", "connect-again"),
        (&listens, "EISCONN", "connect-listener"),
        (&trying, "EALREADY", "connect-already"),
        (&trying, "EINPROGRESS", "connect-timeout"),
        (&trying.clone().nonblock("client", 3), "EINPROGRESS", "connect-in-progress"),
        (&open.clone().nonblock("client", 3), "EINPROGRESS", "connect-in-progress-done"),
        (&fresh_lab.clone().nonblock("client", 3), "EINPROGRESS", "connect-in-progress-failed"),
        (&fresh_lab, "EAFNOSUPPORT", "connect-family"),
        (&fresh_lab, "EINVAL", "connect-invalid"),
        (&fresh_lab, "EACCES", "connect-denied"),
        (&fresh_lab, "ECONNABORTED", "connect-aborted"),
    ];
    for (lab, errno, key) in cases {
        assert_eq!(keys(lab, connect(), errno), [key], "{errno}");
    }
    let standard = Lab::new().edit("client", |process| process.standard = false);
    let close = call("client", "close", &[9], &["9"]);
    assert_eq!(keys(&standard, close, "EBADF"), ["error-badf-all"]);
    let path = r#"{sa_family=AF_UNIX, sun_path="/tmp/s"}"#;
    let unix = Lab::new().fd("client", 3, plain(UNIX).named(Address::Unnamed));
    let call = || call("client", "connect", &[3, 0x1000_0000, 9], &["3", path, "9"]);
    let name = r#"{sa_family=AF_UNIX, sun_path=@"s"}"#;
    let nobody = call_named(name);
    assert_eq!(keys(&unix, nobody, "ECONNREFUSED"), ["connect-unix-no-name"]);
    let cases = [
        ("ECONNREFUSED", "connect-unix-none"),
        ("ENOENT", "connect-unix-path"),
        ("EACCES", "connect-unix-denied"),
        ("EAGAIN", "connect-unix-full-unseen"),
        ("EPROTOTYPE", "connect-unix-kind"),
        ("EISCONN", "connect-unix-again"),
    ];
    for (errno, key) in cases {
        assert_eq!(keys(&unix, call(), errno), [key], "{errno}");
    }
}

#[test]
fn errors_of_sending() {
    let lab = Lab::new()
        .fd("client", 3, client_end(TcpState::Established).queues(0, 5792))
        .fd("client", 4, client_end(TcpState::FinWait2))
        .fd("client", 5, fresh())
        .fd("client", 6, Socket { shutdown: Some(2), ..client_end(TcpState::CloseWait) })
        .fd("client", 7, plain(UDP))
        .fd("client", 8, plain(UNIX))
        .fd("client", 9, client_end(TcpState::Established).timer(TimerKind::Keepalive, 900, 3))
        .fd("client", 10, client_end(TcpState::Established))
        .nonblock("client", 10)
        .fd("client", 11, client_end(TcpState::SynSent))
        .nonblock("client", 11);
    let send = |fd: i64| call("client", "send", &[fd, 0x1000_0000, 9, 0], &["?", "\"x\"", "9"]);
    let cases = [
        (3, "EAGAIN", "send-again-timeout"),
        (10, "EAGAIN", "send-again"),
        (11, "EAGAIN", "send-again-connecting"),
        (3, "ECONNRESET", "reset-earlier"),
        (3, "ETIMEDOUT", "transfer-timed-out"),
        (9, "ETIMEDOUT", "transfer-timed-out-keepalive"),
        (3, "EHOSTUNREACH", "transfer-unreachable"),
        (3, "ECONNABORTED", "transfer-aborted"),
        (4, "EPIPE", "send-pipe-shut"),
        (5, "EPIPE", "send-pipe-dead"),
        (6, "EPIPE", "send-pipe-own"),
        (8, "EPIPE", "send-pipe-unix"),
        (8, "ENOTCONN", "send-not-connected"),
        (8, "EISCONN", "send-connected"),
        (8, "ECONNREFUSED", "datagram-refused-unix"),
        (7, "EDESTADDRREQ", "send-no-destination"),
        (7, "EMSGSIZE", "send-too-long"),
        (7, "EACCES", "send-denied"),
        (7, "ECONNREFUSED", "datagram-refused"),
        (7, "EOPNOTSUPP", "transfer-flag"),
        (7, "ENETUNREACH", "send-no-route"),
        (3, "ENETUNREACH", "transfer-unreachable"),
    ];
    for (fd, errno, key) in cases {
        assert_eq!(keys(&lab, send(fd), errno), [key], "{errno} of fd {fd}");
    }
}

#[test]
fn errors_of_receiving() {
    let lab = Lab::new()
        .fd("client", 3, client_end(TcpState::Established))
        .fd("client", 4, fresh())
        .fd("client", 5, client_end(TcpState::Established))
        .nonblock("client", 5)
        .fd("client", 6, plain(UDP));
    let recv = |fd: i64, flags: i64| {
        call("client", "recv", &[fd, 0x1000_0000, 9, flags], &["?", "0x10000000", "9", "0"])
    };
    let cases = [
        (recv(3, 0), "EAGAIN", "recv-again-timeout"),
        (recv(3, 0x40), "EAGAIN", "recv-again"),
        (recv(5, 0), "EAGAIN", "recv-again"),
        (recv(6, 0x40), "EAGAIN", "recv-again-datagram"),
        (recv(6, 0), "EAGAIN", "recv-again-timeout"),
        (recv(4, 0), "ENOTCONN", "recv-not-connected"),
        (recv(3, 1), "EINVAL", "recv-no-urgent"),
        (recv(3, 0), "ECONNRESET", "reset-earlier"),
    ];
    for (call, errno, key) in cases {
        assert_eq!(keys(&lab, call, errno), [key], "{errno}");
    }
    let asleep = lab.clone().asleep("client", &recv(3, 0));
    let rst = to_client(5, Flags::RST, 0);
    let play = Play::new(&asleep, Lab::new().fd("client", 3, fresh()))
        .report(recv(3, 0), failed("ECONNRESET"))
        .delivered(&[&rst]);
    assert_eq!(play.keys()[0], "reset-now");
}

#[test]
fn a_signal_is_named_as_the_cause_of_eintr_only_if_it_was_sent_now() {
    let recv = || call("client", "recv", &[3, 0, 9, 0], &["3"]);
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established));
    let kill = Action::Kill { signal: Signal(10), process: process("client") };
    let play = Play::new(&lab, lab.clone()).cause(kill).report(recv(), failed("EINTR"));
    assert_eq!(play.keys(), ["error-intr-signal", "signal-sent"]);
    let other = Action::Kill { signal: Signal(10), process: process("server") };
    let play = Play::new(&lab, lab.clone()).cause(other).report(recv(), failed("EINTR"));
    assert_eq!(play.keys(), ["error-intr", "signal-sent"]);
}

#[test]
fn errors_of_options() {
    let lab = Lab::new().fd("server", 3, fresh());
    let set = call(
        "server",
        "setsockopt",
        &[3, 1, 2, 0x1000_0000, 4],
        &["3", "SOL_SOCKET", "SO_REUSEADDR", "[1]", "4"],
    );
    let cases = [
        ("ENOPROTOOPT", "option-unknown"),
        ("EOPNOTSUPP", "option-unsupported"),
        ("EINVAL", "option-invalid"),
        ("EDOM", "option-domain"),
        ("EPERM", "option-denied"),
    ];
    for (errno, key) in cases {
        assert_eq!(keys(&lab, set.clone(), errno), [key], "{errno}");
    }
}

#[test]
fn every_errno_of_every_call_has_some_words() {
    let lab = Lab::new().fd("server", 3, fresh());
    for syscall in crate::model::Syscall::ALL {
        for (_, errno) in crate::model::Errno::all() {
            let call = call("server", syscall.name(), &[3, 1, 2, 3, 4, 5], &["3"]);
            let play = Play::new(&lab, lab.clone()).report(call, Outcome::Failed(errno));
            assert_eq!(play.keys().len(), 1, "{syscall} {errno}");
        }
    }
}

fn call_named(name: &str) -> Call {
    call("client", "connect", &[3, 0x1000_0000, 4], &["3", name, "4"])
}
