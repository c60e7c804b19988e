//! `sockstep new`

use std::io::Write as _;

use super::args::{self, Options};
use super::{Exit, say};
use crate::explain::Words;
use crate::lesson::{render_in_words, template};

/// Prints a small lesson to begin with.
pub(super) fn new(options: &Options, arguments: &args::New) -> anyhow::Result<Exit> {
    match template(&arguments.id, options.lang()) {
        Ok(text) => {
            std::io::stdout().write_all(text.as_bytes())?;
            Ok(Exit::Fine)
        }
        Err(all) => {
            let words = Words::new(options.lang());
            say(render_in_words(&all, &words.say()).trim_end());
            Ok(Exit::Wrong)
        }
    }
}
