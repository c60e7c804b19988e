//! What the loopback rung needs besides: a lab that lives on the machine itself must see only its
//! own sockets, and reach nothing else.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::life::Lab;
use super::process::Process;
use crate::model::{Call, Memory, Socket, Syscall};

/// The longest path that is looked at, PATH_MAX of linux/limits.h.
const LONGEST_PATH: usize = 4096;

/// F_SETOWN and F_SETOWN_EX of fcntl(2).
const SIGNALS_AN_OWNER: [i64; 2] = [8, 15];

/// FIOSETOWN and SIOCSPGRP of asm/sockios.h, which do the same.
const OWNS: [u32; 2] = [0x8901, 0x8902];

/// AF_UNIX.
const UNIX: u16 = 1;

impl Lab {
    /// Why a call is not made on the loopback rung, if it would reach beyond the lab: a path that
    /// leaves its directory, a signal for somebody else's process.
    pub fn reaches_outside(&self, process: &Process, call: &Call) -> Option<String> {
        if self.has_wire() {
            return None;
        }
        let at = |index: usize| call.args[index] as u64;
        let memory = &process.arena;
        let path = match call.syscall {
            Syscall::Bind | Syscall::Connect => socket_path(memory, at(1), call.args[2]),
            Syscall::Sendto => socket_path(memory, at(4), call.args[5]),
            Syscall::Unlink | Syscall::Open => text(memory, at(0), LONGEST_PATH),
            // What these point to points further; on this rung they go by connected sockets.
            Syscall::Sendmsg => memory.read(at(1), 16).and_then(|header| {
                let name = u64::from_ne_bytes(header.get(..8)?.try_into().ok()?);
                let length = u32::from_ne_bytes(header.get(8..12)?.try_into().ok()?);
                socket_path(memory, name, length.into())
            }),
            Syscall::Kill => return self.foreign_signal(call),
            Syscall::Fcntl if SIGNALS_AN_OWNER.contains(&call.args[1]) => {
                return Some(too_far(&call.typed));
            }
            Syscall::Ioctl if OWNS.contains(&(call.args[1] as u32)) => {
                return Some(too_far(&call.typed));
            }
            _ => None,
        }?;
        let leaves = path.first() == Some(&b'/') || path.split(|b| *b == b'/').any(|p| p == b"..");
        leaves.then(|| {
            format!(
                "{}() is not made: on the loopback rung paths stay in the lab's own directory; \
                 write a relative one",
                call.typed
            )
        })
    }

    fn foreign_signal(&self, call: &Call) -> Option<String> {
        let pid = i32::try_from(call.args[0]).unwrap_or(-1);
        let known = self.processes.iter().filter(|process| process.is_alive());
        let own = known.filter_map(|p| p.known.as_ref()).any(|known| known.pid == pid);
        (!own).then(|| too_far("kill"))
    }

    /// Binds what the learner opens to the interface `lo`, so that a wildcard address can't be
    /// reached from a network.
    pub fn confine(&self, process: &Process, call: &Call, returned: i64) {
        if self.has_wire() || call.syscall != Syscall::Socket {
            return;
        }
        if let (Some(known), Ok(fd)) = (&process.known, i32::try_from(returned)) {
            // Sockets of families without interfaces refuse, and have no need.
            let _ = known.handle.confine(fd);
        }
    }

    /// The rows of a machine-wide dump that are this host's: those an fd of its processes stands
    /// for, and ownerless ones between the lab's addresses.
    pub fn own_rows(&self, host: usize, rows: Vec<Arc<Socket>>) -> Vec<Arc<Socket>> {
        if self.has_wire() {
            return rows;
        }
        let name = &self.hosts[host].name;
        let processes = self.processes.iter().filter(|p| p.host == *name && p.is_alive());
        let fds = processes.flat_map(|process| process.fds.iter().flatten());
        let own: HashSet<u64> = fds.filter_map(|fd| fd.file.socket()).collect();
        let address = |ip: IpAddr| self.hosts.iter().position(|h| h.addresses.contains(&ip));
        let belongs = |row: &Arc<Socket>| {
            if row.inode != 0 {
                return own.contains(&row.inode);
            }
            let Some((local, peer)) = row.ends() else { return false };
            match (address(local.ip()), address(peer.ip())) {
                (Some(index), _) => index == host,
                // A connection that nobody bound comes from 127.0.0.1: it is the other host's.
                (None, Some(index)) => index != host,
                (None, None) => false,
            }
        };
        rows.into_iter().filter(belongs).collect()
    }
}

fn too_far(typed: &str) -> String {
    format!("{typed}() is not made: on the loopback rung signals go to the lab's own processes")
}

/// The path in a `struct sockaddr_un`, unless it is abstract or there is none.
fn socket_path(memory: &impl Memory, address: u64, length: i64) -> Option<Vec<u8>> {
    let family = memory.read(address, 2)?;
    let length = usize::try_from(length).ok()?.min(110).checked_sub(2)?;
    if u16::from_ne_bytes([family[0], family[1]]) != UNIX {
        return None;
    }
    text(memory, address.checked_add(2)?, length).filter(|path| !path.is_empty())
}

/// The bytes up to a zero, `most` at most.
fn text(memory: &impl Memory, address: u64, most: usize) -> Option<Vec<u8>> {
    let mut found = Vec::new();
    for place in address..address.checked_add(most as u64)? {
        match memory.read(place, 1)?.first() {
            Some(0) | None => break,
            Some(byte) => found.push(*byte),
        }
    }
    Some(found)
}
