//! One key of the keyboard, and what it is called.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::glyphs::Glyphs;
use crate::tui::ink::Ink;

/// A key, with or without control.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Key {
    code: KeyCode,
    modifiers: KeyModifiers,
}

impl Key {
    /// A character; shift is part of it.
    pub const fn char(c: char) -> Self {
        Self { code: KeyCode::Char(c), modifiers: KeyModifiers::NONE }
    }

    /// A letter with control.
    pub const fn ctrl(c: char) -> Self {
        Self { code: KeyCode::Char(c), modifiers: KeyModifiers::CONTROL }
    }

    /// A key that is no character.
    pub const fn named(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::NONE }
    }

    /// A key that is no character, with alt.
    pub const fn alt(code: KeyCode) -> Self {
        Self { code, modifiers: KeyModifiers::ALT }
    }

    /// Whether the event is this key. Shift is ignored: it shows in the character itself.
    pub fn is(self, event: KeyEvent) -> bool {
        event.code == self.code && event.modifiers.difference(KeyModifiers::SHIFT) == self.modifiers
    }

    /// What it is called: `space`, `^C`, `B`, an arrow.
    pub fn name(self, ink: &Ink) -> String {
        let words = &ink.words;
        let arrow = |arrow: &str, word: &str| match ink.glyphs {
            Glyphs::Unicode => arrow.to_owned(),
            Glyphs::Ascii => word.to_owned(),
        };
        let name = match self.code {
            KeyCode::Char(' ') => words.ui("key-space").to_owned(),
            KeyCode::Char(c) if self.modifiers == KeyModifiers::CONTROL => {
                format!("^{}", c.to_ascii_uppercase())
            }
            KeyCode::Char(c) => c.to_string(),
            KeyCode::Enter => words.ui("key-enter").to_owned(),
            KeyCode::Left => arrow("←", "left"),
            KeyCode::Right => arrow("→", "right"),
            KeyCode::Up => arrow("↑", "up"),
            KeyCode::Down => arrow("↓", "down"),
            KeyCode::BackTab => "shift-tab".to_owned(),
            other => other.to_string().to_lowercase(),
        };
        if self.modifiers == KeyModifiers::ALT { format!("alt-{name}") } else { name }
    }
}
