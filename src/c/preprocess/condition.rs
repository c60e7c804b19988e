//! `#ifdef`, `#ifndef`, `#if`, `#elif`, `#else` and `#endif`.

use std::ops::Range;

use super::super::error::Error;
use super::super::lexer::{Token, tokens};
use super::Defines;
use super::known::is_known;
use super::truth::holds;
use crate::model::said;

/// `#ifdef`s that are open, innermost last.
#[derive(Default)]
pub struct Conditions(Vec<Condition>);

struct Condition {
    span: Range<usize>,
    /// What stands here counts.
    holds: bool,
    /// One of its branches has counted already.
    had: bool,
    /// Its `#else` has come.
    turned: bool,
}

impl Conditions {
    /// Whether what stands here counts.
    pub fn hold(&self) -> bool {
        self.0.iter().all(|condition| condition.holds)
    }

    /// Obeys a directive that opens, turns or closes a condition; whether it is one.
    pub fn obey(&mut self, source: &str, token: Token, defines: &Defines) -> Result<bool, Error> {
        let text = &token.text(source)[1..];
        let inner: Vec<Token> = tokens(text).into_iter().filter(|t| !t.is_comment()).collect();
        let word = |at: usize| inner.get(at).map_or("", |token: &Token| token.text(text));
        let span = token.span();
        let place = token.start + 1;
        let holds = match word(0) {
            // What is left out may ask whatever it likes.
            "if" | "ifdef" | "ifndef" if !self.hold() => false,
            "if" => holds(text, place, &inner[1..], &span, defines)?,
            "ifdef" => is_known(word(1), defines),
            "ifndef" => !is_known(word(1), defines),
            "elif" | "else" | "endif" => {
                let turns = word(0) != "endif";
                let Some(last) = self.0.last().filter(|last| !(turns && last.turned)) else {
                    let message = said!("there is no #if for this #{word}", word = word(0));
                    return Err(Error::new(span, message));
                };
                let outer = self.0[..self.0.len() - 1].iter().all(|outer| outer.holds);
                let holds = match word(0) {
                    _ if last.had || !outer => false,
                    "elif" => holds(text, place, &inner[1..], &span, defines)?,
                    _ => true,
                };
                match (word(0), self.0.last_mut()) {
                    ("endif", _) | (_, None) => drop(self.0.pop()),
                    (turn, Some(last)) => {
                        (last.holds, last.had) = (holds, last.had || holds);
                        last.turned = turn == "else";
                    }
                }
                return Ok(true);
            }
            _ => return Ok(false),
        };
        self.0.push(Condition { span, holds, had: holds, turned: false });
        Ok(true)
    }

    /// The innermost that is open.
    pub fn open(&self) -> Option<&Range<usize>> {
        self.0.last().map(|condition| &condition.span)
    }
}
