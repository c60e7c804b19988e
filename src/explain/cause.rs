//! What brought a socket from one state to another: a packet, a call, a death, a timer.

use std::sync::Arc;

use super::gap;
use super::moves::Move;
use super::names::packet_name;
use super::note::{Note, note};
use super::row::Row;
use super::scene::{Scene, same};
use super::traffic::{Role, role};
use crate::model::{Action, Cause, Outcome, Packet, Socket, TcpState, TimerKind};

/// The cause of a change.
pub struct Why {
    /// As a clause: `SYN 40001>8080 arrived`, `client called close()`, …
    pub clause: Note,
    /// Whether an RST that arrived or was sent explains the change.
    pub reset: bool,
    /// Where it stands in the moment: the number of passages before the packet; 0 for a call.
    pub place: usize,
}

/// The cause of a change of state, as far as the moment proves it.
pub fn cause(scene: &Scene, moved: &Move) -> Why {
    let row = moved.row;
    if moved.to.is_none() {
        if let Some(packet) = scene.arrived_as(moved.host, row, &[Role::Rst]) {
            let clause = note!("cause-packet", packet = packet_name(packet));
            return Why { clause, reset: true, place: place(scene, packet) };
        }
        if let Some((packet, _)) = scene.sent_as(moved.host, row, &[Role::Rst]) {
            let clause = note!("cause-own-rst", packet = packet_name(packet));
            return Why { clause, reset: true, place: place(scene, packet) };
        }
    }
    let own = own_doing(scene, row);
    let packet = deciding_packet(scene, moved);
    let gap = gap::filled_by(scene, moved, packet);
    let place = gap.or(packet).map_or(0, |packet| place(scene, packet));
    let packet = match (gap, packet) {
        (Some(gap), Some(fin)) => {
            Some(note!("cause-gap", packet = packet_name(gap), fin = packet_name(fin)))
        }
        (Some(gap), None) => Some(note!("cause-gap-earlier", packet = packet_name(gap))),
        (None, packet) => packet.map(|packet| note!("cause-packet", packet = packet_name(packet))),
    };
    // A state that this side's own call leads to is the call's doing, even if an answer came.
    let own_first = matches!(
        moved.to,
        Some(TcpState::Listen | TcpState::SynSent | TcpState::FinWait1 | TcpState::LastAck)
    );
    let own_place = if own.is_some() { 0 } else { place };
    let (clause, place) =
        if own_first { (own.or(packet), own_place) } else { (both(own, packet, moved), place) };
    let clause = clause
        .or_else(|| icmp(scene, moved))
        .or_else(|| timer(scene, moved))
        .or_else(|| other_end(scene, row))
        .or_else(|| in_flight(scene, moved))
        .unwrap_or_else(|| note!("cause-unknown"));
    Why { clause, reset: false, place }
}

/// An open socket without a number was in a message; whoever was given it did not take it.
fn in_flight(scene: &Scene, moved: &Move) -> Option<Note> {
    let before = moved.before.filter(|row| row.inode != 0 && row.is_listener())?;
    let nobody = scene.before.owners(before.inode).next().is_none();
    (nobody && moved.to.is_none()).then(|| note!("cause-in-flight"))
}

/// How many passages come before the packet's last one, counted from 1.
fn place(scene: &Scene, packet: &Packet) -> usize {
    let last = scene.moment.passages.iter().rposition(|p| p.packet.number == packet.number);
    last.map_or(0, |index| index + 1)
}

/// The segment that brought about the change: for what the first of its kind decides the first,
/// else the last.
fn deciding_packet<'a>(scene: &Scene<'a>, moved: &Move<'a>) -> Option<&'a Arc<Packet>> {
    let roles = deciding(moved);
    let mut fitting = scene
        .arrived(moved.host, moved.row.ends())
        .filter(|(_, segment)| roles.contains(&role(segment)))
        .map(|(packet, _)| packet);
    match moved.to {
        Some(
            TcpState::SynRecv
            | TcpState::Established
            | TcpState::CloseWait
            | TcpState::Closing
            | TcpState::TimeWait,
        ) => fitting.next(),
        Some(
            TcpState::Close
            | TcpState::Listen
            | TcpState::SynSent
            | TcpState::FinWait1
            | TcpState::FinWait2
            | TcpState::LastAck,
        )
        | None => fitting.last(),
    }
}

/// A call and the answer to what it sent, where the change skips a state; else the packet alone.
fn both(own: Option<Note>, packet: Option<Note>, moved: &Move) -> Option<Note> {
    use TcpState::{CloseWait, Established, FinWait2, SynRecv, TimeWait};
    let skipped = matches!(
        (moved.from, moved.to),
        (Some(Established | SynRecv), Some(FinWait2 | TimeWait)) | (Some(CloseWait), None)
    );
    match (own, packet) {
        (Some(own), Some(packet)) if skipped => {
            Some(note!("cause-both", first = own, then = packet))
        }
        (own, packet) => packet.or(own),
    }
}

/// The roles of a segment that can bring about the change.
fn deciding(moved: &Move) -> &'static [Role] {
    use TcpState::{
        CloseWait, Closing, Established, FinWait1, FinWait2, SynRecv, SynSent, TimeWait,
    };
    match (moved.from, moved.to) {
        (_, Some(SynRecv)) => &[Role::Syn],
        (Some(SynSent), Some(Established)) => &[Role::SynAck],
        (_, Some(Established)) => &[Role::Ack, Role::Data, Role::SynAck],
        (_, Some(CloseWait | Closing)) => &[Role::Fin],
        (Some(FinWait1 | FinWait2), Some(TimeWait)) => &[Role::Fin],
        (_, Some(_)) => &[Role::Ack, Role::Data, Role::Fin],
        (Some(SynSent | SynRecv), None) => &[],
        (_, None) => &[Role::Ack, Role::Data],
    }
}

/// A call on this socket, or the death of its last owner, in this moment.
fn own_doing(scene: &Scene, row: &Socket) -> Option<Note> {
    if let Some(report) = scene.call_on(row) {
        let doing =
            matches!(report.outcome, Outcome::Returned(_) | Outcome::Blocked | Outcome::Failed(_));
        let woke = scene.slept(&report.call.process);
        if doing && !woke {
            let (process, call) = (&report.call.process, &report.call.typed);
            return Some(note!("cause-call", process = process, call = call));
        }
    }
    scene.deaths().find_map(|(name, _)| {
        let process = scene.before.process(name)?;
        let host = scene.before.host(&process.host)?;
        let owned = process
            .fds
            .iter()
            .filter_map(|fd| host.socket(fd.file.socket()?))
            .any(|socket| same(socket, row));
        owned.then(|| note!("cause-death", process = name))
    })
}

/// A call at the other end in this moment: all there is to see where no packets are shown.
fn other_end(scene: &Scene, row: &Socket) -> Option<Note> {
    row.peer_port()?;
    let (local, peer) = row.ends()?;
    let theirs = |socket: &&Arc<Socket>| socket.ends() == Some((peer, local));
    let report = scene.moment.reports.iter().find(|report| {
        let touched = [scene.socket_before(report), scene.socket_after(report)];
        touched.into_iter().flatten().any(|socket| theirs(&socket))
            && !scene.slept(&report.call.process)
    })?;
    let (process, call) = (&report.call.process, &report.call.typed);
    Some(note!("cause-other-end", process = process, call = call))
}

/// An ICMP error that reached the host ends an attempt.
fn icmp(scene: &Scene, moved: &Move) -> Option<Note> {
    if moved.from != Some(TcpState::SynSent) {
        return None;
    }
    let (packet, _, _) = scene.icmp(moved.host)?;
    Some(note!("cause-packet", packet = packet_name(packet)))
}

/// Nobody did anything and a timer ran on the row.
fn timer(scene: &Scene, moved: &Move) -> Option<Note> {
    let quiet = match &scene.moment.cause {
        Cause::Kernel | Cause::Action(Action::Wait(_)) => true,
        Cause::Start | Cause::Action(_) | Cause::Statement { .. } => false,
    };
    let timer = moved.before.and_then(|before| before.timer).filter(|_| quiet)?;
    Some(match timer.kind {
        TimerKind::Retransmit | TimerKind::ZeroWindowProbe => {
            note!("cause-gave-up", again = timer.retransmits)
        }
        TimerKind::Keepalive => note!("cause-keepalive"),
        TimerKind::TimeWait => note!("cause-time-wait"),
        TimerKind::Other(_) => note!("cause-timer"),
    })
}
