//! The rarer errnos, each in the situation that its words are about.

use super::gaps::lab;
use crate::explain::testing::*;
use crate::model::{Call, Outcome};

fn keys(call: Call, errno: &str) -> Vec<&'static str> {
    let lab = lab();
    Play::new(&lab, lab.clone()).report(call, failed(errno)).keys()
}

fn on(name: &str, args: &[i64], shown: &[&str]) -> Call {
    call("server", name, args, shown)
}

const PATH: &str = r#"{sa_family=AF_UNIX, sun_path="/tmp/s"}"#;
const LOCAL: &str = r#"{sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "fe80::1", &sin6_addr), sin6_scope_id=0}"#;

fn check(cases: &[(Call, &str, &str)]) {
    for (call, errno, key) in cases {
        let name = format!("{}({})", call.typed, call.shown.join(", "));
        assert_eq!(keys(call.clone(), errno), [*key], "{name} {errno}");
    }
}

#[test]
fn names_and_queues() {
    let socket =
        |kind: i64, protocol: i64| on("socket", &[2, kind, protocol], &["AF_INET", "?", "?"]);
    check(&[
        (socket(0x41, 0), "EINVAL", "socket-flags"),
        (socket(12, 0), "EINVAL", "socket-type-number"),
        (socket(1, -1), "EINVAL", "socket-protocol-number"),
        (socket(1, 300), "EINVAL", "socket-protocol-number"),
        (socket(1, 0), "EINVAL", "socket-invalid"),
        (socket(1, 0), "ENODEV", "socket-no-device"),
        (on("bind", &[7, 1, 120], &["7", PATH, "120"]), "EINVAL", "bind-path-long"),
        (on("bind", &[7, 1, 16], &["7", SHOWN_SERVER, "16"]), "EINVAL", "bind-unix-family"),
        (on("bind", &[3, 1, 28], &["3", LOCAL, "28"]), "EINVAL", "bind-no-scope"),
        (on("connect", &[3, 1, 28], &["3", LOCAL, "28"]), "EINVAL", "bind-no-scope"),
        (on("connect", &[3, 1, 3], &["3", SHOWN_SERVER, "3"]), "EINVAL", "bind-length"),
        (on("bind", &[3, 1, 16], &["3", SHOWN_SERVER, "16"]), "EPERM", "bind-forbidden"),
        (on("listen", &[3, 5], &["3", "5"]), "EADDRINUSE", "listen-no-port"),
        (on("accept4", &[4, 0, 0, 77], &["4", "NULL", "NULL", "77"]), "EINVAL", "accept-invalid"),
        (on("accept", &[4], &["4"]), "EPERM", "accept-forbidden"),
        (on("accept", &[4], &["4"]), "EPROTO", "accept-protocol"),
        (on("connect", &[3, 1, 16], &["3", SHOWN_SERVER]), "EPERM", "connect-forbidden"),
        (on("connect", &[3, 1, 16], &["3", SHOWN_SERVER]), "EADDRINUSE", "connect-port-taken"),
    ]);
}

#[test]
fn bytes_out() {
    let send = |fd: i64| on("sendto", &[fd, 1, 9, 0], &["?", "\"x\"", "9", "0", PATH]);
    let to =
        |shown: &str| on("sendto", &[6, 1, 9, 0, 7, 16], &["6", "\"x\"", "9", "0", shown, "16"]);
    let message = |shown: &str| on("sendmsg", &[7, 1, 0], &["7", shown, "0"]);
    let zero = r#"{sa_family=AF_INET, sin_port=htons(0), sin_addr=inet_addr("198.51.100.1")}"#;
    let rights = "{msg_control=[{cmsg_len=1, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS}]}";
    let credentials = "{msg_control=[{cmsg_level=SOL_SOCKET, cmsg_type=SCM_CREDENTIALS}]}";
    check(&[
        (on("writev", &[5, 1, 1025], &["5", "[]", "1025"]), "EINVAL", "transfer-parts"),
        (send(7), "EACCES", "send-path-denied"),
        (send(5), "EALREADY", "send-fast-again"),
        (send(5), "EINPROGRESS", "send-fast-started"),
        (send(6), "EADDRNOTAVAIL", "send-no-own-address"),
        (to(PATH), "EAFNOSUPPORT", "send-family"),
        (message(credentials), "EPERM", "send-forged"),
        (send(6), "EPERM", "send-forbidden"),
        (send(7), "ENOENT", "send-path"),
        (send(7), "EPROTOTYPE", "send-unix-kind"),
        (message(rights), "ETOOMANYREFS", "send-in-flight"),
        (send(6), "ENXIO", "send-no-device"),
        (send(12), "EAGAIN", "send-no-port"),
        (send(13), "EAGAIN", "send-again-unix"),
        (on("write", &[9, 1, 9], &["9", "\"x\"", "9"]), "EAGAIN", "send-again-file"),
        (message("{…}"), "EMSGSIZE", "send-too-long-message"),
        (message(rights), "EINVAL", "send-rights-invalid"),
        (message("{msg_control=[{}]}"), "EINVAL", "send-control-invalid"),
        (to(zero), "EINVAL", "send-port-zero"),
        (to(SHOWN_SERVER), "EINVAL", "send-address-invalid"),
        (send(5), "EINVAL", "send-invalid"),
        (on("write", &[11, 1, 9], &["11", "\"x\"", "9"]), "EINVAL", "send-unwritable"),
        (on("write", &[9, 1, 9], &["9", "\"x\"", "9"]), "EBADF", "transfer-mode"),
    ]);
}

#[test]
fn bytes_in() {
    let recv = |fd: i64, flags: i64| on("recvfrom", &[fd, 1, 9, flags], &["?", "1", "9", "0"]);
    check(&[
        (recv(4, 0), "ENOTCONN", "recv-listener"),
        (on("read", &[10, 1, 9], &["10"]), "EISDIR", "recv-directory"),
        (recv(5, 1), "EAGAIN", "recv-urgent-later"),
        (on("read", &[9, 1, 9], &["9"]), "EBADF", "transfer-mode"),
        (recv(7, 0), "EINVAL", "recv-unix-alone"),
        (recv(5, 0), "EINVAL", "recv-invalid"),
        (on("read", &[11, 1, 9], &["11"]), "EINVAL", "recv-unreadable"),
        (on("readv", &[5, 1, -1], &["5"]), "EINVAL", "transfer-parts"),
        (recv(6, 1), "EOPNOTSUPP", "transfer-flag"),
    ]);
    let lab = lab().edit("server", |process| {
        let pipe = process.fds.iter_mut().find(|fd| fd.number == 9).expect("a pipe");
        std::sync::Arc::make_mut(pipe).nonblock = true;
    });
    let read = on("read", &[9, 1, 9], &["9"]);
    let play = Play::new(&lab, lab.clone()).report(read, failed("EAGAIN"));
    assert_eq!(play.keys(), ["recv-again-file"]);
}

#[test]
fn options_of_sockets() {
    let set = |fd: i64, option: &str| on("setsockopt", &[fd], &["?", "SOL", option, "[1]", "4"]);
    check(&[
        (set(8, "IPV6_V6ONLY"), "EINVAL", "option-v6only-late"),
        (set(3, "SO_BINDTODEVICE"), "ENODEV", "option-no-device"),
        (set(3, "IP_ADD_MEMBERSHIP"), "EADDRINUSE", "option-joined"),
        (set(3, "IP_DROP_MEMBERSHIP"), "EADDRNOTAVAIL", "option-not-joined"),
        (set(5, "TCP_REPAIR"), "EISCONN", "option-connected"),
        (set(3, "TCP_ULP"), "ENOTCONN", "option-not-connected"),
        (set(3, "TCP_CONGESTION"), "ENOENT", "option-no-such"),
    ]);
}

#[test]
fn descriptors_and_paths() {
    let fcntl = |command: &str| on("fcntl", &[3, 0, 99], &["3", command, "99"]);
    let ioctl = |fd: i64| on("ioctl", &[fd, 0, 0], &["?", "FIONREAD", "0x1"]);
    let open = |name: &str| on(name, &[1, 0, 0], &["\"/tmp/s\"", "O_RDWR"]);
    let mmap = |length: i64| on("mmap", &[0, length, 1, 1, 5, 0], &["NULL", "0", "PROT_READ"]);
    check(&[
        (on("dup2", &[3, 7], &["3", "7"]), "EBUSY", "dup-busy"),
        (fcntl("F_DUPFD"), "EINVAL", "fcntl-dup-range"),
        (fcntl("77"), "EINVAL", "fcntl-invalid"),
        (fcntl("F_SETOWN"), "EPERM", "fcntl-denied"),
        (fcntl("F_SETLK"), "EAGAIN", "fcntl-locked"),
        (ioctl(4), "EINVAL", "ioctl-listener"),
        (ioctl(5), "EINVAL", "ioctl-invalid"),
        (ioctl(5), "EPERM", "ioctl-denied"),
        (ioctl(5), "ENODEV", "ioctl-no-device"),
        (ioctl(5), "EADDRNOTAVAIL", "ioctl-no-address"),
        (ioctl(5), "ENOENT", "ioctl-nothing-yet"),
        (open("open"), "ENXIO", "open-socket"),
        (open("open"), "EEXIST", "open-exists"),
        (open("open"), "EINVAL", "open-flags"),
        (open("unlink"), "EISDIR", "path-error"),
        (on("lseek", &[10, -1, 0], &["10", "-1", "SEEK_SET"]), "EINVAL", "lseek-nowhere"),
        (mmap(0), "EINVAL", "mmap-nothing"),
        (mmap(9), "EINVAL", "mmap-invalid"),
        (mmap(9), "EACCES", "mmap-denied"),
        (mmap(9), "EAGAIN", "mmap-locked"),
        (on("close", &[10], &["10"]), "EIO", "close-io"),
        (on("pipe2", &[1, 77], &["0x1", "77"]), "EINVAL", "pipe-flags"),
    ]);
}

#[test]
fn moving_between_two_descriptors() {
    let splice = |from: i64, to: i64| on("splice", &[from, 0, to, 0, 9, 0], &["?", "NULL"]);
    let sendfile = |to: i64, from: i64| on("sendfile", &[to, from, 0, 9], &["?", "?", "NULL", "9"]);
    check(&[
        (splice(5, 3), "EINVAL", "splice-no-pipe"),
        (splice(5, 9), "ESPIPE", "moving-offset"),
        (splice(5, 9), "EAGAIN", "moving-again"),
        (splice(9, 5), "EBADF", "moving-mode"),
        (splice(9, 77), "EBADF", "error-badf"),
        (splice(3, 9), "ENOTCONN", "recv-not-connected"),
        (splice(9, 3), "EPIPE", "send-pipe-dead"),
        (sendfile(5, 5), "EINVAL", "sendfile-source"),
        (sendfile(5, 10), "EOVERFLOW", "sendfile-long"),
        (sendfile(5, 10), "ECONNRESET", "reset-earlier"),
        (sendfile(3, 10), "EPIPE", "send-pipe-dead"),
        (sendfile(5, 77), "EBADF", "error-badf"),
    ]);
}

#[test]
fn waiting_for_several() {
    let control =
        |epoll: i64, fd: i64| on("epoll_ctl", &[epoll, 1, fd, 1], &["?", "?", "?", "{…}"]);
    check(&[
        (on("select", &[-1], &["-1", "?", "?", "?", "?"]), "EINVAL", "select-invalid"),
        (control(11, 77), "EBADF", "epoll-badf"),
        (control(11, 11), "ELOOP", "epoll-loop"),
        (control(11, 5), "ENOSPC", "epoll-limit"),
        (control(5, 5), "EINVAL", "epoll-no-epoll"),
        (control(11, 11), "EINVAL", "epoll-itself"),
        (control(11, 5), "EINVAL", "epoll-operation"),
        (on("epoll_wait", &[11, 1, 0, 0], &["11"]), "EINVAL", "epoll-no-room"),
        (on("epoll_create", &[0], &["0"]), "EINVAL", "epoll-size"),
        (on("epoll_create1", &[7], &["0x7"]), "EINVAL", "epoll-flags"),
    ]);
}

#[test]
fn processes_and_signals() {
    check(&[
        (on("fork", &[], &[]), "EAGAIN", "fork-limit"),
        (on("wait4", &[0, 0, 99], &["-1", "NULL", "99"]), "EINVAL", "wait-options"),
        (on("kill", &[1, 99], &["1", "99"]), "EINVAL", "kill-no-signal"),
        (on("kill", &[1, 9], &["1", "SIGKILL"]), "EPERM", "kill-denied"),
        (on("rt_sigaction", &[9], &["SIGKILL"]), "EINVAL", "sigaction-never"),
        (on("rt_sigaction", &[99], &["99"]), "EINVAL", "sigaction-no-signal"),
        (on("setrlimit", &[7], &["RLIMIT_NOFILE", "{…}"]), "EPERM", "setrlimit-denied"),
        (on("setrlimit", &[7], &["RLIMIT_NOFILE", "{…}"]), "EINVAL", "setrlimit-invalid"),
        (on("nanosleep", &[1], &["{…}"]), "EINVAL", "nanosleep-invalid"),
    ]);
}

/// The keys of a call with this outcome that changed nothing.
fn told(call: Call, outcome: Outcome) -> Vec<&'static str> {
    let lab = lab();
    Play::new(&lab, lab.clone()).report(call, outcome).keys()
}

#[test]
fn what_a_socket_is_to_calls_for_files() {
    let cases = [
        (on("fstat", &[5], &["5"]), 0, "fstat-socket"),
        (on("fstat", &[10], &["10"]), 0, "fstat-returned"),
        (on("lseek", &[10], &["10"]), 7, "lseek-returned"),
        (on("mmap", &[0, 4096, 1, 1, 5, 0], &["NULL"]), 0x1000, "mmap-tcp"),
        (on("mmap", &[0, 4096, 1, 1, 10, 0], &["NULL"]), 0x1000, "mmap-returned"),
        (on("splice", &[5, 0, 9], &["5"]), 0, "moved-nothing"),
        (on("sendfile", &[5, 10], &["5"]), 7, "moved-returned"),
        (on("getpid", &[], &[]), 3, "getpid-returned"),
        (on("getppid", &[], &[]), 1, "getppid-returned"),
        (on("time", &[0], &["NULL"]), 1_700_000, "time-returned"),
        (on("fcntl", &[3, 1], &["3", "F_GETFD"]), 1, "fcntl-getfd"),
        (on("fcntl", &[3, 4], &["3", "F_SETFL"]), 0, "fcntl-same"),
    ];
    for (call, value, key) in cases {
        let name = call.typed.clone();
        assert_eq!(told(call, Outcome::Returned(value)), [key], "{name}");
    }
    let cases = [
        (on("splice", &[5, 0, 9], &["5"]), "moving-blocked"),
        (on("wait4", &[], &[]), "wait-blocked"),
        (on("nanosleep", &[], &["{tv_sec=1, tv_nsec=0}"]), "nanosleep-blocked"),
        (on("pause", &[], &[]), "pause-blocked"),
    ];
    for (call, key) in cases {
        let name = call.typed.clone();
        assert_eq!(told(call, Outcome::Blocked), [key], "{name}");
    }
}
