//! What a program reads from its standard input: text that was given to it beforehand.

use std::sync::Arc;

use super::super::fault::Fault;
use super::super::reach::Reach;
use super::super::types::Int;
use super::{Args, Done};

/// The standard input of a process. A forked child goes on where its parent was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Stdin {
    bytes: Arc<[u8]>,
    at: usize,
    /// A read has met the end.
    ended: bool,
}

/// What reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[rustfmt::skip]
pub(crate) enum Input {
    Fgets, Getchar, Feof, Ferror, Scanf, Sscanf,
}

const EOF: i64 = -1;

impl Stdin {
    /// An input that holds these bytes.
    pub fn new(bytes: Arc<[u8]>) -> Self {
        Self { bytes, at: 0, ended: false }
    }

    fn next(&mut self) -> Option<u8> {
        let byte = self.bytes.get(self.at).copied();
        self.at += usize::from(byte.is_some());
        self.ended |= byte.is_none();
        byte
    }

    fn skip_space(&mut self) {
        while self.bytes.get(self.at).is_some_and(u8::is_ascii_whitespace) {
            self.at += 1;
        }
    }

    /// The next bytes that are wanted, at most so many.
    fn take(&mut self, most: usize, wanted: impl Fn(usize, u8) -> bool) -> Vec<u8> {
        let rest = self.bytes.get(self.at..).unwrap_or_default();
        let count = rest.iter().take(most).enumerate().take_while(|(i, b)| wanted(*i, **b)).count();
        self.ended |= count == rest.len();
        self.at += count;
        rest[..count].to_vec()
    }
}

pub(super) fn run(
    which: Input,
    a: &Args,
    reach: &mut Reach,
    stdin: &mut Stdin,
) -> Result<Done, Fault> {
    let value = match which {
        Input::Fgets => fgets(a, reach, stdin)?,
        Input::Getchar => stdin.next().map_or(EOF, i64::from),
        Input::Feof => i64::from(stdin.ended),
        Input::Ferror => 0,
        Input::Scanf => scanf(a, 0, reach, stdin)?,
        Input::Sscanf => {
            let text = reach.text(a.address(0))?;
            scanf(a, 1, reach, &mut Stdin::new(text.into()))?
        }
    };
    Ok(Done::value(value))
}

fn fgets(a: &Args, reach: &mut Reach, stdin: &mut Stdin) -> Result<i64, Fault> {
    let room = usize::try_from(a.int(1)).unwrap_or(0).saturating_sub(1);
    let mut line = Vec::new();
    while line.len() < room && line.last() != Some(&b'\n') {
        let Some(byte) = stdin.next() else { break };
        line.push(byte);
    }
    if line.is_empty() {
        return Ok(0);
    }
    line.push(0);
    reach.write(a.address(0), &line)?;
    Ok(a.int(0))
}

/// The bytes that a `%[…]` takes: `^` turns it round, a `]` at its beginning and a `-` at an end stand
/// for themselves.
fn set(format: &mut impl Iterator<Item = u8>) -> Result<[bool; 256], Fault> {
    let mut inside: Vec<u8> = Vec::new();
    loop {
        match format.next().ok_or(Fault::Format)? {
            b']' if !matches!(inside[..], [] | [b'^']) => break,
            byte => inside.push(byte),
        }
    }
    let (wanted, inside) = match inside.split_first() {
        Some((b'^', rest)) => (false, rest),
        Some(_) | None => (true, &inside[..]),
    };
    let mut set = [!wanted; 256];
    let mut at = 0;
    while let Some(byte) = inside.get(at) {
        let last = match inside.get(at + 1..at + 3) {
            Some([b'-', last]) => {
                at += 2;
                last
            }
            Some(_) | None => byte,
        };
        (*byte..=*last).for_each(|byte| set[usize::from(byte)] = wanted);
        at += 1;
    }
    Ok(set)
}

/// `%d`, `%u`, `%x`, `%s`, `%c`, `%[…]`, with `*`, a width and `l` or `h`; everything else must stand there as
/// it is.
fn scanf(a: &Args, first: usize, reach: &mut Reach, stdin: &mut Stdin) -> Result<i64, Fault> {
    let format = reach.text(a.address(first))?;
    let mut format = format.iter().copied().peekable();
    let (mut stored, mut argument) = (0, first + 1);
    while let Some(letter) = format.next() {
        if letter.is_ascii_whitespace() {
            stdin.skip_space();
            continue;
        }
        if letter != b'%' {
            let met = stdin.take(1, |_, byte| byte == letter);
            if met.is_empty() {
                return Ok(if stored == 0 && stdin.ended { EOF } else { stored });
            }
            continue;
        }
        let skips = format.next_if_eq(&b'*').is_some();
        let mut width = 0_usize;
        while let Some(digit) = format.next_if(u8::is_ascii_digit) {
            width = width.saturating_mul(10).saturating_add(usize::from(digit - b'0'));
        }
        let mut int = Int::INT;
        while let Some(size) = format.next_if(|letter| b"lhz".contains(letter)) {
            int.size = match (size, int.size) {
                (b'h', 2) => 1,
                (b'h', _) => 2,
                _ => 8,
            };
        }
        let most = if width == 0 { usize::MAX } else { width };
        let kind = format.next().unwrap_or(0);
        let bytes = match kind {
            b'd' | b'i' | b'u' => {
                stdin.skip_space();
                stdin.take(most, |at, byte| {
                    byte.is_ascii_digit() || at == 0 && b"+-".contains(&byte)
                })
            }
            b's' => {
                stdin.skip_space();
                stdin.take(most, |_, byte| !byte.is_ascii_whitespace())
            }
            b'x' | b'X' => {
                stdin.skip_space();
                stdin.take(most, |at, byte| {
                    byte.is_ascii_hexdigit() || at == 1 && b"xX".contains(&byte)
                })
            }
            b'[' => {
                let set = set(&mut format)?;
                stdin.take(most, |_, byte| set[usize::from(byte)])
            }
            b'c' => stdin.take(width.max(1), |_, _| true),
            _ => return Err(Fault::Format),
        };
        if bytes.is_empty() {
            return Ok(if stored == 0 && stdin.ended { EOF } else { stored });
        }
        if skips {
            continue;
        }
        let to = a.address(argument);
        argument += 1;
        match kind {
            b's' | b'[' => reach.write(to, &[&bytes[..], b"\0"].concat())?,
            b'c' => reach.write(to, &bytes)?,
            _ => {
                let text = String::from_utf8_lossy(&bytes);
                let value = match kind {
                    b'x' | b'X' => {
                        let digits = text.trim_start_matches("0x").trim_start_matches("0X");
                        i64::from_str_radix(digits, 16)
                    }
                    _ => text.trim_start_matches('+').parse::<i64>(),
                };
                let Ok(value) = value else {
                    return Ok(stored);
                };
                reach.store(to, int, value)?;
            }
        }
        stored += 1;
    }
    Ok(stored)
}
