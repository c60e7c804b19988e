//! Tests that need several parts of the room at once.

mod gcc;
mod random;
pub mod running;
