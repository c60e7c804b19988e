//! The program: a part of a lab if it was started as one, else the command line.

use std::process::ExitCode;

fn main() -> ExitCode {
    // Before anything else: the parts of a lab have one thread.
    sockstep::lab::become_part_of_a_lab();
    sockstep::cli::run()
}
