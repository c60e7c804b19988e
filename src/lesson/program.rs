//! A whole C program that a process runs, call by call.

use std::ops::Range;
use std::sync::Arc;

use super::diagnostic::{Diagnostic, Trouble};
use super::source::{Place, Source};
use crate::c;
use crate::model::{LabSpec, ProcessName, said};

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
    /// What it finds on its standard input.
    pub input: Arc<[u8]>,
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

/// So many bytes a pipe of Linux holds.
const MOST_INPUT: usize = 65_536;

/// What a program is given when it begins.
#[derive(Debug, Clone, Default)]
pub struct Given {
    /// The arguments of its `main`, less its name. One that is the name of a constant is that
    /// constant.
    pub args: Vec<String>,
    /// Its standard input; `None`: it may read none.
    pub input: Option<String>,
}

impl Given {
    /// `198.51.100.1 8080 < hello\nbye`: arguments, and the input behind a `<`, with C's escapes
    /// for new lines and tabs. A new line ends the input.
    pub fn read(text: &str) -> Self {
        let (args, input) = match text.trim().strip_prefix("< ") {
            Some(input) => ("", Some(input)),
            None => match text.split_once(" < ") {
                Some((args, input)) => (args, Some(input)),
                None => (text, None),
            },
        };
        let args = args.split_whitespace().map(str::to_owned).collect();
        Self { args, input: input.map(|input| unescaped(input.trim())) }
    }
}

impl Given {
    /// Its input as bytes.
    pub(super) fn bytes(&self) -> Arc<[u8]> {
        self.input.as_deref().unwrap_or_default().as_bytes().into()
    }
}

/// Escapes as C has them, and a new line at the end.
fn unescaped(text: &str) -> String {
    let mut made = String::new();
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\\' {
            made.push(letter);
            continue;
        }
        match letters.next() {
            Some('n') => made.push('\n'),
            Some('t') => made.push('\t'),
            Some(other) => made.push(other),
            None => {}
        }
    }
    if !made.is_empty() && !made.ends_with('\n') {
        made.push('\n');
    }
    made
}

/// Reads the program of a file, which `process` of this lab is to run with what it is given.
///
/// # Errors
/// What is wrong with it first, with its place.
pub fn program(
    source: Source,
    process: &ProcessName,
    given: &Given,
    spec: &LabSpec,
) -> Result<Program, Box<Diagnostic>> {
    let constants = super::constants(spec);
    let constants: Vec<(&str, &str)> = constants.iter().map(|(n, v)| (*n, v.as_str())).collect();
    let scope = c::Scope::new(&constants);
    let body = 0..source.text.len();
    match compile(source.text.as_ref(), &scope, process, given, &constants) {
        Ok(code) => {
            let (process, input) = (process.clone(), given.bytes());
            Ok(Program { process, source, body, code, input })
        }
        Err(trouble) => Err(Box::new(Diagnostic::new(&source, trouble.span.clone(), &trouble))),
    }
}

/// Compiles a program for a process that knows `scope`. Its first argument is the process's name.
pub(super) fn compile(
    text: &str,
    scope: &c::Scope,
    process: &ProcessName,
    given: &Given,
    constants: &[(&str, &str)],
) -> Result<c::Program, Trouble> {
    // A carriage return is white space; of the same length, so that places stay.
    let text = text.replace('\r', " ");
    let length = given.input.as_ref().map_or(0, String::len);
    if length > MOST_INPUT {
        let message = said!("this standard input has {length} bytes", length);
        let mut trouble = Trouble::new(0..0, message);
        trouble.help = Some(said!("a pipe holds it, and takes {most} at most", most = MOST_INPUT));
        return Err(trouble);
    }
    if given.input.is_none()
        && let Some(token) = c::tokens(&text).into_iter().find(|token| {
            token.kind == c::Kind::Word
                && matches!(token.text(&text), "stdin" | "getchar" | "scanf")
        })
    {
        let mut trouble =
            Trouble::new(token.span(), said!("this reads standard input, and none is given"));
        trouble.help =
            Some(said!("`--input FILE:TEXT` gives it to a file, `< TEXT` to a fence `program`"));
        return Err(trouble);
    }
    let value = |arg: &String| {
        let known = constants.iter().find(|(name, _)| name == arg);
        known.map_or(arg.clone(), |(_, value)| (*value).to_owned())
    };
    let values: Vec<String> = given.args.iter().map(value).collect();
    let all: Vec<&str> =
        std::iter::once(process.as_str()).chain(values.iter().map(String::as_str)).collect();
    c::program(&text, scope, &all).map_err(Trouble::of_c)
}
