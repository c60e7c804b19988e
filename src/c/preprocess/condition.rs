//! `#ifdef`, `#ifndef`, `#if 0`, `#else` and `#endif`.

use std::ops::Range;

use super::super::error::Error;
use super::super::lexer::{Token, tokens};
use super::Defines;
use crate::model::said;

/// `#ifdef`s that are open, innermost last.
#[derive(Default)]
pub struct Conditions(Vec<Condition>);

struct Condition {
    span: Range<usize>,
    holds: bool,
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
        let holds = match (word(0), inner.len()) {
            ("ifdef", _) => defines.contains_key(word(1)),
            ("ifndef", _) => !defines.contains_key(word(1)),
            ("if", 2) if word(1) == "0" || word(1) == "1" => word(1) == "1",
            // What is left out may ask whatever it likes.
            ("if", _) if !self.hold() => false,
            ("else" | "endif", _) if self.0.is_empty() => {
                return Err(Error::new(
                    span,
                    said!("there is no #if for this #{word}", word = word(0)),
                ));
            }
            ("else", _) => {
                self.0.iter_mut().rev().take(1).for_each(|inner| inner.holds = !inner.holds);
                return Ok(true);
            }
            ("endif", _) => {
                self.0.pop();
                return Ok(true);
            }
            _ => return Ok(false),
        };
        self.0.push(Condition { span, holds });
        Ok(true)
    }

    /// The innermost that is open.
    pub fn open(&self) -> Option<&Range<usize>> {
        self.0.last().map(|condition| &condition.span)
    }
}
