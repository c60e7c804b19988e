//! Markdown → blocks with their places. What a lesson does not use of Markdown is refused, so
//! that nothing an author wrote disappears in silence.

mod comment;
mod inline;

use std::iter::Peekable;
use std::ops::Range;

use super::diagnostic::Trouble;
use super::prose::{Prose, Style};
use crate::model::{Said, said};
use inline::Inlines;
use pulldown_cmark::{
    CodeBlockKind, Event, HeadingLevel, OffsetIter, Options, Parser, Tag, TagEnd,
};

/// A part of the document, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    pub kind: BlockKind,
    pub span: Range<usize>,
}

/// What a block is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BlockKind {
    Title(Prose),
    Scene(Prose),
    Paragraph(Prose),
    Quote(Vec<Prose>),
    Choices(Vec<Item>),
    Fence(Fence),
    /// `<!-- answers 5, 18 -->`: the numbers with their places.
    Answers(Vec<(u32, Range<usize>)>),
}

/// A choice: `- [ ] `FACT` words`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Item {
    /// The text between the backticks.
    pub fact: String,
    pub fact_span: Range<usize>,
    pub words: Prose,
}

/// A fenced block of code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// What stands behind the backticks.
    pub info: Range<usize>,
    /// The lines between.
    pub body: Range<usize>,
}

/// Reads the Markdown of `text` from byte `start` on. Spans are bytes of `text`.
pub fn read(text: &str, start: usize, troubles: &mut Vec<Trouble>) -> Vec<Block> {
    let parser =
        Parser::new_ext(&text[start..], Options::ENABLE_TASKLISTS | Options::ENABLE_TABLES);
    let events = parser.into_offset_iter().peekable();
    let mut reader = Reader { text, start, events, troubles, blocks: Vec::new() };
    reader.document();
    reader.blocks
}

struct Reader<'a, 't> {
    text: &'a str,
    start: usize,
    events: Peekable<OffsetIter<'a>>,
    troubles: &'t mut Vec<Trouble>,
    blocks: Vec<Block>,
}

impl<'a> Reader<'a, '_> {
    fn next(&mut self) -> Option<(Event<'a>, Range<usize>)> {
        let (event, span) = self.events.next()?;
        Some((event, span.start + self.start..span.end + self.start))
    }

    fn trouble(&mut self, span: Range<usize>, message: Said, expected: Said) {
        self.troubles.push(Trouble::new(span, message).expected(expected));
    }

    fn add(&mut self, kind: BlockKind, span: Range<usize>) {
        self.blocks.push(Block { kind, span });
    }

    fn document(&mut self) {
        while let Some((event, span)) = self.next() {
            match event {
                Event::Start(tag) => self.block(tag, span),
                // A line across the page says nothing. The rest stands inside of blocks only.
                Event::Rule
                | Event::End(_)
                | Event::Text(_)
                | Event::Code(_)
                | Event::InlineMath(_)
                | Event::DisplayMath(_)
                | Event::Html(_)
                | Event::InlineHtml(_)
                | Event::FootnoteReference(_)
                | Event::SoftBreak
                | Event::HardBreak
                | Event::TaskListMarker(_) => {}
            }
        }
    }

    fn block(&mut self, tag: Tag<'a>, span: Range<usize>) {
        match tag {
            Tag::Heading { level, .. } => {
                let prose = self.inlines(&span).prose;
                match level {
                    HeadingLevel::H1 => self.add(BlockKind::Title(prose), span),
                    HeadingLevel::H2 => self.add(BlockKind::Scene(prose), span),
                    _ => self.trouble(
                        first_line(self.text, &span),
                        said!("a heading too deep"),
                        said!("`#` for the lesson's title or `##` for a scene"),
                    ),
                }
            }
            Tag::Paragraph => {
                let prose = self.inlines(&span).prose;
                if !prose.is_empty() {
                    self.add(BlockKind::Paragraph(prose), span);
                }
            }
            Tag::BlockQuote(_) => self.quote(span),
            Tag::List(first) => self.list(first, span),
            Tag::CodeBlock(CodeBlockKind::Fenced(_)) => self.fence(span),
            Tag::CodeBlock(CodeBlockKind::Indented) => {
                self.skip();
                self.trouble(first_line(self.text, &span), said!("a line indented by four spaces"),
                    said!("a paragraph at the left margin, or a fence: ```` ```c NAME ````, ```` ```lab ````"));
            }
            Tag::HtmlBlock => self.html(span),
            // Of the extensions only that for choices is used; a table is known to be refused.
            _ => {
                self.skip();
                self.trouble(
                    first_line(self.text, &span),
                    said!("this has no meaning in a lesson"),
                    said!("headings, paragraphs, quotes, choices and fences"),
                );
            }
        }
    }

    /// Goes behind the end of what has just begun, however deep it nests.
    fn skip(&mut self) {
        let mut depth = 1_usize;
        while depth > 0 {
            match self.next() {
                Some((Event::Start(_), _)) => depth += 1,
                Some((Event::End(_), _)) => depth -= 1,
                Some(_) => {}
                None => return,
            }
        }
    }

    fn quote(&mut self, span: Range<usize>) {
        let mut paragraphs = Vec::new();
        while let Some((event, inner)) = self.next() {
            match event {
                Event::End(TagEnd::BlockQuote(_)) => break,
                Event::Start(Tag::Paragraph) => paragraphs.push(self.inlines(&inner).prose),
                Event::Start(Tag::HtmlBlock) => self.html(inner),
                Event::Start(_) => {
                    self.skip();
                    self.trouble(
                        first_line(self.text, &inner),
                        said!("only paragraphs can stand in a quote"),
                        said!("a paragraph behind the `>`"),
                    );
                }
                _ => {}
            }
        }
        paragraphs.retain(|prose| !prose.is_empty());
        if !paragraphs.is_empty() {
            self.add(BlockKind::Quote(paragraphs), span);
        }
    }

    /// A comment is a note for the teacher; other HTML is refused.
    fn fence(&mut self, span: Range<usize>) {
        let mut body: Option<Range<usize>> = None;
        while let Some((event, inner)) = self.next() {
            match event {
                Event::End(_) => break,
                Event::Text(_) => {
                    let start = body.as_ref().map_or(inner.start, |body| body.start);
                    body = Some(start..inner.end);
                }
                _ => {}
            }
        }
        let first = first_line(self.text, &span);
        let marks = self.text[first.clone()].trim_start_matches(['`', '~']);
        let info = first.end - marks.len()..first.end;
        let last =
            self.text[span.clone()].trim_end().rsplit('\n').next().unwrap_or_default().trim();
        let closes =
            last.len() >= 3 && (last.bytes().all(|b| b == b'`') || last.bytes().all(|b| b == b'~'));
        if !closes || !self.text[span.clone()].trim_end().contains('\n') {
            return self.trouble(
                first,
                said!("the fence does not end"),
                said!("a line ```` ``` ````"),
            );
        }
        let body = body.unwrap_or(first.end..first.end);
        self.add(BlockKind::Fence(Fence { info, body }), span);
    }

    /// Choices, or an ordinary list, each item of which is a paragraph.
    fn list(&mut self, first: Option<u64>, span: Range<usize>) {
        let mut number = first;
        let mut choices = Vec::new();
        let mut paragraphs = 0;
        while let Some((event, inner)) = self.next() {
            match event {
                Event::End(TagEnd::List(_)) => break,
                Event::Start(Tag::Item) => {
                    let item_line = first_line(self.text, &inner);
                    let item = self.inlines(&inner);
                    if item.marker.is_some() {
                        choices.push(self.choice(item, item_line));
                        continue;
                    }
                    paragraphs += 1;
                    let mark = number.map_or("•".to_owned(), |n| format!("{n}."));
                    number = number.map(|n| n.saturating_add(1));
                    let mut prose = Prose::default();
                    prose.push(Style::Plain, &format!("{mark} "));
                    for piece in &item.prose.pieces {
                        prose.push(piece.style, &piece.text);
                    }
                    self.add(BlockKind::Paragraph(prose), inner);
                }
                _ => {}
            }
        }
        if !choices.is_empty() && paragraphs > 0 {
            self.trouble(
                first_line(self.text, &span),
                said!("choices and other items in one list"),
                said!("`- [ ] `FACT` words` for each"),
            );
            return;
        }
        // A choice that could not be read was reported, and makes the others pointless.
        if let Some(choices) = choices.into_iter().collect::<Option<Vec<Item>>>()
            && !choices.is_empty()
        {
            self.add(BlockKind::Choices(choices), span);
        }
    }

    fn choice(&mut self, item: Inlines, line: Range<usize>) -> Option<Item> {
        let form = || said!("a choice: - [ ] `FACT` words");
        if item.marker == Some(true) {
            self.trouble(
                line,
                said!("a choice that is ticked"),
                said!("`- [ ]`: the kernel says which is true"),
            );
            return None;
        }
        let mut pieces =
            item.prose.pieces.into_iter().skip_while(|piece| piece.text.trim().is_empty());
        let fact = pieces.next().filter(|piece| piece.style == Style::Code);
        let (Some(fact), Some((_, code_span))) = (fact, item.code) else {
            self.trouble(line, said!("a choice without a fact"), form());
            return None;
        };
        let mut words = Prose::default();
        for piece in pieces {
            words.push(piece.style, &piece.text);
        }
        words.trim();
        if words.is_empty() {
            self.trouble(line, said!("a choice without words"), form());
            return None;
        }
        let inside = self.text[code_span.clone()].find(&fact.text);
        let fact_span = match inside {
            Some(at) => code_span.start + at..code_span.start + at + fact.text.len(),
            None => code_span,
        };
        Some(Item { fact: fact.text, fact_span, words })
    }
}

/// The first line of a block, without its line ending: where a caret should stand.
fn first_line(text: &str, span: &Range<usize>) -> Range<usize> {
    let line = text[span.clone()].lines().next().unwrap_or_default().trim_end();
    span.start..span.start + line.len()
}
