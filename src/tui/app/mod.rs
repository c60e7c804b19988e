//! The state of the screen, and how it changes.
//!
//! ```text
//! key ─ input ─▶ Msg ─ update ─▶ App, Vec<Effect> ─ run ─▶ world, terminal ─▶ Msg …
//!                                 └─ view ─▶ screen
//! ```
//! [`update`] does nothing but change the app and say what has to be done; time, the terminal and
//! the world are reached by effects alone.

mod acts;
mod complete;
mod context;
mod deed;
mod menu;
mod msg;
mod notice;
mod order;
mod overlay;
mod prompt;
mod refused;
mod typing;
mod update;

pub use context::Context;
pub use deed::{Deed, Effect, Factory, carry_out};
pub use menu::{Menu, MenuItem, Reached};
pub use msg::Msg;
pub use prompt::Prompt;
pub use update::update;

use std::sync::Arc;

use crate::lesson::Lesson;
use crate::model::{LabSpec, Lang};
use crate::session::Session;
use crate::tui::ink::Ink;
use crate::tui::view::{Notice, Page, Zoom};

/// Everything the screen is drawn from.
pub struct App {
    /// Theme, glyphs and words.
    pub ink: Ink,
    /// The lessons to choose from.
    pub menu: Menu,
    /// What runs, if anything does.
    pub session: Option<Session>,
    /// What free play is played on.
    pub free_lab: LabSpec,
    /// The running lesson in the other language, if there is one.
    pub twin: Option<Arc<Lesson>>,
    /// The menu is shown, even if a session runs.
    pub in_menu: bool,
    /// What lies above the page.
    pub over: Option<Over>,
    /// How many lines of what is shown are passed over.
    pub scroll: usize,
    /// How many lines of it lay below the screen when it was drawn.
    pub below: usize,
    /// The bet on the question that is asked; `None`: none is asked.
    pub asking: Option<Asking>,
    /// The prompt for C. It keeps its history while it is closed.
    pub prompt: Prompt,
    /// Something went wrong, or has to be said once.
    pub notice: Option<Notice>,
    /// So many pages were dropped by a branch that is not over.
    pub dropped: Option<usize>,
    /// The world is busy with something that is not over.
    pub waiting: bool,
    /// Something changed since the screen was drawn.
    pub dirty: bool,
}

/// What lies above the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Over {
    /// The state diagram.
    Diagram,
    /// The lesson's map.
    Map,
    /// The bytes of the variable of this number.
    Bytes(usize),
    /// This moment as tools print it.
    Said,
    /// One pane, alone.
    Zoomed(Zoom),
    /// The keys.
    Help,
    /// The prompt for C.
    Prompt,
}

/// A question that was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asking {
    /// The choice so far, counted from 0.
    pub chosen: Option<usize>,
}

impl App {
    /// An app with these lessons to choose from, that shows the menu.
    pub fn new(ink: Ink, menu: Menu) -> Self {
        Self {
            ink,
            menu,
            session: None,
            free_lab: LabSpec::two_hosts(),
            twin: None,
            in_menu: true,
            over: None,
            scroll: 0,
            below: 0,
            asking: None,
            prompt: Prompt::default(),
            notice: None,
            dropped: None,
            waiting: false,
            dirty: true,
        }
    }

    /// Shows a session.
    pub fn enter(&mut self, session: Session) {
        self.twin = session.lesson().and_then(|lesson| self.menu.twin_of(lesson));
        self.session = Some(session);
        self.in_menu = false;
        self.over = None;
        self.scroll = 0;
        self.asking = None;
        self.notice = None;
        self.prompt.leave_lab();
    }

    /// The language.
    pub fn lang(&self) -> Lang {
        self.ink.words.lang()
    }

    /// The page that is shown, if it is not the menu. The lesson speaks the screen's language
    /// where it can.
    pub fn page(&self) -> Option<Page<'_>> {
        let session = self.session.as_ref().filter(|_| !self.in_menu)?;
        let mut page = Page::of(session);
        if let Some(twin) = self.twin.as_deref()
            && self.menu.speaks(twin, self.lang())
        {
            page.lesson = Some(twin);
            page.next = page.next.and_then(|_| twin.steps.get(page.next_index));
        }
        let question = page.next.and_then(|step| step.question.as_ref());
        page.asking = self.asking.zip(question).map(|(asking, question)| (question, asking.chosen));
        page.notice = self.notice.as_ref();
        Some(page)
    }

    /// What could have changed while nobody did anything; the screen is drawn anew only if it did.
    pub fn sight(&self) -> (usize, usize, bool, Option<Notice>) {
        let session = self.session.as_ref();
        let length = session.map_or(0, |session| session.timeline().len());
        let cursor = session.map_or(0, Session::cursor);
        (length, cursor, self.waiting, self.notice.clone())
    }

    /// Whether what is shown counts seconds: a timer that runs, or something that is awaited.
    pub fn counts(&self) -> bool {
        let panes = match self.over {
            None | Some(Over::Zoomed(_)) => true,
            Some(Over::Prompt) => true,
            Some(Over::Diagram | Over::Map | Over::Bytes(_) | Over::Said | Over::Help) => false,
        };
        let page = self.page().filter(|_| panes);
        page.is_some_and(|page| page.waiting.is_some() || page.has_running_timer())
    }

    /// Where keys are looked up, in this order.
    pub fn contexts(&self) -> &'static [Context] {
        match (self.over, self.in_menu, self.asking) {
            (Some(Over::Prompt), _, _) => &[Context::Prompt],
            (Some(Over::Help), _, _) => &[Context::View, Context::Everywhere],
            (_, true, _) => &[Context::Menu, Context::Everywhere],
            (Some(_), false, _) => &[Context::View, Context::Page, Context::Everywhere],
            (None, false, Some(_)) => &[Context::Question, Context::Page, Context::Everywhere],
            (None, false, None) => &[Context::Page, Context::Everywhere],
        }
    }
}
