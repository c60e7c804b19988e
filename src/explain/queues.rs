//! The SYN queue and the accept queue of a listener, and the counters that tell of their overflow.

use std::sync::Arc;

use super::names::packet_name;
use super::note::note;
use super::scene::{Row, Scene};
use super::story::{Rank, Story};
use super::traffic::{Role, role};
use crate::model::{Change, Host, HostName, Packet, Socket, TcpState};

/// Explains what moved in the queues of every host.
pub fn tell(story: &mut Story) {
    let hosts = &story.scene.after().hosts;
    for host in hosts {
        overflow(story, host);
        cookies(story, host);
    }
    for change in &story.scene.moment.changes {
        if let Change::SocketChanged { host, from, to } = change
            && to.is_listener()
        {
            full(story, host, from, to);
        }
    }
}

/// The accept queue has become full.
fn full(story: &mut Story, host: &HostName, from: &Socket, to: &Arc<Socket>) {
    let (Some(length), Some(limit)) = (to.recv_q, to.send_q) else { return };
    if length > limit && from.recv_q.is_none_or(|earlier| earlier <= limit) {
        let name = story.scene.name(host, to);
        let note = note!("accept-queue-full", listener = name, length = length, limit = limit);
        story.say(Rank::Surprise, note);
    }
}

/// The accept queue was full and something was thrown away for it.
fn overflow(story: &mut Story, host: &Arc<Host>) {
    let scene = &story.scene;
    let overflows = scene.counted(&host.name, "ListenOverflows");
    let drops = scene.counted(&host.name, "ListenDrops");
    let queue = scene.counted(&host.name, "TCPReqQFullDrop");
    let name = &host.name;
    if overflows > 0 {
        let said = match victim(scene, host) {
            Some((packet, listener, true)) => {
                let (length, limit) = (listener.recv_q, listener.send_q);
                let listener = scene.name(name, listener);
                note!(
                    "overflow-syn",
                    packet = packet_name(packet),
                    listener = listener,
                    length = length,
                    limit = limit
                )
            }
            Some((packet, listener, false)) => {
                let (length, limit) = (listener.recv_q, listener.send_q);
                let listener = scene.name(name, listener);
                note!(
                    "overflow-ack",
                    packet = packet_name(packet),
                    listener = listener,
                    length = length,
                    limit = limit
                )
            }
            None => note!("overflow", host = name, count = overflows),
        };
        story.say(Rank::Surprise, said);
        story.say(
            Rank::Aside,
            note!("overflow-counters", host = name, overflows = overflows, drops = drops),
        );
    } else if queue > 0 {
        story.say(Rank::Surprise, note!("syn-queue-full", host = name, count = queue));
    } else if drops > 0 {
        story.say(Rank::Surprise, note!("listen-drops", host = name, count = drops));
    }
}

/// The packet that was thrown away: a SYN that left no request (`true`), or what would have
/// finished a handshake that is still in SYN_RECV.
fn victim<'a>(
    scene: &Scene<'a>,
    host: &'a Arc<Host>,
) -> Option<(&'a Arc<Packet>, &'a Arc<Socket>, bool)> {
    let arrived: Vec<_> =
        scene.arrivals().filter(|packet| packet.to.as_ref() == Some(&host.name)).collect();
    arrived.into_iter().rev().find_map(|packet| {
        let segment = packet.segment()?;
        let listener = host.sockets.iter().find(|socket| {
            socket.is_listener() && socket.local_port() == Some(segment.destination.port())
        })?;
        let ends = Some((segment.destination, segment.source));
        let row = host.sockets.iter().find(|socket| socket.ends() == ends);
        let state = row.and_then(|row| row.state);
        match (role(segment), state) {
            (Role::Syn, None) => Some((packet, listener, true)),
            (Role::Ack | Role::Data, Some(TcpState::SynRecv)) => Some((packet, listener, false)),
            _ => None,
        }
    })
}

/// SYN cookies: a listener that answers without remembering.
fn cookies(story: &mut Story, host: &Host) {
    let scene = &story.scene;
    let sent = scene.counted(&host.name, "SyncookiesSent");
    let failed = scene.counted(&host.name, "SyncookiesFailed");
    let received = scene.counted(&host.name, "SyncookiesRecv");
    let host = &host.name;
    if sent > 0 {
        story.say(Rank::Surprise, note!("cookie-sent", host = host, count = sent));
    }
    if received > 0 {
        story.say(Rank::Queue, note!("cookie-received", host = host, count = received));
    }
    if failed > 0 {
        story.say(Rank::Surprise, note!("cookie-failed", host = host, count = failed));
    }
}
