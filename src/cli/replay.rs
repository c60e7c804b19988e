//! `sockstep replay`

use std::fs;

use anyhow::Context as _;

use super::args::{self, Options};
use super::{Exit, play, say};
use crate::session::{Session, recording};

/// More bytes than this are not read.
const LONGEST: u64 = 1 << 30;

/// Looks at a recorded run.
pub(super) fn replay(options: &Options, arguments: &args::Replay) -> anyhow::Result<Exit> {
    let path = &arguments.file;
    let size = fs::metadata(path).with_context(|| format!("open {}", path.display()))?.len();
    if size > LONGEST {
        say(&format!("{} has {size} bytes; recordings have {LONGEST} at most", path.display()));
        return Ok(Exit::Wrong);
    }
    let bytes = fs::read(path).with_context(|| format!("read {}", path.display()))?;
    let text = String::from_utf8_lossy(&bytes);
    match recording::read(&text) {
        Ok(recorded) => play::recorded(options, Session::replay(recorded)),
        Err(wrong) => {
            say(&format!("{}: {wrong}", path.display()));
            Ok(Exit::Wrong)
        }
    }
}
