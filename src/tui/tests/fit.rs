//! The words of lessons on the smallest screens.

use crate::lesson::{Lesson, builtin, builtin_ids, parse, render};
use crate::model::Lang;
use crate::tui::{Ink, misfits};

#[test]
fn the_words_of_every_lesson_fit() {
    for id in builtin_ids() {
        for lang in Lang::ALL {
            let lesson = builtin(id, lang).expect("in the list").expect("a lesson");
            let found = misfits(&lesson, &Ink::new(lang));
            assert!(found.is_empty(), "{}", render(&found));
        }
    }
}

fn lesson(words: &str, choice: &str, conclusion: &str, closing: &str) -> Lesson {
    let text = format!(
        "---\nid: x\n---\n# X\n\nIntro.\n\n## A\n\n```c server\nint fd = socket(AF_INET, SOCK_STREAM, 0);\n```\n\n\
        {words}\n\n- [ ] `server returned 0` {choice}\n- [ ] `server returned -1 EBADF` no\n\n\
        ```c server\nlisten(fd, 1);\n```\n\n```lab\nexpect server returned 0\n```\n\n> {conclusion}\n\n{closing}\n"
    );
    parse("x.md", &text).unwrap_or_else(|all| panic!("{}", render(&all)))
}

fn found(lesson: &Lesson) -> Vec<(usize, String)> {
    let all = misfits(lesson, &Ink::new(Lang::En));
    all.into_iter().map(|one| (one.place.line, one.message.to_string())).collect()
}

#[test]
fn whatever_a_screen_would_cut_is_found_with_its_place() {
    let long =
        |lines: usize| "seven words that make a line of it, and more. ".repeat(lines * 5 / 3);
    assert_eq!(found(&lesson("Short.", "yes", "So.", "End.")), []);
    let of = |lesson: &Lesson| found(lesson).into_iter().map(|(line, _)| line).collect::<Vec<_>>();
    assert_eq!(of(&lesson(&long(6), "yes", "So.", "End.")), [16], "the question");
    assert_eq!(of(&lesson("Short.", "yes", &long(7), "End.")), [20], "the conclusion");
    assert_eq!(of(&lesson("Short.", "yes", "So.", &long(8))), [20], "the last words");
    let (line, message) = found(&lesson("Short.", &long(6), "So.", "End.")).swap_remove(0);
    assert_eq!(line, 16, "a choice");
    assert!(message.starts_with("the words of this question and its choices need "), "{message}");
    assert!(message.ends_with(" lines, and a screen of 80×24 has 7"), "{message}");
}
