//! `sockstep`, `sockstep open` and `sockstep lab`: what has a screen.

use std::cell::RefCell;
use std::io::IsTerminal as _;
use std::rc::Rc;
use std::sync::Arc;

use super::args::{self, Options, ThemeName};
use super::find::{Here, NoLesson};
use super::user_files::{Kept, Progress};
use super::{Exit, programs, say};
use crate::explain::Words;
use crate::lab::Labs;
use crate::lesson::{Lesson, builtin_ids};
use crate::model::{Lang, Said, Worlds, said};
use crate::session::{Session, Target};
use crate::tui::{App, Deed, Ending, Glyphs, Ink, Menu, MenuItem, RunError, Setup, Theme, run};

/// The lesson that the very first start opens.
const FIRST: &str = "tour";

/// The menu; at the very first start, the tour.
pub(super) fn menu(options: &Options) -> anyhow::Result<Exit> {
    let here = Here::new(options.rung(), false);
    let menu = lessons(here);
    let is_first = Progress::load().is_none();
    let tour = menu
        .items
        .iter()
        .filter(|item| !item.out_of_reach)
        .find_map(|item| item.lesson(options.lang()).filter(|lesson| lesson.id == FIRST));
    let first = tour.filter(|_| is_first).map(|tour| Deed::Open(tour.clone(), None));
    screen(options, here, menu, first)
}

/// One lesson, from its start or from a place in it.
pub(super) fn open(options: &Options, arguments: &args::Open) -> anyhow::Result<Exit> {
    let here = Here::new(options.rung(), arguments.allow_run);
    let mut menu = lessons(here);
    let (lang, words) = (options.lang(), Words::new(options.lang()));
    if programs::are_meant(&arguments.lesson) {
        let made = programs::lesson(here, &arguments.lesson, &arguments.programs, lang);
        return match made {
            Ok(lesson) => {
                menu.add(MenuItem::new(vec![(lang, Arc::new(lesson))]));
                menu.chosen = menu.items.len() - 1;
                let first = menu.lesson(lang).cloned().map(|lesson| Deed::Open(lesson, None));
                screen(options, here, menu, first)
            }
            Err(none) => refuse(&none, lang),
        };
    }
    let name = match &arguments.lesson[..] {
        [name] => name,
        _ => {
            say(&words.said(&said!("{command} takes one lesson, or C programs", command = "open")));
            return Ok(Exit::Wrong);
        }
    };
    let known = menu.items.iter().position(|item| {
        let named = |lesson: &Arc<Lesson>| lesson.id == *name;
        !item.out_of_reach && item.lesson(lang).is_some_and(named)
    });
    let place = match known {
        Some(place) => place,
        None => match here.lesson(name, lang) {
            Ok(lesson) => {
                menu.add(MenuItem::new(vec![(lang, Arc::new(lesson))]));
                menu.items.len() - 1
            }
            Err(none) => return refuse(&none, lang),
        },
    };
    menu.chosen = place;
    let Some(lesson) = menu.lesson(lang).cloned() else { return Ok(Exit::Wrong) };
    let target = match (arguments.scene, arguments.at) {
        (Some(scene), _) => Some(Target::Scene(scene.saturating_sub(1))),
        (None, Some(step)) => Some(Target::Step(step.saturating_sub(1))),
        (None, None) => None,
    };
    if let Some(wrong) = out_of_range(name, arguments, lesson.scenes.len(), lesson.count()) {
        say(&words.said(&wrong));
        return Ok(Exit::Wrong);
    }
    screen(options, here, menu, Some(Deed::Open(lesson, target)))
}

/// Free play.
pub(super) fn lab(options: &Options) -> anyhow::Result<Exit> {
    let here = Here::new(options.rung(), false);
    screen(options, here, lessons(here), Some(Deed::Free(here.free_lab())))
}

fn out_of_range(name: &str, arguments: &args::Open, scenes: usize, steps: usize) -> Option<Said> {
    let beyond = |given: Option<usize>, most| given.filter(|number| !(1..=most).contains(number));
    let scene = beyond(arguments.scene, scenes)
        .map(|n| said!("{name} has no scene {n}; there are {most}", name, n, most = scenes));
    let step = || {
        beyond(arguments.at, steps)
            .map(|n| said!("{name} has no step {n}; there are {most}", name, n, most = steps))
    };
    scene.or_else(step)
}

/// Says why there is no lesson.
pub(super) fn refuse(none: &NoLesson, lang: Lang) -> anyhow::Result<Exit> {
    let text = none.in_words(&Words::new(lang).say());
    match none {
        NoLesson::Wrong(_) => {
            eprintln!("{}", text.trim_end());
            Ok(Exit::Wrong)
        }
        NoLesson::Missing(_) => {
            say(&text);
            Ok(Exit::Wrong)
        }
        NoLesson::Unable(_) => {
            say(&text);
            Ok(Exit::Unable)
        }
    }
}

/// The built-in lessons, each in both languages. Those that this machine can't run can be read
/// about.
fn lessons(here: Here) -> Menu {
    let items = builtin_ids().filter_map(|id| {
        let found = Lang::ALL.map(|lang| Some((lang, here.built_in(id, lang)?)));
        let found: Vec<_> = found.into_iter().flatten().collect();
        let possible = found.iter().all(|(_, (_, possible))| *possible);
        let texts = found.into_iter().map(|(lang, (lesson, _))| (lang, Arc::new(lesson)));
        let item = MenuItem::new(texts.collect());
        (!item.texts.is_empty()).then(|| if possible { item } else { item.out_of_reach() })
    });
    let mut menu = Menu::new(items.collect());
    if let Some(progress) = Progress::load() {
        progress.mark(&mut menu);
    }
    menu
}

/// A recorded run.
pub(super) fn recorded(options: &Options, session: Session) -> anyhow::Result<Exit> {
    let mut app = App::new(ink(options), Menu::default());
    app.enter(session);
    show(options, app, None)
}

fn screen(options: &Options, here: Here, menu: Menu, first: Option<Deed>) -> anyhow::Result<Exit> {
    let mut app = App::new(ink(options), menu);
    app.free_lab = here.free_lab();
    show(options, app, first)
}

/// Runs the screen.
fn show(options: &Options, app: App, first: Option<Deed>) -> anyhow::Result<Exit> {
    let factory = Box::new(|| Box::new(Labs::new()) as Box<dyn Worlds>);
    let glyphs = options.ascii.then_some(Glyphs::Ascii);
    let kept = Rc::new(RefCell::new(Kept::default()));
    let keep = Box::new({
        let kept = kept.clone();
        move |app: &App| kept.borrow_mut().keep(app)
    });
    let ending = match run(Setup { app, factory, first, glyphs, keep }) {
        // A terminal that has gone away is none any more, and every use of it fails in some way;
        // that is no fault of ours.
        Err(RunError::Terminal { .. }) if !std::io::stdout().is_terminal() => Ending::Hangup,
        other => other?,
    };
    if let Some(trouble) = &kept.borrow().trouble {
        let words = Words::new(options.lang());
        let why = super::told(trouble, &words);
        say(&words.said(&said!("this run was not kept: {why}", why)));
    }
    Ok(match ending {
        Ending::Quit => Exit::Fine,
        Ending::Hangup => Exit::Of(129),
        Ending::Signal(signal) => Exit::Of(u8::try_from(128 + signal).unwrap_or(u8::MAX)),
    })
}

fn ink(options: &Options) -> Ink {
    let mut ink = Ink { words: Words::new(options.lang()), ..Ink::new(options.lang()) };
    let no_colour = std::env::var_os("NO_COLOR").is_some_and(|value| !value.is_empty());
    ink.theme = match options.theme {
        Some(ThemeName::Dark) => Theme::Dark,
        Some(ThemeName::Light) => Theme::Light,
        None if no_colour => Theme::Plain,
        None => Theme::Dark,
    };
    ink
}
