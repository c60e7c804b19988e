//! The order of a queue. The kernel lists sockets by hash, not by age; but both queues of a
//! listener are first in, first out, and the wire has seen in which order the packets came that
//! put connections there.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::model::{Fate, Flags, Ownerless, Passage, Socket};

/// Two ends of a connection, the queue's own first.
type Ends = (SocketAddr, SocketAddr);

/// When each queued connection was seen to come.
#[derive(Debug, Default)]
pub(super) struct Arrivals {
    seen: HashMap<Ends, u64>,
    count: u64,
}

impl Arrivals {
    /// Puts queued rows into the order in which they came, behind all others. `passages` is what
    /// has happened on the wire since the last time.
    pub fn order(&mut self, rows: &mut [Arc<Socket>], passages: &[Passage]) {
        let queued = |row: &Socket| {
            let waits = matches!(row.ownerless, Some(Ownerless::SynQueue | Ownerless::AcceptQueue));
            waits.then(|| row.ends()).flatten()
        };
        let mut fresh: Vec<Ends> = rows.iter().filter_map(|row| queued(row)).collect();
        let still: HashMap<Ends, u64> = fresh
            .iter()
            .filter_map(|ends| self.seen.get(ends).map(|when| (*ends, *when)))
            .collect();
        self.seen = still;
        fresh.retain(|ends| !self.seen.contains_key(ends));
        if !fresh.is_empty() {
            let came = first_deliveries(passages);
            fresh.sort_by_key(|ends| came.get(ends).copied().unwrap_or(usize::MAX));
            for ends in fresh {
                self.count += 1;
                self.seen.insert(ends, self.count);
            }
        }
        if !self.seen.is_empty() {
            // Stable: rows that are in no queue stay as the kernel lists them.
            rows.sort_by_cached_key(|row| {
                queued(row).and_then(|ends| self.seen.get(&ends).copied())
            });
        }
    }
}

/// Where among the passages each connection's first packet was delivered, by the receiver's ends.
fn first_deliveries(passages: &[Passage]) -> HashMap<Ends, usize> {
    let mut found = HashMap::new();
    for (place, passage) in passages.iter().enumerate() {
        let delivered = matches!(passage.fate, Fate::Delivered | Fate::Duplicated);
        if let Some(segment) = passage.packet.segment().filter(|_| delivered)
            && !(segment.flags.has(Flags::SYN) && segment.flags.has(Flags::ACK))
        {
            found.entry((segment.destination, segment.source)).or_insert(place);
        }
    }
    found
}
