//! `docs/keys.md`, printed from the table.

use super::table::{Group, TABLE};
use crate::model::Lang;
use crate::tui::ink::Ink;

/// The whole document, in both languages side by side.
pub fn document() -> String {
    let inks = Lang::ALL.map(Ink::new);
    let [english, chinese] = &inks;
    let mut text = String::from(
        "# Keys\n\nPrinted from the table in `src/tui/input/table.rs`; a test compares them. \
         The same table makes the\nfooter of the screen and its help (`?`).\n",
    );
    for group in Group::ALL {
        let title = |ink: &Ink| group_title(group, ink).to_owned();
        text.push_str(&format!("\n## {} · {}\n\n", title(english), title(chinese)));
        text.push_str("| key | where | what it does | 作用 |\n|---|---|---|---|\n");
        for binding in TABLE.iter().filter(|binding| binding.group == group) {
            let keys: Vec<String> =
                binding.keys.iter().map(|key| format!("`{}`", key.name(english))).collect();
            let places: Vec<String> = binding
                .contexts
                .iter()
                .map(|context| format!("{context:?}").to_lowercase())
                .collect();
            let label = |ink: &Ink| ink.words.ui(binding.label).to_owned();
            let (keys, places) = (keys.join(" "), places.join(", "));
            text.push_str(&format!(
                "| {keys} | {places} | {} | {} |\n",
                label(english),
                label(chinese)
            ));
        }
    }
    text
}

/// A heading of the help.
pub fn group_title(group: Group, ink: &Ink) -> &str {
    match group {
        Group::Story => ink.words.ui("keys-story"),
        Group::Wire => ink.words.ui("keys-wire"),
        Group::Look => ink.words.ui("keys-look"),
        Group::Prompt => ink.words.ui("keys-prompt"),
        Group::Program => ink.words.ui("keys-program"),
    }
}
