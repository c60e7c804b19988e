//! The urgent byte of a TCP stream: MSG_OOB, URG and its pointer, the mark.

use super::case::Case;
use super::names::{packet_name, sent_packet};
use super::note::note;
use super::row::Row;
use super::story::{Rank, Story};
use crate::model::{Flags, HostName, Socket, Syscall, TcpState};

/// MSG_OOB of send(2) and recv(2).
const OOB: i64 = 1;
/// MSG_PEEK and MSG_WAITALL of recv(2).
const PEEK_OR_ALL: i64 = 0x2 | 0x100;
/// How many segments are told.
const NAMED: usize = 2;

/// Whether the call is about the urgent byte.
pub fn is_asked(case: &Case) -> bool {
    case.flags() & OOB != 0 && case.socket().is_some_and(|socket| socket.kind.is_tcp())
}

/// Bytes were sent with MSG_OOB: which of them is urgent, and how the packet says so.
pub fn sent(story: &mut Story, case: &Case, host: &HostName, socket: &Socket) {
    if !is_asked(case) {
        return;
    }
    let packet = story
        .scene
        .sent_by(host, socket.ends())
        .filter(|(_, segment, _)| segment.flags.has(Flags::URG))
        .map(|(packet, segment, fate)| (packet, segment.urgent, fate))
        .last();
    let who = case.who();
    let said = match packet {
        Some((packet, pointer, fate)) => {
            let packet = sent_packet(packet_name(packet), fate);
            note!("urgent-sent", who = who, packet = packet, pointer = pointer)
        }
        None => note!("urgent-unsent", who = who),
    };
    story.say(Rank::Surprise, said);
}

/// Segments with URG that arrived.
pub fn arrived(story: &mut Story) {
    let mut found = Vec::new();
    for packet in story.scene.arrivals() {
        let Some(segment) = packet.segment().filter(|s| s.flags.has(Flags::URG)) else { continue };
        let ends = Some((segment.destination, segment.source));
        let host = packet.to.as_ref().and_then(|name| story.scene.after().host(name));
        let Some(host) = host else { continue };
        let row = host.sockets.iter().find(|row| row.ends() == ends);
        let Some(row) = row.filter(|row| row.state != Some(TcpState::Close)) else { continue };
        let socket = story.scene.name(&host.name, row);
        found.push(note!("urgent-arrived", packet = packet_name(packet), socket = socket));
    }
    for note in found.into_iter().take(NAMED) {
        story.say(Rank::Queue, note);
    }
}

/// A read stopped although more waits and it asked for more: only the mark does that, if nothing
/// came meanwhile.
pub fn stopped_at_mark(story: &Story, case: &Case, socket: &Socket, count: i64) -> bool {
    let call = &case.report.call;
    let plain = matches!(call.syscall, Syscall::Read | Syscall::Recvfrom)
        && case.flags() & (OOB | PEEK_OR_ALL) == 0;
    let arrived = case.host.is_some_and(|host| {
        story.scene.arrived(&host.name, socket.ends()).any(|(_, segment)| segment.length > 0)
    });
    let fin = !matches!(
        socket.state,
        Some(TcpState::Established | TcpState::FinWait1 | TcpState::FinWait2)
    );
    let quiet = !arrived && !fin && !story.scene.slept(case.process);
    plain && quiet && count < call.args[2] && socket.peer_port().is_some()
}
