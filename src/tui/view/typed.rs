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

/// How many lines of a longer text are seen at once.
const WINDOW: usize = 4;

/// The input and what is said about it.
pub fn lines(app: &App, wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    let prompt = &app.prompt;
    let name = prompt.process.as_ref().map_or("?".to_owned(), ToString::to_string);
    let start = format!(" {name}> ");
    let room = wide.saturating_sub(width(&start) + 1);
    let (row, column) = prompt.cursor();
    let texts = prompt.lines();
    let top = (row + 1).saturating_sub(WINDOW).min(texts.len().saturating_sub(WINDOW));
    let mut lines = Vec::new();
    let mut offset: usize = texts.iter().take(top).map(|text| text.len() + 1).sum();
    for (index, text) in texts.iter().enumerate().skip(top).take(WINDOW) {
        let before = if index == 0 { start.clone() } else { " ".repeat(width(&start)) };
        let cursor = (index == row).then_some(column);
        let mut spans = vec![ink.span(Role::Key, before)];
        let (shown, skipped) = input(text, cursor, room, ink);
        spans.extend(shown);
        lines.push(Line::from(spans));
        lines.extend(caret(app, text, offset, skipped, width(&start), ink));
        offset += text.len() + 1;
    }
    lines.extend(about(app, wide, ink));
    lines
}

/// One line of the input, scrolled so that the cursor is seen; and how many cells were skipped.
fn input(text: &str, cursor: Option<usize>, room: usize, ink: &Ink) -> (Vec<Span<'static>>, usize) {
    let classes = highlight(text);
    let mut next = classes.iter().peekable();
    let mut cells: Vec<(String, Role)> = Vec::new();
    for (at, c) in text.char_indices() {
        while next.next_if(|(range, _)| range.end <= at).is_some() {}
        let class = next.peek().filter(|(range, _)| range.contains(&at));
        let role = class.map_or(Role::Plain, |(_, class)| cee::role(*class));
        cells.push((harmless(c.encode_utf8(&mut [0; 4])), role));
    }
    cells.push((" ".to_owned(), Role::Plain));
    let wide = |cells: &[(String, Role)]| cells.iter().map(|(text, _)| width(text)).sum::<usize>();
    let column = cursor.unwrap_or(0).min(cells.len() - 1);
    let mut first = 0;
    while first < column && wide(&cells[first..=column]) > room {
        first += 1;
    }
    let skipped = wide(&cells[..first]);
    let mut left = room;
    let mut spans: Vec<Span<'static>> = Vec::new();
    for (index, (text, role)) in cells.into_iter().enumerate().skip(first) {
        if width(&text) > left {
            break;
        }
        left -= width(&text);
        let mut span = ink.span(role, text);
        if cursor == Some(index) {
            span.style = span.style.add_modifier(Modifier::REVERSED);
        }
        spans.push(span);
    }
    (spans, skipped)
}

/// `        ^^^` below what is wrong, if that is on this line.
fn caret(
    app: &App,
    text: &str,
    offset: usize,
    skipped: usize,
    indent: usize,
    ink: &Ink,
) -> Option<Line<'static>> {
    let error = app.prompt.error.as_ref()?;
    let start = error.span.start.checked_sub(offset).filter(|start| *start <= text.len())?;
    let end = (error.span.end.saturating_sub(offset)).clamp(start, text.len());
    let wide = |from: usize, to: usize| {
        let (from, to) = (boundary(text, from), boundary(text, to));
        width(&harmless(&text[from..to]))
    };
    let before = (indent + wide(0, start)).saturating_sub(skipped);
    let carets = "^".repeat(wide(start, end).max(1));
    Some(ink.line(Role::Bad, format!("{}{carets}", " ".repeat(before))))
}

/// The nearest place at or before `at` that splits no character.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// What is wrong, or what the call around the cursor takes.
fn about(app: &App, wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    if let Some(error) = &app.prompt.error {
        let mut spans = vec![ink.span(Role::Bad, format!(" {}", harmless(&error.message)))];
        if let Some(help) = &error.help {
            spans.push(ink.span(Role::Plain, format!("   {}", harmless(help))));
        }
        return wrap(&spans, wide);
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
    lines
}
