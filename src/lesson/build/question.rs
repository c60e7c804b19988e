//! Questions: asked before a step, judged at the next `expect`.

use std::ops::Range;

use super::super::diagnostic::Trouble;
use super::super::fact::read_fact;
use super::super::markdown::Item;
use super::super::step::Choice;
use super::{Builder, Last};
use crate::model::said;

/// Fewest and most choices of a question.
const CHOICES: std::ops::RangeInclusive<usize> = 2..=6;

impl Builder<'_> {
    pub fn question(&mut self, items: Vec<Item>, span: Range<usize>) {
        self.last = Last::Words;
        if self.pending.question.is_some() {
            return self.trouble(
                items[0].fact_span.clone(),
                said!("a second question before one step"),
                said!("a step between them"),
            );
        }
        if !CHOICES.contains(&items.len()) {
            let expected =
                said!("{start} to {end} choices", start = CHOICES.start(), end = CHOICES.end());
            self.troubles.push(
                Trouble::new(
                    items[0].fact_span.clone(),
                    said!("a question needs something to choose from"),
                )
                .expected(expected),
            );
            return;
        }
        self.pending.question = Some((span, items));
    }

    /// The open question is judged behind the last step: now its facts must be readable.
    pub fn judge(&mut self) {
        if let Some((_, items)) = self.pending.question.take() {
            let span = items[0].fact_span.clone();
            return self.trouble(
                span,
                said!("a question without a step before its `expect`"),
                said!("a step between the choices and the `expect`"),
            );
        }
        let Some((asked, items)) = self.open.take() else { return };
        let mut choices: Vec<Choice> = Vec::new();
        for item in items {
            let read = read_fact(&item.fact);
            let base = item.fact_span.start;
            match read {
                Ok((fact, _)) if choices.iter().any(|choice| choice.fact == fact) => {
                    self.trouble(
                        item.fact_span,
                        said!("the same fact twice in one question"),
                        said!("choices of which exactly one can be true"),
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
}
