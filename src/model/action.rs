//! What can be done to a lab.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::address::escape;
use super::call::Call;
use super::name::{HostName, ProcessName};
use super::signal::Signal;
use super::wire::Filter;

/// One action on a lab.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Action {
    /// A process makes a system call. Its memory must hold what the arguments point to.
    Call(Arc<Call>),
    /// Something on the wire.
    Wire(WireAction),
    /// A new process on a host.
    Spawn {
        /// Its name.
        process: ProcessName,
        /// Where.
        host: HostName,
    },
    /// A command of the machine runs on a host (with a shell), as a process without calls.
    Run {
        /// Its name.
        process: ProcessName,
        /// Where.
        host: HostName,
        /// The command line.
        command: String,
    },
    /// A signal for a process.
    Kill {
        /// Which signal; `stop` is SIGSTOP and `cont` SIGCONT.
        signal: Signal,
        /// For whom.
        process: ProcessName,
    },
    /// A host starts anew: its processes die, its sockets vanish without a word, its address stays.
    Reboot(HostName),
    /// A sysctl of a host is set.
    Set {
        /// Where.
        host: HostName,
        /// The full name, under `net.`.
        key: String,
        /// The value.
        value: String,
    },
    /// Nothing; time passes.
    Wait(Duration),
}

/// Something that the learner does to the wire.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WireAction {
    /// From now on hold what the filter means; filters add up.
    Hold(Filter),
    /// Drop the filters and deliver what is held. Refused, like all that delivers, while the wire is
    /// cut and holds something.
    Auto,
    /// Deliver the oldest held packet that matches.
    Deliver(Filter),
    /// Deliver all that is held now, oldest first.
    DeliverAll,
    /// Throw away the oldest held packet that matches.
    Drop(Filter),
    /// Deliver a second copy of the oldest held packet that matches, and keep the original held.
    Duplicate(Filter),
    /// Exchange the two oldest held packets.
    Swap,
    /// Cut the wire: nothing passes and nothing more is held; what is held stays so.
    Cut,
    /// Mend it.
    Mend,
    /// Answer the oldest held packet with an ICMP error, and throw it away. Refused for a packet that
    /// must not be answered (RFC 1122, 3.2.2), an ICMP error above all.
    Unreachable(Unreachable),
}

/// Which ICMP error the wire answers with (RFC 792; for IPv6 the nearest of RFC 4443).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Unreachable {
    /// Type 3 code 0.
    Net,
    /// Type 3 code 1.
    Host,
    /// Type 3 code 3.
    Port,
}

impl fmt::Display for Action {
    /// The action as a lesson writes it: `deliver SYN`, `kill -SIGKILL server`; a call as its C.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let plain = |text: &str| escape(text.as_bytes());
        match self {
            Action::Call(call) => f.write_str(&plain(&call.code)),
            Action::Wire(action) => write!(f, "{action}"),
            Action::Spawn { process, host } => write!(f, "spawn {process} {host}"),
            Action::Run { process, host, command } => {
                write!(f, "run {process} {host}: {}", plain(command))
            }
            Action::Kill { signal: Signal::STOP, process } => write!(f, "stop {process}"),
            Action::Kill { signal: Signal::CONT, process } => write!(f, "cont {process}"),
            Action::Kill { signal, process } => write!(f, "kill -{signal} {process}"),
            Action::Reboot(host) => write!(f, "reboot {host}"),
            Action::Set { host, key, value } => {
                write!(f, "set {host} {} = {}", plain(key), plain(value))
            }
            Action::Wait(time) => write!(f, "wait {}s", time.as_secs_f64()),
        }
    }
}

impl fmt::Display for WireAction {
    /// As a lesson writes it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            WireAction::Hold(filter) if *filter == Filter::any() => f.write_str("hold"),
            WireAction::Hold(filter) => write!(f, "hold {filter}"),
            WireAction::Auto => f.write_str("auto"),
            WireAction::Deliver(filter) => write!(f, "deliver {filter}"),
            WireAction::DeliverAll => f.write_str("deliver all"),
            WireAction::Drop(filter) => write!(f, "drop {filter}"),
            WireAction::Duplicate(filter) => write!(f, "duplicate {filter}"),
            WireAction::Swap => f.write_str("swap"),
            WireAction::Cut => f.write_str("cut"),
            WireAction::Mend => f.write_str("mend"),
            WireAction::Unreachable(kind) => f.write_str(match kind {
                Unreachable::Net => "unreachable net",
                Unreachable::Host => "unreachable host",
                Unreachable::Port => "unreachable port",
            }),
        }
    }
}
