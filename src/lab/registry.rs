//! What a running lab tells others: its first process keeps a list of its hosts in a memory file,
//! which whoever may look into that process can read.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::fs::{FileExt as _, MetadataExt as _};

use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};

use super::proc;
use crate::model::HostName;

/// What `ps` calls the first process.
pub(super) const COMM: &str = "sockstep-lab";

/// The name of the list among the fds of the lab's first process.
const INDEX: &str = "sockstep-hosts";

/// The list of hosts, empty.
pub(super) fn new_index() -> Result<OwnedFd, Errno> {
    memfd_create(INDEX, MFdFlags::MFD_CLOEXEC)
}

/// Writes which fd of this process is which host's namespace: one `NAME FD` a line.
pub(super) fn write_index(
    index: &OwnedFd,
    hosts: &BTreeMap<HostName, File>,
) -> std::io::Result<()> {
    let file = File::from(index.try_clone()?);
    let mut text = Vec::new();
    for (name, namespace) in hosts {
        writeln!(text, "{} {}", name.as_str(), namespace.as_raw_fd())?;
    }
    file.set_len(0)?;
    file.write_all_at(&text, 0)
}

/// A lab that runs.
pub(super) struct Running {
    /// Its first process, as numbered here.
    pub pid: i32,
    /// When that process was born.
    pub born: std::time::SystemTime,
    /// Its list of hosts.
    pub index: String,
}

impl Running {
    /// The sockstep that opened it: the parent of the keeper, which is its parent.
    pub fn owner(&self) -> Option<i32> {
        let parent = |pid: i32| {
            let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
            proc::stat(&stat).map(|stat| stat.parent)
        };
        parent(parent(self.pid)?)
    }
}

/// The labs of this user. Others may call a process of theirs whatever they like, and to join it
/// would run our command among files of their choice.
pub(super) fn running_labs() -> Vec<Running> {
    let Ok(entries) = fs::read_dir("/proc") else { return Vec::new() };
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: i32| {
        let comm = fs::read_to_string(format!("/proc/{pid}/comm")).ok()?;
        if comm.trim_end() != COMM {
            return None;
        }
        let entry = fs::metadata(format!("/proc/{pid}")).ok()?;
        if entry.uid() != nix::unistd::geteuid().as_raw() {
            return None;
        }
        let born = entry.modified().ok()?;
        let fds = fs::read_dir(format!("/proc/{pid}/fd")).ok()?;
        let index = fds.filter_map(|entry| Some(entry.ok()?.path())).find(|path| {
            fs::read_link(path).is_ok_and(|link| link.to_string_lossy().contains(INDEX))
        })?;
        Some(Running { pid, born, index: fs::read_to_string(index).ok()? })
    })
    .collect()
}
