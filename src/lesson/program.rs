//! A whole C program that a process runs, call by call.

use std::ops::Range;

use super::diagnostic::{Diagnostic, Trouble};
use super::source::{Place, Source};
use crate::c;
use crate::model::{LabSpec, ProcessName};

/// A program, compiled for its process.
#[derive(Debug, Clone)]
pub struct Program {
    /// Who runs it.
    pub process: ProcessName,
    /// The document that it stands in: its file, or a lesson.
    pub source: Source,
    /// Its bytes in the document.
    pub body: Range<usize>,
    /// What it does.
    pub code: c::Program,
}

impl Program {
    /// Its text.
    pub fn text(&self) -> &str {
        self.source.text.get(self.body.clone()).unwrap_or_default()
    }

    /// The place in the document of these bytes of its text.
    pub fn place(&self, span: &Range<usize>) -> Place {
        let base = self.body.start;
        self.source.place(base + span.start..base + span.end)
    }

    /// The line of its text (from 1) on which byte `at` of it stands.
    pub fn line(&self, at: usize) -> usize {
        let before = self.text().as_bytes().iter().take(at);
        before.filter(|byte| **byte == b'\n').count() + 1
    }
}

/// Reads the program of a file, which `process` of this lab is to run with these arguments.
///
/// # Errors
/// What is wrong with it first, with its place.
pub fn program(
    source: Source,
    process: &ProcessName,
    args: &[&str],
    spec: &LabSpec,
) -> Result<Program, Box<Diagnostic>> {
    let constants = super::constants(spec);
    let constants: Vec<(&str, &str)> = constants.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let scope = c::Scope::new(&constants);
    let body = 0..source.text.len();
    match compile(source.text.as_ref(), &scope, process, args, &constants) {
        Ok(code) => Ok(Program { process: process.clone(), source, body, code }),
        Err(trouble) => Err(Box::new(Diagnostic::new(&source, trouble.span.clone(), &trouble))),
    }
}

/// Compiles a program for a process that knows `scope`. Its first argument is the process's name;
/// one that is the name of a constant is that constant.
pub(super) fn compile(
    text: &str,
    scope: &c::Scope,
    process: &ProcessName,
    args: &[&str],
    constants: &[(&str, &str)],
) -> Result<c::Program, Trouble> {
    // A carriage return is white space; of the same length, so that places stay.
    let text = text.replace('\r', " ");
    let value = |arg: &&str| {
        let known = constants.iter().find(|(name, _)| name == arg);
        known.map_or((*arg).to_owned(), |(_, value)| (*value).to_owned())
    };
    let values: Vec<String> = args.iter().map(value).collect();
    let all: Vec<&str> =
        std::iter::once(process.as_str()).chain(values.iter().map(String::as_str)).collect();
    c::program(&text, scope, &all).map_err(Trouble::of_c)
}
