//! Bytes and strings.

use super::super::arena::{CTIME, ERROR_TEXT_PLACES, ERROR_TEXT_SIZE, ERROR_TEXTS, STRTOK};
use super::super::fault::Fault;
use super::super::reach::Reach;
use super::super::types::Int;
use super::{Args, BYTES_AN_OPERATION, Done, calendar, strerror};

/// What is done with bytes and strings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[rustfmt::skip]
pub(crate) enum Text {
    Memset, Memcpy, Memcmp, Bzero, Strcpy, Strncpy, Strcat, Strlen, Strcmp, Strncmp, Strchr, Strstr, Atoi, Toupper, Tolower, Strerror,
    Strncat, Strrchr, Bcopy, Strtol, Ctime, Isalpha, Isdigit, Isspace, Isalnum, Isupper, Islower, Isprint,
    Isxdigit, Ispunct, Strcspn, Strspn, Strpbrk, Strtok, Strcasecmp, Strncasecmp, Memchr, Strsignal,
}

pub(super) fn run(which: Text, a: &Args, reach: &mut Reach, fuel: u32) -> Result<Done, Fault> {
    let (mut cost, length) = (0, a.address(2));
    let mut pay = |bytes: u64| {
        cost += bytes / BYTES_AN_OPERATION;
        if cost > u64::from(fuel) { Err(Fault::TooManyOperations) } else { Ok(()) }
    };
    let to = a.address(0);
    let value = match which {
        Text::Memset => {
            pay(length)?;
            reach.fill(to, length, a.int(1) as u8)?;
            a.int(0)
        }
        Text::Bzero => {
            pay(a.address(1))?;
            reach.fill(to, a.address(1), 0)?;
            0
        }
        Text::Memcpy => {
            pay(length)?;
            reach.copy(to, a.address(1), length)?;
            a.int(0)
        }
        Text::Memcmp => {
            pay(length)?;
            let (left, right) = (reach.read(to, length)?, reach.read(a.address(1), length)?);
            difference(&left, &right)
        }
        Text::Strcpy => {
            let text = reach.text(a.address(1))?;
            pay(text.len() as u64)?;
            put(reach, to, text)?;
            a.int(0)
        }
        Text::Strcat => {
            let (end, text) = (reach.text(to)?.len() as u64, reach.text(a.address(1))?);
            pay(text.len() as u64 + end)?;
            put(reach, to + end, text)?;
            a.int(0)
        }
        Text::Strncpy => {
            pay(length)?;
            let text = limited(reach, a.address(1), length)?;
            reach.fill(to, length, 0)?;
            reach.write(to, &text)?;
            a.int(0)
        }
        Text::Strlen => {
            let text = reach.text(to)?;
            pay(text.len() as u64)?;
            text.len() as i64
        }
        Text::Strcmp => {
            let (left, right) = (reach.text(to)?, reach.text(a.address(1))?);
            pay((left.len() + right.len()) as u64)?;
            difference(&[&left[..], b"\0"].concat(), &[&right[..], b"\0"].concat())
        }
        Text::Strncmp => {
            let left = limited(reach, to, length)?;
            let right = limited(reach, a.address(1), length)?;
            pay((left.len() + right.len()) as u64)?;
            difference(&[&left[..], b"\0"].concat(), &[&right[..], b"\0"].concat())
        }
        Text::Strchr => {
            let text = reach.text(to)?;
            pay(text.len() as u64)?;
            let wanted = a.int(1) as u8;
            let at = text.iter().chain(b"\0").position(|byte| *byte == wanted);
            at.map_or(0, |at| a.int(0) + at as i64)
        }
        Text::Strstr => {
            let (text, wanted) = (reach.text(to)?, reach.text(a.address(1))?);
            pay((text.len() * wanted.len().max(1)) as u64)?;
            let at = (0..=text.len()).find(|at| text[*at..].starts_with(&wanted));
            at.map_or(0, |at| a.int(0) + at as i64)
        }
        Text::Strncat => {
            let (end, text) = (reach.text(to)?.len() as u64, limited(reach, a.address(1), length)?);
            pay(text.len() as u64 + end)?;
            put(reach, to + end, text)?;
            a.int(0)
        }
        Text::Strrchr => {
            let text = reach.text(to)?;
            pay(text.len() as u64)?;
            let wanted = a.int(1) as u8;
            let at = text.iter().chain(b"\0").collect::<Vec<_>>();
            let at = at.iter().rposition(|byte| **byte == wanted);
            at.map_or(0, |at| a.int(0) + at as i64)
        }
        Text::Bcopy => {
            pay(length)?;
            reach.copy(a.address(1), to, length)?;
            0
        }
        Text::Strtol => strtol(a, reach)?,
        Text::Ctime => {
            let seconds = reach.load(to, Int::LONG)?;
            put(reach, CTIME, calendar::written(seconds).into_bytes())?;
            CTIME as i64
        }
        Text::Isalpha => is(a.int(0), u8::is_ascii_alphabetic),
        Text::Isdigit => is(a.int(0), u8::is_ascii_digit),
        Text::Isspace => is(a.int(0), |byte| byte.is_ascii_whitespace() || *byte == 11),
        Text::Isalnum => is(a.int(0), u8::is_ascii_alphanumeric),
        Text::Isupper => is(a.int(0), u8::is_ascii_uppercase),
        Text::Islower => is(a.int(0), u8::is_ascii_lowercase),
        Text::Isprint => is(a.int(0), |byte| (32..127).contains(byte)),
        Text::Isxdigit => is(a.int(0), u8::is_ascii_hexdigit),
        Text::Ispunct => is(a.int(0), u8::is_ascii_punctuation),
        Text::Strcspn | Text::Strspn | Text::Strpbrk => {
            let (text, set) = (reach.text(to)?, reach.text(a.address(1))?);
            pay((text.len() * set.len().max(1)) as u64)?;
            let inside = which == Text::Strspn;
            let end = text.iter().position(|byte| set.contains(byte) != inside);
            match which {
                Text::Strpbrk => end.map_or(0, |end| a.int(0) + end as i64),
                _ => end.unwrap_or(text.len()) as i64,
            }
        }
        Text::Strtok => strtok(a, reach, &mut pay)?,
        Text::Strcasecmp | Text::Strncasecmp => {
            let most = if which == Text::Strncasecmp { length } else { u64::MAX };
            let small = |address| limited(reach, address, most).map(|t| t.to_ascii_lowercase());
            let (left, right) = (small(to)?, small(a.address(1))?);
            pay((left.len() + right.len()) as u64)?;
            difference(&[&left[..], b"\0"].concat(), &[&right[..], b"\0"].concat())
        }
        Text::Memchr => {
            pay(length)?;
            let wanted = a.int(1) as u8;
            let at = reach.read(to, length)?.iter().position(|byte| *byte == wanted);
            at.map_or(0, |at| a.int(0) + at as i64)
        }
        Text::Strsignal => {
            let place = a.address(0) % ERROR_TEXT_PLACES;
            let address = ERROR_TEXTS + place * ERROR_TEXT_SIZE;
            put(reach, address, strsignal(a.int(0)).into_bytes())?;
            address as i64
        }
        Text::Atoi => atoi(&reach.text(to)?),
        Text::Toupper => change(a.int(0), u8::to_ascii_uppercase),
        Text::Tolower => change(a.int(0), u8::to_ascii_lowercase),
        Text::Strerror => {
            let place = a.address(0) % ERROR_TEXT_PLACES;
            let address = ERROR_TEXTS + place * ERROR_TEXT_SIZE;
            put(reach, address, strerror(a.int(0) as i32).into_bytes())?;
            address as i64
        }
    };
    Ok(Done { value, cost, printed: None })
}

/// The next piece between `delim`s: of the string that is given, or of the one before.
fn strtok(
    a: &Args,
    reach: &mut Reach,
    pay: &mut impl FnMut(u64) -> Result<(), Fault>,
) -> Result<i64, Fault> {
    let start = match a.address(0) {
        0 => reach.load(STRTOK, Int::LONG)? as u64,
        given => given,
    };
    // glibc has no string yet, either, and dies of it.
    let (text, marks) = (reach.text(start)?, reach.text(a.address(1))?);
    pay((text.len() * marks.len().max(1)) as u64)?;
    let from = text.iter().position(|byte| !marks.contains(byte)).unwrap_or(text.len());
    let end = text[from..].iter().position(|byte| marks.contains(byte)).map(|end| from + end);
    let rest = match end {
        Some(end) => {
            reach.write(start + end as u64, b"\0")?;
            end + 1
        }
        None => text.len(),
    };
    reach.store(STRTOK, Int::LONG, (start + rest as u64) as i64)?;
    Ok(if from == text.len() { 0 } else { (start + from as u64) as i64 })
}

/// A signal in glibc's words.
fn strsignal(number: i64) -> String {
    #[rustfmt::skip]
    const NAMES: [&str; 31] = [
        "Hangup", "Interrupt", "Quit", "Illegal instruction", "Trace/breakpoint trap", "Aborted",
        "Bus error", "Floating point exception", "Killed", "User defined signal 1",
        "Segmentation fault", "User defined signal 2", "Broken pipe", "Alarm clock", "Terminated",
        "Stack fault", "Child exited", "Continued", "Stopped (signal)", "Stopped",
        "Stopped (tty input)", "Stopped (tty output)", "Urgent I/O condition",
        "CPU time limit exceeded", "File size limit exceeded", "Virtual timer expired",
        "Profiling timer expired", "Window changed", "I/O possible", "Power failure",
        "Bad system call",
    ];
    let number = number as i32;
    let name = usize::try_from(number).ok().and_then(|number| NAMES.get(number.checked_sub(1)?));
    match name {
        Some(name) => (*name).to_owned(),
        None if (34..=64).contains(&number) => format!("Real-time signal {}", number - 34),
        None => format!("Unknown signal {number}"),
    }
}

/// A string with its NUL.
fn put(reach: &mut Reach, address: u64, mut text: Vec<u8>) -> Result<(), Fault> {
    text.push(0);
    reach.write(address, &text)
}

/// At most `length` bytes of a string; behind them memory may end.
fn limited(reach: &Reach, address: u64, length: u64) -> Result<Vec<u8>, Fault> {
    let limit = usize::try_from(length).unwrap_or(usize::MAX);
    super::super::reach::text_at(reach.memory(), address, limit)
        .ok_or(Fault::OutsideMemory { address, length: 1 })
}

/// Less, equal or greater than 0, as the first bytes that differ.
fn difference(left: &[u8], right: &[u8]) -> i64 {
    let pair = left.iter().zip(right).find(|(a, b)| a != b);
    pair.map_or(0, |(a, b)| i64::from(*a) - i64::from(*b))
}

/// A number in base 10 or 16 (or 0: as C writes it), and where it ends.
fn strtol(a: &Args, reach: &mut Reach) -> Result<i64, Fault> {
    let text = reach.text(a.address(0))?;
    let space = text.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
    let sign = usize::from(matches!(text.get(space), Some(b'-' | b'+')));
    let mut at = space + sign;
    let hex =
        matches!(text.get(at..), Some([b'0', b'x' | b'X', digit, ..]) if digit.is_ascii_hexdigit());
    let base = match a.int(2) {
        0 if hex => 16,
        0 if text.get(at) == Some(&b'0') => 8,
        0 => 10,
        base => u32::try_from(base).unwrap_or(10).clamp(2, 36),
    };
    if base == 16 && hex {
        at += 2;
    }
    let start = at;
    let mut value = 0_i64;
    while let Some(digit) = text.get(at).and_then(|byte| char::from(*byte).to_digit(base)) {
        value = value.saturating_mul(i64::from(base)).saturating_add(i64::from(digit));
        at += 1;
    }
    if a.address(1) != 0 {
        let end = if at == start { 0 } else { at };
        reach.store(a.address(1), Int::LONG, a.int(0) + end as i64)?;
    }
    Ok(if text.get(space) == Some(&b'-') { value.wrapping_neg() } else { value })
}

fn is(letter: i64, what: fn(&u8) -> bool) -> i64 {
    i64::from(u8::try_from(letter).is_ok_and(|byte| what(&byte)))
}

fn atoi(text: &[u8]) -> i64 {
    let start = text.iter().position(|byte| !byte.is_ascii_whitespace()).unwrap_or(text.len());
    let (negative, digits) = match &text[start..] {
        [b'-', rest @ ..] => (true, rest),
        [b'+', rest @ ..] => (false, rest),
        rest => (false, rest),
    };
    let value = digits
        .iter()
        .take_while(|byte| byte.is_ascii_digit())
        .fold(0i64, |value, byte| value.wrapping_mul(10).wrapping_add(i64::from(byte - b'0')));
    if negative { value.wrapping_neg() } else { value }
}

fn change(letter: i64, how: fn(&u8) -> u8) -> i64 {
    u8::try_from(letter).map_or(letter, |byte| i64::from(how(&byte)))
}
