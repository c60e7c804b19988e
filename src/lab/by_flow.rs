//! Which packets of which connection the wire holds. A new packet is compared with those of its
//! own connection only, so that thousands of held ones of others cost nothing.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::model::{Held, Packet};

/// The held TCP packets by sender and receiver, each by its number.
#[derive(Debug, Default)]
pub(super) struct ByFlow(HashMap<(SocketAddr, SocketAddr), Vec<u64>>);

impl ByFlow {
    /// This packet is held from now on.
    pub fn add(&mut self, packet: &Packet) {
        if let Some(flow) = flow(packet) {
            self.0.entry(flow).or_default().push(packet.number);
        }
    }

    /// This packet is no longer held.
    pub fn remove(&mut self, packet: &Packet) {
        let Some(flow) = flow(packet) else { return };
        if let Some(numbers) = self.0.get_mut(&flow) {
            numbers.retain(|number| *number != packet.number);
            if numbers.is_empty() {
                self.0.remove(&flow);
            }
        }
    }

    /// Nothing is held any more.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The places in `held` of the packets of the same connection and direction, oldest first.
    pub fn places<'a>(
        &'a self,
        packet: &Packet,
        held: &'a [Arc<Held>],
    ) -> impl Iterator<Item = usize> + 'a {
        let numbers = flow(packet).and_then(|flow| self.0.get(&flow));
        numbers.into_iter().flatten().filter_map(|number| place(held, *number))
    }
}

fn flow(packet: &Packet) -> Option<(SocketAddr, SocketAddr)> {
    packet.segment().map(|segment| (segment.source, segment.destination))
}

/// Packets are held in the order of their numbers, but the learner may have swapped the two
/// oldest.
fn place(held: &[Arc<Held>], number: u64) -> Option<usize> {
    let swapped = held.iter().take(2).position(|held| held.packet.number == number);
    swapped.or_else(|| {
        let rest = held.get(2..)?;
        let place = rest.binary_search_by_key(&number, |held| held.packet.number).ok()?;
        Some(place + 2)
    })
}
