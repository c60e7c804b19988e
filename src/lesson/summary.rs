//! What a lesson shows, for the menu and the coverage tables. Derived from the lesson alone.

use std::collections::BTreeSet;

use super::fact::Fact;
use super::step::{Check, Does, Expectation, Lesson};
use crate::c;
use crate::model::{Errno, Signal, TcpState};

/// What a lesson shows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Summary {
    /// The system calls in its C, by the names typed.
    pub calls: BTreeSet<&'static str>,
    /// The TCP states that it expects to read from the kernel.
    pub states: BTreeSet<TcpState>,
    /// The errors that it expects from the kernel.
    pub errnos: BTreeSet<Errno>,
    /// The signals that it expects to kill a process.
    pub signals: BTreeSet<Signal>,
    /// How many steps it has.
    pub steps: usize,
    /// How many scenes.
    pub scenes: usize,
    /// How many questions.
    pub questions: usize,
    /// How many expectations, of statements and of `expect` lines.
    pub expectations: usize,
}

impl Lesson {
    /// What this lesson shows.
    pub fn summary(&self) -> Summary {
        let mut summary = Summary {
            steps: self.count(),
            scenes: self.scenes.len(),
            questions: self.steps.iter().filter(|step| step.question.is_some()).count(),
            ..Summary::default()
        };
        for step in &self.steps {
            if let Does::Load(program) = &step.does {
                summary.calls.extend(calls_in(program.text()));
            }
            if let Does::C(code) = &step.does {
                for line in &code.lines {
                    let text = self.source.text.get(line.place.span.clone()).unwrap_or_default();
                    summary.calls.extend(calls_in(text));
                    summary.expectations += line.expectations.len();
                    line.expectations.iter().for_each(|one| summary.expectation(one));
                }
            }
            summary.expectations += step.checks.len();
            step.checks.iter().for_each(|check| summary.check(check));
        }
        summary
    }
}

impl Summary {
    fn expectation(&mut self, expectation: &Expectation) {
        match expectation {
            Expectation::Failed(errno) => drop(self.errnos.insert(*errno)),
            Expectation::Killed(signal) => drop(self.signals.insert(*signal)),
            Expectation::Returned(_)
            | Expectation::Any
            | Expectation::Blocks
            | Expectation::Child(_)
            | Expectation::Look(_) => {}
        }
    }

    fn check(&mut self, check: &Check) {
        match &check.fact {
            Fact::State { state, .. } | Fact::Has { state, count: 1.., .. } => {
                self.states.insert(*state);
            }
            Fact::Queue { .. } => drop(self.states.insert(TcpState::Listen)),
            Fact::Failed { errno, .. } => drop(self.errnos.insert(*errno)),
            Fact::Killed { signal, .. } => drop(self.signals.insert(*signal)),
            // That none is in a state, or `not` in it, shows no state; but for one: not none.
            Fact::Not(fact) => {
                if let Fact::Has { count: 0, state, .. } = fact.as_ref() {
                    self.states.insert(*state);
                }
            }
            Fact::Has { count: 0, .. }
            | Fact::Closed { .. }
            | Fact::Recv { .. }
            | Fact::Send { .. }
            | Fact::In { .. }
            | Fact::Returned { .. }
            | Fact::Exited { .. }
            | Fact::C { .. }
            | Fact::Counts { .. }
            | Fact::Holds { .. }
            | Fact::WireEmpty => {}
        }
    }
}

/// The system calls that stand in a piece of C: names of calls with a `(` behind.
fn calls_in(code: &str) -> BTreeSet<&'static str> {
    let tokens = c::tokens(code);
    let mut found = BTreeSet::new();
    for pair in tokens.windows(2) {
        if pair[1].text(code) != "(" {
            continue;
        }
        if let Some(call) = c::call_named(pair[0].text(code)).filter(|call| call.is_system_call()) {
            found.insert(call.name);
        }
    }
    found
}
