//! Tests that need several parts of the room at once.

mod exec;
mod gcc;
mod handler;
mod language;
mod options;
mod overrun;
mod random;
pub mod running;
mod strace;
mod whole;
