//! `sockstep check`

use std::fmt::Display;
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use super::args::{self, Options};
use super::find::{Here, NoLesson};
use super::{Exit, NAME, column, headless, order, programs, rules, side_by_side};
use crate::explain::Words;
use crate::lesson::builtin_ids;
use crate::model::{Lang, WorldError};
use crate::session::{Entry, Session, transcript};

/// How a lesson came out.
struct Outcome {
    exit: Exit,
    /// The line about it.
    line: String,
    /// The story so far, where the kernel disagreed, or what is wrong.
    story: String,
    /// It was not tried: there is no such lab here.
    skipped: bool,
}

/// Runs lessons side by side and prints how each came out, in their order.
pub(super) fn check(options: &Options, arguments: &args::Check) -> anyhow::Result<Exit> {
    let wanted = wanted(options, arguments);
    let words = Words::new(options.lang());
    let here = Here::new(options.rung(), arguments.allow_run);
    let jobs = side_by_side::jobs(here, arguments.jobs);
    let mut worst = Exit::Fine;
    let (mut failed, mut skipped) = (0, 0);
    let begin = Instant::now();
    let lesson = |index: usize| match &wanted[index] {
        Wanted { names, lang, programs: None } => here.lesson(names.first()?, *lang).ok(),
        Wanted { programs: Some(_), .. } => None,
    };
    let order = order::longest_first(wanted.len(), lesson);
    let one = |index: usize| run_one(here, &wanted[index], arguments.strict, &words);
    side_by_side::run(&order, jobs, one, |outcome: Outcome| {
        if outcome.skipped {
            skipped += 1;
        } else {
            failed += usize::from(outcome.exit != Exit::Fine);
            worst = worse(worst, outcome.exit);
        }
        print(&outcome)
    })?;
    let (passed, time) = (wanted.len() - failed - skipped, begin.elapsed());
    let mut out = std::io::stdout().lock();
    let time = format!("{:.1}", time.as_secs_f64());
    let mut besides = String::new();
    if skipped > 0 {
        besides = words.ui_with("check-besides", &[("skipped", &skipped)]);
    }
    let values: [(&str, &dyn Display); 4] =
        [("passed", &passed), ("failed", &failed), ("besides", &besides), ("time", &time)];
    writeln!(out, "{}", words.ui_with("check-total", &values))?;
    // What was not tried has not passed: where nothing was, this machine can't check.
    let nothing = skipped > 0 && skipped == wanted.len();
    Ok(if nothing { Exit::Unable } else { worst })
}

/// What to check: the names given, or every lesson in both languages.
fn wanted(options: &Options, arguments: &args::Check) -> Vec<Wanted> {
    let alone = |name: &str, lang| Wanted { names: vec![name.to_owned()], lang, programs: None };
    let names = &arguments.lessons;
    if names.is_empty() {
        let both = |id: &str| [Lang::En, Lang::Zh].map(|lang| alone(id, lang));
        return builtin_ids().flat_map(both).collect();
    }
    // C programs belong together.
    let (files, lessons): (Vec<String>, Vec<String>) =
        names.iter().cloned().partition(|name| programs::are_meant(std::slice::from_ref(name)));
    let lang = |name: &str| rules::file_lang(name).unwrap_or(options.lang());
    let mut all: Vec<Wanted> = lessons.iter().map(|name| alone(name, lang(name))).collect();
    if !files.is_empty() {
        let programs = Some(arguments.programs.clone());
        all.push(Wanted { names: files, lang: options.lang(), programs });
    }
    all
}

/// One thing to check.
struct Wanted {
    /// A lesson's name, or the files of C programs.
    names: Vec<String>,
    lang: Lang,
    /// They are C programs, and run like this.
    programs: Option<args::Programs>,
}

fn run_one(here: Here, item: &Wanted, strict: bool, words: &Words) -> Outcome {
    let lang = item.lang;
    let name = &item.names.join(" ");
    let said = |exit, summary: &str, story: &str| outcome(exit, name, lang, summary, story, words);
    let found = match &item.programs {
        Some(how) => programs::lesson(here, &item.names, how, lang),
        None => here.lesson(name, lang),
    };
    let lesson = match found {
        Ok(lesson) => lesson,
        Err(none @ (NoLesson::Wrong(_) | NoLesson::Missing(_))) => {
            return said(Exit::Wrong, "", &none.in_words(&words.say()));
        }
        Err(NoLesson::Unable(why)) => return skipped(name, lang, &why, words),
    };
    let is_play = lesson.is_play();
    let faults = match is_play {
        true => Ok(rules::Faults::default()),
        false => rules::faults(here, name, lang, &lesson, strict, words),
    };
    let remarks = match faults {
        Ok(found) if found.errors.is_empty() => found.remarks,
        Ok(found) => return said(Exit::Wrong, "", &found.errors),
        Err(none) => return said(Exit::Wrong, "", &none.in_words(&words.say())),
    };
    let steps = lesson.count();
    let begin = Instant::now();
    let mut told = Told::default();
    let played = headless::play(Arc::new(lesson), |session, index, entry| {
        told.tell(name, session, index, entry, words);
        Ok(())
    });
    let steps = played.as_ref().ok().filter(|_| is_play).map_or(steps, Session::walked);
    let summary = summary(steps, told.held, begin.elapsed(), words);
    match played {
        Ok(session) if is_play && !programs::failed(&session).is_empty() => {
            let mut story = told.story(words);
            for line in programs::failed(&session) {
                story.push_str(&line);
                story.push('\n');
            }
            said(Exit::Wrong, &summary, &story)
        }
        Ok(_) if told.failures.is_empty() => said(Exit::Fine, &summary, &remarks),
        Ok(_) => said(Exit::Disagreed, &summary, &told.story(words)),
        Err(error) => {
            let error_words = error.in_words(&words.say());
            let story = format!("{}{error_words}\n", told.story(words));
            said(headless::exit_of(&error), &summary, &story)
        }
    }
}

/// What is told of a lesson that did not come out as it says: the story up to the first
/// disagreement, then each of them.
#[derive(Default)]
struct Told {
    held: usize,
    lines: Vec<String>,
    failures: Vec<String>,
}

impl Told {
    fn tell(&mut self, name: &str, session: &Session, index: usize, entry: &Entry, words: &Words) {
        if self.failures.is_empty() {
            let before = index.checked_sub(1).and_then(|index| session.timeline().get(index));
            let lesson = session.lesson().map(AsRef::as_ref);
            self.lines.extend(transcript::text(before.map(AsRef::as_ref), entry, lesson));
        }
        for verdict in &entry.verdicts {
            if verdict.held {
                self.held += 1;
                continue;
            }
            let place = format!("{name}:{}:{}", verdict.line, verdict.column);
            let kernel = words.said(&verdict.kernel);
            let values: [(&str, &dyn Display); 3] =
                [("place", &place), ("what", &verdict.what), ("kernel", &kernel)];
            let mut text = words.ui_with("check-differs-at", &values);
            if let Some(reason) = &verdict.reason {
                text.push_str(&words.ui_with("check-reason", &[("reason", &words.said(reason))]));
            }
            self.failures.push(text);
        }
    }

    fn story(&self, words: &Words) -> String {
        if self.failures.is_empty() && self.lines.is_empty() {
            return String::new();
        }
        let mut text = format!("{}\n", words.ui("check-story"));
        for line in &self.lines {
            text.push_str(&format!("  {line}\n"));
        }
        for failure in &self.failures {
            text.push_str(failure);
            text.push('\n');
        }
        text
    }
}

fn summary(steps: usize, held: usize, time: Duration, words: &Words) -> String {
    let (steps, held) = (format!("{steps:>3}"), format!("{held:>3}"));
    let time = format!("{:.1}", time.as_secs_f64());
    words.ui_with("check-summary", &[("steps", &steps), ("held", &held), ("time", &time)])
}

fn outcome(
    exit: Exit,
    name: &str,
    lang: Lang,
    summary: &str,
    story: &str,
    words: &Words,
) -> Outcome {
    let mark = words.ui(match exit {
        Exit::Fine => "check-fine",
        Exit::Disagreed => "check-differs",
        Exit::Wrong => "check-wrong",
        Exit::Unable | Exit::Of(_) => "check-unable",
    });
    let line = format!("{}  {name:<NAME$} {}  {summary}", column(mark, 7), lang.code());
    Outcome { exit, line, story: story.to_owned(), skipped: false }
}

/// A lesson that needs another kind of lab than there is here.
fn skipped(name: &str, lang: Lang, why: &WorldError, words: &Words) -> Outcome {
    let why = match why {
        WorldError::Refused { reason }
        | WorldError::Broken { reason, .. }
        | WorldError::Unavailable { reason, .. } => words.said(reason),
    };
    let mark = column(words.ui("check-skipped"), 7);
    let line = format!("{mark}  {name:<NAME$} {}  {why}", lang.code());
    Outcome { exit: Exit::Unable, line, story: String::new(), skipped: true }
}

fn print(outcome: &Outcome) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", outcome.line.trim_end())?;
    if !outcome.story.is_empty() {
        writeln!(out, "{}", outcome.story.trim_end())?;
    }
    Ok(())
}

/// Of two outcomes the one that the exit code is to tell: an error in a lesson before a
/// disagreement, that before a machine that can't.
fn worse(a: Exit, b: Exit) -> Exit {
    let weight = |exit: Exit| match exit {
        Exit::Fine => 0,
        Exit::Unable | Exit::Of(_) => 1,
        Exit::Disagreed => 2,
        Exit::Wrong => 3,
    };
    if weight(b) > weight(a) { b } else { a }
}
