//! A `lab` fence → steps and checks.

use std::ops::Range;

use super::super::diagnostic::Trouble;
use super::super::fact::Fact;
use super::super::line::{LabLine, Patience, Reading, read_line};
use super::super::step::{Check, Does};
use super::super::words::suggest;
use super::cast::Life;
use super::{Builder, Last};
use crate::model::{Rung, Signal, said};

impl Builder<'_> {
    /// Reads the lines of a fence whose first byte is `base` of the text.
    pub fn lab_fence(&mut self, base: usize, body: &str) -> Last {
        let mut last = Last::Fence;
        let mut since = None;
        let mut at = base;
        for line in body.split_inclusive('\n') {
            let start = at + (line.len() - line.trim_start().len());
            at += line.len();
            let text = line.trim();
            if text.is_empty() || text.starts_with('#') || text.starts_with("//") {
                continue;
            }
            let span = start..start + text.len();
            if self.is_full(&span) {
                break;
            }
            let expects = self.lab_line(text, span);
            last = match expects {
                true => {
                    let step = self.lesson.steps.len().saturating_sub(1);
                    Last::Expect { since: *since.get_or_insert(step) }
                }
                false => Last::Fence,
            };
        }
        last
    }

    /// Reads one line; says whether it is an `expect`.
    fn lab_line(&mut self, text: &str, span: Range<usize>) -> bool {
        let read = match read_line(text) {
            Ok(read) => read,
            Err(trouble) => {
                self.troubles.push(trouble.at(span.start));
                return text.starts_with("expect");
            }
        };
        let mut found = Vec::new();
        self.cast.check(&read.mentions, &mut found);
        self.troubles.extend(found.into_iter().map(|one| one.at(span.start)));
        match read.does {
            Reading::Expect(patience, fact) => {
                self.check(patience, fact, span);
                true
            }
            Reading::Step(line) => {
                self.lab_step(line, text, span);
                false
            }
        }
    }

    fn check(&mut self, patience: Patience, fact: Fact, span: Range<usize>) {
        if self.lesson.steps.is_empty() && self.troubles.is_empty() {
            return self.trouble(
                span,
                said!("an `expect` before the first step"),
                said!("a step before it"),
            );
        }
        self.needs_wire(fact_needs_wire(&fact), &span);
        self.judge();
        let place = self.source.place(span);
        self.checks += 1;
        if let Some(step) = self.lesson.steps.last_mut() {
            step.checks.push(Check { patience, fact, place });
        }
    }

    fn lab_step(&mut self, mut line: LabLine, text: &str, span: Range<usize>) {
        let index = self.lesson.steps.len();
        match &mut line {
            LabLine::Wire(_) => self.needs_wire(true, &span),
            LabLine::Spawn { process, host } => {
                let (process, host) = (process.clone(), host.clone());
                self.cast.enter(&process, &host, Life::Alive);
            }
            LabLine::Run { process, host, .. } => {
                if !self.lesson.spec.allow_run {
                    let verb = span.start..span.start + "run".len();
                    self.trouble(
                        verb,
                        said!("`run` starts a command of this machine, and this file may not"),
                        said!("no `run`; or, if you trust the file, `--allow-run`"),
                    );
                }
                let (process, host) = (process.clone(), host.clone());
                self.cast.enter(&process, &host, Life::Command);
            }
            LabLine::Kill { signal, process } => {
                if Some(*signal) == Signal::parse("SIGKILL")
                    && let Some(person) = self.cast.find(process)
                {
                    person.life = Life::Dead(text.to_owned());
                }
            }
            LabLine::Reboot(host) => {
                self.needs_wire(true, &span);
                self.cast.reboot(host, text);
            }
            LabLine::Mark(name) => {
                if self.marks.iter().any(|(known, ..)| known == name) {
                    let message = said!("there is a mark `{name}` already", name);
                    self.troubles
                        .push(Trouble::new(span.clone(), message).expected(said!("another name")));
                }
                self.marks.push((name.clone(), index, self.cast.clone()));
            }
            LabLine::Again { mark, step } => match self.marks.iter().find(|(n, ..)| n == mark) {
                Some((_, at, cast)) => {
                    *step = *at;
                    self.cast = cast.clone();
                }
                None => {
                    let known: Vec<&str> = self.marks.iter().map(|(n, ..)| n.as_str()).collect();
                    let expected =
                        suggest(mark, known.iter().copied(), said!("a mark that was set before"));
                    let message = said!("there is no mark `{mark}` before this line", mark);
                    self.troubles.push(Trouble::new(span.clone(), message).expected(expected));
                }
            },
            LabLine::WaitFor { fact, .. } => {
                let needs = fact_needs_wire(fact);
                self.needs_wire(needs, &span);
            }
            LabLine::Step { process, .. } => {
                let life = self.cast.find(process).map(|person| person.life.clone());
                if !matches!(life, Some(Life::Program) | None) {
                    let message = said!("`{process}` has no program to step through", process);
                    let expected = said!("a fence `c {process} program` before it", process);
                    self.troubles.push(Trouble::new(span.clone(), message).expected(expected));
                }
            }
            LabLine::Set { .. } | LabLine::Wait(_) => {}
        }
        self.step(Does::Lab(line), span, text.to_owned());
    }

    /// A lab without namespaces has no wire.
    fn needs_wire(&mut self, needed: bool, span: &Range<usize>) {
        if needed && self.lesson.spec.rung == Rung::Loopback {
            self.trouble(
                span.clone(),
                said!("a `loopback` lab has no wire"),
                said!("`lab: wire` in the front matter, or no packets"),
            );
        }
    }
}

fn fact_needs_wire(fact: &Fact) -> bool {
    match fact {
        Fact::Holds { .. } | Fact::WireEmpty => true,
        Fact::Not(inner) => fact_needs_wire(inner),
        Fact::State { .. }
        | Fact::Closed { .. }
        | Fact::Queue { .. }
        | Fact::Recv { .. }
        | Fact::Send { .. }
        | Fact::In { .. }
        | Fact::Returned { .. }
        | Fact::Failed { .. }
        | Fact::Killed { .. }
        | Fact::Exited { .. }
        | Fact::C { .. }
        | Fact::Has { .. }
        | Fact::Counts { .. } => false,
    }
}
