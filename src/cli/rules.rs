//! What `check` wants of a lesson besides the kernel's agreement.

use std::path::Path;

use super::find::{Here, NoLesson};
use crate::explain::Words;
use crate::lesson::{Diagnostic, Lesson, builtin_ids, claims, length, render_in_words};
use crate::model::Lang;
use crate::tui::{Ink, misfits};

/// What was found, as text; empty if nothing was.
#[derive(Debug, Default)]
pub(super) struct Faults {
    /// What makes the lesson wrong.
    pub errors: String,
    /// What its author may want to know.
    pub remarks: String,
}

/// Everything that is wrong with a lesson that could be read. One of sockstep's own, and any other
/// if `strict`, must stand there in both languages and have the right length.
pub(super) fn faults(
    here: Here,
    name: &str,
    lang: Lang,
    lesson: &Lesson,
    strict: bool,
    words: &Words,
) -> Result<Faults, NoLesson> {
    let own = builtin_ids().any(|id| id == name);
    let lang = file_lang(name).filter(|_| !own).unwrap_or(lang);
    let differences = here.differences(name, lang, lesson)?;
    let mut errors = render_in_words(&differences, &words.say());
    if strict && !own && !has_both(name) {
        errors.push_str(&words.ui_with("check-one-language", &[("file", &name)]));
        errors.push('\n');
    }
    let mut found: Vec<Diagnostic> = claims(lesson);
    found.extend(misfits(lesson, &Ink::new(lang)));
    let mut remarks = Vec::new();
    let length = length(lesson);
    if own || strict { &mut found } else { &mut remarks }.extend(length);
    let say = words.say();
    errors.push_str(&render_in_words(&found, &say));
    Ok(Faults { errors, remarks: render_in_words(&remarks, &say) })
}

/// The language that the name of a file tells: `NAME.zh.md`.
pub(super) fn file_lang(name: &str) -> Option<Lang> {
    Lang::ALL.into_iter().find(|lang| name.ends_with(&format!(".{lang}.md")))
}

/// Whether a file and its other language are there.
fn has_both(name: &str) -> bool {
    let stem = file_lang(name).and_then(|lang| name.strip_suffix(&format!(".{lang}.md")));
    let there =
        |lang: Lang| stem.is_some_and(|stem| Path::new(&format!("{stem}.{lang}.md")).exists());
    Lang::ALL.into_iter().all(there)
}
