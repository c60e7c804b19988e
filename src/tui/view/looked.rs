//! The bytes that a step asks the learner to look at, in the place of the panes that say nothing
//! about them.
//!
//! ```text
//! ┌ struct sockaddr_in addr ──────── 16 bytes ┐
//! │ +0   02 00         sin_family  AF_INET    │
//! │ +2  *1f*90         sin_port    8080       │    `*`: this moment changed them
//! │ +4   00 00 00 00   sin_addr    0.0.0.0    │
//! │ +8   00 00 00 …    sin_zero               │
//! └───────────────────────────────── b all ───┘
//! ```

use ratatui::text::{Line, Span};

use super::bytes::{before, best, variables};
use super::fields::{FieldBytes, fields};
use super::frame::Frame;
use super::page::Page;
use crate::lesson::{Does, Expectation, Show};
use crate::model::{ProcessName, escape};
use crate::session::{Origin, Variable};
use crate::tui::ink::Ink;
use crate::tui::text::{cut_line, pad, width};
use crate::tui::theme::Role;

/// The most bytes that stand on one line.
const ROW: usize = 4;

/// The variable to look at on this page: the one that the step names, or in a lesson about bytes
/// the one that the moment changed.
pub fn variable<'a>(page: &Page<'a>) -> Option<(&'a ProcessName, &'a Variable)> {
    let all = variables(page);
    if let Some((process, name)) = named(page) {
        return all.into_iter().find(|(of, variable)| *of == process && *variable.name == *name);
    }
    let about_bytes = page.lesson.is_some_and(|lesson| lesson.show.contains(&Show::Bytes));
    if !about_bytes || all.is_empty() || page.cursor == 0 {
        return None;
    }
    let (process, variable) = all[best(page, &all)];
    let changed = before(page, process, variable).is_none_or(|old| old != variable.bytes);
    (changed && variable.type_name.starts_with("struct")).then_some((process, variable))
}

/// The variable that the step of this entry says to look at.
fn named<'a>(page: &Page<'a>) -> Option<(&'a ProcessName, &'a str)> {
    let Origin::Step(step) = page.entry().origin else { return None };
    let Does::C(code) = &page.lesson?.steps.get(step)?.does else { return None };
    let expected = code.lines.iter().rev().flat_map(|line| &line.expectations);
    let name = expected.into_iter().find_map(|one| match one {
        Expectation::Look(name) => Some(name.as_str()),
        Expectation::Returned(_)
        | Expectation::Failed(_)
        | Expectation::Any
        | Expectation::Blocks
        | Expectation::Killed(_)
        | Expectation::Child(_) => None,
    })?;
    Some((&code.process, name))
}

/// The pane, `wide` cells and `high` lines inside.
pub fn frame(
    page: &Page<'_>,
    (process, variable): (&ProcessName, &Variable),
    wide: usize,
    high: usize,
    ink: &Ink,
) -> Frame {
    let old = before(page, process, variable);
    let found = fields(variable);
    let names = found.iter().map(|field| width(&field.name)).max().unwrap_or(0);
    let mut lines: Vec<Line<'static>> =
        found.iter().flat_map(|field| rows(variable, old, field, names, ink)).collect();
    if found.is_empty() {
        let whole = FieldBytes {
            name: String::new(),
            offset: 0,
            size: variable.bytes.len(),
            meaning: String::new(),
        };
        lines = rows(variable, old, &whole, 0, ink);
    }
    lines.truncate(high);
    let lines = lines.into_iter().map(|line| cut_line(line, wide, ink.glyphs.cut())).collect();
    let name = format!("{} {}", variable.type_name, variable.name);
    let size = ink.words.ui_with("bytes-size", &[("size", &variable.bytes.len())]);
    let title = Line::from(vec![
        ink.span(Role::Title, escape(name.as_bytes())),
        ink.span(Role::Dim, format!("  {process}  {size}")),
    ]);
    Frame::new(title, lines).with_foot(ink.line(Role::Dim, format!("b {}", ink.words.ui("more"))))
}

/// One field: its bytes, four a line, and what they mean.
fn rows(
    variable: &Variable,
    old: Option<&[u8]>,
    field: &FieldBytes,
    names: usize,
    ink: &Ink,
) -> Vec<Line<'static>> {
    let end = field.end().min(variable.bytes.len());
    let bytes = variable.bytes.get(field.offset..end).unwrap_or_default();
    // Long padding says nothing, byte by byte.
    let shown = if field.meaning.is_empty() { bytes.len().min(ROW) } else { bytes.len() };
    let chunks = bytes[..shown].chunks(ROW).enumerate();
    let lines = chunks.map(|(index, chunk)| {
        let start = field.offset + index * ROW;
        let mut spans = vec![ink.span(Role::Dim, format!(" {:<4}", format!("+{start}")))];
        for (at, byte) in chunk.iter().enumerate() {
            let new = old.is_some_and(|old| old.get(start + at) != Some(byte));
            let mark = if new { '*' } else { ' ' };
            spans.push(ink.span(ink.fresh(new), format!("{mark}{byte:02x}")));
        }
        let cut = index == 0 && shown < bytes.len();
        let mark = if cut { ink.glyphs.cut().to_string() } else { " ".to_owned() };
        let gap = " ".repeat(3 * (ROW - chunk.len()));
        spans.push(Span::from(format!("{mark}{gap} ")));
        if index == 0 {
            spans.push(ink.span(Role::Plain, pad(&field.name, names + 2)));
            spans.push(ink.span(Role::Code, field.meaning.clone()));
        }
        Line::from(spans)
    });
    lines.collect()
}
