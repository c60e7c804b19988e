//! C in colours.

use ratatui::text::Span;

use super::prose::harmless;
use crate::c::{Class, highlight};
use crate::tui::ink::Ink;
use crate::tui::theme::Role;

/// C in colours; what is between its tokens in none. Harmless whatever it holds.
pub fn coloured(code: &str, ink: &Ink) -> Vec<Span<'static>> {
    let mut spans = Vec::new();
    let mut end = 0;
    for (range, class) in highlight(code) {
        if let (Some(gap), Some(text)) = (code.get(end..range.start), code.get(range.clone())) {
            spans.push(ink.span(Role::Plain, harmless(gap)));
            spans.push(ink.span(role(class), harmless(text)));
            end = range.end;
        }
    }
    spans.push(ink.span(Role::Plain, harmless(code.get(end..).unwrap_or_default())));
    spans
}

/// How a piece of C looks.
pub fn role(class: Class) -> Role {
    match class {
        Class::SystemCall => Role::Title,
        Class::Constant | Class::Number | Class::Text => Role::Code,
        Class::Comment | Class::Directive => Role::Dim,
        Class::Bad => Role::Bad,
        Class::Keyword | Class::Type | Class::Function | Class::Name | Class::Mark => Role::Plain,
    }
}
