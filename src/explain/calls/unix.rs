//! What calls do to sockets of unix(7): no wire, no handshake, and the other end is on this host.

use std::sync::Arc;

use super::send;
use crate::explain::case::Case;
use crate::explain::names::address_name;
use crate::explain::note::{Note, note};
use crate::explain::scene::Scene;
use crate::explain::story::{Rank, Story};
use crate::model::{Family, ProcessState, Socket, Syscall, TcpState};

/// SOCK_DGRAM and SOCK_SEQPACKET: sockets whose messages keep their edges.
const DGRAM: i32 = 2;
const SEQPACKET: i32 = 5;

/// Whether it is a unix socket.
pub fn is_unix(socket: &Socket) -> bool {
    socket.kind.family == Family::Unix
}

/// The socket at the other end, as the kernel reports it.
pub fn partner<'a>(case: &Case<'a>, socket: &Socket) -> Option<&'a Arc<Socket>> {
    case.host?.socket(socket.partner?)
}

/// Its fds: `server fd 4`.
pub fn partner_name(scene: &Scene, case: &Case, socket: &Socket) -> Option<String> {
    let partner = partner(case, socket)?;
    Some(scene.name(&case.host?.name, partner))
}

/// The one socket of the caller's host that has this name, as strace prints it. After an unlink()
/// two may have it, and then nobody can tell which one is meant.
pub fn named<'a>(case: &Case<'a>, shown: &str) -> Option<&'a Arc<Socket>> {
    let name = address_name(shown);
    let of_that_name = |socket: &&Arc<Socket>| {
        is_unix(socket)
            && socket.local.as_ref().is_some_and(|local| from_root(&local.to_string()) == from_root(&name))
            // What a listener has accepted has its name as well.
            && socket.partner.is_none_or(|_| socket.kind.kind == DGRAM)
    };
    let found: Vec<_> = case.host?.sockets.iter().filter(of_that_name).collect();
    let listening: Vec<_> = found.iter().copied().filter(|row| is_listening(row)).collect();
    match (&listening[..], &found[..]) {
        ([only], _) | ([], [only]) => Some(only),
        _ => None,
    }
}

/// A path as it is from the root, where all processes of a lab are.
fn from_root(path: &str) -> &str {
    path.strip_prefix('/').unwrap_or(path)
}

/// connect() returned 0.
pub fn connected(story: &mut Story, case: &Case, socket: &Arc<Socket>) {
    let (who, peer) = (case.who(), address_name(case.shown(1)));
    let scene = &story.scene;
    let there = named(case, case.shown(1));
    let name = there.and_then(|row| Some(scene.name(&case.host?.name, row)));
    if socket.kind.kind == DGRAM {
        let said = match name {
            _ if socket.partner.is_none() && case.shown(1).contains("AF_UNSPEC") => {
                note!("connect-dissolved", who = who)
            }
            Some(name) => note!("connect-unix-target", who = who, peer = peer, socket = name),
            None => note!("connect-unix-target-unseen", who = who, peer = peer),
        };
        return story.say(Rank::Call, said);
    }
    if let Some(other) = partner_name(scene, case, socket) {
        let note = note!("connect-unix-accepted", who = who, peer = peer, socket = other);
        return story.say(Rank::Call, note);
    }
    story.say(Rank::Call, note!("connect-unix", who = who, peer = peer));
    if let Some((row, name)) = there.zip(name).filter(|(row, _)| is_listening(row)) {
        let (length, limit) = (row.recv_q, row.send_q);
        let note = note!("connect-queued-unix", listener = name, length = length, limit = limit);
        story.say(Rank::Queue, note);
    }
}

fn is_listening(socket: &Socket) -> bool {
    socket.state == Some(TcpState::Listen)
}

/// connect() sleeps.
pub fn connecting(story: &mut Story, case: &Case) {
    let (who, peer) = (case.who(), address_name(case.shown(1)));
    let wchan = story.scene.wchan(case.process);
    let there = named(case, case.shown(1));
    let told = there.and_then(|row| row.recv_q.zip(row.send_q));
    let note = match told {
        Some((length, limit)) => note!(
            "connect-blocked-unix",
            who = who,
            peer = peer,
            length = length,
            limit = limit,
            wchan = wchan
        ),
        None => note!("connect-blocked-unix-full", who = who, peer = peer, wchan = wchan),
    };
    story.say(Rank::Call, note);
}

/// accept() returned this socket.
pub fn accepted(story: &mut Story, case: &Case, socket: &Socket, new: &str) {
    let who = case.who();
    let said = match partner_name(&story.scene, case, socket) {
        Some(peer) => note!("accept-unix-from", who = who, new = new, peer = peer),
        None => note!("accept-unix", who = who, new = new),
    };
    story.say(Rank::Call, said);
}

/// The call handed over this many bytes.
pub fn sent(story: &mut Story, case: &Case, socket: &Socket, count: i64) {
    let (call, who) = (case.call(), case.who());
    let to = partner(case, socket).or_else(|| named(case, case.shown(4)));
    let name = to.and_then(|row| Some(story.scene.name(&case.host?.name, row)));
    let whole = matches!(socket.kind.kind, DGRAM | SEQPACKET);
    let waiting = to.and_then(|row| row.recv_q).filter(|bytes| *bytes > 0);
    let said = match (name, waiting) {
        (Some(peer), _) if whole => {
            note!("send-unix-message", call = call, who = who, count = count, peer = peer)
        }
        (Some(peer), Some(waiting)) => note!(
            "send-unix-waits",
            call = call,
            who = who,
            count = count,
            peer = peer,
            waiting = waiting
        ),
        (Some(peer), None) if to.is_some_and(|to| reader_sleeps(&story.scene, to)) => {
            note!("send-unix-taken", call = call, who = who, count = count, peer = peer)
        }
        (Some(peer), None)
            if to.and_then(|to| send::taken(&story.scene, to)) == Some(send::Taken::Woken) =>
        {
            note!("send-unix-woken", call = call, who = who, count = count, peer = peer)
        }
        (Some(peer), None) => {
            note!("send-unix-read", call = call, who = who, count = count, peer = peer)
        }
        (None, _) => note!("send-unix", call = call, who = who, count = count),
    };
    story.say(Rank::Call, said);
}

/// Whether somebody sleeps in a read of this socket.
fn reader_sleeps(scene: &Scene, socket: &Socket) -> bool {
    use Syscall::{Read, Readv, Recvfrom, Recvmsg};
    scene.after().owners(socket.inode).any(|(process, fd)| match &process.state {
        ProcessState::InCall { call, .. } => {
            let reads = matches!(call.syscall, Read | Readv | Recvfrom | Recvmsg);
            reads && call.args[0] == i64::from(fd.number)
        }
        ProcessState::Ready
        | ProcessState::Running
        | ProcessState::Stopped
        | ProcessState::Dead(_) => false,
    })
}

/// The call gave 0.
pub fn zero(story: &Story, case: &Case, socket: &Socket) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    if !is_unix(socket) {
        return None;
    }
    let peer = partner_name(&story.scene, case, socket);
    Some(match (socket.kind.kind, peer) {
        (DGRAM, _) => note!("recv-empty-datagram", call = call, who = who),
        (SEQPACKET, Some(peer)) => note!("recv-zero-packet", call = call, who = who, peer = peer),
        (_, Some(peer)) => note!("recv-end-unix-shut", call = call, who = who, peer = peer),
        (_, None) => note!("recv-end-unix", call = call, who = who),
    })
}

/// shutdown() returned 0.
pub fn shut(story: &mut Story, case: &Case, socket: &Socket) {
    let (who, how) = (case.who(), case.shown(1));
    let said = match partner_name(&story.scene, case, socket) {
        _ if is_listening(socket) => note!("shutdown-unix-listener", who = who, how = how),
        Some(peer) => note!("shutdown-unix", who = who, how = how, peer = peer),
        None => note!("shutdown-unix-alone", who = who, how = how),
    };
    story.say(Rank::Call, said);
}

/// The last fd of a unix socket was closed.
pub fn closed(story: &mut Story, case: &Case, socket: &Socket) {
    let who = case.who();
    let peer = partner_name(&story.scene, case, socket);
    let unread = socket.recv_q.filter(|bytes| *bytes > 0 && !is_listening(socket));
    let kind = socket.kind.short();
    let said = match (peer, unread) {
        _ if is_listening(socket) => {
            note!("close-unix-listener", who = who, waiting = socket.recv_q)
        }
        (Some(peer), Some(unread)) if socket.kind.kind != DGRAM => {
            note!("close-unix-unread", who = who, unread = unread, peer = peer)
        }
        (Some(peer), None) if socket.kind.kind != DGRAM => {
            note!("close-unix", who = who, kind = kind, peer = peer)
        }
        _ => note!("close-plain", who = who, kind = kind),
    };
    story.say(Rank::Call, said);
}
