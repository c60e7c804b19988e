//! Errors of read(), recv() and their kin.

use super::transfer::{both, too_many_parts};
use super::waiting::may_sleep;
use crate::explain::case::Case;
use crate::explain::note::{Note, note};
use crate::explain::story::Story;
use crate::model::{Family, TcpState};

/// MSG_OOB of recv(2).
const OOB: i64 = 1;
/// MSG_ERRQUEUE of recv(2).
const ERRQUEUE: i64 = 0x2000;
/// SOCK_DGRAM.
const DGRAM: i32 = 2;

/// Explains an error of read(), recv() and their kin.
pub fn explain(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    let socket = case.socket();
    Some(match errno {
        "EAGAIN" => again(story, case),
        "ENOTCONN" => {
            let state = socket.and_then(|socket| socket.state);
            match state {
                Some(TcpState::Listen) => note!("recv-listener", call = call, who = who),
                state => note!("recv-not-connected", call = call, who = who, state = state),
            }
        }
        "EINVAL" if too_many_parts(case).is_none() => invalid(case),
        "EOPNOTSUPP" => note!("transfer-flag", call = call, who = who),
        "EISDIR" => note!("recv-directory", call = call, who = who),
        _ => return both(story, case, errno),
    })
}

/// Nothing is there, and the call may not sleep, or not any longer.
fn again(story: &Story, case: &Case) -> Note {
    let (call, who) = (case.call(), case.who());
    let socket = case.socket();
    let waiting = socket.and_then(|socket| socket.recv_q);
    let datagrams = socket.is_some_and(|socket| socket.kind.kind == DGRAM);
    if case.flags() & OOB != 0 {
        note!("recv-urgent-later", call = call, who = who)
    } else if case.flags() & ERRQUEUE != 0 {
        note!("recv-no-reports", call = call, who = who)
    } else if may_sleep(story, case) {
        note!("recv-again-timeout", call = call, who = who)
    } else if datagrams {
        note!("recv-again-datagram", call = call, who = who)
    } else if socket.is_none() {
        note!("recv-again-file", call = call, who = who)
    } else {
        note!("recv-again", call = call, who = who, waiting = waiting)
    }
}

/// The kernel refuses the question itself.
fn invalid(case: &Case) -> Note {
    let (call, who) = (case.call(), case.who());
    match case.socket() {
        _ if case.flags() & OOB != 0 => note!("recv-no-urgent", call = call, who = who),
        Some(socket) if socket.kind.family == Family::Unix && socket.partner.is_none() => {
            note!("recv-unix-alone", call = call, who = who)
        }
        Some(_) => note!("recv-invalid", call = call, who = who, args = case.args()),
        None => note!("recv-unreadable", call = call, who = who),
    }
}
