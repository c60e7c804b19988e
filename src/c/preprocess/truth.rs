//! Whether an `#if` holds.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::Arc;

use super::super::arithmetic::binary;
use super::super::ast::{Expr, ExprKind, Unary};
use super::super::error::Error;
use super::super::lexer::{Bad, Kind, Token};
use super::super::parser;
use super::super::types::Int;
use super::known::{is_known, worth};
use super::{Defines, Lexeme, Replaced};
use crate::model::said;

/// Whether the expression of an `#if` or `#elif` is not 0. `tokens` are those behind the word, in
/// `text`, which begins at `place` of the source.
pub fn holds(
    text: &str,
    place: usize,
    tokens: &[Token],
    span: &Range<usize>,
    defines: &Defines,
) -> Result<bool, Error> {
    let mut asked = Vec::new();
    let mut at = 0;
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text(text));
    while let Some(token) = tokens.get(at) {
        let span = place + token.start..place + token.end;
        let (kind, made, length): (Kind, Arc<str>, usize) = match token.kind {
            Kind::Bad(Bad::Character) if token.text(text) == "\\" => {
                at += 1;
                continue;
            }
            Kind::Bad(bad) => return Err(Error::new(span, bad.said())),
            Kind::Word if token.text(text) == "defined" => {
                let bare = usize::from(word(at + 1) == "(");
                let closes = bare == 0 || word(at + 3) == ")";
                if !closes || word(at + 1 + bare).is_empty() {
                    return Err(Error::new(span, said!("defined() takes one name")));
                }
                let known = i64::from(is_known(word(at + 1 + bare), defines));
                (Kind::Number, known.to_string().into(), 2 + 2 * bare)
            }
            kind => (kind, token.text(text).into(), 1),
        };
        asked.push(Lexeme { kind, text: made, span });
        at += length;
    }
    if asked.is_empty() {
        return Err(Error::new(span.clone(), said!("this #if has no condition")));
    }
    let mut made = Vec::new();
    Replaced::default().put(&asked, defines, &mut Vec::new(), &mut made)?;
    let tree = parser::expression(&made, HashSet::new())?;
    Ok(value(&tree)? != 0)
}

/// The value of an expression of the preprocessor: it knows only numbers, all of one size.
fn value(expr: &Expr) -> Result<i64, Error> {
    let wrong = || Error::new(expr.span.clone(), said!("#if can't know this: it takes numbers"));
    match &expr.kind {
        ExprKind::Number(value, _) => Ok(*value),
        ExprKind::Name(name) => Ok(worth(name)),
        ExprKind::Unary(operator, inner) => {
            let inner = value(inner)?;
            match operator {
                Unary::Plus => Ok(inner),
                Unary::Minus => Ok(inner.wrapping_neg()),
                Unary::Not => Ok(i64::from(inner == 0)),
                Unary::Complement => Ok(!inner),
                Unary::Address | Unary::Target => Err(wrong()),
            }
        }
        ExprKind::Binary(operator, left, right) => {
            binary(*operator, Int::LONG, value(left)?, value(right)?).map_err(|_| wrong())
        }
        ExprKind::And(left, right) => Ok(i64::from(value(left)? != 0 && value(right)? != 0)),
        ExprKind::Or(left, right) => Ok(i64::from(value(left)? != 0 || value(right)? != 0)),
        ExprKind::Conditional(test, yes, no) => value(if value(test)? != 0 { yes } else { no }),
        ExprKind::Text(_)
        | ExprKind::Step { .. }
        | ExprKind::Assign(..)
        | ExprKind::Comma(..)
        | ExprKind::Call(..)
        | ExprKind::Index(..)
        | ExprKind::Field { .. }
        | ExprKind::Cast(..)
        | ExprKind::SizeofType(_)
        | ExprKind::Sizeof(_)
        | ExprKind::Literal(..) => Err(wrong()),
    }
}
