//! `rand` and `srand`, with glibc's numbers: the additive generator of random(3).

use super::super::arena::RANDOM;
use super::super::fault::Fault;
use super::super::reach::Reach;
use super::super::types::Int;
use super::Args;

/// What is done with random numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Random {
    Rand,
    Srand,
}

/// How many numbers are kept.
const KEPT: u64 = 31;
/// Each number is the sum of the one before it by [`KEPT`] and the one before it by this.
const BEHIND: u64 = 3;
/// So many first numbers are thrown away.
const THROWN: u64 = 310;

pub(super) fn run(which: Random, a: &Args, reach: &mut Reach) -> Result<i64, Fault> {
    match which {
        Random::Srand => seed(reach, a.int(0) as u32).map(|()| 0),
        Random::Rand => {
            if reach.load(RANDOM, Int::INT)? == 0 {
                seed(reach, 1)?;
            }
            next(reach)
        }
    }
}

fn at(index: u64) -> u64 {
    RANDOM + 8 + 4 * (index % KEPT)
}

fn seed(reach: &mut Reach, seed: u32) -> Result<(), Fault> {
    let mut word = i64::from(if seed == 0 { 1 } else { seed as i32 });
    reach.store(at(0), Int::INT, word)?;
    for index in 1..KEPT {
        word = 16_807 * (word % 127_773) - 2_836 * (word / 127_773);
        word += if word < 0 { 2_147_483_647 } else { 0 };
        reach.store(at(index), Int::INT, word)?;
    }
    reach.store(RANDOM, Int::INT, 1)?;
    reach.store(RANDOM + 4, Int::INT, BEHIND as i64)?;
    for _ in 0..THROWN {
        next(reach)?;
    }
    Ok(())
}

fn next(reach: &mut Reach) -> Result<i64, Fault> {
    let index = reach.load(RANDOM + 4, Int::UNSIGNED)? as u64 % KEPT;
    let (oldest, other) = (
        reach.load(at(index), Int::UNSIGNED)?,
        reach.load(at(index + KEPT - BEHIND), Int::UNSIGNED)?,
    );
    let sum = oldest.wrapping_add(other);
    reach.store(at(index), Int::UNSIGNED, sum)?;
    reach.store(RANDOM + 4, Int::UNSIGNED, (index + 1) as i64)?;
    Ok((sum as u32 >> 1).into())
}
