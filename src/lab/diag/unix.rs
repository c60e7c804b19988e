//! A row of the dump of unix(7) sockets: `struct unix_diag_msg`.

use std::collections::HashMap;

use crate::lab::netlink::{Attribute, Attributes, u32_at};
use crate::model::{Address, Family, Kind, Socket, TcpState};

use super::memory;

/// The size of `struct unix_diag_msg`; attributes stand behind it.
const SIZE: usize = 16;

const UNIX_DIAG_NAME: u16 = 0;
const UNIX_DIAG_PEER: u16 = 2;
const UNIX_DIAG_ICONS: u16 = 3;
const UNIX_DIAG_RQLEN: u16 = 4;
const UNIX_DIAG_MEMINFO: u16 = 5;
const UNIX_DIAG_SHUTDOWN: u16 = 6;

/// To whom a unix socket is tied, by inode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The socket's own inode.
    pub inode: u64,
    /// The inode of its peer, if it has one. The peer of a client that waits in an accept queue
    /// has no inode yet and is `None`.
    pub peer: Option<u64>,
    /// For a listener: the inodes of the clients that wait to be accepted; 0 for one that has gone.
    pub waiting: Vec<u64>,
}

/// The socket of one row and its ties; `None` if the row is shorter than its structure.
///
/// Recv-Q and Send-Q are a listener's accept-queue length and limit, and otherwise what waits in
/// the two directions in bytes (for datagrams the length of the first one, and memory).
pub(super) fn row(payload: &[u8]) -> Option<(Socket, Link)> {
    let (fixed, attributes) = payload.split_at_checked(SIZE)?;
    let inode = u64::from(u32_at(fixed, 4)?);
    let mut link = Link { inode, peer: None, waiting: Vec::new() };
    let mut socket = Socket {
        kind: Kind { family: Family::Unix, kind: i32::from(fixed[1]), protocol: 0 },
        state: TcpState::from_number(fixed[2]),
        local: Some(Address::Unnamed),
        peer: None,
        recv_q: None,
        send_q: None,
        timer: None,
        inode,
        cookie: u64::from(u32_at(fixed, 8)?) | u64::from(u32_at(fixed, 12)?) << 32,
        ownerless: None,
        shutdown: None,
        v6only: None,
        partner: None,
        reuse: None,
        tcp: None,
        memory: None,
    };
    for attribute in Attributes::new(attributes) {
        match attribute.kind {
            UNIX_DIAG_NAME => socket.local = Some(name(attribute.payload)),
            UNIX_DIAG_PEER => link.peer = attribute.u32().filter(|i| *i != 0).map(u64::from),
            UNIX_DIAG_ICONS => link.waiting = inodes(&attribute),
            UNIX_DIAG_RQLEN => {
                socket.recv_q = attribute.u32();
                socket.send_q = u32_at(attribute.payload, 4);
            }
            UNIX_DIAG_MEMINFO => socket.memory = memory(&attribute, None),
            UNIX_DIAG_SHUTDOWN => socket.shutdown = attribute.u8(),
            _ => {}
        }
    }
    Some((socket, link))
}

/// A name as the kernel keeps it: an abstract one begins with a zero byte, a path may end in one.
fn name(bytes: &[u8]) -> Address {
    match bytes {
        [] => Address::Unnamed,
        [0, rest @ ..] => Address::Abstract(rest.to_vec()),
        [path @ .., 0] => Address::Path(path.to_vec()),
        path => Address::Path(path.to_vec()),
    }
}

fn inodes(attribute: &Attribute<'_>) -> Vec<u64> {
    let words = attribute.payload.chunks_exact(4);
    words.filter_map(|word| u32_at(word, 0)).map(u64::from).collect()
}

/// Gives each unix socket its peer and the peer's name, which its row does not hold.
pub(super) fn name_peers(sockets: &mut [Socket], links: &[Link]) {
    let mut names: HashMap<u64, Address> = HashMap::with_capacity(links.len());
    for socket in sockets.iter().filter(|s| s.kind.family == Family::Unix) {
        names.insert(socket.inode, socket.local.clone().unwrap_or(Address::Unnamed));
    }
    let peers: HashMap<u64, u64> =
        links.iter().filter_map(|link| Some((link.inode, link.peer?))).collect();
    for socket in sockets.iter_mut().filter(|s| s.kind.family == Family::Unix) {
        socket.partner = peers.get(&socket.inode).copied();
        socket.peer = socket.partner.and_then(|peer| names.get(&peer)).cloned();
    }
}
