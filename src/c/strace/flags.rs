//! Names of flags, in the order in which strace shows them.

use super::super::constants;
use super::address::ether_protocol;
use super::quote::{flags, named, split, unknown};

#[rustfmt::skip]
const MSG: [&str; 20] = [
    "MSG_OOB", "MSG_PEEK", "MSG_DONTROUTE", "MSG_CTRUNC", "MSG_PROXY", "MSG_TRUNC", "MSG_DONTWAIT",
    "MSG_EOR", "MSG_WAITALL", "MSG_FIN", "MSG_SYN", "MSG_CONFIRM", "MSG_RST", "MSG_ERRQUEUE",
    "MSG_NOSIGNAL", "MSG_MORE", "MSG_WAITFORONE", "MSG_ZEROCOPY", "MSG_FASTOPEN",
    "MSG_CMSG_CLOEXEC",
];
#[rustfmt::skip]
const OPEN: [&str; 16] = [
    "O_CREAT", "O_EXCL", "O_NOCTTY", "O_TRUNC", "O_APPEND", "O_NONBLOCK", "O_SYNC", "O_DSYNC",
    "O_ASYNC", "O_DIRECT", "O_TMPFILE", "O_DIRECTORY", "O_NOFOLLOW", "O_CLOEXEC", "O_PATH",
    "O_NDELAY",
];
#[rustfmt::skip]
const POLL: [&str; 12] = [
    "POLLIN", "POLLPRI", "POLLOUT", "POLLERR", "POLLHUP", "POLLNVAL", "POLLRDNORM", "POLLRDBAND",
    "POLLWRNORM", "POLLWRBAND", "POLLMSG", "POLLRDHUP",
];
#[rustfmt::skip]
const EPOLL: [&str; 15] = [
    "EPOLLIN", "EPOLLPRI", "EPOLLOUT", "EPOLLERR", "EPOLLHUP", "EPOLLRDNORM", "EPOLLRDBAND",
    "EPOLLWRNORM", "EPOLLWRBAND", "EPOLLMSG", "EPOLLRDHUP", "EPOLLEXCLUSIVE", "EPOLLWAKEUP",
    "EPOLLONESHOT", "EPOLLET",
];

pub(in super::super) fn message(value: i64) -> String {
    flags(value, &MSG, "MSG_")
}

pub(in super::super) fn poll(value: i64) -> String {
    flags(value, &POLL, "POLL")
}

pub(in super::super) fn epoll(value: i64) -> String {
    flags(value, &EPOLL, "EPOLL")
}

pub(in super::super) fn wait(value: i64) -> String {
    // The kernel's name for WUNTRACED.
    flags(value, &["WNOHANG", "WUNTRACED", "WCONTINUED"], "W").replace("WUNTRACED", "WSTOPPED")
}

pub(in super::super) fn splice(value: i64) -> String {
    let names = ["SPLICE_F_MOVE", "SPLICE_F_NONBLOCK", "SPLICE_F_MORE", "SPLICE_F_GIFT"];
    flags(value, &names, "SPLICE_F_")
}

pub(in super::super) fn close_on_exec(value: i64) -> String {
    flags(value, &["FD_CLOEXEC"], "FD_")
}

pub(in super::super) fn epoll_create(value: i64) -> String {
    flags(value, &["EPOLL_CLOEXEC"], "EPOLL_")
}

pub(in super::super) fn action(value: i64) -> String {
    const SA_RESTORER: i64 = 0x0400_0000;
    let names = [
        "SA_ONSTACK",
        "SA_RESTART",
        "SA_NODEFER",
        "SA_RESETHAND",
        "SA_SIGINFO",
        "SA_NOCLDWAIT",
        "SA_NOCLDSTOP",
    ];
    let (mut shown, rest) = split(value & !SA_RESTORER, &names);
    if value & SA_RESTORER != 0 {
        shown.insert(0, "SA_RESTORER".to_owned());
    }
    if rest != 0 || shown.is_empty() {
        shown.push(if rest == 0 { "0".to_owned() } else { format!("{rest:#x}") });
    }
    shown.join("|")
}

/// Access mode and flags of an open file: `O_RDWR|O_NONBLOCK`.
pub(in super::super) fn open(value: i64) -> String {
    let mode = ["O_RDONLY", "O_WRONLY", "O_RDWR", "O_ACCMODE"][(value & 3) as usize];
    let (mut shown, rest) = split(value & !3, &OPEN);
    shown.insert(0, mode.to_owned());
    if rest != 0 {
        shown.push(format!("{rest:#x}"));
    }
    shown.join("|")
}

/// Flags of `pipe2` and `dup3`.
pub(in super::super) fn open_without_mode(value: i64) -> String {
    flags(value, &OPEN, "O_")
}

/// `SOCK_CLOEXEC|SOCK_NONBLOCK`.
pub(in super::super) fn accept(value: i64) -> String {
    flags(value, &["SOCK_CLOEXEC", "SOCK_NONBLOCK"], "SOCK_")
}

/// `SOCK_STREAM|SOCK_NONBLOCK`.
pub(in super::super) fn socket_type(value: i64) -> String {
    let (extra, rest) = split(value, &["SOCK_CLOEXEC", "SOCK_NONBLOCK"]);
    // The lower four bits are the type.
    let kind = constants::named(rest & 0xf, &["SOCK_"]);
    let strange = rest & !0xf;
    let first = match (kind, strange) {
        (Some(kind), 0) => kind.to_owned(),
        (Some(kind), strange) => format!("{kind}|{}", unknown(strange, "SOCK_")),
        (None, 0) if rest == 0 => "0".to_owned(),
        (None, _) => unknown(rest, "SOCK_"),
    };
    if extra.is_empty() { first } else { format!("{first}|{}", extra.join("|")) }
}

/// The third argument of `socket`, whose names depend on the first.
pub(in super::super) fn protocol(domain: i64, value: i64) -> String {
    const AF_INET: i64 = 2;
    const AF_INET6: i64 = 10;
    const AF_NETLINK: i64 = 16;
    const AF_PACKET: i64 = 17;
    match domain {
        AF_INET | AF_INET6 => named(value, &["IPPROTO_"]),
        AF_NETLINK => named(value, &["NETLINK_"]),
        AF_PACKET => format!("htons({})", ether_protocol((value as u16).swap_bytes())),
        _ => (value as u32).to_string(),
    }
}

/// `PROT_READ|PROT_WRITE`.
pub(in super::super) fn protection(value: i64) -> String {
    match value {
        0 => "PROT_NONE".to_owned(),
        _ => flags(value, &["PROT_READ", "PROT_WRITE", "PROT_EXEC"], "PROT_"),
    }
}

/// `MAP_PRIVATE|MAP_ANONYMOUS`.
pub(in super::super) fn mapping(value: i64) -> String {
    let kind = ["MAP_FILE", "MAP_SHARED", "MAP_PRIVATE", "MAP_SHARED_VALIDATE"];
    let (mut shown, rest) = split(value & !0xf, &["MAP_FIXED", "MAP_ANONYMOUS"]);
    shown.insert(
        0,
        kind.get((value & 0xf) as usize)
            .map_or_else(|| unknown(value & 0xf, "MAP_"), |name| (*name).to_owned()),
    );
    if rest != 0 {
        shown.push(format!("{rest:#x}"));
    }
    shown.join("|")
}
