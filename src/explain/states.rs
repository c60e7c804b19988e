//! A TCP socket went from one state to another: what brought it there, and what it means.

use super::cause::{Why, cause};
use super::moves::Move;
use super::names::packet_name;
use super::note::{Note, note};
use super::story::{Rank, Story};
use super::traffic::Role;
use crate::model::{Change, HostName, Ownerless, TcpState};

/// How many changes of state a moment explains one by one.
const EXPLAINED: usize = 6;

/// How many it looks at to find those.
const CONSIDERED: usize = 64;

/// Explains the changes of TCP states that no call has told.
pub fn tell(story: &mut Story) {
    let changes = &story.scene.moment.changes;
    let rebooted: Vec<&HostName> = changes
        .iter()
        .filter_map(|change| {
            let Change::Rebooted { host } = change else { return None };
            Some(host)
        })
        .collect();
    let untold = |moved: &Move| {
        let told = [moved.before, moved.after].into_iter().flatten().any(|s| story.is_told(s));
        !told && !rebooted.contains(&moved.host)
    };
    let moves: Vec<Move> = changes.iter().filter_map(Move::of).filter(untold).collect();
    let mut causes: Vec<(Move, Why)> =
        moves.iter().take(CONSIDERED).map(|moved| (*moved, cause(&story.scene, moved))).collect();
    causes.sort_by_key(|(_, why)| why.place);
    let notes: Vec<Note> =
        causes.into_iter().filter_map(|(moved, why)| explain(story, &moved, why)).collect();
    let more = notes.len().saturating_sub(EXPLAINED) + moves.len().saturating_sub(CONSIDERED);
    for note in notes.into_iter().take(EXPLAINED) {
        story.say(Rank::State, note);
    }
    if more > 0 {
        story.say(Rank::State, note!("states-more", count = more));
    }
}

/// The note of one change, or `None` where another row tells it.
fn explain(story: &Story, moved: &Move, why: Why) -> Option<Note> {
    let row = moved.row;
    let scene = &story.scene;
    let socket = scene.name(moved.host, moved.after.or(moved.before).unwrap_or(row));
    let peer = row.peer.as_ref();
    use TcpState::{
        CloseWait, Closing, Established, FinWait1, FinWait2, LastAck, Listen, SynRecv, SynSent,
        TimeWait,
    };
    if let (true, Some(from)) = (why.reset, moved.from) {
        return Some(reset(story, moved, from, socket, why.clause));
    }
    let cause = why.clause;
    Some(match (moved.from, moved.to) {
        (None, Some(SynSent)) => note!("to-syn-sent", cause = cause, socket = socket, peer = peer),
        (Some(SynSent), Some(SynRecv)) => {
            note!("to-syn-recv-crossed", cause = cause, socket = socket)
        }
        (_, Some(SynRecv)) => {
            let listener = scene.listener(moved.host, row);
            let listener = listener.map(|listener| scene.name(moved.host, listener));
            note!("to-syn-recv", cause = cause, host = moved.host, peer = peer, listener = listener)
        }
        (Some(SynSent), Some(Established)) => {
            note!("to-established-opened", cause = cause, socket = socket)
        }
        (from, Some(Established)) => established(story, moved, from, cause, socket)?,
        (_, Some(Listen)) => note!("to-listen", cause = cause, socket = socket),
        (Some(from), Some(FinWait1)) => {
            note!("to-fin-wait1", cause = cause, socket = socket, from = from)
        }
        (Some(FinWait1), Some(FinWait2)) => {
            note!("to-fin-wait2", cause = cause, socket = socket)
        }
        (Some(from), Some(FinWait2)) => {
            note!("to-fin-wait2-at-once", cause = cause, socket = socket, from = from)
        }
        (Some(FinWait1), Some(Closing)) => note!("to-closing", cause = cause, socket = socket),
        (Some(from), Some(Closing)) => {
            note!("to-closing-at-once", cause = cause, socket = socket, from = from)
        }
        (from, Some(TimeWait)) => time_wait(story, moved, from, cause, socket),
        (Some(from), Some(CloseWait)) => {
            note!("to-close-wait", cause = cause, socket = socket, from = from)
        }
        (None, Some(CloseWait)) => note!("to-close-wait-new", cause = cause, socket = socket),
        (Some(from), Some(LastAck)) => {
            note!("to-last-ack", cause = cause, socket = socket, from = from)
        }
        (Some(LastAck), None) => note!("from-last-ack", cause = cause, socket = socket),
        (Some(CloseWait), None) => note!("from-close-wait", cause = cause, socket = socket),
        (Some(TimeWait), None) => note!("from-time-wait", cause = cause, socket = socket),
        (Some(Listen), None) => note!("from-listen", cause = cause, socket = socket),
        (Some(SynRecv), None) => {
            note!("from-syn-recv", cause = cause, host = moved.host, peer = peer)
        }
        (Some(SynSent), None) => note!("from-syn-sent", cause = cause, socket = socket),
        (Some(FinWait2), None) if has_time_wait(story, moved) => return None,
        (Some(FinWait2), None) if moved.after.is_none() => {
            note!("from-fin-wait2", cause = cause, socket = socket)
        }
        (Some(from), None) => note!("state-gone", cause = cause, socket = socket, from = from),
        (from, Some(to)) => match from {
            Some(from) => {
                note!("state-other", cause = cause, socket = socket, from = from, to = to)
            }
            None => note!("state-new", cause = cause, socket = socket, to = to),
        },
        (None, None) => return None,
    })
}

/// A connection is whole on this side.
fn established(
    story: &Story,
    moved: &Move,
    from: Option<TcpState>,
    cause: Note,
    socket: String,
) -> Option<Note> {
    let row = moved.row;
    let scene = &story.scene;
    if moved.after.is_some_and(|after| after.ownerless == Some(Ownerless::AcceptQueue)) {
        let listener = scene.listener(moved.host, row);
        let length = listener.and_then(|listener| listener.recv_q);
        let limit = listener.and_then(|listener| listener.send_q);
        let name = listener.map(|listener| scene.name(moved.host, listener));
        let peer = row.peer.as_ref();
        let cookie = scene.counted(moved.host, "SyncookiesRecv") > 0;
        return Some(if cookie {
            note!("to-established-cookie", cause = cause, peer = peer, listener = name)
        } else {
            note!(
                "to-established-queued",
                cause = cause,
                peer = peer,
                listener = name,
                length = length,
                limit = limit
            )
        });
    }
    Some(match from {
        Some(TcpState::SynRecv) => note!("to-established", cause = cause, socket = socket),
        Some(from) => note!(
            "state-other",
            cause = cause,
            socket = socket,
            from = from,
            to = TcpState::Established
        ),
        None => note!("to-established-new", cause = cause, socket = socket),
    })
}

/// The goodbye is over on this side, and the pair of ends is kept for a while.
fn time_wait(
    story: &Story,
    moved: &Move,
    from: Option<TcpState>,
    cause: Note,
    socket: String,
) -> Note {
    let timer = moved.after.and_then(|row| row.timer);
    let seconds = timer.map(|timer| timer.left_ms.div_ceil(1000));
    let packets = story.scene.arrived(moved.host, moved.row.ends()).count();
    match from {
        Some(TcpState::FinWait1) if packets == 1 => {
            note!("to-time-wait-three", cause = cause, socket = socket, seconds = seconds)
        }
        Some(TcpState::Closing) => {
            note!("to-time-wait-crossed", cause = cause, socket = socket, seconds = seconds)
        }
        Some(from) => {
            note!("to-time-wait", cause = cause, socket = socket, from = from, seconds = seconds)
        }
        None => note!("to-time-wait-new", cause = cause, socket = socket, seconds = seconds),
    }
}

/// An fd in FIN_WAIT2 says CLOSE when its connection has become a TIME_WAIT row without an fd.
fn has_time_wait(story: &Story, moved: &Move) -> bool {
    let ends = moved.before.and_then(|before| before.ends());
    let host = story.scene.after().host(moved.host);
    host.is_some_and(|host| {
        host.sockets.iter().any(|row| row.state == Some(TcpState::TimeWait) && row.ends() == ends)
    })
}

/// An RST ended it, from either side.
fn reset(story: &Story, moved: &Move, from: TcpState, socket: String, cause: Note) -> Note {
    let closed = moved.before.is_some_and(|row| row.ownerless == Some(Ownerless::Orphan));
    let own = story.scene.sent_as(moved.host, moved.row, &[Role::Rst]).is_some()
        && story.scene.arrived_as(moved.host, moved.row, &[Role::Rst]).is_none();
    let data = story.scene.arrived_as(moved.host, moved.row, &[Role::Data]);
    if let (true, Some(packet)) = (closed, data) {
        let packet = packet_name(packet);
        return note!("reset-closed", packet = packet, socket = socket, from = from, cause = cause);
    }
    if let (true, Some(row)) = (own, moved.before) {
        let listened = row.ownerless == Some(Ownerless::AcceptQueue);
        // An unread FIN counts 1, and is no reason for an RST.
        let fin = u32::from(from == TcpState::CloseWait);
        let unread = row.recv_q.map_or(0, |queue| queue.saturating_sub(fin));
        let gone = story.scene.listener(moved.host, row).is_none();
        if listened && gone {
            return note!("reset-unaccepted", cause = cause, socket = socket, from = from);
        }
        if unread > 0 && row.ownerless.is_none() {
            let note =
                note!("reset-unread", cause = cause, socket = socket, from = from, bytes = unread);
            return note;
        }
    }
    match from {
        TcpState::SynSent => note!("reset-syn-sent", cause = cause, socket = socket),
        TcpState::SynRecv => note!("reset-syn-recv", cause = cause, socket = socket),
        TcpState::Close
        | TcpState::Listen
        | TcpState::Established
        | TcpState::FinWait1
        | TcpState::FinWait2
        | TcpState::CloseWait
        | TcpState::Closing
        | TcpState::LastAck
        | TcpState::TimeWait => {
            note!("reset-state", cause = cause, socket = socket, from = from)
        }
    }
}
