//! Finding a lesson by its name or its file.

use std::fs::File;
use std::io::Read as _;
use std::path::Path;

use crate::lesson::{Lesson, Options as Reading, builtin, builtin_ids, parse_with, render};
use crate::model::{LabSpec, Lang, Rung, WorldError};

/// More bytes than this are no lesson; the reader says so itself.
const LONGEST: u64 = 1 << 20;

/// Why there is no lesson to run.
#[derive(Debug, thiserror::Error)]
pub(super) enum NoLesson {
    /// It has errors, each with its place.
    #[error("{0}")]
    Wrong(String),
    /// It can't be found or read.
    #[error("{0}")]
    Missing(String),
}

/// The lesson that `name` means: one of sockstep's by its name, or a file.
pub(super) fn lesson(name: &str, lang: Lang, allow_run: bool) -> Result<Lesson, NoLesson> {
    if let Some(found) = builtin(name, lang).or_else(|| builtin(name, lang.other())) {
        return found.map_err(|wrong| NoLesson::Wrong(render(&wrong)));
    }
    let path = Path::new(name);
    if !path.exists() {
        return Err(NoLesson::Missing(not_found(name)));
    }
    let failed = |error: std::io::Error| NoLesson::Missing(format!("can't read {name}: {error}"));
    let mut bytes = Vec::new();
    let file = File::open(path).map_err(failed)?;
    file.take(LONGEST).read_to_end(&mut bytes).map_err(failed)?;
    parse_with(name, &bytes, Reading { allow_run }).map_err(|wrong| NoLesson::Wrong(render(&wrong)))
}

fn not_found(name: &str) -> String {
    let names: Vec<&str> = builtin_ids().collect();
    format!("there is no lesson and no file named {name}; the lessons are {}", names.join(", "))
}

/// The lab that a lesson gets here: the one it wants, or the one that was asked for.
///
/// # Errors
/// The lesson needs the wire and loopback was asked for.
pub(super) fn lab_for(lesson: &Lesson, wanted: Option<Rung>) -> Result<LabSpec, WorldError> {
    match (lesson.spec.rung, wanted) {
        (_, None | Some(Rung::Wire)) => Ok(lesson.spec.clone()),
        (Rung::Loopback, Some(Rung::Loopback)) => Ok(on_loopback(lesson.spec.clone())),
        (Rung::Wire, Some(Rung::Loopback)) => Err(WorldError::Unavailable {
            attempt: format!("run {} on the loopback rung", lesson.id),
            reason: "this lesson holds packets, and there are none on loopback".into(),
            remedy: "leave out --net loopback; `sockstep doctor` tells what this machine gives"
                .into(),
        }),
    }
}

/// A lab on loopback addresses of this run.
fn on_loopback(spec: LabSpec) -> LabSpec {
    // Two runs at once are to have different addresses; their process numbers differ.
    spec.on_loopback((std::process::id() % 250) as u8 + 1)
}
