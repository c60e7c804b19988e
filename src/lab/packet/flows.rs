//! Numbers counted from the SYN.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;

use crate::model::{Flags, Segment, TcpOption};

/// The most directions remembered. The oldest is forgotten first, and its segments then show
/// their own numbers. 65,536 take about 8 MB.
const LIMIT: usize = 65_536;

/// Remembers the SYNs that passed, and so knows what a segment's numbers are counted from.
#[derive(Debug, Clone, Default)]
pub struct Flows {
    /// By sender and receiver.
    seen: HashMap<(SocketAddr, SocketAddr), Direction>,
    /// The keys in the order they came.
    order: VecDeque<(SocketAddr, SocketAddr)>,
}

/// What the SYN in one direction said, and the one before it: after a reboot of one end segments
/// of both incarnations are under way.
#[derive(Debug, Clone, Copy)]
struct Direction {
    now: Start,
    before: Option<Start>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Start {
    /// The sequence number of the SYN.
    sequence: u32,
    /// The shift that the SYN offered for the sender's windows; `None` if it offered none.
    scale: Option<u8>,
}

impl Direction {
    /// The start that `number` was most likely counted from: the one it is nearest behind, for
    /// numbers only go up.
    fn start_of(&self, number: u32) -> Start {
        let distance = |start: &Start| number.wrapping_sub(start.sequence);
        match self.before {
            Some(before) if distance(&before) < distance(&self.now) => before,
            _ => self.now,
        }
    }
}

impl Flows {
    /// Knows no SYN yet.
    pub fn new() -> Self {
        Self::default()
    }

    /// Gives a segment its relative numbers and its scaled window (RFC 7323, section 2: a SYN's own
    /// window is never scaled, and both sides must have offered a shift), as far as the SYNs were
    /// seen. A SYN is remembered.
    ///
    /// Segments must come in the order in which their senders wrote them, each once.
    pub fn annotate(&mut self, segment: &mut Segment) {
        let ends = (segment.source, segment.destination);
        if segment.flags.has(Flags::SYN) {
            self.remember(ends, segment);
        }
        let own = self.seen.get(&ends).map(|d| d.start_of(segment.sequence));
        // A segment acknowledges at least the peer's SYN, so its number is one behind it or more.
        let peer = self
            .seen
            .get(&(segment.destination, segment.source))
            .map(|d| d.start_of(segment.acknowledgment.wrapping_sub(1)));
        segment.relative_sequence = own.map(|start| segment.sequence.wrapping_sub(start.sequence));
        segment.relative_acknowledgment = peer
            .filter(|_| segment.flags.has(Flags::ACK))
            .map(|start| segment.acknowledgment.wrapping_sub(start.sequence));
        if !segment.flags.has(Flags::SYN)
            && let (Some(Start { scale: Some(shift), .. }), Some(Start { scale: Some(_), .. })) =
                (own, peer)
        {
            // 14 is the largest shift that counts (RFC 7323, section 2.3).
            segment.window = segment.window.wrapping_shl(u32::from(shift.min(14)));
        }
    }

    fn remember(&mut self, ends: (SocketAddr, SocketAddr), segment: &Segment) {
        let scale = segment.options.iter().find_map(|option| match option {
            TcpOption::WindowScale(shift) => Some(*shift),
            _ => None,
        });
        let start = Start { sequence: segment.sequence, scale };
        if let Some(known) = self.seen.get_mut(&ends) {
            if known.now.sequence != start.sequence {
                known.before = Some(known.now);
            }
            known.now = start;
            return;
        }
        if self.order.len() >= LIMIT
            && let Some(oldest) = self.order.pop_front()
        {
            self.seen.remove(&oldest);
        }
        self.order.push_back(ends);
        self.seen.insert(ends, Direction { now: start, before: None });
    }
}
