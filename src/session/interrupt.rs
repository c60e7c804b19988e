//! Handlers of signals: the kernel says that a process is in one, and its C runs there.

use super::actor::{Ended, Interrupted};
use super::live::{Halt, Live};
use super::printout::Printout;
use crate::c;
use crate::lesson::Place;
use crate::model::{Call, Caught, Moment, Process, ProcessName, Syscall};

/// Bytes of a `siginfo_t`.
const SIGINFO: usize = 128;

impl Live {
    /// The kernel has let a process run its handler: its C begins there. What the process was
    /// about to ask waits until that is over.
    ///
    /// # Errors
    /// What went wrong before the handler's first call.
    pub(super) fn interrupt(
        &mut self,
        caught: &Caught,
        printed: &mut Printout,
    ) -> Result<(), Halt> {
        let wanted = self.calls.iter().position(|call| call.process == caught.process);
        let wanted = wanted.and_then(|place| self.calls.remove(place));
        let Some(actor) = self.cast.get_mut(&caught.process) else { return Ok(()) };
        let handler = actor.scope.handler(caught.address);
        let name = handler.as_ref().map_or("", |handler| handler.name());
        actor.enters(name, caught.mask, wanted);
        let (signal, info) = (caught.signal.0, siginfo(caught));
        self.turn(&caught.process, printed, |machine, memory| {
            machine.interrupt(handler.as_ref(), signal, &info, memory)
        })
    }

    /// A process has gone back from its innermost handler.
    pub(super) fn leave_handler(&mut self, process: &ProcessName) {
        let wanted = self.cast.get_mut(process).and_then(|actor| actor.leaves());
        if let Some(call) = wanted {
            self.calls.push_front(call);
        }
    }

    /// Ends the statement of a process. If it is in handlers, the process still has to leave them.
    pub(super) fn stop(&mut self, process: &ProcessName, how: Ended) {
        let Some(actor) = self.cast.get_mut(process) else { return };
        let handlers = actor.interrupted.iter().rev();
        let back: Vec<Call> = handlers.map(|outer| way_back(process, outer)).collect();
        actor.stops(how);
        self.calls.extend(back);
    }

    /// Where the statement stands in the lesson that a process runs.
    pub(super) fn place_of(&self, process: &ProcessName) -> Option<Place> {
        self.cast.get(process)?.statement()?.place.clone()
    }

    /// Writes the names of the C functions to the handlers of a moment; the lab knows no C.
    pub(super) fn name_handlers(&self, moment: &mut Moment) {
        let name = |process: &ProcessName, parent: Option<&ProcessName>, address| {
            let known = |name: &ProcessName| self.cast.get(name);
            let actor = known(process).or_else(|| parent.and_then(known));
            let handler = actor.and_then(|actor| actor.scope.handler(address));
            handler.map_or_else(String::new, |handler| handler.name().to_owned())
        };
        for caught in &mut moment.signals {
            let handler = name(&caught.process, None, caught.address);
            std::sync::Arc::make_mut(caught).handler = handler;
        }
        let handles = |process: &Process| !process.handling.is_empty();
        if !moment.snapshot.processes.iter().any(|process| handles(process)) {
            return;
        }
        let snapshot = std::sync::Arc::make_mut(&mut moment.snapshot);
        for process in snapshot.processes.iter_mut().filter(|process| handles(process)) {
            let process = std::sync::Arc::make_mut(process);
            for caught in &mut process.handling {
                let handler = name(&process.name, process.parent.as_ref(), caught.address);
                std::sync::Arc::make_mut(caught).handler = handler;
            }
        }
    }
}

/// The system call by which a process goes back from a handler. In C it is the handler's end.
pub(super) fn way_back(process: &ProcessName, left: &Interrupted) -> Call {
    Call {
        process: process.clone(),
        code: format!("}} /* {} */", left.handler),
        typed: Syscall::RtSigreturn.name().to_owned(),
        syscall: Syscall::RtSigreturn,
        args: [0; 6],
        shown: vec![format!("{{mask={}}}", c::signals(left.mask))],
        child: None,
        overrun: None,
    }
}

/// What a handler with SA_SIGINFO finds behind its second parameter (sigaction(2)).
fn siginfo(caught: &Caught) -> [u8; SIGINFO] {
    let mut bytes = [0; SIGINFO];
    let words = [
        (0, caught.signal.0),
        (8, caught.code),
        (16, caught.sender),
        (20, caught.user as i32),
        (24, caught.status),
    ];
    for (at, word) in words {
        bytes[at..at + 4].copy_from_slice(&word.to_le_bytes());
    }
    bytes
}
