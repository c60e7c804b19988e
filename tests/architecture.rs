//! The shape of the house, held against the code.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

/// The rooms by floor; a room imports only from floors below its own.
const FLOORS: [(&str, u8); 9] = [
    ("model", 0),
    ("c", 1),
    ("lesson", 2),
    ("explain", 2),
    ("lab", 3),
    ("session", 4),
    ("tui", 5),
    ("cli", 6),
    ("fuzz", 6),
];

/// What a room must not import although it lies below.
const NEVER: [(&str, &str); 4] =
    [("tui", "lab"), ("session", "lab"), ("session", "explain"), ("lab", "c")];

#[test]
fn imports_go_down_only() {
    let floors: BTreeMap<&str, u8> = FLOORS.into();
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(room) = room_of(&path) else { continue };
        for (number, line) in text.lines().enumerate() {
            for target in imported_rooms(line) {
                let (Some(own), Some(other)) = (floors.get(room), floors.get(target)) else {
                    continue;
                };
                let down = other < own || target == room;
                if !down || NEVER.contains(&(room, target)) {
                    wrong.push(format!("{}:{}: {}", path.display(), number + 1, line.trim()));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "imports that the house does not allow:\n{}", wrong.join("\n"));
}

#[test]
fn every_room_of_the_code_has_a_floor() {
    for entry in fs::read_dir("src").expect("src") {
        let entry = entry.expect("an entry");
        if entry.path().is_dir() {
            let name = entry.file_name().to_string_lossy().into_owned();
            assert!(FLOORS.iter().any(|(room, _)| *room == name), "{name} has no floor");
        }
    }
}

#[test]
fn unsafe_code_lives_in_one_folder_and_each_block_says_why() {
    for (path, text) in sources() {
        let lines: Vec<&str> = text.lines().collect();
        for (number, line) in lines.iter().enumerate() {
            let code = line.split("//").next().unwrap_or_default();
            if !(code.contains("unsafe {") || code.contains("unsafe impl")) {
                continue;
            }
            let place = format!("{}:{}", path.display(), number + 1);
            assert!(path.starts_with("src/lab/sys"), "unsafe outside of src/lab/sys: {place}");
            // The reason stands above the statement that the block belongs to.
            let above = lines[..number].iter().rev().take(8);
            assert!(above.clone().any(|line| line.contains("// SAFETY:")), "no reason at {place}");
        }
    }
}

#[test]
fn pure_rooms_read_no_clock_file_or_terminal() {
    const PURE: [&str; 5] = ["model", "c", "lesson", "explain", "session"];
    const BANNED: [&str; 8] = [
        "std::fs",
        "std::env",
        "std::io::std",
        "std::process",
        "Instant::now",
        "SystemTime::now",
        "thread::sleep",
        "crossterm",
    ];
    let mut wrong = Vec::new();
    for (path, text) in sources() {
        let Some(room) = room_of(&path).filter(|room| PURE.contains(room)) else { continue };
        let code = without_tests(&text);
        let is_test = path.components().any(|part| part.as_os_str() == "tests");
        for banned in BANNED.iter().filter(|_| !is_test) {
            if code.contains(banned) && !path.ends_with("tests.rs") {
                wrong.push(format!("{room}: {} uses {banned}", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// A source without the items that stand behind `#[cfg(test)]`: each goes to its `;`, or to the
/// brace that closes it at the margin.
fn without_tests(text: &str) -> String {
    let mut kept = String::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        if line.trim() != "#[cfg(test)]" {
            kept.push_str(line);
            kept.push('\n');
            continue;
        }
        let indent = &line[..line.len() - line.trim_start().len()];
        let close = format!("{indent}}}");
        for line in lines.by_ref() {
            let inner = line.starts_with(&format!("{indent} "));
            if line == close || line.ends_with(';') && !inner {
                break;
            }
        }
    }
    kept
}

/// Every source file of the library with its text.
fn sources() -> Vec<(PathBuf, String)> {
    let mut found = Vec::new();
    let mut open = vec![PathBuf::from("src")];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                open.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).expect("a source file");
                found.push((path, text));
            }
        }
    }
    found
}

fn room_of(path: &Path) -> Option<&'static str> {
    let first = path.strip_prefix("src").ok()?.components().next()?;
    let first = first.as_os_str().to_str()?;
    FLOORS.iter().map(|(room, _)| *room).find(|room| *room == first)
}

/// The rooms that a line names by `crate::ROOM`. Several at once (`crate::{a, b}`) would be hard to
/// see, and are not allowed.
fn imported_rooms(line: &str) -> impl Iterator<Item = &str> {
    let code = line.split("//").next().unwrap_or_default();
    assert!(!code.contains("crate::{"), "one `use crate::ROOM` a line: {line}");
    code.split("crate::")
        .skip(1)
        .filter_map(|rest| rest.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').next())
}

#[test]
fn only_test_items_are_left_out() {
    let text = "use a;\n#[cfg(test)]\nmod double;\nfn f() {}\n#[cfg(test)]\nmod tests {\n    \
        fn g() {\n    }\n}\nfn h() {}\n";
    assert_eq!(without_tests(text), "use a;\nfn f() {}\nfn h() {}\n");
}
