//! The keys at the bottom, as many as fit; `?` always.
//!
//! ```text
//!  space step  enter deliver  x drop  u undo  ← back  : type C  z zoom  d states  ? keys
//! ```

use ratatui::text::{Line, Span};

use crate::tui::app::Msg;
use crate::tui::ink::Ink;
use crate::tui::input::{Binding, Context, TABLE};
use crate::tui::text::width;
use crate::tui::theme::Role;

/// The line of keys for what is shown; `choices`: how many answers a question has.
pub fn line(contexts: &[Context], choices: usize, wide: usize, ink: &Ink) -> Line<'static> {
    let items = items(contexts, choices, ink);
    let help = items.iter().position(|item| item.help).map(|index| item_width(&items[index]));
    let mut left = wide.saturating_sub(help.unwrap_or(0));
    let mut spans: Vec<Span<'static>> = Vec::new();
    for item in &items {
        let needed = item_width(item);
        if !item.help && needed > left {
            continue;
        }
        if !item.help {
            left -= needed;
        }
        spans.push(ink.span(Role::Key, format!(" {}", item.keys)));
        spans.push(ink.span(Role::Plain, format!(" {} ", item.label)));
    }
    Line::from(spans)
}

struct Item {
    keys: String,
    label: String,
    help: bool,
}

fn item_width(item: &Item) -> usize {
    width(&item.keys) + width(&item.label) + 3
}

/// The bindings that have a place in the footer, in the order of the contexts; those of the same
/// name are one item: `a b c answer`.
fn items(contexts: &[Context], choices: usize, ink: &Ink) -> Vec<Item> {
    let mut bindings: Vec<(usize, &Binding)> = Vec::new();
    for binding in TABLE {
        let place = contexts.iter().position(|context| binding.contexts.contains(context));
        let hidden = matches!(binding.msg, Msg::Answer(choice) if choice >= choices);
        // A key that an earlier context takes is not shown with its later meaning.
        let taken = bindings.iter().any(|(_, other)| other.keys[0] == binding.keys[0]);
        if let (Some(place), Some(_), false, false) = (place, binding.footer, hidden, taken) {
            bindings.push((place, binding));
        }
    }
    bindings.sort_by_key(|(place, binding)| match binding.msg {
        Msg::Help => (usize::MAX, None),
        _ => (*place, binding.footer),
    });
    let mut items: Vec<Item> = Vec::new();
    for (_, binding) in bindings {
        let keys = binding.keys[0].name(ink);
        let label = ink.words.ui(binding.label).to_owned();
        match items.last_mut().filter(|last| last.label == label) {
            Some(last) => last.keys = format!("{} {keys}", last.keys),
            None => items.push(Item { keys, label, help: binding.msg == Msg::Help }),
        }
    }
    items
}
