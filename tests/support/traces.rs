//! What a lab leaves on the machine while it lives, to see that nothing of it is left afterwards.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::path::PathBuf;
use std::sync::atomic::{AtomicI32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket,
};

/// A lab is gone within milliseconds; this is for a very busy machine.
const PATIENCE: Duration = Duration::from_secs(20);

/// The kernel gives the numbers of network namespaces anew as soon as they are free, so a test
/// that waits for one to vanish must not see the labs of another.
static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());

/// Held by a test that looks for traces.
pub fn alone() -> MutexGuard<'static, ()> {
    ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Everything that the processes below one process hold.
#[derive(Debug)]
pub struct Traces {
    /// Number and start time of each.
    processes: Vec<(i32, u64)>,
    /// `net:[4026532000]` and the like, less those that this process is in.
    namespaces: BTreeSet<String>,
    /// The kernel's numbers for the network namespaces, as long as they exist. Only root can ask
    /// for them.
    numbers: Vec<i32>,
    directories: Vec<PathBuf>,
    /// When this was looked at, as `/proc` counts start times.
    at: u64,
}

impl Traces {
    /// Looks at the processes below `parent` (not at itself).
    pub fn below(parent: u32) -> Self {
        let mut traces = Self {
            processes: Vec::new(),
            namespaces: BTreeSet::new(),
            numbers: Vec::new(),
            directories: Vec::new(),
            at: now(),
        };
        let numbered = nix::unistd::geteuid().is_root().then(Numbers::open);
        let own = namespaces_of(std::process::id() as i32);
        let mut numbers = BTreeMap::new();
        for (pid, start) in descendants(parent as i32) {
            traces.processes.push((pid, start));
            for (name, path) in namespaces_of(pid) {
                if own.contains_key(&name) {
                    continue;
                }
                if let (true, Some(numbered)) = (name.starts_with("net:"), &numbered) {
                    numbers.entry(name.clone()).or_insert_with(|| numbered.number(&path));
                }
                traces.namespaces.insert(name);
            }
            let directory = fs::read_link(format!("/proc/{pid}/cwd")).unwrap_or_default();
            // The checkout itself may lie below the temporary directory; a lab's has this name.
            let name = directory.file_name().unwrap_or_default().to_string_lossy();
            if name.starts_with("sockstep-") && directory.starts_with(std::env::temp_dir()) {
                traces.directories.push(directory);
            }
        }
        traces.numbers = numbers.into_values().flatten().collect();
        traces
    }

    /// How many processes there are.
    pub fn processes(&self) -> usize {
        self.processes.len()
    }

    /// How many network namespaces the kernel has given a number for this.
    pub fn numbered(&self) -> usize {
        self.numbers.len()
    }

    /// Waits until nothing is left.
    ///
    /// # Panics
    /// Something is, after long.
    pub fn wait_until_gone(&self) {
        let end = Instant::now() + PATIENCE;
        loop {
            let left = self.left();
            if left.is_empty() {
                return;
            }
            assert!(Instant::now() < end, "left behind: {left:?}");
            // Nothing tells when a namespace is gone.
            std::thread::park_timeout(Duration::from_millis(5));
        }
    }

    /// What is left now.
    pub fn left(&self) -> Vec<String> {
        let alive = self.processes.iter().filter(|(pid, start)| start_of(*pid) == Some(*start));
        let mut left: Vec<String> = alive
            .map(|(pid, _)| {
                let name = fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
                format!("process {pid} {}", name.trim_end())
            })
            .collect();
        left.extend(self.directories.iter().filter(|d| d.exists()).map(|d| format!("{d:?}")));
        if !self.numbers.is_empty() {
            let numbered = Numbers::open();
            let there = self.numbers.iter().filter(|number| numbered.exists(**number));
            left.extend(there.map(|number| format!("network namespace {number}")));
        }
        if left.is_empty() {
            left.extend(self.namespaces_in_use());
        }
        left
    }

    /// Namespaces that any process of the machine is in or holds open; not those born later, for
    /// somebody else's lab may have got a number that is free again.
    fn namespaces_in_use(&self) -> Vec<String> {
        let pids = fs::read_dir("/proc")
            .expect("/proc")
            .filter_map(|entry| entry.ok()?.file_name().to_str()?.parse::<i32>().ok());
        // A zombie waits for nobody but its new parent.
        pids.filter(|pid| start_of(*pid).is_some_and(|start| start <= self.at))
            .flat_map(|pid| namespaces_of(pid).into_keys().map(move |name| (pid, name)))
            .filter(|(_, name)| self.namespaces.contains(name))
            .map(|(pid, name)| format!("{name} held by {pid}"))
            .collect()
    }
}

/// Number, parent and start time of every process.
fn everybody() -> Vec<(i32, i32, u64)> {
    let entries = fs::read_dir("/proc").expect("/proc");
    let pids = entries.filter_map(|entry| entry.ok()?.file_name().to_str()?.parse().ok());
    pids.filter_map(|pid: i32| {
        let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
        let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
        Some((pid, fields.get(1)?.parse().ok()?, fields.get(19)?.parse().ok()?))
    })
    .collect()
}

/// The time since boot in clock ticks, in which `/proc` counts start times.
fn now() -> u64 {
    let text = fs::read_to_string("/proc/uptime").expect("/proc");
    let seconds: f64 = text.split(' ').next().expect("a word").parse().expect("a number");
    let ticks = nix::unistd::sysconf(nix::unistd::SysconfVar::CLK_TCK).expect("known");
    (seconds * ticks.expect("known") as f64) as u64
}

fn start_of(pid: i32) -> Option<u64> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let mut fields = text.rsplit_once(')')?.1.split_whitespace();
    // A zombie holds nothing; its parent has yet to look at it.
    let state = fields.next()?;
    if state == "Z" || state == "X" { None } else { fields.nth(18)?.parse().ok() }
}

/// The processes below this one.
pub fn below(parent: i32) -> Vec<i32> {
    descendants(parent).into_iter().map(|(pid, _)| pid).collect()
}

fn descendants(parent: i32) -> Vec<(i32, u64)> {
    let all = everybody();
    let mut found: Vec<(i32, u64)> = Vec::new();
    let mut generation = vec![parent];
    while let Some(parent) = generation.pop() {
        for (pid, _, start) in all.iter().filter(|(_, its, _)| *its == parent) {
            found.push((*pid, *start));
            generation.push(*pid);
        }
    }
    found
}

/// The namespaces that a process is in or holds open, each with a path to it.
fn namespaces_of(pid: i32) -> BTreeMap<String, String> {
    let entries =
        ["ns", "fd"].iter().filter_map(|folder| fs::read_dir(format!("/proc/{pid}/{folder}")).ok());
    let links = entries.flatten().filter_map(|entry| {
        let path = entry.ok()?.path();
        let name = fs::read_link(&path).ok()?.to_str()?.to_owned();
        let kinds = ["net:[", "pid:[", "user:[", "mnt:["];
        let known = kinds.iter().any(|kind| name.starts_with(kind));
        known.then(|| (name, path.to_string_lossy().into_owned()))
    });
    links.collect()
}

/// Asks the kernel for its numbers of network namespaces (rtnetlink(7), linux/net_namespace.h). A
/// namespace that nobody can reach any more, but that a dying socket keeps alive, has one, too.
struct Numbers(OwnedFd);

impl Numbers {
    const NEW: u16 = 88;
    const GET: u16 = 90;
    const NUMBER: u16 = 1;
    const FD: u16 = 3;

    fn open() -> Self {
        let (raw, route) = (SockType::Raw, SockProtocol::NetlinkRoute);
        let socket = socket(AddressFamily::Netlink, raw, SockFlag::SOCK_CLOEXEC, route);
        Self(socket.expect("a netlink socket"))
    }

    /// The number of the namespace at this path, a new one if it has none; `None` if it is gone.
    /// The kernel's own choice would be the lowest free one, which the next lab might get; so a
    /// number is chosen that is used once.
    fn number(&self, path: &str) -> Option<i32> {
        static NEXT: AtomicI32 = AtomicI32::new(0);
        let namespace = fs::File::open(path).ok()?;
        let fd = (Self::FD, namespace.as_raw_fd());
        let own = (std::process::id() % 1_000_000) as i32 * 2000;
        let number = own + NEXT.fetch_add(1, Ordering::Relaxed) % 2000;
        match self.ask(Self::NEW, &[(Self::NUMBER, number), fd]) {
            Ok(_) | Err(Errno::EEXIST) => {}
            Err(errno) => panic!("number {path}: {errno}"),
        }
        let answer = self.ask(Self::GET, &[fd]).unwrap_or_else(|e| panic!("number {path}: {e}"));
        Some(answer.expect("it has one now"))
    }

    fn exists(&self, number: i32) -> bool {
        self.ask(Self::GET, &[(Self::NUMBER, number)]).is_ok()
    }

    /// Sends a request with attributes of four bytes; the number in the answer.
    fn ask(&self, kind: u16, attributes: &[(u16, i32)]) -> Result<Option<i32>, Errno> {
        // nlmsghdr with REQUEST|ACK, rtgenmsg padded to four bytes, attributes.
        let mut message = Vec::new();
        let length = 20 + 8 * attributes.len() as u32;
        message.extend(length.to_ne_bytes());
        message.extend(kind.to_ne_bytes());
        message.extend(5_u16.to_ne_bytes());
        message.extend([0; 12]);
        for (name, value) in attributes {
            message.extend(8_u16.to_ne_bytes());
            message.extend(name.to_ne_bytes());
            message.extend(value.to_ne_bytes());
        }
        send(self.0.as_raw_fd(), &message, MsgFlags::empty())?;
        let mut number = None;
        loop {
            let mut answer = [0; 4096];
            let length = recv(self.0.as_raw_fd(), &mut answer, MsgFlags::empty())?;
            let mut rest = &answer[..length];
            while rest.len() >= 16 {
                let word = |at: usize| i32::from_ne_bytes(rest[at..at + 4].try_into().expect("4"));
                let kind = u16::from_ne_bytes([rest[4], rest[5]]);
                // NLMSG_ERROR, which is the acknowledgment if the error is 0.
                if kind == 2 {
                    let errno = -word(16);
                    return if errno == 0 { Ok(number) } else { Err(Errno::from_raw(errno)) };
                }
                number = Some(word(24));
                let length = (word(0) as usize).next_multiple_of(4);
                rest = rest.get(length..).unwrap_or_default();
            }
        }
    }
}
