//! Rows that did not change are shared with the snapshot before.

use std::collections::HashMap;
use std::sync::Arc;

use crate::model::Socket;

/// `rows`, each of them the very row of `previous` where the two are equal. Linear in both lengths.
///
/// The kernel lists sockets in a stable order, so the row that follows the last match is tried
/// first; only when that fails the rest is looked up. A row that differs in nothing but a timer's
/// remaining time or in statistics is a new row: what is shown of it has changed.
pub fn share(previous: &[Arc<Socket>], rows: Vec<Socket>) -> Vec<Arc<Socket>> {
    let mut index = None;
    let mut next = 0;
    let shared = rows.into_iter().map(|row| {
        if let Some(old) = previous.get(next).filter(|old| key(old) == key(&row)) {
            next += 1;
            return if **old == row { old.clone() } else { Arc::new(row) };
        }
        let index = index.get_or_insert_with(|| by_key(previous));
        let Some(at) = index.get(&key(&row)) else { return Arc::new(row) };
        next = at + 1;
        match previous.get(*at).filter(|old| ***old == row) {
            Some(same) => same.clone(),
            None => Arc::new(row),
        }
    });
    shared.collect()
}

/// Nearly always unique; where it is not, a row is copied instead of shared, and nothing worse.
type Key = (u64, u64, Option<u16>, Option<u16>);

fn key(socket: &Socket) -> Key {
    let port = |address: &Option<crate::model::Address>| address.as_ref().and_then(|a| a.port());
    (socket.cookie, socket.inode, port(&socket.local), port(&socket.peer))
}

fn by_key(sockets: &[Arc<Socket>]) -> HashMap<Key, usize> {
    sockets.iter().enumerate().map(|(at, socket)| (key(socket), at)).collect()
}
