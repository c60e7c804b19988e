//! A `c` fence → its steps.

use std::ops::Range;
use std::sync::Arc;

use super::super::diagnostic::Trouble;
use super::super::step::Expectation;
use super::super::words::suggest;
use super::expectation;
use crate::c::{Scope, Statement, compile};
use crate::model::said;

/// The statements of one step.
#[derive(Debug, Clone)]
pub struct Group {
    pub statements: Vec<(Statement, Vec<Expectation>)>,
    /// The bytes of the fence from its first statement to its last.
    pub span: Range<usize>,
    /// What the process knows afterwards.
    pub scope: Arc<Scope>,
}

/// A fence that was read: its steps, and what the process knows behind it.
#[derive(Debug, Clone)]
pub struct Fence {
    pub groups: Vec<Group>,
    pub scope: Arc<Scope>,
}

/// Most statements of a fence.
const MOST: usize = 1_000;

/// Reads the C of a fence for a process that knows `scope`. A step ends at a system call.
pub fn read(body: &str, scope: &Scope) -> Result<Fence, Vec<Trouble>> {
    // A carriage return is white space; of the same length, so that places stay.
    let body = &body.replace('\r', " ");
    let mut behind = scope.clone();
    let statements = compile(body, &mut behind).map_err(|error| vec![Trouble::of_c(error)])?;
    if behind.has_function("main") && !scope.has_function("main") {
        let at = body.find("main").unwrap_or_default();
        let trouble = Trouble::new(at..at + "main".len(), said!("nobody calls main() here"));
        return Err(vec![trouble.expected(said!("a fence `c NAME program`, which runs it"))]);
    }
    if let Some(beyond) = statements.get(MOST) {
        let trouble = Trouble::new(beyond.span.clone(), said!("too long a fence"));
        return Err(vec![trouble.expected(said!("{most} statements at most", most = MOST))]);
    }
    let mut troubles = Vec::new();
    let spans: Vec<Range<usize>> = statements.iter().map(|one| one.span.clone()).collect();
    let expectations = expectations(body, &spans, &mut troubles);
    for (index, statement) in statements.iter().enumerate() {
        let text = &body[statement.span.clone()];
        let (all, comment) = &expectations[index];
        let next = spans.get(index + 1);
        troubles.extend(all.iter().filter_map(|one| fits(one, statement, text, comment, next)));
    }
    let scopes = scopes(body, scope, &behind, &spans);
    for ((all, comment), scope) in expectations.iter().zip(&scopes) {
        troubles.extend(all.iter().filter_map(|one| unknown(one, scope, comment)));
    }
    if !troubles.is_empty() {
        return Err(troubles);
    }
    let groups = group(statements, expectations, &scopes);
    Ok(Fence { groups, scope: Arc::new(behind) })
}

/// What the process knows behind each statement. The fence as a whole compiled; where a beginning
/// of it does not (a function that is used before its body comes), the whole fence's stands in.
fn scopes(
    body: &str,
    before: &Scope,
    whole: &Scope,
    statements: &[Range<usize>],
) -> Vec<Arc<Scope>> {
    let whole = Arc::new(whole.clone());
    let mut scopes = Vec::new();
    let mut running = before.clone();
    let mut from = 0;
    for (index, statement) in statements.iter().enumerate() {
        let last = index + 1 == statements.len();
        if last || compile(&body[from..statement.end], &mut running).is_err() {
            scopes.resize(statements.len(), whole);
            return scopes;
        }
        scopes.push(Arc::new(running.clone()));
        from = statement.end;
    }
    scopes
}

/// That a variable to look at is not known.
fn unknown(expectation: &Expectation, scope: &Scope, comment: &Range<usize>) -> Option<Trouble> {
    match expectation {
        Expectation::Look(name) if scope.variable(name).is_none() => {
            let known: Vec<&str> = scope.variables().map(|variable| &*variable.name).collect();
            let expected =
                suggest(name, known.iter().copied(), said!("a variable of this process"));
            let message = said!("there is no variable `{name}` here", name);
            Some(Trouble::new(comment.clone(), message).expected(expected))
        }
        Expectation::Look(_)
        | Expectation::Returned(_)
        | Expectation::Failed(_)
        | Expectation::Any
        | Expectation::Blocks
        | Expectation::Killed(_)
        | Expectation::Child(_) => None,
    }
}

/// Why an expectation can't stand behind this statement.
fn fits(
    expectation: &Expectation,
    statement: &Statement,
    text: &str,
    comment: &Range<usize>,
    next: Option<&Range<usize>>,
) -> Option<Trouble> {
    let last = match expectation {
        Expectation::Blocks => Some((
            said!("this stands behind a call that blocks"),
            said!("a step that wakes the process, and then a fence of its own"),
        )),
        Expectation::Killed(_) => Some((
            said!("this stands behind a call that kills the process"),
            said!("the fence's end"),
        )),
        Expectation::Returned(_)
        | Expectation::Failed(_)
        | Expectation::Any
        | Expectation::Child(_)
        | Expectation::Look(_) => None,
    };
    let needs_call = match expectation {
        Expectation::Blocks | Expectation::Killed(_) | Expectation::Failed(_) => true,
        Expectation::Child(_) => {
            return (!forks(text)).then(|| {
                Trouble::new(comment.clone(), said!("there is no fork() in this statement"))
                    .expected(said!("`child NAME` behind a fork()"))
            });
        }
        Expectation::Returned(_) | Expectation::Any | Expectation::Look(_) => false,
    };
    if needs_call && !statement.calls {
        return Some(
            Trouble::new(comment.clone(), said!("this statement makes no system call"))
                .expected(said!("`= N` for its value, or nothing")),
        );
    }
    let compares = matches!(expectation, Expectation::Returned(_) | Expectation::Any);
    if compares && !statement.calls && !statement.value {
        return Some(
            Trouble::new(comment.clone(), said!("this statement has no value to compare"))
                .expected(said!("a call, an expression or a number that is initialised")),
        );
    }
    match (last, next) {
        (Some((message, expected)), Some(next)) => {
            Some(Trouble::new(next.clone(), message).expected(expected))
        }
        _ => None,
    }
}

/// Puts statements together to steps. A step ends at a system call, at something to look at, and
/// at the end of the fence.
fn group(
    statements: Vec<Statement>,
    expectations: Vec<(Vec<Expectation>, Range<usize>)>,
    scopes: &[Arc<Scope>],
) -> Vec<Group> {
    let mut groups = Vec::new();
    let mut open = Vec::new();
    let count = statements.len();
    for (index, (statement, (expected, _))) in statements.into_iter().zip(expectations).enumerate()
    {
        let looks = expected.iter().any(|one| matches!(one, Expectation::Look(_)));
        let ends = statement.calls || looks || index + 1 == count;
        let end = statement.span.end;
        open.push((statement, expected));
        if ends {
            let statements = std::mem::take(&mut open);
            let start = statements.first().map_or(end, |(first, _)| first.span.start);
            groups.push(Group { statements, span: start..end, scope: scopes[index].clone() });
        }
    }
    groups
}

/// Whether the code calls fork().
pub fn forks(code: &str) -> bool {
    code.match_indices("fork").any(|(at, word)| {
        let before = code[..at].chars().next_back();
        let own = !before.is_some_and(|c| c.is_ascii_alphanumeric() || c == '_');
        own && code[at + word.len()..].trim_start().starts_with('(')
    })
}

/// For each statement its expectations and the place of their comment.
fn expectations(
    body: &str,
    statements: &[Range<usize>],
    troubles: &mut Vec<Trouble>,
) -> Vec<(Vec<Expectation>, Range<usize>)> {
    let mut all = vec![(Vec::new(), 0..0); statements.len()];
    for comment in line_comments(body) {
        let line_start = body[..comment.start].rfind('\n').map_or(0, |newline| newline + 1);
        let before = body[line_start..comment.start].trim_start();
        // A comment on a line of its own, or behind a #define, is for the reader.
        if before.is_empty() || before.starts_with('#') {
            continue;
        }
        let words = body[comment.clone()].trim_start_matches('/');
        let base = comment.end - words.len();
        let read = expectation::read(words).map_err(|trouble| trouble.at(base));
        let inside =
            statements.iter().any(|one| one.start < comment.start && comment.start < one.end);
        let behind = statements.iter().rposition(|one| one.end <= comment.start);
        let behind =
            behind.filter(|index| !body[statements[*index].end..comment.start].contains('\n'));
        match (inside, behind, read) {
            // Words within a function or an initialiser are for the reader.
            (true, _, Err(_)) => {}
            (true, _, Ok(_)) => troubles.push(
                Trouble::new(
                    comment,
                    said!("this stands inside of a statement and would never be compared"),
                )
                .expected(said!("expectations behind a whole statement")),
            ),
            (false, Some(index), Ok(read)) if all[index].0.is_empty() => {
                all[index] = (read, comment)
            }
            (false, _, Ok(_)) => troubles.push(
                Trouble::new(comment, said!("no statement stands before this expectation"))
                    .expected(said!("a statement on the same line, without expectations so far")),
            ),
            (false, _, Err(trouble)) => troubles.push(trouble),
        }
    }
    all
}

/// Expectations in a program, which nobody would compare: it is walked, and no statement of it is
/// a step.
pub fn in_program(body: &str) -> Vec<Trouble> {
    let is_one = |comment: &Range<usize>| {
        expectation::read(body[comment.clone()].trim_start_matches('/')).is_ok()
    };
    let found = line_comments(body).into_iter().filter(is_one);
    found
        .map(|comment| {
            Trouble::new(comment, said!("nobody compares this: it stands in a program"))
                .expected(said!("an `expect` line behind a line `step NAME`"))
        })
        .collect()
}

/// The `//` comments of C text: from the slashes to the end of the line.
fn line_comments(text: &str) -> Vec<Range<usize>> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    let mut at = 0;
    while at < bytes.len() {
        let rest = &text.as_bytes()[at..];
        at += match rest[0] {
            quote @ (b'"' | b'\'') => quoted_length(rest, quote),
            b'/' if rest.starts_with(b"//") => {
                let length = rest.iter().position(|byte| *byte == b'\n').unwrap_or(rest.len());
                let line = text[at..at + length].trim_end();
                found.push(at..at + line.len());
                length
            }
            b'/' if rest.starts_with(b"/*") => {
                let inner = &rest[2..];
                inner.windows(2).position(|pair| pair == b"*/").map_or(rest.len(), |end| end + 4)
            }
            _ => 1,
        };
    }
    found
}

/// How many bytes a string or a character constant takes, its quotes included.
fn quoted_length(text: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while at < text.len() {
        match text[at] {
            b'\\' => at += 1,
            // A constant does not go over the line's end; whatever it is, C will say.
            b'\n' => return at,
            byte if byte == quote => return at + 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}
