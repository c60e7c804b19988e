//! What the loopback rung needs besides: a lab that lives on the machine itself must see only its
//! own sockets, and reach nothing else.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::life::Lab;
use super::process::Process;
use crate::model::{self, Call, Memory, Socket, Syscall};

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
            Syscall::Unlink | Syscall::Open => path(memory, at(0)),
            Syscall::Sendmsg => message_path(memory, at(1)),
            Syscall::Kill => return self.foreign_signal(call),
            Syscall::Fcntl if SIGNALS_AN_OWNER.contains(&call.args[1]) => {
                return Some(too_far(&call.typed));
            }
            Syscall::Ioctl if OWNS.contains(&(call.args[1] as u32)) => {
                return Some(too_far(&call.typed));
            }
            _ => Path::None,
        };
        let path = match path {
            Path::None => return None,
            Path::Unseen => {
                return Some(format!(
                    "{}() is not made: on the loopback rung an address or a path must lie in a \
                     variable, where it can be looked at",
                    call.typed
                ));
            }
            Path::Is(path) => path,
        };
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
    pub fn own_rows(
        &self,
        host: usize,
        processes: &[&Arc<model::Process>],
        rows: Vec<Arc<Socket>>,
    ) -> Vec<Arc<Socket>> {
        if self.has_wire() {
            return rows;
        }
        let fds = processes.iter().flat_map(|process| &process.fds);
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

/// A path that a call names.
#[derive(Debug, PartialEq, Eq)]
enum Path {
    /// None, or nowhere: nothing is mapped in the first page, so the kernel answers EFAULT.
    None,
    /// It may name one, in memory that can't be looked at: a page of the process's own.
    Unseen,
    Is(Vec<u8>),
}

/// The first page, in which nothing can be mapped (vm.mmap_min_addr).
const NOWHERE: std::ops::Range<u64> = 0..4096;

fn path(memory: &impl Memory, address: u64) -> Path {
    if NOWHERE.contains(&address) {
        return Path::None;
    }
    text(memory, address, LONGEST_PATH).map_or(Path::Unseen, Path::Is)
}

/// The path in a `struct sockaddr_un`, unless it is abstract or there is none.
fn socket_path(memory: &impl Memory, address: u64, length: i64) -> Path {
    if NOWHERE.contains(&address) {
        return Path::None;
    }
    // The kernel takes an int.
    let Some(length) = usize::try_from(length as i32).ok().and_then(|l| l.min(110).checked_sub(2))
    else {
        return Path::None;
    };
    let Some(family) = memory.read(address, 2) else { return Path::Unseen };
    if u16::from_ne_bytes([family[0], family[1]]) != UNIX {
        return Path::None;
    }
    match address.checked_add(2).and_then(|address| text(memory, address, length)) {
        Some(path) if path.is_empty() => Path::None,
        Some(path) => Path::Is(path),
        None => Path::Unseen,
    }
}

/// The path in the name of a `struct msghdr`.
fn message_path(memory: &impl Memory, address: u64) -> Path {
    if NOWHERE.contains(&address) {
        return Path::None;
    }
    let Some(header) = memory.read(address, 16) else { return Path::Unseen };
    let (name, length) = header.split_at(8);
    let name = u64::from_ne_bytes(name.try_into().expect("eight bytes"));
    let length = i32::from_ne_bytes(length[..4].try_into().expect("four bytes"));
    socket_path(memory, name, length.into())
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{ARENA_START, Bytes};

    const HERE: u64 = ARENA_START;
    const ELSEWHERE: u64 = 0x7f00_0000_0000;

    fn unix(path: &[u8]) -> Bytes {
        Bytes::starting_with(&[&UNIX.to_ne_bytes(), path, &[0]].concat())
    }

    #[test]
    fn a_path_that_can_t_be_looked_at_is_told_from_none() {
        let memory = unix(b"/etc/x");
        assert_eq!(path(&memory, HERE + 2), Path::Is(b"/etc/x".to_vec()));
        assert_eq!(path(&memory, ELSEWHERE), Path::Unseen);
        assert_eq!(path(&memory, 0), Path::None);
        assert_eq!(socket_path(&memory, HERE, 110), Path::Is(b"/etc/x".to_vec()));
        assert_eq!(socket_path(&memory, ELSEWHERE, 110), Path::Unseen);
        assert_eq!(socket_path(&memory, 0, 110), Path::None);
        assert_eq!(socket_path(&memory, HERE, 2), Path::None);
        assert_eq!(socket_path(&memory, HERE, -1), Path::None);
        assert_eq!(socket_path(&unix(b""), HERE, 110), Path::None, "an abstract name");
    }

    #[test]
    fn the_name_of_a_message_is_looked_at_too() {
        let mut memory = unix(&[b"/etc/x" as &[u8], &[0; 100]].concat());
        let header = |name: u64| [name.to_ne_bytes(), 110_u64.to_ne_bytes()].concat();
        assert!(memory.write(HERE + 64, &header(HERE)));
        assert_eq!(message_path(&memory, HERE + 64), Path::Is(b"/etc/x".to_vec()));
        assert!(memory.write(HERE + 64, &header(ELSEWHERE)));
        assert_eq!(message_path(&memory, HERE + 64), Path::Unseen);
        assert_eq!(message_path(&memory, ELSEWHERE), Path::Unseen);
    }
}
