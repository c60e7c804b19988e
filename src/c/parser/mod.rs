//! Tokens → syntax tree, by recursive descent.

mod declaration;
mod expression;
mod number;
mod statement;

use std::collections::HashSet;
use std::sync::Arc;

use super::ast::{Expr, Name, Span, Stmt};
use super::error::Error;
use super::layout::Packing;
use super::lexer::Kind;
use super::preprocess::Lexeme;
use crate::model::{Said, Sayable, said};

/// So deep may expressions and statements be nested: the tree is walked by recursion.
const DEEPEST: u16 = 80;

/// Words that can't be names.
#[rustfmt::skip]
pub(super) const KEYWORDS: [&str; 36] = [
    "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else", "enum",
    "extern", "float", "for", "goto", "if", "inline", "int", "long", "register", "restrict",
    "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef", "union",
    "unsigned", "void", "volatile", "while", "_Bool", "_Static_assert",
];

pub(super) struct Parser<'a> {
    tokens: &'a [Lexeme],
    /// From which token on which `#pragma pack` holds.
    packs: &'a [(usize, u64)],
    at: usize,
    /// Names that begin a declaration.
    types: HashSet<Arc<str>>,
    depth: u16,
}

/// What can stand at the top: the statements of a fence or file.
pub(super) fn statements(tokens: &[Lexeme], types: HashSet<Arc<str>>) -> Result<Vec<Stmt>, Error> {
    let (tokens, packs) = without_pragmas(tokens);
    let mut parser = Parser { tokens: &tokens, packs: &packs, at: 0, types, depth: 0 };
    let mut statements = Vec::new();
    while parser.peek().is_some() {
        statements.push(parser.statement()?);
    }
    Ok(statements)
}

/// One expression and nothing else.
pub(super) fn expression(tokens: &[Lexeme], types: HashSet<Arc<str>>) -> Result<Expr, Error> {
    let (tokens, packs) = without_pragmas(tokens);
    let mut parser = Parser { tokens: &tokens, packs: &packs, at: 0, types, depth: 0 };
    let expression = parser.expression()?;
    match parser.peek() {
        None => Ok(expression),
        Some(_) => Err(parser.expected(said!("an operator or the end"))),
    }
}

/// The tokens without the `#pragma pack`s, and from which of them on which of those holds.
fn without_pragmas(all: &[Lexeme]) -> (Vec<Lexeme>, Vec<(usize, u64)>) {
    let (mut tokens, mut packs) = (Vec::with_capacity(all.len()), Vec::new());
    for token in all {
        match token.kind {
            Kind::Directive => {
                packs.push((tokens.len(), token.text.parse().unwrap_or(Packing::NATURAL)));
            }
            _ => tokens.push(token.clone()),
        }
    }
    (tokens, packs)
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Lexeme> {
        self.tokens.get(self.at)
    }

    /// The text of the token `ahead` of the next one; empty behind the last.
    fn text(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| &token.text)
    }

    fn kind(&self, ahead: usize) -> Option<Kind> {
        self.tokens.get(self.at + ahead).map(|token| token.kind)
    }

    /// Whether the next token is this mark or keyword (a string of the same text is not).
    fn is(&self, text: &str) -> bool {
        matches!(self.kind(0), Some(Kind::Mark | Kind::Word)) && self.text(0) == text
    }

    fn accept(&mut self, text: &str) -> bool {
        let is = self.is(text);
        self.at += usize::from(is);
        is
    }

    /// The place of the next token; behind the last one, the place where one should be.
    fn here(&self) -> Span {
        match (self.peek(), self.tokens.last()) {
            (Some(token), _) => token.span.clone(),
            (None, Some(last)) => last.span.end..last.span.end,
            (None, None) => 0..0,
        }
    }

    /// From `start` to the end of the token before the next one.
    fn since(&self, start: &Span) -> Span {
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        start.start..last.map_or(start.end, |token| token.span.end).max(start.start)
    }

    fn expect(&mut self, mark: &str, role: Said) -> Result<(), Error> {
        if self.accept(mark) {
            return Ok(());
        }
        // A missing `;` is best shown where it should stand: behind the last token.
        let span = match self.at.checked_sub(1) {
            Some(last) if mark == ";" => {
                let end = self.tokens[last].span.end;
                end..end
            }
            _ => self.here(),
        };
        let found = self.found();
        let error = Error::new(span, said!("expected {mark} {role}, {found}", mark, role, found));
        // What a #define stands for has the place of its name.
        let last = self.at.checked_sub(1).and_then(|at| self.tokens.get(at));
        let defined = last.is_some_and(|last| {
            self.peek().is_some_and(|next| next.span == last.span && &*next.text == ";")
        });
        Err(match defined {
            true => error.help(said!("this ; stands in the #define: take it away there")),
            false => error,
        })
    }

    /// The error that something else was expected here.
    fn expected(&self, what: impl Sayable) -> Error {
        Error::new(self.here(), said!("expected {what}, {found}", what, found = self.found()))
    }

    /// What stands here instead of what was expected.
    fn found(&self) -> Said {
        match self.peek() {
            Some(token) => said!("found {token}", token = token.text),
            None => said!("found the end"),
        }
    }

    /// A name that is no keyword.
    fn name(&mut self, what: Said) -> Result<Name, Error> {
        match self.peek() {
            Some(token) if token.kind == Kind::Word && !KEYWORDS.contains(&&*token.text) => {
                let name = Name { text: token.text.to_string(), span: token.span.clone() };
                self.at += 1;
                Ok(name)
            }
            _ => Err(self.expected(what)),
        }
    }

    /// Goes one level down, or refuses to.
    fn deeper(&mut self) -> Result<(), Error> {
        if self.depth >= DEEPEST {
            return Err(Error::new(self.here(), said!("this is nested too deeply")));
        }
        self.depth += 1;
        Ok(())
    }
}
