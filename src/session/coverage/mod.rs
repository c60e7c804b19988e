//! What lessons have shown, summed up from their runs: nothing here is taken from a lesson's text
//! but the places where its expectations stand.
//!
//! [`Seen`] watches one run; [`Coverage`] is what several of them add up to. [`data`] holds what
//! there is to be shown: errnos of the manual pages, kernel functions, misconceptions.

pub mod data;
mod reach;
mod seen;

pub use seen::Seen;

use std::collections::BTreeMap;

use crate::model::{Errno, Outcome, Syscall, TcpState};

/// A step of a lesson, counted as the learner counts, from 1.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The lesson's name.
    pub lesson: String,
    /// The step.
    pub step: usize,
}

/// What a set of lessons has shown. Places stand in the order of the lessons, one for each of
/// them: its first step that shows it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Coverage {
    /// States of TCP sockets, as they were read from the kernel.
    pub states: BTreeMap<TcpState, Vec<Place>>,
    /// Calls that were made: the kernel's, and the name that was typed.
    pub calls: BTreeMap<(Syscall, String), Vec<Place>>,
    /// Errors that calls came back with.
    pub errnos: BTreeMap<(Syscall, Errno), Vec<Place>>,
    /// Misconceptions that the kernel put right, by number.
    pub answers: BTreeMap<u32, Vec<Place>>,
    /// Functions of the kernel: row and column of [`data::dispatch`], with what a call came to.
    pub cells: BTreeMap<(usize, usize), (Place, Outcome)>,
}

impl Coverage {
    /// Adds what a lesson has shown, behind the lessons before it.
    pub fn add(&mut self, lesson: &str, seen: Seen) {
        let place = |step: usize| Place { lesson: lesson.to_owned(), step };
        for (state, step) in seen.states() {
            self.states.entry(state).or_default().push(place(step));
        }
        for (call, step) in seen.calls {
            self.calls.entry(call).or_default().push(place(step));
        }
        for (failure, step) in seen.errnos {
            self.errnos.entry(failure).or_default().push(place(step));
        }
        for (number, step) in seen.answers {
            self.answers.entry(number).or_default().push(place(step));
        }
        for (cell, (step, outcome)) in seen.cells {
            self.cells.entry(cell).or_insert_with(|| (place(step), outcome));
        }
    }

    /// The errors of these calls that are none of `known`, by name.
    pub fn besides(&self, calls: &[Syscall], known: &[Option<Errno>]) -> Vec<Errno> {
        let seen = self.errnos.keys().filter(|(call, _)| calls.contains(call));
        let mut found: Vec<Errno> =
            seen.map(|(_, errno)| *errno).filter(|errno| !known.contains(&Some(*errno))).collect();
        found.sort_by_key(Errno::to_string);
        found.dedup();
        found
    }

    /// Where one of these calls came back with this error.
    pub fn provoked(&self, calls: &[Syscall], errno: Errno) -> Vec<&Place> {
        let found =
            self.errnos.iter().filter(|((call, seen), _)| *seen == errno && calls.contains(call));
        let mut first: Vec<&Place> = Vec::new();
        for place in found.flat_map(|(_, places)| places) {
            match first.iter_mut().find(|known| known.lesson == place.lesson) {
                Some(known) if place.step < known.step => *known = place,
                Some(_) => {}
                None => first.push(place),
            }
        }
        first
    }
}
