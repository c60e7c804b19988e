//! The user's own files: how far each lesson was gone through, and recorded runs (XDG base
//! directories).

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

use anyhow::Context as _;
use etcetera::base_strategy::{BaseStrategy as _, Xdg};
use serde::{Deserialize, Serialize};

/// How far each lesson was gone through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Progress {
    /// By lesson: the step reached, and whether the lesson was finished once.
    #[serde(default)]
    pub lessons: BTreeMap<String, Reached>,
}

/// How far one lesson was gone through.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Reached {
    /// The step at which it was left, counted from 0.
    pub step: usize,
    /// It was gone through to its end.
    pub finished: bool,
}

impl Progress {
    /// What was kept; nothing at the first start, and nothing where the file can't be read.
    pub fn load() -> Option<Self> {
        let text = fs::read_to_string(path("progress.json").ok()?).ok()?;
        serde_json::from_str(&text).ok()
    }

    /// Keeps it.
    ///
    /// # Errors
    /// The directory can't be made or the file can't be written.
    pub fn save(&self) -> anyhow::Result<()> {
        let path = path("progress.json")?;
        let text = serde_json::to_string_pretty(self)?;
        // Written beside and put in place at once: a crash leaves the old one whole.
        let beside = path.with_extension("new");
        fs::write(&beside, text).with_context(|| format!("write {}", beside.display()))?;
        fs::rename(&beside, &path).with_context(|| format!("write {}", path.display()))
    }
}

/// A file in the state directory, which is made if it is not there.
fn path(name: &str) -> anyhow::Result<PathBuf> {
    let base = Xdg::new().context("find the home directory")?;
    let state = base.state_dir().unwrap_or_else(|| base.data_dir());
    let directory = state.join("sockstep");
    fs::create_dir_all(&directory).with_context(|| format!("make {}", directory.display()))?;
    Ok(directory.join(name))
}

/// Where a run of this lesson is to be recorded.
///
/// # Errors
/// The directory can't be made.
pub(super) fn recording(lesson: &str) -> anyhow::Result<PathBuf> {
    path(&format!("{lesson}.sockstep"))
}
