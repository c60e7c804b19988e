//! docs/lessons.md shows nothing that is not so.

use super::*;

const PAGE: &str = include_str!("../../../docs/lessons.md");

/// The fenced blocks of the page: what stands behind their backticks, and their text.
fn blocks() -> Vec<(&'static str, &'static str)> {
    use pulldown_cmark::{CodeBlockKind, Event, Parser, Tag, TagEnd};
    let mut found = Vec::new();
    let mut body: Option<std::ops::Range<usize>> = None;
    let mut info = "";
    for (event, span) in Parser::new(PAGE).into_offset_iter() {
        match event {
            Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(_))) => {
                let line = PAGE[span].lines().next().unwrap_or_default();
                (info, body) = (line.trim_start_matches('`'), None);
            }
            Event::Text(_) => {
                body = Some(body.map_or(span.start, |body| body.start)..span.end);
            }
            Event::End(TagEnd::CodeBlock) => {
                found.push((info, &PAGE[body.take().unwrap_or_default()]));
            }
            _ => {}
        }
    }
    found
}

/// An example as a document of its own: a fragment goes on from the first lesson of the page.
fn document(example: &str) -> String {
    if example.starts_with("---") {
        return example.to_owned();
    }
    let (_, first) = blocks().into_iter().find(|(info, _)| *info == "markdown").expect("a lesson");
    format!("{first}\n{example}")
}

#[test]
fn the_first_lesson_of_the_page_is_the_one_that_the_program_prints() {
    let (_, first) = blocks().into_iter().find(|(info, _)| *info == "markdown").expect("a lesson");
    assert_eq!(first, template("first", crate::model::Lang::En).expect("a name"));
}

#[test]
fn every_example_is_read() {
    let examples: Vec<&str> = blocks()
        .into_iter()
        .filter(|(info, _)| *info == "markdown")
        .map(|(_, text)| text)
        .collect();
    assert!(examples.len() >= 8, "only {} examples were found", examples.len());
    for example in examples {
        if let Err(all) = parse("first.md", &document(example)) {
            panic!("{}", render(&all));
        }
    }
}

#[test]
fn the_error_of_the_page_is_the_one_that_is_shown() {
    let mut blocks = blocks().into_iter().skip_while(|(info, _)| *info != "markdown refused");
    let (_, example) = blocks.next().expect("an example that is refused");
    let (_, shown) = blocks.next().expect("its errors");
    let all = parse("first.md", &document(example)).expect_err("it is refused");
    let rendered = render(&all);
    assert!(rendered.starts_with(shown.trim_end()), "the page should show:\n{rendered}");
}

#[test]
fn every_key_every_line_and_every_fact_has_its_place_on_the_page() {
    let page = PAGE.replace('`', " ");
    let keys = crate::lesson::front::KEYS;
    for word in keys.iter().chain(&crate::lesson::line::WORDS) {
        assert!(page.split(|c: char| !c.is_alphanumeric()).any(|one| one == *word), "{word}");
    }
    for word in [
        "is", "closed", "queue", "recv", "send", "in", "returned", "dead", "exit", "has", "counts",
        "holds", "empty", "not",
    ] {
        assert!(page.contains(&format!(" {word}")), "{word}");
    }
}
