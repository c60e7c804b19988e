//! Segments that a connection could not use, or not yet: old duplicates, what does not fit its
//! numbers, and what came ahead of its turn.
//!
//! RFC 9293, section 3.10.7.4, checks the sequence number first: a segment that brings nothing the
//! receiver still waits for is answered with an ACK, and that is all. RFC 5961 has the kernel ask
//! back in the same way (a challenge ACK) where the segment might be forged. Linux counts each SYN
//! on a connection among the latter, an old one, too; so the counter alone proves no attack.

use std::sync::Arc;

use super::names::packet_name;
use super::note::{Note, note};
use super::scene::{Scene, is_delivery};
use super::story::{Rank, Story};
use super::traffic::{Role, role};
use crate::model::{Action, Cause, Host, HostName, Packet, Segment, Socket, TcpState, WireAction};

/// How many segments a moment explains one by one.
const NAMED: usize = 2;

/// How many packets it looks at to find those.
const CONSIDERED: usize = 64;

/// Explains the segments that changed nothing at a connection but brought about an answer.
pub fn tell(story: &mut Story) {
    let by_hand = matches!(
        story.scene.moment.cause,
        Cause::Action(Action::Wire(WireAction::Deliver(_) | WireAction::Duplicate(_)))
    );
    let rank = if by_hand { Rank::State } else { Rank::Aside };
    let hosts = &story.scene.after().hosts;
    for host in hosts {
        let found = useless(&story.scene, host);
        let challenged = story.scene.counted(&host.name, "TCPChallengeACK");
        let explained = found.iter().filter(|(_, of_challenge)| *of_challenge).count();
        for (note, _) in found.into_iter().take(NAMED) {
            story.say(rank, note);
        }
        let explained = u64::try_from(explained).unwrap_or(u64::MAX);
        if let Some(count @ 1..) = challenged.checked_sub(explained) {
            let host = &host.name;
            story.say(Rank::Aside, note!("challenge-ack", host = host, count = count));
        }
    }
}

/// The notes on segments that a host's connections could not use at once, and whether Linux counts the
/// answer as a challenge ACK.
fn useless(scene: &Scene, host: &Host) -> Vec<(Note, bool)> {
    let challenged = scene.counted(&host.name, "TCPChallengeACK") > 0;
    let kept = scene.counted(&host.name, "TCPOFOQueue") > 0;
    let arrived = scene.moment.passages.iter().enumerate().filter(|(_, passage)| {
        is_delivery(passage) && passage.packet.to.as_ref() == Some(&host.name)
    });
    arrived
        .take(CONSIDERED)
        .filter_map(|(place, passage)| {
            let segment = passage.packet.segment()?;
            let case = Case::new(scene, &host.name, &passage.packet, segment, place)?;
            case.note(challenged, kept)
        })
        .collect()
}

/// A segment that came to a connection that was there before, and was answered by a bare ACK.
struct Case<'a> {
    scene: &'a Scene<'a>,
    packet: &'a Arc<Packet>,
    segment: &'a Segment,
    /// The receiver's row afterwards, and its name.
    row: &'a Arc<Socket>,
    socket: String,
    /// The state of the row, the same before and after.
    state: TcpState,
    /// The bytes that the row has received so far, if none of them in this moment.
    unmoved: Option<u64>,
    answer: &'a Arc<Packet>,
    acknowledged: u32,
}

impl<'a> Case<'a> {
    fn new(
        scene: &'a Scene<'a>,
        host: &HostName,
        packet: &'a Arc<Packet>,
        segment: &'a Segment,
        place: usize,
    ) -> Option<Self> {
        let ends = (segment.destination, segment.source);
        let find = |host: &'a Host| host.sockets.iter().find(|row| row.ends() == Some(ends));
        let before = find(scene.before.host(host)?)?;
        let row = find(scene.after().host(host)?)?;
        let state = row.state.filter(|state| before.state == Some(*state))?;
        let received = |row: &Socket| row.tcp.as_ref().and_then(|tcp| tcp.bytes_received);
        let unmoved = if state == TcpState::TimeWait { Some(0) } else { received(row) };
        let unmoved = unmoved.filter(|_| received(before) == received(row));
        // The kernel answers at once: the answer is the next packet that it sent on this
        // connection. What was held before may pass in between.
        let held = &scene.before.wire.held;
        let (answer, reply) = scene.moment.passages[place + 1..].iter().find_map(|passage| {
            let reply = passage.packet.segment()?;
            let own = (reply.source, reply.destination) == ends;
            let old = || held.iter().any(|held| held.packet.number == passage.packet.number);
            (own && !old()).then_some((&passage.packet, reply))
        })?;
        let socket = scene.name(host, row);
        let acknowledged = reply.acknowledgment;
        let bare = role(reply) == Role::Ack;
        bare.then_some(Self {
            scene,
            packet,
            segment,
            row,
            socket,
            state,
            unmoved,
            answer,
            acknowledged,
        })
    }

    /// `challenged`: the host counts a challenge ACK; `kept`: a segment that came too early.
    fn note(self, challenged: bool, kept: bool) -> Option<(Note, bool)> {
        if !self.state.is_connected() {
            return None;
        }
        let opens = self.sender_opens();
        let known = self.is_known();
        let ahead = kept && self.is_ahead();
        let (packet, answer) = (packet_name(self.packet), packet_name(self.answer));
        let (socket, state) = (self.socket, self.state);
        match role(self.segment) {
            Role::Syn if opens => {
                let note = note!(
                    "challenge-syn",
                    packet = packet,
                    socket = socket,
                    state = state,
                    answer = answer
                );
                Some((note, challenged))
            }
            Role::Syn | Role::SynAck if known => {
                Some((old(packet, socket, state, answer), challenged))
            }
            Role::Rst if challenged => {
                let note =
                    note!("challenge-rst", packet = packet, socket = socket, answer = answer);
                Some((note, true))
            }
            Role::Fin if known && state == TcpState::TimeWait => {
                let left = self.row.timer.map(|timer| timer.left_ms.div_ceil(1000));
                let note = note!(
                    "old-fin",
                    packet = packet,
                    socket = socket,
                    answer = answer,
                    seconds = left
                );
                Some((note, false))
            }
            Role::Data | Role::Fin if ahead => {
                let note = note!("out-of-order", packet = packet, socket = socket, answer = answer);
                Some((note, false))
            }
            Role::Data | Role::Fin if known => Some((old(packet, socket, state, answer), false)),
            Role::Syn | Role::SynAck | Role::Data | Role::Fin | Role::Rst | Role::Ack => None,
        }
    }

    /// Whether the sender's own kernel says that it is only opening a connection.
    fn sender_opens(&self) -> bool {
        let ends = Some((self.segment.source, self.segment.destination));
        let mut rows = self.scene.after().hosts.iter().flat_map(|host| &host.sockets);
        rows.any(|row| row.ends() == ends && row.state == Some(TcpState::SynSent))
    }

    /// Whether the receiver had all of the segment already: it got nothing new, and the segment's
    /// end lies within what its answer acknowledges (the bytes it has, and a FIN).
    fn is_known(&self) -> bool {
        let end = self.segment.sequence.wrapping_add(self.segment.span());
        let behind = self.acknowledged.wrapping_sub(end);
        let reach = self.unmoved.map(|bytes| bytes.saturating_add(1));
        self.segment.span() > 0 && reach.is_some_and(|reach| u64::from(behind) <= reach)
    }

    /// Whether the segment begins behind the number that the receiver still asks for.
    fn is_ahead(&self) -> bool {
        let gap = self.segment.sequence.wrapping_sub(self.acknowledged);
        self.unmoved.is_some() && (1..1 << 31).contains(&gap)
    }
}

fn old(packet: String, socket: String, state: TcpState, answer: String) -> Note {
    note!("old-duplicate", packet = packet, socket = socket, state = state, answer = answer)
}
