//! One entry of the timeline, and what was judged there.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::printout::Printout;
use crate::model::{Moment, ProcessName, Said};

/// One moment of the lab with its place in the story.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// What the kernel said.
    pub moment: Arc<Moment>,
    /// Who brought it about.
    pub origin: Origin,
    /// The last step of the lesson that had begun by then, counted from 0.
    pub step: Option<usize>,
    /// Expectations that were compared here, in order.
    pub verdicts: Vec<Verdict>,
    /// Questions that the kernel answered here.
    pub bets: Vec<Bet>,
    /// Every process's variables when the moment was over (results are assigned already). Equal
    /// ones are shared with the entry before.
    pub variables: Arc<Vec<Arc<ProcessVariables>>>,
    /// What the C printed: `printf`, `perror`.
    pub printed: Printout,
    /// So many bytes of that were printed before the call that the moment is of.
    pub printed_before: usize,
    /// The value of a statement without a call that ended here, if it has one.
    pub value: Option<i64>,
    /// All checks of [`Entry::step`] held, and here the last of them was decided: its conclusion
    /// may be shown.
    pub concluded: bool,
}

impl Entry {
    /// What the C printed before its call, and behind it.
    pub fn printed_parts(&self) -> (&str, &str) {
        self.printed.split_at_checked(self.printed_before).unwrap_or(("", &self.printed))
    }
}

/// Who brought a moment about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// Nobody: the lab was made.
    Start,
    /// This step of the lesson, counted from 0; by the script, or by a hand that did the same.
    Step(usize),
    /// The learner, by hand.
    Hand,
    /// A timer of the kernel, or a command that runs on a host.
    FollowUp,
}

/// One expectation of a lesson, compared with the kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// What was expected, in the lesson's words: `= 0`, `client fd is ESTABLISHED`.
    pub what: String,
    /// The line of the lesson, counted from 1.
    pub line: usize,
    /// The column in characters, counted from 1.
    pub column: usize,
    /// Whether it was so.
    pub held: bool,
    /// What the kernel said, as a sentence without its full stop. A recording has it in English.
    pub kernel: Said,
    /// A likely reason for a difference, if one is known: a sysctl that could not be set.
    pub reason: Option<Said>,
}

/// A question, answered by the kernel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bet {
    /// The step before which it was asked, counted from 0.
    pub step: usize,
    /// The choices in the lesson's order.
    pub choices: Vec<BetChoice>,
    /// The learner's choice, counted from 0; `None` if the question was passed over.
    pub chosen: Option<usize>,
    /// The choice that the kernel proved true.
    pub truth: usize,
}

/// One choice of a question.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BetChoice {
    /// The fact, in the lesson's notation.
    pub fact: String,
    /// The words for the learner.
    pub words: String,
}

impl Bet {
    /// Whether the learner was right; `None` if there was no answer.
    pub fn right(&self) -> Option<bool> {
        self.chosen.map(|chosen| chosen == self.truth)
    }
}

/// The variables of one process at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProcessVariables {
    /// Whose they are.
    pub process: ProcessName,
    /// In the order of their declaration.
    pub variables: Vec<Variable>,
    /// If it runs a program: the statement it is at, as bytes of the program's text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub spot: Option<Range<usize>>,
}

/// One variable at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Variable {
    /// Its name.
    pub name: Arc<str>,
    /// Its type as C writes it without a name: `int`, `char [64]`, `struct sockaddr_in`.
    #[serde(rename = "type")]
    pub type_name: Arc<str>,
    /// Where it lives.
    pub address: u64,
    /// Its bytes.
    #[serde(with = "super::recording::hex")]
    pub bytes: Vec<u8>,
}

impl Entry {
    /// The variables of one process.
    pub fn variables_of(&self, process: &ProcessName) -> &[Variable] {
        let found = self.variables.iter().find(|of| of.process == *process);
        found.map_or(&[], |of| &of.variables)
    }

    /// Where the program of a process stands, if it runs one: bytes of the program's text.
    pub fn spot_of(&self, process: &ProcessName) -> Option<&Range<usize>> {
        self.variables.iter().find(|of| of.process == *process)?.spot.as_ref()
    }

    /// Whether every expectation compared here held.
    pub fn agrees(&self) -> bool {
        self.verdicts.iter().all(|verdict| verdict.held)
    }
}
