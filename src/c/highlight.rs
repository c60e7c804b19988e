//! Colours for C, by the same tokens that the parser sees.

use std::ops::Range;

use super::calls::call_named;
use super::constants;
use super::lexer::{Kind, Token, tokens};
use super::parser::KEYWORDS;
use super::types::INTS;

/// What a piece of C is, for colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Class {
    /// `if`, `return`, `sizeof`.
    Keyword,
    /// `int`, `socklen_t`, and the name behind `struct`.
    Type,
    /// A function that goes to the kernel.
    SystemCall,
    /// Any other function where it is called.
    Function,
    /// A constant of the headers: `AF_INET`, `EAGAIN`, `NULL`.
    Constant,
    /// Any other name.
    Name,
    /// A number.
    Number,
    /// A string or a character.
    Text,
    /// A comment.
    Comment,
    /// A preprocessor line.
    Directive,
    /// An operator or a bracket.
    Mark,
    /// No C.
    Bad,
}

/// Words of types that are keywords too.
const TYPE_WORDS: [&str; 10] =
    ["int", "char", "short", "long", "unsigned", "signed", "void", "struct", "union", "_Bool"];

/// Every token of `source` with its class, in order; white space belongs to none.
pub fn highlight(source: &str) -> Vec<(Range<usize>, Class)> {
    let all = tokens(source);
    let class = |at: usize| match all[at].kind {
        Kind::Word => word(source, &all, at),
        Kind::Number => Class::Number,
        Kind::Text | Kind::Letter => Class::Text,
        Kind::Mark => Class::Mark,
        Kind::LineComment | Kind::BlockComment => Class::Comment,
        Kind::Directive => Class::Directive,
        Kind::Bad(_) => Class::Bad,
    };
    (0..all.len()).map(|at| (all[at].span(), class(at))).collect()
}

fn word(source: &str, all: &[Token], at: usize) -> Class {
    let text = all[at].text(source);
    let near =
        |at: Option<usize>| at.and_then(|at| all.get(at)).map_or("", |token| token.text(source));
    let before = near(at.checked_sub(1));
    let is_type = TYPE_WORDS.contains(&text)
        || INTS.iter().any(|int| int.name == text)
        || matches!(before, "struct" | "union" | "enum")
        || matches!(text, "fd_set" | "FILE");
    if is_type {
        Class::Type
    } else if KEYWORDS.contains(&text) {
        Class::Keyword
    } else if near(at.checked_add(1)) == "(" {
        match call_named(text) {
            Some(call) if call.is_system_call() => Class::SystemCall,
            Some(_) | None => Class::Function,
        }
    } else if !matches!(before, "." | "->") && constants::typed(text).is_some() {
        Class::Constant
    } else {
        Class::Name
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn each_token_has_its_class() {
        let source = "struct linger l; n = recv(fd, buf, 5, MSG_PEEK); // = 5";
        let classes: Vec<(&str, Class)> =
            highlight(source).into_iter().map(|(span, class)| (&source[span], class)).collect();
        for wanted in [
            ("struct", Class::Type),
            ("linger", Class::Type),
            ("recv", Class::SystemCall),
            ("fd", Class::Name),
            ("5", Class::Number),
            ("MSG_PEEK", Class::Constant),
            ("// = 5", Class::Comment),
        ] {
            assert!(classes.contains(&wanted), "{wanted:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_can_be_coloured(source in "\\PC*|[ -~\n]*") {
            highlight(&source);
        }
    }
}
