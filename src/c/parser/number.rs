//! Numbers and characters as C writes them.

use super::super::error::Error;
use super::super::lexer::unescape;
use super::super::preprocess::Lexeme;
use super::super::types::Int;
use crate::model::{Said, said};

/// The value and type of an integer constant (C11 6.4.4.1).
pub(super) fn number(token: &Lexeme) -> Result<(i64, Int), Error> {
    let wrong = |message: Said| Err(Error::new(token.span.clone(), message));
    let text = token.text.to_ascii_lowercase();
    if text.matches('.').count() >= 2 {
        return Err(Error::new(token.span.clone(), said!("an address is no number in C"))
            .help(said!("write \"198.51.100.1\" in quotes, for inet_addr() or inet_pton()")));
    }
    let digits = text.trim_end_matches(['u', 'l']);
    let suffix = &text[digits.len()..];
    if suffix.matches('u').count() > 1 || suffix.matches('l').count() > 2 {
        return wrong(said!("this is no number"));
    }
    let (radix, digits) = match digits {
        hex if hex.starts_with("0x") => (16, &hex[2..]),
        binary if binary.starts_with("0b") => (2, &binary[2..]),
        octal if octal.len() > 1 && octal.starts_with('0') => (8, &octal[1..]),
        decimal => (10, decimal),
    };
    let looks_real = digits.contains('.')
        || radix == 10 && digits.contains('e') && digits.starts_with(|c: char| c.is_ascii_digit());
    if looks_real {
        return Err(Error::outside(token.span.clone(), said!("a number with a fraction")));
    }
    let is_number = !digits.is_empty() && digits.chars().all(|c| c.is_digit(radix));
    let value = match u64::from_str_radix(digits, radix) {
        Ok(value) if is_number => value,
        _ if is_number => return wrong(said!("this number is too large for any type")),
        _ => return wrong(said!("this is no number")),
    };
    let (unsigned, long) = (suffix.contains('u'), suffix.contains('l'));
    let int = match value {
        v if v <= i32::MAX as u64 && !unsigned && !long => Int::INT,
        v if v <= u64::from(u32::MAX) && !long && (unsigned || radix != 10) => Int::UNSIGNED,
        v if v <= i64::MAX as u64 && !unsigned => Int::LONG,
        _ => Int::UNSIGNED_LONG,
    };
    Ok((value as i64, int))
}

/// The value of a character constant, which is an `int`.
pub(super) fn letter(token: &Lexeme) -> Result<i64, Error> {
    let bytes = text(token)?;
    match bytes[..] {
        [byte] => Ok(i64::from(byte as i8)),
        [] => Err(Error::new(token.span.clone(), said!("expected a character between the ' '"))),
        _ => Err(Error::new(token.span.clone(), said!("a char holds one byte"))
            .help(said!("write a string in \" \""))),
    }
}

/// The bytes of a string or character constant, without its quotes and without a NUL.
pub(super) fn text(token: &Lexeme) -> Result<Vec<u8>, Error> {
    let inside = token.text.get(1..token.text.len().saturating_sub(1)).unwrap_or("");
    unescape(inside).map_err(|(at, reason)| {
        // In the source itself only if the token was not put in for a #define.
        let start = token.span.start + 1 + at;
        let span = if token.span.len() == token.text.len() {
            start..start + 1
        } else {
            token.span.clone()
        };
        Error::new(span, reason)
    })
}
