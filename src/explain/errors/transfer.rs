//! Errors of read(), write() and their kin.

use super::waiting::may_sleep;
use crate::explain::case::Case;
use crate::explain::names::packet_name;
use crate::explain::note::{Note, note};
use crate::explain::row::Row;
use crate::explain::story::Story;
use crate::explain::traffic::Role;
use crate::model::{Family, TcpState, TimerKind};

/// MSG_OOB of recv(2).
const OOB: i64 = 1;
/// SOCK_DGRAM.
const DGRAM: i32 = 2;
/// SEND_SHUTDOWN of the kernel: the second bit of `sk_shutdown`.
const SHUT_WRITE: u8 = 2;

/// Explains an error of write(), send() and their kin.
pub fn send(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    Some(match errno {
        "EPIPE" => pipe(case),
        "EAGAIN" => {
            let send_q = case.socket().and_then(|socket| socket.send_q);
            let state = case.socket().and_then(|socket| socket.state);
            match state {
                state if may_sleep(story, case) => {
                    let (q, state) = (send_q, state);
                    note!("send-again-timeout", call = call, who = who, state = state, send_q = q)
                }
                Some(state @ (TcpState::SynSent | TcpState::SynRecv)) => {
                    note!("send-again-connecting", call = call, who = who, state = state)
                }
                _ => note!("send-again", call = call, who = who, send_q = send_q),
            }
        }
        "EDESTADDRREQ" => note!("send-no-destination", call = call, who = who),
        "EMSGSIZE" => {
            let kind = case.socket().map(|socket| socket.kind.short());
            note!("send-too-long", call = call, count = case.report.call.args[2], kind = kind)
        }
        "EACCES" => note!("send-broadcast", call = call, who = who),
        "EISCONN" => note!("send-connected", call = call, who = who),
        "ENOTCONN" => note!("send-not-connected", call = call, who = who),
        "EOPNOTSUPP" => note!("transfer-flag", call = call, who = who),
        "ENOBUFS" => note!("send-control", call = call),
        "ENETUNREACH" if case.socket().is_some_and(|socket| socket.kind.protocol == 17) => {
            note!("send-no-route", call = call, who = who, to = case.destination())
        }
        _ => return both(story, case, errno),
    })
}

/// Explains an error of read(), recv() and their kin.
pub fn receive(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    Some(match errno {
        "EAGAIN" => {
            let waiting = case.socket().and_then(|socket| socket.recv_q);
            let datagrams = case.socket().is_some_and(|socket| socket.kind.kind == DGRAM);
            if may_sleep(story, case) {
                note!("recv-again-timeout", call = call, who = who)
            } else if datagrams {
                note!("recv-again-datagram", call = call, who = who)
            } else {
                note!("recv-again", call = call, who = who, waiting = waiting)
            }
        }
        "ENOTCONN" => {
            let state = case.socket().and_then(|socket| socket.state);
            note!("recv-not-connected", call = call, who = who, state = state)
        }
        "EINVAL" if case.report.call.args[3] & OOB != 0 => {
            note!("recv-no-urgent", call = call, who = who)
        }
        _ => return both(story, case, errno),
    })
}

/// Errors that either direction may be told first.
fn both(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    Some(match errno {
        "ECONNRESET" => {
            let rst = case.host.zip(case.before).and_then(|(host, socket)| {
                story.scene.arrived_as(&host.name, socket, &[Role::Rst])
            });
            match rst {
                Some(packet) => {
                    let packet = packet_name(packet);
                    note!("reset-now", call = call, who = who, packet = packet)
                }
                None => note!("reset-earlier", call = call, who = who),
            }
        }
        "ECONNREFUSED" if case.socket().is_some_and(|s| s.kind.family == Family::Unix) => {
            note!("datagram-refused-unix", call = call, who = who)
        }
        "ECONNREFUSED" => note!("datagram-refused", call = call, who = who),
        "ETIMEDOUT" => {
            let timer = case.before.and_then(|socket| socket.timer);
            let again = timer.map(|timer| timer.retransmits);
            match timer.map(|timer| timer.kind) {
                Some(TimerKind::Keepalive) => {
                    note!("transfer-timed-out-keepalive", call = call, who = who, again = again)
                }
                Some(
                    TimerKind::Retransmit
                    | TimerKind::TimeWait
                    | TimerKind::ZeroWindowProbe
                    | TimerKind::Other(_),
                )
                | None => note!("transfer-timed-out", call = call, who = who, again = again),
            }
        }
        "EHOSTUNREACH" | "ENETUNREACH" => {
            let icmp = case.host.and_then(|host| story.scene.icmp(&host.name));
            match icmp {
                Some((packet, _, _)) => {
                    let packet = packet_name(packet);
                    note!("transfer-icmp", call = call, errno = errno, packet = packet)
                }
                None => note!("transfer-unreachable", call = call, errno = errno),
            }
        }
        "ECONNABORTED" => note!("transfer-aborted", call = call, who = who),
        _ => return None,
    })
}

/// Why nothing may be written any more.
pub fn pipe(case: &Case) -> Note {
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
        _ if shut => note!("send-pipe-own", call = call, who = who),
        Some(TcpState::Close) | None if socket.peer_port().is_none() => {
            note!("send-pipe-dead", call = call, who = who)
        }
        state => note!("send-pipe", call = call, who = who, state = state),
    }
}
