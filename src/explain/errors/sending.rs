//! Errors of write(), send() and their kin.

use std::net::SocketAddrV4;

use super::files::path_error;
use super::transfer::{both, too_many_parts};
use super::waiting::may_sleep;
use crate::explain::case::{Case, as_int};
use crate::explain::names::{address_name, family_shown, file_name, port_shown};
use crate::explain::note::{Note, note};
use crate::explain::past::Life;
use crate::explain::row::Row;
use crate::explain::story::Story;
use crate::model::{Family, Socket, Syscall, TcpState};

/// SEND_SHUTDOWN of the kernel: the second bit of `sk_shutdown`.
const SHUT_WRITE: u8 = 2;
/// IPPROTO_UDP.
const UDP: i32 = 17;

/// Explains an error of write(), send() and their kin.
pub fn explain(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    let family = case.socket().map(|socket| socket.kind.family);
    let state = case.socket().and_then(|socket| socket.state);
    Some(match errno {
        "EPIPE" => pipe(story, case),
        "EAGAIN" => again(story, case),
        "EBADF" if let Some(number) = given_closed(story, case) => {
            note!("send-rights-closed", call = call, process = case.process, number = number)
        }
        "EDESTADDRREQ" => note!("send-no-destination", call = call, who = who),
        "EMSGSIZE" => too_long(case),
        "EACCES" if family == Some(Family::Unix) => {
            note!("send-path-denied", call = call, path = address_name(case.shown(4)))
        }
        "EACCES" if is_broadcast(&case.destination()) => {
            note!("send-broadcast", call = call, who = who, to = case.destination())
        }
        "EACCES" => note!("send-denied", call = call, who = who, to = case.destination()),
        "EISCONN" => note!("send-connected", call = call, who = who),
        "ENOTCONN" => note!("send-not-connected", call = call, who = who),
        "EOPNOTSUPP" => note!("transfer-flag", call = call, who = who),
        "ENOBUFS" if case.report.call.syscall == Syscall::Sendmsg => {
            note!("send-control", call = call)
        }
        "ENETUNREACH" if is_udp(case) => {
            note!("send-no-route", call = call, who = who, to = case.destination())
        }
        "EALREADY" => note!("send-fast-again", call = call, who = who, state = state),
        "EINPROGRESS" => note!("send-fast-started", call = call, who = who, state = state),
        "EINVAL" if too_many_parts(case).is_none() => invalid(case),
        "EADDRNOTAVAIL" => note!("send-no-own-address", call = call, who = who),
        "EAFNOSUPPORT" => {
            let kind = case.socket().map(|socket| socket.kind.short());
            let family = family_shown(case.shown(4));
            note!("send-family", call = call, who = who, kind = kind, family = family)
        }
        "EPERM" if case.args().contains("SCM_CREDENTIALS") => {
            note!("send-forged", call = call, process = case.process)
        }
        "EPERM" => note!("send-forbidden", call = call, who = who),
        "ENOENT" | "ENOTDIR" | "ELOOP" | "ENAMETOOLONG" => {
            let (path, meaning) = (address_name(case.shown(4)), path_error(errno)?);
            note!("send-path", call = call, path = path, errno = errno, meaning = meaning)
        }
        "EPROTOTYPE" => {
            let kind = case.socket().map(|socket| socket.kind.short());
            note!("send-unix-kind", call = call, path = address_name(case.shown(4)), kind = kind)
        }
        "ETOOMANYREFS" => note!("send-in-flight", call = call, process = case.process),
        "ENODEV" | "ENXIO" => note!("send-no-device", call = call, who = who, errno = errno),
        _ => return both(story, case, errno),
    })
}

/// Whether the address is one of everybody: 255.255.255.255, or the last of a network of 256.
fn is_broadcast(address: &str) -> bool {
    let address: Option<SocketAddrV4> = address.parse().ok();
    address.is_some_and(|address| address.ip().octets()[3] == 255)
}

fn is_udp(case: &Case) -> bool {
    case.socket().is_some_and(|s| s.kind.protocol == UDP && s.kind.family != Family::Unix)
}

/// The first number that SCM_RIGHTS was to give and that the process has not open.
fn given_closed(story: &Story, case: &Case) -> Option<i32> {
    let args = case.args();
    let numbers = args.split_once("cmsg_type=SCM_RIGHTS, cmsg_data=[")?.1.split(']').next()?;
    let process = story.scene.before.process(case.process)?;
    let mut numbers = numbers.split(", ").filter_map(|number| number.parse().ok());
    numbers.find(|number| file_name(process, *number).is_none())
}

/// There is no room, or no port, and the call may not sleep, or not any longer.
fn again(story: &Story, case: &Case) -> Note {
    let (call, who) = (case.call(), case.who());
    let Some(socket) = case.socket() else {
        return note!("send-again-file", call = call, who = who);
    };
    let (send_q, state) = (socket.send_q, socket.state);
    match state {
        _ if is_udp(case) && socket.local_port().is_none() => {
            note!("send-no-port", call = call, who = who)
        }
        state if may_sleep(story, case) => {
            note!("send-again-timeout", call = call, who = who, state = state, send_q = send_q)
        }
        _ if socket.kind.family == Family::Unix => {
            note!("send-again-unix", call = call, who = who)
        }
        Some(state @ (TcpState::SynSent | TcpState::SynRecv)) => {
            note!("send-again-connecting", call = call, who = who, state = state)
        }
        _ => note!("send-again", call = call, who = who, send_q = send_q),
    }
}

/// The message does not fit.
fn too_long(case: &Case) -> Note {
    let call = case.call();
    let kind = case.socket().map(|socket| socket.kind.short());
    if matches!(case.report.call.syscall, Syscall::Write | Syscall::Sendto) {
        note!("send-too-long", call = call, count = case.report.call.args[2], kind = kind)
    } else {
        note!("send-too-long-message", call = call, kind = kind)
    }
}

/// The kernel refuses the request itself.
fn invalid(case: &Case) -> Note {
    let (call, who, args) = (case.call(), case.who(), case.report.call.args);
    if case.args().contains("cmsg_type=SCM_RIGHTS") {
        return note!("send-rights-invalid", call = call, who = who);
    }
    if case.args().contains("msg_control=") {
        return note!("send-control-invalid", call = call, who = who);
    }
    if case.report.call.syscall == Syscall::Sendto && args[4] != 0 {
        let to = address_name(case.shown(4));
        return match port_shown(case.shown(4)) {
            Some(0) => note!("send-port-zero", call = call, to = to),
            _ => note!(
                "send-address-invalid",
                call = call,
                who = who,
                to = to,
                length = as_int(args[5])
            ),
        };
    }
    match case.socket() {
        Some(_) => note!("send-invalid", call = call, who = who, args = case.args()),
        None => note!("send-unwritable", call = call, who = who),
    }
}

/// Why there is no connection to write to, as far as the timeline shows it.
fn unconnected(story: &Story, case: &Case, socket: &Socket) -> Note {
    let (call, who) = (case.call(), case.who());
    let life = case.host.map(|host| story.scene.life(&host.name, socket));
    match life {
        Some(Life { reset: true, fin: true, .. }) => {
            note!("send-pipe-fin-reset", call = call, who = who)
        }
        Some(Life { reset: true, told: true, .. }) => {
            note!("send-pipe-told", call = call, who = who)
        }
        Some(Life { reset: true, .. }) => note!("send-pipe-reset", call = call, who = who),
        Some(Life { connected: true, .. }) => note!("send-pipe-over", call = call, who = who),
        Some(Life { whole: true, .. }) => note!("send-pipe-never", call = call, who = who),
        Some(_) | None => note!("send-pipe-dead", call = call, who = who),
    }
}

/// Why nothing may be written any more.
pub fn pipe(story: &Story, case: &Case) -> Note {
    let (call, who) = (case.call(), case.who());
    let Some(socket) = case.before else {
        return note!("send-pipe-file", call = call, who = who);
    };
    let shut = socket.shutdown.is_some_and(|bits| bits & SHUT_WRITE != 0);
    match socket.state {
        _ if socket.kind.family == Family::Unix => {
            note!("send-pipe-unix", call = call, who = who)
        }
        Some(
            state @ (TcpState::FinWait1
            | TcpState::FinWait2
            | TcpState::Closing
            | TcpState::LastAck
            | TcpState::TimeWait),
        ) => note!("send-pipe-shut", call = call, who = who, state = state),
        // Without a connection there is no other way to this error.
        _ if shut || !socket.kind.is_tcp() => note!("send-pipe-own", call = call, who = who),
        Some(TcpState::Close) | None if socket.peer_port().is_none() => {
            unconnected(story, case, socket)
        }
        state => note!("send-pipe", call = call, who = who, state = state),
    }
}
