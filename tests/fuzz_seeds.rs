//! Every door of the fuzzer, with the seeds and a few thousand mutations of them, on any
//! toolchain. The mutations are the same in every run; `SOCKSTEP_FUZZ_RUNS` asks for more.

use std::collections::BTreeSet;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use sockstep::fuzz::{TARGETS, Target};
use sockstep::model::escape;

/// Far longer than any input may take, also without optimization on a busy machine.
const PATIENCE: Duration = Duration::from_secs(20);
/// Mutations do not grow beyond this, in bytes.
const LONGEST: usize = 8_192;

fn folder(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz").join(name)
}

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = folder("seeds").join(target);
    let mut paths: Vec<_> = fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
        .map(|entry| entry.expect("readable").path())
        .collect();
    paths.sort();
    assert!(!paths.is_empty(), "{target} has seeds");
    paths.iter().map(|path| fs::read(path).expect("readable")).collect()
}

/// Numbers that look random and are the same in every run (xorshift64*).
struct Dice(u64);

impl Dice {
    fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`; 0 if that is 0.
    fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit.max(1)
    }

    fn byte(&mut self) -> u8 {
        const EDGES: [u8; 10] = [0, 1, 4, 15, 16, 0x7f, 0x80, 0xfe, 0xff, b'\n'];
        match self.below(2) {
            0 => EDGES[self.below(EDGES.len())],
            _ => (self.next() >> 32) as u8,
        }
    }

    /// Somewhere in `bytes`, at most `longest` long.
    fn range(&mut self, bytes: &[u8], longest: usize) -> std::ops::Range<usize> {
        let start = self.below(bytes.len() + 1);
        let length = self.below(longest.min(bytes.len() - start) + 1);
        start..start + length
    }

    /// Changes `bytes` a little.
    fn mutate(&mut self, bytes: &mut Vec<u8>, seeds: &[Vec<u8>]) {
        match self.below(9) {
            0 | 1 if !bytes.is_empty() => {
                let at = self.below(bytes.len());
                bytes[at] ^= 1 << self.below(8);
            }
            2 | 3 if !bytes.is_empty() => {
                let at = self.below(bytes.len());
                bytes[at] = self.byte();
            }
            4 => {
                let gone = self.range(bytes, 64);
                bytes.drain(gone);
            }
            5 => {
                let twice = self.range(bytes, 64);
                let copy = bytes[twice.clone()].to_vec();
                bytes.splice(twice.end..twice.end, copy);
            }
            6 => {
                let other = &seeds[self.below(seeds.len())];
                let piece = self.range(other, 128);
                let into = self.range(bytes, 32);
                bytes.splice(into, other[piece].iter().copied());
            }
            7 => {
                let end = self.below(bytes.len() + 1);
                bytes.truncate(end);
            }
            _ => {
                let at = self.below(bytes.len() + 1);
                let new = (0..=self.below(8)).map(|_| self.byte()).collect::<Vec<_>>();
                bytes.splice(at..at, new);
            }
        }
        bytes.truncate(LONGEST);
    }
}

/// Knocks; a panic says with what.
fn knock(name: &str, target: Target, data: &[u8]) {
    let start = Instant::now();
    let result = catch_unwind(AssertUnwindSafe(|| target(data)));
    assert!(result.is_ok(), "the target {name} panicked on b\"{}\"", escape(data));
    let took = start.elapsed();
    assert!(took < PATIENCE, "the target {name} took {took:?} on b\"{}\"", escape(data));
}

/// Runs a target on its seeds and on `runs` mutations, unless the environment asks for more.
fn run(name: &str, runs: usize) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).expect("a target");
    let seeds = seeds(name);
    knock(name, *target, b"");
    for seed in &seeds {
        knock(name, *target, seed);
    }
    let asked = std::env::var("SOCKSTEP_FUZZ_RUNS").ok().and_then(|text| text.parse().ok());
    let mut dice = Dice(0x5eed_0000_0000_0001);
    for _ in 0..asked.unwrap_or(runs) {
        let mut data = seeds[dice.below(seeds.len())].clone();
        for _ in 0..=dice.below(6) {
            dice.mutate(&mut data, &seeds);
        }
        knock(name, *target, &data);
    }
}

/// One test for each target, so that they run side by side.
macro_rules! targets {
    ($($name:ident $runs:literal,)*) => {
        $(#[test]
        fn $name() {
            run(stringify!($name), $runs);
        })*

        #[test]
        fn every_target_has_a_test_a_file_and_seeds() {
            let known: BTreeSet<_> = TARGETS.iter().map(|(name, _)| (*name).to_owned()).collect();
            let tested: BTreeSet<_> = [$(stringify!($name)),*].map(str::to_owned).into();
            assert_eq!(tested, known);
            let files = |folder_name: &str| -> BTreeSet<String> {
                let entries = fs::read_dir(folder(folder_name)).expect("it is there");
                let names = entries.map(|e| e.expect("readable").file_name().into_string());
                names.map(|name| name.expect("text").replace(".rs", "")).collect()
            };
            assert_eq!(files("fuzz_targets"), known);
            assert_eq!(files("seeds"), known);
            let manifest = fs::read_to_string(folder("Cargo.toml")).expect("it is there");
            for name in known {
                assert!(manifest.contains(&format!("\nname = \"{name}\"\n")), "{name}");
            }
        }
    };
}

// So many that the whole takes a few seconds; C is run to the end of its fuel.
targets! {
    c 500, diag 3_000, lesson 2_000, netlink 3_000, packet 3_000, proc 3_000, protocol 3_000,
    replay 500, words 3_000,
}
