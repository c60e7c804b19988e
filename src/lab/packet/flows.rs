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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const CLIENT: &str = "198.51.100.2:40001";
    const SERVER: &str = "198.51.100.1:8080";

    fn segment(from: &str, to: &str, flags: Flags, sequence: u32, acknowledgment: u32) -> Segment {
        Segment {
            source: from.parse().expect("an address"),
            destination: to.parse().expect("an address"),
            flags,
            sequence,
            acknowledgment,
            relative_sequence: None,
            relative_acknowledgment: None,
            window: 100,
            length: 0,
            urgent: None,
            options: Vec::new(),
        }
    }

    fn with_scale(mut segment: Segment, shift: u8) -> Segment {
        segment.options.push(TcpOption::WindowScale(shift));
        segment
    }

    /// What `annotate` makes of it: relative numbers and window.
    fn seen(flows: &mut Flows, mut segment: Segment) -> (Option<u32>, Option<u32>, u32) {
        flows.annotate(&mut segment);
        (segment.relative_sequence, segment.relative_acknowledgment, segment.window)
    }

    const SYN_ACK: Flags = Flags(Flags::SYN.0 | Flags::ACK.0);

    /// Flows that saw a handshake with these initial numbers.
    fn handshake(client: u32, server: u32) -> Flows {
        let mut flows = Flows::new();
        let syn = with_scale(segment(CLIENT, SERVER, Flags::SYN, client, 0), 7);
        assert_eq!(seen(&mut flows, syn), (Some(0), None, 100));
        let answer = segment(SERVER, CLIENT, SYN_ACK, server, client.wrapping_add(1));
        assert_eq!(seen(&mut flows, with_scale(answer, 3)), (Some(0), Some(1), 100));
        flows
    }

    #[test]
    fn numbers_count_from_the_syn_and_windows_are_shifted() {
        // Both wrap around.
        let mut flows = handshake(u32::MAX, u32::MAX - 1);
        let data = segment(CLIENT, SERVER, Flags::ACK, 5, 0);
        assert_eq!(seen(&mut flows, data), (Some(6), Some(2), 100 << 7));
        let back = segment(SERVER, CLIENT, Flags::ACK, 0, 5);
        assert_eq!(seen(&mut flows, back), (Some(2), Some(6), 100 << 3));
    }

    #[test]
    fn what_no_syn_was_seen_of_has_no_relative_number() {
        let mut flows = Flows::new();
        let ack = segment(CLIENT, SERVER, Flags::ACK, 5, 6);
        assert_eq!(seen(&mut flows, ack), (None, None, 100));
        // A closed port answers from nowhere: only the acknowledgment is known.
        seen(&mut flows, segment(CLIENT, SERVER, Flags::SYN, 1000, 0));
        let reset = Flags::RST.with(Flags::ACK);
        let reset = segment(SERVER, CLIENT, reset, 0, 1001);
        assert_eq!(seen(&mut flows, reset), (None, Some(1), 100));
    }

    #[test]
    fn a_shift_that_only_one_side_offered_does_not_count() {
        let mut flows = Flows::new();
        seen(&mut flows, with_scale(segment(CLIENT, SERVER, Flags::SYN, 1, 0), 7));
        seen(&mut flows, segment(SERVER, CLIENT, SYN_ACK, 1, 2));
        let data = segment(CLIENT, SERVER, Flags::ACK, 2, 2);
        assert_eq!(seen(&mut flows, data), (Some(1), Some(1), 100));
    }

    #[test]
    fn both_ends_may_open_at_once() {
        let mut flows = Flows::new();
        assert_eq!(seen(&mut flows, segment(CLIENT, SERVER, Flags::SYN, 10, 0)).0, Some(0));
        assert_eq!(seen(&mut flows, segment(SERVER, CLIENT, Flags::SYN, 90, 0)).0, Some(0));
        let answer = segment(CLIENT, SERVER, SYN_ACK, 10, 91);
        assert_eq!(seen(&mut flows, answer), (Some(0), Some(1), 100));
        let ack = segment(SERVER, CLIENT, Flags::ACK, 91, 11);
        assert_eq!(seen(&mut flows, ack), (Some(1), Some(1), 100));
    }

    #[test]
    fn a_rebooted_client_does_not_confuse_the_old_connection() {
        let mut flows = handshake(1000, 2000);
        let again = segment(CLIENT, SERVER, Flags::SYN, 900_000, 0);
        assert_eq!(seen(&mut flows, again), (Some(0), None, 100));
        // The server still answers for the old one (a challenge ACK), the client resets that.
        let challenge = segment(SERVER, CLIENT, Flags::ACK, 2001, 1001);
        let (sequence, acknowledgment, _) = seen(&mut flows, challenge);
        assert_eq!((sequence, acknowledgment), (Some(1), Some(1)));
        assert_eq!(seen(&mut flows, segment(CLIENT, SERVER, Flags::RST, 1001, 0)).0, Some(1));
        let data = segment(CLIENT, SERVER, Flags::ACK, 900_001, 2001);
        assert_eq!(seen(&mut flows, data).0, Some(1));
    }

    #[test]
    fn memory_is_bounded_and_the_oldest_is_forgotten_first() {
        let mut flows = Flows::new();
        for number in 0..=u32::try_from(LIMIT).expect("it is small") {
            let ip = std::net::Ipv4Addr::from_bits(0x0a00_0000 + number);
            let from = format!("{ip}:1");
            seen(&mut flows, segment(&from, SERVER, Flags::SYN, 7, 0));
        }
        assert_eq!((flows.seen.len(), flows.order.len()), (LIMIT, LIMIT));
        let first = segment("10.0.0.0:1", SERVER, Flags::ACK, 8, 0);
        assert_eq!(seen(&mut flows, first).0, None);
        let second = segment("10.0.0.1:1", SERVER, Flags::ACK, 8, 0);
        assert_eq!(seen(&mut flows, second).0, Some(1));
    }

    proptest! {
        #[test]
        fn a_connection_counts_from_its_syn_wherever_that_is(
            client: u32, server: u32, sent in 0u32..1 << 30, received in 0u32..1 << 30,
        ) {
            let mut flows = handshake(client, server);
            let number = |start: u32, count: u32| start.wrapping_add(1).wrapping_add(count);
            let data =
                segment(CLIENT, SERVER, Flags::ACK, number(client, sent), number(server, received));
            let (sequence, acknowledgment, _) = seen(&mut flows, data);
            prop_assert_eq!(sequence, Some(sent + 1));
            prop_assert_eq!(acknowledgment, Some(received + 1));
        }
    }
}
