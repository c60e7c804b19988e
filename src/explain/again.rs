//! What was sent again, and why. A cause is named only if the moment shows it: the kernel's counter
//! of timers that ran out (`TCPTimeouts`), a repeated SYN that came right before, the counters of
//! probes and of fast retransmissions. Where none of them speaks, only the repetition is told.

use std::sync::Arc;

use super::names::{packet_name, sent_packet};
use super::note::{Note, note};
use super::scene::{Scene, is_delivery};
use super::story::{Rank, Story};
use super::traffic::{Role, role};
use super::wire::seconds;
use crate::model::{Host, Ownerless, Socket, TcpState, TimerKind};

/// How many sockets a moment names one by one.
const NAMED: usize = 4;

/// Explains what the kernels sent once more.
pub fn tell(story: &mut Story) {
    let hosts = &story.scene.after().hosts;
    for host in hosts {
        let told = rows(story, host);
        counters(story, host, told);
    }
}

/// Why a socket's kernel sent something again.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Why {
    /// Its SYN,ACK went out once more because the SYN came once more.
    Asked,
    /// Its timer ran out.
    Timer,
    /// The moment does not show it.
    Unseen,
}

/// The sockets that count another repetition, and whether there was one.
fn rows(story: &mut Story, host: &Host) -> bool {
    let scene = &story.scene;
    let repeats = repeats(scene, host);
    let notes: Vec<Note> = repeats
        .iter()
        .take(NAMED)
        .map(|(to, why)| repeated(scene, host, to, *why))
        .chain(keepalives(scene, host))
        .chain(answered(scene, host))
        .collect();
    let told = !repeats.is_empty();
    for note in notes {
        story.say(Rank::State, note);
    }
    told
}

fn count(socket: &Socket) -> u8 {
    socket.timer.map_or(0, |timer| timer.retransmits)
}

/// The rows of a host on which the kernel counts another retransmission, each with its cause.
fn repeats<'a>(scene: &Scene<'a>, host: &Host) -> Vec<(&'a Arc<Socket>, Why)> {
    let counted = scene.changed().filter(|(name, from, to)| {
        let retransmission = match to.timer.map(|timer| timer.kind) {
            Some(TimerKind::ZeroWindowProbe | TimerKind::Keepalive) | None => false,
            Some(TimerKind::Retransmit | TimerKind::TimeWait | TimerKind::Other(_)) => true,
        };
        **name == host.name && to.kind.is_tcp() && retransmission && count(to) > count(from)
    });
    let mut repeats: Vec<_> = counted
        .map(|(_, _, to)| (to, if asked(scene, host, to) { Why::Asked } else { Why::Timer }))
        .collect();
    // The counter is the host's: it proves the timer of each row only if it counts them all.
    let timers = scene.counted(&host.name, "TCPTimeouts");
    let wanting = repeats.iter().filter(|(_, why)| *why == Why::Timer).count();
    let proved = u64::try_from(wanting).is_ok_and(|wanting| timers >= wanting);
    // A timer besides may have been that of a request that was asked for, too.
    let spare = u64::try_from(wanting).is_ok_and(|wanting| timers > wanting);
    for (_, why) in &mut repeats {
        match why {
            Why::Timer if !proved => *why = Why::Unseen,
            Why::Asked if spare => *why = Why::Unseen,
            Why::Timer | Why::Asked | Why::Unseen => {}
        }
    }
    repeats
}

/// Whether a SYN came for a request that was there already, and the SYN,ACK went out after it.
fn asked(scene: &Scene, host: &Host, row: &Socket) -> bool {
    if row.state != Some(TcpState::SynRecv) {
        return false;
    }
    let Some((local, peer)) = row.ends() else { return false };
    let mut came = false;
    scene.moment.passages.iter().any(|passage| {
        let Some(segment) = passage.packet.segment() else { return false };
        let ends = (segment.source, segment.destination);
        if ends == (peer, local) && is_delivery(passage) && role(segment) == Role::Syn {
            came = passage.packet.to.as_ref() == Some(&host.name);
        }
        came && ends == (local, peer) && role(segment) == Role::SynAck
    })
}

/// The note of one row.
fn repeated(scene: &Scene, host: &Host, to: &Arc<Socket>, why: Why) -> Note {
    let socket = scene.name(&host.name, to);
    let again = count(to);
    let left = to.timer.map(|timer| seconds(timer.left_ms));
    let sent = scene.sent_by(&host.name, to.ends()).last();
    let sent = sent.map(|(packet, _, fate)| sent_packet(packet_name(packet), fate));
    match (why, sent) {
        (Why::Asked, packet) => {
            note!("sent-again-asked", packet = packet, socket = socket, again = again)
        }
        // Of two ends that opened at once the kernel goes on counting from the SYN that came before.
        (Why::Timer, Some(packet)) if is_crossed(to) => note!(
            "sent-again-crossed",
            packet = packet,
            socket = socket,
            again = again,
            seconds = left
        ),
        (Why::Timer, Some(packet)) => {
            note!("sent-again", packet = packet, socket = socket, again = again, seconds = left)
        }
        (Why::Timer, None) => {
            note!("sent-again-no-packet", socket = socket, again = again, seconds = left)
        }
        (Why::Unseen, Some(packet)) => {
            note!("sent-again-unseen", packet = packet, socket = socket, again = again)
        }
        (Why::Unseen, None) => note!("sent-again-counted", socket = socket, again = again),
    }
}

/// Whether a socket is in SYN_RECV because both ends opened at once: it is no request of a queue.
fn is_crossed(socket: &Socket) -> bool {
    socket.state == Some(TcpState::SynRecv) && socket.ownerless != Some(Ownerless::SynQueue)
}

/// The connections of a host whose peers were asked whether they are still there.
fn keepalives(scene: &Scene, host: &Host) -> Vec<Note> {
    let probed = scene.changed().filter(|(name, from, to)| {
        let keepalive = to.timer.is_some_and(|timer| timer.kind == TimerKind::Keepalive);
        **name == host.name && keepalive && count(to) > count(from)
    });
    probed
        .take(NAMED)
        .map(|(name, _, to)| {
            let sent = scene.sent_by(&host.name, to.ends()).last();
            let packet = sent.map(|(packet, _, fate)| sent_packet(packet_name(packet), fate));
            let left = to.timer.map(|timer| seconds(timer.left_ms));
            note!(
                "keepalive-probe",
                socket = scene.name(name, to),
                packet = packet,
                count = count(to),
                seconds = left
            )
        })
        .collect()
}

/// The probes of a host that were answered: no row counts them, for the answer has set the count
/// back. The packets are those of a connection whose timer is that of keepalive.
fn answered(scene: &Scene, host: &Host) -> Option<Note> {
    let probes = scene.counted(&host.name, "TCPKeepAlive");
    let row = host.sockets.iter().find(|row| {
        let keepalive = row.timer.is_some_and(|timer| timer.kind == TimerKind::Keepalive);
        keepalive && count(row) == 0 && scene.sent_by(&host.name, row.ends()).next().is_some()
    })?;
    let (probe, _, _) = scene.sent_by(&host.name, row.ends()).next().filter(|_| probes > 0)?;
    let (answer, _) = scene.arrived(&host.name, row.ends()).last()?;
    Some(note!(
        "keepalive-answered",
        socket = scene.name(&host.name, row),
        packet = packet_name(probe),
        answer = packet_name(answer),
        seconds = row.timer.map(|timer| seconds(timer.left_ms))
    ))
}

/// What only the host's counters tell: no row counts it. `told`: a row has counted something, so
/// the common counter of what was sent again says nothing besides.
fn counters(story: &mut Story, host: &Host, told: bool) {
    let counted = |name| story.scene.counted(&host.name, name);
    let (probes, fast) = (counted("TCPLossProbes"), counted("TCPFastRetrans"));
    let again = counted("TcpRetransSegs");
    let timers = counted("TCPTimeouts");
    let host = &host.name;
    if fast > 0 {
        story.say(Rank::State, note!("sent-again-fast", host = host, count = fast));
    }
    if probes > 0 {
        story.say(Rank::State, note!("sent-again-probe", host = host, count = probes));
    }
    if again > 0 && fast == 0 && probes == 0 && !told {
        story.say(
            Rank::Aside,
            if timers == again {
                note!("sent-again-timer", host = host, count = again)
            } else {
                note!("sent-again-some", host = host, count = again)
            },
        );
    }
}
