//! From the bytes of a file to a lesson, or to all that is wrong with it.

use super::diagnostic::{Diagnostic, Trouble};
use super::source::Source;
use super::step::Lesson;
use super::words::quoted;
use super::{build, front, markdown};
use crate::model::{Rung, Said, said};

/// The longest document.
const LONGEST: usize = 512 * 1024;
/// The longest line of it.
const WIDEST: usize = 16 * 1024;
/// How many quotes and lists a line can begin; more would only cost time.
const DEEPEST: usize = 32;

/// What a reader of lessons allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// The lesson may start commands of the machine with `run`: built-in lessons, and files that
    /// the user trusts (`--allow-run`).
    pub allow_run: bool,
    /// Lessons that need no wire get the addresses of this run on the loopback rung, see
    /// [`LabSpec::on_loopback`](crate::model::LabSpec::on_loopback).
    pub loopback: Option<u8>,
}

/// Reads a lesson. `path` is only for messages; `run` is refused, see [`Options`].
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn parse(path: &str, text: &str) -> Result<Lesson, Vec<Diagnostic>> {
    parse_text(path, text, Options::default())
}

/// Reads a lesson from the bytes of a file.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text; that it is no text, where its
/// first byte stands that is not UTF-8.
pub fn parse_with(path: &str, bytes: &[u8], options: Options) -> Result<Lesson, Vec<Diagnostic>> {
    parse_text(path, text_of(path, bytes)?, options)
}

/// The text of a C program's file.
///
/// # Errors
/// That it is no text that can be shown, with the place.
pub fn program_text(path: &str, bytes: &[u8]) -> Result<Source, Vec<Diagnostic>> {
    let text = text_of(path, bytes)?;
    let source = Source::new(path, text);
    if text.trim().is_empty() {
        let trouble = Trouble::new(0..0, said!("the file is empty"))
            .expected(said!("a C program with main()"));
        return Err(vec![Diagnostic::new(&source, 0..0, &trouble)]);
    }
    match unreadable(text) {
        None => Ok(source),
        Some(trouble) => Err(vec![Diagnostic::new(&source, trouble.span.clone(), &trouble)]),
    }
}

/// The encoding of lessons and programs.
fn utf8() -> Said {
    said!("UTF-8: save it again in that encoding")
}

fn text_of<'a>(path: &str, bytes: &'a [u8]) -> Result<&'a str, Vec<Diagnostic>> {
    let wrong = |text: &str, at: usize, message: Said, expected: Said| {
        let trouble = Trouble::new(at..at, message).expected(expected);
        vec![Diagnostic::new(&Source::new(path, text), at..at, &trouble)]
    };
    if bytes.len() > LONGEST {
        let message = said!("a file of {len} bytes is no lesson", len = bytes.len());
        return Err(wrong("", 0, message, said!("{most} bytes at most", most = LONGEST)));
    }
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Err(wrong("", 0, said!("the file is UTF-16"), utf8()));
    }
    // Windows editors put a byte order mark before the text; nothing here counts it.
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text),
        Err(error) => {
            let at = error.valid_up_to();
            let shown = String::from_utf8_lossy(bytes);
            let byte = format!("0x{:02x}", bytes[at]);
            Err(wrong(&shown, at, said!("byte {byte} is not UTF-8", byte), utf8()))
        }
    }
}

fn parse_text(path: &str, text: &str, options: Options) -> Result<Lesson, Vec<Diagnostic>> {
    let source = Source::new(path, text);
    let mut troubles = Vec::new();
    let lesson = read(&source, options, &mut troubles);
    troubles.sort_by_key(|trouble| (trouble.span.start, trouble.span.end));
    troubles.dedup();
    match lesson {
        Some(lesson) if troubles.is_empty() => Ok(lesson),
        Some(_) | None => {
            let all = troubles.iter().map(|one| Diagnostic::new(&source, one.span.clone(), one));
            Err(all.collect())
        }
    }
}

fn read(source: &Source, options: Options, troubles: &mut Vec<Trouble>) -> Option<Lesson> {
    let text: &str = &source.text;
    if let Some(trouble) = unreadable(text) {
        troubles.push(trouble);
        return None;
    }
    let (mut front, start) = front::read(text, troubles)?;
    if !front.crowd {
        // Every line about those who were meant would be wrong, too.
        return None;
    }
    front.spec.allow_run = options.allow_run;
    if let (Rung::Loopback, Some(run)) = (front.spec.rung, options.loopback) {
        front.spec = front.spec.on_loopback(run);
    }
    let blocks = markdown::read(text, start, troubles);
    Some(build::build(source, front, blocks, troubles))
}

/// Why a text is not even looked at: what no author writes, but a hostile file may hold.
fn unreadable(text: &str) -> Option<Trouble> {
    if text.trim_start_matches('\u{feff}').trim().is_empty() {
        return Some(Trouble::new(0..0, said!("the file is empty")).expected(front::sample()));
    }
    if text.len() > LONGEST {
        let message = said!("a text of {len} bytes is no lesson", len = text.len());
        return Some(
            Trouble::new(0..0, message).expected(said!("{most} bytes at most", most = LONGEST)),
        );
    }
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        let start = at;
        at += line.len();
        if line.len() > WIDEST {
            let message = said!("a line of {len} bytes", len = line.len());
            return Some(
                Trouble::new(start..start, message)
                    .expected(said!("{most} at most", most = WIDEST)),
            );
        }
        let marks = line.bytes().take_while(|byte| b">*+- \t".contains(byte));
        if marks.filter(|byte| !b" \t".contains(byte)).count() > DEEPEST && line.contains('>') {
            return Some(
                Trouble::new(start..start, said!("quotes too deep")).expected(said!("one `>`")),
            );
        }
        if let Some((offset, c)) = line.char_indices().find(|(i, c)| is_strange(line, *i, *c)) {
            let span = start + offset..start + offset + c.len_utf8();
            let message = said!(
                "{quoted} is invisible and steers the screen",
                quoted = quoted(&c.to_string())
            );
            return Some(Trouble::new(span, message).expected(said!("text without it")));
        }
    }
    None
}

/// Control characters but tab and line endings, and those that turn the direction of text.
fn is_strange(line: &str, at: usize, c: char) -> bool {
    match c {
        '\n' | '\t' => false,
        '\r' => !line[at..].starts_with("\r\n") && at + 1 != line.len(),
        c => {
            c.is_control()
                || matches!(c, '\u{061c}' | '\u{200e}'..='\u{200f}' | '\u{2028}'..='\u{202e}')
                || matches!(c, '\u{2066}'..='\u{2069}')
        }
    }
}
