//! What Send-Q counts: what was sent and is not acknowledged, and what was not sent yet.

use crate::explain::case::Case;
use crate::explain::note::{Note, note};
use crate::explain::story::{Rank, Story};
use crate::model::Socket;

/// The two parts of a Send-Q, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Sent and not acknowledged.
    pub in_flight: u32,
    /// Not sent yet (`tcpi_notsent_bytes`).
    pub unsent: u32,
}

impl Parts {
    /// The parts of this socket's Send-Q; `None` where the kernel does not report them.
    pub fn of(socket: &Socket) -> Option<Self> {
        let unsent = socket.tcp.as_ref()?.notsent_bytes?;
        Some(Self { in_flight: socket.send_q?.checked_sub(unsent)?, unsent })
    }
}

/// What a call did after which something is left in the send buffer, with the other end's name
/// and what that one has to read.
pub fn partly(case: &Case, socket: &Socket, count: i64, peer: (String, u32)) -> Note {
    let (call, who, left) = (case.call(), case.who(), socket.send_q);
    let (peer, waiting) = peer;
    match Parts::of(socket) {
        None => note!(
            "send-partly",
            call = call,
            who = who,
            count = count,
            peer = peer,
            waiting = waiting,
            left = left
        ),
        Some(Parts { unsent: 0, .. }) => note!(
            "send-unacknowledged",
            call = call,
            who = who,
            count = count,
            peer = peer,
            waiting = waiting,
            left = left
        ),
        // What was written last is sent last.
        Some(Parts { in_flight: 0, unsent }) if i64::from(unsent) >= count => note!(
            "send-none-sent",
            call = call,
            who = who,
            count = count,
            peer = peer,
            waiting = waiting,
            unsent = unsent
        ),
        Some(Parts { in_flight: 0, unsent }) => note!(
            "send-some-sent",
            call = call,
            who = who,
            count = count,
            peer = peer,
            waiting = waiting,
            unsent = unsent
        ),
        Some(Parts { in_flight, unsent }) => note!(
            "send-both-parts",
            call = call,
            who = who,
            count = count,
            peer = peer,
            waiting = waiting,
            left = left,
            in_flight = in_flight,
            unsent = unsent
        ),
    }
}

/// Says of what a call left how much was sent, where no other note does.
pub fn parts(story: &mut Story, case: &Case, socket: &Socket) {
    let Some(Parts { in_flight, unsent: unsent @ 1.. }) = Parts::of(socket) else { return };
    let note = note!(
        "send-parts",
        who = case.who(),
        send_q = socket.send_q,
        in_flight = in_flight,
        unsent = unsent
    );
    story.say(Rank::Queue, note);
}

/// Says what keeps the kernel from sending the rest, as far as its numbers prove it.
pub fn reason(story: &mut Story, case: &Case, socket: &Socket) {
    let Some(Parts { in_flight, unsent: unsent @ 1.. }) = Parts::of(socket) else { return };
    let Some(tcp) = &socket.tcp else { return };
    let next = tcp.snd_mss.map_or(unsent, |segment| segment.min(unsent));
    let allowed = tcp.snd_cwnd.zip(tcp.unacked).filter(|(allowed, sent)| sent >= allowed);
    let note = match (tcp.snd_wnd, allowed) {
        (Some(0), _) => return, // told by itself
        (Some(window), _) if window.saturating_sub(in_flight) < next => {
            note!("send-waits-window", who = case.who(), window = window, in_flight = in_flight)
        }
        (_, Some((segments, _))) => {
            note!("send-waits-acks", who = case.who(), segments = segments)
        }
        (_, None) => return,
    };
    story.say(Rank::Queue, note);
}
