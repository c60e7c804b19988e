//! Keys as one table: input → [`Msg`] in each context. Footer, help and `docs/keys.md` are printed
//! from it.

mod document;
mod key;
mod table;

pub use document::{document, group_title};
pub use key::Key;
pub use table::{Binding, Group, TABLE};

use crossterm::event::{KeyEvent, KeyEventKind};

use super::app::{Context, Msg};

/// What a key means in the first of the contexts that knows it. At the prompt, every other key is
/// text.
pub fn message(key: KeyEvent, contexts: &[Context]) -> Option<Msg> {
    if key.kind == KeyEventKind::Release {
        return None;
    }
    let bound = contexts.iter().find_map(|context| {
        let here = TABLE.iter().filter(|binding| binding.contexts.contains(context));
        here.into_iter().find(|binding| binding.keys.iter().any(|known| known.is(key)))
    });
    let typed = || contexts.contains(&Context::Prompt).then_some(Msg::Type(key));
    bound.map(|binding| binding.msg.clone()).or_else(typed)
}
