//! Sections of a pane, and how they share too little room.
//!
//! ```text
//!  ─ sockets ───── +3 (z) ─      the section's name, and how many rows found no room
//! *3 40001>8080 SYN_SENT         a row, with `*` because this moment changed it
//!    SYN again in 2.1 s          a detail of it, the first to go
//! ```

use ratatui::text::Line;

use crate::tui::ink::Ink;
use crate::tui::text::{cut_line, line_width, width};
use crate::tui::theme::Role;

/// One thing of a section: a process, an fd, a socket, a queue.
#[derive(Debug, Clone, Default)]
pub struct Row {
    /// Its lines.
    pub lines: Vec<RowLine>,
    /// This moment changed it: it is shown before others are.
    pub changed: bool,
    /// It is never left out.
    pub kept: bool,
    /// It is the first to be left out, changed or not: another section shows it too.
    pub twice: bool,
}

/// A line of a row.
#[derive(Debug, Clone)]
pub struct RowLine {
    /// The text.
    pub line: Line<'static>,
    /// It may be left out where room is short.
    pub detail: bool,
}

impl Row {
    /// A row of one line.
    pub fn new(line: Line<'static>, changed: bool) -> Self {
        Self { lines: vec![RowLine { line, detail: false }], changed, ..Self::default() }
    }

    /// The row, never to be left out.
    pub fn kept(mut self) -> Self {
        self.kept = true;
        self
    }

    /// Adds a line that stays with the row.
    pub fn push(&mut self, line: Line<'static>) {
        self.lines.push(RowLine { line, detail: false });
    }

    /// Adds a line that may be left out.
    pub fn detail(&mut self, line: Line<'static>) {
        self.lines.push(RowLine { line, detail: true });
    }

    fn drop_details(&mut self) {
        self.lines.retain(|line| !line.detail);
    }
}

/// Rows under a name.
#[derive(Debug, Clone, Default)]
pub struct Section {
    /// Its name, in the rule above it; empty for a section without a rule.
    pub title: String,
    /// The name is a warning: a full queue.
    pub alarm: bool,
    /// Its rows, in their natural order.
    pub rows: Vec<Row>,
    /// Rows that were not even made, because no pane is that high.
    pub more: usize,
}

impl Section {
    /// A section of this name.
    pub fn new(title: impl Into<String>, rows: Vec<Row>) -> Self {
        Self { title: title.into(), alarm: false, rows, more: 0 }
    }

    fn height(&self) -> usize {
        let rule = usize::from(!self.title.is_empty());
        rule + self.rows.iter().map(|row| row.lines.len()).sum::<usize>()
    }

    /// Takes away the row that is missed least; false if there is none to spare.
    fn drop_row(&mut self) -> bool {
        let spare = self.rows.iter().enumerate().rev().filter(|(_, row)| !row.kept);
        let least = spare.min_by_key(|(_, row)| (!row.twice, row.changed));
        match least.map(|(index, _)| index) {
            Some(index) => {
                self.rows.remove(index);
                self.more += 1;
                true
            }
            None => false,
        }
    }
}

/// How high the sections are in all.
pub fn height(sections: &[Section]) -> usize {
    sections.iter().map(Section::height).sum()
}

/// The sections in at most `room` lines: first details of unchanged rows go, then all details,
/// then rows of the longest section, unchanged ones first; how many is said in the rule.
pub fn fit(mut sections: Vec<Section>, wide: usize, room: usize, ink: &Ink) -> Vec<Line<'static>> {
    sections.retain(|section| !section.rows.is_empty() || section.more > 0);
    for only_unchanged in [true, false] {
        if height(&sections) > room {
            let rows = sections.iter_mut().flat_map(|section| &mut section.rows);
            rows.filter(|row| !(only_unchanged && row.changed)).for_each(Row::drop_details);
        }
    }
    while height(&sections) > room {
        let mut order: Vec<usize> = (0..sections.len()).collect();
        order.sort_by_key(|index| std::cmp::Reverse(spare_rows(&sections[*index])));
        if !order.into_iter().any(|index| sections[index].drop_row()) {
            break;
        }
    }
    let mut lines: Vec<Line<'static>> = Vec::with_capacity(room);
    for section in sections {
        if !section.title.is_empty() {
            lines.push(rule(&section, wide, ink));
        }
        lines.extend(section.rows.into_iter().flat_map(|row| row.lines).map(|line| line.line));
    }
    lines.truncate(room);
    lines.into_iter().map(|line| cut_line(line, wide, ink.glyphs.cut())).collect()
}

/// By what the longest section is found: unchanged rows count more than changed ones.
fn spare_rows(section: &Section) -> (usize, usize) {
    let spare = section.rows.iter().filter(|row| !row.kept);
    let unchanged = spare.clone().filter(|row| !row.changed).count();
    (unchanged.saturating_sub(1), spare.count())
}

/// ` ─ sockets ───── +3 (z) ─ `
fn rule(section: &Section, wide: usize, ink: &Ink) -> Line<'static> {
    let level = ink.glyphs.level();
    let more = match section.more {
        0 => String::new(),
        more => format!(" +{more} (z) {level}"),
    };
    let role = if section.alarm { Role::Bad } else { Role::Title };
    let start = ink.span(Role::Frame, format!(" {level} "));
    let title = ink.span(role, section.title.clone());
    let used = 3 + width(&section.title) + 1 + width(&more) + 1;
    let line = ink.run(Role::Frame, level, wide.saturating_sub(used));
    let gap = ink.span(Role::Frame, " ");
    let line = Line::from(vec![start, title, gap, line, ink.span(Role::Changed, more)]);
    debug_assert!(line_width(&line) <= wide.max(used));
    line
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lang;

    fn section(title: &str, rows: usize, changed: &[usize]) -> Section {
        let row = |n: usize| {
            let mut row = Row::new(Line::from(format!("{title} {n}")), changed.contains(&n));
            row.detail(Line::from(format!("  detail {n}")));
            row
        };
        Section::new(title, (0..rows).map(row).collect())
    }

    fn texts(sections: Vec<Section>, room: usize) -> Vec<String> {
        let lines = fit(sections, 24, room, &Ink::new(Lang::En));
        lines.iter().map(|l| l.spans.iter().map(|s| s.content.as_ref()).collect()).collect()
    }

    #[test]
    fn what_fits_is_shown_whole() {
        let lines = texts(vec![section("a", 2, &[])], 5);
        assert_eq!(
            lines,
            [" ─ a ───────────────── ", "a 0", "  detail 0", "a 1", "  detail 1"].map(|line| {
                if line.starts_with(" ─") {
                    " ─ a ──────────────────"
                } else {
                    line
                }
            })
        );
    }

    #[test]
    fn details_go_before_rows_and_unchanged_rows_before_changed_ones() {
        let lines = texts(vec![section("a", 4, &[3])], 4);
        assert_eq!(lines[1..], ["a 0", "a 1", "a 3"]);
        assert!(lines[0].contains("+1 (z)"), "{}", lines[0]);
        let lines = texts(vec![section("a", 4, &[3])], 2);
        assert_eq!(lines[1..], ["a 3"]);
    }

    #[test]
    fn a_pane_is_never_higher_than_its_room() {
        for room in 0..8 {
            assert!(texts(vec![section("a", 3, &[0]), section("b", 9, &[])], room).len() <= room);
        }
    }
}
