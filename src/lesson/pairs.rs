//! A lesson in two languages: whether both tell the same story.
//!
//! The same headings, paragraphs, quotes, choices and fences stand in the same order in both;
//! fences and the facts of choices are equal to the letter, words differ.

use super::diagnostic::{Diagnostic, Trouble};
use super::markdown::{Block, BlockKind};
use super::step::{Lesson, Misconception};
use crate::model::{Said, said};

/// Everything in `second` that is not as in `first`, in the order of its text. A difference in
/// the order of things is the last that is reported, as all behind it would differ, too.
pub fn compare(first: &Lesson, second: &Lesson) -> Vec<Diagnostic> {
    let mut pair = Pair { first, second, found: Vec::new() };
    pair.front();
    pair.blocks();
    pair.found
}

struct Pair<'a> {
    first: &'a Lesson,
    second: &'a Lesson,
    found: Vec<Diagnostic>,
}

impl Pair<'_> {
    fn differs(&mut self, span: std::ops::Range<usize>, message: Said, expected: Said) {
        let trouble = Trouble::new(span.clone(), message).expected(expected);
        self.found.push(Diagnostic::new(&self.second.source, span, &trouble));
    }

    /// The front matters say the same.
    fn front(&mut self) {
        let (a, b) = (self.first, self.second);
        let equal = [
            ("id", a.id == b.id),
            ("chapter", a.chapter == b.chapter),
            ("minutes", a.minutes == b.minutes),
            ("show", a.show == b.show),
            ("mystery", a.mystery == b.mystery),
            ("needs", a.needs == b.needs),
            ("misconceptions", numbers(&a.misconceptions) == numbers(&b.misconceptions)),
            ("lab", a.spec.rung == b.spec.rung),
            ("preset", a.spec.preset == b.spec.preset),
            ("hosts", a.spec.hosts == b.spec.hosts),
            ("processes", a.spec.processes == b.spec.processes),
            ("quickack", a.spec.quickack == b.spec.quickack),
        ];
        for (key, _) in equal.iter().filter(|(_, equal)| !equal) {
            let message = said!("`{key}` is not the same in both languages", key);
            self.differs(0..3, message, said!("`{key}` as in {path}", key, path = a.source.path));
        }
    }

    /// The parts of the documents, side by side.
    fn blocks(&mut self) {
        for (a, b) in self.first.blocks.iter().zip(&self.second.blocks) {
            if !self.block(a, b) {
                return;
            }
        }
        let (a, b) = (&self.first.blocks, &self.second.blocks);
        if let Some(more) = b.get(a.len()) {
            let message = said!("{name} too many", name = name(&more.kind));
            let expected = said!("the end, as in {path}", path = self.first.source.path);
            self.differs(line(more, &self.second.source.text), message, expected);
        } else if let Some(missing) = a.get(b.len()) {
            let end = self.second.source.text.trim_end().len();
            let message = said!("{name} is missing", name = name(&missing.kind));
            self.differs(end..end, message, self.as_in(missing));
        }
    }

    /// Compares two blocks; `false` if they are not even of one kind.
    fn block(&mut self, a: &Block, b: &Block) -> bool {
        let at = line(b, &self.second.source.text);
        match (&a.kind, &b.kind) {
            (BlockKind::Title(_), BlockKind::Title(_))
            | (BlockKind::Scene(_), BlockKind::Scene(_))
            | (BlockKind::Paragraph(_), BlockKind::Paragraph(_)) => {}
            (BlockKind::Quote(x), BlockKind::Quote(y)) => {
                if x.len() != y.len() {
                    let message = said!("a quote of {len} paragraphs", len = y.len());
                    self.differs(
                        at,
                        message,
                        said!("{len} of them, {as_in}", len = x.len(), as_in = self.as_in(a)),
                    );
                }
            }
            (BlockKind::Choices(x), BlockKind::Choices(y)) => {
                if x.len() != y.len() {
                    let message = said!("a question of {len} choices", len = y.len());
                    self.differs(
                        at,
                        message,
                        said!("{len} of them, {as_in}", len = x.len(), as_in = self.as_in(a)),
                    );
                }
                for (x, y) in x.iter().zip(y).filter(|(x, y)| x.fact != y.fact) {
                    let message = said!("the fact of a choice is another");
                    let expected = said!("`{fact}`, {as_in}", fact = x.fact, as_in = self.as_in(a));
                    self.differs(y.fact_span.clone(), message, expected);
                }
            }
            (BlockKind::Fence(x), BlockKind::Fence(y)) => {
                let (first, second) = (&self.first.source.text, &self.second.source.text);
                if first[x.info.clone()].trim() != second[y.info.clone()].trim() {
                    let expected = said!(
                        "`{info}`, {as_in}",
                        info = first[x.info.clone()].trim(),
                        as_in = self.as_in(a)
                    );
                    self.differs(y.info.clone(), said!("another fence"), expected);
                } else {
                    self.lines(x.body.clone(), y.body.clone(), a);
                }
            }
            (BlockKind::Answers(x), BlockKind::Answers(y)) => {
                let bare = |numbers: &[(u32, std::ops::Range<usize>)]| -> Vec<u32> {
                    numbers.iter().map(|(number, _)| *number).collect()
                };
                if bare(x) != bare(y) {
                    let list = bare(x).iter().map(u32::to_string).collect::<Vec<_>>().join(", ");
                    let expected = said!("`answers {list}`, {as_in}", list, as_in = self.as_in(a));
                    self.differs(at, said!("it answers something else"), expected);
                }
            }
            (
                BlockKind::Title(_)
                | BlockKind::Scene(_)
                | BlockKind::Paragraph(_)
                | BlockKind::Quote(_)
                | BlockKind::Choices(_)
                | BlockKind::Fence(_)
                | BlockKind::Answers(_),
                _,
            ) => {
                let message = said!("{name} in this place", name = name(&b.kind));
                self.differs(
                    at,
                    message,
                    said!("{wanted}, {as_in}", wanted = name(&a.kind), as_in = self.as_in(a)),
                );
                return false;
            }
        }
        true
    }

    /// The first line that differs in two fences.
    fn lines(&mut self, a: std::ops::Range<usize>, b: std::ops::Range<usize>, block: &Block) {
        let mut first = self.first.source.text[a].lines().map(str::trim_end);
        let body = &self.second.source.text[b.clone()];
        let mut at = b.start;
        for line in body.split_inclusive('\n') {
            let text = line.trim_end();
            match first.next() {
                Some(wanted) if wanted == text => at += line.len(),
                other => {
                    let wanted = match other {
                        Some(line) => said!("`{line}`", line),
                        None => said!("the end of the fence"),
                    };
                    let expected = said!("{wanted}, {as_in}", wanted, as_in = self.as_in(block));
                    return self.differs(at..at + text.len(), said!("another line"), expected);
                }
            }
        }
        if let Some(wanted) = first.next() {
            let expected = said!("`{wanted}`, {as_in}", wanted, as_in = self.as_in(block));
            self.differs(b.end..b.end, said!("a line is missing"), expected);
        }
    }

    /// Where the original stands.
    fn as_in(&self, block: &Block) -> Said {
        let line = self.first.source.place(block.span.clone()).line;
        said!("as in {path}:{line}", path = self.first.source.path, line)
    }
}

fn name(kind: &BlockKind) -> Said {
    match kind {
        BlockKind::Title(_) => said!("a title"),
        BlockKind::Scene(_) => said!("a scene"),
        BlockKind::Paragraph(_) => said!("a paragraph"),
        BlockKind::Quote(_) => said!("a quote"),
        BlockKind::Choices(_) => said!("a question"),
        BlockKind::Fence(_) => said!("a fence"),
        BlockKind::Answers(_) => said!("an `answers` mark"),
    }
}

/// The first line of a block.
fn line(block: &Block, text: &str) -> std::ops::Range<usize> {
    let line = text[block.span.clone()].lines().next().unwrap_or_default();
    block.span.start..block.span.start + line.trim_end().len()
}

fn numbers(misconceptions: &[Misconception]) -> Vec<u32> {
    misconceptions.iter().map(|one| one.number).collect()
}
