//! What a FIN leaves behind besides a state: the number that it takes in both queues, as a SYN
//! does, and the time that FIN_WAIT2 without an fd may last.

use std::sync::Arc;

use super::note::note;
use super::scene::Scene;
use super::story::{Rank, Story};
use super::traffic::Role;
use crate::model::{HostName, Ownerless, Socket, TcpState, TimerKind};

/// How many sockets a moment names one by one.
const NAMED: usize = 2;

/// How many it looks at to find those.
const CONSIDERED: usize = 64;

/// Explains the FINs in the queues, and the timer of FIN_WAIT2.
pub fn tell(story: &mut Story) {
    let tcp = |(_, _, to): &(_, _, &Arc<Socket>)| to.kind.is_tcp();
    let rows: Vec<_> = story.scene.changed().filter(tcp).take(CONSIDERED).collect();
    let mut named = 0;
    for (host, from, to) in rows {
        if named >= NAMED {
            return;
        }
        let told = [
            received(story, host, from, to),
            taken(story, host, from, to),
            unanswered(story, host, from, to),
            asks(story, host, from, to),
            waits(story, host, from, to),
        ];
        named += usize::from(told.contains(&true));
    }
}

/// A FIN arrived and counts 1 in Recv-Q (the kernel counts sequence numbers, not bytes).
fn received(story: &mut Story, host: &HostName, from: &Socket, to: &Arc<Socket>) -> bool {
    let came = to.state == Some(TcpState::CloseWait) && from.state != to.state;
    let Some(recv_q @ 1..) = to.recv_q.filter(|_| came && has_fin(&story.scene, host, to)) else {
        return false;
    };
    let (socket, bytes) = (story.scene.name(host, to), recv_q - 1);
    let note = match bytes {
        0 => note!("fin-in-recv", socket = socket),
        _ => note!("fin-behind-bytes", socket = socket, recv_q = recv_q, bytes = bytes),
    };
    story.say(Rank::Queue, note);
    true
}

/// Whether a FIN reached the socket in this moment, or the bytes for which one was kept.
fn has_fin(scene: &Scene, host: &HostName, socket: &Socket) -> bool {
    scene.arrived_as(host, socket, &[Role::Fin, Role::Data]).is_some()
}

/// A read that gave 0 took the FIN out of Recv-Q.
fn taken(story: &mut Story, host: &HostName, from: &Socket, to: &Arc<Socket>) -> bool {
    let scene = &story.scene;
    let ended = matches!(to.state, Some(TcpState::CloseWait)) && from.state == to.state;
    let one = (from.recv_q, to.recv_q) == (Some(1), Some(0));
    if !(ended && one && scene.call_on(to).is_some()) {
        return false;
    }
    let note = note!("fin-taken", socket = scene.name(host, to));
    story.say(Rank::Queue, note);
    true
}

/// A FIN was sent, or waits behind bytes, and counts 1 in Send-Q until it is acknowledged.
fn unanswered(story: &mut Story, host: &HostName, from: &Socket, to: &Arc<Socket>) -> bool {
    let unconfirmed =
        |state| matches!(state, Some(TcpState::FinWait1 | TcpState::Closing | TcpState::LastAck));
    if !unconfirmed(to.state) || unconfirmed(from.state) {
        return false;
    }
    let Some(send_q @ 1..) = to.send_q else { return false };
    let (socket, bytes) = (story.scene.name(host, to), send_q - 1);
    let note = match bytes {
        0 => note!("fin-in-send", socket = socket),
        _ => note!("bytes-and-fin-in-send", socket = socket, send_q = send_q, bytes = bytes),
    };
    story.say(Rank::Queue, note);
    true
}

/// A SYN counts 1 in Send-Q, too.
fn asks(story: &mut Story, host: &HostName, from: &Socket, to: &Arc<Socket>) -> bool {
    let asks = to.state == Some(TcpState::SynSent) && from.state != to.state;
    if !asks || to.send_q != Some(1) {
        return false;
    }
    let note = note!("syn-in-send", socket = story.scene.name(host, to));
    story.say(Rank::Queue, note);
    true
}

/// Nobody can close a socket without an fd, so FIN_WAIT2 without one has a timer.
fn waits(story: &mut Story, host: &HostName, from: &Socket, to: &Arc<Socket>) -> bool {
    let waiting = |row: &Socket| {
        row.state == Some(TcpState::FinWait2) && row.ownerless == Some(Ownerless::Orphan)
    };
    let Some(timer) = to.timer.filter(|_| waiting(to)) else { return false };
    let (socket, seconds) = (story.scene.name(host, to), timer.left_ms.div_ceil(1000));
    let known = from.timer.filter(|_| waiting(from)).map(|timer| timer.kind);
    let note = match (known, timer.kind) {
        (None, TimerKind::Keepalive) => {
            note!("fin-wait2-long", socket = socket, seconds = seconds)
        }
        (None, TimerKind::TimeWait) => {
            note!("fin-wait2-timer", socket = socket, seconds = seconds)
        }
        (Some(TimerKind::Keepalive), TimerKind::TimeWait) => {
            note!("fin-wait2-second", socket = socket, seconds = seconds)
        }
        (
            _,
            TimerKind::Retransmit
            | TimerKind::Keepalive
            | TimerKind::TimeWait
            | TimerKind::ZeroWindowProbe
            | TimerKind::Other(_),
        ) => return false,
    };
    story.say(Rank::Owner, note);
    true
}
