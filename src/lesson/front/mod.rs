//! The front matter: the `key: value` lines between the two `---`.

mod crowd;
mod needs;

use std::ops::Range;

use super::diagnostic::Trouble;
use super::step::Show;
use super::words::{Word, suggest};
use crowd::{everyone, hosts, processes};
use needs::needs;

use crate::model::{LabSpec, Need, Preset, Rung, Said, said};

/// What a front matter says.
#[derive(Debug, Clone)]
pub struct Front {
    pub id: String,
    pub chapter: Option<u32>,
    pub minutes: Option<u32>,
    pub spec: LabSpec,
    pub show: Vec<Show>,
    pub mystery: bool,
    pub needs: Vec<Need>,
    /// Who is there could be read.
    pub crowd: bool,
    /// The numbers and where each stands.
    pub misconceptions: Vec<(u32, Range<usize>)>,
}

pub(super) const KEYS: [&str; 12] = [
    "id",
    "chapter",
    "minutes",
    "lab",
    "preset",
    "show",
    "hosts",
    "processes",
    "misconceptions",
    "quickack",
    "mystery",
    "needs",
];

/// What a lesson begins with.
pub(super) fn sample() -> Said {
    said!("a front matter: a line `---`, a line `id: my-lesson`, a line `---`")
}

/// Reads the front matter of `text`, and where the Markdown behind it begins. Troubles are added
/// to `troubles`; `None`: there is none that ends.
pub fn read(text: &str, troubles: &mut Vec<Trouble>) -> Option<(Front, usize)> {
    let start = if text.starts_with('\u{feff}') { '\u{feff}'.len_utf8() } else { 0 };
    let mut lines = Lines { text, at: start };
    let first = lines.next();
    if first.clone().is_none_or(|line| line.text != "---") {
        let span = first.map_or(start..start, |line| line.span);
        troubles.push(
            Trouble::new(span, said!("a lesson begins with its front matter")).expected(sample()),
        );
        return None;
    }
    let mut pairs = Vec::new();
    let mut closed = false;
    for line in lines.by_ref() {
        if line.text == "---" {
            closed = true;
            break;
        }
        if line.text.is_empty() || line.text.starts_with('#') {
            continue;
        }
        match pair(&line) {
            Ok(pair) => pairs.push(pair),
            Err(trouble) => troubles.push(trouble),
        }
    }
    let end = lines.at;
    if !closed {
        troubles.clear();
        troubles.push(
            Trouble::new(start..start + 3, said!("the front matter does not end"))
                .expected(said!("a second line `---`")),
        );
        return None;
    }
    Some((front(&pairs, start..end, troubles), end))
}

/// A line of the text, trimmed.
struct Lines<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Iterator for Lines<'a> {
    type Item = Word<'a>;

    fn next(&mut self) -> Option<Word<'a>> {
        let rest = &self.text[self.at..];
        if rest.is_empty() {
            return None;
        }
        let length = rest.find('\n').map_or(rest.len(), |newline| newline + 1);
        let line = trimmed(&rest[..length], self.at);
        self.at += length;
        Some(line)
    }
}

/// `text`, which begins at byte `base`, without the white space around.
fn trimmed(text: &str, base: usize) -> Word<'_> {
    let start = base + (text.len() - text.trim_start().len());
    let text = text.trim();
    Word { text, span: start..start + text.len() }
}

/// A key and its value.
type Pair<'a> = (Word<'a>, Word<'a>);

fn pair<'a>(line: &Word<'a>) -> Result<Pair<'a>, Trouble> {
    let Some(colon) = line.text.find(':') else {
        return Err(line.instead_of(said!("`key: value`")));
    };
    let key = trimmed(&line.text[..colon], line.span.start);
    let value = trimmed(&line.text[colon + 1..], line.span.start + colon + 1);
    if !KEYS.contains(&key.text) {
        return Err(key.instead_of(suggest(key.text, KEYS, said!("one of the keys"))));
    }
    if value.text.is_empty() {
        let end = line.span.end;
        return Err(Trouble::new(end..end, said!("`{key}` has no value", key = key.text))
            .expected(said!("a value, or no such line")));
    }
    Ok((key, value))
}

/// The items of a list, by commas.
fn items<'a>(value: &Word<'a>) -> Vec<Word<'a>> {
    let mut at = value.span.start;
    let mut items = Vec::new();
    for piece in value.text.split(',') {
        items.push(trimmed(piece, at));
        at += piece.len() + 1;
    }
    items
}

fn front(pairs: &[Pair], whole: Range<usize>, troubles: &mut Vec<Trouble>) -> Front {
    let mut front = Front {
        id: String::new(),
        chapter: None,
        minutes: None,
        spec: LabSpec::two_hosts(),
        show: Vec::new(),
        mystery: false,
        needs: Vec::new(),
        crowd: true,
        misconceptions: Vec::new(),
    };
    for (index, (key, _)) in pairs.iter().enumerate() {
        if pairs[..index].iter().any(|(earlier, _)| earlier.text == key.text) {
            troubles.push(
                Trouble::new(key.span.clone(), said!("`{key}` is given twice", key = key.text))
                    .expected(said!("each key once")),
            );
        }
    }
    let value = |wanted: &str| pairs.iter().find(|(key, _)| key.text == wanted).map(|(_, v)| v);
    if value("id").is_none() {
        let span = whole.start..whole.start + 3;
        troubles.push(
            Trouble::new(span, said!("the lesson has no id"))
                .expected(said!("a line `id: my-lesson`")),
        );
    }
    // Hosts come first: processes live on them.
    let hosts = value("hosts").map(|value| hosts(value));
    match hosts {
        Some(Ok(hosts)) => {
            front.spec.processes = everyone(&hosts);
            front.spec.hosts = hosts;
        }
        Some(Err(trouble)) => {
            front.crowd = false;
            troubles.push(trouble);
        }
        None => {}
    }
    for (key, value) in pairs.iter().filter(|(key, _)| key.text != "hosts") {
        // Who lives on hosts that could not be read can't be told.
        if key.text == "processes" && !front.crowd {
            continue;
        }
        if let Err(trouble) = entry(&mut front, key.text, value) {
            front.crowd &= key.text != "processes";
            troubles.push(trouble);
        }
    }
    front
}

/// Takes over one value.
fn entry(front: &mut Front, key: &str, value: &Word) -> Result<(), Trouble> {
    match key {
        "id" => front.id = id(value)?,
        "chapter" => front.chapter = Some(between(value, 1, 99)?),
        "minutes" => front.minutes = Some(between(value, 1, 600)?),
        "lab" => {
            front.spec.rung = one_of(value, &[("wire", Rung::Wire), ("loopback", Rung::Loopback)])?
        }
        "preset" => {
            front.spec.preset = one_of(value, &[("calm", Preset::Calm), ("quick", Preset::Quick)])?;
        }
        "needs" => front.needs = needs(value)?,
        "mystery" => front.mystery = one_of(value, &SWITCH)?,
        "quickack" => front.spec.quickack = one_of(value, &SWITCH)?,
        "show" => {
            for item in items(value) {
                front.show.push(one_of(&item, &SHOWS)?);
            }
        }
        "misconceptions" => {
            for item in items(value) {
                let number = between(&item, 1, MISCONCEPTIONS)?;
                front.misconceptions.push((number, item.span));
            }
        }
        _ => front.spec.processes = processes(value, &front.spec.hosts)?,
    }
    Ok(())
}

/// How many misconceptions docs/coverage.md lists.
pub const MISCONCEPTIONS: u32 = 33;

const SWITCH: [(&str, bool); 2] = [("on", true), ("off", false)];

const SHOWS: [(&str, Show); 4] = [
    ("backlog", Show::Backlog),
    ("buffers", Show::Buffers),
    ("bytes", Show::Bytes),
    ("states", Show::States),
];

fn one_of<T: Copy>(value: &Word, known: &[(&str, T)]) -> Result<T, Trouble> {
    let found = known.iter().find(|(name, _)| *name == value.text).map(|(_, meant)| *meant);
    found.ok_or_else(|| {
        let names: Vec<&str> = known.iter().map(|(name, _)| *name).collect();
        value.instead_of(suggest(value.text, names.iter().copied(), said!("one of the words")))
    })
}

fn between(value: &Word, least: u32, most: u32) -> Result<u32, Trouble> {
    let expected = said!("a number from {least} to {most}", least, most);
    let number: u32 = value.number(expected.clone())?;
    if (least..=most).contains(&number) { Ok(number) } else { Err(value.instead_of(expected)) }
}

fn id(value: &Word) -> Result<String, Trouble> {
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    let fine = value.text.chars().all(plain) && value.text.len() <= 40;
    if fine && value.text.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Ok(value.text.to_owned());
    }
    Err(value.instead_of(said!("a name of small letters, digits and `-`, 40 at most")))
}
