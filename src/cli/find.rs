//! Finding a lesson by its name or its file, and the kind of lab that it gets here.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::lab::{lack, wire_is_possible};
use crate::lesson::{
    Diagnostic, Lesson, Options as Reading, builtin_ids, builtin_text, compare, parse_with,
    render_in_words,
};
use crate::model::{LabSpec, Lang, Rung, Said, Say, WorldError, said};

/// More bytes than this are no lesson; the reader says so itself.
const LONGEST: u64 = 1 << 20;

/// Why there is no lesson to run.
#[derive(Debug)]
pub(super) enum NoLesson {
    /// It has errors, each with its place.
    Wrong(Vec<Diagnostic>),
    /// It can't be found or read.
    Missing(Said),
    /// This machine can't run it.
    Unable(WorldError),
}

impl NoLesson {
    /// Why, in the reader's language.
    pub fn in_words(&self, say: Say) -> String {
        match self {
            NoLesson::Wrong(all) => render_in_words(all, say),
            NoLesson::Missing(said) => say(said),
            NoLesson::Unable(error) => error.in_words(say),
        }
    }
}

/// What lessons get here.
#[derive(Debug, Clone, Copy)]
pub(super) struct Here {
    /// The kind of lab.
    pub rung: Rung,
    /// Commands of the machine may run on hosts.
    pub allow_run: bool,
}

impl Here {
    /// The kind of lab that was asked for, or the best that this machine gives.
    pub fn new(wanted: Option<Rung>, allow_run: bool) -> Self {
        let best = || if wire_is_possible() { Rung::Wire } else { Rung::Loopback };
        Self { rung: wanted.unwrap_or_else(best), allow_run }
    }

    /// One lesson, for a lab of its own. Whether a wire can be had is not tried beforehand if the
    /// lesson needs one: its lab will tell.
    pub fn lesson_alone(
        wanted: Option<Rung>,
        allow_run: bool,
        name: &str,
        lang: Lang,
    ) -> Result<Lesson, NoLesson> {
        if wanted.is_none() {
            let with_wire = Self { rung: Rung::Wire, allow_run };
            let lesson = with_wire.declared(name, lang)?;
            if lesson.spec.rung == Rung::Wire {
                return equipped(lesson);
            }
        }
        Self::new(wanted, allow_run).lesson(name, lang)
    }

    /// Whether labs that run side by side would bind the same ports of the same machine.
    pub fn shares_ports(self) -> bool {
        self.rung == Rung::Loopback
    }

    /// The lab of free play.
    pub fn free_lab(self) -> LabSpec {
        match self.rung {
            Rung::Wire => LabSpec::two_hosts(),
            Rung::Loopback => LabSpec::two_hosts().on_loopback(this_run("")),
        }
    }

    /// The lesson that `name` means: one of sockstep's by its name, or a file.
    pub fn lesson(self, name: &str, lang: Lang) -> Result<Lesson, NoLesson> {
        let lesson = self.declared(name, lang)?;
        self.fitted(lesson)
    }

    /// The same with the kind of lab that it declares.
    pub fn declared(self, name: &str, lang: Lang) -> Result<Lesson, NoLesson> {
        match builtin_text(name, lang) {
            Some((path, text)) => self.parsed(path, text.as_bytes(), true),
            None => self.parsed(name, &file(name)?, self.allow_run),
        }
    }

    /// What this lesson and its other language do not have in common: the other text of a
    /// built-in lesson, or `NAME.zh.md` beside the file `NAME.en.md`, if there is one.
    pub fn differences(
        self,
        name: &str,
        lang: Lang,
        lesson: &Lesson,
    ) -> Result<Vec<Diagnostic>, NoLesson> {
        let (lang, other) = match builtin_text(name, lang.other()) {
            Some((path, text)) => (lang, self.read(path, text.as_bytes(), true)?),
            None => match other_file(name) {
                Some((lang, path)) => (lang, self.read(&path, &file(&path)?, self.allow_run)?),
                None => return Ok(Vec::new()),
            },
        };
        let (first, second) = match lang {
            Lang::En => (lesson, &other),
            Lang::Zh => (&other, lesson),
        };
        Ok(compare(first, second))
    }

    /// A built-in lesson, to be read about if this machine can't run it.
    pub fn built_in(self, id: &str, lang: Lang) -> Option<(Lesson, bool)> {
        let (path, text) = builtin_text(id, lang)?;
        if let Ok(lesson) = self.read(path, text.as_bytes(), true) {
            return Some((lesson, true));
        }
        let reading = Reading { allow_run: true, loopback: None };
        Some((parse_with(path, text.as_bytes(), reading).ok()?, false))
    }

    fn read(self, path: &str, bytes: &[u8], allow_run: bool) -> Result<Lesson, NoLesson> {
        let lesson = self.parsed(path, bytes, allow_run)?;
        self.fitted(lesson)
    }

    pub fn parsed(self, path: &str, bytes: &[u8], allow_run: bool) -> Result<Lesson, NoLesson> {
        let loopback = (self.rung == Rung::Loopback).then(|| this_run(path));
        parse_with(path, bytes, Reading { allow_run, loopback }).map_err(NoLesson::Wrong)
    }

    /// The lesson with the kind of lab that it gets here.
    pub fn fitted(self, mut lesson: Lesson) -> Result<Lesson, NoLesson> {
        match (lesson.spec.rung, self.rung) {
            (Rung::Wire, Rung::Loopback) => return Err(NoLesson::Unable(needs_the_wire(&lesson))),
            // It could do without, but the wire shows more.
            (_, Rung::Wire) => lesson.spec.rung = Rung::Wire,
            (Rung::Loopback, Rung::Loopback) => {}
        }
        equipped(lesson)
    }
}

/// The lesson, if this machine has what it needs besides a lab.
fn equipped(lesson: Lesson) -> Result<Lesson, NoLesson> {
    match lesson.needs.iter().find_map(lack) {
        Some((reason, remedy)) => {
            let attempt = said!("run {lesson}", lesson = lesson.id);
            Err(NoLesson::Unable(WorldError::Unavailable { attempt, reason, remedy }))
        }
        None => Ok(lesson),
    }
}

/// Which addresses a lesson gets on the loopback rung. Two runs at once are to have different ones,
/// and so are two lessons of one run, one of which may leave TIME_WAIT behind.
fn this_run(path: &str) -> u8 {
    let lesson =
        path.bytes().fold(0_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(byte.into()));
    (std::process::id().wrapping_add(lesson) % 250) as u8 + 1
}

fn needs_the_wire(lesson: &Lesson) -> WorldError {
    WorldError::Unavailable {
        attempt: said!("run {lesson} on the loopback rung", lesson = lesson.id),
        reason: said!("it is about packets on a wire (`lab: wire`), and loopback shows none"),
        remedy: said!("`sockstep doctor` tells what this machine lacks for a lab with a wire"),
    }
}

/// The language of a file `NAME.en.md` or `NAME.zh.md`, and the file of the other language if it
/// is there.
fn other_file(name: &str) -> Option<(Lang, String)> {
    let (stem, lang) = Lang::ALL
        .into_iter()
        .find_map(|lang| Some((name.strip_suffix(&format!(".{lang}.md"))?, lang)))?;
    let other = format!("{stem}.{}.md", lang.other());
    Path::new(&other).exists().then_some((lang, other))
}

pub(super) fn file(name: &str) -> Result<Vec<u8>, NoLesson> {
    if !Path::new(name).exists() {
        let names: Vec<&str> = builtin_ids().collect();
        let lessons = Said::list(names).unwrap_or_else(|| Said::same(""));
        return Err(NoLesson::Missing(said!(
            "there is no lesson and no file named {name}; the lessons are {lessons}",
            name,
            lessons
        )));
    }
    let failed = |error: std::io::Error| {
        let error = error.to_string();
        NoLesson::Missing(said!("can't read {name}: {error}", name, error))
    };
    let mut bytes = Vec::new();
    let file = File::open(name).map_err(failed)?;
    file.take(LONGEST).read_to_end(&mut bytes).map_err(failed)?;
    Ok(bytes)
}
