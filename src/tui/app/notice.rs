//! What went wrong, in words for the learner.

use crate::explain::Words;
use crate::model::WorldError;
use crate::session::{Difference, SessionError};
use crate::tui::view::{Notice, harmless};

/// The words for an error.
pub fn of(error: &SessionError, words: &Words) -> Notice {
    if let SessionError::NotNow(refusal) = error {
        let (text, help) = crate::tui::view::refusal(refusal, words);
        return Notice { text, help, error: true };
    }
    let text = harmless(&error.to_string());
    let help = match error {
        SessionError::Lesson(diagnostic) | SessionError::Stuck(diagnostic) => {
            diagnostic.expected.as_deref().map(harmless)
        }
        SessionError::Typed { help, .. } => help.as_deref().map(harmless),
        SessionError::Fault { .. } | SessionError::NotNow(_) => None,
        SessionError::World(WorldError::Refused { .. }) => None,
        SessionError::World(WorldError::Broken { .. }) => {
            Some(words.ui("help-lab-broken").to_owned())
        }
        SessionError::World(WorldError::Unavailable { .. }) => {
            Some(words.ui("help-lab-unavailable").to_owned())
        }
    };
    Notice { text, help, error: true }
}

/// Where a re-run came out differently.
pub fn of_difference(difference: &Difference, words: &Words) -> Notice {
    let (before, now) = (harmless(&difference.before), harmless(&difference.now));
    let place = difference.entry + 1;
    let values: &[(&str, &dyn std::fmt::Display)] =
        &[("place", &place), ("before", &before), ("now", &now)];
    Notice { text: words.ui_with("rerun-differs", values), help: None, error: false }
}
