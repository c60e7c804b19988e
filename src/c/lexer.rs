//! Text → tokens. The one lexer serves parsing, highlighting, completion and argument help, so
//! it never fails: what is no C becomes a token that says why.

use std::ops::Range;

use crate::model::{Said, said};

/// What kind of token it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A name or a keyword.
    Word,
    /// A number as C's preprocessor sees it: digits, letters and dots (`10`, `0x1fUL`, and also
    /// `198.51.100.1`, which only the prompt understands).
    Number,
    /// A `"string"`.
    Text,
    /// A `'c'`.
    Letter,
    /// An operator or a bracket.
    Mark,
    /// A comment from `//` to the end of the line.
    LineComment,
    /// A comment between `/*` and `*/`.
    BlockComment,
    /// A preprocessor line, from `#` to the end of the line.
    Directive,
    /// No C; the reason why.
    Bad(Bad),
}

/// Why a token is no C.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bad {
    /// A comment without its end.
    Comment,
    /// A string without its end.
    Text,
    /// A character constant without its end.
    Letter,
    /// A character that nothing in C begins with.
    Character,
}

impl Bad {
    /// The reason in words.
    pub(super) fn said(self) -> Said {
        match self {
            Bad::Comment => said!("a comment that begins with /* needs a */"),
            Bad::Text => said!("a string that begins with \" needs a \" on the same line"),
            Bad::Letter => said!("a character that begins with ' needs a ' on the same line"),
            Bad::Character => said!("this character has no meaning in C"),
        }
    }
}

/// One token and its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Token {
    /// Its kind.
    pub kind: Kind,
    /// Its first byte in the source.
    pub start: usize,
    /// The byte behind its last one.
    pub end: usize,
}

impl Token {
    /// Its bytes in the source.
    pub fn span(&self) -> Range<usize> {
        self.start..self.end
    }

    /// Its text, given the source it came from.
    pub fn text<'a>(&self, source: &'a str) -> &'a str {
        &source[self.span()]
    }

    /// Whether it is a comment.
    pub fn is_comment(&self) -> bool {
        matches!(self.kind, Kind::LineComment | Kind::BlockComment)
    }
}

/// Every operator and bracket of C, longest first.
const MARKS: [&str; 48] = [
    "<<=", ">>=", "...", "->", "++", "--", "<<", ">>", "<=", ">=", "==", "!=", "&&", "||", "+=",
    "-=", "*=", "/=", "%=", "&=", "|=", "^=", "##", "+", "-", "*", "/", "%", "&", "|", "^", "~",
    "!", "<", ">", "=", "?", ":", ".", ",", ";", "(", ")", "{", "}", "[", "]", "#",
];

/// All tokens of `source`, in order. Between them there is only white space.
pub fn tokens(source: &str) -> Vec<Token> {
    let bytes = source.as_bytes();
    let mut tokens = Vec::new();
    let mut start = 0;
    // Whether only white space stands before us on this line: there a `#` begins a directive.
    let mut line_is_empty = true;
    while let Some(&byte) = bytes.get(start) {
        if byte.is_ascii_whitespace() {
            line_is_empty |= byte == b'\n';
            start += 1;
            continue;
        }
        let (kind, length) = token(&source[start..], line_is_empty);
        tokens.push(Token { kind, start, end: start + length });
        start += length;
        line_is_empty &= kind == Kind::BlockComment;
    }
    tokens
}

/// The token that `rest` begins with, and its length in bytes (at least one character).
fn token(rest: &str, line_is_empty: bool) -> (Kind, usize) {
    let bytes = rest.as_bytes();
    let second = bytes.get(1).copied().unwrap_or(0);
    match bytes[0] {
        b'/' if second == b'/' => (Kind::LineComment, line(rest)),
        b'/' if second == b'*' => match rest[2..].find("*/") {
            Some(end) => (Kind::BlockComment, end + 4),
            None => (Kind::Bad(Bad::Comment), rest.len()),
        },
        b'#' if line_is_empty => (Kind::Directive, directive(rest)),
        b'"' => quoted(rest, '"'),
        b'\'' => quoted(rest, '\''),
        b'0'..=b'9' => (Kind::Number, number(bytes)),
        b'.' if second.is_ascii_digit() => (Kind::Number, number(bytes)),
        byte if is_word(byte) => {
            (Kind::Word, bytes.iter().take_while(|byte| is_word(**byte)).count())
        }
        _ => match MARKS.iter().find(|mark| rest.starts_with(**mark)) {
            Some(mark) => (Kind::Mark, mark.len()),
            None => {
                let length = rest.chars().next().map_or(1, char::len_utf8);
                (Kind::Bad(Bad::Character), length)
            }
        },
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// The length up to the end of the line.
fn line(rest: &str) -> usize {
    rest.find('\n').unwrap_or(rest.len())
}

/// The length of a directive: a comment ends it, a backslash at the end of a line does not.
fn directive(rest: &str) -> usize {
    let mut quote = None;
    let mut last = '\0';
    for (at, c) in rest.char_indices() {
        let behind = &rest[at..];
        match (quote, c) {
            (_, '\n') if last != '\\' => return rest[..at].trim_end().len(),
            (None, '/') if behind.starts_with("//") || behind.starts_with("/*") => {
                return rest[..at].trim_end().len();
            }
            (None, '"' | '\'') => quote = Some(c),
            (Some(open), c) if c == open && last != '\\' => quote = None,
            _ => {}
        }
        // The carriage return of a Windows line does not come between.
        if c != '\r' {
            last = c;
        }
    }
    rest.trim_end().len()
}

/// The length of a number as C's preprocessor sees one.
fn number(bytes: &[u8]) -> usize {
    bytes.iter().take_while(|byte| is_word(**byte) || **byte == b'.').count()
}

/// A string or a character, which must end on its line.
fn quoted(rest: &str, quote: char) -> (Kind, usize) {
    let mut escaped = false;
    for (at, c) in rest.char_indices().skip(1) {
        match c {
            '\n' => return (unended(quote), at),
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            c if c == quote => {
                return (if quote == '"' { Kind::Text } else { Kind::Letter }, at + 1);
            }
            _ => {}
        }
    }
    (unended(quote), rest.len())
}

fn unended(quote: char) -> Kind {
    Kind::Bad(if quote == '"' { Bad::Text } else { Bad::Letter })
}

/// The bytes that the inside of a string or character stands for (C11 6.4.4.4), or the place in
/// `inside` and the reason where an escape is none.
pub fn unescape(inside: &str) -> Result<Vec<u8>, (usize, Said)> {
    let bytes = inside.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        if bytes[at] != b'\\' {
            out.push(bytes[at]);
            at += 1;
            continue;
        }
        let (byte, length) = escape(&bytes[at + 1..]).map_err(|reason| (at, reason))?;
        out.push(byte);
        at += 1 + length;
    }
    Ok(out)
}

/// The byte behind a backslash, and how many bytes were read for it.
fn escape(rest: &[u8]) -> Result<(u8, usize), Said> {
    let first = *rest.first().ok_or_else(|| said!("a backslash needs a letter behind it"))?;
    let simple = match first {
        b'n' => b'\n',
        b't' => b'\t',
        b'r' => b'\r',
        b'a' => 7,
        b'b' => 8,
        b'v' => 11,
        b'f' => 12,
        b'e' => 27,
        b'\\' | b'"' | b'\'' | b'?' => first,
        b'0'..=b'7' => return octal(rest),
        b'x' => return hexadecimal(rest),
        _ => {
            return Err(said!(
                "C has no such escape; \\n, \\t, \\r, \\0, \\\\, \\\" and \\xff are some"
            ));
        }
    };
    Ok((simple, 1))
}

fn octal(rest: &[u8]) -> Result<(u8, usize), Said> {
    let digits = rest.iter().take(3).take_while(|byte| (b'0'..=b'7').contains(*byte)).count();
    let value = rest[..digits].iter().fold(0u32, |value, byte| value * 8 + u32::from(byte - b'0'));
    let byte = u8::try_from(value).map_err(|_| said!("a byte is at most \\377"))?;
    Ok((byte, digits))
}

fn hexadecimal(rest: &[u8]) -> Result<(u8, usize), Said> {
    let digits = rest[1..].iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    if digits == 0 {
        return Err(said!("\\x needs hexadecimal digits behind it"));
    }
    let value = rest[1..=digits]
        .iter()
        .try_fold(0u8, |value, byte| {
            let digit =
                char::from(*byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())?;
            value.checked_mul(16)?.checked_add(digit)
        })
        .ok_or_else(|| said!("a byte is at most \\xff"))?;
    Ok((value, digits + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn texts(source: &str) -> Vec<(Kind, &str)> {
        tokens(source).iter().map(|token| (token.kind, token.text(source))).collect()
    }

    #[test]
    fn a_call_falls_into_its_parts() {
        assert_eq!(
            texts("n += recv(fd, \"a\\\"b\", 0x10UL, 0); // = 3"),
            [
                (Kind::Word, "n"),
                (Kind::Mark, "+="),
                (Kind::Word, "recv"),
                (Kind::Mark, "("),
                (Kind::Word, "fd"),
                (Kind::Mark, ","),
                (Kind::Text, "\"a\\\"b\""),
                (Kind::Mark, ","),
                (Kind::Number, "0x10UL"),
                (Kind::Mark, ","),
                (Kind::Number, "0"),
                (Kind::Mark, ")"),
                (Kind::Mark, ";"),
                (Kind::LineComment, "// = 3"),
            ]
        );
    }

    #[test]
    fn a_directive_is_one_token_without_its_comment() {
        assert_eq!(
            texts("#define PORT 8080 // the port\n  #include <x.h>\na # b"),
            [
                (Kind::Directive, "#define PORT 8080"),
                (Kind::LineComment, "// the port"),
                (Kind::Directive, "#include <x.h>"),
                (Kind::Word, "a"),
                (Kind::Mark, "#"),
                (Kind::Word, "b"),
            ]
        );
        assert_eq!(texts("#define A \\\n 3\nb").len(), 2);
        assert_eq!(texts("#define URL \"http://x\" // y")[0].1, "#define URL \"http://x\"");
    }

    #[test]
    fn what_is_no_c_says_why() {
        for (source, bad) in [("\"abc\nd", "\"abc"), ("'x", "'x"), ("/* x", "/* x"), ("é", "é")] {
            let (kind, text) = texts(source)[0];
            assert!(matches!(kind, Kind::Bad(_)), "{source}");
            assert_eq!(text, bad);
        }
    }

    #[test]
    fn escapes_become_their_bytes() {
        assert_eq!(unescape("a\\n\\0\\x41\\377\\1012").as_deref(), Ok(&b"a\n\0A\xffA2"[..]));
        assert_eq!(unescape("监").as_deref(), Ok("监".as_bytes()));
        for wrong in ["\\q", "\\", "\\x", "\\xfff", "\\777"] {
            assert!(unescape(wrong).is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn any_text_falls_into_tokens_with_only_white_space_between(source in "\\PC*|[ -~\n]*") {
            let mut end = 0;
            for token in tokens(&source) {
                prop_assert!(source[end..token.start].chars().all(|c| c.is_ascii_whitespace()));
                prop_assert!(token.end > token.start);
                end = token.end;
            }
            prop_assert!(source[end..].chars().all(|c| c.is_ascii_whitespace()));
        }

        #[test]
        fn any_text_can_be_tried_for_escapes(inside in "\\PC*|[\\\\x0-9a-f]*") {
            let _ = unescape(&inside);
        }
    }
}
