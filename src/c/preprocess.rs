//! `#include` and `#define`: tokens of a source → tokens for the parser, names of constants
//! replaced by what they stand for.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::error::Error;
use super::lexer::{Kind, Token, tokens};

/// A token for the parser. Its text may come from a `#define`; its place is always one in the
/// source that is compiled.
#[derive(Debug, Clone)]
pub(super) struct Lexeme {
    pub kind: Kind,
    pub text: Arc<str>,
    pub span: Range<usize>,
}

/// What `#define` has given names to.
pub(super) type Defines = HashMap<Arc<str>, Arc<[(Kind, Arc<str>)]>>;

/// So many tokens may come of one source; `#define`s can multiply without bounds.
const MOST_TOKENS: usize = 50_000;

/// The tokens of `source` without comments, and with `defines` (and those that the source makes)
/// put in.
pub(super) fn preprocess(source: &str, defines: &mut Defines) -> Result<Vec<Lexeme>, Error> {
    let mut out = Replaced::default();
    for token in tokens(source) {
        match token.kind {
            Kind::LineComment | Kind::BlockComment => {}
            Kind::Directive => directive(source, token, defines)?,
            Kind::Bad(reason) => {
                let text = token.text(source);
                let first = text.lines().next().unwrap_or(text);
                return Err(Error::new(token.start..token.start + first.len().max(1), reason));
            }
            Kind::Word | Kind::Number | Kind::Text | Kind::Letter | Kind::Mark => {
                let text: Arc<str> = token.text(source).into();
                out.put(token.kind, text, token.span(), defines, &mut Vec::new())?;
            }
        }
    }
    Ok(out.lexemes)
}

/// Tokens that were replaced already.
#[derive(Default)]
struct Replaced {
    lexemes: Vec<Lexeme>,
    /// How many were looked at; a `#define` of nothing leaves none.
    seen: usize,
}

impl Replaced {
    /// Puts one token to the others, or what a `#define` has for it. `inside` are the names that
    /// are being replaced: a name does not stand for itself again (C11 6.10.3.4).
    fn put(
        &mut self,
        kind: Kind,
        text: Arc<str>,
        span: Range<usize>,
        defines: &Defines,
        inside: &mut Vec<Arc<str>>,
    ) -> Result<(), Error> {
        self.seen += 1;
        if self.seen > MOST_TOKENS {
            return Err(Error::new(span, format!("this is more than {MOST_TOKENS} tokens")));
        }
        let replaced = kind == Kind::Word && !inside.contains(&text) && inside.len() < 20;
        let body = if replaced { defines.get(&text) } else { None };
        let Some(body) = body else {
            self.lexemes.push(Lexeme { kind, text, span });
            return Ok(());
        };
        inside.push(text);
        for (kind, text) in body.iter() {
            self.put(*kind, Arc::clone(text), span.clone(), defines, inside)?;
        }
        inside.pop();
        Ok(())
    }
}

/// Obeys one preprocessor line.
fn directive(source: &str, token: Token, defines: &mut Defines) -> Result<(), Error> {
    let text = token.text(source);
    let inner: Vec<Token> = tokens(&text[1..]);
    let word = |at: usize| inner.get(at).map_or("", |token: &Token| token.text(&text[1..]));
    match word(0) {
        "include" | "pragma" => Ok(()),
        "undef" => {
            defines.remove(word(1));
            Ok(())
        }
        "define" => define(&text[1..], &inner, defines).map_err(|message| {
            Error::new(token.span(), message)
                .help("#define NAME VALUE gives a constant a name, for example #define PORT 8080")
        }),
        "" => Ok(()),
        name => Err(Error::outside(token.span(), format!("#{name}"))),
    }
}

/// Remembers `define NAME …`.
fn define(text: &str, inner: &[Token], defines: &mut Defines) -> Result<(), &'static str> {
    let Some(name) = inner.get(1).filter(|token| token.kind == Kind::Word) else {
        return Err("expected a name behind #define");
    };
    let follows = inner.get(2).is_some_and(|next| next.start == name.end && next.text(text) == "(");
    if follows {
        return Err("a #define with parameters is outside sockstep's C");
    }
    let mut body: Vec<(Kind, Arc<str>)> = Vec::new();
    for token in &inner[2..] {
        match token.kind {
            Kind::Bad("this character has no meaning in C") if token.text(text) == "\\" => {}
            Kind::Bad(reason) => return Err(reason),
            kind => body.push((kind, token.text(text).into())),
        }
    }
    defines.insert(name.text(text).into(), body.into());
    Ok(())
}

/// A `#define` of a string constant, as the lab predefines `SERVER_IP`.
pub(super) fn predefine(name: &str, value: &str, defines: &mut Defines) {
    let text = format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    defines.insert(name.into(), [(Kind::Text, text.into())].into());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(source: &str) -> Result<String, Error> {
        let lexemes = preprocess(source, &mut Defines::new())?;
        Ok(lexemes.iter().map(|lexeme| &*lexeme.text).collect::<Vec<_>>().join(" "))
    }

    #[test]
    fn a_defined_name_stands_for_its_tokens() {
        let source = "#include <stdio.h>\n#define PORT 8080 // x\n#define N PORT + 1\nN * 2; PORT";
        assert_eq!(texts(source).as_deref(), Ok("8080 + 1 * 2 ; 8080"));
        assert_eq!(texts("#define A B\n#define B A\nA").as_deref(), Ok("A"));
        assert_eq!(texts("#define A \\\n 5\nA").as_deref(), Ok("5"));
    }

    #[test]
    fn what_is_outside_the_subset_is_said() {
        for (source, place) in [("#define M(x) x", 0..14), ("a\n#if 1", 2..7), ("#define", 0..7)] {
            assert_eq!(texts(source).map_err(|error| error.span), Err(place), "{source}");
        }
    }

    #[test]
    fn defines_that_multiply_without_bounds_are_stopped() {
        let mut source = "#define A0 1 1 1 1 1 1 1 1\n".to_owned();
        for i in 1..12 {
            let last = format!(" A{}", i - 1).repeat(8);
            source.push_str(&format!("#define A{i}{last}\n"));
        }
        assert!(texts(&format!("{source}A11")).is_err());
        // Those that stand for nothing in the end are counted, too.
        let nothing = source.replace("A0 1 1 1 1 1 1 1 1", "A0");
        assert!(texts(&format!("{nothing}A11")).is_err());
    }
}
