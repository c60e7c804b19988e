//! Joining a running lab from another terminal: `sockstep exec @server -- ss -tanp`.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::Write as _;

use nix::sched::{CloneFlags, setns};

use super::failure::{Attempt as _, Failure};
use super::registry::{Running, running_labs};
use crate::model::{HostName, Said, said};

/// Runs `command` on a host of a running lab of this user, with this terminal, and gives back its
/// exit status. Of several labs it is the newest, or the one that the process `of` (its number
/// outside) belongs to or that the process has opened. The caller must have one thread.
///
/// # Errors
/// No lab runs, none of them has this host, or joining it failed.
pub fn exec(
    host: &HostName,
    of: Option<i32>,
    command: &[std::ffi::OsString],
) -> Result<i32, ExecError> {
    let (pid, namespace) = find(host, of)?;
    let directory = std::env::current_dir().ok();
    join(pid, namespace)?;
    if let Some(directory) = directory {
        // Joining the lab's mounts went to their root; where that fails we stay there.
        let _ = std::env::set_current_dir(directory);
    }
    let Some((program, arguments)) = command.split_first() else {
        return Err(ExecError::NoCommand);
    };
    super::sys::keep_all_for_commands().attempt("keep the lab's capabilities")?;
    let shown = program.to_string_lossy();
    let status = std::process::Command::new(program)
        .args(arguments)
        .status()
        .attempt(format!("run {}", crate::model::escape(shown.as_bytes())))?;
    use std::os::unix::process::ExitStatusExt as _;
    Ok(status.code().unwrap_or_else(|| 128 + status.signal().unwrap_or(0)))
}

/// Why a command did not run on a host.
#[derive(Debug)]
pub enum ExecError {
    /// Nothing to join.
    NoLab,
    /// No lab belongs to that process.
    NoSuchLab {
        /// The process that was named.
        pid: i32,
    },
    /// The labs that run have other hosts.
    NoHost {
        /// The host that was asked for.
        wanted: HostName,
        /// Those there are.
        known: String,
    },
    /// Nothing to run.
    NoCommand,
    /// A step failed.
    Failed {
        /// What was tried.
        attempt: String,
        /// The errno and its words.
        reason: String,
    },
}

impl ExecError {
    /// Why, in words.
    pub fn said(&self) -> Said {
        match self {
            ExecError::NoLab => said!(
                "no lab of yours is running; start one with `sockstep lab` in another terminal"
            ),
            ExecError::NoSuchLab { pid } => said!(
                "no lab of yours belongs to process {pid}; --pid takes the number of a sockstep \
                 or of a process of its lab",
                pid
            ),
            ExecError::NoHost { wanted, known } => {
                said!("no running lab has a host {wanted}; there are: {known}", wanted, known)
            }
            ExecError::NoCommand => {
                said!("no command; write it behind --, as in `sockstep exec @server -- ss -tanp`")
            }
            ExecError::Failed { attempt, reason } => {
                said!("{attempt}: {reason}", attempt, reason)
            }
        }
    }
}

impl From<Failure> for ExecError {
    fn from(failure: Failure) -> Self {
        ExecError::Failed { reason: failure.reason(), attempt: failure.attempt }
    }
}

/// The first process of the newest lab that has this host, and the fd of the host's namespace
/// there. `of` narrows it to the lab of one of its processes.
fn find(host: &HostName, of: Option<i32>) -> Result<(i32, i32), ExecError> {
    let mut labs = running_labs();
    if let Some(of) = of {
        // All processes of a lab are in its pid namespace; sockstep itself stands above them.
        let place = |pid: i32| fs::read_link(format!("/proc/{pid}/ns/pid")).ok();
        let wanted = place(of);
        labs.retain(|lab| lab.owner() == Some(of) || wanted.is_some() && place(lab.pid) == wanted);
        if labs.is_empty() {
            return Err(ExecError::NoSuchLab { pid: of });
        }
    }
    labs.sort_by_key(|lab| std::cmp::Reverse(lab.born));
    let mut known = BTreeSet::new();
    for lab in &labs {
        for line in lab.index.lines() {
            let Some((name, fd)) = line.split_once(' ') else { continue };
            if name == host.as_str()
                && let Ok(fd) = fd.parse()
            {
                if labs.len() > 1 {
                    tell_of_others(lab, &labs);
                }
                return Ok((lab.pid, fd));
            }
            known.insert(format!("@{name}"));
        }
    }
    if labs.is_empty() {
        return Err(ExecError::NoLab);
    }
    let known = known.into_iter().collect::<Vec<_>>().join(" ");
    Err(ExecError::NoHost { wanted: host.clone(), known })
}

/// Says which of several labs is meant, and how to choose.
fn tell_of_others(chosen: &Running, labs: &[Running]) {
    let owner = |lab: &Running| lab.owner().unwrap_or(lab.pid).to_string();
    let all = labs.iter().map(owner).collect::<Vec<_>>().join(", ");
    // Where nobody can hear it any more, there is nobody to tell.
    let _ = writeln!(
        std::io::stderr(),
        "sockstep: {} labs are running, of the processes {all}; this is the newest, of {}; \
         --pid chooses",
        labs.len(),
        owner(chosen),
    );
}

fn join(pid: i32, namespace: i32) -> Result<(), Failure> {
    let open = |path: String| File::open(&path).attempt(format!("open {path}"));
    let net = open(format!("/proc/{pid}/fd/{namespace}"))?;
    let user = open(format!("/proc/{pid}/ns/user"))?;
    let mounts = open(format!("/proc/{pid}/ns/mnt"))?;
    let pids = open(format!("/proc/{pid}/ns/pid"))?;
    setns(&user, CloneFlags::CLONE_NEWUSER).attempt("join the lab's user namespace")?;
    setns(&mounts, CloneFlags::CLONE_NEWNS).attempt("join the lab's mounts")?;
    setns(&pids, CloneFlags::CLONE_NEWPID).attempt("join the lab's processes")?;
    setns(&net, CloneFlags::CLONE_NEWNET).attempt("join the host")
}
