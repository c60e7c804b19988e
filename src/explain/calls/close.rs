//! close() lets go of a number, shutdown() ends a direction.

use std::sync::Arc;

use super::unix;
use crate::explain::case::Case;
use crate::explain::names::{file_name, packet_name, sent_packet};
use crate::explain::note::note;
use crate::explain::row::Row;
use crate::explain::story::{Rank, Story};
use crate::explain::traffic::Role;
use crate::model::{Host, Ownerless, Socket, TcpState};

/// close() returned 0.
pub fn close(story: &mut Story, case: &Case) {
    let who = case.who();
    if case.before.is_none() && story.scene.slept(case.process) {
        return late(story, case);
    }
    let (Some(socket), Some(host)) = (case.before, case.host) else {
        let process = story.scene.before.process(case.process);
        let file = process.and_then(|process| file_name(process, case.fd));
        return story.say(Rank::Call, note!("close-file", who = who, file = file));
    };
    let owners: Vec<String> = story
        .scene
        .after()
        .owners(socket.inode)
        .map(|(process, fd)| format!("{} fd {}", process.name, fd.number))
        .collect();
    if socket.inode != 0 && !owners.is_empty() {
        let count = owners.len();
        let note = note!("close-shared", who = who, owners = owners, count = count);
        return story.say(Rank::Call, note);
    }
    if unix::is_unix(socket) {
        return unix::closed(story, case, socket);
    }
    if !socket.kind.is_tcp() {
        let kind = socket.kind.short();
        return story.say(Rank::Call, note!("close-plain", who = who, kind = kind));
    }
    match socket.state {
        Some(TcpState::Listen) => listener(story, case, host, socket),
        Some(TcpState::SynSent) => {
            story
                .say(Rank::Call, note!("close-connecting", who = who, peer = socket.peer.as_ref()));
        }
        Some(TcpState::Close) | None => story.say(Rank::Call, note!("close-idle", who = who)),
        Some(
            TcpState::SynRecv
            | TcpState::Established
            | TcpState::FinWait1
            | TcpState::FinWait2
            | TcpState::CloseWait
            | TcpState::Closing
            | TcpState::LastAck
            | TcpState::TimeWait,
        ) => connection(story, case, host, socket),
    }
}

/// The last fd of a connection was closed.
fn connection(story: &mut Story, case: &Case, host: &Arc<Host>, socket: &Arc<Socket>) {
    let who = case.who();
    let scene = &story.scene;
    let rst = scene.sent_as(&host.name, socket, &[Role::Rst]);
    let fin = scene.sent_as(&host.name, socket, &[Role::Fin]);
    let left = scene.became(&host.name, socket);
    let said = match (rst, fin) {
        (Some((packet, _)), _) => {
            if let Some(row) = left {
                story.tell(row);
            }
            story.tell(socket);
            return aborted(story, case, socket, packet_name(packet));
        }
        (None, Some((packet, fate))) => {
            let fin = sent_packet(packet_name(packet), fate);
            note!("close-fin", who = who, fin = fin)
        }
        (None, None) => match left {
            Some(row) if has_said_fin(row.state) => {
                note!("close-fin-unseen", who = who, state = row.state)
            }
            Some(row) => {
                let (state, send_q) = (row.state, row.send_q);
                note!("close-lingers", who = who, state = state, send_q = send_q)
            }
            None => note!("close-gone", who = who, state = socket.state),
        },
    };
    story.say(Rank::Call, said);
}

/// Whether a socket in this state has queued or sent its FIN.
fn has_said_fin(state: Option<TcpState>) -> bool {
    matches!(
        state,
        Some(
            TcpState::FinWait1
                | TcpState::FinWait2
                | TcpState::Closing
                | TcpState::LastAck
                | TcpState::TimeWait
        )
    )
}

/// close() answered with RST instead of FIN.
fn aborted(story: &mut Story, case: &Case, socket: &Socket, packet: String) {
    let who = case.who();
    // An unread FIN counts 1, and is no reason for an RST.
    let fin_came = matches!(socket.state, Some(TcpState::CloseWait));
    let unread = socket.recv_q.map(|queue| queue.saturating_sub(u32::from(fin_came)));
    let said = match unread {
        Some(0) => note!("close-aborted", who = who, packet = packet),
        Some(bytes) => note!("close-unread", who = who, packet = packet, bytes = bytes),
        None => note!("close-reset", who = who, packet = packet),
    };
    story.say(Rank::Surprise, said);
}

/// A listener was closed.
fn listener(story: &mut Story, case: &Case, host: &Arc<Host>, socket: &Arc<Socket>) {
    story.tell(socket);
    let port = socket.local_port();
    let resets = story
        .scene
        .sent
        .iter()
        .filter(|(packet, _)| {
            let rst = packet.segment().is_some_and(|segment| {
                crate::explain::traffic::role(segment) == Role::Rst
                    && Some(segment.source.port()) == port
            });
            rst && packet.from.as_ref() == Some(&host.name)
        })
        .count();
    let (who, local) = (case.who(), socket.local.as_ref());
    let left = story.scene.became(&host.name, socket);
    if left.is_some_and(|left| left.state == Some(TcpState::Listen)) {
        return story.say(Rank::Call, note!("close-in-flight", who = who, local = local));
    }
    story.say(Rank::Call, note!("close-listener", who = who, local = local));
    let waiting = socket.recv_q;
    if resets > 0 {
        let note = note!("close-listener-resets", waiting = waiting, resets = resets);
        story.say(Rank::Surprise, note);
    }
}

/// close() is back after it slept: its number has been free since it began.
fn late(story: &mut Story, case: &Case) {
    let orphan = story.scene.changed().find_map(|(host, from, to)| {
        let mine = case.host.is_some_and(|own| own.name == *host);
        let left = to.ownerless == Some(Ownerless::Orphan) && from.ownerless.is_none();
        (mine && left).then_some(to)
    });
    let who = case.who();
    let said = match orphan {
        Some(row) => {
            note!("close-late", who = who, state = row.state, send_q = row.send_q)
        }
        None => note!("close-late-done", who = who),
    };
    story.say(Rank::Call, said);
}

/// close() sleeps.
pub fn blocked(story: &mut Story, case: &Case) {
    // The number is free already; the socket has its row still.
    let row = |socket: &Arc<Socket>| story.scene.became(&case.host?.name, socket);
    let now = case.before.and_then(row).or(case.socket());
    let send_q = now.and_then(|socket| socket.send_q);
    let wchan = story.scene.wchan(case.process);
    let note = note!("close-blocked", who = case.who(), send_q = send_q, wchan = wchan);
    story.say(Rank::Call, note);
}

/// shutdown() returned 0.
pub fn shutdown(story: &mut Story, case: &Case) {
    let who = case.who();
    let (Some(socket), Some(host)) = (case.after, case.host) else {
        return story.say(Rank::Call, note!("shutdown-unseen", who = who, how = case.shown(1)));
    };
    if unix::is_unix(socket) {
        return unix::shut(story, case, socket);
    }
    let was_listener = case.before.is_some_and(|before| before.state == Some(TcpState::Listen));
    // A goodbye that ended at once has left a row without ends.
    let known = case.before.filter(|_| socket.peer_port().is_none()).unwrap_or(socket);
    let fin = story.scene.sent_as(&host.name, known, &[Role::Fin]);
    let fin = fin.map(|(packet, fate)| sent_packet(packet_name(packet), fate));
    let said = match (case.report.call.args[1], fin) {
        _ if was_listener && socket.state != Some(TcpState::Listen) => {
            story.tell(socket);
            note!("shutdown-listener", who = who)
        }
        _ if was_listener => note!("shutdown-listener-nothing", who = who, how = case.shown(1)),
        (0, _) => note!("shutdown-read", who = who),
        (1 | 2, Some(fin)) if socket.state == Some(TcpState::Close) => {
            note!("shutdown-last", who = who, how = case.shown(1), fin = fin)
        }
        (1, Some(fin)) => note!("shutdown-write", who = who, fin = fin),
        (2, Some(fin)) => note!("shutdown-both", who = who, fin = fin),
        (_, _) => note!(
            "shutdown-no-fin",
            who = who,
            how = case.shown(1),
            state = socket.state,
            send_q = socket.send_q
        ),
    };
    story.say(Rank::Call, said);
    let owners: Vec<String> = story
        .scene
        .after()
        .owners(socket.inode)
        .map(|(process, fd)| format!("{} fd {}", process.name, fd.number))
        .collect();
    if owners.len() > 1 {
        story.say(Rank::Owner, note!("shutdown-shared", owners = owners));
    }
}
