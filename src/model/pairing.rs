//! Which row of a snapshot is which row of the one before.

use std::collections::{HashMap, HashSet};
use std::net::SocketAddr;
use std::sync::Arc;

use super::socket::{Address, Kind, Socket};

/// A row before and after; `None` where there is none.
pub type Pair<'a> = (Option<&'a Arc<Socket>>, Option<&'a Arc<Socket>>);

/// Pairs the rows that are not shared: those of `after` in their order, then those of `before`
/// that are gone, by inode. Linear in both.
///
/// Two rows are the same socket if they have the same inode, or, where one has none, the same pair
/// of ends, the same cookie or the same names. The ends hold over a request socket that becomes a
/// connection, over accept() and over close(), which each give it another inode or cookie.
pub fn pairs<'a>(before: &'a [Arc<Socket>], after: &'a [Arc<Socket>]) -> Vec<Pair<'a>> {
    let known: HashSet<*const Socket> = before.iter().map(Arc::as_ptr).collect();
    let kept: HashSet<*const Socket> = after.iter().map(Arc::as_ptr).collect();
    let old: Vec<_> = before.iter().filter(|s| !kept.contains(&Arc::as_ptr(s))).collect();
    let mut left = Left::new(old);
    let fresh = after.iter().filter(|s| !known.contains(&Arc::as_ptr(s)));
    let mut pairs: Vec<Pair<'a>> = fresh.map(|new| (left.take(new), Some(new))).collect();
    let mut gone: Vec<_> = left.rest().collect();
    gone.sort_by_key(|socket| (socket.inode, socket.cookie));
    pairs.extend(gone.into_iter().map(|old| (Some(old), None)));
    pairs
}

/// What two rows of one socket have in common.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key<'a> {
    Inode(u64),
    Ends(Kind, SocketAddr, SocketAddr),
    Cookie(Kind, u64),
    Names(Kind, &'a Option<Address>, &'a Option<Address>),
}

/// What a row can be found by, the surest first.
fn keys(socket: &Socket) -> impl Iterator<Item = Key<'_>> {
    let kind = socket.kind;
    let connected = matches!(&socket.peer, Some(Address::Inet(peer)) if peer.port() != 0);
    let ends = socket.ends().filter(|_| connected);
    let inode = (socket.inode != 0).then_some(Key::Inode(socket.inode));
    let ends = ends.map(|(local, peer)| Key::Ends(kind, local, peer));
    let cookie = (socket.cookie != 0).then_some(Key::Cookie(kind, socket.cookie));
    let names = (socket.inode == 0).then_some(Key::Names(kind, &socket.local, &socket.peer));
    [inode, ends, cookie, names].into_iter().flatten()
}

/// The earlier rows that have not found their later one.
struct Left<'a> {
    /// Emptied as they are taken.
    rows: Vec<Option<&'a Arc<Socket>>>,
    /// The rows with a key, the last first. Those with and those without an inode stand apart: of
    /// two rows that both have one, nothing else counts. So the first that is left always fits,
    /// and none is looked at twice.
    by_key: HashMap<(bool, Key<'a>), Vec<usize>>,
}

impl<'a> Left<'a> {
    fn new(rows: Vec<&'a Arc<Socket>>) -> Self {
        let mut by_key: HashMap<_, Vec<usize>> = HashMap::with_capacity(rows.len() * 3);
        for (at, row) in rows.iter().enumerate().rev() {
            for key in keys(row) {
                by_key.entry((row.inode != 0, key)).or_default().push(at);
            }
        }
        Self { rows: rows.into_iter().map(Some).collect(), by_key }
    }

    /// Takes the row that was `new` before.
    fn take(&mut self, new: &'a Socket) -> Option<&'a Arc<Socket>> {
        for key in keys(new) {
            // A row with an inode is another than one with another inode, whatever else is equal.
            let among: &[bool] = match (&key, new.inode) {
                (Key::Inode(_), _) => &[true],
                (_, 0) => &[true, false],
                (_, _) => &[false],
            };
            for has_inode in among {
                if let Some(row) = self.first((*has_inode, key.clone())) {
                    return Some(row);
                }
            }
        }
        None
    }

    fn first(&mut self, key: (bool, Key<'a>)) -> Option<&'a Arc<Socket>> {
        let places = self.by_key.get_mut(&key)?;
        while let Some(at) = places.pop() {
            if let Some(row) = self.rows.get_mut(at).and_then(Option::take) {
                return Some(row);
            }
        }
        None
    }

    fn rest(self) -> impl Iterator<Item = &'a Arc<Socket>> {
        self.rows.into_iter().flatten()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Family, Timer, TimerKind};
    use proptest::prelude::*;

    fn row(inode: u64, cookie: u64, local: u16, peer: u16, left_ms: u32) -> Socket {
        let address = |port: u16| Some(Address::Inet(SocketAddr::from(([127, 0, 0, 1], port))));
        Socket {
            kind: Kind { family: Family::Inet, kind: 1, protocol: 6 },
            state: None,
            local: address(local),
            peer: address(peer),
            recv_q: None,
            send_q: None,
            timer: Some(Timer { kind: TimerKind::TimeWait, left_ms, retransmits: 0 }),
            inode,
            cookie,
            ownerless: None,
            shutdown: None,
            v6only: None,
            partner: None,
            reuse: None,
            tcp: None,
            memory: None,
        }
    }

    /// The rule as it is said, for two rows.
    fn same(a: &Socket, b: &Socket) -> bool {
        if a.inode != 0 && b.inode != 0 {
            return a.inode == b.inode;
        }
        let ends = |s: &Socket| s.ends().filter(|(_, peer)| peer.port() != 0);
        ends(a).is_some() && ends(a) == ends(b)
            || a.cookie != 0 && a.cookie == b.cookie
            || a.inode == b.inode && (&a.local, &a.peer) == (&b.local, &b.peer)
    }

    fn all(rows: Vec<Socket>) -> Vec<Arc<Socket>> {
        rows.into_iter().map(Arc::new).collect()
    }

    #[test]
    fn a_connection_is_the_same_from_request_to_accept_to_time_wait() {
        let stages = [(0, 7), (0, 8), (4711, 8), (0, 9)];
        for pair in stages.windows(2) {
            let one = |(inode, cookie)| all(vec![row(inode, cookie, 8080, 40_001, 0)]);
            let (before, after) = (one(pair[0]), one(pair[1]));
            assert_eq!(pairs(&before, &after), [(before.first(), after.first())]);
        }
    }

    #[test]
    fn many_rows_that_all_changed_are_paired_in_no_time() {
        // 20,000 TIME_WAIT rows, whose timers run down between any two snapshots, in another order.
        let rows = |left| {
            (1..=20_000u64).map(move |n| {
                let port = u16::try_from(n).unwrap_or(u16::MAX);
                row(0, n, 8080, port, left)
            })
        };
        let before = all(rows(60_000).collect());
        let after = all(rows(59_000).rev().collect());
        let start = std::time::Instant::now();
        let pairs = pairs(&before, &after);
        assert_eq!(pairs.len(), 20_000);
        assert!(pairs.iter().all(|(old, new)| old.is_some() && new.is_some()));
        // Each with each would be 200 million comparisons.
        assert!(start.elapsed() < std::time::Duration::from_secs(5));
    }

    fn some_rows() -> impl Strategy<Value = Vec<Socket>> {
        let one = (0u64..4, 0u64..4, 0u16..3, 0u16..3)
            .prop_map(|(inode, cookie, local, peer)| row(inode, cookie, local, peer, 0));
        prop::collection::vec(one, 0..7)
    }

    proptest! {
        #[test]
        fn pairs_follow_the_rule_and_leave_none_that_would_fit(
            before in some_rows(), after in some_rows(),
        ) {
            let (before, after) = (all(before), all(after));
            let pairs = pairs(&before, &after);
            prop_assert_eq!(pairs.iter().filter(|(old, _)| old.is_some()).count(), before.len());
            prop_assert_eq!(pairs.iter().filter(|(_, new)| new.is_some()).count(), after.len());
            for (old, new) in &pairs {
                if let (Some(old), Some(new)) = (old, new) {
                    prop_assert!(same(old, new));
                }
            }
            let gone = pairs.iter().filter(|(_, new)| new.is_none()).filter_map(|(old, _)| *old);
            for old in gone {
                let fresh = pairs.iter().filter(|(old, _)| old.is_none());
                prop_assert!(!fresh.filter_map(|(_, new)| *new).any(|new| same(old, new)));
            }
        }
    }
}
