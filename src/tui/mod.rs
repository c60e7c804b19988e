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
mod run;
mod text;
mod theme;
mod view;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use app::{App, Deed, Effect, Factory, Menu, MenuItem, Msg, Reached, carry_out, update};
pub use glyphs::Glyphs;
pub use ink::Ink;
pub use input::document as keys_document;
pub use run::{Ending, RunError, Setup, run};
pub use text::screen_text;
pub use theme::{Role, Theme};
pub use view::{Depth, Notice, Page, SIZES, Zoom, draw_page, misfits};
