//! Where something that was done again came out differently.

use crate::model::{Change, Fate, HostName, Outcome, PacketKind, ProcessName, Said, TcpState};

use super::entry::Entry;

/// Where something that was done again came out differently.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The first entry that differs, by its place on the new timeline.
    pub entry: usize,
    /// What was there before and is not now.
    pub before: Vec<Happening>,
    /// What is there now and was not before.
    pub now: Vec<Happening>,
}

/// One thing that happened in a moment, without what differs from run to run (sequence numbers,
/// inodes, times).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Happening {
    /// A call, and what came of it.
    Call {
        /// Who made it.
        process: ProcessName,
        /// Its C.
        code: String,
        /// What came of it.
        outcome: Outcome,
    },
    /// A packet on the wire.
    Packet {
        /// `SYN,ACK`, `DATA 5`.
        label: String,
        /// Its ports, from and to.
        ports: Option<(u16, u16)>,
        /// What became of it.
        fate: Fate,
    },
    /// A TCP socket came, changed its state or went.
    State {
        /// Its host.
        host: HostName,
        /// Its own address, if it has one.
        local: String,
        /// The state before; `None` if there was no such socket.
        from: Option<TcpState>,
        /// The state after; `None` if it is gone.
        to: Option<TcpState>,
    },
    /// So many moments that timers brought.
    Timers(usize),
    /// It was refused, and why.
    Refused(Said),
}

/// What happened in an entry, to tell whether doing it again came out the same. Where ACKs may be
/// delayed, it is chance whether a bare one, and the state that hangs on it, still falls into the
/// same moment: then both are left out.
pub(super) fn happenings(entry: &Entry, delayed_acks: bool) -> Vec<Happening> {
    let moment = &entry.moment;
    let calls = moment.reports.iter().map(|report| Happening::Call {
        process: report.call.process.clone(),
        code: report.call.code.clone(),
        outcome: report.outcome.clone(),
    });
    let passages = moment.passages.iter();
    let passages = passages.filter(|p| !delayed_acks || !PacketKind::Ack.matches(&p.packet));
    let packets = passages.map(|passage| Happening::Packet {
        label: passage.packet.label(),
        ports: passage.packet.ports(),
        fate: passage.fate,
    });
    let states = moment.changes.iter().filter(|_| !delayed_acks).filter_map(Change::transition);
    let states = states.map(|change| Happening::State {
        host: change.host.clone(),
        local: change.socket.local.as_ref().map(ToString::to_string).unwrap_or_default(),
        from: change.from,
        to: change.to,
    });
    calls.chain(packets).chain(states).collect()
}

/// What differs between two entries' happenings: the first pair, or what one of them has more.
pub(super) fn between(
    before: &[Happening],
    now: &[Happening],
) -> Option<(Vec<Happening>, Vec<Happening>)> {
    if before == now {
        return None;
    }
    let pair = before.iter().zip(now).find(|(a, b)| a != b);
    Some(match pair {
        Some((a, b)) => (vec![a.clone()], vec![b.clone()]),
        None => {
            let shorter = before.len().min(now.len());
            (before[shorter..].to_vec(), now[shorter..].to_vec())
        }
    })
}
