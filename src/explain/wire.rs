//! Packets held, lost and sent again, and what those that arrived did.

use std::collections::HashSet;
use std::sync::Arc;

use super::names::{packet_name, sent_packet};
use super::note::note;
use super::scene::{Row, Scene};
use super::story::{Rank, Story};
use super::traffic::{Role, is_delivery, role};
use crate::model::{
    Action, Body, Cause, Change, Family, Fate, HostName, Packet, Socket, TcpState, TimerKind,
    WireAction,
};

/// How many packets or sockets of one kind a moment names one by one.
const NAMED: usize = 4;

/// How many it looks at to find those.
const CONSIDERED: usize = 64;

/// Explains what happened on the wire, as far as no other note has named the packet.
pub fn tell(story: &mut Story) {
    data(story);
    sent_again(story);
    windows(story);
    lost(story);
    no_effect(story);
    folded(story);
    held(story);
    reset_generated(story);
}

/// Bytes arrived in a receive buffer, and were acknowledged.
fn data(story: &mut Story) {
    let by_hand = matches!(
        story.scene.moment.cause,
        Cause::Action(Action::Wire(_)) | Cause::Kernel | Cause::Action(Action::Wait(_))
    );
    let mut named = 0;
    let queues = |change: &&Change| match change {
        Change::SocketChanged { from, to, .. } => {
            (from.recv_q, from.send_q) != (to.recv_q, to.send_q)
        }
        _ => false,
    };
    for change in story.scene.moment.changes.iter().filter(queues).take(CONSIDERED) {
        let Change::SocketChanged { host, from, to } = change else { continue };
        if named >= NAMED {
            break;
        }
        if to.kind.protocol == 17 && to.kind.family != Family::Unix {
            named += usize::from(datagram(story, host, from, to));
        }
        if !to.kind.is_tcp() || to.is_listener() || story.is_told(to) {
            continue;
        }
        named += usize::from(arrival(story, host, from, to));
        if by_hand {
            named += usize::from(acknowledged(story, host, from, to));
        }
    }
}

/// Recv-Q grew because a segment with bytes arrived.
fn arrival(story: &mut Story, host: &HostName, from: &Socket, to: &Arc<Socket>) -> bool {
    let scene = &story.scene;
    let (Some(was), Some(waiting)) = (from.recv_q, to.recv_q) else { return false };
    let Some(host) = scene.after().host(host) else { return false };
    let packet = scene.arrived_as(&host.name, to, &[Role::Data]);
    let Some(packet) = packet.filter(|_| waiting > was) else { return false };
    let socket = scene.name(&host.name, to);
    let note =
        note!("data-arrived", packet = packet_name(packet), socket = socket, waiting = waiting);
    story.say(Rank::Queue, note);
    true
}

/// Recv-Q of a UDP socket grew because a datagram arrived.
fn datagram(story: &mut Story, host: &HostName, from: &Socket, to: &Socket) -> bool {
    if to.recv_q <= from.recv_q {
        return false;
    }
    let port = to.local_port();
    let packet = story.scene.arrivals().filter(|packet| {
        packet.to.as_ref() == Some(host)
            && matches!(packet.body, Body::Udp { destination, .. } if Some(destination.port()) == port)
    });
    let Some(packet) = packet.last() else { return false };
    let socket = story.scene.name(host, to);
    let packet = packet_name(packet);
    let note = note!("datagram-arrived", packet = packet, socket = socket, recv_q = to.recv_q);
    story.say(Rank::Queue, note);
    true
}

/// Send-Q shrank because an acknowledgment arrived.
fn acknowledged(story: &mut Story, host: &HostName, from: &Socket, to: &Arc<Socket>) -> bool {
    let scene = &story.scene;
    let (Some(was), Some(left)) = (from.send_q, to.send_q) else { return false };
    let open = matches!(to.state, Some(TcpState::Established | TcpState::CloseWait))
        && from.state == to.state;
    let Some(host) = scene.after().host(host).filter(|_| open && left < was) else { return false };
    let packet = scene.arrived_as(&host.name, to, &[Role::Ack, Role::Data]);
    let Some(packet) = packet else { return false };
    let socket = scene.name(&host.name, to);
    let note = note!(
        "data-acknowledged",
        packet = packet_name(packet),
        socket = socket,
        was = was,
        left = left
    );
    story.say(Rank::Queue, note);
    true
}

/// A timer of the kernel ran out and something was sent again.
fn sent_again(story: &mut Story) {
    let mut named = 0;
    for change in &story.scene.moment.changes {
        let Change::SocketChanged { host, from, to } = change else { continue };
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
            (Some(TimerKind::ZeroWindowProbe), _) => {
                note!("window-probe", socket = socket, again = again, seconds = left)
            }
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

/// A receiver has no room any more, or has room again.
fn windows(story: &mut Story) {
    let scene = &story.scene;
    let shut: HashSet<_> = scene
        .before
        .hosts
        .iter()
        .flat_map(|host| &host.sockets)
        .filter(|row| row.tcp.as_ref().is_some_and(|tcp| tcp.snd_wnd == Some(0)))
        .filter_map(|row| row.ends())
        .collect();
    let telling = scene.arrivals().filter_map(|packet| {
        let segment = packet.segment()?;
        let ends = (segment.destination, segment.source);
        let plain = matches!(role(segment), Role::Ack | Role::Data);
        (plain && (segment.window == 0 || shut.contains(&ends))).then_some((packet, segment, ends))
    });
    let Some((packet, segment, ends)) = telling.last() else { return };
    let Some(host) = packet.to.as_ref().and_then(|host| scene.before.host(host)) else { return };
    let Some(row) = host.sockets.iter().find(|row| row.ends() == Some(ends)) else { return };
    let socket = scene.name(&host.name, row);
    let (packet, window) = (packet_name(packet), segment.window);
    let note = if window == 0 {
        note!("window-zero", packet = packet, socket = socket)
    } else {
        note!("window-open", packet = packet, socket = socket, window = window)
    };
    story.say(Rank::Surprise, note);
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
