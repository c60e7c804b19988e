//! The kernel's own work on packets that it has put off.
//!
//! A packet on a host's loopback device waits in a processor's backlog; and on a busy machine the
//! kernel leaves what it has to do (taking packets in, sending what a socket had to keep back) to
//! a thread, `ksoftirqd`, which waits for a processor like everybody else. Neither is seen in the
//! state of a process or in a TUN.

use std::fs::{File, read_to_string};
use std::os::unix::fs::FileExt as _;

use super::proc::{self, RunState};

/// Where it is seen that the kernel has work left. All of it is of the whole machine: the kernel
/// counts by processors.
#[derive(Debug, Default)]
pub(super) struct Softirqs {
    backlog: Option<File>,
    /// `/proc/PID/stat` of every `ksoftirqd`; none where a container hides them.
    threads: Vec<File>,
    buffer: Vec<u8>,
}

/// The name of the kernel's thread that all its other threads come from, number 2.
const KTHREADD: &str = "kthreadd\n";

/// More bytes than the lines of all processors that there can be.
const LONGEST: u64 = 8192 * 135;

impl Softirqs {
    /// Opens what this machine shows.
    pub fn open() -> Self {
        let backlog = File::open("/proc/net/softnet_stat").ok();
        Self { backlog, threads: threads(), buffer: vec![0; 4096] }
    }

    /// Whether packets wait to be taken in, or the kernel has left work to a thread.
    pub fn are_pending(&mut self) -> bool {
        self.waits_in_backlog() || self.is_left_to_threads()
    }

    fn waits_in_backlog(&mut self) -> bool {
        let Some(file) = &self.backlog else { return false };
        // The kernel gives whole lines, a page at a time.
        let mut at = 0;
        while let Ok(length) = file.read_at(&mut self.buffer, at)
            && length > 0
            && at < LONGEST
        {
            if proc::backlog(&self.buffer[..length]).is_some_and(|waiting| waiting > 0) {
                return true;
            }
            at += length as u64;
        }
        false
    }

    fn is_left_to_threads(&mut self) -> bool {
        let buffer = &mut self.buffer;
        self.threads.iter().any(|file| {
            let Ok(length) = file.read_at(buffer, 0) else { return false };
            proc::stat(&buffer[..length]).is_some_and(|stat| stat.state == RunState::Running)
        })
    }
}

fn threads() -> Vec<File> {
    if read_to_string("/proc/2/comm").is_ok_and(|name| name != KTHREADD) {
        return Vec::new();
    }
    let children = read_to_string("/proc/2/task/2/children").unwrap_or_default();
    let is_one = |pid: &&str| {
        let name = read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
        name.starts_with("ksoftirqd/")
    };
    let pids = children.split_ascii_whitespace().filter(is_one);
    pids.filter_map(|pid| File::open(format!("/proc/{pid}/stat")).ok()).collect()
}
