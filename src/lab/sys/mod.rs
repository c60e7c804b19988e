//! Every unsafe line of sockstep: raw system calls, mappings, fork, and fds that arrive as numbers.
//!
//! *Must not know*: what a lab, a lesson or a call means. Each function wraps one thing that the
//! kernel offers and that no safe crate does, and hands out owned fds only.

mod arena;
mod channel;
mod fork;
mod hand;
mod mount;
mod number;
mod peek;
mod privileges;
mod tun;

pub(super) use arena::Arena;
pub(super) use channel::{Channel, Received, inherited};
pub(super) use fork::{Forked, close_all_but, default_signals, fork, leave, run_hand};
pub(super) use hand::{DEEPEST, GUARD, Reply, Request, Signalled};
pub(super) use mount::{Files, attach, detached, tmpfs};
pub(super) use number::number;
pub(super) use peek::{Peeked, PidFd};
pub(super) use privileges::{Identity, drop_for_good, keep_all_for_commands, keep_for_commands};
pub(super) use tun::open_tun;
