//! Tests that need several parts of the room at once.

mod running;
