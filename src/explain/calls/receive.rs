//! read(), recv() and their kin take bytes from the kernel.

use std::sync::Arc;

use super::{control, length, options, unix};
use crate::explain::case::{Case, single};
use crate::explain::names::{address_name, packet_name};
use crate::explain::note::{Note, note};
use crate::explain::story::{Rank, Story};
use crate::explain::traffic::Role;
use crate::explain::urgent;
use crate::model::{Family, Socket, Syscall, TcpState};

/// MSG_PEEK of recv(2).
const PEEK: i64 = 2;
/// SOCK_DGRAM.
const DGRAM: i32 = 2;
/// MSG_TRUNC of recv(2).
const TRUNC: i64 = 0x20;
/// MSG_WAITALL of recv(2).
const WAITALL: i64 = 0x100;

/// The call gave bytes, or 0.
pub fn returned(story: &mut Story, case: &Case, count: i64) {
    control::received(story, case);
    if count == 0 {
        return zero(story, case);
    }
    let (call, who) = (case.call(), case.who());
    let Some(socket) = case.after else {
        let note = note!("recv-file", call = call, who = who, count = count);
        return story.say(Rank::Call, note);
    };
    if urgent::is_asked(case) {
        let note = note!("recv-urgent", call = call, who = who, waiting = socket.recv_q);
        return story.say(Rank::Call, note);
    }
    if !is_stream(socket) {
        if let Some(note) = raw(case, socket, count) {
            return story.say(Rank::Call, note);
        }
        let from = sender(case);
        let said = match from {
            _ if case.flags() & TRUNC != 0
                && case.report.call.syscall == Syscall::Recvfrom
                && count > case.report.call.args[2] =>
            {
                let room = case.report.call.args[2];
                note!("recv-datagram-trunc", call = call, who = who, count = count, room = room)
            }
            _ if case.report.call.syscall == Syscall::Recvmsg
                && case.written(1).is_some_and(|shown| shown.contains("MSG_TRUNC")) =>
            {
                note!("recv-datagram-part", call = call, who = who, count = count)
            }
            _ if first_message(story, case, socket) > Some(count) => note!(
                "recv-datagram-cut",
                call = call,
                who = who,
                count = count,
                length = first_message(story, case, socket)
            ),
            _ if room(case) == Some(count) => {
                note!("recv-datagram-full", call = call, who = who, count = count)
            }
            Some(from) => {
                note!("recv-datagram-from", call = call, who = who, count = count, from = from)
            }
            None => note!("recv-datagram", call = call, who = who, count = count),
        };
        story.say(Rank::Call, said);
        if unix::is_unix(socket)
            && asked_who(case)
            && sender(case).is_none()
            && !length::is_cut(case)
        {
            story.say(Rank::Queue, note!("recv-nameless", who = case.who()));
        }
        return;
    }
    let woke = case
        .host
        .filter(|_| story.scene.slept(case.process))
        .and_then(|host| story.scene.arrived_as(&host.name, socket, &[Role::Data, Role::Fin]));
    let peeked =
        case.report.call.syscall == Syscall::Recvfrom && case.report.call.args[3] & PEEK != 0;
    let thrown_away = case.report.call.syscall == Syscall::Recvfrom
        && case.report.call.args[3] & TRUNC != 0
        && socket.kind.is_tcp();
    let left = socket.recv_q.filter(|left| *left > 0);
    let said = match (woke, left) {
        _ if thrown_away && !peeked => {
            note!("recv-thrown-away", call = call, who = who, count = count)
        }
        _ if peeked => note!("recv-peeked", call = call, who = who, count = count),
        (Some(packet), _) => {
            let packet = packet_name(packet);
            note!("recv-woken", packet = packet, call = call, who = who, count = count)
        }
        (None, _) if story.scene.slept(case.process) => {
            note!("recv-woken-unseen", call = call, who = who, count = count)
        }
        (None, _) => note!("recv-returned", call = call, who = who, count = count),
    };
    story.say(Rank::Call, said);
    if left.is_some() && urgent::stopped_at_mark(story, case, socket, count) {
        let asked = case.report.call.args[2];
        let who = case.who();
        let note = note!(
            "recv-at-mark",
            call = call,
            who = who,
            asked = asked,
            count = count,
            left = left
        );
        story.say(Rank::Surprise, note);
    } else if let (Some(left), false) = (left, peeked) {
        left_over(story, case, socket, left);
    }
    joined(story, case, socket, count);
}

/// A whole packet, where the socket is one for packets.
fn raw(case: &Case, socket: &Socket, count: i64) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    if socket.kind.is_raw() && socket.kind.family == Family::Inet {
        Some(note!("recv-raw", call = call, who = who, count = count))
    } else if socket.kind.family == Family::Packet {
        Some(note!("recv-packet", call = call, who = who, count = count))
    } else {
        None
    }
}

/// How many bytes the call had room for, where one argument says it.
fn room(case: &Case) -> Option<i64> {
    let plain = matches!(case.report.call.syscall, Syscall::Read | Syscall::Recvfrom);
    (plain && case.flags() & TRUNC == 0).then_some(case.report.call.args[2])
}

/// The length of the message that waited first. The kernel tells it of a unix datagram socket; for
/// others its number is a sum, or memory.
fn first_message(story: &Story, case: &Case, socket: &Socket) -> Option<i64> {
    let told = unix::is_unix(socket) && socket.kind.kind == DGRAM;
    let waited = case.before.filter(|_| told && !story.scene.slept(case.process))?;
    room(case).and(waited.recv_q).map(i64::from)
}

/// Whether the call has asked who sent the message.
fn asked_who(case: &Case) -> bool {
    case.report.call.syscall == Syscall::Recvfrom && case.report.call.args[4] != 0
}

/// Who sent the message, where the call asked for it.
fn sender(case: &Case) -> Option<String> {
    if case.report.call.syscall == Syscall::Recvfrom {
        return length::written_whole(case, 4)
            .filter(|shown| shown.contains("sa_family=") && shown.contains(", "))
            .map(address_name);
    }
    let (_, rest) = case.written(1)?.split_once("msg_name=")?;
    let name = rest.split(", msg_namelen=").next()?;
    (name.contains("sa_family=") && name.contains(", ")).then(|| address_name(name))
}

/// What still waits behind the bytes that were read. An unread FIN counts 1 in Recv-Q.
fn left_over(story: &mut Story, case: &Case, socket: &Socket, left: u32) {
    let finished = matches!(
        socket.state,
        Some(TcpState::CloseWait | TcpState::LastAck | TcpState::Closing | TcpState::TimeWait)
    );
    let who = case.who();
    story.say(
        Rank::Queue,
        match (finished, left) {
            (true, 1) => note!("recv-left-fin", who = who),
            (true, _) => note!("recv-left-closed", who = who, left = left),
            (false, _) => note!("recv-left", who = who, left = left),
        },
    );
}

/// Several segments of this moment were read by one call.
fn joined(story: &mut Story, case: &Case, socket: &Arc<Socket>, count: i64) {
    let Some(host) = case.host else { return };
    let lengths: Vec<usize> = story
        .scene
        .arrived(&host.name, socket.ends())
        .map(|(_, segment)| segment.length)
        .filter(|length| *length > 0)
        .collect();
    let total: usize = lengths.iter().sum();
    if lengths.len() > 1 && usize::try_from(count) == Ok(total) {
        let note = note!("recv-joined", call = case.call(), segments = lengths.len());
        story.say(Rank::Surprise, note);
    }
}

fn is_stream(socket: &Socket) -> bool {
    socket.kind.is_tcp() || socket.kind.family == Family::Unix && socket.kind.kind == 1
}

/// The call gave 0.
fn zero(story: &mut Story, case: &Case) {
    let (call, who) = (case.call(), case.who());
    let plain = matches!(case.report.call.syscall, Syscall::Read | Syscall::Recvfrom);
    let asked_nothing = plain && case.report.call.args[2] == 0;
    let Some(socket) = case.socket() else {
        return story.say(Rank::Call, note!("recv-file-end", call = call, who = who));
    };
    if asked_nothing {
        return story.say(Rank::Call, note!("recv-nothing-asked", call = call, who = who));
    }
    if let Some(note) = unix::zero(story, case, socket) {
        return story.say(Rank::Call, note);
    }
    if !is_stream(socket) {
        return story.say(Rank::Call, note!("recv-empty-datagram", call = call, who = who));
    }
    let fin = case.host.and_then(|host| {
        let fin = story.scene.arrived_as(&host.name, socket, &[Role::Fin]);
        fin.filter(|_| story.scene.slept(case.process))
    });
    let said = match (socket.state, fin) {
        (_, Some(packet)) => {
            let (packet, state) = (packet_name(packet), socket.state);
            note!("recv-end-woken", packet = packet, call = call, who = who, state = state)
        }
        (
            Some(
                state @ (TcpState::CloseWait
                | TcpState::LastAck
                | TcpState::Closing
                | TcpState::TimeWait),
            ),
            None,
        ) => note!("recv-end", call = call, who = who, state = state),
        (Some(state @ (TcpState::Established | TcpState::FinWait1 | TcpState::FinWait2)), None) => {
            note!("recv-end-own", call = call, who = who, state = state)
        }
        (
            Some(TcpState::Close | TcpState::Listen | TcpState::SynSent | TcpState::SynRecv) | None,
            None,
        ) => note!("recv-end-closed", call = call, who = who),
    };
    story.say(Rank::Call, said);
}

/// How long the call may sleep, where that was set.
fn time_limit(story: &mut Story, case: &Case) {
    let set = story.scene.option(case.process, case.fd, "SO_RCVTIMEO");
    let time = set.and_then(|shown| options::time("SO_RCVTIMEO", shown));
    if let Some(time) = time.filter(|time| time != "0.000000 s") {
        story.say(Rank::Call, note!("recv-time-limit", who = case.who(), time = time));
    }
}

/// The call wants more bytes than one: by MSG_WAITALL or SO_RCVLOWAT.
fn wants_more(story: &Story, case: &Case) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    let socket = case.after.filter(|socket| is_stream(socket))?;
    let wchan = story.scene.wchan(case.process);
    let waiting = socket.recv_q?;
    if case.flags() & WAITALL != 0 {
        let asked = room(case)?;
        let had = case.before?.recv_q?.checked_sub(waiting).filter(|had| *had > 0)?;
        return Some(note!(
            "recv-blocked-all",
            call = call,
            who = who,
            had = had,
            asked = asked,
            wchan = wchan
        ));
    }
    let least = story.scene.option(case.process, case.fd, "SO_RCVLOWAT").map(single)?;
    let least: u32 = least.parse().ok().filter(|least| *least > 1)?;
    Some(note!(
        "recv-blocked-lowat",
        call = call,
        who = who,
        waiting = waiting,
        least = least,
        wchan = wchan
    ))
}

/// The call sleeps.
pub fn blocked(story: &mut Story, case: &Case) {
    let (call, who) = (case.call(), case.who());
    let wchan = story.scene.wchan(case.process);
    time_limit(story, case);
    if let Some(note) = wants_more(story, case) {
        return story.say(Rank::Call, note);
    }
    let told = |socket: &&Arc<Socket>| socket.kind.is_tcp() && socket.recv_q.is_some();
    let Some(socket) = case.after.filter(told) else {
        let said = match case.after {
            Some(socket) if unix::is_unix(socket) && is_stream(socket) => {
                let peer = unix::partner_name(&story.scene, case, socket);
                note!("recv-blocked-unix", call = call, who = who, peer = peer, wchan = wchan)
            }
            Some(socket) if !socket.kind.is_tcp() => {
                note!("recv-blocked-datagram", call = call, who = who, wchan = wchan)
            }
            Some(_) | None => {
                note!("recv-blocked-other", call = call, who = who, wchan = wchan)
            }
        };
        return story.say(Rank::Call, said);
    };
    let (state, waiting) = (socket.state, socket.recv_q);
    let said = match waiting {
        Some(waiting) if waiting > 0 => {
            note!("recv-blocked-more", call = call, who = who, waiting = waiting, wchan = wchan)
        }
        _ => note!(
            "recv-blocked",
            call = call,
            who = who,
            waiting = waiting,
            state = state,
            wchan = wchan
        ),
    };
    story.say(Rank::Call, said);
}
