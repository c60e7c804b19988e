//! Which packets stand on the ladder: the last that came to an end, then those in flight.

use std::collections::HashSet;
use std::sync::Arc;

use crate::model::{Cause, Fate, Moment, Packet, Wire};

/// One line of the ladder.
#[derive(Debug, Clone)]
pub struct Leg {
    /// The packet.
    pub packet: Arc<Packet>,
    /// How it fares.
    pub end: End,
    /// It came, went or was sent again in this moment.
    pub new: bool,
}

/// How a packet fares.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It reached the other kernel.
    Arrived,
    /// It never will.
    Lost,
    /// It is in the learner's hands.
    Held {
        /// How many equal ones the kernel has sent.
        copies: u32,
        /// How many other held packets it covers.
        covers: u32,
    },
}

/// The ladder of the last moment of `moments` (newest first; the first `newest` of them are what
/// the page is about), with at most `limit` finished packets, oldest first, and all that are
/// held.
pub fn legs<'a>(
    moments: impl Iterator<Item = &'a Moment>,
    newest: usize,
    wire: &Wire,
    limit: usize,
) -> (Vec<Leg>, Vec<Leg>) {
    let mut finished: Vec<Leg> = Vec::new();
    let mut touched: HashSet<u64> = HashSet::new();
    for (age, moment) in moments.enumerate() {
        let new = age < newest;
        if new {
            touched.extend(moment.passages.iter().map(|passage| passage.packet.number));
        }
        let ends = moment.passages.iter().rev().filter_map(|passage| {
            let end = end(passage.fate)?;
            Some(Leg { packet: passage.packet.clone(), end, new })
        });
        finished.extend(ends.take(limit - finished.len()));
        // What was before the lab's start was on another wire.
        if finished.len() >= limit || matches!(moment.cause, Cause::Start) {
            break;
        }
    }
    finished.reverse();
    let held = wire.held.iter().take(limit).map(|held| Leg {
        packet: held.packet.clone(),
        end: End::Held { copies: held.copies, covers: held.covers },
        new: touched.contains(&held.packet.number),
    });
    (finished, held.collect())
}

/// The end of a packet's way; `None` while it is held.
fn end(fate: Fate) -> Option<End> {
    match fate {
        Fate::Held | Fate::Folded => None,
        Fate::Delivered | Fate::Duplicated => Some(End::Arrived),
        Fate::Dropped
        | Fate::Cut
        | Fate::Unreachable
        | Fate::Overflow
        | Fate::NoReceiver
        | Fate::Refused => Some(End::Lost),
    }
}
