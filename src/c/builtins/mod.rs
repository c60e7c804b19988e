//! Functions of the C library that ask no kernel, done here on the process's memory.

mod calendar;
mod control;
mod error_text;
mod format;
mod input;
mod network;
mod random;
mod sets;
mod text;

pub(super) use control::Control;
pub use error_text::strerror;
pub(super) use format::{Format, conversions, needed};
pub(super) use input::Input;
pub use input::Stdin;
pub(super) use network::{Network, ipv6_text};
pub(super) use random::Random;
pub(super) use sets::Sets;
pub(super) use text::Text;

use super::fault::Fault;
use super::reach::Reach;

/// One function of the C library.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Builtin {
    /// `htons` and `ntohs`, which are the same.
    Htons,
    /// `htonl` and `ntohl`.
    Htonl,
    Network(Network),
    Text(Text),
    Format(Format),
    Sets(Sets),
    Control(Control),
    Input(Input),
    Random(Random),
}

/// What came of it.
pub(super) struct Done {
    pub value: i64,
    /// Operations it counts as, besides one.
    pub cost: u64,
    pub printed: Option<String>,
}

impl Done {
    fn value(value: i64) -> Self {
        Self { value, cost: 0, printed: None }
    }
}

/// The arguments of one call.
struct Args<'a>(&'a [i64]);

impl Args<'_> {
    fn int(&self, at: usize) -> i64 {
        self.0.get(at).copied().unwrap_or(0)
    }

    fn address(&self, at: usize) -> u64 {
        self.int(at) as u64
    }
}

/// Does `builtin`. `fuel` is how many operations it may count as at most.
pub(super) fn run(
    builtin: Builtin,
    args: &[i64],
    reach: &mut Reach,
    fuel: u32,
    stdin: &mut Stdin,
) -> Result<Done, Fault> {
    let before = reach.touched();
    let mut done = by_kind(builtin, &Args(args), reach, fuel, stdin)?;
    // Whatever else it counts: memory is not to be had for nothing.
    done.cost = done.cost.max((reach.touched() - before) / BYTES_AN_OPERATION);
    Ok(done)
}

/// So many bytes that a function goes over count as one operation.
const BYTES_AN_OPERATION: u64 = 16;

fn by_kind(
    builtin: Builtin,
    a: &Args,
    reach: &mut Reach,
    fuel: u32,
    stdin: &mut Stdin,
) -> Result<Done, Fault> {
    match builtin {
        Builtin::Htons => Ok(Done::value(i64::from((a.int(0) as u16).swap_bytes()))),
        Builtin::Htonl => Ok(Done::value(i64::from((a.int(0) as u32).swap_bytes()))),
        Builtin::Network(which) => network::run(which, a, reach).map(Done::value),
        Builtin::Text(which) => text::run(which, a, reach, fuel),
        Builtin::Format(which) => format::run(which, a, reach, fuel),
        Builtin::Sets(which) => sets::run(which, a, reach).map(Done::value),
        Builtin::Input(which) => input::run(which, a, reach, stdin),
        Builtin::Random(which) => random::run(which, a, reach).map(Done::value),
        Builtin::Control(which) => control::run(which, a, reach).map(Done::value),
    }
}
