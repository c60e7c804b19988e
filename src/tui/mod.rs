//! The screen.
//!
//! [`view`] draws: one file per pane, pure functions from what was observed to styled lines.
//! `text` measures and wraps by display width, [`Ink`] carries theme, glyphs and words.
//!
//! *Must not know*: the lab (worlds come in as a factory), how a moment was brought about, or
//! anything that is not on the timeline. No text reaches the screen that was not either written
//! in the catalogue and lesson or escaped.

mod app;
mod glyphs;
mod ink;
mod input;
mod text;
mod theme;
mod view;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use glyphs::Glyphs;
pub use ink::Ink;
pub use text::screen_text;
pub use theme::{Role, Theme};
pub use view::{Depth, Notice, Page, Zoom, draw_page};
