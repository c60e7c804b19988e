//! Sections of a pane, and how they share too little room.
//!
//! ```text
//!  ─ sockets ───── +3 (z) ─      the section's name, and how many lines found no room
//! *3 40001>8080 SYN_SENT         a row, with `*` because this moment changed it
//!    SYN again in 2.1 s          a detail of it, one of the first to go
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
    /// It says that something is empty: it is left out without a word where room is short.
    pub idle: bool,
}

/// What a line of a row is worth where room is short: the least goes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Worth {
    /// It can be told from the rest, and goes without a word.
    Remark,
    /// What a timer will bring.
    Timer,
    /// What waits in a queue.
    Count,
    /// The row itself: it goes only with all of it.
    Row,
}

/// A line of a row.
#[derive(Debug, Clone)]
pub struct RowLine {
    /// The text.
    pub line: Line<'static>,
    /// When it is left out.
    pub worth: Worth,
}

impl Row {
    /// A row of one line.
    pub fn new(line: Line<'static>, changed: bool) -> Self {
        Self { lines: vec![RowLine { line, worth: Worth::Row }], changed, ..Self::default() }
    }

    /// The row, never to be left out.
    pub fn kept(mut self) -> Self {
        self.kept = true;
        self
    }

    /// Adds a line that stays with the row.
    pub fn push(&mut self, line: Line<'static>) {
        self.lines.push(RowLine { line, worth: Worth::Row });
    }

    /// Adds a line that may be left out.
    pub fn detail(&mut self, line: Line<'static>, worth: Worth) {
        self.lines.push(RowLine { line, worth });
    }

    /// Takes away the last line of this worth; false if there is none.
    fn drop_detail(&mut self, worth: Worth) -> bool {
        let last = self.lines.iter().rposition(|line| line.worth == worth);
        last.is_some_and(|index| {
            self.lines.remove(index);
            true
        })
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
    /// Lines that are not shown, for want of room: of rows and of details.
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

    /// Takes away one detail of this worth, unchanged rows before changed ones, the last first;
    /// false if there is none.
    fn drop_detail(&mut self, worth: Worth) -> bool {
        let found = [false, true].into_iter().any(|changed| {
            let mut rows = self.rows.iter_mut().rev().filter(|row| row.changed == changed);
            rows.any(|row| row.drop_detail(worth))
        });
        self.more += usize::from(found && worth > Worth::Remark);
        found
    }

    /// Takes away the last row that says that something is empty; false if there is none.
    fn drop_idle(&mut self) -> bool {
        let last = self.rows.iter().rposition(|row| row.idle);
        last.is_some_and(|index| {
            self.rows.remove(index);
            true
        })
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

/// The sections in at most `room` lines: first go what can be told from the rest and what is
/// empty, then timers, then counts, then rows of the longest section, unchanged ones first. How
/// many lines are missing is said in the rule.
pub fn fit(mut sections: Vec<Section>, wide: usize, room: usize, ink: &Ink) -> Vec<Line<'static>> {
    sections.retain(|section| !section.rows.is_empty() || section.more > 0);
    let mut short = |drop: &dyn Fn(&mut Section) -> bool| {
        while height(&sections) > room && sections.iter_mut().rev().any(drop) {}
    };
    short(&|section| section.drop_detail(Worth::Remark));
    short(&Section::drop_idle);
    short(&|section| section.drop_detail(Worth::Timer));
    short(&|section| section.drop_detail(Worth::Count));
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
            row.detail(Line::from(format!("  detail {n}")), Worth::Count);
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
        let lines = texts(vec![section("a", 4, &[3])], 6);
        assert_eq!(lines[1..], ["a 0", "a 1", "a 2", "a 3", "  detail 3"]);
        assert!(lines[0].contains("+3 (z)"), "{}", lines[0]);
        let lines = texts(vec![section("a", 4, &[3])], 4);
        assert_eq!(lines[1..], ["a 0", "a 1", "a 3"]);
        assert!(lines[0].contains("+5 (z)"), "{}", lines[0]);
        let lines = texts(vec![section("a", 4, &[3])], 2);
        assert_eq!(lines[1..], ["a 3"]);
    }

    #[test]
    fn remarks_and_what_is_empty_go_first_and_without_a_word() {
        let mut busy = section("a", 2, &[]);
        busy.rows[0].detail(Line::from("  remark"), Worth::Remark);
        busy.rows[1].detail(Line::from("  timer"), Worth::Timer);
        let idle = Row { idle: true, ..Row::new(Line::from("empty"), false) };
        let sections = || vec![busy.clone(), Section::new("b", vec![idle.clone()])];
        let lines = texts(sections(), 7);
        assert_eq!(lines[1..6], ["a 0", "  detail 0", "a 1", "  detail 1", "  timer"]);
        assert!(lines[6].contains(" b ") && !lines[0].contains("(z)"), "{lines:?}");
        let lines = texts(sections(), 6);
        assert_eq!(lines[1..5], ["a 0", "  detail 0", "a 1", "  detail 1"]);
        assert!(lines[0].contains("+1 (z)"), "{}", lines[0]);
    }

    #[test]
    fn a_pane_is_never_higher_than_its_room() {
        for room in 0..8 {
            assert!(texts(vec![section("a", 3, &[0]), section("b", 9, &[])], room).len() <= room);
        }
    }
}
