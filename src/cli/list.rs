//! `sockstep list`

use std::io::Write as _;

use super::args::{self, Format, Options};
use super::{Exit, NAME, column, coverage};
use crate::explain::Words;
use crate::lesson::{builtin, builtin_ids};

/// Prints the lessons, by chapter.
pub(super) fn list(options: &Options, arguments: &args::List) -> anyhow::Result<Exit> {
    if arguments.coverage {
        return coverage::coverage(options, arguments);
    }
    let words = Words::new(options.lang());
    let mut out = std::io::stdout().lock();
    for id in builtin_ids() {
        let Some(Ok(lesson)) = builtin(id, options.lang()) else { continue };
        let (steps, scenes) = (lesson.count(), lesson.scenes.len());
        let title = &lesson.title;
        match arguments.format {
            Format::Text => {
                let chapter = lesson.chapter.map(|n| n.to_string()).unwrap_or_default();
                let time =
                    |n: u32| words.ui_with("list-minutes", &[("minutes", &format!("{n:>2}"))]);
                let time = column(&lesson.minutes.map(time).unwrap_or_default(), 7);
                let steps = words.ui_with("list-steps", &[("steps", &format!("{steps:>3}"))]);
                writeln!(out, "{chapter:>2}  {id:<NAME$} {time}  {steps}  {title}")?;
            }
            Format::Json => {
                let line = serde_json::json!({
                    "id": id, "chapter": lesson.chapter, "minutes": lesson.minutes,
                    "scenes": scenes, "steps": steps, "title": title,
                });
                writeln!(out, "{line}")?;
            }
        }
    }
    Ok(Exit::Fine)
}
