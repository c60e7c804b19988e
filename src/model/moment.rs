//! One entry of the timeline.

use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::action::Action;
use super::call::{Call, Report, Syscall};
use super::caught::Caught;
use super::change::Change;
use super::name::ProcessName;
use super::packet::Passage;
use super::snapshot::Snapshot;

/// What happened between one settled state of the lab and the next.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// What set it off.
    pub cause: Cause,
    /// When the lab had settled, since its start.
    pub at: Duration,
    /// Calls that began, ended or fell asleep, in the order in which the lab saw it.
    pub reports: Vec<Report>,
    /// Signals for which a process's handler began to run, in order. What a process reported in
    /// this moment, it reported before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub signals: Vec<Arc<Caught>>,
    /// What happened on the wire, in order.
    pub passages: Vec<Passage>,
    /// How many packets went over the wire besides: of a flood only the first ones are told.
    #[serde(default)]
    pub untold: u64,
    /// The kernel's state afterwards.
    pub snapshot: Arc<Snapshot>,
    /// What differs from the snapshot before.
    pub changes: Vec<Change>,
    /// What a command that ran on a host (`run`) has printed since, as it came.
    pub printed: Vec<u8>,
    /// How many bytes it printed besides: of a flood only the first ones are told.
    #[serde(default)]
    pub unprinted: u64,
    /// The lab did not come to rest within its time limit, so more may follow at once.
    pub unsettled: bool,
}

impl Moment {
    /// Whether nothing has happened that anyone could see.
    pub fn is_empty(&self) -> bool {
        self.reports.is_empty()
            && self.signals.is_empty()
            && self.passages.is_empty()
            && self.untold == 0
            && self.changes.is_empty()
            && self.printed.is_empty()
            && self.unprinted == 0
    }
}

/// What set off a moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// The lab was made.
    Start,
    /// An action.
    Action(Action),
    /// Statements that make no system call ran, and the lab was not asked for anything: the
    /// snapshot is the one before, only the process's memory may differ.
    Statement {
        /// Who ran them.
        process: ProcessName,
        /// The C, on one line.
        code: String,
        /// Whether a variable of the process came or changed. Recordings before this was asked
        /// are read as if one had.
        #[serde(default = "yes")]
        changed: bool,
        /// The value of the last of them, if it is an expression.
        #[serde(default)]
        value: Option<i64>,
    },
    /// Nobody did anything: a timer of the kernel, or a command that runs on a host.
    Kernel,
}

/// See [`Cause::Statement`].
fn yes() -> bool {
    true
}

impl Moment {
    /// The handler that a process goes back from, if the moment begins with that.
    pub fn left<'a>(&self, before: &'a Snapshot, process: &ProcessName) -> Option<&'a Arc<Caught>> {
        let call = self.call_of(process).filter(|call| call.syscall == Syscall::RtSigreturn);
        call.and_then(|_| before.process(process)?.handling.last())
    }

    /// The call in which a process was before what the moment tells: it slept or was stopped there,
    /// or goes back to it from a handler. A call that the moment begins with is none, though it
    /// may be the same to the letter as one that a handler has interrupted.
    pub fn open_call<'a>(
        &self,
        before: &'a Snapshot,
        process: &ProcessName,
    ) -> Option<&'a Arc<Call>> {
        match self.call_of(process) {
            Some(_) => self.left(before, process)?.during.as_ref(),
            None => before.process(process)?.in_call(),
        }
    }

    /// The call of this process that the moment begins with.
    fn call_of(&self, process: &ProcessName) -> Option<&Arc<Call>> {
        let Cause::Action(Action::Call(call)) = &self.cause else { return None };
        Some(call).filter(|call| call.process == *process)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Process, ProcessState, Signal};

    fn call(syscall: Syscall) -> Arc<Call> {
        Arc::new(Call {
            process: ProcessName::parse("server").expect("a name"),
            code: String::new(),
            typed: syscall.name().to_owned(),
            syscall,
            args: [0; 6],
            shown: Vec::new(),
            child: None,
            overrun: None,
        })
    }

    /// A process in a handler that interrupted kill().
    fn snapshot(state: ProcessState, stopped_in: Option<Arc<Call>>) -> Snapshot {
        let caught = Caught {
            process: ProcessName::parse("server").expect("a name"),
            pid: 2,
            signal: Signal(10),
            code: Caught::USER,
            sender: 2,
            user: 0,
            status: 0,
            address: 0,
            handler: "h".to_owned(),
            flags: 0,
            mask: 0,
            during: Some(call(Syscall::Kill)),
        };
        let process = Process {
            name: ProcessName::parse("server").expect("a name"),
            host: crate::model::HostName::parse("server").expect("a name"),
            pid: 2,
            outer_pid: 2002,
            parent: None,
            state,
            handling: vec![Arc::new(caught)],
            fds: Vec::new(),
            standard: true,
            stopped_in,
        };
        Snapshot { processes: vec![Arc::new(process)], ..Snapshot::default() }
    }

    fn begun_by(cause: Cause) -> Moment {
        Moment {
            cause,
            at: Duration::ZERO,
            reports: Vec::new(),
            signals: Vec::new(),
            passages: Vec::new(),
            untold: 0,
            snapshot: Arc::new(Snapshot::default()),
            changes: Vec::new(),
            printed: Vec::new(),
            unprinted: 0,
            unsettled: false,
        }
    }

    #[test]
    fn a_call_is_open_by_where_the_process_was_and_not_by_what_it_says() {
        let name = ProcessName::parse("server").expect("a name");
        let made = |syscall| begun_by(Cause::Action(Action::Call(call(syscall))));
        let ready = snapshot(ProcessState::Ready, None);
        // The handler makes the same call as the one that it has interrupted.
        assert_eq!(made(Syscall::Kill).open_call(&ready, &name), None);
        assert_eq!(begun_by(Cause::Kernel).open_call(&ready, &name), None);
        let back = made(Syscall::RtSigreturn);
        assert_eq!(back.open_call(&ready, &name), Some(&call(Syscall::Kill)));
        assert!(back.left(&ready, &name).is_some());
        let pause = call(Syscall::Pause);
        let asleep = ProcessState::InCall { call: pause.clone(), wchan: None };
        for before in [snapshot(asleep, None), snapshot(ProcessState::Stopped, Some(pause.clone()))]
        {
            assert_eq!(begun_by(Cause::Kernel).open_call(&before, &name), Some(&pause));
        }
    }
}
