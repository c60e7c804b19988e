//! What a lesson says of itself, held against what it does: misconceptions that no step answers,
//! and a length that no learner wants.

use std::ops::RangeInclusive;
use std::time::Duration;

use super::diagnostic::Diagnostic;
use super::line::{LabLine, Patience};
use super::source::Place;
use super::step::{Does, Lesson, Step};
use crate::model::{Said, said};

/// How many steps a lesson of sockstep has.
pub const LENGTH: RangeInclusive<usize> = 8..=25;

/// A fact that is awaited for so long comes, by experience, after this part of it.
const LIKELY: u32 = 4;

/// Every misconception of the front matter that no step answers, every `answers` that the front
/// matter does not name, and every one before a step that asks the kernel nothing; by their place.
pub fn claims(lesson: &Lesson) -> Vec<Diagnostic> {
    let mut found = Vec::new();
    let mut wrong = |place: &Place, message: Said, expected: Said| {
        found.push(Diagnostic::at(&lesson.source, place, message, Some(expected)));
    };
    let asks = |step: &Step| step.question.is_some();
    if let Some(step) = lesson.steps.first()
        && lesson.mystery
        && !lesson.steps.iter().any(asks)
    {
        let message = said!("a mystery without a question");
        let expected = said!("a question: the screen explains nothing before it");
        wrong(&step.place, message, expected);
    }
    let claimed = |number: u32| lesson.misconceptions.iter().any(|one| one.number == number);
    for one in &lesson.misconceptions {
        let answered = lesson.steps.iter().flat_map(|step| &step.answers);
        if !answered.into_iter().any(|answer| answer.number == one.number) {
            let message = said!("no step answers misconception {number}", number = one.number);
            let expected = said!(
                "`<!-- answers {number} -->` before the step that puts it right",
                number = one.number
            );
            wrong(&one.place, message, expected);
        }
    }
    for (index, step) in lesson.steps.iter().enumerate() {
        for one in &step.answers {
            if !claimed(one.number) {
                let message = said!(
                    "the front matter does not name misconception {number}",
                    number = one.number
                );
                let expected =
                    said!("`{number}` in its line `misconceptions:`", number = one.number);
                wrong(&one.place, message, expected);
            } else if !lesson.joined_from(index).any(|(_, step)| asks_the_kernel(step)) {
                let message = said!("the step behind this asks the kernel nothing");
                let expected =
                    said!("a question, an `expect`, or an outcome (`// = 0`) at that step");
                wrong(&one.place, message, expected);
            }
        }
    }
    found
}

/// Whether the kernel has a say in what the step tells.
fn asks_the_kernel(step: &Step) -> bool {
    let compares = match &step.does {
        Does::C(code) => code.lines.iter().any(|line| !line.expectations.is_empty()),
        Does::Lab(_) | Does::Load(_) => false,
    };
    step.question.is_some() || !step.checks.is_empty() || compares
}

/// That a lesson has too few or too many steps to be one of sockstep's.
pub fn length(lesson: &Lesson) -> Option<Diagnostic> {
    let count = lesson.count();
    let (least, most) = (LENGTH.start(), LENGTH.end());
    let first = lesson.index_of(*most).and_then(|index| lesson.steps.get(index));
    let place = match first.or(lesson.steps.last()) {
        Some(step) if !LENGTH.contains(&count) => &step.place,
        Some(_) | None => return None,
    };
    let message = if count < *least {
        said!("the lesson ends after {count} steps", count)
    } else {
        said!("the lesson has {count} steps, and this is number {number}", count, number = most + 1)
    };
    let expected = said!(
        "{least} to {most}: a fence `c NAME together` is one step, and what is left may be a lesson of its own",
        least,
        most
    );
    Some(Diagnostic::at(&lesson.source, place, message, Some(expected)))
}

impl Lesson {
    /// How long it waits at most because it says so: for time to pass, for something to stay as it
    /// is, for a fact. Mostly a fact comes sooner.
    pub fn waits(&self) -> Duration {
        let each = |step: &Step| {
            let line = match &step.does {
                Does::Lab(LabLine::Wait(time)) => *time,
                Does::Lab(LabLine::WaitFor { within, .. }) => *within / LIKELY,
                Does::Lab(_) | Does::C(_) | Does::Load(_) => Duration::ZERO,
            };
            let checks = step.checks.iter().map(|check| match check.patience {
                Patience::For(time) => time,
                Patience::Within(time) => time / LIKELY,
            });
            line + checks.sum::<Duration>()
        };
        self.steps.iter().map(each).sum()
    }
}
