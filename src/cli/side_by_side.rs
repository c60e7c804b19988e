//! Many lessons at once: each has a lab of its own, and most of its time it waits.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc;

use super::find::Here;

/// Lessons at once for each processor. A lesson works for a tenth of a second and waits for the
/// kernel's timers for seconds.
const EACH: usize = 4;

/// How many run at once, if nobody asks for another number.
pub(super) fn jobs(here: Here, wanted: Option<NonZeroUsize>) -> usize {
    // On the loopback rung they would bind the same ports of the same machine.
    if here.shares_ports() {
        return 1;
    }
    let processors = || std::thread::available_parallelism().map_or(1, NonZeroUsize::get);
    wanted.map_or_else(|| processors() * EACH, NonZeroUsize::get)
}

/// Does `one` for every index of `order`, which holds each from 0 on once: `jobs` at a time, begun
/// in that order. `each` gets what came of them by their index, from 0 on, as soon as it can.
///
/// # Errors
/// The first one of `each`; then nothing more is begun.
pub(super) fn run<T: Send>(
    order: &[usize],
    jobs: usize,
    one: impl Fn(usize) -> T + Sync,
    mut each: impl FnMut(T) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let (next, (sender, receiver)) = (AtomicUsize::new(0), mpsc::channel());
    std::thread::scope(|scope| {
        for _ in 0..jobs.min(order.len()) {
            let (sender, next, one) = (sender.clone(), &next, &one);
            scope.spawn(move || {
                while let Some(index) = order.get(next.fetch_add(1, Ordering::Relaxed)) {
                    if sender.send((*index, one(*index))).is_err() {
                        return;
                    }
                }
            });
        }
        drop(sender);
        let mut early = BTreeMap::new();
        let mut shown = 0;
        for (index, outcome) in receiver {
            early.insert(index, outcome);
            while let Some(outcome) = early.remove(&shown) {
                shown += 1;
                each(outcome)?;
            }
        }
        Ok(())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_begun_in_any_order_is_told_by_its_number() {
        for jobs in [1, 2, 8] {
            let mut told = Vec::new();
            let each = |value| {
                told.push(value);
                Ok(())
            };
            run(&[3, 1, 0, 2], jobs, |index| index * 10, each).expect("nothing fails");
            assert_eq!(told, [0, 10, 20, 30], "{jobs} at once");
        }
    }

    #[test]
    fn a_reader_that_goes_away_ends_it() {
        let order: Vec<usize> = (0..100).collect();
        let failed = run(&order, 2, |index| index, |_| anyhow::bail!("gone"));
        assert!(failed.is_err());
    }
}
