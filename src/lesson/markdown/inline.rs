//! Running text: what stands inside of a paragraph, a heading or an item.

use std::ops::Range;

use pulldown_cmark::{Event, Tag, TagEnd};
use unicode_width::UnicodeWidthChar as _;

use super::super::prose::{Prose, Style};
use super::comment::no_html;
use super::{Reader, first_line};
use crate::model::said;

/// Running text with what a choice needs to know of it.
#[derive(Default)]
pub struct Inlines {
    pub prose: Prose,
    /// `[ ]` or `[x]` stood before it.
    pub marker: Option<bool>,
    /// The first piece of code and its place.
    pub code: Option<(String, Range<usize>)>,
    /// A line of the source ended and the next has not begun.
    broken: bool,
    emphasis: u32,
    strong: u32,
}

impl Reader<'_, '_> {
    /// The running text up to the end of what has just begun.
    pub fn inlines(&mut self, whole: &Range<usize>) -> Inlines {
        let mut found = Inlines::default();
        let mut depth = 0_usize;
        let before = self.troubles.len();
        while let Some((event, span)) = self.next() {
            match event {
                Event::End(TagEnd::Emphasis) => found.emphasis = found.emphasis.saturating_sub(1),
                Event::End(TagEnd::Strong) => found.strong = found.strong.saturating_sub(1),
                Event::End(TagEnd::Link | TagEnd::Image) => {}
                Event::End(_) if depth == 0 => break,
                Event::End(_) => depth -= 1,
                Event::Start(Tag::Emphasis) => found.emphasis += 1,
                Event::Start(Tag::Strong) => found.strong += 1,
                Event::Start(Tag::Link { .. }) => {}
                Event::Start(Tag::Image { .. }) => {
                    self.trouble(span, said!("a picture can't be shown"), said!("words"));
                }
                Event::Start(Tag::Paragraph) if depth == 0 && found.prose.is_empty() => depth += 1,
                Event::Start(Tag::HtmlBlock) => self.html(span),
                Event::Start(_) => {
                    self.skip();
                    self.trouble(
                        first_line(self.text, &span),
                        said!("this can't stand in a list"),
                        said!(
                            "one paragraph an item, and fences at the left margin outside of lists"
                        ),
                    );
                }
                Event::Text(text) => {
                    self.numbers(&text, &span);
                    found.text(&text);
                }
                Event::Code(code) => found.code(&code, span),
                Event::SoftBreak => found.broken = true,
                Event::HardBreak => found.line_break(),
                Event::TaskListMarker(ticked) => found.marker = Some(ticked),
                Event::InlineHtml(html) if html.starts_with("<!--") => {}
                Event::Html(_) | Event::InlineHtml(_) => {
                    self.trouble(
                        span,
                        no_html(),
                        said!("Markdown; of HTML only comments `<!-- … -->`"),
                    );
                }
                Event::InlineMath(text) | Event::DisplayMath(text) => found.text(&text),
                Event::FootnoteReference(_) | Event::Rule => {}
            }
        }
        found.prose.trim();
        if self.troubles.len() == before {
            // A number may be made up of several events: 4&#48;001.
            let plain: String = found
                .prose
                .pieces
                .iter()
                .map(|piece| if piece.style == Style::Code { " " } else { piece.text.as_str() })
                .collect();
            self.numbers(&plain, &first_line(self.text, whole));
        }
        found
    }

    /// Prose never names what the kernel chose: a number of five digits is a port, a process or a
    /// sequence number.
    fn numbers(&mut self, text: &str, span: &Range<usize>) {
        if let Some(number) = long_number(text) {
            let source = &self.text[span.clone()];
            let at = source.find(&text[number.clone()]);
            let span =
                at.map_or(span.clone(), |at| span.start + at..span.start + at + number.len());
            self.trouble(
                span,
                said!("a number of five digits in the words: the kernel may choose another"),
                said!("words without it, or a code span if the lesson itself sets it"),
            );
        }
    }
}

/// The first number of five digits or more.
fn long_number(text: &str) -> Option<Range<usize>> {
    let mut start = None;
    let mut count = 0;
    for (at, c) in text.char_indices().chain([(text.len(), ' ')]) {
        // Full-width digits count, too.
        if c.is_ascii_digit() || ('０'..='９').contains(&c) {
            start = start.or(Some(at));
            count += 1;
        } else {
            if let (Some(start), 5..) = (start, count) {
                return Some(start..at);
            }
            (start, count) = (None, 0);
        }
    }
    None
}

impl Inlines {
    fn style(&self) -> Style {
        match (self.strong, self.emphasis) {
            (0, 0) => Style::Plain,
            (0, _) => Style::Emphasis,
            (_, _) => Style::Strong,
        }
    }

    fn text(&mut self, text: &str) {
        self.join(text);
        self.prose.push(self.style(), text);
    }

    fn code(&mut self, code: &str, span: Range<usize>) {
        self.join(code);
        self.prose.push(Style::Code, code);
        self.code.get_or_insert_with(|| (code.to_owned(), span));
    }

    fn line_break(&mut self) {
        self.broken = false;
        self.prose.push(self.style(), "\n");
    }

    /// A line of the source that ends is a space, but not between two Chinese characters.
    fn join(&mut self, next: &str) {
        if !std::mem::take(&mut self.broken) {
            return;
        }
        let wide = |c: Option<char>| c.and_then(|c| c.width()) == Some(2);
        let last = self.prose.pieces.last().and_then(|piece| piece.text.chars().next_back());
        if !(wide(last) && wide(next.chars().next())) && last.is_some() {
            self.prose.push(self.style(), " ");
        }
    }
}
