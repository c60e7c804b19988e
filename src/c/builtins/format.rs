//! `printf` and its relatives.

use super::super::arena::ERRNO_ADDRESS;
use super::super::fault::Fault;
use super::super::reach::Reach;
use super::super::types::Int;
use super::{Args, Done, strerror};
use crate::model::{Said, said};

/// The conversions that exist here, for an error's help.
pub(in super::super) fn conversions() -> Said {
    said!("known are %d %i %u %x %X %o %c %s %p %%, with a width and with l, ll, h, hh or z")
}

/// Nothing printed at once is longer.
const LONGEST: usize = 1 << 16;

/// One `%…` of a format.
#[derive(Debug, Default, Clone, Copy)]
struct Conversion {
    minus: bool,
    plus: bool,
    space: bool,
    zero: bool,
    alternative: bool,
    width: Option<Number>,
    precision: Option<Number>,
    /// Bytes of the argument.
    size: u8,
    letter: u8,
}

#[derive(Debug, Clone, Copy)]
enum Number {
    Fixed(usize),
    /// `*`: the next argument.
    Argument,
}

/// Text as it stands, or a conversion.
enum Piece<'a> {
    Text(&'a [u8]),
    Conversion(Conversion),
}

/// What prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[rustfmt::skip]
pub(crate) enum Format {
    Perror, Printf, Fprintf, Snprintf, Sprintf, Puts, Fputs, Putchar, Fflush,
}

pub(super) fn run(which: Format, a: &Args, reach: &mut Reach, fuel: u32) -> Result<Done, Fault> {
    let from = |first: usize| a.0.get(first..).unwrap_or(&[]);
    let bytes = match which {
        Format::Printf => format(&reach.text(a.address(0))?, from(1), reach, fuel)?,
        Format::Fprintf => format(&reach.text(a.address(1))?, from(2), reach, fuel)?,
        Format::Snprintf => {
            let text = format(&reach.text(a.address(2))?, from(3), reach, fuel)?;
            return into_buffer(a.address(0), a.address(1), &text, reach);
        }
        Format::Sprintf => {
            let text = format(&reach.text(a.address(1))?, from(2), reach, fuel)?;
            return into_buffer(a.address(0), u64::MAX, &text, reach);
        }
        Format::Puts => [&reach.text(a.address(0))?[..], b"\n"].concat(),
        Format::Fputs => reach.text(a.address(0))?,
        Format::Putchar => vec![a.int(0) as u8],
        Format::Fflush => return Ok(Done::value(0)),
        Format::Perror => perror(a.address(0), reach)?,
    };
    let value = match which {
        Format::Putchar => a.int(0) & 0xff,
        _ => bytes.len() as i64,
    };
    Ok(Done { value, cost: bytes.len() as u64, printed: Some(shown(&bytes)) })
}

/// Printed bytes as text; those that are no UTF-8 are written `\xff`.
fn shown(bytes: &[u8]) -> String {
    let mut text = String::new();
    for chunk in bytes.utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

fn perror(address: u64, reach: &Reach) -> Result<Vec<u8>, Fault> {
    let mut text = if address == 0 { Vec::new() } else { reach.text(address)? };
    if !text.is_empty() {
        text.extend(b": ");
    }
    let errno = reach.load(ERRNO_ADDRESS, Int::INT)? as i32;
    text.extend(strerror(errno).as_bytes());
    text.push(b'\n');
    Ok(text)
}

fn into_buffer(to: u64, size: u64, text: &[u8], reach: &mut Reach) -> Result<Done, Fault> {
    if size > 0 {
        let room = usize::try_from(size - 1).unwrap_or(usize::MAX);
        let kept = [&text[..text.len().min(room)], b"\0"].concat();
        reach.write(to, &kept)?;
    }
    Ok(Done { value: text.len() as i64, cost: text.len() as u64, printed: None })
}

/// How many arguments a format needs, or why it is none.
pub(in super::super) fn needed(format: &[u8]) -> Result<usize, Said> {
    let mut needed = 0;
    for piece in pieces(format)? {
        if let Piece::Conversion(conversion) = piece {
            let star = |number: Option<Number>| matches!(number, Some(Number::Argument));
            needed += usize::from(star(conversion.width)) + usize::from(star(conversion.precision));
            needed += usize::from(conversion.letter != b'%');
        }
    }
    Ok(needed)
}

fn pieces(format: &[u8]) -> Result<Vec<Piece<'_>>, Said> {
    let mut pieces = Vec::new();
    let mut rest = format;
    while !rest.is_empty() {
        let text = rest.iter().position(|byte| *byte == b'%').unwrap_or(rest.len());
        if text > 0 {
            pieces.push(Piece::Text(&rest[..text]));
            rest = &rest[text..];
            continue;
        }
        let (conversion, length) = conversion(&rest[1..])?;
        pieces.push(Piece::Conversion(conversion));
        rest = &rest[1 + length..];
    }
    Ok(pieces)
}

/// The conversion behind a `%`, and its length.
fn conversion(text: &[u8]) -> Result<(Conversion, usize), Said> {
    let mut made = Conversion { size: 4, ..Conversion::default() };
    let mut at = 0;
    let byte = |at: usize| text.get(at).copied().unwrap_or(0);
    loop {
        match byte(at) {
            b'-' => made.minus = true,
            b'+' => made.plus = true,
            b' ' => made.space = true,
            b'0' => made.zero = true,
            b'#' => made.alternative = true,
            _ => break,
        }
        at += 1;
    }
    (made.width, at) = number(text, at)?;
    if byte(at) == b'.' {
        let (precision, end) = number(text, at + 1)?;
        made.precision = Some(precision.unwrap_or(Number::Fixed(0)));
        at = end;
    }
    loop {
        made.size = match (byte(at), made.size) {
            (b'l' | b'z' | b'j' | b't', _) => 8,
            (b'h', 2) => 1,
            (b'h', _) => 2,
            _ => break,
        };
        at += 1;
    }
    made.letter = byte(at);
    match made.letter {
        b'd' | b'i' | b'u' | b'x' | b'X' | b'o' | b'c' | b's' | b'p' | b'%' => Ok((made, at + 1)),
        0 => Err(said!("the format ends inside a %")),
        b'f' | b'e' | b'g' => Err(said!("numbers with a fraction are outside sockstep's C")),
        _ => Err(said!("this conversion is not known")),
    }
}

fn number(text: &[u8], mut at: usize) -> Result<(Option<Number>, usize), Said> {
    if text.get(at) == Some(&b'*') {
        return Ok((Some(Number::Argument), at + 1));
    }
    let start = at;
    let mut value = 0usize;
    while let Some(digit) = text.get(at).filter(|byte| byte.is_ascii_digit()) {
        value = value.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
        at += 1;
    }
    if value > LONGEST {
        return Err(said!("this width is too large"));
    }
    Ok(((at > start).then_some(Number::Fixed(value)), at))
}

fn format(text: &[u8], args: &[i64], reach: &Reach, fuel: u32) -> Result<Vec<u8>, Fault> {
    let limit = LONGEST.min(fuel as usize);
    let mut args = args.iter().copied();
    let mut out = Vec::new();
    for piece in pieces(text).map_err(|_| Fault::Format)? {
        match piece {
            Piece::Text(text) => out.extend(text),
            Piece::Conversion(conversion) => {
                let mut next = || args.next().ok_or(Fault::Format);
                let mut made = conversion;
                let width = given(conversion.width, &mut next)?;
                made.minus |= width.is_some_and(|width| width < 0);
                let width = width.map_or(0, i64::unsigned_abs).min(LONGEST as u64) as usize;
                let precision = given(conversion.precision, &mut next)?;
                let precision = precision.and_then(|value| usize::try_from(value).ok());
                let body = match conversion.letter {
                    b'%' => b"%".to_vec(),
                    b'c' => vec![next()? as u8],
                    b's' => string(next()? as u64, precision, reach)?,
                    _ => integer(&made, next()?, precision),
                };
                let zero = made.zero
                    && !made.minus
                    && !matches!(made.letter, b's' | b'c' | b'%')
                    && precision.is_none();
                pad(&mut out, body, width, made.minus, zero);
            }
        }
        if out.len() > limit {
            return Err(Fault::TooManyOperations);
        }
    }
    Ok(out)
}

fn given(
    number: Option<Number>,
    next: &mut impl FnMut() -> Result<i64, Fault>,
) -> Result<Option<i64>, Fault> {
    match number {
        None => Ok(None),
        Some(Number::Fixed(value)) => Ok(Some(value as i64)),
        Some(Number::Argument) => Ok(Some(Int::INT.keep(next()?))),
    }
}

/// glibc prints `(null)` for NULL.
fn string(address: u64, precision: Option<usize>, reach: &Reach) -> Result<Vec<u8>, Fault> {
    if address == 0 {
        return Ok(b"(null)".to_vec());
    }
    super::super::reach::text_at(reach.memory(), address, precision.unwrap_or(LONGEST + 1))
        .ok_or(Fault::OutsideMemory { address, length: 1 })
}

fn integer(conversion: &Conversion, value: i64, precision: Option<usize>) -> Vec<u8> {
    let signed = matches!(conversion.letter, b'd' | b'i');
    let value = Int { size: conversion.size, signed, name: "" }.keep(value);
    let (mut sign, digits) = match conversion.letter {
        b'd' | b'i' => {
            let sign = match value {
                ..0 => "-",
                _ if conversion.plus => "+",
                _ if conversion.space => " ",
                _ => "",
            };
            (sign, value.unsigned_abs().to_string())
        }
        b'x' => ("", format!("{:x}", value as u64)),
        b'X' => ("", format!("{:X}", value as u64)),
        b'o' => ("", format!("{:o}", value as u64)),
        b'p' if value == 0 => return b"(nil)".to_vec(),
        b'p' => ("0x", format!("{value:x}")),
        _ => ("", (value as u64).to_string()),
    };
    if conversion.alternative && value != 0 {
        sign = match conversion.letter {
            b'x' => "0x",
            b'X' => "0X",
            b'o' => "0",
            _ => sign,
        };
    }
    let digits = if precision == Some(0) && value == 0 { String::new() } else { digits };
    let wanted = precision.unwrap_or(0).min(LONGEST);
    format!("{sign}{digits:0>wanted$}").into_bytes()
}

fn pad(out: &mut Vec<u8>, body: Vec<u8>, width: usize, minus: bool, zero: bool) {
    let missing = width.saturating_sub(body.len());
    if minus {
        out.extend(body);
        out.resize(out.len() + missing, b' ');
    } else if zero {
        let sign = body.iter().take_while(|byte| matches!(byte, b'-' | b'+' | b' ')).count();
        let sign = if body[sign..].starts_with(b"0x") { sign + 2 } else { sign };
        out.extend(&body[..sign]);
        out.resize(out.len() + missing, b'0');
        out.extend(&body[sign..]);
    } else {
        out.resize(out.len() + missing, b' ');
        out.extend(body);
    }
}
