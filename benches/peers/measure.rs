//! Taking turns with a peer, and printing what came of it.

use std::fs;
use std::time::{Duration, Instant};

use crate::Skipped;

/// What a ratio should be.
#[derive(Debug, Clone, Copy)]
pub enum Aim {
    /// Ours must take at most this part of the peer's.
    AtMost(f64),
    /// Ours must give at least this many times the peer's.
    AtLeast(f64),
}

/// Numbers of one kind.
#[derive(Debug, Default)]
struct Samples(Vec<f64>);

impl Samples {
    fn sorted(&self) -> Vec<f64> {
        let mut sorted = self.0.clone();
        sorted.sort_by(f64::total_cmp);
        sorted
    }

    /// The smallest, the middle and the largest one.
    fn spread(&self) -> (f64, f64, f64) {
        let sorted = self.sorted();
        let at = |index: usize| sorted.get(index).copied().unwrap_or(f64::NAN);
        (at(0), at(sorted.len() / 2), at(sorted.len().saturating_sub(1)))
    }
}

/// Two that were measured in turn: ours first in even rounds, the peer first in odd ones.
#[derive(Debug)]
pub struct Race {
    what: String,
    peer: String,
    unit: fn(f64) -> String,
    ours: Samples,
    theirs: Samples,
    ratios: Samples,
}

impl Race {
    /// Lets both run `rounds` times after one round that does not count. Both give a number in
    /// the same unit.
    pub fn run(
        (what, peer): (impl Into<String>, impl Into<String>),
        unit: fn(f64) -> String,
        rounds: usize,
        mut ours: impl FnMut() -> Result<f64, Skipped>,
        mut theirs: impl FnMut() -> Result<f64, Skipped>,
    ) -> Result<Self, Skipped> {
        let (what, peer) = (what.into(), peer.into());
        let (mut a, mut b, mut c) = (Samples::default(), Samples::default(), Samples::default());
        for round in 0..=rounds {
            let (mine, other) = if round % 2 == 0 {
                let mine = ours()?;
                (mine, theirs()?)
            } else {
                let other = theirs()?;
                (ours()?, other)
            };
            if round > 0 {
                a.0.push(mine);
                b.0.push(other);
                c.0.push(mine / other);
            }
        }
        Ok(Self { what, peer, unit, ours: a, theirs: b, ratios: c })
    }

    /// Prints it in two lines.
    pub fn print(&self, aim: Option<Aim>) {
        let (low, middle, high) = self.ratios.spread();
        let show = |samples: &Samples| (self.unit)(samples.spread().1);
        println!(
            "  {:<44} sockstep {:>11}   {} {:>11}",
            self.what,
            show(&self.ours),
            self.peer,
            show(&self.theirs),
        );
        let aim = aim.map_or(String::new(), |aim| {
            let (sign, wanted, reached) = match aim {
                Aim::AtMost(wanted) => ("≤", wanted, middle <= wanted),
                Aim::AtLeast(wanted) => ("≥", wanted, middle >= wanted),
            };
            format!("   aim {sign} {wanted}: {}", if reached { "reached" } else { "MISSED" })
        });
        println!(
            "  {:<44} ratio {middle:.4} ({low:.4} … {high:.4} in {} rounds){aim}",
            "",
            self.ratios.0.len(),
        );
    }
}

/// How long something took, in seconds.
pub fn time<T>(act: impl FnOnce() -> T) -> (f64, T) {
    let begin = Instant::now();
    let result = act();
    (begin.elapsed().as_secs_f64(), result)
}

/// Seconds in a unit that reads well.
pub fn seconds(value: f64) -> String {
    match value {
        value if value < 1e-3 => format!("{:.1} µs", value * 1e6),
        value if value < 1.0 => format!("{:.2} ms", value * 1e3),
        value => format!("{value:.2} s"),
    }
}

/// Bits per second.
pub fn bits(value: f64) -> String {
    format!("{:.2} Gbit/s", value / 1e9)
}

/// Prints one number without a peer.
pub fn print_alone(what: &str, values: &[f64], unit: fn(f64) -> String) {
    let (low, middle, high) = Samples(values.to_vec()).spread();
    let (low, middle, high) = (unit(low), unit(middle), unit(high));
    println!("  {what:<44} sockstep {middle:>11}   ({low} … {high} in {} rounds)", values.len());
}

/// What the numbers belong to.
pub fn describe_machine() {
    let read = |path: &str| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    let cpus = std::thread::available_parallelism().map_or(0, usize::from);
    let info = read("/proc/cpuinfo");
    let model = info.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    println!(
        "Linux {}, {cpus} CPUs ({}), load {}",
        read("/proc/sys/kernel/osrelease"),
        model.unwrap_or("unknown"),
        read("/proc/loadavg").split(' ').next().unwrap_or_default(),
    );
}

/// A deadline that no measurement may pass.
pub fn deadline(seconds: u64) -> impl Fn() -> Result<(), Skipped> {
    let end = Instant::now() + Duration::from_secs(seconds);
    move || match Instant::now() < end {
        true => Ok(()),
        false => Err(format!("not done after {seconds} s")),
    }
}
