//! `sockstep list`

use std::io::Write as _;

use super::Exit;
use super::args::{self, Format, Options};
use crate::lesson::{builtin, builtin_ids};

/// Prints the lessons, by chapter.
pub(super) fn list(options: &Options, arguments: &args::List) -> anyhow::Result<Exit> {
    let mut out = std::io::stdout().lock();
    for id in builtin_ids() {
        let Some(Ok(lesson)) = builtin(id, options.lang()) else { continue };
        let (steps, scenes) = (lesson.steps.len(), lesson.scenes.len());
        let title = &lesson.title;
        match arguments.format {
            Format::Text => {
                let chapter = lesson.chapter.map(|n| n.to_string()).unwrap_or_default();
                let minutes = lesson.minutes.map(|n| format!("{n} min")).unwrap_or_default();
                writeln!(out, "{chapter:>2}  {id:<16} {minutes:>7}  {steps:>3} steps  {title}")?;
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
