//! sockstep against others that do the same: each figure is measured alternately with a named
//! peer in the same run and printed as a ratio, because the times of one machine say little about
//! another. Nothing is asserted.
//!
//! `cargo bench` runs all of them; `cargo bench --bench peers -- snapshot wire` only some.
//! `docs/performance.md` says what each figure means.

mod draw;
mod growth;
mod idle;
mod lifecycle;
mod measure;
mod memory;
mod shell;
mod snapshot;
mod start;
mod terminal;
mod undo;
mod wire;
mod world;

use std::process::ExitCode;

/// Why a figure could not be taken: a tool is missing or this machine can't.
type Skipped = String;

/// Takes one figure and prints it.
type Figure = fn() -> Result<(), Skipped>;

/// The figures by the word that asks for them, in the order in which they are taken.
const FIGURES: [(&str, Figure); 8] = [
    ("snapshot", snapshot::run_figure),
    ("lifecycle", lifecycle::run_figure),
    ("undo", undo::run_figure),
    ("wire", wire::run_figure),
    ("start", start::run_figure),
    ("draw", draw::run_figure),
    ("idle", idle::run_figure),
    ("growth", growth::run_figure),
];

fn main() -> ExitCode {
    if std::env::args().nth(1).as_deref() == Some(start::HELLO) {
        return start::hello().map_or(ExitCode::FAILURE, |()| ExitCode::SUCCESS);
    }
    // Cargo passes options such as `--bench`; what is left are the names of figures.
    let wanted: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    if let Some(unknown) = wanted.iter().find(|name| FIGURES.iter().all(|(own, _)| own != name)) {
        let known: Vec<&str> = FIGURES.iter().map(|(name, _)| *name).collect();
        eprintln!("no figure {unknown}; there are: {}", known.join(" "));
        return ExitCode::from(2);
    }
    measure::describe_machine();
    for (name, figure) in FIGURES {
        if wanted.is_empty() || wanted.iter().any(|word| word == name) {
            println!("\n{name}");
            if let Err(why) = figure() {
                println!("  skipped: {why}");
            }
        }
    }
    ExitCode::SUCCESS
}
