//! Handlers of signals, as the double has them.

use std::sync::Arc;

use super::kernel::Kernel;
use crate::model::{Call, Caught, Errno, Memory as _, Outcome, ProcessState, Signal};

/// A handler that a process has installed: its address and flags.
pub type Handler = (u64, i64);

impl Kernel {
    /// sigaction(): a handler is an address above SIG_IGN.
    pub(super) fn install(&mut self, at: usize, call: &Call) {
        let signal = Signal(i32::try_from(call.args[0]).unwrap_or(0));
        let address = u64::try_from(call.args[1]).unwrap_or(0);
        let process = &mut self.processes[at];
        let word = |at: u64| {
            let bytes = process.memory.read(address + at, 8).unwrap_or_default();
            bytes.try_into().map_or(0, u64::from_le_bytes)
        };
        let (handler, flags) = (word(0), word(8));
        process.handlers.remove(&signal);
        if handler > 1 {
            process.handlers.insert(signal, (handler, flags as i64));
        }
    }

    /// Lets a process run its handler, wherever it is.
    pub(super) fn catch(&mut self, at: usize, signal: Signal, (address, flags): Handler) {
        let process = &mut self.processes[at];
        let outer = std::mem::replace(&mut process.state, ProcessState::Ready);
        let during =
            if let ProcessState::InCall { call, .. } = &outer { Some(call.clone()) } else { None };
        let caught = Arc::new(Caught {
            process: process.name.clone(),
            pid: process.pid,
            signal,
            code: Caught::USER,
            sender: 0,
            user: 0,
            status: 0,
            address,
            handler: String::new(),
            flags,
            mask: 0,
            during,
        });
        process.handling.push((caught.clone(), outer));
        self.signals.push(caught);
    }

    /// The way back from a handler: the call that it interrupted fails, or sleeps on.
    pub(super) fn go_back(&mut self, at: usize) -> Result<(), String> {
        let Some((caught, outer)) = self.processes[at].handling.pop() else {
            return Err("there is no handler to go back from".to_owned());
        };
        match (outer, &caught.during) {
            (ProcessState::InCall { .. }, Some(call)) if caught.restarts() => self.sleep(at, call),
            (ProcessState::InCall { .. }, Some(call)) => {
                self.report(at, call, Outcome::Failed(Errno(4)));
            }
            (outer, _) => self.processes[at].state = outer,
        }
        self.wake_all();
        Ok(())
    }
}
