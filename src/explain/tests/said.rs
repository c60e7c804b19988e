//! What other rooms say by `said!` has a translation, with the same holes, and none is left over.

use std::collections::{BTreeMap, BTreeSet};

use super::catalogue::{catalogue, holes, sources};
use crate::explain::Words;
use crate::model::{Lang, said};

/// A use of `said!`: its text, and the names that it gives values to.
type Use = (String, BTreeSet<String>);

/// Every `said!` of the code outside of tests.
fn uses() -> Vec<Use> {
    let mut found = Vec::new();
    for (_, text) in sources("src") {
        let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
        for (at, before) in code.match_indices("said!(") {
            found.extend(one_use(&code[at + before.len()..]));
        }
    }
    found
}

/// The use whose arguments `rest` begins with; `None` if no text stands there.
fn one_use(rest: &str) -> Option<Use> {
    let rest = rest.trim_start().strip_prefix('"')?;
    let end = closing_quote(rest);
    let (mut names, mut name) = (BTreeSet::new(), String::new());
    let (mut depth, mut before_value) = (0, true);
    let mut at = end + 1;
    while let Some(c) = rest[at..].chars().next() {
        at += c.len_utf8();
        match c {
            '"' => at += closing_quote(&rest[at..]) + 1,
            ')' if depth == 0 => break,
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => depth -= 1,
            ',' if depth == 0 => {
                names.insert(std::mem::take(&mut name));
                before_value = true;
            }
            '=' if depth == 0 => before_value = false,
            c if before_value && !c.is_whitespace() => name.push(c),
            _ => {}
        }
    }
    names.insert(name);
    names.remove("");
    Some((unquoted(&rest[..end]), names))
}

/// Where the string that `rest` begins inside of ends.
fn closing_quote(rest: &str) -> usize {
    let mut escaped = false;
    rest.find(|c| {
        let closes = c == '"' && !escaped;
        escaped = c == '\\' && !escaped;
        closes
    })
    .expect("a string ends")
}

/// The text that the inside of a string stands for.
fn unquoted(inside: &str) -> String {
    let mut text = String::new();
    let mut rest = inside.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '\\' => match rest.next() {
                Some('\n') => while rest.next_if(|c| c.is_whitespace()).is_some() {},
                Some('n') => text.push('\n'),
                Some(c) => text.push(c),
                None => {}
            },
            c => text.push(c),
        }
    }
    text
}

#[test]
fn a_use_is_read_as_the_compiler_reads_it() {
    let names = |all: &[&str]| all.iter().map(|name| (*name).to_owned()).collect();
    let rest =
        "\n    \"a \\\"{b}\\\" \\\n     {c} \\\\x\",\n b,\n c = f(\"x, y\", [1, 2]),\n) + g(d, e)";
    assert_eq!(one_use(rest), Some(("a \"{b}\" {c} \\x".into(), names(&["b", "c"]))));
    assert_eq!(one_use("\"a\")"), Some(("a".into(), names(&[]))));
    assert_eq!(one_use("@value $name)"), None);
    let mut at_once = uses();
    at_once.retain(|(text, _)| text == "{why}, this is {ty}");
    assert_eq!(at_once, [("{why}, this is {ty}".to_owned(), names(&["ty", "why"]))]);
}

#[test]
fn every_text_of_the_code_is_translated_and_its_holes_are_filled() {
    let said = catalogue().said;
    let mut wrong = Vec::new();
    for (text, names) in uses() {
        let asked: BTreeSet<String> = holes(&text).into_iter().map(str::to_owned).collect();
        if names != asked {
            wrong.push(format!("{text}: it is given {names:?}"));
        }
        if !said.contains_key(&text) {
            wrong.push(format!("{text}: not in assets/words/said"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_translation_is_of_a_text_of_the_code() {
    let used: BTreeSet<String> = uses().into_iter().map(|(text, _)| text).collect();
    let unused: Vec<_> = catalogue().said.into_keys().filter(|key| !used.contains(key)).collect();
    assert!(unused.is_empty(), "in assets/words/said but nowhere in the code: {unused:#?}");
}

#[test]
fn both_languages_of_a_text_have_the_same_holes() {
    for (english, chinese) in catalogue().said {
        assert_eq!(holes(&english), holes(&chinese), "{english}");
    }
}

#[test]
fn chinese_has_marks_of_full_width() {
    let is_chinese = |c: char| ('\u{4e00}'..='\u{9fff}').contains(&c);
    for (_, chinese) in catalogue().said {
        let all: Vec<char> = chinese.chars().collect();
        for pair in all.windows(2) {
            let half = matches!(pair[1], ',' | ';' | ':' | '?' | '!' | '(');
            assert!(!(is_chinese(pair[0]) && half), "{chinese}");
        }
        assert!(!chinese.ends_with(['。', '.']), "{chinese}");
    }
}

#[test]
fn no_text_stands_in_two_files() {
    let mut files: BTreeMap<String, usize> = BTreeMap::new();
    for file in crate::explain::words::SAID {
        let all: BTreeMap<String, String> = toml::from_str(file).expect("a test parses it");
        for text in all.into_keys() {
            *files.entry(text).or_default() += 1;
        }
    }
    files.retain(|_, count| *count > 1);
    assert!(files.is_empty(), "{files:#?}");
}

#[test]
fn what_is_said_is_said_in_the_reader_s_language() {
    let error = crate::c::compile("int a[2] = 3;", &mut crate::c::Scope::new(&[])).map(drop);
    let error = error.expect_err("a wrong value");
    let text = |lang| Words::new(lang).said(&error.message);
    assert_eq!(text(Lang::En), "expected { for an array");
    assert_eq!(text(Lang::Zh), "数组的初始值应写在“{”里");
    let own = said!("nobody has translated this");
    assert_eq!(Words::new(Lang::Zh).said(&own), "nobody has translated this");
}
