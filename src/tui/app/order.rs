//! What acts come to: a deed for the session, or a word about why there is none.

use super::App;
use super::deed::{Deed, Effect};
use crate::session::Mode;
use crate::tui::view::Notice;

/// A deed of the session; not while a recording is looked at.
pub(super) fn run(app: &mut App, deed: Deed) -> Vec<Effect> {
    let Some(session) = app.session.as_ref() else { return Vec::new() };
    if session.mode() == Mode::Recorded {
        return remark(app, "next-recorded");
    }
    app.asking = None;
    vec![Effect::Do(deed)]
}

/// Says something that is no error; `key` is one of `ui.toml`.
pub(super) fn remark(app: &mut App, key: &str) -> Vec<Effect> {
    let text = app.ink.words.ui(key).trim().to_owned();
    app.notice = Some(Notice { text, help: None, error: false });
    Vec::new()
}
