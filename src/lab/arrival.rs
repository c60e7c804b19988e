//! The order of a queue. The kernel lists sockets by hash, not by age; but both queues of a
//! listener are first in, first out, and the wire has seen in which order the packets came that
//! put connections there.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::model::{Fate, Flags, Ownerless, Passage, Socket};

/// Two ends of a connection, the queue's own first.
type Ends = (SocketAddr, SocketAddr);

/// When each queued connection was seen to come into the queue where it is.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    seen: HashMap<Place, u64>,
    count: u64,
}

/// A connection in one of the two queues. It leaves the SYN queue from any place, and comes to the
/// accept queue as its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
struct Place {
    queue: Queue,
    ends: Ends,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Queue {
    Syn,
    Accept,
}

impl Arrivals {
    /// Puts queued rows into the order in which they came into their queue, behind all others.
    /// `passages` is what has happened on the wire since the last time.
    pub fn order(&mut self, rows: &mut [Arc<Socket>], passages: &[Passage]) {
        let mut fresh: Vec<Place> = rows.iter().filter_map(|row| place(row)).collect();
        let still = fresh.iter().filter_map(|place| Some((*place, *self.seen.get(place)?)));
        self.seen = still.collect();
        fresh.retain(|place| !self.seen.contains_key(place));
        if !fresh.is_empty() {
            let came = Deliveries::among(passages);
            fresh.sort_by_key(|place| came.brought(place));
            for place in fresh {
                self.count += 1;
                self.seen.insert(place, self.count);
            }
        }
        if !self.seen.is_empty() {
            // Stable: rows that are in no queue stay as the kernel lists them.
            rows.sort_by_cached_key(|row| {
                place(row).and_then(|place| self.seen.get(&place).copied())
            });
        }
    }
}

/// The queue that a row stands in, if it does.
fn place(row: &Socket) -> Option<Place> {
    let queue = match row.ownerless? {
        Ownerless::SynQueue => Queue::Syn,
        Ownerless::AcceptQueue => Queue::Accept,
        Ownerless::Orphan | Ownerless::TimeWait => return None,
    };
    row.ends().map(|ends| Place { queue, ends })
}

/// Where among some passages each connection's first packets were delivered, by the receiver's
/// ends.
#[derive(Debug, Default)]
struct Deliveries {
    /// The SYN, which puts a request into the SYN queue.
    asked: HashMap<Ends, usize>,
    /// The first packet behind it, which puts the connection into the accept queue.
    completed: HashMap<Ends, usize>,
}

impl Deliveries {
    fn among(passages: &[Passage]) -> Self {
        let mut found = Self::default();
        for (index, passage) in passages.iter().enumerate() {
            let delivered = matches!(passage.fate, Fate::Delivered | Fate::Duplicated);
            let Some(segment) = passage.packet.segment().filter(|_| delivered) else { continue };
            let ends = (segment.destination, segment.source);
            match (segment.flags.has(Flags::SYN), segment.flags.has(Flags::ACK)) {
                (true, false) => found.asked.entry(ends).or_insert(index),
                (false, true) => found.completed.entry(ends).or_insert(index),
                (true, true) | (false, false) => continue,
            };
        }
        found
    }

    /// What sorts connections that came into a queue since the last time.
    fn brought(&self, place: &Place) -> usize {
        let came = match place.queue {
            Queue::Accept => &self.completed,
            Queue::Syn => &self.asked,
        };
        came.get(&place.ends).copied().unwrap_or(usize::MAX)
    }
}
