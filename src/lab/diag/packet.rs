//! A row of the dump of packet(7) sockets: `struct packet_diag_msg`.

use crate::lab::netlink::{Attributes, u16_at, u32_at};
use crate::model::{Address, Family, Kind, Socket};

use super::memory;

/// The size of `struct packet_diag_msg`; attributes stand behind it.
const SIZE: usize = 16;

const PACKET_DIAG_INFO: u16 = 0;
const PACKET_DIAG_MEMINFO: u16 = 6;

/// The socket of one row; `None` if the row is shorter than its structure.
pub(super) fn row(payload: &[u8]) -> Option<Socket> {
    let (fixed, attributes) = payload.split_at_checked(SIZE)?;
    let protocol = i32::from(u16_at(fixed, 2)?);
    let mut socket = Socket {
        kind: Kind { family: Family::Packet, kind: i32::from(fixed[1]), protocol },
        state: None,
        local: None,
        peer: None,
        recv_q: None,
        send_q: None,
        timer: None,
        inode: u64::from(u32_at(fixed, 4)?),
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
            // struct packet_diag_info begins with the interface.
            PACKET_DIAG_INFO => socket.local = attribute.u32().map(Address::Interface),
            PACKET_DIAG_MEMINFO => {
                socket.memory = memory(&attribute, None);
                // As ss does: there is no other count of what waits to be read.
                socket.recv_q = socket.memory.map(|memory| memory.receive_used);
            }
            _ => {}
        }
    }
    Some(socket)
}
