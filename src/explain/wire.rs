//! Packets held, lost, sent again and answered.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use super::change::is_telling;
use super::names::packet_name;
use super::note::note;
use super::scene::{Scene, is_delivery};
use super::story::{Rank, Story};
use super::traffic::{Role, role};
use crate::model::{
    Action, Body, Cause, Change, Fate, HostName, Moment, Packet, Snapshot, Socket, TcpState,
    WireAction,
};

/// How many packets or sockets of one kind a moment names one by one.
const NAMED: usize = 4;

/// Explains what happened on the wire, as far as no other note has named the packet.
pub fn tell(story: &mut Story) {
    soft_errors(story);
    lost(story);
    no_effect(story);
    folded(story);
    unfolded(story);
    reset_generated(story);
    held(story);
}

/// Milliseconds as seconds with one digit.
pub fn seconds(milliseconds: u32) -> String {
    format!("{}.{}", milliseconds / 1000, milliseconds % 1000 / 100)
}

/// ICMP errors about segments of a connection that stands: the kernel remembers them. With
/// IP_RECVERR it would tell them at once, so where that was ever set nothing is said.
fn soft_errors(story: &mut Story) {
    let scene = &story.scene;
    let recverr = |moment: &&Moment| {
        let calls = moment.reports.iter().map(|report| &report.call);
        calls.flat_map(|call| &call.shown).any(|shown| shown.contains("RECVERR"))
    };
    if scene.past.iter().any(recverr) {
        return;
    }
    let mut found = Vec::new();
    for packet in scene.arrivals() {
        let Some(host) = packet.to.as_ref().and_then(|host| scene.after().host(host)) else {
            continue;
        };
        let Some(ends) = quoted_ends(packet) else { continue };
        let stands = |row: &&Arc<Socket>| {
            row.state == Some(TcpState::Established) && row.ends() == Some(ends)
        };
        let Some(row) = host.sockets.iter().find(stands) else { continue };
        let quoted = format!("{}>{}", ends.0.port(), ends.1.port());
        found.push(note!(
            "icmp-soft",
            packet = packet_name(packet),
            segment = quoted,
            socket = scene.name(&host.name, row),
            state = row.state
        ));
    }
    for note in found.into_iter().take(NAMED) {
        story.say(Rank::Surprise, note);
    }
}

/// The ends of the TCP segment that an ICMP error is about (RFC 792: unreachable but not "too
/// long", time exceeded, parameter problem), sender first.
fn quoted_ends(packet: &Packet) -> Option<(SocketAddr, SocketAddr)> {
    const TCP: u8 = 6;
    let Body::Icmp { kind, code, v6: false, .. } = packet.body else { return None };
    if !matches!((kind, code), (3, 0..=3 | 5..) | (11 | 12, _)) {
        return None;
    }
    let header = |bytes: &[u8]| Some(usize::from(bytes.first()? & 15) * 4);
    let icmp = packet.bytes.get(header(&packet.bytes)?..)?;
    let quoted = icmp.get(8..)?;
    let tcp = quoted.get(header(quoted)?..)?;
    if quoted.get(9) != Some(&TCP) {
        return None;
    }
    let end = |ip: usize, port: usize| {
        let ip: [u8; 4] = quoted.get(ip..ip + 4)?.try_into().ok()?;
        let port: [u8; 2] = tcp.get(port..port + 2)?.try_into().ok()?;
        Some(SocketAddr::new(Ipv4Addr::from(ip).into(), u16::from_be_bytes(port)))
    };
    Some((end(12, 0)?, end(16, 2)?))
}

/// Packets that will never arrive.
fn lost(story: &mut Story) {
    let mut cut = Vec::new();
    let mut too_many = 0_u64;
    let mut said = Vec::new();
    for passage in &story.scene.moment.passages {
        let name = packet_name(&passage.packet);
        match passage.fate {
            Fate::Cut if story.mentions(&name) => {}
            Fate::Cut => cut.push(name),
            Fate::NoReceiver if is_for_a_group(&passage.packet) => {
                said.push(note!("packet-multicast", packet = name));
            }
            Fate::NoReceiver => said.push(note!("packet-no-receiver", packet = name)),
            Fate::Overflow => too_many += 1,
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
    if too_many > 0 {
        story.say(Rank::Wire, note!("packets-overflow", count = too_many));
    }
    if !cut.is_empty() {
        let count = cut.len();
        cut.truncate(NAMED);
        story.say(Rank::Wire, note!("packets-cut", count = count, packets = cut));
    }
}

fn is_for_a_group(packet: &Packet) -> bool {
    matches!(packet.body, Body::Udp { destination, .. } if destination.ip().is_multicast())
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
        | Change::Rebooted { host: h } => h == host,
        Change::Counter { host: h, .. } => h == host && is_telling(change),
        Change::ProcessBorn { .. }
        | Change::ProcessState { .. }
        | Change::FdOpened { .. }
        | Change::FdClosed { .. }
        | Change::FdChanged { .. } => true,
    });
    let touched = touched || moved(scene, host, packet);
    let name = packet_name(packet);
    if touched || !scene.moment.reports.is_empty() || story.mentions(&name) {
        return;
    }
    let answers: Vec<String> = scene
        .sent
        .iter()
        .filter(|(sent, _)| sent.from.as_ref() == Some(host))
        .map(|(sent, _)| packet_name(sent))
        .collect();
    let note = if answers.is_empty() {
        note!("no-effect", packet = name, host = host)
    } else if is_echo(packet) {
        note!("icmp-echo", packet = name, host = host, answers = answers)
    } else {
        note!("only-answered", packet = name, host = host, answers = answers)
    };
    story.say(Rank::State, note);
}

/// Whether the packet asks for an echo (RFC 792, RFC 4443).
fn is_echo(packet: &Packet) -> bool {
    matches!(
        packet.body,
        Body::Icmp { kind: 8, v6: false, .. } | Body::Icmp { kind: 128, v6: true, .. }
    )
}

/// Whether the packet changed what the kernel says of the connection besides its row: windows, and
/// how much was sent, received and acknowledged.
fn moved(scene: &Scene, host: &HostName, packet: &Packet) -> bool {
    let Some(segment) = packet.segment() else { return false };
    let ends = Some((segment.destination, segment.source));
    let details = |snapshot: &Snapshot| {
        let row = snapshot.host(host)?.sockets.iter().find(|row| row.ends() == ends)?;
        let tcp = row.tcp.as_ref()?;
        let flow = (tcp.bytes_acked, tcp.bytes_received, tcp.unacked, tcp.sacked);
        Some((flow, tcp.snd_wnd, tcp.rcv_wnd))
    };
    details(scene.before) != details(scene.after())
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

/// A held packet had copies folded into it, and went as one.
fn unfolded(story: &mut Story) {
    let scene = &story.scene;
    let mut found = Vec::new();
    for passage in scene.moment.passages.iter().filter(|p| p.fate == Fate::Delivered) {
        let held = &scene.before.wire.held;
        let held = held.iter().find(|held| held.packet.number == passage.packet.number);
        if let Some(held) = held.filter(|held| held.copies > 1) {
            let packet = packet_name(&held.packet);
            found.push(note!("packet-once", packet = packet, copies = held.copies));
        }
    }
    for note in found.into_iter().take(NAMED) {
        story.say(Rank::Aside, note);
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
        // What came first, and before the RST.
        let passages = scene.moment.passages.iter();
        let earlier = passages.take_while(|passage| passage.packet.number != rst.number);
        let mut earlier = earlier.filter(|passage| is_delivery(passage)).map(|p| &p.packet);
        let came = |packet: &&Arc<Packet>| {
            let segment = packet.segment().map(|s| (s.destination, s.source));
            segment == ends && packet.to.as_ref() == Some(name)
        };
        let Some(packet) = earlier.find(came) else { continue };
        let Some(segment) = packet.segment() else { continue };
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
