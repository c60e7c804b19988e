//! `sockstep list --coverage`: what the lessons have shown, from running all of them now.

mod json;
mod text;

use std::sync::Arc;

use super::args::{self, Format, Options};
use super::find::{Here, NoLesson};
use super::{Exit, headless, order, side_by_side};
use crate::explain::Words;
use crate::lesson::{Lesson, builtin_ids};
use crate::session::coverage::{Coverage, Seen};

/// What came of running one lesson.
enum Ran {
    /// It was run to its end, and the kernel agreed.
    Fully(Box<Seen>),
    /// There is no such lab here: why.
    Skipped(String),
    /// It could not be read or run, or the kernel disagreed: why.
    Failed(String),
}

/// What is printed.
struct Sums {
    coverage: Coverage,
    lessons: usize,
    /// Lessons that were not run, each with why.
    skipped: Vec<(String, String)>,
    /// Lessons that did not come out as they say.
    failed: Vec<(String, String)>,
}

/// Runs the lessons and prints what they have shown.
pub(super) fn coverage(options: &Options, arguments: &args::List) -> anyhow::Result<Exit> {
    let lang = options.lang();
    let here = Here::new(options.rung(), arguments.allow_run);
    let names: Vec<String> = match arguments.lessons.is_empty() {
        true => builtin_ids().map(str::to_owned).collect(),
        false => arguments.lessons.clone(),
    };
    let words = Words::new(lang);
    let mut sums =
        Sums { coverage: Coverage::default(), lessons: 0, skipped: Vec::new(), failed: Vec::new() };
    let order = order::longest_first(names.len(), |index| here.lesson(&names[index], lang).ok());
    let one = |index: usize| match here.lesson(&names[index], lang) {
        Ok(lesson) => (lesson.id.clone(), run(lesson, &words)),
        Err(NoLesson::Unable(why)) => {
            let why = why.to_string();
            let why = why.lines().next().unwrap_or_default().to_owned();
            (names[index].clone(), Ran::Skipped(why))
        }
        Err(why) => (names[index].clone(), Ran::Failed(why.in_words(&words.say()))),
    };
    side_by_side::run(&order, side_by_side::jobs(here, None), one, |(id, ran)| {
        match ran {
            Ran::Fully(seen) => {
                sums.lessons += 1;
                sums.coverage.add(&id, *seen);
            }
            Ran::Skipped(why) => sums.skipped.push((id, why)),
            Ran::Failed(why) => sums.failed.push((id, why)),
        }
        Ok(())
    })?;
    match arguments.format {
        // Tables of nothing would say that no lesson shows anything.
        Format::Text if sums.lessons == 0 => {}
        Format::Text => text::print(&sums, &words)?,
        Format::Json => json::print(&sums, &words)?,
    }
    for (id, why) in sums.skipped.iter().filter(|_| sums.lessons == 0) {
        super::say(&words.ui_with("coverage-skipped", &[("lesson", id), ("why", why)]));
    }
    for (id, why) in &sums.failed {
        super::say(&words.ui_with("coverage-failed", &[("lesson", id), ("why", &why.trim_end())]));
    }
    Ok(match (sums.failed.is_empty(), sums.lessons) {
        (false, _) => Exit::Disagreed,
        (true, 0) => Exit::Unable,
        (true, _) => Exit::Fine,
    })
}

fn run(lesson: Lesson, words: &Words) -> Ran {
    let lesson = Arc::new(lesson);
    let mut seen = Seen::new();
    let mut disagreed = None;
    let played = headless::play(lesson.clone(), |session, index, entry| {
        let before = index.checked_sub(1).and_then(|index| session.timeline().get(index));
        seen.take(before.map(AsRef::as_ref), entry, &lesson);
        let wrong = entry.verdicts.iter().find(|verdict| !verdict.held);
        if let Some(verdict) = wrong.filter(|_| disagreed.is_none()) {
            let place = format!("{}:{}:{}", lesson.source.path, verdict.line, verdict.column);
            disagreed =
                Some(format!("{place}: {} ({})", verdict.what, words.said(&verdict.kernel)));
        }
        Ok(())
    });
    match (played, disagreed) {
        (Err(error), _) => Ran::Failed(error.in_words(&words.say())),
        (Ok(_), Some(why)) => Ran::Failed(why),
        (Ok(_), None) => {
            seen.finish(&lesson);
            Ran::Fully(Box::new(seen))
        }
    }
}
