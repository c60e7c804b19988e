//! A full accept queue: which packet had no room, and what the kernel did with it.

use std::sync::Arc;

use super::names::packet_name;
use super::note::{Note, note};
use super::row::Row;
use super::scene::Scene;
use super::story::{Rank, Story};
use super::traffic::{Role, role};
use crate::model::{Host, Packet, Segment, Socket, TcpState};

/// How many packets it looks at to find the one that had no room.
const CONSIDERED: usize = 16;

/// Explains what the counters of a host say about packets dropped for want of room.
pub fn tell(story: &mut Story, host: &Arc<Host>) {
    let scene = &story.scene;
    let overflows = scene.counted(&host.name, "ListenOverflows");
    let drops = scene.counted(&host.name, "ListenDrops");
    let queue = scene.counted(&host.name, "TCPReqQFullDrop");
    let name = &host.name;
    if overflows > 0 {
        let (said, row) = match victim(scene, host) {
            Some(victim) => (victim.note(scene, host), victim.row),
            None => (note!("overflow", host = name, count = overflows), None),
        };
        story.say(Rank::Surprise, said);
        if let Some(row) = row {
            story.tell(row);
        }
        let note = note!("overflow-counters", host = name, overflows = overflows, drops = drops);
        story.say(Rank::Aside, note);
    } else if queue > 0 {
        story.say(Rank::Surprise, note!("syn-queue-full", host = name, count = queue));
    } else if drops > 0 {
        story.say(Rank::Surprise, note!("listen-drops", host = name, count = drops));
    }
}

/// A packet for which a full accept queue had no room.
struct Victim<'a> {
    packet: &'a Arc<Packet>,
    listener: &'a Arc<Socket>,
    fate: Overflow,
    /// The request's row, if it had one before.
    row: Option<&'a Arc<Socket>>,
}

/// What the full queue did to it.
enum Overflow {
    /// A SYN left no request.
    Syn,
    /// What would have finished a handshake was ignored; the request stays.
    Ack,
    /// It was answered with this RST, and the request is gone.
    Reset(String),
    /// A valid cookie came to nothing.
    Cookie,
}

impl Victim<'_> {
    fn note(&self, scene: &Scene, host: &Host) -> Note {
        let packet = packet_name(self.packet);
        let (length, limit) = (self.listener.recv_q, self.listener.send_q);
        let listener = scene.name(&host.name, self.listener);
        let state = self.packet.segment().and_then(|segment| sender_state(scene, segment));
        match &self.fate {
            Overflow::Syn => note!(
                "overflow-syn",
                packet = packet,
                listener = listener,
                length = length,
                limit = limit,
                state = state
            ),
            Overflow::Ack => note!(
                "overflow-ack",
                packet = packet,
                listener = listener,
                length = length,
                limit = limit,
                state = state
            ),
            Overflow::Reset(rst) => note!(
                "overflow-reset",
                packet = packet,
                listener = listener,
                length = length,
                limit = limit,
                rst = rst
            ),
            Overflow::Cookie => note!(
                "overflow-cookie",
                packet = packet,
                listener = listener,
                length = length,
                limit = limit
            ),
        }
    }
}

/// The state of the socket that sent a segment, as its own kernel reports it.
fn sender_state(scene: &Scene, segment: &Segment) -> Option<TcpState> {
    let ends = Some((segment.source, segment.destination));
    let mut rows = scene.after().hosts.iter().flat_map(|host| &host.sockets);
    rows.find(|row| row.ends() == ends)?.state
}

/// The last packet that a full queue had no room for, as far as rows and answers prove it.
fn victim<'a>(scene: &Scene<'a>, host: &'a Arc<Host>) -> Option<Victim<'a>> {
    let arrived: Vec<_> =
        scene.arrivals().filter(|packet| packet.to.as_ref() == Some(&host.name)).collect();
    let cookie = scene.counted(&host.name, "SyncookiesRecv") > 0;
    let earlier = scene.before.host(&host.name);
    arrived.into_iter().rev().take(CONSIDERED).find_map(|packet| {
        let segment = packet.segment()?;
        let listener = host.sockets.iter().find(|socket| {
            socket.is_listener() && socket.local_port() == Some(segment.destination.port())
        })?;
        let ends = Some((segment.destination, segment.source));
        let find = |sockets: &'a [Arc<Socket>]| sockets.iter().find(|row| row.ends() == ends);
        let now = find(&host.sockets).and_then(|row| row.state);
        let row = earlier.and_then(|earlier| find(&earlier.sockets));
        let was = row.and_then(|row| row.state);
        let rst = scene
            .sent_by(&host.name, ends)
            .find(|(_, segment, _)| role(segment) == Role::Rst)
            .map(|(packet, _, _)| packet_name(packet));
        let answered =
            scene.sent_by(&host.name, ends).any(|(_, segment, _)| role(segment) == Role::SynAck);
        let fate = match (role(segment), was, now, rst) {
            (Role::Syn, None, None, None) if !answered => Overflow::Syn,
            (Role::Ack | Role::Data, _, Some(TcpState::SynRecv), _) => Overflow::Ack,
            (Role::Ack | Role::Data, Some(TcpState::SynRecv), None, Some(rst)) => {
                Overflow::Reset(rst)
            }
            (Role::Ack | Role::Data, None, None, None) if cookie => Overflow::Cookie,
            _ => return None,
        };
        Some(Victim { packet, listener, fate, row })
    })
}
