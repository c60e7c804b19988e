//! What a system call did, by its outcome.

mod names;

use super::note::Note;
use super::scene::Scene;
use crate::model::{Outcome, Report, Syscall};

/// The explanations of one report.
pub fn notes(scene: Scene, report: &Report) -> Vec<Note> {
    match (&report.outcome, report.call.syscall) {
        (Outcome::Returned(value), Syscall::Socket) => names::socket(scene, report, *value),
        (Outcome::Returned(_), Syscall::Bind) => names::bind(scene, report),
        _ => Vec::new(),
    }
}
