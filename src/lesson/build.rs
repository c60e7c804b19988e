//! Blocks → a lesson.

use std::ops::Range;

use super::cast::{Cast, Life};
use super::diagnostic::Trouble;
use super::fence_c;
use super::front::Front;
use super::markdown::{Block, BlockKind, Fence, Item};
use super::prose::Prose;
use super::source::Source;
use super::step::{
    Choice, Code, Conclusion, Does, Expectation, Lesson, Line, Question, Scene, Step,
};
use super::words::{Word, Words, quoted};
use crate::model::ProcessName;

/// Most steps of a lesson.
const STEPS: usize = 2_000;
/// Fewest and most choices of a question.
const CHOICES: std::ops::RangeInclusive<usize> = 2..=6;

/// Builds the lesson that the blocks tell. Spans in `troubles` are bytes of the source.
pub fn build(
    source: &Source,
    front: Front,
    blocks: Vec<Block>,
    troubles: &mut Vec<Trouble>,
) -> Lesson {
    let start = blocks.first().map_or(source.text.len(), |block| block.span.start);
    let mut builder = Builder::new(source, front, start, troubles);
    for block in &blocks {
        builder.block(block.clone());
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
    /// Where the Markdown begins.
    start: usize,
    titled: bool,
    too_many: bool,
}

/// Words and a question that wait for the next step.
#[derive(Default)]
struct Pending {
    narration: Vec<Prose>,
    more: Vec<Prose>,
    question: Option<(Range<usize>, Vec<Item>)>,
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
    fn new(source: &'a Source, front: Front, start: usize, troubles: &'a mut Vec<Trouble>) -> Self {
        let cast = Cast::new(&front.spec);
        let lesson = Lesson {
            source: source.clone(),
            id: front.id,
            chapter: front.chapter,
            minutes: front.minutes,
            spec: front.spec,
            show: front.show,
            misconceptions: front.misconceptions,
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
            start,
            titled: false,
            too_many: false,
        }
    }

    pub fn trouble(&mut self, span: Range<usize>, message: &str, expected: &str) {
        self.troubles.push(Trouble::new(span, message).expected(expected));
    }

    fn block(&mut self, block: Block) {
        let span = block.span;
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
        }
    }

    fn title(&mut self, prose: &Prose, span: Range<usize>) {
        if self.titled {
            return self.trouble(span, "a second title", "`##` for a scene");
        }
        self.lesson.title = prose.plain();
        self.titled = true;
        self.last = Last::Nothing;
    }

    fn scene(&mut self, prose: &Prose, span: Range<usize>) {
        // Words before the first scene are the lesson's own, unless steps came before it.
        if self.lesson.steps.is_empty() && self.lesson.scenes.is_empty() {
            self.lesson.intro = std::mem::take(&mut self.pending.narration);
            self.lesson.intro_more = std::mem::take(&mut self.pending.more);
        }
        let (title, first) = (prose.plain(), self.lesson.steps.len());
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
                self.trouble(line, "a `>` that belongs to nothing",
                    "it behind a paragraph (the longer version), or behind a fence that ends in `expect` (a conclusion)");
            }
        }
    }

    fn question(&mut self, items: Vec<Item>, span: Range<usize>) {
        self.last = Last::Words;
        if self.pending.question.is_some() {
            return self.trouble(
                items[0].fact_span.clone(),
                "a second question before one step",
                "a step between them",
            );
        }
        if !CHOICES.contains(&items.len()) {
            let expected = format!("{} to {} choices", CHOICES.start(), CHOICES.end());
            self.troubles.push(
                Trouble::new(
                    items[0].fact_span.clone(),
                    "a question needs something to choose from",
                )
                .expected(expected),
            );
        }
        self.pending.question = Some((span, items));
    }

    fn fence(&mut self, fence: &Fence) {
        let text = &self.source.text;
        let info = &text[fence.info.clone()];
        let mut words = Words::new(info);
        let kind = words.peek().map_or("", |word| word.text).to_owned();
        let body = text[fence.body.clone()].to_owned();
        self.last = Last::Fence;
        match kind.as_str() {
            "c" => {
                words.take("c");
                self.c_fence(words, fence, &body);
            }
            "lab" => {
                words.take("lab");
                if let Err(trouble) = words.end() {
                    self.troubles.push(trouble.at(fence.info.start));
                }
                self.last = self.lab_fence(fence.body.start, &body);
            }
            other => {
                let at = fence.info.start + info.len() - info.trim_start().len();
                let shown = if other.is_empty() { "nothing".into() } else { quoted(other) };
                let message = format!("a fence of {shown}");
                let word = Word { text: other, span: at..at + other.len() };
                self.troubles.push(
                    Trouble::new(word.span, message)
                        .expected("`c NAME` or `lab`, in small letters"),
                );
            }
        }
    }

    /// C for one process, or for several in turn.
    fn c_fence(&mut self, mut words: Words, fence: &Fence, body: &str) {
        let base = fence.info.start;
        let end = fence.info.end;
        let mut names: Vec<ProcessName> = Vec::new();
        while let Some(word) = words.peek() {
            words.skip_to(word.span.end);
            let span = word.span.start + base..word.span.end + base;
            match ProcessName::parse(word.text) {
                Some(name) if names.contains(&name) => {
                    self.trouble(span, "the same process twice", "each name once");
                }
                Some(name) => {
                    if self.can_evaluate(&name, span) {
                        names.push(name);
                    }
                }
                None => self.troubles.push(word.instead_of("the name of a process").at(base)),
            }
        }
        if names.is_empty() {
            if self.source.text[base..end].trim() == "c" {
                self.trouble(end..end, "whose C is this?", "`c NAME`, such as `c server`");
            }
            return;
        }
        let mut reported = None;
        for name in names {
            let Some(person) = self.cast.find(&name) else { continue };
            if person.spoiled {
                continue;
            }
            match fence_c::read(body, &person.scope) {
                Ok(read) => self.c_steps(&name, read, fence.body.start),
                Err(found) => {
                    person.spoiled = true;
                    if reported.as_ref() != Some(&found) {
                        let found = found.iter().map(|one| one.clone().at(fence.body.start));
                        self.troubles.extend(found);
                    }
                    reported = Some(found);
                }
            }
        }
    }

    /// Whether a process is there to evaluate C.
    fn can_evaluate(&mut self, name: &ProcessName, span: Range<usize>) -> bool {
        let life = self.cast.find(name).map(|person| person.life.clone());
        let (message, expected) = match life {
            Some(Life::Alive) => return true,
            Some(Life::Command) => (
                format!("`{name}` is a command of this machine"),
                "a process that sockstep runs".to_owned(),
            ),
            Some(Life::Dead(line)) => {
                (format!("`{name}` is dead since `{line}`"), format!("`spawn {name} @HOST` first"))
            }
            None => (format!("there is no process `{name}`"), self.cast.everyone(name)),
        };
        self.troubles.push(Trouble::new(span, message).expected(expected));
        false
    }

    fn c_steps(&mut self, process: &ProcessName, read: fence_c::Fence, base: usize) {
        for group in read.groups {
            let code = group.statements.last().map_or(String::new(), |(s, _)| s.code.clone());
            let mut lines = Vec::new();
            if let Some(person) = self.cast.find(process) {
                person.scope = group.scope.clone();
            }
            for (statement, expectations) in group.statements {
                let span = statement.span.start + base..statement.span.end + base;
                self.follow(process, &expectations, &span);
                let place = self.source.place(span);
                lines.push(Line { statement, expectations, place });
            }
            let place = group.span.start + base..group.span.end + base;
            let code_of = Code { process: process.clone(), lines, scope: group.scope };
            self.step(Does::C(code_of), place, code);
        }
        if let Some(person) = self.cast.find(process) {
            person.scope = read.scope;
        }
    }

    /// What a statement means for who is there.
    fn follow(&mut self, process: &ProcessName, expectations: &[Expectation], span: &Range<usize>) {
        let code = &self.source.text[span.clone()];
        let mut child = None;
        for one in expectations {
            if let Expectation::Child(name) = one {
                child = Some(name.clone());
            }
        }
        if let Some(child) = &child {
            let taken = self.cast.find(child).map(|person| person.life.clone());
            if matches!(taken, Some(Life::Alive | Life::Command)) {
                let message = format!("there is a process `{child}` already");
                self.troubles.push(Trouble::new(span.clone(), message).expected("another name"));
                return;
            }
        }
        if fence_c::forks(code) {
            if child.is_none() && code.contains('{') {
                self.cast.may_fork(process);
            } else {
                self.cast.fork(process, child.as_ref());
            }
        }
        if expectations.iter().any(|one| matches!(one, Expectation::Killed(_))) {
            if let Some(person) = self.cast.find(process) {
                person.life = Life::Dead(code.to_owned());
            }
        }
    }

    /// Adds a step, to which all that waited belongs.
    pub fn step(&mut self, does: Does, span: Range<usize>, code: String) {
        let index = self.lesson.steps.len();
        if index >= STEPS {
            if !std::mem::replace(&mut self.too_many, true) {
                let expected = format!("{STEPS} steps at most");
                self.troubles.push(Trouble::new(span, "too many steps").expected(expected));
            }
            return;
        }
        let pending = std::mem::take(&mut self.pending);
        let question = pending.question.map(|(span, items)| {
            let place = self.source.place(span);
            if let Some((_, earlier)) = self.open.replace((index, items)) {
                self.trouble(
                    earlier[0].fact_span.clone(),
                    "this question is never judged",
                    "an `expect` before the next question",
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
            does,
            checks: Vec::new(),
            conclusion: None,
            place,
            code,
        });
    }

    /// The open question is judged behind the last step: now its facts must be readable.
    pub fn judge(&mut self) {
        if let Some((_, items)) = self.pending.question.take() {
            let span = items[0].fact_span.clone();
            return self.trouble(
                span,
                "a question without a step before its `expect`",
                "a step between the choices and the `expect`",
            );
        }
        let Some((asked, items)) = self.open.take() else { return };
        let mut choices: Vec<Choice> = Vec::new();
        for item in items {
            let read = super::fact_read::read_fact(&item.fact);
            let base = item.fact_span.start;
            match read {
                Ok((fact, _)) if choices.iter().any(|choice| choice.fact == fact) => {
                    self.trouble(
                        item.fact_span,
                        "the same fact twice in one question",
                        "choices of which exactly one can be true",
                    );
                }
                Ok((fact, mentions)) => {
                    let mut found = Vec::new();
                    self.cast.check(&mentions, &mut found);
                    self.troubles.extend(found.into_iter().map(|one| one.at(base)));
                    let place = self.source.place(item.fact_span);
                    choices.push(Choice { fact, words: item.words, place });
                }
                Err(trouble) => self.troubles.push(trouble.at(base)),
            }
        }
        let judged = self.lesson.steps.len() - 1;
        if let Some(question) = self.lesson.steps.get_mut(asked).and_then(|s| s.question.as_mut()) {
            question.choices = choices;
            question.judged = judged;
        }
    }

    fn finish(mut self) -> Lesson {
        if let Some((_, items)) = self.open.take() {
            self.trouble(
                items[0].fact_span.clone(),
                "this question is never judged",
                "an `expect` behind the step that follows it",
            );
        }
        if let Some((_, items)) = self.pending.question.take() {
            self.trouble(
                items[0].fact_span.clone(),
                "a question without a step",
                "a step behind it, and an `expect`",
            );
        }
        if !self.titled {
            let start = self.start;
            self.trouble(start..start, "the lesson has no title", "a line `# Title`");
        }
        let scenes = self.lesson.scenes.clone();
        let ends = scenes.iter().skip(1).map(|scene| scene.first).chain([self.lesson.steps.len()]);
        for (scene, end) in scenes.iter().zip(ends) {
            if scene.first == end && self.troubles.is_empty() {
                self.trouble(scene.place.span.clone(), "a scene without a step", "a fence in it");
            }
        }
        if self.lesson.steps.is_empty() && self.troubles.is_empty() {
            let end = self.source.text.trim_end().len();
            self.trouble(
                end..end,
                "the lesson does nothing",
                "a fence, such as ```` ```c server ````",
            );
        }
        self.lesson.closing = self.pending.narration;
        self.lesson.closing.append(&mut self.pending.more);
        self.lesson
    }
}
