//! The keys, printed from the table.

use ratatui::text::Line;

use crate::tui::ink::Ink;
use crate::tui::input::{Group, TABLE, group_title};
use crate::tui::text::{pad, width};
use crate::tui::theme::Role;

/// Every key in two columns, by groups.
pub fn lines(wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    let column = (wide.saturating_sub(3)) / 2;
    let mut lines = Vec::new();
    for group in Group::ALL {
        if !lines.is_empty() {
            lines.push(Line::default());
        }
        lines.push(ink.line(Role::Title, format!(" {}", group_title(group, ink))));
        let cells = cells(group, ink);
        for pair in cells.chunks(2) {
            let mut spans = vec![" ".into()];
            for (keys, label) in pair {
                spans.push(ink.span(Role::Key, pad(keys, 10)));
                let label = pad(label, column.saturating_sub(10));
                spans.push(ink.span(Role::Plain, label));
            }
            lines.push(Line::from(spans));
        }
    }
    lines
}

/// Keys and names of one group; a name stands once.
fn cells(group: Group, ink: &Ink) -> Vec<(String, String)> {
    let mut cells: Vec<(String, String)> = Vec::new();
    for binding in TABLE.iter().filter(|binding| binding.group == group) {
        let keys: Vec<String> = binding.keys.iter().map(|key| key.name(ink)).collect();
        let mut keys = keys.join(" ");
        if width(&keys) > 9 {
            keys = binding.keys[0].name(ink);
        }
        let label = ink.words.ui(binding.label).to_owned();
        match cells.iter_mut().find(|(_, known)| *known == label) {
            Some((known, _)) if width(known) + width(&keys) < 9 => {
                *known = format!("{known} {keys}")
            }
            Some(_) => {}
            None => cells.push((keys, label)),
        }
    }
    cells
}
