//! The C room as lessons see it.
//!
//! Stand-ins of the same shape, until that room is there.
#![allow(missing_docs)]

use std::ops::Range;

/// One statement of C, compiled.
#[derive(Debug, Clone)]
pub struct Statement {
    /// Where it stands in its fence, in bytes.
    pub span: Range<usize>,
    /// Its text on one line, comments out.
    pub code: String,
    /// Whether it may make a system call.
    pub calls: bool,
}

/// What a process knows: variables, functions, constants.
#[derive(Debug, Clone)]
pub struct Scope {
    names: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    pub span: Range<usize>,
    pub message: String,
    pub help: Option<String>,
}

impl Scope {
    pub fn new(_predefined: &[(&str, &str)]) -> Self {
        Self { names: Vec::new() }
    }
    pub fn variable(&self, name: &str) -> Option<()> {
        self.names.iter().any(|n| n == name).then_some(())
    }
    pub fn variables(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }
}

pub fn compile(source: &str, scope: &mut Scope) -> Result<Vec<Statement>, Error> {
    let mut out = Vec::new();
    let mut start = None;
    let mut depth = 0;
    let mut code = String::new();
    let mut at = 0;
    while at < source.len() {
        let rest = &source[at..];
        if rest.starts_with("//") {
            at += rest.find('\n').unwrap_or(rest.len());
            continue;
        }
        let c = rest.chars().next().expect("not at the end");
        at += c.len_utf8();
        if start.is_none() && !c.is_whitespace() {
            start = Some(at - c.len_utf8());
        }
        if start.is_some() {
            code.push(if c == '\n' { ' ' } else { c });
        }
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ';' if depth == 0 => {
                let begin = start.take().unwrap_or(0);
                let words: Vec<&str> =
                    code.split(['=', '[', ';']).next().unwrap_or("").split_whitespace().collect();
                if words.len() > 1 {
                    scope.names.push(words[words.len() - 1].to_owned());
                }
                let calls = [
                    "socket(",
                    "bind(",
                    "listen(",
                    "accept(",
                    "connect(",
                    "read(",
                    "write(",
                    "close(",
                    "fork(",
                    "shutdown(",
                ]
                .iter()
                .any(|c| code.contains(c));
                out.push(Statement { span: begin..at, code: std::mem::take(&mut code), calls });
            }
            _ => {}
        }
    }
    match start {
        Some(start) => Err(Error {
            span: source.len()..source.len(),
            message: "expected `;`".into(),
            help: Some(format!("{start}")),
        }),
        None => Ok(out),
    }
}

pub fn compile_expression(source: &str, _scope: &Scope) -> Result<(), Error> {
    match source.find('$') {
        Some(at) => Err(Error { span: at..at + 1, message: "unexpected $".into(), help: None }),
        None => Ok(()),
    }
}

/// Whether `name` is a call a process can sleep in.
pub fn is_call(name: &str) -> bool {
    crate::model::Syscall::ALL.iter().any(|call| call.name() == name)
        || ["send", "recv", "waitpid"].contains(&name)
}
