//! The `//` comment behind a statement.

use super::super::diagnostic::Trouble;
use super::super::fact::{errno, is_identifier, signal};
use super::super::step::Expectation;
use super::super::words::{Word, Words, suggest};
use crate::model::{ProcessName, Said, said};

/// What a comment behind a statement can say.
fn form() -> Said {
    said!(
        "an expectation: `= N`, `= -1 ENAME`, `= ?`, `blocks`, `killed SIGNAME`, `child NAME` or \
         `look VAR` (words for the reader go into /* … */ or on a line of their own)"
    )
}

/// The expectations in a comment, without its `//`, one or more with commas between them.
pub fn read(text: &str) -> Result<Vec<Expectation>, Trouble> {
    let mut all: Vec<Expectation> = Vec::new();
    let mut base = 0;
    for piece in text.split(',') {
        let one = one(piece).map_err(|trouble| trouble.at(base))?;
        let word = Word { text: piece.trim(), span: base..base + piece.len() };
        if all.iter().any(|earlier| clash(earlier, &one)) {
            return Err(
                word.instead_of(said!("one outcome; only `child` and `look` can stand beside it"))
            );
        }
        all.push(one);
        base += piece.len() + 1;
    }
    Ok(all)
}

fn one(text: &str) -> Result<Expectation, Trouble> {
    let mut words = Words::new(text);
    let verb = words.next(form())?;
    let expectation = match verb.text {
        "=" if words.take("?") => Expectation::Any,
        "=" => {
            let word = words.next(said!("a number, `-1` and the name of an error, or `?`"))?;
            match word.number(said!("a number, `-1` and the name of an error, or `?`"))? {
                -1 if words.peek().is_some() => {
                    Expectation::Failed(errno(&words.next(said!("the name of an error"))?)?)
                }
                value => Expectation::Returned(value),
            }
        }
        "blocks" => Expectation::Blocks,
        "killed" => Expectation::Killed(signal(&words.next(said!("a signal, such as SIGPIPE"))?)?),
        "child" => {
            let word = words.next(said!("a name for the child"))?;
            let name = ProcessName::parse(word.text);
            Expectation::Child(name.ok_or_else(|| word.instead_of(said!("a name for the child")))?)
        }
        "look" => {
            let word = words.next(said!("a variable"))?;
            if !is_identifier(word.text) {
                return Err(word.instead_of(said!("a variable")));
            }
            Expectation::Look(word.text.to_owned())
        }
        other => {
            let known = ["blocks", "killed", "child", "look"];
            let near = super::super::words::nearest(other, known).is_some();
            let advice = if near { suggest(other, known, said!("an expectation")) } else { form() };
            return Err(Words::new(text).rest().instead_of(advice));
        }
    };
    words.end()?;
    Ok(expectation)
}

/// Whether two expectations of one statement contradict or repeat each other.
fn clash(a: &Expectation, b: &Expectation) -> bool {
    let kind = |e: &Expectation| match e {
        Expectation::Child(_) => 1,
        Expectation::Look(_) => 2,
        Expectation::Returned(_)
        | Expectation::Failed(_)
        | Expectation::Any
        | Expectation::Blocks
        | Expectation::Killed(_) => 0,
    };
    if kind(a) == 2 { a == b } else { kind(a) == kind(b) }
}
