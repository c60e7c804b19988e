//! Runs a lesson or free play on a World.
