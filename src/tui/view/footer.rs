//! The keys at the bottom, as many as fit; `?` always.
//!
//! ```text
//!  space step  enter deliver  x drop  u undo  ← back  : type C  z zoom  d states  ? keys
//! ```

use ratatui::text::{Line, Span};

use super::offer::Situation;
use crate::tui::app::{Context, Msg};
use crate::tui::ink::Ink;
use crate::tui::input::{Binding, Key, TABLE};
use crate::tui::text::{line_width, spread, width};
use crate::tui::theme::Role;

/// What decides which keys are worth their room.
#[derive(Debug, Clone, Copy, Default)]
pub struct Hints {
    /// How many answers the question has that is asked.
    pub choices: usize,
    /// What there is to do on the page, if one is shown.
    pub page: Option<Situation>,
    /// What is shown is longer than the screen.
    pub scrolls: bool,
    /// There is a next one of what is shown.
    pub next: bool,
    /// The lesson that is pointed at was left halfway.
    pub resume: bool,
    /// There is something to go back to.
    pub back: bool,
}

impl Hints {
    /// What to call the key in this context, and its place; `None`: it does nothing here.
    fn offer(self, context: Context, binding: &Binding) -> Option<(&'static str, u8)> {
        if self.hide(&binding.msg) {
            return None;
        }
        match self.page.filter(|_| context == Context::Page) {
            Some(page) => page.offer(binding),
            None => Some((binding.label, binding.footer?)),
        }
    }

    fn hide(self, msg: &Msg) -> bool {
        matches!(msg, Msg::Answer(choice) if *choice >= self.choices)
            || matches!(msg, Msg::Up | Msg::Down) && !self.scrolls
            || matches!(msg, Msg::Next) && !self.next
            || matches!(msg, Msg::Resume) && !self.resume
            || matches!(msg, Msg::Close) && !self.back
    }
}

/// The line of keys for what is shown.
pub fn line(contexts: &[Context], hints: Hints, wide: usize, ink: &Ink) -> Line<'static> {
    let mut items = items(contexts, hints, ink);
    let help = items.iter().position(|item| item.help).map(|index| items.remove(index));
    let right = help.map_or_else(Line::default, |help| Line::from(spans(&help, ink)));
    let mut left = wide.saturating_sub(line_width(&right) + 1);
    let mut shown: Vec<Span<'static>> = Vec::new();
    for item in &items {
        let needed = width(&item.keys) + width(&item.label) + 3;
        if needed <= left {
            left -= needed;
            shown.extend(spans(item, ink));
        }
    }
    spread(Line::from(shown), right, wide, ink.glyphs.cut())
}

fn spans(item: &Item, ink: &Ink) -> Vec<Span<'static>> {
    let key = ink.span(Role::Key, format!(" {}", item.keys));
    vec![key, ink.span(Role::Plain, format!(" {} ", item.label))]
}

struct Item {
    keys: String,
    label: String,
    help: bool,
}

fn is_bound(context: Context, key: Key) -> bool {
    TABLE.iter().any(|other| other.contexts.contains(&context) && other.keys.contains(&key))
}

/// The keys that do something, those of the earlier contexts first; those of the same name are
/// one item: `a b c answer`.
fn items(contexts: &[Context], hints: Hints, ink: &Ink) -> Vec<Item> {
    let mut offers: Vec<(bool, u8, &'static str, &'static Binding)> = Vec::new();
    for binding in TABLE {
        let place = contexts.iter().position(|context| binding.contexts.contains(context));
        let Some(place) = place else { continue };
        // A key that an earlier context takes is not shown with its later meaning.
        let mut earlier = contexts.iter().take(place);
        let taken = earlier.any(|context| is_bound(*context, binding.keys[0]));
        if let (Some((label, worth)), false) = (hints.offer(contexts[place], binding), taken) {
            // Keys of the page that lies below what is shown come last.
            offers.push((place > 0 && contexts.len() > 2, worth, label, binding));
        }
    }
    offers.sort_by_key(|(below, worth, ..)| (*below, *worth));
    let mut items: Vec<Item> = Vec::new();
    for (_, _, label, binding) in offers {
        let keys = binding.keys[0].name(ink);
        let label = ink.words.ui(label).to_owned();
        match items.iter_mut().find(|item| item.label == label) {
            Some(same) => same.keys = format!("{} {keys}", same.keys),
            None => items.push(Item { keys, label, help: binding.msg == Msg::Help }),
        }
    }
    items
}
