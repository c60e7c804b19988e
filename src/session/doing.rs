//! What is being done, so that it can be left alone while the world is awaited, and done again.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use super::awaited::Awaited;
use super::entry::{Entry, Verdict};
use super::printout::Printout;
use crate::c::{Scope, Statement};
use crate::lesson::Lesson;
use crate::model::{Action, ProcessName};

/// One thing that the learner did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// A step of the script, with the bet on the question before it.
    Step { index: usize, answer: Option<usize> },
    /// Only these lines of a step, typed by hand: from where it stood to this one, from 0.
    Lines { index: usize, end: usize },
    /// An action by hand.
    Hand(Action),
    /// C by hand.
    Typed { process: ProcessName, text: Arc<str> },
    /// One call of a program.
    Walk { process: ProcessName },
    /// Only the beginning of this, until it has brought so many pages, those of timers aside.
    Part { input: Box<Input>, pages: usize },
}

impl Input {
    /// Whether it belongs to the script.
    pub fn is_script(&self) -> bool {
        match self {
            Input::Step { .. } | Input::Lines { .. } => true,
            Input::Hand(_) | Input::Typed { .. } | Input::Walk { .. } | Input::Part { .. } => false,
        }
    }
}

/// One thing that was done, and what of the timeline it brought.
#[derive(Debug, Clone)]
pub struct Logged {
    /// What.
    pub input: Input,
    /// The length of the timeline before it.
    pub first: usize,
    /// The length of the timeline when it was over; what came later, timers brought.
    pub end: usize,
}

/// What is still to be done without asking.
#[derive(Debug, Clone)]
pub enum Task {
    /// This, as if the learner did it.
    Do(Input),
    /// A step on the way to a mark: nothing of it is shown.
    Silent(usize),
    /// The fresh lab is where this `again` wanted it.
    Enter(usize),
    /// So many moments that timers bring are awaited, but not for longer.
    Linger { count: usize, within: Duration },
}

/// What has begun and is not over.
#[derive(Debug)]
pub enum Doing {
    /// A step.
    Step(Run),
    /// C that was typed: what is left of it.
    Typed(Typed),
    /// A program makes a call, until then at most.
    Walk { process: ProcessName, until: Duration },
    /// Moments of timers are awaited.
    Linger { count: usize, until: Duration },
}

/// Typed C that has begun.
#[derive(Debug)]
pub struct Typed {
    /// Who runs it.
    pub process: ProcessName,
    /// The statements that are left.
    pub rest: VecDeque<Statement>,
    /// The length of the timeline before it.
    pub first: usize,
    /// All of it on one line.
    pub code: String,
    /// As it was typed.
    pub text: Arc<str>,
    /// Where in it the last statement ends that has begun.
    pub end: usize,
    /// What its process knew before.
    pub before: Option<Arc<Scope>>,
}

/// A step that has begun.
#[derive(Debug, Clone)]
pub struct Run {
    /// The lesson it belongs to.
    pub lesson: Arc<Lesson>,
    /// Which step.
    pub index: usize,
    /// Only the lines before this one are run.
    pub end: Option<usize>,
    /// The length of the timeline before it.
    pub first: usize,
    /// How far it is.
    pub phase: Phase,
}

/// How far a step is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// This line of its C is next; its process may still sleep, until then.
    Line { line: usize, until: Option<Duration> },
    /// This line has begun, and its outcome is awaited.
    Outcome { line: usize, until: Duration },
    /// Its process gets its program.
    Load,
    /// A program has made so many calls, the last of which is awaited until then.
    Walk { calls: u32, until: Duration },
    /// Its lab line is next.
    Lab,
    /// So much time passes, until then.
    Pause { time: Duration, until: Duration },
    /// A fact is awaited.
    Fact { until: Duration },
    /// What it does is done.
    Done,
    /// This check is next, or has been awaited since.
    Check { index: usize, until: Option<Duration> },
}

/// What a step wants after some progress.
pub enum Turn {
    /// To go on at once.
    Next(Run),
    /// To wait until then at most, for this.
    Wait(Run, Duration, Awaited),
    /// Nothing: it is over.
    Over,
}

/// What belongs to the next entry, before there is one.
#[derive(Debug, Default)]
pub struct Loose {
    pub verdicts: Vec<Verdict>,
    pub printed: Printout,
    /// So many bytes of that came before the call.
    pub printed_before: usize,
    pub value: Option<i64>,
}

/// A bet on a question that is not judged yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// The step before which it was asked.
    pub step: usize,
    /// The learner's choice.
    pub chosen: Option<usize>,
}

/// How much is wanted of something that is done again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Part {
    /// The length of the timeline before it.
    pub first: usize,
    /// How many pages are wanted, those of timers aside.
    pub pages: usize,
}

/// What was there before something is done again, to tell where it differs.
#[derive(Debug)]
pub struct Redo {
    /// The entries, less those that timers brought.
    pub old: VecDeque<Arc<Entry>>,
}
