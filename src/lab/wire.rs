//! The wire's decisions, without any I/O: packets go in, and what is to be written to which TUN
//! comes out.
//!
//! *Must not know*: a TUN, a clock, a process.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use crate::model::{Body, Fate, Flags, Held, HostName, Packet, Passage, ProcessName, Said, Wire};

use super::by_flow::ByFlow;
use super::flood::Allowance;
use super::packet::{Flows, decode, ends};
use receivers::Receivers;

/// A packet for a host's kernel. Whoever writes it says with [`Switch::delivered`] how that went.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Delivery {
    /// The packet.
    pub packet: Arc<Packet>,
    /// [`Fate::Delivered`] or [`Fate::Duplicated`].
    pub fate: Fate,
}

/// The wire between the hosts.
#[derive(Debug, Default)]
pub(super) struct Switch {
    wire: Arc<Wire>,
    receivers: Receivers,
    flows: Flows,
    count: u64,
    outgoing: VecDeque<Delivery>,
    passages: Vec<Passage>,
    by_flow: ByFlow,
    told: Told,
}

/// What may be told of the passages, and how many were not since the last moment.
#[derive(Debug)]
struct Told {
    control: Allowance,
    other: Allowance,
    untold: u64,
}

impl Default for Told {
    fn default() -> Self {
        Self { control: Allowance::CONTROL, other: Allowance::OTHER, untold: 0 }
    }
}

/// Why the wire could not do what it was told: a sentence for the learner.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Unwilling(pub Said);

/// The ports that the sockets of each process have had.
pub(super) type Ports = BTreeMap<ProcessName, BTreeSet<u16>>;

/// The wire is a teaching aid: more packets than this in flight are more than anyone can see, and
/// a lesson that floods it is cut off.
pub(super) const MOST_HELD: usize = 65_536;

impl Switch {
    /// A wire between hosts with these addresses.
    pub fn new(addresses: impl IntoIterator<Item = (IpAddr, HostName)>) -> Self {
        Self { receivers: Receivers::new(addresses), ..Self::default() }
    }

    /// The wire as a snapshot shows it.
    pub fn wire(&self) -> Arc<Wire> {
        self.wire.clone()
    }

    /// What is to be written next.
    pub fn next_delivery(&mut self) -> Option<Delivery> {
        self.outgoing.pop_front()
    }

    /// Notes what became of a delivery.
    pub fn delivered(&mut self, delivery: Delivery, taken: bool) {
        let fate = if taken { delivery.fate } else { Fate::Refused };
        self.pass(delivery.packet, fate);
    }

    /// What has happened on the wire since [`Switch::take_passages`] was called last.
    pub fn passages(&self) -> &[Passage] {
        &self.passages
    }

    /// What happened on the wire since the last time this was asked, in order, and how many
    /// packets passed besides.
    pub fn take_passages(&mut self, at: Duration) -> (Vec<Passage>, u64) {
        self.told.control.refill(at);
        self.told.other.refill(at);
        (std::mem::take(&mut self.passages), std::mem::take(&mut self.told.untold))
    }

    /// How many passages were not told since the last moment.
    pub fn untold(&self) -> u64 {
        self.told.untold
    }

    /// The host to which a packet goes at once, because the wire would deliver it and nobody would
    /// be told; [`Switch::went_straight`] is to be called then. `None`: it is for
    /// [`Switch::send`].
    pub fn straight(&self, bytes: &[u8]) -> Option<&HostName> {
        let idle = self.wire.is_auto() && !self.wire.cut && self.outgoing.is_empty();
        if !idle || !self.told.other.is_spent() || is_control(bytes) {
            return None;
        }
        self.receivers.of(ends(bytes)?.destination)
    }

    /// Counts a packet that went straight.
    pub fn went_straight(&mut self) {
        self.count += 1;
        self.told.untold += 1;
    }

    /// A host's kernel has sent `bytes`. What is for everybody becomes a packet for each.
    pub fn send(&mut self, from: &HostName, bytes: &[u8], at: Duration, ports: &Ports) {
        let destination = ends(bytes).map(|ends| ends.destination);
        let everybody = destination.map(|to| self.receivers.everybody(from, to));
        let everybody = everybody.unwrap_or_default();
        if everybody.is_empty() {
            let packet = self.packet(Some(from.clone()), self.receiver(bytes), bytes, at);
            return self.carry(packet, at, ports);
        }
        for to in everybody {
            let packet = self.packet(Some(from.clone()), Some(to), bytes, at);
            self.carry(packet, at, ports);
        }
    }

    /// Takes a packet on its way.
    fn carry(&mut self, packet: Arc<Packet>, at: Duration, ports: &Ports) {
        if self.wire.cut {
            return self.pass(packet, Fate::Cut);
        }
        if packet.to.is_none() {
            return self.pass(packet, Fate::NoReceiver);
        }
        let known = |process: &ProcessName| ports_of(ports, process);
        if !self.wire.filters.iter().any(|filter| filter.matches(&packet, known)) {
            self.outgoing.push_back(Delivery { packet, fate: Fate::Delivered });
            return;
        }
        self.hold(packet, at);
    }

    fn hold(&mut self, packet: Arc<Packet>, at: Duration) {
        let wire = Arc::make_mut(&mut self.wire);
        let places: Vec<usize> = self.by_flow.places(&packet, &wire.held).collect();
        let same = |place: &&usize| packet.is_copy_of(&wire.held[**place].packet);
        if let Some(place) = places.iter().find(same) {
            let held = Arc::make_mut(&mut wire.held[*place]);
            held.copies += 1;
            held.last = at;
            return self.pass(packet, Fate::Folded);
        }
        if wire.held.len() >= MOST_HELD {
            return self.pass(packet, Fate::Overflow);
        }
        let covered = places.iter().filter(|place| covers(&packet, &wire.held[**place].packet));
        let covers = u32::try_from(covered.count()).unwrap_or(u32::MAX);
        self.by_flow.add(&packet);
        wire.held.push(Arc::new(Held { packet: packet.clone(), copies: 1, last: at, covers }));
        self.pass(packet, Fate::Held);
    }

    fn receiver(&self, bytes: &[u8]) -> Option<HostName> {
        self.receivers.of(ends(bytes)?.destination).cloned()
    }

    /// A packet as the wire knows it. One whose receiver is gone stays on the wire, as on a real
    /// one.
    fn packet(
        &mut self,
        from: Option<HostName>,
        to: Option<HostName>,
        bytes: &[u8],
        at: Duration,
    ) -> Arc<Packet> {
        self.count += 1;
        let mut body = decode(bytes);
        if let Body::Tcp(segment) = &mut body {
            self.flows.annotate(segment);
        }
        Arc::new(Packet { number: self.count, from, to, at, bytes: bytes.into(), body })
    }

    fn pass(&mut self, packet: Arc<Packet>, fate: Fate) {
        let told = &mut self.told;
        let allowance = if is_control(&packet.bytes) { &mut told.control } else { &mut told.other };
        if allowance.take() {
            self.passages.push(Passage { packet, fate });
        } else {
            told.untold += 1;
        }
    }
}

/// Whether a packet opens, closes or breaks a TCP connection.
fn is_control(bytes: &[u8]) -> bool {
    const TCP: u8 = 6;
    let at = |index: usize| bytes.get(index).copied().unwrap_or(0);
    let header = match at(0) >> 4 {
        4 if at(9) == TCP => usize::from(at(0) & 15) * 4,
        6 if at(6) == TCP => 40,
        _ => return false,
    };
    let flags = Flags::FIN.with(Flags::SYN).with(Flags::RST);
    at(header + 13) & flags.0 != 0
}

fn ports_of(ports: &Ports, process: &ProcessName) -> Vec<u16> {
    ports.get(process).map_or_else(Vec::new, |ports| ports.iter().copied().collect())
}

/// Whether a segment sends bytes again that `held` carries.
fn covers(packet: &Packet, held: &Packet) -> bool {
    let (Some(new), Some(old)) = (packet.segment(), held.segment()) else { return false };
    let same = (new.source, new.destination) == (old.source, old.destination);
    let offset = old.sequence.wrapping_sub(new.sequence);
    same && old.span() > 0 && offset < new.span() && old.span() <= new.span() - offset
}

mod act;
mod receivers;
#[cfg(test)]
mod tests;
