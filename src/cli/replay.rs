//! `sockstep replay`

use std::fs;

use anyhow::Context as _;

use super::args::{self, Options};
use super::{Exit, play, say};
use crate::explain::Words;
use crate::model::said;
use crate::session::{Session, recording};

/// More bytes than this are not read.
const LONGEST: u64 = 1 << 30;

/// Looks at a recorded run.
pub(super) fn replay(options: &Options, arguments: &args::Replay) -> anyhow::Result<Exit> {
    let path = &arguments.file;
    let size = fs::metadata(path)
        .with_context(|| said!("open {path}", path = path.display().to_string()))?
        .len();
    if size > LONGEST {
        let words = Words::new(options.lang());
        let (path, most) = (path.display().to_string(), LONGEST);
        say(&words.said(&said!(
            "{path} has {size} bytes; recordings have {most} at most",
            path,
            size,
            most
        )));
        return Ok(Exit::Wrong);
    }
    let bytes =
        fs::read(path).with_context(|| said!("read {path}", path = path.display().to_string()))?;
    let text = String::from_utf8_lossy(&bytes);
    match recording::read(&text) {
        Ok(recorded) => play::recorded(options, Session::replay(recorded)),
        Err(wrong) => {
            say(&format!("{}: {wrong}", path.display()));
            Ok(Exit::Wrong)
        }
    }
}
