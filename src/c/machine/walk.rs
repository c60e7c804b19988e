//! A program, a call at a time.

use std::sync::Arc;

use super::super::builtins::Stdin;
use super::super::fault::Fault;
use super::super::program::Spot;
use super::super::statement::Statement;
use super::{Event, Machine, State};
use crate::model::Memory;

impl Machine {
    /// Begins a program with this input: runs to its first statement, and from now on stops at the first
    /// statement behind each call.
    ///
    /// # Errors
    /// As [`Machine::begin`].
    pub fn begin_walk(
        &mut self,
        statement: &Statement,
        stdin: Stdin,
        memory: &mut dyn Memory,
    ) -> Result<Event, Fault> {
        if !self.is_idle() {
            return Err(Fault::Misused);
        }
        self.stdin = stdin;
        (self.walks, self.called, self.last) = (true, true, None);
        self.start(statement, memory)
    }

    /// Goes on from a statement at which a program stopped, to its next call.
    ///
    /// # Errors
    /// As [`Machine::begin`]; [`Fault::Misused`] if it did not stop at a statement.
    pub fn walk(&mut self, memory: &mut dyn Memory) -> Result<Event, Fault> {
        if self.state != State::Stopped {
            return Err(Fault::Misused);
        }
        (self.state, self.called) = (State::Running, false);
        self.checked(Ok(()), memory)
    }

    /// The statement that began last, also behind a fault.
    pub fn last_spot(&self) -> Option<&Arc<Spot>> {
        self.last.as_ref()
    }

    /// The statement that a program is at: it has begun, or is about to.
    pub fn spot(&self) -> Option<&Arc<Spot>> {
        let here = self.frames.last().and_then(|frame| frame.spot.as_ref());
        here.or(self.last.as_ref()).filter(|_| !self.is_idle())
    }
}
