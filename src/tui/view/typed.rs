//! What stands in the prompt: the C with its colours, the cursor, and help or an error below.

use ratatui::style::Modifier;
use ratatui::text::{Line, Span};

use super::cee;
use super::prose::harmless;
use crate::c::{CallHelp, call_at, highlight};
use crate::tui::app::App;
use crate::tui::ink::Ink;
use crate::tui::text::{cut, width, wrap};
use crate::tui::theme::Role;

/// How many rows of a longer text are seen at once.
const WINDOW: usize = 3;

/// The input and what is said about it.
pub fn lines(app: &App, wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    let name = app.prompt.process.as_ref().map_or("?".to_owned(), ToString::to_string);
    let start = format!(" {name}> ");
    let indent = width(&start);
    let rows = rows(app, wide.saturating_sub(indent + 1), ink);
    let error = app.prompt.error.as_ref().map(|error| error.span.start);
    let seen = match error {
        Some(at) => rows.iter().rposition(|row| row.first <= at),
        None => rows.iter().position(|row| row.cursor),
    };
    let last = (seen.unwrap_or(0) + 1).max(WINDOW.min(rows.len()));
    let top = last.saturating_sub(WINDOW);
    let mut lines = Vec::new();
    for (index, row) in rows.into_iter().enumerate().skip(top).take(WINDOW) {
        let before = if index == 0 { start.clone() } else { " ".repeat(indent) };
        let caret = caret(app, &row, indent, ink).filter(|_| seen == Some(index));
        let mut spans = vec![ink.span(Role::Key, before)];
        spans.extend(row.spans);
        lines.push(Line::from(spans));
        lines.extend(caret);
    }
    lines.extend(about(app, wide, ink));
    lines
}

/// A row of the input on the screen: a line of the text, or a part of one that is too long.
struct Row {
    spans: Vec<Span<'static>>,
    /// Its first byte in the text.
    first: usize,
    /// Its characters as they are written in the text.
    text: String,
    /// The cursor stands on it.
    cursor: bool,
}

/// The whole input in rows of at most `room` cells.
fn rows(app: &App, room: usize, ink: &Ink) -> Vec<Row> {
    let (cursor_line, cursor_column) = app.prompt.cursor();
    let mut rows = Vec::new();
    let mut offset = 0;
    for (index, text) in app.prompt.lines().iter().enumerate() {
        let column = (index == cursor_line).then_some(cursor_column);
        rows.extend(line_rows(text, column, offset, room, ink));
        offset += text.len() + 1;
    }
    rows
}

fn line_rows(text: &str, cursor: Option<usize>, offset: usize, room: usize, ink: &Ink) -> Vec<Row> {
    let empty = |first| Row { spans: Vec::new(), first, text: String::new(), cursor: false };
    let classes = highlight(text);
    let mut next = classes.iter().peekable();
    let (mut rows, mut used) = (vec![empty(offset)], 0);
    let end = (text.len(), ' ');
    for (column, (at, c)) in text.char_indices().chain([end]).enumerate() {
        let is_end = at == text.len();
        while next.next_if(|(range, _)| range.end <= at).is_some() {}
        let class = next.peek().filter(|(range, _)| range.contains(&at));
        let role = class.map_or(Role::Plain, |(_, class)| cee::role(*class));
        let shown = harmless(c.encode_utf8(&mut [0; 4]));
        // The place behind the text is only there for the cursor.
        if is_end && cursor != Some(column) {
            break;
        }
        if used + width(&shown) > room && used > 0 {
            rows.push(empty(offset + at));
            used = 0;
        }
        used += width(&shown);
        let mut span = ink.span(role, shown);
        let Some(row) = rows.last_mut() else { break };
        if cursor == Some(column) {
            span.style = span.style.add_modifier(Modifier::REVERSED);
            row.cursor = true;
        }
        row.spans.push(span);
        if !is_end {
            row.text.push(c);
        }
    }
    rows
}

/// `        ^^^` below what is wrong, as far as it is on this row.
fn caret(app: &App, row: &Row, indent: usize, ink: &Ink) -> Option<Line<'static>> {
    let error = app.prompt.error.as_ref()?;
    let start = error.span.start.checked_sub(row.first)?.min(row.text.len());
    let end = error.span.end.saturating_sub(row.first).clamp(start, row.text.len());
    let wide = |from: usize, to: usize| {
        let (from, to) = (boundary(&row.text, from), boundary(&row.text, to));
        width(&harmless(&row.text[from..to]))
    };
    let carets = "^".repeat(wide(start, end).max(1));
    Some(ink.line(Role::Bad, format!("{}{carets}", " ".repeat(indent + wide(0, start)))))
}

/// The nearest place at or before `at` that splits no character.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// What is wrong, or what the call around the cursor takes.
fn about(app: &App, wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    if let Some(error) = &app.prompt.error {
        let message = ink.span(Role::Bad, harmless(&ink.words.said(&error.message)));
        let help = error.help.as_ref().map(|help| {
            let help = ink.words.said(help);
            ink.span(Role::Plain, harmless(&help))
        });
        let parts = std::iter::once(message).chain(help);
        return parts.flat_map(|part| indented(part, wide)).collect();
    }
    let candidates = &app.prompt.candidates;
    if !candidates.is_empty() {
        let text = cut(&candidates.join("  "), wide.saturating_sub(2), ink.glyphs.cut());
        return vec![ink.line(Role::Dim, format!(" {text}"))];
    }
    match call_at(&app.prompt.text(), app.prompt.offset()) {
        Some((call, argument)) => signature(call, argument, wide, ink),
        None => vec![ink.line(Role::Dim, format!(" {}", ink.words.ui("prompt-hint")))],
    }
}

/// A text in lines, all of them one cell off the frame.
fn indented(text: Span<'static>, wide: usize) -> impl Iterator<Item = Line<'static>> {
    wrap(&[text], wide.saturating_sub(2)).into_iter().map(|mut line| {
        line.spans.insert(0, " ".into());
        line
    })
}

/// `int bind(int sockfd, const struct sockaddr *addr, [socklen_t addrlen]);`
fn signature(call: &CallHelp, argument: usize, wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    let gap = if call.returns.ends_with('*') { "" } else { " " };
    let mut spans = vec![ink.span(Role::Dim, format!(" {}{gap}{}(", call.returns, call.name))];
    for (index, parameter) in call.parameters.iter().enumerate() {
        if index > 0 {
            spans.push(ink.span(Role::Dim, ", "));
        }
        let gap = if parameter.ty.ends_with('*') { "" } else { " " };
        let text = format!("{}{gap}{}", parameter.ty, parameter.name);
        let here = index == argument
            || call.variadic && index + 1 == call.parameters.len() && argument > index;
        spans.push(match here {
            true => ink.span(Role::Strong, format!("[{text}]")),
            false => ink.span(Role::Dim, text),
        });
    }
    spans.push(ink.span(Role::Dim, if call.variadic { ", ...);" } else { ");" }));
    let mut lines = wrap(&spans, wide.saturating_sub(1));
    let key = format!("call-{}", call.name);
    lines.push(ink.line(Role::Dim, format!(" {}", ink.words.ui(&key))));
    if matches!(call.name, "bind" | "connect") {
        let short = ink.words.ui_with("prompt-short", &[("call", &call.name)]);
        lines.push(ink.line(Role::Dim, format!(" {short}")));
    }
    lines
}
