//! The lessons that come with sockstep.

use std::collections::BTreeSet;

use super::*;
use crate::model::{Lang, TcpState};

fn every() -> impl Iterator<Item = (&'static str, Lang, Lesson)> {
    builtin_ids().flat_map(|id| Lang::ALL.map(|lang| (id, lang))).map(|(id, lang)| {
        let lesson = builtin(id, lang).expect("it is in the list");
        (id, lang, lesson.unwrap_or_else(|all| panic!("{}", render(&all))))
    })
}

#[test]
fn every_built_in_lesson_is_read_under_its_name() {
    for (id, lang, lesson) in every() {
        assert_eq!(lesson.id, id, "{lang}");
        assert!(lesson.chapter.is_some() && lesson.minutes.is_some(), "{id}");
        assert!(!lesson.intro.is_empty(), "{id}");
    }
    assert!(builtin("nothing", Lang::En).is_none());
}

#[test]
fn both_languages_tell_the_same_story() {
    for id in builtin_ids() {
        let read = |lang| builtin(id, lang).expect("in the list").expect("a lesson");
        let found = compare(&read(Lang::En), &read(Lang::Zh));
        assert!(found.is_empty(), "{}", render(&found));
    }
}

#[test]
fn the_menu_goes_by_chapters() {
    let chapters: Vec<Option<u32>> = every()
        .filter(|(_, lang, _)| *lang == Lang::En)
        .map(|(.., lesson)| lesson.chapter)
        .collect();
    assert!(chapters.is_sorted(), "{chapters:?}");
}

#[test]
fn together_they_read_all_eleven_states() {
    let mut seen = BTreeSet::new();
    for (.., lesson) in every() {
        seen.extend(lesson.summary().states);
    }
    assert_eq!(seen, TcpState::ALL.into_iter().collect());
    let both = builtin("both-at-once", Lang::En).expect("in the list").expect("a lesson");
    let states = both.summary().states.len();
    assert!(states >= 10, "its own checks name {states}");
}

#[test]
fn what_a_lesson_claims_one_of_its_steps_answers() {
    for (.., lesson) in every() {
        let found = claims(&lesson);
        assert!(found.is_empty(), "{}", render(&found));
        assert_eq!(length(&lesson), None);
        assert!(lesson.misconceptions.iter().all(|one| (1..=33).contains(&one.number)));
    }
}

#[test]
fn every_lesson_asks_and_no_question_has_more_than_four_answers() {
    for (id, _, lesson) in every() {
        let questions: Vec<usize> = lesson
            .steps
            .iter()
            .filter_map(|step| step.question.as_ref())
            .map(|q| q.choices.len())
            .collect();
        assert!(!questions.is_empty(), "{id}");
        assert!(questions.iter().all(|count| *count <= 4), "{id}");
    }
}
