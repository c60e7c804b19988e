//! Which explanations a moment deserves, and in which order.

use super::calls;
use super::note::Note;
use super::scene::Scene;
use crate::model::{Moment, Snapshot};

/// The explanations of a moment, the most important first, each once. `before` is the snapshot of
/// the moment before it.
pub fn notes(before: &Snapshot, moment: &Moment) -> Vec<Note> {
    let scene = Scene { before, moment };
    let mut found: Vec<Note> = Vec::new();
    for report in &moment.reports {
        for note in calls::notes(scene, report) {
            if !found.contains(&note) {
                found.push(note);
            }
        }
    }
    found
}
