//! How the app answers each message.

use super::deed::{Deed, Effect};
use super::msg::Msg;
use super::{App, Asking, Over, notice};
use crate::model::{Action, Filter, Wire, WireAction};
use crate::session::{Mode, Origin, Progress, Session};
use crate::tui::view::{Notice, Zoom};

/// How many lines a screenful is when only the smallest screen is sure.
const SCREENFUL: isize = 18;

/// Changes the app as `msg` wants it, and says what is left to do.
pub fn update(app: &mut App, msg: Msg) -> Vec<Effect> {
    app.dirty = true;
    match msg {
        Msg::Done(progress) => done(app, progress),
        Msg::Failed(error) => {
            app.waiting = false;
            if app.over == Some(Over::Prompt)
                && let Some(text) = app.prompt.submitted.take()
            {
                app.prompt.refuse(&text, &error);
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
        Msg::Answer(choice) => answer(app, choice),
        Msg::Back => look(app, Session::back),
        Msg::Forward => look(app, Session::forward),
        Msg::First => look(app, |session| session.look_at(0)),
        Msg::Newest => look(app, |session| session.look_at(usize::MAX)),
        Msg::Timers => look(app, to_timers),
        Msg::Undo => run(app, Deed::Undo),
        Msg::Branch => run(app, Deed::Branch),
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
        Msg::Open => open(app),
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
    if let Some(difference) = difference.filter(|_| !app.waiting) {
        app.notice = Some(notice::of_difference(difference, &app.ink.words));
    }
    Vec::new()
}

/// The next step; its question first. In the past it only goes one entry on.
fn step(app: &mut App) -> Vec<Effect> {
    let Some(session) = app.session.as_mut() else { return Vec::new() };
    if !session.is_live() || session.mode() == Mode::Recorded {
        session.forward();
        return Vec::new();
    }
    if session.mode() == Mode::Free {
        return prompt(app);
    }
    if app.waiting || session.next_step().is_none() {
        return Vec::new();
    }
    if session.question().is_some() && app.asking.is_none() {
        app.asking = Some(Asking::default());
        app.over = None;
        return Vec::new();
    }
    let chosen = app.asking.take().and_then(|asking| asking.chosen);
    vec![Effect::Do(Deed::Step(chosen))]
}

fn answer(app: &mut App, choice: usize) -> Vec<Effect> {
    let question = app.session.as_ref().and_then(Session::question);
    let choices = question.map_or(0, |question| question.choices.len());
    if let Some(asking) = app.asking.as_mut().filter(|_| choice < choices) {
        asking.chosen = Some(choice);
    }
    Vec::new()
}

/// Looks elsewhere on the timeline.
fn look(app: &mut App, movement: impl FnOnce(&mut Session)) -> Vec<Effect> {
    app.asking = None;
    app.scroll = 0;
    if let Some(session) = app.session.as_mut() {
        movement(session);
    }
    Vec::new()
}

/// The next entry that a timer brought; from the last of them, the first since the last deed.
fn to_timers(session: &mut Session) {
    let is_timer = |index: &usize| {
        session.timeline().get(*index).is_some_and(|entry| entry.origin == Origin::FollowUp)
    };
    let next = (session.cursor() + 1..session.timeline().len()).find(is_timer);
    if let Some(index) = next {
        session.look_at(index);
    }
}

/// A deed of the session; not while a recording is looked at.
fn run(app: &mut App, deed: Deed) -> Vec<Effect> {
    let Some(session) = app.session.as_ref() else { return Vec::new() };
    if session.mode() == Mode::Recorded {
        return remark(app, "next-recorded");
    }
    app.asking = None;
    vec![Effect::Do(deed)]
}

/// Something on the wire, by hand. The past can't be changed.
fn wire(app: &mut App, action: impl FnOnce(&Wire) -> WireAction) -> Vec<Effect> {
    let Some(session) = app.session.as_ref() else { return Vec::new() };
    if !session.is_live() {
        return remark(app, "past-is-past");
    }
    let newest = session.timeline().last().unwrap_or(session.entry());
    let action = action(&newest.moment.snapshot.wire);
    run(app, Deed::Perform(Action::Wire(action)))
}

/// Says something that is no error; `key` is one of `ui.toml`.
fn remark(app: &mut App, key: &str) -> Vec<Effect> {
    let text = app.ink.words.ui(key).trim().to_owned();
    app.notice = Some(Notice { text, help: None, error: false });
    Vec::new()
}

fn toggle(app: &mut App, over: Over) -> Vec<Effect> {
    let same = |now: Over| std::mem::discriminant(&now) == std::mem::discriminant(&over);
    let open = app.over.is_some_and(|now| match (now, over) {
        (Over::Zoomed(now), Over::Zoomed(wanted)) => now == wanted,
        (now, _) => same(now),
    });
    app.over = (!open).then_some(over);
    app.scroll = 0;
    Vec::new()
}

/// No pane, then each in turn, then none again.
fn zoom(app: &mut App) -> Vec<Effect> {
    app.scroll = 0;
    app.over = match app.over {
        Some(Over::Zoomed(Zoom::Left)) => Some(Over::Zoomed(Zoom::Wire)),
        Some(Over::Zoomed(Zoom::Wire)) => Some(Over::Zoomed(Zoom::Right)),
        Some(Over::Zoomed(Zoom::Right | Zoom::Words)) => None,
        Some(Over::Diagram | Over::Bytes(_) | Over::Said | Over::Help | Over::Prompt) | None => {
            Some(Over::Zoomed(Zoom::Left))
        }
    };
    Vec::new()
}

/// The next of what is shown.
fn next(app: &mut App) -> Vec<Effect> {
    match app.over {
        Some(Over::Bytes(index)) => {
            app.over = Some(Over::Bytes(index + 1));
            app.scroll = 0;
            Vec::new()
        }
        Some(Over::Zoomed(Zoom::Right | Zoom::Words)) => {
            app.over = Some(Over::Zoomed(Zoom::Left));
            Vec::new()
        }
        Some(Over::Zoomed(Zoom::Left | Zoom::Wire)) => zoom(app),
        Some(Over::Diagram | Over::Said | Over::Help | Over::Prompt) | None => Vec::new(),
    }
}

fn scroll(app: &mut App, by: isize) -> Vec<Effect> {
    if app.in_menu && app.over.is_none() {
        app.menu.move_by(by);
    } else {
        let below = isize::try_from(app.below).unwrap_or(isize::MAX);
        app.scroll = app.scroll.saturating_add_signed(by.min(below));
    }
    Vec::new()
}

/// What lies above goes first, then the question, then the page.
fn close(app: &mut App) -> Vec<Effect> {
    app.scroll = 0;
    if app.over.take().is_some() || app.asking.take().is_some() {
        return Vec::new();
    }
    app.in_menu = !app.in_menu || app.session.is_none();
    Vec::new()
}

fn open(app: &mut App) -> Vec<Effect> {
    let lesson = app.menu.lesson(app.lang()).cloned();
    lesson.map(|lesson| Effect::Do(Deed::Open(lesson, None))).into_iter().collect()
}

/// The prompt, for the process that acted last.
fn prompt(app: &mut App) -> Vec<Effect> {
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

fn submit(app: &mut App) -> Vec<Effect> {
    let Some(process) = app.prompt.process.clone().filter(|_| !app.prompt.is_empty()) else {
        return Vec::new();
    };
    let text = app.prompt.take();
    app.prompt.submitted = Some(text.clone());
    run(app, Deed::Type(process, text))
}

/// Pasted text goes to the prompt, and opens it where there is a lab to type for.
fn paste(app: &mut App, text: &str) -> Vec<Effect> {
    if app.over != Some(Over::Prompt) && !app.in_menu {
        prompt(app);
    }
    if app.over == Some(Over::Prompt) {
        app.prompt.paste(text);
    }
    Vec::new()
}
