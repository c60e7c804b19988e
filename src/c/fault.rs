//! What ends an evaluation that compiled.

use std::fmt;
use std::sync::Arc;

use crate::model::{Said, said};

/// Why an evaluation could not go on. A real program would have been killed, or would run for
/// ever.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Fault {
    /// More system calls in one step than are allowed.
    TooManyCalls,
    /// More operations in one step than are allowed.
    TooManyOperations,
    /// The C itself touched memory that is not the process's.
    OutsideMemory {
        /// The first byte it wanted.
        address: u64,
        /// How many bytes.
        length: u64,
    },
    /// Division by zero, or of the smallest number by −1.
    Division,
    /// What `assert()` was given is 0.
    Assertion,
    /// `abort()`.
    Aborted,
    /// A format asked for an argument that is not there.
    Format,
    /// A signal came for which something was installed that is no function.
    NoHandler,
    /// A handler of signals calls a function in the middle of which it was called itself.
    Reentered {
        /// The function.
        function: Arc<str>,
    },
    /// The machine was told to go on though it waits for nothing, or to begin though it is busy.
    Misused,
}

/// System calls a step.
pub const CALLS_A_STEP: u32 = 10_000;
/// Operations a step: one or two seconds' worth.
pub const OPERATIONS_A_STEP: u32 = 20_000_000;

impl Fault {
    /// The number of the signal by which the kernel would end a real program for this; `None`:
    /// what stopped it is sockstep's own limit.
    pub fn signal(&self) -> Option<i32> {
        match self {
            Fault::OutsideMemory { .. } | Fault::NoHandler => Some(11), // SIGSEGV
            Fault::Division => Some(8),                                 // SIGFPE
            Fault::Assertion | Fault::Aborted => Some(6),               // SIGABRT
            Fault::TooManyCalls
            | Fault::TooManyOperations
            | Fault::Format
            | Fault::Reentered { .. }
            | Fault::Misused => None,
        }
    }
}

impl Fault {
    /// What went wrong, as a sentence without its full stop.
    pub fn said(&self) -> Said {
        match self {
            Fault::TooManyCalls => {
                said!("this step made {most} system calls and is stopped", most = CALLS_A_STEP)
            }
            Fault::TooManyOperations => said!(
                "this step took {most} operations and is stopped: does its loop end?",
                most = OPERATIONS_A_STEP
            ),
            Fault::OutsideMemory { address: 0, .. } => said!(
                "this reads or writes through NULL: a real program would be killed by SIGSEGV"
            ),
            Fault::OutsideMemory { address, length } => said!(
                "this touches {length|byte|bytes} at {address}, outside of the process's memory: \
                 a real program would be killed by SIGSEGV",
                length,
                address = format!("{address:#x}")
            ),
            Fault::Division => {
                said!("division by zero: a real program would be killed by SIGFPE")
            }
            Fault::Assertion => said!("this assert() does not hold: SIGABRT"),
            Fault::Aborted => said!("abort(): SIGABRT"),
            Fault::Format => said!("the format asks for more arguments than there are"),
            Fault::NoHandler => said!(
                "what was installed for this signal is no function: a real program would be \
                 killed by SIGSEGV"
            ),
            Fault::Reentered { function } => said!(
                "the handler calls {function}() while {function}() runs: that is outside \
                 sockstep's C, where each variable has one address",
                function
            ),
            Fault::Misused => said!("the process's C is in the middle of something else"),
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.said().fmt(f)
    }
}

impl std::error::Error for Fault {}
