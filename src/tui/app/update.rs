//! How the app answers each message.

use super::acts::{answer, branch, look, next_program, open, step, to_timers, wire};
use super::deed::{Deed, Effect};
use super::msg::Msg;
use super::order::run;
use super::overlay::{close, next, open_map, scroll, toggle, zoom};
use super::typing::{paste, prompt, submit};
use super::{App, Over, notice};
use crate::model::{Filter, WireAction};
use crate::session::{Progress, Session};
use crate::tui::view::Zoom;

/// How many lines a screenful is when only the smallest screen is sure.
const SCREENFUL: isize = 18;

/// Changes the app as `msg` wants it, and says what is left to do.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    app.dirty = true;
    match msg {
        Msg::Done(progress) => done(app, progress),
        Msg::Failed(error) => {
            app.waiting = false;
            app.dropped = None;
            if app.over == Some(Over::Prompt)
                && let Some(submitted) = app.prompt.submitted.take()
            {
                app.prompt.refuse(&submitted, &error);
            }
            // What is wrong with typed C is said below it.
            if app.prompt.error.is_none() || app.over != Some(Over::Prompt) {
                app.notice = Some(notice::of(&error, &app.ink.words));
            }
            Vec::new()
        }
        Msg::Resized => Vec::new(),
        Msg::Quit => vec![Effect::Quit],
        Msg::Suspend => vec![Effect::Suspend],
        Msg::Redraw => vec![Effect::Clear],
        Msg::Language => {
            app.ink.words = app.ink.words.in_lang(app.lang().other());
            Vec::new()
        }
        other => wish(app, other),
    }
}

/// What the learner wants. An older notice has been read by now.
fn wish(app: &mut App, msg: Msg) -> Vec<Effect> {
    app.notice = None;
    match msg {
        Msg::Step => step(app),
        Msg::NextProgram => next_program(app),
        Msg::Answer(choice) => answer(app, choice),
        Msg::Back => look(app, Session::back),
        Msg::Forward => look(app, Session::forward),
        Msg::First => look(app, |session| session.look_at(0)),
        Msg::Newest => look(app, |session| session.look_at(usize::MAX)),
        Msg::Timers => look(app, to_timers),
        Msg::Undo => run(app, Deed::Undo),
        Msg::Branch => branch(app),
        Msg::Rejoin => run(app, Deed::Rejoin),
        Msg::Restart => run(app, Deed::Restart),
        Msg::Deliver => wire(app, |_| WireAction::Deliver(Filter::any())),
        Msg::DeliverAll => wire(app, |_| WireAction::DeliverAll),
        Msg::Drop => wire(app, |_| WireAction::Drop(Filter::any())),
        Msg::Duplicate => wire(app, |_| WireAction::Duplicate(Filter::any())),
        Msg::Swap => wire(app, |_| WireAction::Swap),
        Msg::HoldOrAuto => wire(app, |wire| match wire.is_auto() {
            true => WireAction::Hold(Filter::any()),
            false => WireAction::Auto,
        }),
        Msg::CutOrMend => wire(app, |wire| match wire.cut {
            true => WireAction::Mend,
            false => WireAction::Cut,
        }),
        Msg::More => toggle(app, Over::Zoomed(Zoom::Words)),
        Msg::Diagram => toggle(app, Over::Diagram),
        Msg::Map => open_map(app),
        Msg::Bytes => toggle(app, Over::Bytes(0)),
        Msg::Said => toggle(app, Over::Said),
        Msg::Help => toggle(app, Over::Help),
        Msg::Zoom => zoom(app),
        Msg::Next => next(app),
        Msg::Up => scroll(app, -1),
        Msg::Down => scroll(app, 1),
        Msg::PageUp => scroll(app, -SCREENFUL),
        Msg::PageDown => scroll(app, SCREENFUL),
        Msg::Close => close(app),
        Msg::Open => open(app, false),
        Msg::Resume => open(app, true),
        Msg::FreePlay => vec![Effect::Do(Deed::Free(app.free_lab.clone()))],
        Msg::Prompt => prompt(app),
        Msg::Submit => submit(app),
        Msg::Complete => {
            super::complete::complete(app);
            Vec::new()
        }
        Msg::NextProcess => {
            let all = app.living();
            app.prompt.next_process(&all);
            Vec::new()
        }
        Msg::Earlier => {
            app.prompt.earlier();
            Vec::new()
        }
        Msg::Later => {
            app.prompt.later();
            Vec::new()
        }
        Msg::NewLine => {
            app.prompt.new_line();
            Vec::new()
        }
        Msg::Empty => {
            app.prompt.put_away();
            Vec::new()
        }
        Msg::Type(key) => {
            app.prompt.input(key);
            Vec::new()
        }
        Msg::Paste(text) => paste(app, &text),
        Msg::Done(_)
        | Msg::Failed(_)
        | Msg::Resized
        | Msg::Quit
        | Msg::Suspend
        | Msg::Redraw
        | Msg::Language => Vec::new(),
    }
}

/// A deed is over, or goes on by itself.
fn done(app: &mut App, progress: Progress) -> Vec<Effect> {
    app.waiting = matches!(progress, Progress::Waiting { .. });
    app.prompt.submitted = None;
    let difference = app.session.as_ref().and_then(Session::difference);
    if !app.waiting {
        let dropped = app.dropped.take().map(|count| notice::of_dropped(count, &app.ink.words));
        let differs = difference.map(|found| notice::of_difference(found, &app.ink.words));
        app.notice = differs.or(dropped).or(app.notice.take());
    }
    Vec::new()
}
