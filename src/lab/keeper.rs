//! The keeper: the outermost process of a lab. It makes the namespaces, and when sockstep is gone,
//! whatever the cause, it takes the lab down.
//!
//! TCP sockets that their process has closed would keep a namespace alive for minutes, so the
//! keeper destroys every socket of every host by sock_diag before it closes the TUNs. What is left
//! of a namespace then, its devices above all, the kernel takes down in the background.
//!
//! *Must not know*: lessons, the screen, what a call is.

use std::collections::BTreeMap;
use std::os::fd::{AsFd as _, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sched::{CloneFlags, unshare};
use nix::sys::prctl;
use nix::sys::signal::{SigSet, SigmaskHow, Signal, kill, sigprocmask};
use nix::sys::wait::waitpid;
use nix::unistd::{Pid, setsid};

use super::failure::{Attempt as _, Failure};
use super::init::{Init, run_init};
use super::kernel::destroy_all;
use super::order::{LONGEST, Told};
use super::place::Place;
use super::sys::{Channel, Forked, Identity, fork, inherited, leave};
use crate::model::{HostName, Rung};

/// What sockstep and the keeper say to each other before the lab's first process takes over.
pub(super) mod word {
    /// Keeper: my user namespace exists, write its maps.
    pub const UNSHARED: &[u8] = b"unshared";
    /// sockstep: done; the learner's processes stay who they are.
    pub const MAPPED_SELF: &[u8] = b"mapped self";
    /// sockstep: done; the learner's processes become nobody.
    pub const MAPPED_ROOT: &[u8] = b"mapped root";
    /// Keeper: here is the channel to the lab's first process.
    pub const READY: &[u8] = b"ready";
}

/// The user and group of the learner's processes in root's lab: `nobody` everywhere.
pub(super) const NOBODY: u32 = 65534;

/// The life of a keeper, from the birth of the lab to its end.
pub(super) fn run_keeper(rung: Rung) -> ! {
    let failed = match inherited().attempt("take the channel to sockstep") {
        Ok(sockstep) => match keep(&sockstep, rung) {
            Ok(()) => leave(0),
            Err(failure) => {
                // sockstep reads this in place of the word it waits for.
                let text = format!("{}\n{}", failure.attempt, failure.errno as i32);
                let _ = sockstep.send(text.as_bytes(), &[]);
                failure
            }
        },
        Err(failure) => failure,
    };
    leave(failed.errno as i32)
}

fn keep(sockstep: &Channel, rung: Rung) -> Result<(), Failure> {
    quiet_standard_fds().attempt("open /dev/null")?;
    setsid().attempt("start a session")?;
    // The keeper outlives every signal that a terminal or a shell sends to a whole group.
    let all = SigSet::all();
    sigprocmask(SigmaskHow::SIG_BLOCK, Some(&all), None).attempt("block signals")?;
    let _ = prctl::set_name(c"sockstep-keeper");
    let Some(place) = (match rung {
        Rung::Wire => make_namespaces(sockstep)?,
        Rung::Loopback => Some(make_directory()?),
    }) else {
        return Ok(());
    };
    let (ours, theirs) = Channel::pair().attempt("make a channel")?;
    let (hosts, host_sender) = Channel::pair().attempt("make a channel")?;
    let init = match fork().attempt("fork")? {
        Forked::Child => {
            run_init(Init { sockstep: theirs, keeper: host_sender, place: place.clone() })
        }
        Forked::Parent(pid) => pid,
    };
    drop((theirs, host_sender));
    sockstep.send(word::READY, &[ours.as_fd()]).attempt("talk to sockstep")?;
    drop(ours);
    let held = watch(sockstep, &hosts);
    end(init, held, &place);
    Ok(())
}

/// Namespaces for the lab; `None` if sockstep is gone already.
fn make_namespaces(sockstep: &Channel) -> Result<Option<Place>, Failure> {
    unshare(CloneFlags::CLONE_NEWUSER).attempt("make a user namespace")?;
    sockstep.send(word::UNSHARED, &[]).attempt("talk to sockstep")?;
    let identity = match receive(sockstep)?.as_slice() {
        word::MAPPED_SELF => Identity::Stay,
        word::MAPPED_ROOT => Identity::Become { uid: NOBODY, gid: NOBODY },
        _ => return Ok(None),
    };
    let flags = CloneFlags::CLONE_NEWNET | CloneFlags::CLONE_NEWNS | CloneFlags::CLONE_NEWPID;
    unshare(flags).attempt("make network, mount and process namespaces")?;
    Ok(Some(Place::Namespaces(identity)))
}

/// A fresh directory, which is all that a lab without namespaces has of its own.
fn make_directory() -> Result<Place, Failure> {
    // Without a pid namespace nobody else ends processes whose parent is gone.
    prctl::set_child_subreaper(true).attempt("adopt orphaned processes")?;
    let template = std::env::temp_dir().join("sockstep-XXXXXX");
    let directory = nix::unistd::mkdtemp(&template).attempt("make a directory for the lab")?;
    let identity = if nix::unistd::geteuid().is_root() {
        let (uid, gid) = (Some(NOBODY.into()), Some(NOBODY.into()));
        match nix::unistd::chown(&directory, uid, gid) {
            // The root of a container that has no nobody, or that may not become one.
            Err(Errno::EINVAL | Errno::EPERM) => Identity::Stay,
            other => {
                other.attempt("give the directory to nobody")?;
                Identity::Become { uid: NOBODY, gid: NOBODY }
            }
        }
    } else {
        Identity::Stay
    };
    Ok(Place::Machine { identity, directory })
}

fn receive(channel: &Channel) -> Result<Vec<u8>, Failure> {
    let mut bytes = vec![0; LONGEST];
    let received = channel.receive(&mut bytes).attempt("listen to sockstep")?;
    bytes.truncate(received.length);
    Ok(bytes)
}

/// A host's TUN and a sock_diag socket of the keeper's own.
struct HostFds {
    tun: OwnedFd,
    diag: OwnedFd,
}

/// Keeps the hosts' fds until sockstep or the lab's first process is gone.
fn watch(sockstep: &Channel, hosts: &Channel) -> BTreeMap<HostName, HostFds> {
    let mut held = BTreeMap::new();
    loop {
        let mut fds = [
            PollFd::new(sockstep.as_fd(), PollFlags::POLLIN),
            PollFd::new(hosts.as_fd(), PollFlags::POLLIN),
        ];
        match poll(&mut fds, PollTimeout::NONE) {
            Err(Errno::EINTR) => continue,
            Err(_) => return held,
            Ok(_) => {}
        }
        let ready = |fd: &PollFd<'_>| fd.revents().is_some_and(|events| !events.is_empty());
        if ready(&fds[1]) {
            if hear(hosts, &mut held).is_none() {
                return held;
            }
        } else if ready(&fds[0]) {
            return held;
        }
    }
}

/// Takes what the lab's first process tells; `None` if it is gone.
fn hear(hosts: &Channel, held: &mut BTreeMap<HostName, HostFds>) -> Option<()> {
    let mut bytes = [0; 256];
    let message = hosts.receive(&mut bytes).ok().filter(|message| message.length > 0)?;
    match serde_json::from_slice(&bytes[..message.length]).ok()? {
        Told::Made(name) => {
            let mut fds = message.fds.into_iter();
            let (tun, diag) = (fds.next()?, fds.next()?);
            held.insert(name, HostFds { tun, diag });
        }
        Told::Dropped(name) => {
            if let Some(host) = held.remove(&name) {
                host.end();
            }
        }
    }
    Some(())
}

impl HostFds {
    /// Leaves nothing that would keep the host's namespace alive.
    fn end(self) {
        destroy_all(&self.diag);
        drop(self.tun);
    }
}

/// Takes the lab down: processes, sockets, devices, files.
fn end(init: Pid, hosts: BTreeMap<HostName, HostFds>, place: &Place) {
    // The kernel kills every process of the namespace with its first, and waits for them.
    let _ = kill(init, Signal::SIGKILL);
    let _ = waitpid(init, None);
    match place {
        Place::Namespaces(_) => {
            hosts.into_values().for_each(HostFds::end);
        }
        Place::Machine { directory, .. } => {
            end_children();
            let _ = std::fs::remove_dir_all(directory);
        }
    }
}

/// Ends the processes that came to us when their parent died, and theirs.
fn end_children() {
    let list = format!("/proc/self/task/{}/children", nix::unistd::gettid());
    while let Ok(text) = std::fs::read_to_string(&list) {
        let pids: Vec<i32> = text.split_whitespace().filter_map(|pid| pid.parse().ok()).collect();
        if pids.is_empty() {
            return;
        }
        for pid in pids {
            let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
            let _ = waitpid(Pid::from_raw(pid), None);
        }
    }
}

/// Points 0, 1 and 2 at `/dev/null`; 0 was the channel.
fn quiet_standard_fds() -> Result<(), Errno> {
    let null = std::fs::OpenOptions::new()
        .read(true)
        .write(true)
        .open("/dev/null")
        .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)))?;
    nix::unistd::dup2_stdin(&null)?;
    nix::unistd::dup2_stdout(&null)?;
    nix::unistd::dup2_stderr(&null)?;
    Ok(())
}
