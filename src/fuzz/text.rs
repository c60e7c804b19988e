//! What people write: C, lessons, and bytes that are only shown.

use crate::c::{self, CallResult, Event, Machine, Scope};
use crate::lesson::{self, Options};
use crate::model::{ARENA_SIZE, ARENA_START, Bytes, Errno, Memory, escape};

use super::{assert_harmless, choose};

/// How many answers of the kernel one run gets.
const ANSWERS: usize = 64;

/// A fence: compiled, and run on an arena with a kernel that answers by the data.
pub fn c(data: &[u8]) {
    let source = String::from_utf8_lossy(data);
    let mut scope = Scope::new(&[("SERVER_IP", "198.51.100.1"), ("CLIENT_IP", "198.51.100.2")]);
    typing(&source, usize::from(data.last().copied().unwrap_or(0)), &scope);
    let _ = c::compile_expression(&source, &scope);
    let statements = match c::compile(&source, &mut scope) {
        Ok(statements) => statements,
        Err(error) => {
            assert!(source.get(error.span).is_some(), "an error's place is in the source");
            return;
        }
    };
    // As much of an arena as the variables take, for a whole one would take most of the time.
    let used = usize::try_from(scope.used().saturating_sub(ARENA_START)).unwrap_or(ARENA_SIZE);
    let mut memory = Bytes::starting_with(&vec![0; used.saturating_add(4096).min(ARENA_SIZE)]);
    let mut machine = Machine::new();
    let mut answers = data.iter().rev().map(|byte| answer(*byte)).take(ANSWERS);
    for statement in &statements {
        assert!(source.get(statement.span.clone()).is_some());
        let mut event = machine.begin(statement, &mut memory);
        while let Some(next) = run_on(&mut machine, event, &mut answers, &mut memory) {
            event = next;
        }
        if !machine.is_idle() {
            machine = Machine::new();
        }
    }
    for variable in scope.variables() {
        for row in c::rows(variable, &memory) {
            assert_harmless(&row.meaning);
        }
    }
}

/// What is asked of a text while it is typed, with the cursor `back` bytes before its end.
fn typing(source: &str, back: usize, scope: &Scope) {
    for token in c::tokens(source) {
        let _ = token.text(source);
    }
    for (range, _) in c::highlight(source) {
        assert!(source.get(range).is_some(), "a colour's place is in the source");
    }
    let cursor = super::boundary(source, source.len().saturating_sub(back));
    let _ = c::call_at(source, cursor);
    let completion = c::complete(source, cursor, scope);
    assert!(source.get(completion.replaces).is_some(), "what is replaced is in the source");
    let _ = c::plain(source, scope);
}

/// What the kernel says: a number, or an error.
fn answer(byte: u8) -> CallResult {
    match byte {
        0..128 => Ok(i64::from(byte)),
        128..=255 => Err(Errno(i32::from(byte) - 127)),
    }
}

fn run_on(
    machine: &mut Machine,
    event: Result<Event, c::Fault>,
    answers: &mut impl Iterator<Item = CallResult>,
    memory: &mut dyn Memory,
) -> Option<Result<Event, c::Fault>> {
    match event {
        Ok(Event::Call(_)) => Some(machine.resume(answers.next()?, memory)),
        Ok(Event::Printed(_)) => Some(machine.go_on(memory)),
        Ok(Event::Reached) => Some(machine.walk(memory)),
        Ok(Event::Done(_) | Event::HandlerOver) => None,
        Err(fault) => {
            let _ = fault.to_string();
            None
        }
    }
}

/// A lesson's file; the first byte says whether `run` is allowed.
pub fn lesson(data: &[u8]) {
    let ([flags], text) = choose(data);
    let options = Options { allow_run: flags & 1 != 0, ..Options::default() };
    match lesson::parse_with("fuzz.md", text, options) {
        Ok(lesson) => assert!(!lesson.id.is_empty()),
        Err(diagnostics) => {
            assert!(!diagnostics.is_empty());
            for line in lesson::render(&diagnostics).lines() {
                assert_harmless(line);
            }
        }
    }
}

/// Bytes that are only shown.
pub fn words(data: &[u8]) {
    let text = escape(data);
    assert_harmless(&text);
    assert!(text.len() <= 8 * data.len().max(1), "it grows within limits");
    assert_eq!(unescape(&text), data, "nothing is lost");
}

/// Takes [`escape`] back.
fn unescape(text: &str) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('\\') {
        bytes.extend_from_slice(before.as_bytes());
        let number = |digits: &str| u32::from_str_radix(digits, 16).expect("hexadecimal");
        rest = match after.as_bytes() {
            [b'x', ..] => {
                bytes.extend(u8::try_from(number(&after[1..3])));
                &after[3..]
            }
            [b'u', b'{', ..] => {
                let (digits, after) = after[2..].split_once('}').expect("it is closed");
                let c = char::from_u32(number(digits)).expect("a character");
                bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
                after
            }
            [kind, ..] => {
                let plain = match kind {
                    b'n' => b'\n',
                    b'r' => b'\r',
                    b't' => b'\t',
                    b'0' => 0,
                    b'\\' => b'\\',
                    other => panic!("\\{other}"),
                };
                bytes.push(plain);
                &after[1..]
            }
            [] => panic!("a lonely backslash"),
        };
    }
    bytes.extend_from_slice(rest.as_bytes());
    bytes
}
