//! A `c` fence → steps.

use std::ops::Range;
use std::sync::Arc;

use super::super::diagnostic::Trouble;
use super::super::markdown::Fence;
use super::super::program::{self, Given, Program};
use super::super::step::{Code, Does, Expectation, Line};
use super::super::words::Words;
use super::cast::Life;
use super::statements;
use super::{Builder, Pending, TOGETHER};

use crate::model::{ProcessName, said};

/// The word behind a fence that is a whole program.
const PROGRAM: &str = "program";

impl Builder<'_> {
    /// C for one process, or for several in turn.
    pub fn c_fence(&mut self, mut words: Words, fence: &Fence, body: &str) {
        let base = fence.info.start;
        let end = fence.info.end;
        let mut names: Vec<ProcessName> = Vec::new();
        while let Some(word) = words.peek() {
            words.skip_to(word.span.end);
            let span = word.span.start + base..word.span.end + base;
            if word.text == TOGETHER && !names.is_empty() && words.peek().is_none() {
                break;
            }
            if word.text == PROGRAM && !names.is_empty() {
                return self.programs(names, words.rest().text, fence, body);
            }
            match ProcessName::parse(word.text) {
                Some(name) if names.contains(&name) => {
                    self.trouble(span, said!("the same process twice"), said!("each name once"));
                }
                Some(name) => {
                    if self.can_evaluate(&name, span) {
                        names.push(name);
                    }
                }
                None => {
                    self.troubles.push(word.instead_of(said!("the name of a process")).at(base))
                }
            }
        }
        if names.is_empty() {
            if self.source.text[base..end].trim() == "c" {
                self.trouble(
                    end..end,
                    said!("whose C is this?"),
                    said!("`c NAME`, such as `c server`"),
                );
            }
            return;
        }
        let (mut refused, first) = (false, self.lesson.steps.len());
        for name in names {
            let Some(person) = self.cast.find(&name) else { continue };
            // What is wrong with the fence was said for the first of its processes.
            if person.spoiled || refused || self.too_much {
                person.spoiled = true;
                continue;
            }
            match statements::read(body, &person.scope) {
                Ok(read) => self.c_steps(&name, read, fence.body.start),
                Err(found) => {
                    (person.spoiled, refused) = (true, true);
                    let found = found.into_iter().map(|one| one.at(fence.body.start));
                    self.troubles.extend(found);
                }
            }
        }
        self.lost_since(first);
    }

    /// Words and a question before a step that could not be made are not looked for again: what
    /// is wrong with the step was said.
    fn lost_since(&mut self, first: usize) {
        if self.lesson.steps.len() == first {
            self.pending = Pending::default();
        }
    }

    /// A whole program for each of some processes: one step.
    fn programs(&mut self, names: Vec<ProcessName>, args: &str, fence: &Fence, body: &str) {
        let first = self.lesson.steps.len();
        let given = Given::read(args.trim_end());
        let unread = statements::in_program(body);
        self.troubles.extend(unread.into_iter().map(|one| one.at(fence.body.start)));
        let constants = super::super::constants(&self.lesson.spec);
        let constants: Vec<(&str, &str)> =
            constants.iter().map(|(n, v)| (*n, v.as_str())).collect();
        for name in names {
            let Some(scope) = self.cast.find(&name).map(|person| person.scope.clone()) else {
                continue;
            };
            match program::compile(body, &scope, &name, &given, &constants) {
                Ok(code) => {
                    self.cast.runs(&name, code.scope.clone());
                    let before = code.before.last();
                    let shown = before.map_or(String::new(), |last| last.code.clone());
                    let (source, body) = (self.source.clone(), fence.body.clone());
                    let input = given.bytes();
                    let program =
                        Program { process: name, source, body: body.clone(), code, input };
                    self.step(Does::Load(Arc::new(program)), body, shown);
                }
                Err(trouble) => {
                    if let Some(person) = self.cast.find(&name) {
                        person.spoiled = true;
                    }
                    self.troubles.push(trouble.at(fence.body.start));
                    return self.lost_since(first);
                }
            }
        }
        self.join(first);
        self.together = None;
    }

    /// Whether a process is there to evaluate C.
    fn can_evaluate(&mut self, name: &ProcessName, span: Range<usize>) -> bool {
        let life = self.cast.find(name).map(|person| person.life.clone());
        let (message, expected) = match life {
            Some(Life::Alive) => return true,
            Some(Life::Command) => (
                said!("`{name}` is a command of this machine", name),
                said!("a process that sockstep runs"),
            ),
            Some(Life::Program) => (
                said!("`{name}` runs a program", name),
                said!("`step {name}` in a lab fence, or another process", name),
            ),
            Some(Life::Dead(line)) => (
                said!("`{name}` is dead since `{line}`", name, line),
                said!("`spawn {name} @HOST` first", name),
            ),
            None => (said!("there is no process `{name}`", name), self.cast.everyone(name)),
        };
        self.troubles.push(Trouble::new(span, message).expected(expected));
        false
    }

    fn c_steps(&mut self, process: &ProcessName, read: statements::Fence, base: usize) {
        for group in read.groups {
            let code = group.statements.last().map_or(String::new(), |(s, _)| s.code.clone());
            let mut lines = Vec::new();
            if let Some(person) = self.cast.find(process) {
                person.scope = group.scope.clone();
            }
            for (statement, expectations) in group.statements {
                let span = statement.span.start + base..statement.span.end + base;
                self.follow(process, &expectations, &span);
                let place = self.source.place(span);
                lines.push(Line { statement, expectations, place });
            }
            let place = group.span.start + base..group.span.end + base;
            let code_of = Code { process: process.clone(), lines, scope: group.scope };
            self.step(Does::C(code_of), place, code);
        }
        if let Some(person) = self.cast.find(process) {
            person.scope = read.scope;
        }
    }

    /// What a statement means for who is there.
    fn follow(&mut self, process: &ProcessName, expectations: &[Expectation], span: &Range<usize>) {
        let code = &self.source.text[span.clone()];
        let mut child = None;
        for one in expectations {
            if let Expectation::Child(name) = one {
                child = Some(name.clone());
            }
        }
        if let Some(child) = &child {
            let taken = self.cast.find(child).map(|person| person.life.clone());
            if matches!(taken, Some(Life::Alive | Life::Command)) {
                let message = said!("there is a process `{child}` already", child);
                self.troubles
                    .push(Trouble::new(span.clone(), message).expected(said!("another name")));
                return;
            }
        }
        if statements::forks(code) {
            if child.is_none() && code.contains('{') {
                self.cast.may_fork(process);
            } else {
                self.cast.fork(process, child.as_ref());
            }
        }
        if expectations.iter().any(|one| matches!(one, Expectation::Killed(_)))
            && let Some(person) = self.cast.find(process)
        {
            let line: Vec<&str> = code.split_whitespace().collect();
            person.life = Life::Dead(line.join(" "));
        }
    }
}
