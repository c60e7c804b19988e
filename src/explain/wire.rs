//! Packets held, lost, sent again and answered.

use std::sync::Arc;

use super::names::{packet_name, sent_packet};
use super::note::note;
use super::scene::Scene;
use super::story::{Rank, Story};
use super::traffic::{Role, is_delivery, role};
use crate::model::{Action, Cause, Change, Fate, Packet, Socket, TimerKind, WireAction};

/// How many packets or sockets of one kind a moment names one by one.
const NAMED: usize = 4;

/// Explains what happened on the wire, as far as no other note has named the packet.
pub fn tell(story: &mut Story) {
    sent_again(story);
    lost(story);
    no_effect(story);
    folded(story);
    reset_generated(story);
    held(story);
}

/// A timer of the kernel ran out and something was sent again.
fn sent_again(story: &mut Story) {
    let mut named = 0;
    let rows: Vec<_> = story.scene.changed().collect();
    for (host, from, to) in rows {
        let count = |socket: &Socket| socket.timer.map_or(0, |timer| timer.retransmits);
        if named == NAMED || !to.kind.is_tcp() || count(to) <= count(from) {
            continue;
        }
        let scene = &story.scene;
        let Some(host) = scene.after().host(host) else { continue };
        let socket = scene.name(&host.name, to);
        let sent = scene.sent_by(&host.name, to.ends()).last();
        let again = count(to);
        let left = to.timer.map(|timer| seconds(timer.left_ms));
        let kind = to.timer.map(|timer| timer.kind);
        let note = match (kind, sent) {
            (Some(TimerKind::ZeroWindowProbe), _) => continue,
            (Some(TimerKind::Keepalive), _) => note!("keepalive-probe", socket = socket),
            (_, Some((packet, _, fate))) => {
                let packet = sent_packet(packet_name(packet), fate);
                note!("sent-again", packet = packet, socket = socket, again = again, seconds = left)
            }
            (_, None) => {
                note!("sent-again-unseen", socket = socket, again = again, seconds = left)
            }
        };
        story.say(Rank::State, note);
        named += 1;
    }
}

/// Milliseconds as seconds with one digit.
pub fn seconds(milliseconds: u32) -> String {
    format!("{}.{}", milliseconds / 1000, milliseconds % 1000 / 100)
}

/// Packets that will never arrive.
fn lost(story: &mut Story) {
    let mut cut = Vec::new();
    let mut said = Vec::new();
    for passage in &story.scene.moment.passages {
        let name = packet_name(&passage.packet);
        match passage.fate {
            Fate::Cut if story.mentions(&name) => {}
            Fate::Cut => cut.push(name),
            Fate::NoReceiver => said.push(note!("packet-no-receiver", packet = name)),
            Fate::Refused => {
                said.push(note!(
                    "packet-not-taken",
                    packet = name,
                    host = passage.packet.to.as_ref()
                ));
            }
            Fate::Held
            | Fate::Folded
            | Fate::Delivered
            | Fate::Duplicated
            | Fate::Dropped
            | Fate::Unreachable => {}
        }
    }
    for note in said.into_iter().take(NAMED) {
        story.say(Rank::Wire, note);
    }
    if !cut.is_empty() {
        let count = cut.len();
        cut.truncate(NAMED);
        story.say(Rank::Wire, note!("packets-cut", count = count, packets = cut));
    }
}

/// A packet was delivered by hand and nothing that is shown changed at its receiver.
fn no_effect(story: &mut Story) {
    let scene = &story.scene;
    let Cause::Action(Action::Wire(WireAction::Deliver(_) | WireAction::Duplicate(_))) =
        &scene.moment.cause
    else {
        return;
    };
    let Some(packet) =
        scene.moment.passages.iter().find(|passage| is_delivery(passage)).map(|p| &p.packet)
    else {
        return;
    };
    let Some(host) = &packet.to else { return };
    let touched = scene.moment.changes.iter().any(|change| match change {
        Change::SocketNew { host: h, .. }
        | Change::SocketGone { host: h, .. }
        | Change::SocketChanged { host: h, .. }
        | Change::Counter { host: h, .. }
        | Change::Rebooted { host: h } => h == host,
        Change::ProcessBorn { .. }
        | Change::ProcessState { .. }
        | Change::FdOpened { .. }
        | Change::FdClosed { .. }
        | Change::FdChanged { .. } => true,
    });
    if touched || !scene.moment.reports.is_empty() {
        return;
    }
    let answers: Vec<String> = scene
        .sent
        .iter()
        .filter(|(sent, _)| sent.from.as_ref() == Some(host))
        .map(|(sent, _)| packet_name(sent))
        .collect();
    let name = packet_name(packet);
    let note = if answers.is_empty() {
        note!("no-effect", packet = name, host = host)
    } else {
        note!("only-answered", packet = name, host = host, answers = answers)
    };
    story.say(Rank::State, note);
}

/// Copies of a held packet.
fn folded(story: &mut Story) {
    let mut known: Vec<&Arc<Packet>> = Vec::new();
    for passage in story.scene.moment.passages.iter().filter(|p| p.fate == Fate::Folded) {
        if known.iter().any(|packet| packet.is_copy_of(&passage.packet)) || known.len() == NAMED {
            continue;
        }
        known.push(&passage.packet);
        let held = &story.scene.after().wire.held;
        let held = held.iter().find(|held| held.packet.is_copy_of(&passage.packet));
        let copies = held.map(|held| held.copies);
        let note = note!("packet-folded", packet = packet_name(&passage.packet), copies = copies);
        story.say(Rank::Wire, note);
    }
}

/// A host answered an RST because it knows nothing that a packet could be for.
fn reset_generated(story: &mut Story) {
    let mut found = Vec::new();
    let scene = &story.scene;
    let resets = scene.sent.iter().filter_map(|(packet, _)| {
        let segment = packet.segment().filter(|segment| role(segment) == Role::Rst)?;
        Some((packet, segment, packet.from.as_ref()?))
    });
    for (rst, answer, name) in resets.take(NAMED) {
        let ends = Some((answer.source, answer.destination));
        let Some(host) = scene.before.host(name) else { continue };
        if host.sockets.iter().any(|row| row.ends() == ends) {
            continue;
        }
        let asked = scene.arrived(name, ends).next();
        let Some((packet, segment)) = asked else { continue };
        let (rst, packet) = (packet_name(rst), packet_name(packet));
        if role(segment) != Role::Syn {
            found.push(note!("rst-no-connection", host = name, packet = packet, rst = rst));
        } else if !story.mentions(&rst) {
            found.push(note!("rst-no-listener", host = name, packet = packet, rst = rst));
        }
    }
    for note in found {
        story.say(Rank::Surprise, note);
    }
}

/// Packets that came to be in flight in this moment.
fn held(story: &mut Story) {
    let mut names: Vec<String> = story
        .scene
        .sent
        .iter()
        .filter(|(_, fate)| *fate == Fate::Held)
        .map(|(packet, _)| packet_name(packet))
        .filter(|name| !story.mentions(name))
        .collect();
    if names.is_empty() {
        return;
    }
    let count = names.len();
    names.truncate(NAMED);
    let note = match count {
        1 => note!("packet-in-flight", packet = names),
        _ => note!("packets-in-flight", packets = names, count = count),
    };
    story.say(Rank::Wire, note);
}

impl Scene<'_> {
    /// The first packet of this moment with this fate.
    pub fn first_with(&self, fate: Fate) -> Option<&Arc<Packet>> {
        let passages = &self.moment.passages;
        passages.iter().find(|passage| passage.fate == fate).map(|passage| &passage.packet)
    }
}
