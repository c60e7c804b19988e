//! Tests that need several parts of the room at once.

mod random;
pub mod running;
