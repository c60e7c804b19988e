//! Whether the words of a lesson fit on the screen, asked of the layout that draws them.
//!
//! A page holds what the kernel did and what the lesson says. Where both do not fit, the kernel's
//! explanation gives way (`m` shows it); what the lesson says must fit by itself.

use ratatui::layout::Rect;

use super::happened::{conclusion_words, question_words, told_choice, words_ahead};
use super::layout::{SMALLEST, areas};
use super::prose::{Paragraph, fitted, lines};
use super::screen::room_for_words;
use crate::lesson::{Diagnostic, Lesson, Place, Question, Step};
use crate::model::{Said, said};
use crate::tui::ink::Ink;
use crate::tui::theme::Role;

/// The screens that a lesson is written for, in cells and lines: the smallest one, and one with
/// the C in step beside the words, where those are narrower.
pub const SIZES: [(u16, u16); 2] = [SMALLEST, (120, 36)];

/// Everything that the lesson says at once and that a screen of one of [`SIZES`] would cut, in the
/// language of `ink`, in the order of the lesson.
pub fn misfits(lesson: &Lesson, ink: &Ink) -> Vec<Diagnostic> {
    let mut found: Vec<Diagnostic> = Vec::new();
    for size in SIZES {
        let (wide, tall) = size;
        let areas = areas(Rect::new(0, 0, wide, tall), lesson.spec.rung);
        let (room, high) = room_for_words(areas.words);
        for page in pages(lesson, room, ink) {
            let (shown, cut) = fitted(page.words, room, high, ink.glyphs.cut());
            if !cut || found.iter().any(|earlier| earlier.place == *page.place) {
                continue;
            }
            let message = said!(
                "{what} need {lines} lines, and a screen of {wide}×{tall} has {high}",
                what = page.what,
                lines = shown.len(),
                wide,
                tall,
                high,
            );
            let expected = Some(page.advice);
            found.push(Diagnostic::at(&lesson.source, page.place, message, expected));
        }
    }
    found.sort_by_key(|misfit| misfit.place.span.start);
    found
}

/// What is to be read at once.
struct Reading<'a> {
    /// Where it stands.
    place: &'a Place,
    /// What it is.
    what: Said,
    /// What to do about it.
    advice: Said,
    words: Vec<Paragraph>,
}

/// What to do about a page that is too long.
fn shorter() -> Said {
    said!("shorter words, a part of them in a quote (`>`) behind them")
}

/// All that is read at once in the course of a lesson, in lines of `room` cells.
fn pages<'a>(lesson: &'a Lesson, room: usize, ink: &Ink) -> Vec<Reading<'a>> {
    let mut pages = Vec::new();
    for (index, step) in lesson.steps.iter().enumerate() {
        let earlier = index.checked_sub(1);
        let mut words = match earlier {
            Some(last) => told(lesson, last, room, ink),
            None => lesson.intro.iter().map(|p| Paragraph::prose(ink, Role::Plain, p)).collect(),
        };
        let mut place = &step.place;
        let mut what = match index {
            0 => said!("the lesson's first words and those before this step"),
            _ => said!("verdict, conclusion and words on the page before this step"),
        };
        // What follows in one go has no page before it, and a question has one of its own.
        let joined = earlier.is_some_and(|last| lesson.steps[last].joined);
        if let Some(question) = &step.question {
            let words = asked(step, question, room, ink);
            let (what, advice) = (
                said!("the words of this question and its choices"),
                said!("shorter words or fewer choices"),
            );
            pages.push(Reading { place: &question.place, what, advice, words });
        }
        match earlier {
            Some(last) if joined || step.question.is_some() => {
                place = &lesson.steps[last].place;
                what = said!("verdict and conclusion on the page behind this step");
            }
            None if step.question.is_some() => {}
            Some(_) | None => words.extend(words_ahead(&step.narration, ink)),
        }
        pages.push(Reading { place, what, advice: shorter(), words });
    }
    if let Some(last) = lesson.steps.last() {
        let mut words = told(lesson, lesson.steps.len() - 1, room, ink);
        words.extend(words_ahead(&lesson.closing, ink));
        let what = said!("verdict, conclusion and last words behind this step");
        pages.push(Reading { place: &last.place, what, advice: shorter(), words });
    }
    pages
}

/// The verdict on a question that is judged at this step, for a learner who was wrong, and the
/// conclusion.
fn told(lesson: &Lesson, index: usize, room: usize, ink: &Ink) -> Vec<Paragraph> {
    let questions = lesson.steps.iter().filter_map(|step| step.question.as_ref());
    let judged = questions.filter(|question| question.judged == index);
    let mut found: Vec<Paragraph> =
        judged.flat_map(|question| verdict(question, room, ink)).collect();
    found.extend(conclusion_words(&lesson.steps[index], ink));
    found
}

/// Which choice is true only the kernel knows: of all verdicts the one with most lines.
fn verdict(question: &Question, room: usize, ink: &Ink) -> Vec<Paragraph> {
    let told = |key: &str, index: usize| {
        let words = Paragraph::prose(ink, Role::Plain, &question.choices[index].words);
        told_choice(key, Role::Plain, words, ink)
    };
    let count = question.choices.len();
    let pairs = (0..count).flat_map(|said| (0..count).map(move |truth| (said, truth)));
    let wrong = pairs.filter(|(said, truth)| said != truth);
    let all = wrong
        .map(|(said, truth)| vec![told("bet-you-said", said), told("bet-kernel", truth).close()]);
    all.max_by_key(|words| lines(words, room, false).len()).unwrap_or_default()
}

/// The page of a question, before or after the bet: whichever has more lines.
fn asked(step: &Step, question: &Question, room: usize, ink: &Ink) -> Vec<Paragraph> {
    let pages = [None, Some(0)].map(|bet| question_words(&step.narration, &[], question, bet, ink));
    pages.into_iter().max_by_key(|words| lines(words, room, false).len()).unwrap_or_default()
}
