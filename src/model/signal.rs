//! Signals by number and name (signal(7), x86 and ARM numbers).

use std::fmt;

use serde::{Deserialize, Serialize};

/// One signal, for example `SIGPIPE` (13).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Signal(pub i32);

#[rustfmt::skip]
const NAMES: [&str; 31] = [
    "SIGHUP", "SIGINT", "SIGQUIT", "SIGILL", "SIGTRAP", "SIGABRT", "SIGBUS", "SIGFPE", "SIGKILL",
    "SIGUSR1", "SIGSEGV", "SIGUSR2", "SIGPIPE", "SIGALRM", "SIGTERM", "SIGSTKFLT", "SIGCHLD",
    "SIGCONT", "SIGSTOP", "SIGTSTP", "SIGTTIN", "SIGTTOU", "SIGURG", "SIGXCPU", "SIGXFSZ",
    "SIGVTALRM", "SIGPROF", "SIGWINCH", "SIGIO", "SIGPWR", "SIGSYS",
];

impl Signal {
    /// Stops a process (SIGSTOP).
    pub const STOP: Signal = Signal(19);
    /// Lets it go on (SIGCONT).
    pub const CONT: Signal = Signal(18);
    /// A child has ended or was stopped (SIGCHLD).
    pub const CHLD: Signal = Signal(17);

    /// The name, or `None` for a number without one.
    pub fn name(self) -> Option<&'static str> {
        let index = usize::try_from(self.0).ok()?.checked_sub(1)?;
        NAMES.get(index).copied()
    }

    /// The signal that `text` means: `SIGKILL`, `KILL` or `9`.
    pub fn parse(text: &str) -> Option<Self> {
        if let Ok(number) = text.parse() {
            return Signal(number).name().map(|_| Signal(number));
        }
        let bare = text.strip_prefix("SIG").unwrap_or(text);
        let index = NAMES.iter().position(|name| &name[3..] == bare)?;
        i32::try_from(index + 1).ok().map(Signal)
    }

    /// Every signal with a name.
    pub fn all() -> impl Iterator<Item = Signal> {
        (1..=31).map(Signal)
    }
}

impl fmt::Display for Signal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.name() {
            Some(name) => f.write_str(name),
            None => write!(f, "signal {}", self.0),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signal_is_known_by_name_short_name_and_number() {
        for signal in Signal::all() {
            let name = signal.name().expect("every number up to 31 has a name");
            assert_eq!(Signal::parse(name), Some(signal));
            assert_eq!(Signal::parse(&name[3..]), Some(signal));
            assert_eq!(Signal::parse(&signal.0.to_string()), Some(signal));
        }
        assert_eq!(Signal::parse("SIGPIPE"), Some(Signal(13)));
        assert_eq!(Signal::parse("0"), None);
        assert_eq!(Signal::parse("NOPE"), None);
    }
}
