//! The World that is real: hosts in network namespaces, processes with real fd tables, and the
//! wire between them, which is sockstep itself.
//!
//! One lab is one family of processes (see `docs/architecture.md`): the *keeper*, which outlives
//! sockstep just long enough to take the lab down; the lab's *first process*, pid 1 of its
//! namespace, which alone has privileges; and the *hands*, the learner's processes, which make
//! one raw system call after another. sockstep itself holds the TUNs, the sock_diag sockets and
//! the processes' channels, carries the packets and reads the kernel.
//!
//! *Must not know*: a lesson, C, an explanation, the screen.

mod arrival;
mod birth;
mod bounds;
mod by_flow;
mod carry;
mod death;
pub mod diag;
mod doctor;
mod ephemeral;
mod exec;
mod failure;
mod fd_table;
mod finding;
mod flood;
pub(crate) mod fuzz;
mod host;
mod init;
mod keeper;
mod kernel;
mod known;
mod labs;
mod lack;
mod life;
mod loopback;
mod make;
mod make_host;
pub mod netlink;
mod observe;
mod observer;
mod order;
mod output;
pub mod packet;
mod place;
mod preset;
pub mod proc;
mod process;
mod registry;
mod settle;
mod softirq;
#[allow(unsafe_code)]
mod sys;
mod wire;
mod world;

use crate::model::Rung;

pub use doctor::{Examination, examine, wire_is_possible};
pub use exec::{ExecError, exec};
pub use finding::{Finding, Remedy, Seen};
pub use labs::Labs;
pub use lack::lack;

/// Becomes a part of a lab, if this process was started as one. To be called before anything
/// else: a lab's processes have one thread.
pub fn become_part_of_a_lab() {
    let mut words = std::env::args_os().skip(1);
    if words.next().is_some_and(|word| word == birth::KEEPER) {
        let loopback = words.next().is_some_and(|word| word == "loopback");
        keeper::run_keeper(if loopback { Rung::Loopback } else { Rung::Wire })
    }
}
