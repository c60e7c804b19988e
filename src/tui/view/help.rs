//! The keys, printed from the table, and what the signs of the panes mean.

use ratatui::text::Line;

use crate::tui::ink::Ink;
use crate::tui::input::{Group, TABLE, group_title};
use crate::tui::text::{pad, width, wrap};
use crate::tui::theme::Role;

/// The signs, in the order of the panes: what stands there, and what it means.
const SIGNS: [(&str, &str); 16] = [
    ("sign-live", "sign-live-means"),
    ("sign-newer", "sign-newer-means"),
    ("sign-live-at", "sign-live-at-means"),
    ("sign-past", "sign-past-means"),
    ("sign-changed", "sign-changed-means"),
    ("sign-packets", "sign-packets-means"),
    ("sign-copies", "sign-copies-means"),
    ("sign-covers", "sign-covers-means"),
    ("sign-timer", "sign-timer-means"),
    ("sign-ownerless", "sign-ownerless-means"),
    ("sign-recv", "sign-recv-means"),
    ("sign-send", "sign-send-means"),
    ("sign-backlog", "sign-backlog-means"),
    ("sign-places", "sign-places-means"),
    ("sign-hidden", "sign-hidden-means"),
    ("sign-timeline", "sign-timeline-means"),
];

/// Every key in two columns, by groups; then the signs.
pub fn lines(wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    let mut lines = keys(wide, ink);
    lines.push(Line::default());
    lines.push(ink.line(Role::Title, format!(" {}", ink.words.ui("keys-signs"))));
    for (sign, means) in SIGNS {
        let means = ink.span(Role::Plain, ink.words.ui(means));
        for (index, mut line) in wrap(&[means], wide.saturating_sub(17)).into_iter().enumerate() {
            let sign = if index == 0 { ink.words.ui(sign) } else { "" };
            line.spans.insert(0, ink.span(Role::Key, format!(" {} ", pad(sign, 14))));
            lines.push(line);
        }
    }
    lines
}

fn keys(wide: usize, ink: &Ink) -> Vec<Line<'static>> {
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
