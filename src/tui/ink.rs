//! What every pane draws with: theme, glyphs and words.

use ratatui::text::{Line, Span};

use super::glyphs::Glyphs;
use super::theme::{Role, Theme};
use crate::explain::Words;
use crate::model::Lang;

/// Theme, glyphs and words of a screen. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Ink {
    /// How things look.
    pub theme: Theme,
    /// What frames and arrows are made of.
    pub glyphs: Glyphs,
    /// What things are called.
    pub words: Words,
}

impl Ink {
    /// The ink of a language, in the default theme.
    pub fn new(lang: Lang) -> Self {
        Self { theme: Theme::default(), glyphs: Glyphs::default(), words: Words::new(lang) }
    }

    /// Text in a role. It must be harmless already: from the catalogue, a lesson or `escape`.
    pub fn span(&self, role: Role, text: impl Into<String>) -> Span<'static> {
        Span::styled(text.into(), self.theme.style(role))
    }

    /// A line of one role.
    pub fn line(&self, role: Role, text: impl Into<String>) -> Line<'static> {
        Line::from(self.span(role, text))
    }

    /// A glyph `count` times.
    pub fn run(&self, role: Role, glyph: char, count: usize) -> Span<'static> {
        self.span(role, glyph.to_string().repeat(count))
    }

    /// The mark in front of a row: `*` if this moment changed it.
    pub fn mark(&self, changed: bool) -> Span<'static> {
        if changed { self.span(Role::Changed, "*") } else { Span::raw(" ") }
    }

    /// Plain, or highlighted because this moment changed it.
    pub fn fresh(&self, changed: bool) -> Role {
        if changed { Role::Changed } else { Role::Plain }
    }
}
