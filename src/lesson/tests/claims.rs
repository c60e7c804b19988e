//! What a lesson says of itself.

use super::*;

const START: &str = "# X\n\n```c server\nint fd = socket(AF_INET, SOCK_STREAM, 0); // = 3\n```\n";

fn found(front: &str, body: &str) -> Vec<String> {
    let text = format!("---\nid: x\n{front}---\n{START}\n{body}");
    let lesson = parse("x.md", &text).unwrap_or_else(|all| panic!("{}", render(&all)));
    claims(&lesson).iter().map(|one| format!("{}: {}", one.place.line, one.message)).collect()
}

const ANSWER: &str = "<!-- answers 5, 18 -->\n\n```c server\nlisten(fd, 1); // = 0\n```\n";

#[test]
fn a_claim_stands_only_with_the_step_that_answers_it() {
    assert_eq!(found("misconceptions: 5, 18\n", ANSWER), Vec::<String>::new());
    assert_eq!(found("misconceptions: 5\n", ""), ["3: no step answers misconception 5"]);
    let unnamed = "11: the front matter does not name misconception 18";
    assert_eq!(found("misconceptions: 5\n", ANSWER), [unnamed]);
    let mute = "<!-- answers 5 -->\n\n```lab\nhold\n```\n";
    let silent = "11: the step behind this asks the kernel nothing";
    assert_eq!(found("misconceptions: 5\n", mute), [silent]);
}

#[test]
fn a_mark_keeps_its_numbers_and_breaks_no_quote_off() {
    let text = format!(
        "---\nid: x\n---\n{START}\nwords\n\n<!-- answers 7 -->\n\n> more\n\n```lab\nhold\nexpect wire empty\n```\n"
    );
    let lesson = parse("x.md", &text).expect("a lesson");
    let step = &lesson.steps[1];
    assert_eq!((step.answers[0].number, step.answers[0].place.line), (7, 12));
    assert_eq!(step.more[0].plain(), "more");
}

#[test]
fn a_comment_is_a_mark_only_by_its_first_word() {
    for comment in ["the learner answers 5", "answer 5", "Answers: see the book"] {
        let text = format!("---\nid: x\n---\n{START}\n<!-- {comment} -->\n");
        assert!(parse("x.md", &text).is_ok(), "{comment}");
    }
    for comment in
        ["answers", "answers five", "answers 5; 6", "answers 0", "answers 5,", "answers +5"]
    {
        let text = format!("---\nid: x\n---\n{START}\n<!-- {comment} -->\n");
        let all = parse("x.md", &text).expect_err(comment);
        assert_eq!(all[0].message, "this answers nothing", "{comment}");
    }
    let behind = format!("---\nid: x\n---\n{START}\n<!-- answers 5 -->\n");
    assert_eq!(parse("x.md", &behind).expect_err("no step")[0].message, "an answer without a step");
}

#[test]
fn both_languages_answer_the_same() {
    let text =
        |numbers: &str| format!("---\nid: x\n---\n{START}\n{}", ANSWER.replace("5, 18", numbers));
    let read = |numbers: &str| parse("x.md", &text(numbers)).expect("a lesson");
    assert!(compare(&read("5, 18"), &read("5,18")).is_empty());
    let found = compare(&read("5, 18"), &read("5"));
    assert_eq!(found[0].message, "it answers something else");
}

#[test]
fn a_lesson_is_neither_a_word_nor_a_book() {
    let steps = |count: usize| {
        let calls = "close(9); // = -1 EBADF\n".repeat(count - 1);
        let text = format!("---\nid: x\n---\n{START}\n```c server\n{calls}```\n");
        length(&parse("x.md", &text).expect("a lesson")).map(|found| found.message.to_string())
    };
    assert_eq!((steps(8), steps(25)), (None, None));
    assert_eq!(steps(7).as_deref(), Some("the lesson ends after 7 steps"));
    assert_eq!(steps(26).as_deref(), Some("the lesson has 26 steps, and this is number 26"));
}

#[test]
fn a_mystery_asks_something() {
    assert_eq!(found("mystery: on\n", ""), ["8: a mystery without a question"]);
    let asked = "- [ ] `wire empty` yes\n- [ ] `not wire empty` no\n\n```lab\nhold\nexpect wire empty\n```\n";
    assert_eq!(found("mystery: on\n", asked), Vec::<String>::new());
}
