//! Errors of accept(), shutdown() and the names of a socket.

use crate::explain::case::Case;
use crate::explain::note::{Note, note};
use crate::explain::row::Row;
use crate::explain::story::Story;
use crate::model::TcpState;

/// SOCK_STREAM and SOCK_SEQPACKET: the kinds that listen.
const CONNECTING: [i32; 2] = [1, 5];
/// MSG_DONTWAIT of recv(2).
const DONTWAIT: i64 = 0x40;

/// Whether the call might have slept. If it did not get what it wants all the same, its time
/// was over: only SO_RCVTIMEO and SO_SNDTIMEO end such a sleep with an error.
pub fn may_sleep(story: &Story, case: &Case) -> bool {
    let process = story.scene.before.process(case.process);
    let fd = process.and_then(|process| process.fd(case.fd));
    !fd.is_some_and(|fd| fd.nonblock) && case.flags() & DONTWAIT == 0
}

/// Explains an error of accept().
pub fn accept(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let who = case.who();
    let socket = case.before;
    let state = case.socket().and_then(|socket| socket.state);
    Some(match errno {
        "EAGAIN" if may_sleep(story, case) => note!("accept-again-timeout", who = who),
        "EAGAIN" => {
            let length = case.socket().and_then(|socket| socket.recv_q);
            note!("accept-again", who = who, length = length)
        }
        "EINVAL"
            if socket.is_some_and(|s| CONNECTING.contains(&s.kind.kind))
                && state != Some(TcpState::Listen) =>
        {
            note!("accept-not-listening", who = who, state = state)
        }
        "EOPNOTSUPP" => {
            note!("accept-kind", who = who, kind = socket.map(|socket| socket.kind.short()))
        }
        "EINVAL" => note!("accept-invalid", call = case.call(), who = who, args = case.args()),
        "ECONNABORTED" => note!("accept-aborted", who = who),
        "EPERM" => note!("accept-forbidden", who = who),
        "EPROTO" => note!("accept-protocol", who = who),
        _ => return None,
    })
}

/// Explains an error of shutdown().
pub fn shutdown(case: &Case, errno: &str) -> Option<Note> {
    let who = case.who();
    let state = case.before.and_then(|socket| socket.state);
    Some(match errno {
        // Linux marks the socket before it finds that it has no peer.
        "ENOTCONN" if case.socket().is_some_and(|socket| !socket.kind.is_tcp()) => {
            let kind = case.socket().map(|socket| socket.kind.short());
            note!("shutdown-no-peer", who = who, kind = kind, how = case.shown(1))
        }
        "ENOTCONN" => note!("shutdown-not-connected", who = who, state = state),
        "EINVAL" => note!("shutdown-how", how = case.shown(1)),
        _ => return None,
    })
}

/// Explains an error of getsockname() or getpeername().
pub fn names(case: &Case, errno: &str) -> Option<Note> {
    let who = case.who();
    let socket = case.before;
    Some(match errno {
        "ENOTCONN" => {
            let state = socket.and_then(|socket| socket.state);
            let had = socket.is_some_and(|socket| socket.peer_port().is_some());
            match state {
                Some(TcpState::Listen) => note!("getpeername-listener", who = who),
                state if had => note!("getpeername-gone", who = who, state = state),
                state => note!("getpeername-none", who = who, state = state),
            }
        }
        "EINVAL" => note!("names-length", call = case.call()),
        _ => return None,
    })
}
