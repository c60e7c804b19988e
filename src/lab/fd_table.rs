//! Reading the fd table of a process.

use std::io::Read as _;
use std::os::fd::OwnedFd;
use std::sync::Arc;

use nix::dir::Dir;
use nix::fcntl::{OFlag, openat, readlinkat};
use nix::sys::stat::Mode;

use super::known::Known;
use super::proc::{self, FdInfo};
use crate::model::{Fd, File, Watch};

/// The fd table of a process.
#[derive(Debug, Clone, Default)]
pub(super) struct Fds {
    /// By number; see [`standard`](Self::standard).
    pub open: Vec<Arc<Fd>>,
    /// 0, 1 and 2 are what they were at its birth and are left out.
    pub standard: bool,
}

/// What 0, 1 and 2 of a process are at its birth.
const STANDARD: &str = "/dev/null";

/// What the link of an epoll says.
const EPOLL: &str = "anon_inode:[eventpoll]";

/// How much of an epoll's list is read.
const WATCHED: u64 = 64 * 1024;

/// Reads fd tables, and remembers what makes that cheap.
#[derive(Debug, Default)]
pub(super) struct FdReader {
    /// The mount that all sockets of the machine are on, once one was seen.
    sockets: Option<u64>,
}

impl FdReader {
    /// The fd table of a process, without the control fd. A number that is closed while we read
    /// is left out. What a command prints to is not the lesson's.
    pub fn read(&mut self, known: &Known, is_command: bool) -> Fds {
        let Some(table) = FdTable::open(known.outer) else {
            return Fds { open: Vec::new(), standard: true };
        };
        let mut numbers = table.numbers();
        numbers.sort_unstable();
        let born =
            |number: i32| table.file(&number.to_string()) == Some(File::Other(STANDARD.into()));
        let standard = is_command || (0..=2).all(born);
        numbers.retain(|number| *number != known.control && !(standard && *number <= 2));
        let entries = numbers.into_iter().filter_map(|number| self.entry(&table, number));
        Fds { open: entries.map(Arc::new).collect(), standard }
    }

    fn entry(&mut self, table: &FdTable, number: i32) -> Option<Fd> {
        let name = number.to_string();
        let info = table.info(&name)?;
        // The link of a socket tells nothing but its inode.
        let inode = info.inode.filter(|_| info.mount.is_some() && info.mount == self.sockets);
        let file = match inode {
            Some(inode) => File::Socket(inode),
            None => {
                let file = table.file(&name)?;
                if file.socket().is_some_and(|inode| info.inode == Some(inode)) {
                    self.sockets = info.mount;
                }
                file
            }
        };
        let is_epoll = file == File::Other(EPOLL.into());
        let watches = if is_epoll { table.watches(&name) } else { Vec::new() };
        Some(Fd { number, file, cloexec: info.cloexec, nonblock: info.nonblock, watches })
    }
}

/// `/proc/PID/fd` and `/proc/PID/fdinfo`. Entries are asked for relative to these: a command may
/// have thousands, and the way through `/proc` would cost more than the answer.
struct FdTable {
    links: OwnedFd,
    infos: OwnedFd,
}

impl FdTable {
    fn open(outer: i32) -> Option<Self> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let open = |what: &str| {
            let path = format!("/proc/{outer}/{what}");
            nix::fcntl::open(path.as_str(), flags, Mode::empty()).ok()
        };
        Some(Self { links: open("fd")?, infos: open("fdinfo")? })
    }

    fn numbers(&self) -> Vec<i32> {
        let Ok(copy) = self.links.try_clone() else { return Vec::new() };
        let Ok(mut folder) = Dir::from_fd(copy) else { return Vec::new() };
        let names = folder.iter().filter_map(Result::ok);
        names.filter_map(|entry| entry.file_name().to_str().ok()?.parse().ok()).collect()
    }

    fn info(&self, name: &str) -> Option<FdInfo> {
        let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC;
        let info = openat(&self.infos, name, flags, Mode::empty()).ok()?;
        let mut text = [0; 128];
        let length = nix::unistd::read(&info, &mut text).ok()?;
        proc::fd_info(&text[..length])
    }

    /// What an epoll watches.
    fn watches(&self, name: &str) -> Vec<Watch> {
        let flags = OFlag::O_RDONLY | OFlag::O_CLOEXEC;
        let Ok(info) = openat(&self.infos, name, flags, Mode::empty()) else { return Vec::new() };
        let mut text = Vec::new();
        // What can't be read to its end tells what it has told.
        std::fs::File::from(info).take(WATCHED).read_to_end(&mut text).ok();
        proc::watches(&text)
    }

    fn file(&self, name: &str) -> Option<File> {
        let link = readlinkat(&self.links, name).ok()?;
        Some(proc::file(link.as_encoded_bytes()))
    }
}
