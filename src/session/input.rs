//! A program's standard input: a real pipe that holds it, with the end of file behind it.

use std::sync::Arc;

use super::live::{Happened, Live};
use crate::model::{
    ARENA_SIZE, ARENA_START, Action, Call, Memory, Outcome, ProcessName, Said, Syscall, WorldError,
    said,
};

/// Where the bytes lie on their way to the kernel; what lies there comes back.
const DESK: u64 = ARENA_START + ARENA_SIZE as u64 / 2;

impl Live {
    /// Fills descriptor 0 of a process with `input`, by calls of its own that no page shows: the
    /// shell would have made them. What they brought comes back.
    ///
    /// # Errors
    /// As the world says it; [`WorldError::Broken`] if the kernel refuses one of the calls. The
    /// process must be idle.
    pub fn give_input(
        &mut self,
        process: &ProcessName,
        input: &[u8],
    ) -> Result<Vec<Happened>, WorldError> {
        let memory = self.memory_of(process)?;
        let kept = memory.read(DESK, input.len().max(8)).unwrap_or_default();
        let mut happened = Vec::new();
        let desk = DESK as i64;
        self.make(process, Syscall::Pipe, [desk, 0, 0], &mut happened)?;
        let memory = self.memory_of(process)?;
        let ends = memory.read(DESK, 8).unwrap_or_default();
        let end = |at: usize| {
            let bytes = ends.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
            i64::from(bytes.map_or(-1, i32::from_ne_bytes))
        };
        memory.write(DESK, input);
        let length = input.len() as i64;
        self.make(process, Syscall::Write, [end(4), desk, length], &mut happened)?;
        self.make(process, Syscall::Dup2, [end(0), 0, 0], &mut happened)?;
        self.make(process, Syscall::Close, [end(0), 0, 0], &mut happened)?;
        self.make(process, Syscall::Close, [end(4), 0, 0], &mut happened)?;
        self.memory_of(process)?.write(DESK, &kept);
        if let Some(actor) = self.cast.get_mut(process) {
            actor.came_back = None; // no call of its program
        }
        self.look();
        Ok(happened)
    }

    fn memory_of(&mut self, process: &ProcessName) -> Result<&mut dyn Memory, WorldError> {
        let broken = || self::broken(process, said!("it has no memory any more"));
        self.world.memory(process).ok_or_else(broken)
    }

    /// Makes one call, which must return at once.
    fn make(
        &mut self,
        process: &ProcessName,
        syscall: Syscall,
        [a, b, c]: [i64; 3],
        all: &mut Vec<Happened>,
    ) -> Result<(), WorldError> {
        let call = Call {
            process: process.clone(),
            code: String::new(),
            typed: syscall.to_string(),
            syscall,
            args: [a, b, c, 0, 0, 0],
            shown: Vec::new(),
            child: None,
            overrun: None,
        };
        let happened = self.act(&Action::Call(Arc::new(call)))?;
        let own = happened.moment.reports.iter().find(|report| report.call.process == *process);
        let outcome = own.map(|report| report.outcome.clone());
        all.push(happened);
        match outcome {
            Some(Outcome::Returned(_)) => Ok(()),
            Some(outcome) => {
                let outcome = outcome.to_string();
                Err(broken(process, said!("{call}(): {outcome}", call = syscall.name(), outcome)))
            }
            None => {
                Err(broken(process, said!("{call}() has not come back", call = syscall.name())))
            }
        }
    }
}

fn broken(process: &ProcessName, reason: Said) -> WorldError {
    WorldError::Broken { attempt: said!("give {process} its standard input", process), reason }
}
