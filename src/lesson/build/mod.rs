//! Blocks → a lesson.

mod c;
mod cast;
mod expectation;
mod lab;
mod question;
mod statements;

use std::ops::Range;

use unicode_width::UnicodeWidthStr as _;

use super::diagnostic::Trouble;
use super::front::Front;
use super::markdown::{Block, BlockKind, Fence, Item};
use super::prose::Prose;
use super::source::Source;
use super::step::{Conclusion, Does, Lesson, Misconception, Question, Scene, Step};
use super::words::{Word, Words, quoted};
use crate::model::{Said, said};
use cast::Cast;

/// Most cells of a heading: it stands in one line, beside other things.
const WIDEST: usize = 56;
/// Most steps of a lesson.
const STEPS: usize = 2_000;
/// The word behind a fence that is one step as a whole.
const TOGETHER: &str = "together";
/// Most `expect` lines of a lesson.
const CHECKS: usize = 4_000;

/// Builds the lesson that the blocks tell. Spans in `troubles` are bytes of the source.
pub fn build(
    source: &Source,
    front: Front,
    blocks: Vec<Block>,
    troubles: &mut Vec<Trouble>,
) -> Lesson {
    let mut builder = Builder::new(source, front, troubles);
    for block in &blocks {
        if !builder.too_much {
            builder.block(block.clone());
        }
    }
    Lesson { blocks, ..builder.finish() }
}

/// What was read so far.
pub(super) struct Builder<'a> {
    pub source: &'a Source,
    pub lesson: Lesson,
    pub cast: Cast,
    /// The marks: name, step, and who knew what there.
    pub marks: Vec<(String, usize, Cast)>,
    pub troubles: &'a mut Vec<Trouble>,
    /// What waits for its step.
    pending: Pending,
    /// The step of the question that was not judged yet, with its choices' places.
    pub open: Option<(usize, Vec<Item>)>,
    last: Last,
    /// The last step, while it is the end of a fence `together` and nothing came since.
    together: Option<usize>,
    titled: bool,
    /// How many `expect` lines were read.
    pub checks: usize,
    /// The lesson is too long, and the rest of it is not looked at.
    pub too_much: bool,
}

/// Words and a question that wait for the next step.
#[derive(Default)]
struct Pending {
    narration: Vec<Prose>,
    more: Vec<Prose>,
    question: Option<(Range<usize>, Vec<Item>)>,
    answers: Vec<(u32, Range<usize>)>,
}

/// What stood before a block: it says what a quote is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Last {
    /// Nothing, or a heading.
    Nothing,
    Words,
    /// A fence that does not end in an expectation of the kernel.
    Fence,
    /// A fence that does; its first check belongs to step `since`.
    Expect {
        since: usize,
    },
}

impl<'a> Builder<'a> {
    fn new(source: &'a Source, front: Front, troubles: &'a mut Vec<Trouble>) -> Self {
        let cast = Cast::new(&front.spec);
        let lesson = Lesson {
            source: source.clone(),
            id: front.id,
            chapter: front.chapter,
            minutes: front.minutes,
            spec: front.spec,
            show: front.show,
            mystery: front.mystery,
            needs: front.needs,
            misconceptions: misconceptions(source, front.misconceptions),
            title: String::new(),
            intro: Vec::new(),
            intro_more: Vec::new(),
            scenes: Vec::new(),
            steps: Vec::new(),
            closing: Vec::new(),
            blocks: Vec::new(),
        };
        Self {
            source,
            lesson,
            cast,
            marks: Vec::new(),
            troubles,
            pending: Pending::default(),
            open: None,
            last: Last::Nothing,
            together: None,
            titled: false,
            checks: 0,
            too_much: false,
        }
    }

    pub fn trouble(&mut self, span: Range<usize>, message: Said, expected: Said) {
        self.troubles.push(Trouble::new(span, message).expected(expected));
    }

    fn block(&mut self, block: Block) {
        let span = block.span;
        if !matches!(block.kind, BlockKind::Fence(_)) {
            self.together = None;
        }
        match block.kind {
            BlockKind::Title(prose) => self.title(&prose, span),
            BlockKind::Scene(prose) => self.scene(&prose, span),
            BlockKind::Paragraph(prose) => {
                self.pending.narration.push(prose);
                self.last = Last::Words;
            }
            BlockKind::Quote(prose) => self.quote(prose, span),
            BlockKind::Choices(items) => self.question(items, span),
            BlockKind::Fence(fence) => self.fence(&fence),
            // It is no word of the story: a quote behind it belongs to what stood before.
            BlockKind::Answers(numbers) => self.pending.answers.extend(numbers),
        }
    }

    fn title(&mut self, prose: &Prose, span: Range<usize>) {
        if self.titled {
            return self.trouble(span, said!("a second title"), said!("`##` for a scene"));
        }
        self.lesson.title = self.heading(prose, &span);
        self.titled = true;
        self.last = Last::Nothing;
    }

    /// The words of a heading, which stands in one line of the screen.
    fn heading(&mut self, prose: &Prose, span: &Range<usize>) -> String {
        let words = prose.plain();
        let width = words.width();
        if width > WIDEST {
            let message = said!("a heading of {width} cells", width);
            self.trouble(span.clone(), message, said!("{most} cells at most", most = WIDEST));
        }
        words
    }

    fn scene(&mut self, prose: &Prose, span: Range<usize>) {
        // Words before the first scene are the lesson's own, unless steps came before it.
        if self.lesson.steps.is_empty() && self.lesson.scenes.is_empty() {
            self.lesson.intro = std::mem::take(&mut self.pending.narration);
            self.lesson.intro_more = std::mem::take(&mut self.pending.more);
        }
        let (title, first) = (self.heading(prose, &span), self.lesson.steps.len());
        let place = self.source.place(span);
        self.lesson.scenes.push(Scene { title, first, place });
        self.last = Last::Nothing;
    }

    fn quote(&mut self, prose: Vec<Prose>, span: Range<usize>) {
        match self.last {
            Last::Words => self.pending.more.extend(prose),
            Last::Expect { since } => {
                let Some(step) = self.lesson.steps.last_mut() else { return };
                let conclusion =
                    step.conclusion.get_or_insert(Conclusion { since, words: Vec::new() });
                conclusion.since = conclusion.since.min(since);
                conclusion.words.extend(prose);
            }
            Last::Nothing | Last::Fence => {
                let line = span.start..span.start + 1;
                self.trouble(line, said!("a `>` that belongs to nothing"),
                    said!("it behind a paragraph (the longer version), or behind a fence that ends in `expect` (a conclusion)"));
            }
        }
    }

    fn fence(&mut self, fence: &Fence) {
        let text = &self.source.text;
        let info = &text[fence.info.clone()];
        let mut words = Words::new(info);
        let kind = words.peek().map_or("", |word| word.text).to_owned();
        let body = text[fence.body.clone()].to_owned();
        self.last = Last::Fence;
        let (before, first) = (self.together.take(), self.lesson.steps.len());
        let together = info.split_whitespace().skip(1).last() == Some(TOGETHER);
        match kind.as_str() {
            "c" => {
                words.take("c");
                self.c_fence(words, fence, &body);
            }
            "lab" => {
                words.take("lab");
                words.take(TOGETHER);
                if let Err(trouble) = words.end() {
                    self.troubles.push(trouble.at(fence.info.start));
                }
                self.last = self.lab_fence(fence.body.start, &body);
            }
            other => {
                let at = fence.info.start + info.len() - info.trim_start().len();
                let message = match other {
                    "" => said!("a fence of nothing"),
                    other => said!("a fence of {shown}", shown = quoted(other)),
                };
                let word = Word { text: other, span: at..at + other.len() };
                self.troubles.push(
                    Trouble::new(word.span, message)
                        .expected(said!("`c NAME` or `lab`, in small letters")),
                );
            }
        }
        if together {
            self.join(before.unwrap_or(first));
        }
    }

    /// A mark without words is done with the step behind it, if there is one.
    fn join_marks(&mut self) {
        let before_last = self.lesson.steps.len().saturating_sub(1);
        for step in self.lesson.steps.iter_mut().take(before_last) {
            step.joined |= step.is_bare_mark();
        }
    }

    /// Makes one step of all from the one at `first` on.
    pub fn join(&mut self, first: usize) {
        // A mark at the end belongs to what follows, whatever that is.
        let end = self.lesson.steps.iter().rposition(|step| !step.is_bare_mark());
        let Some(last) = end.filter(|last| *last >= first) else { return };
        for step in self.lesson.steps.iter_mut().take(last).skip(first) {
            step.joined = true;
        }
        self.together = Some(last);
    }

    /// Whether the lesson is longer than any lesson is.
    pub fn is_full(&mut self, span: &Range<usize>) -> bool {
        let full = self.lesson.steps.len() >= STEPS || self.checks >= CHECKS;
        if full && !std::mem::replace(&mut self.too_much, true) {
            let expected = said!(
                "{steps} steps and {checks} expectations at most",
                steps = STEPS,
                checks = CHECKS
            );
            self.troubles
                .push(Trouble::new(span.clone(), said!("too long a lesson")).expected(expected));
        }
        full
    }

    /// Adds a step, to which all that waited belongs.
    pub fn step(&mut self, does: Does, span: Range<usize>, code: String) {
        let index = self.lesson.steps.len();
        if self.is_full(&span) {
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let question = pending.question.map(|(span, items)| {
            let place = self.source.place(span);
            if let Some((_, earlier)) = self.open.replace((index, items)) {
                self.trouble(
                    earlier[0].fact_span.clone(),
                    said!("this question is never judged"),
                    said!("an `expect` before the next question"),
                );
            }
            Question { choices: Vec::new(), judged: index, place }
        });
        let place = self.source.place(span);
        self.lesson.steps.push(Step {
            scene: self.lesson.scenes.len().checked_sub(1),
            narration: pending.narration,
            more: pending.more,
            question,
            answers: misconceptions(self.source, pending.answers),
            does,
            joined: false,
            checks: Vec::new(),
            conclusion: None,
            place,
            code,
        });
    }

    fn finish(mut self) -> Lesson {
        self.join_marks();
        if let Some((_, items)) = self.open.take() {
            self.trouble(
                items[0].fact_span.clone(),
                said!("this question is never judged"),
                said!("an `expect` behind the step that follows it"),
            );
        }
        if let Some((_, items)) = self.pending.question.take() {
            self.trouble(
                items[0].fact_span.clone(),
                said!("a question without a step"),
                said!("a step behind it, and an `expect`"),
            );
        }
        if let Some((_, span)) = self.pending.answers.first().cloned() {
            self.trouble(span, said!("an answer without a step"), said!("a step behind it"));
        }
        if self.lesson.title.is_empty() {
            self.lesson.title = self.lesson.id.clone();
        }
        if self.lesson.steps.is_empty() && self.troubles.is_empty() {
            let end = self.source.text.trim_end().len();
            self.trouble(
                end..end,
                said!("the lesson does nothing"),
                said!("a fence, such as ```` ```c server ````"),
            );
        }
        self.lesson.closing = self.pending.narration;
        self.lesson.closing.append(&mut self.pending.more);
        self.lesson
    }
}

/// The numbers with their places.
fn misconceptions(source: &Source, numbers: Vec<(u32, Range<usize>)>) -> Vec<Misconception> {
    let placed = numbers.into_iter();
    placed.map(|(number, span)| Misconception { number, place: source.place(span) }).collect()
}
