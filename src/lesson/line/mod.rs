//! One line of a `lab` fence.

mod read;

#[cfg(test)]
pub(super) use read::WORDS;
pub(super) use read::{Reading, read_line};

use std::fmt;
use std::time::Duration;

use super::fact::Fact;
use crate::model::{Action, HostName, ProcessName, Signal, WireAction};

/// What a line of a `lab` fence does: one step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LabLine {
    /// Something on the wire.
    Wire(WireAction),
    /// `spawn NAME @HOST`
    Spawn {
        /// The new process.
        process: ProcessName,
        /// Where.
        host: HostName,
    },
    /// `run NAME @HOST: command`
    Run {
        /// What to call it.
        process: ProcessName,
        /// Where.
        host: HostName,
        /// The command line.
        command: String,
    },
    /// `kill -SIG NAME`, `stop NAME`, `cont NAME`
    Kill {
        /// Which signal.
        signal: Signal,
        /// For whom.
        process: ProcessName,
    },
    /// `reboot @HOST`
    Reboot(HostName),
    /// `set @HOST key = value`
    Set {
        /// Where.
        host: HostName,
        /// The full name under `net.`, with dots.
        key: String,
        /// The value.
        value: String,
    },
    /// `mark NAME`: nothing happens; `again` comes back to here.
    Mark(String),
    /// `again NAME`: a fresh lab, on which what led to the mark is done again.
    Again {
        /// The mark.
        mark: String,
        /// The step of the mark.
        step: usize,
    },
    /// `step NAME`: its program goes on to its next call, or to its next call of this name.
    Step {
        /// Whose.
        process: ProcessName,
        /// `until CALL`
        until: Option<String>,
    },
    /// `wait 3s`
    Wait(Duration),
    /// `wait FACT`: until it holds.
    WaitFor {
        /// What is waited for.
        fact: Fact,
        /// How long at most.
        within: Duration,
    },
}

/// When a fact has to hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// At some moment within this time.
    Within(Duration),
    /// At every moment for this long.
    For(Duration),
}

impl LabLine {
    /// The action on the lab; `mark`, `again`, `step` and `wait FACT` are none, the session does
    /// them.
    pub fn action(&self) -> Option<Action> {
        Some(match self {
            LabLine::Wire(action) => Action::Wire(action.clone()),
            LabLine::Spawn { process, host } => {
                Action::Spawn { process: process.clone(), host: host.clone() }
            }
            LabLine::Run { process, host, command } => {
                let (process, host) = (process.clone(), host.clone());
                Action::Run { process, host, command: command.clone() }
            }
            LabLine::Kill { signal, process } => {
                Action::Kill { signal: *signal, process: process.clone() }
            }
            LabLine::Reboot(host) => Action::Reboot(host.clone()),
            LabLine::Set { host, key, value } => {
                Action::Set { host: host.clone(), key: key.clone(), value: value.clone() }
            }
            LabLine::Wait(time) => Action::Wait(*time),
            LabLine::Mark(_)
            | LabLine::Again { .. }
            | LabLine::WaitFor { .. }
            | LabLine::Step { .. } => return None,
        })
    }
}

impl fmt::Display for Patience {
    /// As in a lesson: `within 10s`, `for 500ms`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (word, time) = match self {
            Patience::Within(time) => ("within", time),
            Patience::For(time) => ("for", time),
        };
        match time.subsec_millis() {
            0 => write!(f, "{word} {}s", time.as_secs()),
            _ => write!(f, "{word} {}ms", time.as_millis()),
        }
    }
}
