//! The catalogue is complete: every key in both languages, with the same placeholders, known to
//! the code with the same names, and none left over.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::explain::words::Catalogue;
use crate::model::{Piece, escape, pieces};

pub(super) fn catalogue() -> Catalogue {
    Catalogue::parse().expect("the embedded catalogues are TOML of the expected shape")
}

pub(super) fn holes(text: &str) -> BTreeSet<&str> {
    pieces(text)
        .into_iter()
        .filter_map(|piece| match piece {
            Piece::Plain(_) => None,
            Piece::Hole { name, .. } => Some(name),
        })
        .collect()
}

/// The text of every Rust file below `folder`, tests and comments left out.
pub(super) fn sources(folder: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(&folder).expect("the source folder can be read") {
            let path = entry.expect("a directory entry").path();
            if path.is_dir() && !path.ends_with("tests") {
                folders.push(path);
            } else if path.extension().is_some_and(|e| e == "rs") {
                let text = std::fs::read_to_string(&path).expect("a source file can be read");
                let code = text.lines().filter(|line| !line.trim_start().starts_with("//"));
                found.push((path.display().to_string(), code.collect::<Vec<_>>().join("\n")));
            }
        }
    }
    found
}

/// The string literals that directly follow `before`, with what follows each.
fn literals<'a>(text: &'a str, before: &str) -> Vec<(&'a str, &'a str)> {
    text.match_indices(before)
        .filter_map(|(at, _)| {
            let rest = text[at + before.len()..].trim_start().strip_prefix('"')?;
            let end = rest.find('"')?;
            Some((&rest[..end], &rest[end + 1..]))
        })
        .collect()
}

/// The names of `name = value` up to the end of the macro call whose arguments `rest` begins in.
fn names(rest: &str) -> BTreeSet<&str> {
    let mut found = BTreeSet::new();
    let (mut depth, mut start, mut in_text) = (0, 0, false);
    for (at, c) in rest.char_indices() {
        match c {
            '"' => in_text = !in_text,
            _ if in_text => {}
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' if depth == 0 => break,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => start = at + 1,
            '=' if depth == 0 && start > 0 => {
                found.insert(rest[start..at].trim());
                start = 0;
            }
            _ => {}
        }
    }
    found
}

/// Every `note!` of the code: key → the names it gives values to, one set for each use.
fn used() -> BTreeMap<String, Vec<BTreeSet<String>>> {
    let mut used: BTreeMap<String, Vec<BTreeSet<String>>> = BTreeMap::new();
    for (_, text) in sources("src/explain") {
        for (key, rest) in literals(&text, "note!(") {
            let names = names(rest).into_iter().map(str::to_owned).collect();
            used.entry(key.to_owned()).or_default().push(names);
        }
    }
    used
}

#[test]
fn both_languages_have_the_same_placeholders() {
    let catalogue = catalogue();
    for (key, entry) in &catalogue.notes {
        assert_eq!(holes(&entry.en), holes(&entry.zh), "{key}");
        let more = |text: &Option<String>| {
            text.as_deref().map(|t| holes(t).into_iter().map(str::to_owned).collect::<Vec<_>>())
        };
        assert_eq!(more(&entry.more_en), more(&entry.more_zh), "the longer form of {key}");
    }
    for (key, label) in &catalogue.ui {
        assert_eq!(holes(&label.en), holes(&label.zh), "{key} of ui.toml");
    }
}

#[test]
fn every_key_of_the_code_is_in_the_catalogue_with_its_placeholders() {
    let catalogue = catalogue();
    let mut wrong = Vec::new();
    for (key, uses) in used() {
        let Some(entry) = catalogue.notes.get(&key) else {
            wrong.push(format!("{key} is not in assets/words/notes"));
            continue;
        };
        let mut asked = holes(&entry.en);
        asked.extend(entry.more_en.as_deref().map(holes).unwrap_or_default());
        for names in uses {
            let names: BTreeSet<&str> = names.iter().map(String::as_str).collect();
            if names != asked {
                wrong.push(format!("{key}: its texts ask for {asked:?}, it is given {names:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_key_of_the_catalogue_is_used() {
    let used = used();
    let unused: Vec<_> = catalogue().notes.into_keys().filter(|k| !used.contains_key(k)).collect();
    assert!(unused.is_empty(), "in assets/words/notes but nowhere in the code: {unused:?}");
}

#[test]
fn every_label_that_the_screen_asks_for_is_in_the_catalogue() {
    let labels = catalogue().ui;
    for room in ["src/tui", "src/cli", "src/session"] {
        for (path, text) in sources(room) {
            for before in [".ui(", ".ui_with("] {
                for (key, _) in literals(&text, before) {
                    assert!(labels.contains_key(key), "{path}: {key} is not in ui.toml");
                }
            }
        }
    }
}

#[test]
fn every_label_of_the_catalogue_is_asked_for() {
    let rooms = ["src/tui", "src/cli", "src/session"];
    let sources: Vec<String> = rooms.into_iter().flat_map(sources).map(|(_, text)| text).collect();
    // What a call does is asked for by the call's name; a test of the screen goes through them.
    let by_name = |key: &String| key.starts_with("call-");
    let literally = |key: &String| sources.iter().any(|text| text.contains(&format!("\"{key}\"")));
    let asked = |key: &String| by_name(key) || literally(key);
    let unused: Vec<_> = catalogue().ui.into_keys().filter(|key| !asked(key)).collect();
    assert!(unused.is_empty(), "in ui.toml but nowhere in the code: {unused:?}");
}

/// Entries that stand inside other sentences or are lines of the list of changes.
const INSIDE: [&str; 8] =
    ["change-", "path-", "cause-", "icmp-", "packet-", "fd-sleeps", "not-reported", "error-other"];

#[test]
fn every_kind_of_note_has_a_situation_in_the_tables() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/explain/tests");
    let tables: String = std::fs::read_dir(folder)
        .expect("the tests can be read")
        .map(|entry| std::fs::read_to_string(entry.expect("an entry").path()).expect("a test"))
        .collect();
    let untried: Vec<String> = catalogue()
        .notes
        .into_keys()
        .filter(|key| !INSIDE.iter().any(|inside| key.starts_with(inside)))
        .filter(|key| !tables.contains(&format!("\"{key}\"")))
        .collect();
    assert!(untried.is_empty(), "in no table of src/explain/tests: {untried:?}");
}

#[test]
fn a_short_form_has_one_to_three_sentences_and_both_languages_end_alike() {
    for (key, entry) in catalogue().notes {
        let english = entry.en.trim().replace("...", "");
        let chinese = entry.zh.trim();
        assert!(english.matches(['.', '?']).count() <= 3 + english.matches("::").count(), "{key}");
        assert!(chinese.matches(['。', '？']).count() <= 3, "{key}");
        assert!(english.chars().count() <= 340, "{key}: {}", english.chars().count());
        let ends = english.ends_with(['.', '?']) == chinese.ends_with(['。', '？']);
        assert!(ends, "{key}: one language ends as a sentence, the other does not");
        assert!(!chinese.contains(", ") && !chinese.contains("; "), "{key}: half-width marks");
    }
}

#[test]
fn no_key_stands_in_two_files() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("assets/words/notes");
    let mut keys = 0;
    for entry in std::fs::read_dir(folder).expect("the words can be read") {
        let path = entry.expect("a directory entry").path();
        let text = std::fs::read_to_string(path).expect("a file of words can be read");
        keys += text.lines().filter(|line| line.starts_with('[')).count();
    }
    assert_eq!(keys, catalogue().notes.len(), "a file is left out, or two have the same key");
}

#[test]
fn no_text_of_the_catalogue_needs_escaping_and_no_note_has_doubled_spaces() {
    let catalogue = catalogue();
    let notes = catalogue.notes.iter().flat_map(|(key, entry)| {
        let more = [&entry.more_en, &entry.more_zh, &entry.see];
        let texts = [&entry.en, &entry.zh].into_iter().chain(more.into_iter().flatten());
        texts.map(move |text| (key, text))
    });
    let labels = catalogue.ui.iter().flat_map(|(key, l)| [(key, &l.en), (key, &l.zh)]);
    for (key, text) in notes.chain(labels) {
        let text = text.trim();
        assert!(!text.is_empty(), "{key}");
        let lines = text.replace('\n', "");
        assert_eq!(escape(lines.as_bytes()).replace("\\\\", "\\"), lines, "{key}");
        let label = catalogue.ui.contains_key(key);
        assert!(label || !lines.contains("  "), "{key}: two spaces");
    }
}
