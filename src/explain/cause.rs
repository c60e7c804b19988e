//! What brought a socket from one state to another: a packet, a call, a death, a timer.

use super::names::packet_name;
use super::note::{Note, note};
use super::scene::{Scene, same};
use super::states::Move;
use super::traffic::Role;
use crate::model::{Action, Cause, Outcome, Socket, TcpState, TimerKind};

/// The cause of a change as a clause, and whether it is an RST.
pub struct Why {
    /// `SYN 40001>8080 arrived`, `client called close()`, …
    pub clause: Note,
    reset: bool,
}

impl Why {
    /// Whether an RST that arrived or was sent explains the change.
    pub fn is_reset(&self) -> bool {
        self.reset
    }

    fn plain(clause: Note) -> Self {
        Self { clause, reset: false }
    }
}

/// The cause of a change of state, as far as the moment proves it.
pub fn cause(scene: &Scene, moved: &Move) -> Why {
    let row = moved.row;
    if moved.to.is_none() {
        if let Some(packet) = scene.arrived_as(moved.host, row, &[Role::Rst]) {
            let clause = note!("cause-packet", packet = packet_name(packet));
            return Why { clause, reset: true };
        }
        if let Some((packet, _)) = scene.sent_as(moved.host, row, &[Role::Rst]) {
            let clause = note!("cause-own-rst", packet = packet_name(packet));
            return Why { clause, reset: true };
        }
    }
    let own = own_doing(scene, row);
    let packet = scene
        .arrived_as(moved.host, row, deciding(moved))
        .map(|packet| note!("cause-packet", packet = packet_name(packet)));
    // A state that this side's own call leads to is the call's doing, even if an answer came.
    let by_call = match moved.to {
        Some(TcpState::Listen | TcpState::SynSent | TcpState::FinWait1 | TcpState::LastAck) => {
            own.clone().or_else(|| packet.clone())
        }
        _ => both(own.clone(), packet.clone(), moved),
    };
    let clause = by_call
        .or_else(|| icmp(scene, moved))
        .or_else(|| timer(scene, moved))
        .unwrap_or_else(|| note!("cause-unknown"));
    Why::plain(clause)
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
