//! C that was typed and refused: what is wrong with it, and where in what was typed.

use std::ops::Range;

use crate::model::Said;
use crate::session::SessionError;

/// What was typed, and the C it stood for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submitted {
    /// As it was typed.
    pub text: String,
    /// As it was run.
    pub code: String,
}

/// What is wrong with typed C, and where in it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TypedError {
    /// The bytes of the text.
    pub span: Range<usize>,
    /// What is wrong.
    pub message: Said,
    /// What to write instead.
    pub help: Option<Said>,
}

impl Submitted {
    /// What is wrong with it, if it is the C.
    pub fn wrong(&self, error: &SessionError) -> Option<TypedError> {
        let SessionError::Typed { span, message, help } = error else { return None };
        let span = place(span, &self.code, &self.text);
        Some(TypedError { span, message: message.clone(), help: help.clone() })
    }
}

/// Where in `text` that is which stands at `span` of `code`, the C that `text` is short for: a
/// declaration may stand before it, an address is written out, a `;` put in. What is in no part
/// that both have is meant by what is short.
fn place(span: &Range<usize>, code: &str, text: &str) -> Range<usize> {
    let same = |tail: &str| tail.bytes().zip(text.bytes()).take_while(|(a, b)| a == b).count();
    let starts = std::iter::once(0).chain(code.match_indices('\n').map(|(at, _)| at + 1));
    let start = starts.max_by_key(|start| same(&code[*start..])).unwrap_or(0);
    let head = same(&code[start..]);
    let tails = code.bytes().rev().zip(text.bytes().rev());
    let tail = tails.take_while(|(a, b)| a == b).count().min(text.len() - head);
    let within = |at: usize| match at.checked_sub(start) {
        Some(at) if at <= head => at,
        _ if at + tail >= code.len() => at + text.len() - code.len().min(at + text.len()),
        Some(_) => text.len() - tail,
        None => head,
    };
    let from = within(span.start).min(text.len());
    from..within(span.end).clamp(from, text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_is_found_in_the_text_as_it_was_typed() {
        let at = |text: &str, code: &str, what: &str| {
            let start = code.rfind(what).expect("it is in the code");
            let found = place(&(start..start + what.len()), code, text);
            text[found].to_owned()
        };
        assert_eq!(at("lisen(fd, 5)", "lisen(fd, 5);", "lisen"), "lisen");
        let (text, code) = ("bind(fx, *:80); x", "int a;\nbind(fx, &a, 16); x;");
        assert_eq!(at(text, code, "fx"), "fx");
        assert_eq!(at(text, code, "bind"), "bind");
        assert_eq!(at("a;\nb(*:80)", "int q;\na;\nb(&q);", "a"), "a");
        assert_eq!(place(&(0..3), "int a;\nbind(fd, &a)", "bind(fd, *:80)"), 9..9);
    }

    proptest::proptest! {
        #[test]
        fn every_place_lies_within_what_was_typed(
            text in "[ab;套\n]{0,12}", code in "[ab;套\n]{0,16}", from in 0..20usize, to in 0..20usize,
        ) {
            let found = place(&(from..to), &code, &text);
            assert!(found.start <= found.end && found.end <= text.len());
        }
    }
}
