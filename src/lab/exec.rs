//! Joining a running lab from another terminal: `sockstep exec @server -- ss -tanp`.
//!
//! The lab's first process keeps a list of its hosts in a memory file at a known fd, which
//! whoever may look into that process can read.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Write as _;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::fs::FileExt as _;

use nix::errno::Errno;
use nix::sys::memfd::{MFdFlags, memfd_create};

use crate::model::HostName;

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
