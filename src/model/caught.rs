//! Signals for which a process has a handler of its own.

use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::call::Call;
use super::name::ProcessName;
use super::signal::Signal;

/// The kernel has stopped a process wherever it was, and let it run its handler of a signal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Caught {
    /// Whose handler runs.
    pub process: ProcessName,
    /// The process's number inside the lab.
    pub pid: i32,
    /// The signal.
    pub signal: Signal,
    /// Why it was sent: `si_code` of sigaction(2).
    pub code: i32,
    /// Who sent it, as the process's pid namespace has it; 0 for somebody outside the lab. For
    /// SIGCHLD the child. Means nothing where the kernel itself sent it ([`Caught::KERNEL`]).
    pub sender: i32,
    /// The user behind it; means as much as `sender`.
    pub user: u32,
    /// For SIGCHLD the exit status or the signal that ended the child.
    pub status: i32,
    /// Where the handler lies in the process's memory.
    pub address: u64,
    /// The C function at that address; empty where nobody knows one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub handler: String,
    /// The flags with which the handler was installed (`SA_RESTART`).
    pub flags: i64,
    /// The signals that were blocked where it came, and are again behind the handler: a bit for
    /// each, from signal 1.
    #[serde(default, skip_serializing_if = "none_blocked")]
    pub mask: u64,
    /// The call that it interrupted; `None` between two calls.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub during: Option<Arc<Call>>,
}

fn none_blocked(mask: &u64) -> bool {
    *mask == 0
}

impl Caught {
    /// `si_code`: sent by kill(2), or by the kernel as if (SI_USER).
    pub const USER: i32 = 0;
    /// `si_code`: sent by the kernel, for example by a timer (SI_KERNEL).
    pub const KERNEL: i32 = 0x80;

    /// Whether the handler was installed with SA_RESTART.
    pub fn restarts(&self) -> bool {
        self.flags & 0x1000_0000 != 0
    }

    /// The number of the process that sent it with kill(2), or for which the kernel says so (the
    /// SIGPIPE of a writer); 0 is somebody outside of the lab. `None` where nobody did.
    pub fn sent_by(&self) -> Option<i32> {
        (self.code == Self::USER).then_some(self.sender)
    }

    /// The number of the child of which it tells: SIGCHLD for a change of state (`CLD_EXITED` …).
    pub fn child(&self) -> Option<i32> {
        (self.signal == Signal::CHLD && matches!(self.code, 1..=6)).then_some(self.sender)
    }

    /// What the signal brought, as strace prints it: `{si_signo=SIGUSR1, si_code=SI_USER,
    /// si_pid=2, si_uid=0}`.
    pub fn info(&self) -> String {
        let Self { signal, sender, user, .. } = self;
        let code = match (self.code, *signal) {
            (Self::USER, _) => "SI_USER".to_owned(),
            (Self::KERNEL, _) => "SI_KERNEL".to_owned(),
            (-1, _) => "SI_QUEUE".to_owned(),
            (-2, _) => "SI_TIMER".to_owned(),
            (-6, _) => "SI_TKILL".to_owned(),
            (code @ 1..=6, Signal::CHLD) => {
                ["EXITED", "KILLED", "DUMPED", "TRAPPED", "STOPPED", "CONTINUED"]
                    .get(code as usize - 1)
                    .map_or_else(|| code.to_string(), |name| format!("CLD_{name}"))
            }
            (code, _) => format!("{code:#x}"),
        };
        let begin = format!("{{si_signo={signal}, si_code={code}");
        match (self.code, *signal) {
            (1..=6, Signal::CHLD) => {
                let status = match self.code {
                    1 => self.status.to_string(),
                    _ => Signal(self.status).to_string(),
                };
                format!("{begin}, si_pid={sender}, si_uid={user}, si_status={status}, ...}}")
            }
            (Self::KERNEL, _) => format!("{begin}}}"),
            (1.., _) => format!("{begin}, ...}}"),
            _ => format!("{begin}, si_pid={sender}, si_uid={user}}}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn caught(signal: i32, code: i32, status: i32) -> Caught {
        Caught {
            process: ProcessName::parse("server").expect("a name"),
            pid: 2,
            signal: Signal(signal),
            code,
            sender: 3,
            user: 1000,
            status,
            address: 0x1000_0040,
            handler: "on_signal".to_owned(),
            flags: 0x1000_0000,
            mask: 0,
            during: None,
        }
    }

    #[test]
    fn what_a_signal_brings_is_written_as_strace_writes_it() {
        for (signal, code, status, expected) in [
            (10, 0, 0, "{si_signo=SIGUSR1, si_code=SI_USER, si_pid=3, si_uid=1000}"),
            (14, 0x80, 0, "{si_signo=SIGALRM, si_code=SI_KERNEL}"),
            (
                17,
                1,
                7,
                "{si_signo=SIGCHLD, si_code=CLD_EXITED, si_pid=3, si_uid=1000, si_status=7, ...}",
            ),
            (
                17,
                2,
                9,
                "{si_signo=SIGCHLD, si_code=CLD_KILLED, si_pid=3, si_uid=1000, si_status=SIGKILL, \
                 ...}",
            ),
        ] {
            assert_eq!(caught(signal, code, status).info(), expected);
        }
    }

    #[test]
    fn only_kill_names_a_sender() {
        assert_eq!(caught(10, 0, 0).sent_by(), Some(3));
        assert_eq!(caught(14, 0x80, 0).sent_by(), None);
        assert_eq!(caught(17, 1, 0).sent_by(), None);
        assert_eq!(caught(17, 0, 0).sent_by(), Some(3), "kill(pid, SIGCHLD)");
    }

    #[test]
    fn only_a_change_of_its_state_is_of_a_child() {
        for (signal, code, child) in
            [(17, 1, Some(3)), (17, 6, Some(3)), (17, 0, None), (10, 1, None)]
        {
            assert_eq!(caught(signal, code, 0).child(), child);
        }
    }
}
