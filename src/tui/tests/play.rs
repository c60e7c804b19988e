//! The app played by keys on the session's double.

use std::sync::{Arc, OnceLock};
use std::time::Duration;

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use crate::lesson::{builtin, parse};
use crate::model::Lang;
use crate::session::double::Doubles;
use crate::tui::app::{App, Deed, Effect, Factory, Menu, MenuItem, Msg, carry_out, update};
use crate::tui::ink::Ink;
use crate::tui::input::message;
use crate::tui::view::draw;

/// An app, and what its worlds are told.
pub struct Play {
    pub app: App,
    pub orders: Doubles,
    /// Quit was asked for.
    pub over: bool,
}

impl Play {
    /// The menu.
    pub fn menu(lang: Lang) -> Self {
        // Parsed once for all tests: compiling their C takes a while without optimisation.
        static LESSONS: OnceLock<Vec<MenuItem>> = OnceLock::new();
        let menu = Menu::new(LESSONS.get_or_init(lessons).clone());
        Self { app: App::new(Ink::new(lang), menu), orders: Doubles::default(), over: false }
    }

    /// The lesson of these tests, at its first page.
    pub fn lesson(lang: Lang) -> Self {
        let mut play = Self::menu(lang);
        play.keys("enter");
        play
    }

    /// A lesson that is written in English alone, at its first page.
    pub fn of(text: &str) -> Self {
        let lesson = Arc::new(parse("own.md", text).expect("the lesson has no error"));
        let menu = Menu::new(vec![MenuItem::new(vec![(Lang::En, lesson)])]);
        let app = App::new(Ink::new(Lang::En), menu);
        let mut play = Self { app, orders: Doubles::default(), over: false };
        play.keys("enter");
        play
    }

    /// Presses keys: `space`, `enter`, `esc`, `tab`, arrows by name, `^c`, or single characters;
    /// `type:…` types the rest of the word, with `~` for a space.
    pub fn keys(&mut self, keys: &str) -> &mut Self {
        for word in keys.split_whitespace() {
            if let Some(text) = word.strip_prefix("type:") {
                for c in text.chars() {
                    self.press(KeyCode::Char(if c == '~' { ' ' } else { c }), KeyModifiers::NONE);
                }
                continue;
            }
            let control = word.strip_prefix('^').and_then(|rest| rest.chars().next());
            match (control, code(word)) {
                (Some(c), _) => self.press(KeyCode::Char(c), KeyModifiers::CONTROL),
                (None, code) => self.press(code, KeyModifiers::NONE),
            }
        }
        self
    }

    fn press(&mut self, code: KeyCode, modifiers: KeyModifiers) {
        let key = KeyEvent::new(code, modifiers);
        if let Some(msg) = message(key, self.app.contexts()) {
            self.tell(msg);
        }
    }

    /// One message and all that follows from it, until nothing is awaited.
    pub fn tell(&mut self, msg: Msg) {
        let orders = self.orders.clone();
        let mut factory: Factory = Box::new(move || Box::new(orders.clone()));
        let mut effects = update(&mut self.app, msg);
        for _ in 0..200 {
            if effects.is_empty() && self.app.waiting {
                effects.push(Effect::Do(Deed::GoOn(Duration::from_secs(1))));
            }
            let Some(effect) = (!effects.is_empty()).then(|| effects.remove(0)) else { return };
            match effect {
                Effect::Quit => self.over = true,
                Effect::Suspend | Effect::Clear => {}
                Effect::Do(deed) => {
                    let msg = carry_out(&mut self.app, deed, &mut factory);
                    effects.extend(update(&mut self.app, msg));
                }
            }
        }
        panic!("the app does not come to rest");
    }

    /// Lets time pass in the world, until something happens by itself.
    pub fn pass(&mut self, time: Duration) -> &mut Self {
        let orders = self.orders.clone();
        let mut factory: Factory = Box::new(move || Box::new(orders.clone()));
        let msg = carry_out(&mut self.app, Deed::GoOn(time), &mut factory);
        self.tell(msg);
        self
    }

    /// The screen.
    pub fn draw(&mut self, size: (u16, u16)) -> Buffer {
        let area = Rect::new(0, 0, size.0, size.1);
        let mut buffer = Buffer::empty(area);
        self.app.below = draw(&self.app, area, &mut buffer);
        buffer
    }

    /// The screen as text.
    pub fn text(&mut self, size: (u16, u16)) -> String {
        crate::tui::screen_text(&self.draw(size))
    }
}

/// The lesson of these tests, which stays as it is, and a built-in one.
fn lessons() -> Vec<MenuItem> {
    let own = [include_str!("lesson.en.md"), include_str!("lesson.zh.md")];
    let texts = Lang::ALL.into_iter().zip(own).map(|(lang, text)| {
        (lang, Arc::new(parse("lesson.md", text).expect("the lesson has no error")))
    });
    let built_in = Lang::ALL.map(|lang| {
        let lesson = builtin("backlog", lang).expect("a built-in lesson");
        (lang, Arc::new(lesson.expect("it has no error")))
    });
    vec![MenuItem::new(texts.collect()), MenuItem::new(built_in.to_vec())]
}

fn code(word: &str) -> KeyCode {
    match word {
        "space" => KeyCode::Char(' '),
        "enter" => KeyCode::Enter,
        "esc" => KeyCode::Esc,
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        other => KeyCode::Char(other.chars().next().expect("a key")),
    }
}
