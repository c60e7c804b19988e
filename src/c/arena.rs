//! Where everything lies in a process's arena: what the C library keeps for itself, the learner's
//! variables, and strings of expressions that are only evaluated.

use crate::model::{ARENA_SIZE, ARENA_START};

/// Where `errno` lies.
pub const ERRNO_ADDRESS: u64 = ARENA_START + 8;
/// Where `in6addr_any` and `in6addr_loopback` lie.
pub(super) const IN6ADDR: [u64; 2] = [ARENA_START + 16, ARENA_START + 32];
/// The first variable.
pub(super) const FIRST: u64 = ARENA_START + 64;
/// Behind the last variable: room for what the C library keeps for itself, and for strings in
/// expressions that are only evaluated.
pub(super) const LIBRARY: u64 = ARENA_START + ARENA_SIZE as u64 - 4096;
/// What a handler of signals finds behind its second parameter.
pub(super) const SIGINFO: u64 = LIBRARY + 512;
/// The strings of expressions that are only evaluated.
pub(super) const PASSING: u64 = LIBRARY + 2048;
