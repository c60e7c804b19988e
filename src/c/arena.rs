//! Where everything lies in a process's arena: what the C library keeps for itself, the learner's
//! variables, and strings of expressions that are only evaluated.

use crate::model::{ARENA_SIZE, ARENA_START};

/// Where `errno` lies.
pub const ERRNO_ADDRESS: u64 = ARENA_START + 8;
/// Where `in6addr_any` and `in6addr_loopback` lie.
pub(super) const IN6ADDR: [u64; 2] = [ARENA_START + 16, ARENA_START + 32];
/// The first variable.
pub(super) const FIRST: u64 = ARENA_START + 64;
/// Behind the last variable: the arguments of a program that are given as a list, which the C
/// library keeps on the stack, and its path if it was sought.
pub(super) const ARGUMENTS: u64 = FOUND - 8 * MOST_ARGUMENTS as u64;
/// How many arguments there may be, the NULL at their end counted.
pub(super) const MOST_ARGUMENTS: usize = 64;
/// The path.
pub(super) const FOUND: u64 = LIBRARY - 512;
/// A longer name is in no directory.
pub(super) const LONGEST_NAME: usize = 256;
/// Behind that: room for what the C library keeps for itself, and for strings in
/// expressions that are only evaluated.
const LIBRARY: u64 = ARENA_START + ARENA_SIZE as u64 - 4096;
/// Where `inet_ntoa` puts its text.
pub(super) const NTOA: u64 = LIBRARY;
/// Where `ctime` puts its text.
pub(super) const CTIME: u64 = LIBRARY + 64;
/// Where `gethostbyname` puts what it found.
pub(super) const HOSTENT: u64 = LIBRARY + 96;
/// The kernel's `struct sigaction` for a new and an old handler, and a `struct timespec`: the C
/// library keeps them on the stack.
pub(super) const NEW_ACTION: u64 = LIBRARY + 256;
/// The old one.
pub(super) const OLD_ACTION: u64 = LIBRARY + 288;
/// The time.
pub(super) const TIME: u64 = LIBRARY + 320;
/// The environment: nothing but the NULL at its end.
pub(super) const ENVIRONMENT: u64 = LIBRARY + 336;
/// What a handler of signals finds behind its second parameter: one place for all handlers, so an
/// inner one's is what an outer one finds afterwards.
pub(super) const SIGINFO: u64 = LIBRARY + 384;
/// Where `strerror` puts its texts: each error has its own place, as in glibc, up to a number.
pub(super) const ERROR_TEXTS: u64 = LIBRARY + 512;
/// Bytes of one of them.
pub(super) const ERROR_TEXT_SIZE: u64 = 64;
/// How many there are.
pub(super) const ERROR_TEXT_PLACES: u64 = 24;
/// What `rand` keeps: whether it has begun, its place, and 31 numbers.
pub(super) const RANDOM: u64 = LIBRARY + 2048;
/// Where `strtok` goes on.
pub(super) const STRTOK: u64 = LIBRARY + 2048 + 136;
/// The strings of expressions that are only evaluated.
pub(super) const PASSING: u64 = LIBRARY + 2048 + 256;
/// How much room they have.
const PASSING_SIZE: u64 = 4096 - 2048 - 256;

/// Everything behind the variables in its order, with the bytes that it takes.
const PLACES: [(u64, u64); 14] = [
    (ARGUMENTS, 8 * MOST_ARGUMENTS as u64),
    (FOUND, 512),
    (NTOA, 64),
    (CTIME, 32),
    (HOSTENT, 160),
    (NEW_ACTION, 32),
    (OLD_ACTION, 32),
    (TIME, 16),
    (ENVIRONMENT, 8),
    (SIGINFO, 128),
    (ERROR_TEXTS, ERROR_TEXT_SIZE * ERROR_TEXT_PLACES),
    (RANDOM, 136),
    (STRTOK, 8),
    (PASSING, PASSING_SIZE),
];

const _: () = {
    let mut at = 1;
    while at < PLACES.len() {
        let (before, size) = PLACES[at - 1];
        assert!(before + size <= PLACES[at].0, "two things lie in one place");
        at += 1;
    }
    assert!(PASSING + PASSING_SIZE <= ARENA_START + ARENA_SIZE as u64);
};
