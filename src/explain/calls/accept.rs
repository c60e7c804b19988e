//! accept() takes a connection out of the accept queue, or sleeps because there is none.

use std::sync::Arc;

use super::{length, open, unix};
use crate::explain::case::Case;
use crate::explain::names::{address_name, packet_name};
use crate::explain::note::note;
use crate::explain::row::Row;
use crate::explain::story::{Rank, Story};
use crate::explain::traffic::Role;
use crate::model::{Family, Socket, TcpState};

/// accept() returned an fd.
pub fn returned(story: &mut Story, case: &Case, value: i64) {
    let fd = i32::try_from(value).unwrap_or(-1);
    let who = case.who();
    let new = case.fd_name(value);
    let socket = story.scene.after().socket_of(case.process, fd);
    if let Some(socket) = socket {
        story.tell(socket);
    }
    match socket {
        Some(socket) if socket.kind.family == Family::Unix => {
            unix::accepted(story, case, socket, &new);
        }
        Some(socket) if socket.peer_port().is_some() => {
            connection(story, case, socket, &new);
        }
        Some(_) => {
            let peer = length::written_whole(case, 1).map(address_name);
            let said = match peer {
                Some(peer) => note!("accept-dead", who = who, new = new, peer = peer),
                None => note!("accept-dead-unnamed", who = who, new = new),
            };
            story.say(Rank::Surprise, said);
        }
        None => story.say(Rank::Call, note!("accept-fd", who = who, new = new)),
    }
    left(story, case);
    open::lowest(story, case, fd);
}

/// A connection that is still one.
fn connection(story: &mut Story, case: &Case, socket: &Arc<Socket>, new: &str) {
    let scene = &story.scene;
    let (local, peer) = (socket.local.as_ref(), socket.peer.as_ref());
    let slept = scene.slept(case.process);
    let last = case
        .host
        .and_then(|host| scene.arrived_as(&host.name, socket, &[Role::Ack, Role::Data, Role::Fin]));
    let said = match last.filter(|_| slept) {
        Some(packet) => note!(
            "accept-woken",
            packet = packet_name(packet),
            who = case.who(),
            new = new,
            local = local,
            peer = peer
        ),
        None => note!("accept-returned", who = case.who(), new = new, local = local, peer = peer),
    };
    story.say(Rank::Call, said);
    let waiting = socket.recv_q.filter(|bytes| *bytes > 0 && !slept);
    if socket.state == Some(TcpState::CloseWait) {
        story.say(Rank::Surprise, note!("accept-closed", new = new, recv_q = socket.recv_q));
    } else if let (Some(TcpState::Established), Some(bytes)) = (socket.state, waiting) {
        story.say(Rank::Queue, note!("accept-data", new = new, bytes = bytes));
    }
}

/// How many still wait.
fn left(story: &mut Story, case: &Case) {
    if let Some(listener) = case.after.filter(|socket| socket.is_listener())
        && let Some(length) = listener.recv_q
        && length > 0
    {
        let limit = listener.send_q;
        let note = note!("accept-left", who = case.who(), length = length, limit = limit);
        story.say(Rank::Queue, note);
    }
}

/// accept() sleeps.
pub fn blocked(story: &mut Story, case: &Case) {
    let who = case.who();
    // A listener whose queue is not reported proves no more than that accept() sleeps.
    let told = |socket: &&Arc<Socket>| socket.is_listener() && socket.recv_q.is_some();
    let Some(listener) = case.after.filter(told) else {
        let wchan = story.scene.wchan(case.process);
        return story.say(Rank::Call, note!("accept-blocked-other", who = who, wchan = wchan));
    };
    let half = case.host.map_or(0, |host| host.syn_queue(listener).count());
    let wchan = story.scene.wchan(case.process);
    let limit = listener.send_q;
    let said = if half > 0 {
        note!("accept-blocked-half", who = who, count = half, wchan = wchan)
    } else {
        let length = listener.recv_q;
        note!("accept-blocked", who = who, length = length, limit = limit, wchan = wchan)
    };
    story.say(Rank::Call, said);
}
