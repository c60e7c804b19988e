//! What the loopback rung needs besides: a lab that lives on the machine itself must see only its
//! own sockets, and reach nothing else.

use std::collections::HashSet;
use std::net::IpAddr;
use std::sync::Arc;

use super::life::Lab;
use super::process::Process;
use crate::model::{self, Call, Memory, Said, Socket, Syscall, said};

/// The longest path that is looked at, PATH_MAX of linux/limits.h.
const LONGEST_PATH: usize = 4096;

/// F_SETOWN and F_SETOWN_EX of fcntl(2).
const SIGNALS_AN_OWNER: [i64; 2] = [8, 15];

/// FIOSETOWN and SIOCSPGRP of asm/sockios.h, which do the same.
const OWNS: [u32; 2] = [0x8901, 0x8902];

/// AF_UNIX, AF_INET and AF_INET6.
const UNIX: u16 = 1;
const INET: u16 = 2;
const INET6: u16 = 10;

impl Lab {
    /// Why a call is not made on the loopback rung, if it would reach beyond the lab: a path that
    /// leaves its directory, a signal for somebody else's process.
    pub fn reaches_outside(&self, process: &Process, call: &Call) -> Option<Said> {
        if self.has_wire() {
            return None;
        }
        let at = |index: usize| call.args[index] as u64;
        let memory = &process.arena;
        let target = match call.syscall {
            Syscall::Bind | Syscall::Connect => address(memory, at(1), call.args[2]),
            Syscall::Sendto => address(memory, at(4), call.args[5]),
            Syscall::Unlink | Syscall::Open | Syscall::Mkdir | Syscall::Chmod => {
                path(memory, at(0))
            }
            // What it leads to is looked at by nobody afterwards.
            Syscall::Symlink => return Some(too_far(&call.typed)),
            Syscall::Execve => return Some(no_program(&call.typed)),
            Syscall::Sendmsg => of_message(memory, at(1)),
            Syscall::Kill => return self.foreign_signal(call),
            Syscall::Fcntl if SIGNALS_AN_OWNER.contains(&call.args[1]) => {
                return Some(too_far(&call.typed));
            }
            Syscall::Ioctl if OWNS.contains(&(call.args[1] as u32)) => {
                return Some(too_far(&call.typed));
            }
            Syscall::Socket
            | Syscall::Socketpair
            | Syscall::Listen
            | Syscall::Accept
            | Syscall::Accept4
            | Syscall::Read
            | Syscall::Write
            | Syscall::Readv
            | Syscall::Writev
            | Syscall::Recvfrom
            | Syscall::Recvmsg
            | Syscall::Shutdown
            | Syscall::Close
            | Syscall::Dup
            | Syscall::Dup2
            | Syscall::Dup3
            | Syscall::Pipe
            | Syscall::Pipe2
            | Syscall::Fcntl
            | Syscall::Ioctl
            | Syscall::Getsockopt
            | Syscall::Setsockopt
            | Syscall::Getsockname
            | Syscall::Getpeername
            | Syscall::Poll
            | Syscall::Select
            | Syscall::EpollCreate
            | Syscall::EpollCreate1
            | Syscall::EpollCtl
            | Syscall::EpollWait
            | Syscall::Fork
            | Syscall::Fstat
            | Syscall::Lseek
            | Syscall::Mmap
            | Syscall::Splice
            | Syscall::Sendfile
            | Syscall::RtSigaction
            | Syscall::RtSigreturn
            | Syscall::Alarm
            | Syscall::Kcmp
            | Syscall::Getrlimit
            | Syscall::Setrlimit
            | Syscall::Getpid
            | Syscall::Getppid
            | Syscall::Time
            | Syscall::Pause
            | Syscall::Wait4
            | Syscall::Nanosleep
            | Syscall::ExitGroup => Target::None,
        };
        let why = match target {
            Target::None => return None,
            Target::Unseen => {
                said!("an address or a path must lie in a variable, where it can be looked at")
            }
            Target::Path(path) if leaves(&path) => {
                said!("paths stay in the lab's own directory; write a relative one")
            }
            Target::Path(_) => return None,
            Target::Abstract => said!("abstract names are the whole machine's; use a path"),
            Target::Ip(ip) if self.is_own(ip, call.syscall) => return None,
            Target::Ip(ip) => {
                said!("{ip} is not the lab's; its hosts have 127.77.x.y", ip = ip.to_string())
            }
        };
        Some(not_made(&call.typed, why))
    }

    /// Whether an address may be used: a host's, or to bind, all of them.
    fn is_own(&self, ip: IpAddr, syscall: Syscall) -> bool {
        let ip = ip.to_canonical();
        self.hosts.iter().any(|host| host.addresses.contains(&ip))
            || syscall == Syscall::Bind && ip.is_unspecified()
    }

    fn foreign_signal(&self, call: &Call) -> Option<Said> {
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

fn too_far(typed: &str) -> Said {
    not_made(typed, said!("signals go to the lab's own processes"))
}

fn not_made(typed: &str, why: Said) -> Said {
    said!("{typed}() is not made: on the loopback rung {why}", typed, why)
}

fn no_program(typed: &str) -> Said {
    not_made(typed, said!("there is no program but this machine's own"))
}

/// What a call names.
#[derive(Debug, PartialEq, Eq)]
enum Target {
    /// Nothing, or nothing that leads out of the lab; or what lies nowhere: nothing is mapped in
    /// the first page, so the kernel answers EFAULT.
    None,
    /// It may name something, in memory that can't be looked at: a page of the process's own.
    Unseen,
    Path(Vec<u8>),
    /// An AF_UNIX name that stands in no directory.
    Abstract,
    Ip(IpAddr),
}

/// Whether a path leads out of the directory it begins in.
fn leaves(path: &[u8]) -> bool {
    path.first() == Some(&b'/') || path.split(|b| *b == b'/').any(|part| part == b"..")
}

/// The first page, in which nothing can be mapped (vm.mmap_min_addr).
const NOWHERE: std::ops::Range<u64> = 0..4096;

fn path(memory: &impl Memory, at: u64) -> Target {
    if NOWHERE.contains(&at) {
        return Target::None;
    }
    text(memory, at, LONGEST_PATH).map_or(Target::Unseen, Target::Path)
}

/// What a `struct sockaddr` of this length names.
fn address(memory: &impl Memory, at: u64, length: i64) -> Target {
    // The kernel takes an int.
    let length = usize::try_from(length as i32).unwrap_or(0).min(110);
    if NOWHERE.contains(&at) || length < 2 {
        return Target::None;
    }
    let Some(bytes) = memory.read(at, length) else { return Target::Unseen };
    let (family, rest) = bytes.split_at(2);
    let array = |from: usize, to: usize| rest.get(from..to);
    match u16::from_ne_bytes([family[0], family[1]]) {
        UNIX if rest.first() == Some(&0) => Target::Abstract,
        UNIX => {
            let end = rest.iter().position(|byte| *byte == 0).unwrap_or(rest.len());
            if end == 0 { Target::None } else { Target::Path(rest[..end].to_vec()) }
        }
        INET => array(2, 6)
            .and_then(|four| <[u8; 4]>::try_from(four).ok())
            .map_or(Target::None, |four| Target::Ip(four.into())),
        INET6 => array(6, 22)
            .and_then(|sixteen| <[u8; 16]>::try_from(sixteen).ok())
            .map_or(Target::None, |sixteen| Target::Ip(sixteen.into())),
        _ => Target::None,
    }
}

/// What the name of a `struct msghdr` names.
fn of_message(memory: &impl Memory, at: u64) -> Target {
    if NOWHERE.contains(&at) {
        return Target::None;
    }
    let Some(header) = memory.read(at, 16) else { return Target::Unseen };
    let (name, length) = header.split_at(8);
    let name = u64::from_ne_bytes(name.try_into().expect("eight bytes"));
    let length = i32::from_ne_bytes(length[..4].try_into().expect("four bytes"));
    address(memory, name, length.into())
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

    /// A `struct sockaddr` at the arena's start, and room behind it.
    fn named(family: u16, rest: &[u8]) -> Bytes {
        Bytes::starting_with(&[&family.to_ne_bytes() as &[u8], rest, &[0; 200]].concat())
    }

    #[test]
    fn a_path_that_can_t_be_looked_at_is_told_from_none() {
        let memory = named(UNIX, b"/etc/x");
        assert_eq!(path(&memory, HERE + 2), Target::Path(b"/etc/x".to_vec()));
        assert_eq!(path(&memory, ELSEWHERE), Target::Unseen);
        assert_eq!(path(&memory, 0), Target::None);
        assert_eq!(address(&memory, HERE, 110), Target::Path(b"/etc/x".to_vec()));
        assert_eq!(address(&memory, ELSEWHERE, 110), Target::Unseen);
        for (at, length) in [(0, 110), (HERE, 2), (HERE, -1)] {
            assert_eq!(address(&memory, at, length), Target::None, "{at} {length}");
        }
        assert_eq!(address(&named(UNIX, b"\0name"), HERE, 7), Target::Abstract);
        assert!(leaves(b"/etc") && leaves(b"a/../b") && !leaves(b"a/b..c"));
    }

    #[test]
    fn addresses_of_both_families_are_read() {
        let four = named(INET, &[0x1f, 0x90, 127, 0, 0, 1]);
        assert_eq!(address(&four, HERE, 16), Target::Ip([127, 0, 0, 1].into()));
        let mut rest = vec![0; 22];
        rest[21] = 1;
        let localhost = std::net::Ipv6Addr::LOCALHOST.into();
        assert_eq!(address(&named(INET6, &rest), HERE, 28), Target::Ip(localhost));
        assert_eq!(address(&named(0, &[]), HERE, 16), Target::None, "AF_UNSPEC dissolves");
    }

    #[test]
    fn the_name_of_a_message_is_looked_at_too() {
        let mut memory = named(UNIX, b"/etc/x");
        let header = |name: u64| [name.to_ne_bytes(), 110_u64.to_ne_bytes()].concat();
        assert!(memory.write(HERE + 128, &header(HERE)));
        assert_eq!(of_message(&memory, HERE + 128), Target::Path(b"/etc/x".to_vec()));
        assert!(memory.write(HERE + 128, &header(ELSEWHERE)));
        assert_eq!(of_message(&memory, HERE + 128), Target::Unseen);
        assert_eq!(of_message(&memory, ELSEWHERE), Target::Unseen);
    }
}
