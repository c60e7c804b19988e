//! What there is to be shown, from `assets/coverage`.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::model::{Errno, Lang, Syscall};

/// A text in both languages.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Text {
    en: String,
    zh: String,
}

impl Text {
    /// The text in a language.
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// The errnos of one manual page.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Page {
    /// The page's name in section 2.
    pub name: String,
    calls: Vec<String>,
    listed: Vec<String>,
    more: Vec<String>,
    #[serde(default)]
    cannot: BTreeMap<String, String>,
}

/// What there is to say of one errno of a page.
#[derive(Debug, Clone)]
pub struct Entry<'a> {
    /// Its name.
    pub name: &'a str,
    /// The page lists it; if not, Linux gives it besides.
    pub listed: bool,
    /// Why it can't be provoked in a lab.
    pub cannot: Option<&'a Text>,
}

impl Entry<'_> {
    /// Its number; `None` for one that no program ever gets.
    pub fn errno(&self) -> Option<Errno> {
        Errno::from_name(self.name)
    }
}

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
struct ErrnoFile {
    page: Vec<Page>,
    reason: BTreeMap<String, Text>,
}

/// The manual pages and their errnos.
#[derive(Debug, Clone)]
pub struct Errnos {
    file: ErrnoFile,
}

impl Errnos {
    /// The pages in order.
    pub fn pages(&self) -> &[Page] {
        &self.file.page
    }

    /// The errnos of a page by name, those that it does not list behind the others.
    pub fn of<'a>(&'a self, page: &'a Page) -> Vec<Entry<'a>> {
        let entry = |listed: bool| move |name: &'a String| Entry { name, listed, cannot: None };
        let cannot = page.cannot.iter().map(|(name, why)| Entry {
            name,
            listed: true,
            cannot: self.file.reason.get(why),
        });
        let mut entries: Vec<Entry<'a>> =
            page.listed.iter().map(entry(true)).chain(cannot).collect();
        entries.extend(page.more.iter().map(entry(false)));
        entries.sort_by_key(|entry| (!entry.listed, entry.name));
        entries
    }
}

impl Page {
    /// The kernel's calls that the page is about.
    pub fn calls(&self) -> Vec<Syscall> {
        let known = Syscall::ALL.iter().copied();
        known.filter(|call| self.calls.iter().any(|name| name == call.name())).collect()
    }
}

/// The functions that calls reach in the kernel, by the kind of the socket.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Dispatch {
    /// The kinds of sockets: the columns.
    pub kinds: Vec<String>,
    /// The functions of `struct proto_ops`: the rows.
    pub op: Vec<Op>,
}

/// One function of `struct proto_ops`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Op {
    /// Its name there.
    pub name: String,
    cells: Vec<String>,
}

/// One place of the table.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cell<'a> {
    /// The kernel's function; `None`: the place is empty.
    pub function: Option<&'a str>,
    /// The error by which a program gets to see it; `None`: only a call that does not fail.
    pub errno: Option<Errno>,
}

impl Cell<'_> {
    /// Whether a function stands there that does something: those that only fail are called so.
    pub fn works(self) -> bool {
        self.function.is_some_and(|name| !name.starts_with("sock_no_"))
    }

    /// Whether there is anything to be seen of it.
    pub fn can_be_shown(self) -> bool {
        self.function.is_some() || self.errno.is_some()
    }
}

impl Op {
    /// Its places, by kind.
    pub fn cells(&self) -> impl Iterator<Item = Cell<'_>> {
        self.cells.iter().map(|text| {
            let (name, errno) = text.split_once(' ').unwrap_or((text, ""));
            Cell { function: (name != "-").then_some(name), errno: Errno::from_name(errno) }
        })
    }
}

/// The errnos of the manual pages.
///
/// # Panics
/// Never: the file is part of the program, and a test reads it. So it is with those below.
pub fn errnos() -> Errnos {
    let text = include_str!("../../../assets/coverage/errnos.toml");
    Errnos { file: toml::from_str(text).expect("a test reads the file") }
}

/// The functions of the kernel.
pub fn dispatch() -> Dispatch {
    let text = include_str!("../../../assets/coverage/dispatch.toml");
    toml::from_str(text).expect("a test reads the file")
}

/// The misconceptions, by number.
pub fn misconceptions() -> BTreeMap<u32, Text> {
    let text = include_str!("../../../assets/coverage/misconceptions.toml");
    let named: BTreeMap<String, Text> = toml::from_str(text).expect("a test reads the file");
    named.into_iter().filter_map(|(number, text)| Some((number.parse().ok()?, text))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_page_names_calls_errnos_and_reasons_that_there_are() {
        let errnos = errnos();
        for page in errnos.pages() {
            assert_eq!(page.calls().len(), page.calls.len(), "{}", page.name);
            for entry in errnos.of(page) {
                let known = entry.errno().is_some() || entry.name == "ERESTARTSYS";
                assert!(known, "{} of {}", entry.name, page.name);
            }
            for (name, why) in &page.cannot {
                assert!(errnos.file.reason.contains_key(why), "{why} of {}", page.name);
                assert!(!page.listed.contains(name) && !page.more.contains(name), "{name}");
            }
        }
        let used: Vec<&String> = errnos.pages().iter().flat_map(|p| p.cannot.values()).collect();
        assert!(errnos.file.reason.keys().all(|reason| used.contains(&reason)));
    }

    #[test]
    fn every_function_has_a_place_for_each_kind() {
        let dispatch = dispatch();
        assert_eq!(dispatch.kinds.len(), 6);
        for op in &dispatch.op {
            assert_eq!(op.cells.len(), 6, "{}", op.name);
            for (cell, text) in op.cells().zip(&op.cells) {
                assert_eq!(cell.errno.is_some(), text.contains(' '), "{text}");
            }
        }
    }

    #[test]
    fn all_misconceptions_are_there() {
        assert_eq!(misconceptions().into_keys().collect::<Vec<_>>(), (1..=33).collect::<Vec<_>>());
    }
}
