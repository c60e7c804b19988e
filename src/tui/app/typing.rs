//! The prompt: opened, filled, run.

use super::deed::{Deed, Effect};
use super::order::{remark, run};
use super::refused::Submitted;
use super::{App, Over};
use crate::session::Mode;

/// The prompt, for the process that acted last.
pub(super) fn prompt(app: &mut App) -> Vec<Effect> {
    let Some(session) = app.session.as_ref() else { return Vec::new() };
    if session.mode() == Mode::Recorded {
        return remark(app, "next-recorded");
    }
    if !session.is_live() {
        return remark(app, "past-is-past");
    }
    if app.prompt.process.is_none() {
        app.prompt.process = app.likely_process();
    }
    app.over = Some(Over::Prompt);
    Vec::new()
}

pub(super) fn submit(app: &mut App) -> Vec<Effect> {
    let Some(process) = app.prompt.process.clone().filter(|_| !app.prompt.is_empty()) else {
        return Vec::new();
    };
    let text = app.prompt.take();
    let scope = app.session.as_ref().and_then(|session| session.scope(&process));
    let code = scope.map_or_else(|| text.clone(), |scope| crate::c::plain(&text, scope));
    app.prompt.submitted = Some(Submitted { text, code: code.clone() });
    run(app, Deed::Type(process, code))
}

/// Pasted text goes to the prompt, and opens it where there is a lab to type for.
pub(super) fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    if app.over != Some(Over::Prompt) && !app.in_menu {
        prompt(app);
    }
    if app.over == Some(Over::Prompt) {
        app.prompt.paste(text);
    }
    Vec::new()
}
