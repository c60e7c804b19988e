//! What is known of a process since its hello: its numbers, and its files in `/proc`, which tell
//! whether it is at rest.

use std::fs::File;
use std::os::unix::fs::FileExt as _;

use nix::errno::Errno;

use super::failure::{Attempt as _, Failure};
use super::proc::{self, Place, RunState};
use super::sys::{self, PidFd};
use crate::model::Call;

/// How many milliseconds a process may take to end that has let go of its memory.
const PATIENCE: u16 = 1_000;

/// What is known of a process since its hello.
#[derive(Debug)]
pub(super) struct Known {
    /// Its number inside the lab.
    pub pid: i32,
    /// Its number outside.
    pub outer: i32,
    /// The number of its control fd.
    pub control: i32,
    /// A handle that no other process can take over.
    pub handle: PidFd,
    status: File,
    syscall: File,
    /// Not on every kernel.
    schedstat: Option<File>,
    /// It slept or was stopped when it had been put on a processor so often.
    slept: Option<(u64, RunState)>,
    buffer: Vec<u8>,
}

/// What `/proc` says about a process's rest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rest {
    /// It will do nothing until somebody acts: it waits for a request, sleeps in its call, is
    /// stopped, or is dead.
    pub quiet: bool,
    /// Stopped by a signal.
    pub stopped: bool,
    /// How often it was put on a processor since its birth, or how often it left one: either
    /// grows whenever it runs.
    pub runs: u64,
}

impl Known {
    /// Opens its files.
    ///
    /// # Errors
    /// ESRCH or ENOENT if it is dead and waited for, or about to end.
    pub fn open(pid: i32, outer: i32, control: i32) -> Result<Self, Failure> {
        let handle = PidFd::open(outer).attempt("hold a process of the lab")?;
        let open = |file: &str| {
            let path = format!("/proc/{outer}/{file}");
            match File::open(&path).attempt(format!("open {path}")) {
                // Whoever has let go of its memory on its way out belongs to root from then on.
                Err(Failure { attempt, errno: Errno::EACCES }) if handle.ends_within(PATIENCE) => {
                    Err(Failure { attempt, errno: Errno::ESRCH })
                }
                other => other,
            }
        };
        Ok(Self {
            pid,
            outer,
            control,
            status: open("status")?,
            syscall: open("syscall")?,
            schedstat: open("schedstat").ok(),
            handle,
            slept: None,
            buffer: vec![0; 4096],
        })
    }

    /// Whether it sleeps in `call`, or waits for a request if there is none. Whom a signal has
    /// `stopped` while strace(1) or a debugger looks on is in the state of a traced process, not
    /// in that of a stopped one.
    pub fn rest(&mut self, call: Option<&Call>, stopped: bool) -> Rest {
        let moving = Rest { quiet: false, stopped: false, runs: 0 };
        let Ok(length) = self.syscall.read_at(&mut self.buffer, 0) else { return moving };
        let place = match proc::place(&self.buffer[..length]) {
            // Also once it is woken and waits for a processor.
            Some(Place::Running) | None => return moving,
            Some(place) => place,
        };
        let Some((state, runs)) = self.state() else { return moving };
        match state {
            RunState::Stopped => Rest { quiet: true, stopped: true, runs },
            RunState::Traced if stopped => Rest { quiet: true, stopped: true, runs },
            RunState::Sleeping => {
                Rest { quiet: self.is_expected(place, call), stopped: false, runs }
            }
            RunState::Running
            | RunState::DiskSleep
            | RunState::Traced
            | RunState::Zombie
            | RunState::Dead
            | RunState::Other(_) => Rest { runs, ..moving },
        }
    }

    /// The state of a process that is off the processor, and how often it ran.
    ///
    /// `/proc/PID/status` is dear, and the lab is at rest only after several looks. A process
    /// sleeps or is stopped until it runs, so its state is known while that has not happened; but
    /// see [`Known::look_anew`].
    fn state(&mut self) -> Option<(RunState, u64)> {
        let runs = self.schedstat.as_ref().and_then(|file| {
            let length = file.read_at(&mut self.buffer, 0).ok()?;
            proc::runs(&self.buffer[..length])
        });
        if let (Some(runs), Some((then, state))) = (runs, self.slept)
            && runs == then
        {
            return Some((state, runs));
        }
        let length = self.status.read_at(&mut self.buffer, 0).ok()?;
        let text = &self.buffer[..length];
        let state = proc::status_state(text)?;
        let still = matches!(state, RunState::Sleeping | RunState::Stopped | RunState::Traced);
        self.slept = runs.filter(|_| still).map(|runs| (runs, state));
        Some((state, runs.or_else(|| proc::switches(text))?))
    }

    /// The next look asks for the state again. Whoever has been woken by another processor
    /// (`TASK_WAKING`) has not run yet, and `/proc/PID/syscall` still says in which call it sleeps;
    /// only `/proc/PID/status` says that it does not sleep any more.
    pub fn look_anew(&mut self) {
        self.slept = None;
    }

    /// Whether its `/proc` entry is still there; another process may have its number by then.
    pub fn is_there(&self) -> bool {
        self.status.read_at(&mut [0], 0).is_ok()
    }

    /// Whether a sleeping process sleeps in `call`, or in waiting for a request if there is none.
    fn is_expected(&self, place: Place, call: Option<&Call>) -> bool {
        let Place::Call { number, args } = place else { return false };
        let first = args[0] as i32;
        match call {
            // Nobody but the hand itself makes this call.
            None => number == WAITING,
            // A call that is restarted after a stop goes by the number of restart_syscall().
            Some(_) if number == RESTART => true,
            Some(call) => number == sys::number(call.syscall) && first == call.args[0] as i32,
        }
    }
}

/// pselect6(2): a process waits for a request in it.
const WAITING: i64 = 270;
/// restart_syscall(2).
const RESTART: i64 = 219;
