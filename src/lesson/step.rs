//! A lesson as it was read: what session, screen and summary work on.

use std::collections::HashMap;
use std::sync::Arc;

use super::fact::Fact;
use super::line::{LabLine, Patience};
use super::markdown::Block;
use super::program::Program;
use super::prose::Prose;
use super::source::{Place, Source};
use crate::c::{Scope, Statement};
use crate::model::{Errno, LabSpec, Need, ProcessName, Signal};

/// A lesson: a story told in steps, each of which the kernel has to agree with.
#[derive(Debug, Clone)]
pub struct Lesson {
    /// The document it was read from.
    pub source: Source,
    /// Its name on the command line: small letters, digits and `-`.
    pub id: String,
    /// The chapter of the menu it belongs to.
    pub chapter: Option<u32>,
    /// How long it takes, in minutes.
    pub minutes: Option<u32>,
    /// What its lab is made of.
    pub spec: LabSpec,
    /// What the screen should show above all.
    pub show: Vec<Show>,
    /// The screen explains nothing until the first question is answered.
    pub mystery: bool,
    /// What the machine must have besides a lab.
    pub needs: Vec<Need>,
    /// The misconceptions that it says it answers, in the order of its front matter.
    pub misconceptions: Vec<Misconception>,
    /// Its title.
    pub title: String,
    /// Paragraphs before the first scene.
    pub intro: Vec<Prose>,
    /// The longer version of the intro.
    pub intro_more: Vec<Prose>,
    /// Its scenes, in order.
    pub scenes: Vec<Scene>,
    /// Its steps, in order; there is at least one.
    pub steps: Vec<Step>,
    /// Paragraphs behind the last step.
    pub closing: Vec<Prose>,
    /// The parts of the document, for the comparison of two languages.
    pub(super) blocks: Vec<Block>,
}

/// A misconception, by its number in docs/coverage.md, and where a lesson names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Misconception {
    /// Its number.
    pub number: u32,
    /// Where the number stands.
    pub place: Place,
}

/// What a lesson asks the screen to show above all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Show {
    /// Both queues of a listener.
    Backlog,
    /// Send and receive buffers.
    Buffers,
    /// The bytes of a variable.
    Bytes,
    /// The state diagram.
    States,
}

/// A part of a lesson with a heading of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scene {
    /// Its heading.
    pub title: String,
    /// The index of its first step.
    pub first: usize,
    /// Where the heading stands.
    pub place: Place,
}

/// One action of a lesson with all that belongs to it. The learner counts those as one step that
/// are joined.
#[derive(Debug, Clone)]
pub struct Step {
    /// The scene, as an index; `None` before the first.
    pub scene: Option<usize>,
    /// Words before it.
    pub narration: Vec<Prose>,
    /// The longer version of them.
    pub more: Vec<Prose>,
    /// What the learner is asked before it.
    pub question: Option<Question>,
    /// The misconceptions that the kernel's answer to it puts right.
    pub answers: Vec<Misconception>,
    /// What it does.
    pub does: Does,
    /// It is done in one go with the one behind it, and is no step of its own to the learner: so
    /// is what stands in a fence `together`, but for its last, and a mark without words.
    pub joined: bool,
    /// What the kernel is expected to say afterwards.
    pub checks: Vec<Check>,
    /// What follows, if the kernel agreed.
    pub conclusion: Option<Conclusion>,
    /// Where it stands: its statements, or its line.
    pub place: Place,
    /// What it does as one line of text: the C of its last statement, or the lab line.
    pub code: String,
}

/// What a step does.
#[derive(Debug, Clone)]
pub enum Does {
    /// A process evaluates some C, the last statement of which may make system calls.
    C(Code),
    /// A process gets a program to run, and stands before its first statement.
    Load(Arc<Program>),
    /// Something is done to the lab.
    Lab(LabLine),
}

/// The C of one step: pure statements, and the one that ends the step.
#[derive(Debug, Clone)]
pub struct Code {
    /// Who.
    pub process: ProcessName,
    /// What, in order; there is at least one.
    pub lines: Vec<Line>,
    /// What the process knows once the step is done.
    pub scope: Arc<Scope>,
}

/// One statement and what is expected of it.
#[derive(Debug, Clone)]
pub struct Line {
    /// The statement.
    pub statement: Statement,
    /// The expectations of its `//` comment; mostly one.
    pub expectations: Vec<Expectation>,
    /// Where the statement stands in the document.
    pub place: Place,
}

/// What stands in a `//` comment behind a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expectation {
    /// `= N`: the last call returned this, or the expression has this value.
    Returned(i64),
    /// `= -1 ENAME`: the last call failed with this.
    Failed(Errno),
    /// `= ?`: any value of 0 or more.
    Any,
    /// `blocks`: the process falls asleep in the call.
    Blocks,
    /// `killed SIGNAME`: the process does not survive the call.
    Killed(Signal),
    /// `child NAME`: what the forked child is called.
    Child(ProcessName),
    /// `look VAR`: the bytes of this variable are worth a look.
    Look(String),
}

/// A question that the kernel will answer. It is asked before its step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    /// The answers to choose from, two or more. Exactly one must turn out true.
    pub choices: Vec<Choice>,
    /// The step behind which it is judged: the first one from here on with a check. It is judged
    /// as soon as the first check of that step is decided.
    pub judged: usize,
    /// Where it stands.
    pub place: Place,
}

/// One answer to a question.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// What makes it true.
    pub fact: Fact,
    /// What the learner reads.
    pub words: Prose,
    /// Where the fact stands.
    pub place: Place,
}

/// One `expect` line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Check {
    /// When it has to hold.
    pub patience: Patience,
    /// What.
    pub fact: Fact,
    /// Where the line stands.
    pub place: Place,
}

/// Words that are true only if the checks before them held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conclusion {
    /// The checks of this step, and of all from there to the conclusion's own, must have held.
    pub since: usize,
    /// The words.
    pub words: Vec<Prose>,
}

impl Step {
    /// A `mark` that says nothing to the reader: it has no page.
    pub fn is_bare_mark(&self) -> bool {
        matches!(self.does, Does::Lab(LabLine::Mark(_)))
            && self.narration.is_empty()
            && self.question.is_none()
            && self.checks.is_empty()
    }
}

impl Lesson {
    /// Whether it does nothing but give programs to processes: it has no script, and the learner
    /// walks the programs.
    pub fn is_play(&self) -> bool {
        self.steps.iter().all(|step| matches!(step.does, Does::Load(_)))
    }

    /// The programs that it has, in order.
    pub fn programs(&self) -> impl Iterator<Item = &Arc<Program>> {
        self.steps.iter().filter_map(|step| match &step.does {
            Does::Load(program) => Some(program),
            Does::C(_) | Does::Lab(_) => None,
        })
    }

    /// How many steps there are as the learner counts them: joined ones are one.
    pub fn count(&self) -> usize {
        self.number_of(self.steps.len())
    }

    /// How many of the steps that the learner counts are over before the one at `index`.
    pub fn number_of(&self, index: usize) -> usize {
        self.steps.iter().take(index).filter(|step| !step.joined).count()
    }

    /// The index of the first of those that are the step behind `number` of the learner's;
    /// `None`: there are not so many.
    pub fn index_of(&self, number: usize) -> Option<usize> {
        if number == 0 {
            return Some(0);
        }
        let ends = self.steps.iter().enumerate().filter(|(_, step)| !step.joined);
        ends.map(|(index, _)| index + 1).nth(number - 1)
    }

    /// The one at `index` and those behind it that are done in one go with it.
    pub fn joined_from(&self, index: usize) -> impl Iterator<Item = (usize, &Step)> {
        let rest = self.steps.get(index..).unwrap_or_default();
        let joined = rest.iter().take_while(|step| step.joined).count();
        rest.iter().take(joined + 1).enumerate().map(move |(at, step)| (index + at, step))
    }

    /// What the one at `index` and those joined to it do, as one line of text.
    pub fn code_from(&self, index: usize) -> String {
        let mut code = String::new();
        for (_, step) in self.joined_from(index).filter(|(_, step)| !step.is_bare_mark()) {
            if !code.is_empty() {
                code.push_str(if code.ends_with([';', '}']) { " " } else { "; " });
            }
            code.push_str(&step.code);
        }
        code
    }

    /// The steps that bring a fresh lab to where it stands before `step`, in order: all earlier
    /// ones, less those that an `again` undid.
    pub fn path_to(&self, step: usize) -> Vec<usize> {
        let mut path: Vec<usize> = Vec::new();
        let mut marks: HashMap<usize, Vec<usize>> = HashMap::new();
        for (index, earlier) in self.steps.iter().enumerate().take(step) {
            match &earlier.does {
                Does::Lab(LabLine::Again { step: mark, .. }) => {
                    path = marks.get(mark).cloned().unwrap_or_default();
                }
                Does::Lab(LabLine::Mark(_)) => {
                    path.push(index);
                    marks.insert(index, path.clone());
                }
                Does::C(_) | Does::Load(_) | Does::Lab(_) => path.push(index),
            }
        }
        path
    }
}
