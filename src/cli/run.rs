//! `sockstep run`

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;

use anyhow::Context as _;

use super::args::{self, Format, Options};
use super::find::Here;
use super::{Exit, headless, play, programs, say};
use crate::explain::Words;
use crate::model::said;
use crate::session::recording::Recorder;
use crate::session::{Entry, Session, SessionError, transcript};

/// Runs a lesson and prints what happened, line by line as it happens.
pub(super) fn run(options: &Options, arguments: &args::Run) -> anyhow::Result<Exit> {
    let lang = options.lang();
    let found = match &arguments.lesson[..] {
        names if programs::are_meant(names) => {
            let here = Here::new(options.rung(), false);
            programs::lesson(here, names, &arguments.programs, lang)
        }
        [name] => Here::lesson_alone(options.rung(), arguments.allow_run, name, lang),
        _ => {
            let words = Words::new(lang);
            say(&words.said(&said!("{command} takes one lesson, or C programs", command = "run")));
            return Ok(Exit::Wrong);
        }
    };
    let lesson = match found {
        Ok(lesson) => lesson,
        Err(none) => return play::refuse(&none, lang),
    };
    let is_play = lesson.is_play();
    let steps = lesson.count();
    let mut recording = Saved::create(arguments.save.as_deref())?;
    let mut printer = Printer::new(arguments.format);
    let mut trouble = None;
    let played = headless::play(Arc::new(lesson), |session, index, entry| {
        if trouble.is_none() {
            let done = printer.print(session, index, entry).and_then(|()| recording.keep(session));
            trouble = done.err();
        }
        Ok(())
    });
    if let Some(trouble) = trouble {
        return Err(trouble);
    }
    let fates = played.as_ref().ok().filter(|_| is_play).map(programs::fates);
    let steps = played.as_ref().ok().filter(|_| is_play).map_or(steps, Session::walked);
    printer.end(steps, fates.unwrap_or_default(), played.as_ref().err())?;
    match played {
        Ok(_) if printer.failed == 0 => Ok(Exit::Fine),
        Ok(_) => Ok(Exit::Disagreed),
        Err(error) => {
            let words = Words::new(lang);
            eprintln!("{}", error.in_words(&words.say()).trim_end());
            Ok(headless::exit_of(&error))
        }
    }
}

/// Prints entries in one of the formats.
struct Printer {
    format: Format,
    held: usize,
    failed: usize,
}

impl Printer {
    fn new(format: Format) -> Self {
        Self { format, held: 0, failed: 0 }
    }

    fn print(&mut self, session: &Session, index: usize, entry: &Arc<Entry>) -> anyhow::Result<()> {
        for verdict in &entry.verdicts {
            self.held += usize::from(verdict.held);
            self.failed += usize::from(!verdict.held);
        }
        let before = index.checked_sub(1).and_then(|index| session.timeline().get(index));
        let before = before.map(AsRef::as_ref);
        let lesson = session.lesson().map(AsRef::as_ref);
        let lines = match self.format {
            Format::Text => transcript::text(before, entry, lesson),
            Format::Json => transcript::json::lines(before, entry, lesson),
        };
        let mut out = std::io::stdout().lock();
        for line in lines {
            writeln!(out, "{line}")?;
        }
        Ok(())
    }

    fn end(
        &self,
        steps: usize,
        fates: Vec<String>,
        error: Option<&SessionError>,
    ) -> anyhow::Result<()> {
        for line in fates.iter().filter(|_| self.format == Format::Text) {
            writeln!(std::io::stdout(), "{line}")?;
        }
        let last = match self.format {
            Format::Text => transcript::ending(steps, self.held, self.failed),
            Format::Json => {
                let error = error.map(ToString::to_string);
                transcript::json::end(steps, self.held, self.failed, error.as_deref())
            }
        };
        writeln!(std::io::stdout(), "{last}")?;
        Ok(())
    }
}

/// The file that a run is recorded in, if one was asked for.
struct Saved {
    file: Option<File>,
    recorder: Option<Recorder>,
}

impl Saved {
    fn create(path: Option<&std::path::Path>) -> anyhow::Result<Self> {
        let create = |path: &std::path::Path| {
            File::create(path)
                .with_context(|| said!("create {path}", path = path.display().to_string()))
        };
        Ok(Self { file: path.map(create).transpose()?, recorder: None })
    }

    fn keep(&mut self, session: &Session) -> anyhow::Result<()> {
        let Some(file) = &mut self.file else { return Ok(()) };
        let lesson = session.lesson().map(AsRef::as_ref);
        let mut text = String::new();
        let recorder = self.recorder.get_or_insert_with(|| {
            let (recorder, header) = Recorder::new(session.spec(), lesson);
            text.push_str(&header);
            recorder
        });
        text.push_str(&recorder.catch_up(session.timeline()));
        file.write_all(text.as_bytes()).context(said!("write the recording"))
    }
}
