//! Comments: notes for the teacher, and the marks that say what a step answers.

use std::ops::Range;

use super::super::words::Words;
use super::{BlockKind, Reader, first_line};
use crate::model::{Said, said};

/// That HTML stands where none can.
pub(super) fn no_html() -> Said {
    said!("HTML means nothing here")
}

/// What a mark looks like.
fn form() -> Said {
    said!(
        "`<!-- answers 5 -->` or `<!-- answers 5, 18 -->`: numbers of the list in \
         docs/coverage.md; any other comment begins with another word"
    )
}

impl Reader<'_, '_> {
    /// HTML: comments, and nothing else.
    pub(super) fn html(&mut self, span: Range<usize>) {
        self.skip();
        let mut at = span.start;
        while at < span.end {
            let rest = &self.text[at..span.end];
            let start = at + (rest.len() - rest.trim_start().len());
            let rest = rest.trim_start();
            if rest.is_empty() {
                return;
            }
            if !rest.starts_with("<!--") {
                let line = first_line(self.text, &(start..span.end));
                let hidden = start > span.start;
                let message = match hidden {
                    true => said!("words behind a comment would be hidden"),
                    false => no_html(),
                };
                return self.trouble(
                    line,
                    message,
                    said!("Markdown; a comment stands alone on its lines"),
                );
            }
            match rest.find("-->") {
                Some(end) => {
                    self.comment(start, &self.text[start + 4..start + end.max(4)]);
                    at = start + end + 3;
                }
                None => {
                    return self.trouble(
                        start..start + 4,
                        said!("the comment does not end"),
                        said!("`-->`"),
                    );
                }
            }
        }
    }

    /// A comment that begins with the word `answers` is a mark; all others are for the teacher.
    fn comment(&mut self, start: usize, inside: &str) {
        let base = start + 4;
        let mut words = Words::new(inside);
        if !words.take("answers") {
            return;
        }
        let list = words.rest();
        let mut numbers = Vec::new();
        let mut at = base + list.span.start;
        for piece in list.text.split(',') {
            let begin = at + (piece.len() - piece.trim_start().len());
            let span = begin..begin + piece.trim().len();
            at += piece.len() + 1;
            let plain = piece.trim().bytes().all(|byte| byte.is_ascii_digit());
            match piece.trim().parse() {
                Ok(number @ 1..=999) if plain => numbers.push((number, span)),
                Ok(_) | Err(_) => return self.trouble(span, said!("this answers nothing"), form()),
            }
        }
        self.add(BlockKind::Answers(numbers), start..start + 4 + inside.len() + 3);
    }
}
