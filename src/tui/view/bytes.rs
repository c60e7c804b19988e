//! The bytes of a variable, with the names of its fields.
//!
//! ```text
//!  server: fd [addr] conn
//!
//!  struct sockaddr_in addr    16 bytes at 0x10000048
//!
//!      +0    +1    +2    +3    +4    +5    +6    +7
//!    ┌───────────┬───────────┬───────────────────────┐
//!    │ 02    00  │ 1f    90  │ 00    00    00    00  │
//!    └───────────┴───────────┴───────────────────────┘
//!     sin_family  sin_port    sin_addr
//!     AF_INET     8080        0.0.0.0
//! ```

use ratatui::text::{Line, Span};

use super::fields::{FieldBytes, fields};
use super::page::Page;
use crate::model::{ProcessName, escape};
use crate::session::Variable;
use crate::tui::glyphs::Glyphs;
use crate::tui::ink::Ink;
use crate::tui::text::{cut, pad, wrap};
use crate::tui::theme::Role;

/// Bytes on one line.
const ROW: usize = 8;
/// Cells of one byte.
const CELL: usize = 6;

/// The variable number `index`, counted from the one that is most worth a look.
pub fn lines(page: &Page<'_>, index: usize, wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    let all = variables(page);
    let Some(place) = (!all.is_empty()).then(|| (best(page, &all) + index) % all.len()) else {
        return vec![ink.line(Role::Dim, format!(" {}", ink.words.ui("bytes-none")))];
    };
    let (process, variable) = all[place];
    let mut lines = list(&all, place, wide, ink);
    lines.push(Line::default());
    lines.push(heading(variable, ink));
    lines.push(Line::default());
    let before = before(page, process, variable);
    let found = fields(variable);
    if let [] | [_] = &found[..] {
        lines.extend(dump(&variable.bytes, before, wide, ink));
        if let Some(field) = found.first().filter(|field| !field.meaning.is_empty()) {
            lines.push(Line::default());
            let text = ink.span(Role::Code, field.meaning.clone());
            lines.extend(indented(wrap(&[text], wide.saturating_sub(8)), "        "));
        }
    } else {
        lines.extend(grid(&variable.bytes, before, &found, ink));
    }
    lines
}

/// Every variable of every process.
pub fn variables<'a>(page: &Page<'a>) -> Vec<(&'a ProcessName, &'a Variable)> {
    let processes = page.entry().variables.iter();
    let all = processes.flat_map(|of| of.variables.iter().map(|variable| (&of.process, variable)));
    all.collect()
}

/// The bytes of the same variable one entry earlier.
pub fn before<'a>(page: &Page<'a>, process: &ProcessName, variable: &Variable) -> Option<&'a [u8]> {
    let earlier = page.timeline.get(page.cursor.checked_sub(1)?)?;
    let known = earlier.variables_of(process).iter().find(|known| known.name == variable.name)?;
    Some(&known.bytes)
}

/// The last struct that changed in this moment, else the last variable that did, else the last
/// struct.
pub fn best(page: &Page<'_>, all: &[(&ProcessName, &Variable)]) -> usize {
    let worth = |(process, variable): &(&ProcessName, &Variable)| {
        let changed = before(page, process, variable).is_none_or(|old| old != variable.bytes);
        (changed && page.cursor > 0, variable.type_name.starts_with("struct"))
    };
    let ranked = all.iter().enumerate().max_by_key(|(index, item)| (worth(item), *index));
    ranked.map_or(0, |(index, _)| index)
}

/// ` server: fd [addr] conn   client: fd to`
fn list(
    all: &[(&ProcessName, &Variable)],
    chosen: usize,
    wide: usize,
    ink: &Ink,
) -> Vec<Line<'static>> {
    let mut spans: Vec<Span<'static>> = Vec::new();
    let mut last: Option<&ProcessName> = None;
    for (index, (process, variable)) in all.iter().enumerate() {
        if last != Some(process) {
            let gap = if last.is_some() { "   " } else { "" };
            spans.push(ink.span(Role::Strong, format!("{gap}{process}")));
            last = Some(process);
        }
        let name = escape(variable.name.as_bytes());
        spans.push(" ".into());
        spans.push(match index == chosen {
            true => ink.span(Role::Chosen, format!("[{name}]")),
            false => ink.span(Role::Dim, name),
        });
    }
    let mut lines = wrap(&spans, wide.saturating_sub(2));
    lines.truncate(3);
    indented(lines, " ")
}

fn indented(mut lines: Vec<Line<'static>>, by: &'static str) -> Vec<Line<'static>> {
    lines.iter_mut().for_each(|line| line.spans.insert(0, by.into()));
    lines
}

fn heading(variable: &Variable, ink: &Ink) -> Line<'static> {
    let (size, at) = (variable.bytes.len(), format!("{:#x}", variable.address));
    let place = ink.words.ui_with("bytes-place", &[("size", &size), ("at", &at)]);
    Line::from(vec![
        ink.span(Role::Code, format!(" {} ", escape(variable.type_name.as_bytes()))),
        ink.span(Role::Strong, escape(variable.name.as_bytes())),
        ink.span(Role::Dim, format!("    {place}")),
    ])
}

/// A struct, eight bytes a row, each field in a box with its name and meaning below.
fn grid(
    bytes: &[u8],
    before: Option<&[u8]>,
    fields: &[FieldBytes],
    ink: &Ink,
) -> Vec<Line<'static>> {
    let mut lines = Vec::new();
    for start in (0..bytes.len()).step_by(ROW) {
        let end = (start + ROW).min(bytes.len());
        let offsets: String = (start..end).map(|at| pad(&format!("+{at}"), CELL)).collect();
        lines.push(ink.line(Role::Dim, format!("      {}", offsets.trim_end())));
        let walls: Vec<bool> = (start..=end).map(|at| is_wall(at, start, end, fields)).collect();
        lines.push(border(&walls, true, ink));
        lines.push(values(bytes, before, start, &walls, ink));
        lines.push(border(&walls, false, ink));
        let here = fields.iter().filter(|field| field.offset < end && field.end() > start);
        let (mut names, mut meanings) = (String::from("     "), String::from("     "));
        for field in here {
            let from = field.offset.max(start);
            let room = (field.end().min(end) - from) * CELL;
            names = pad(&names, 5 + (from - start) * CELL);
            meanings = pad(&meanings, 5 + (from - start) * CELL);
            if field.offset >= start {
                let mark = ink.glyphs.cut();
                names.push_str(&cut(&field.name, room.saturating_sub(1), mark));
                let wide = if field.end() >= end { room + 20 } else { room - 1 };
                meanings.push_str(&cut(&field.meaning, wide, mark));
            }
        }
        lines.push(ink.line(Role::Plain, names.trim_end()));
        lines.push(ink.line(Role::Code, meanings.trim_end()));
    }
    lines
}

/// Whether a field begins or ends before the byte `at`.
fn is_wall(at: usize, start: usize, end: usize, fields: &[FieldBytes]) -> bool {
    at == start || at == end || fields.iter().any(|field| field.offset == at || field.end() == at)
}

/// `┌───────────┬───────────┐`
fn border(walls: &[bool], top: bool, ink: &Ink) -> Line<'static> {
    let [top_left, top_right, bottom_left, bottom_right] = ink.glyphs.corners();
    let (left, tee, right) = match (ink.glyphs, top) {
        (Glyphs::Unicode, true) => (top_left, '┬', top_right),
        (Glyphs::Unicode, false) => (bottom_left, '┴', bottom_right),
        (Glyphs::Ascii, _) => ('+', '+', '+'),
    };
    let level = ink.glyphs.level().to_string();
    let mut text = format!("    {left}");
    for (index, wall) in walls.iter().enumerate().skip(1) {
        text.push_str(&level.repeat(CELL - 1));
        let last = index + 1 == walls.len();
        text.push_str(&if last {
            right.to_string()
        } else if *wall {
            tee.to_string()
        } else {
            level.clone()
        });
    }
    ink.line(Role::Frame, text)
}

/// `│ 02    00  │*1f   *90  │`: bytes that this moment changed are marked.
fn values(
    bytes: &[u8],
    before: Option<&[u8]>,
    start: usize,
    walls: &[bool],
    ink: &Ink,
) -> Line<'static> {
    let upright = ink.glyphs.upright();
    let mut spans = vec![ink.span(Role::Frame, format!("    {upright}"))];
    for index in 0..walls.len() - 1 {
        let at = start + index;
        let new = before.is_some_and(|before| before.get(at) != bytes.get(at));
        let byte = bytes.get(at).copied().unwrap_or_default();
        let mark = if new { '*' } else { ' ' };
        spans.push(ink.span(ink.fresh(new), format!("{mark}{byte:02x}  ")));
        let wall = walls[index + 1];
        spans.push(ink.span(Role::Frame, if wall { upright.to_string() } else { " ".to_owned() }));
    }
    Line::from(spans)
}

/// Plain bytes as a hex dump with their characters.
fn dump(bytes: &[u8], before: Option<&[u8]>, wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    let row = if wide >= 100 { 2 * ROW } else { ROW };
    let rows = bytes.chunks(row).take(512).enumerate().map(|(index, chunk)| {
        let start = index * row;
        let mut spans = vec![ink.span(Role::Dim, format!("  {:>5} ", format!("+{start}")))];
        for (offset, byte) in chunk.iter().enumerate() {
            let new = before.is_some_and(|before| before.get(start + offset) != Some(byte));
            let mark = if new { '*' } else { ' ' };
            spans.push(ink.span(ink.fresh(new), format!("{mark}{byte:02x} ")));
        }
        let missing = " ".repeat((row - chunk.len()) * 4 + 2);
        let shown = |byte: &u8| if (0x20..0x7f).contains(byte) { char::from(*byte) } else { '.' };
        let text: String = chunk.iter().map(shown).collect();
        spans.push(ink.span(Role::Code, format!("{missing}{text}")));
        Line::from(spans)
    });
    rows.collect()
}
