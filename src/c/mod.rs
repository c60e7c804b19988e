//! The C subset: lexer, parser, layout, evaluation → calls.
//!
//! Text becomes tokens ([`tokens`]), a syntax tree, and typed code for a stack machine
//! ([`compile`]). A [`Machine`] runs it on a process's [`Memory`](crate::model::Memory) and stops
//! wherever the kernel must answer, so that a call can block for an hour and a process can fork
//! in the middle of an expression. Every variable has one fixed address, so there is no recursion.
//!
//! The same lexer serves parsing, highlighting, completion and argument help. Arguments are
//! written as strace prints them.
//!
//! *Must not know*: what the kernel will answer, a clock, a file, a terminal, or any other room
//! but `model`. Wrong but legal C (a wrong length, `NULL`, −1 as a descriptor) is not refused: it
//! goes to the kernel.

mod arena;
mod arithmetic;
mod ast;
mod builtins;
mod calls;
mod compile;
mod complete;
mod constants;
mod error;
mod fault;
mod front;
mod glass;
mod headers;
mod highlight;
mod layout;
mod lexer;
mod look;
mod lower;
mod machine;
mod overrun;
mod parser;
mod preprocess;
mod program;
mod reach;
mod scope;
mod shorthand;
mod statement;
mod strace;
mod types;

pub use arena::ERRNO_ADDRESS;
pub use builtins::{Stdin, strerror};
pub use calls::{CallHelp, CallResult, Parameter, call_named, calls};
pub use complete::{Candidate, Completion, call_at, complete};
pub use constants::{names as constant_names, value as constant};
pub use error::{Error, nearest};
pub use fault::{CALLS_A_STEP, Fault, OPERATIONS_A_STEP};
pub use front::{Program, compile, compile_expression, program, run_main};
pub use highlight::{Class, highlight};
pub use lexer::{Bad, Kind, Token, tokens};
pub use look::{Row, rows};
pub use machine::{Event, Machine, Pending};
pub use overrun::overrun;
pub use program::Spot;
pub use scope::{Handler, Scope, Variable};
pub use shorthand::plain;
pub use statement::{Comment, Expression, Statement};
pub use strace::{BESIDE, line, signals, written};
pub use types::{Field, Int, Struct, Type};

#[cfg(test)]
mod tests;
