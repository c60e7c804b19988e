//! The user's own files: how far each lesson was gone through, and the last run of each (XDG base
//! directories, in the state directory).

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use etcetera::base_strategy::{BaseStrategy as _, Xdg};
use serde::{Deserialize, Serialize};

use crate::model::said;
use crate::session::recording::Recorder;
use crate::session::{Entry, Mode, Session};
use crate::tui::{App, Menu, Reached};

/// How far each lesson was gone through, by its name.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    #[serde(default)]
    lessons: BTreeMap<String, Line>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Line {
    step: usize,
    finished: bool,
}

impl Progress {
    /// What was kept; `None` at the first start, and where the file can't be read.
    pub fn load() -> Option<Self> {
        let text = fs::read_to_string(path("progress.json").ok()?).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Marks the lessons of a menu.
    pub fn mark(&self, menu: &mut Menu) {
        for item in &mut menu.items {
            let id = item.texts.first().map(|(_, lesson)| lesson.id.clone());
            if let Some(line) = id.and_then(|id| self.lessons.get(&id)) {
                item.reached = Reached { step: line.step, finished: line.finished };
            }
        }
    }

    /// What a menu says.
    fn of(menu: &Menu) -> Self {
        let lessons = menu.items.iter().filter_map(|item| {
            let (_, lesson) = item.texts.first()?;
            let Reached { step, finished } = item.reached;
            Some((lesson.id.clone(), Line { step, finished }))
        });
        Self { lessons: lessons.collect() }
    }

    /// This, and what has changed between two others; what was gone through once stays so.
    fn with_changes(mut self, before: &Self, now: &Self) -> Self {
        for (id, line) in &now.lessons {
            let known = self.lessons.entry(id.clone()).or_default();
            if before.lessons.get(id) != Some(line) {
                known.step = line.step;
            }
            known.finished |= line.finished;
        }
        self
    }

    fn save(&self) -> anyhow::Result<()> {
        let path = path("progress.json")?;
        // Written beside and put in place at once: a crash leaves the old one whole.
        let beside = path.with_extension("new");
        fs::write(&beside, serde_json::to_string_pretty(self)?)
            .with_context(|| said!("write {path}", path = beside.display().to_string()))?;
        fs::rename(&beside, &path)
            .with_context(|| said!("write {path}", path = path.display().to_string()))
    }
}

/// A file in the state directory, which is made if it is not there.
fn path(name: &str) -> anyhow::Result<PathBuf> {
    let base = Xdg::new().context(said!("find the home directory"))?;
    let state = base.state_dir().unwrap_or_else(|| base.data_dir());
    let directory = state.join("sockstep");
    fs::create_dir_all(&directory)
        .with_context(|| said!("make {path}", path = directory.display().to_string()))?;
    Ok(directory.join(name))
}

/// Keeps, while the screen runs, how far the learner got and what was seen.
#[derive(Default)]
pub(super) struct Kept {
    progress: Option<Progress>,
    run: Option<Run>,
    /// The first thing that went wrong. Keeping ends there, and the lesson goes on.
    pub trouble: Option<anyhow::Error>,
}

/// The run that is being recorded.
struct Run {
    /// How it began: another session begins with another entry.
    start: Arc<Entry>,
    file: File,
    recorder: Recorder,
}

impl Kept {
    /// Takes note of what has changed.
    pub fn keep(&mut self, app: &App) {
        if self.trouble.is_none() {
            let kept = self.keep_progress(app).and_then(|()| match &app.session {
                Some(session) if session.mode() != Mode::Recorded => self.record(session),
                Some(_) | None => Ok(()),
            });
            self.trouble = kept.err();
        }
    }

    fn keep_progress(&mut self, app: &App) -> anyhow::Result<()> {
        let now = Progress::of(&app.menu);
        if now.lessons.is_empty() || self.progress.as_ref() == Some(&now) {
            return Ok(());
        }
        // Another sockstep may have written meanwhile: only what was done here is ours to say.
        let before = self.progress.as_ref().unwrap_or(&now);
        Progress::load().unwrap_or_default().with_changes(before, &now).save()?;
        self.progress = Some(now);
        Ok(())
    }

    fn record(&mut self, session: &Session) -> anyhow::Result<()> {
        let Some(start) = session.timeline().get(0) else { return Ok(()) };
        let same = self.run.as_ref().is_some_and(|run| Arc::ptr_eq(&run.start, start));
        if !same {
            let name = session.lesson().map_or("lab", |lesson| lesson.id.as_str());
            let path = path(&format!("{name}.sockstep"))?;
            let mut file = File::create(&path)
                .with_context(|| said!("create {path}", path = path.display().to_string()))?;
            let lesson = session.lesson().map(AsRef::as_ref);
            let (recorder, header) = Recorder::new(session.spec(), lesson);
            file.write_all(header.as_bytes()).context(said!("write the recording"))?;
            self.run = Some(Run { start: start.clone(), file, recorder });
        }
        if let Some(run) = &mut self.run {
            let lines = run.recorder.catch_up(session.timeline());
            run.file.write_all(lines.as_bytes()).context(said!("write the recording"))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn progress(lines: &[(&str, usize, bool)]) -> Progress {
        let line = |(id, step, finished): &(&str, usize, bool)| {
            ((*id).to_owned(), Line { step: *step, finished: *finished })
        };
        Progress { lessons: lines.iter().map(line).collect() }
    }

    #[test]
    fn two_at_once_keep_what_each_has_done() {
        let kept = progress(&[("tour", 8, true), ("goodbye", 1, false)]);
        let before = progress(&[("tour", 0, false), ("goodbye", 0, false)]);
        let now = progress(&[("tour", 0, false), ("goodbye", 5, false)]);
        let merged = kept.with_changes(&before, &now);
        assert_eq!(merged, progress(&[("tour", 8, true), ("goodbye", 5, false)]));
    }
}
