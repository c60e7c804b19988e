//! `#include` and `#define`: tokens of a source → tokens for the parser, names of constants
//! replaced by what they stand for.

mod condition;
mod define;
mod include;
mod known;
mod pragma;
mod truth;

use std::ops::Range;
use std::sync::Arc;

use super::error::Error;
use super::lexer::{Bad, Kind, Token, tokens};
use crate::model::said;
use condition::Conditions;
use define::define;
pub(super) use define::{Defines, predefine};
use include::include;
use pragma::Packs;

/// A token for the parser. Its text may come from a `#define`; its place is always one in the
/// source that is compiled. A [`Kind::Directive`] is a `#pragma pack`: from here on no field of a
/// struct lies at a multiple of more than so many bytes; empty, there is no such limit.
#[derive(Debug, Clone)]
pub(super) struct Lexeme {
    pub kind: Kind,
    pub text: Arc<str>,
    pub span: Range<usize>,
}

/// So many tokens may come of one source; `#define`s can multiply without bounds.
const MOST_TOKENS: usize = 50_000;
/// So deep may `#define`s stand in each other.
const DEEPEST: usize = 20;
/// Arguments of macros stand in each other so deep at most.
const DEEPEST_ARGUMENT: usize = 64;

/// The tokens of `source` without comments, and with `defines` (and those that the source makes)
/// put in.
pub(super) fn preprocess(source: &str, defines: &mut Defines) -> Result<Vec<Lexeme>, Error> {
    let mut replaced = Replaced::default();
    let mut out = Vec::new();
    // What stands between two directives, in which the same names are known.
    let mut between: Vec<Lexeme> = Vec::new();
    let (mut conditions, mut packs) = (Conditions::default(), Packs::default());
    for token in tokens(source) {
        match token.kind {
            Kind::LineComment | Kind::BlockComment => {}
            Kind::Directive => {
                let before = std::mem::take(&mut between);
                replaced.put(&before, defines, &mut Vec::new(), &mut out)?;
                if !conditions.obey(source, token, defines)? && conditions.hold() {
                    out.extend(directive(source, token, defines, &mut packs)?);
                }
            }
            _ if !conditions.hold() => {}
            Kind::Bad(bad) => {
                let text = token.text(source);
                let first = text.lines().next().unwrap_or(text);
                let span = token.start..token.start + first.len().max(1);
                return Err(match half_width(first) {
                    Some(meant) if bad == Bad::Character => {
                        let help = said!("write {mark}", mark = meant);
                        Error::new(span, said!("{text} is a full-width character", text)).help(help)
                    }
                    Some(_) | None => Error::new(span, bad.said()),
                });
            }
            Kind::Word | Kind::Number | Kind::Text | Kind::Letter | Kind::Mark => {
                let text: Arc<str> = token.text(source).into();
                between.push(Lexeme { kind: token.kind, text, span: token.span() });
            }
        }
    }
    if let Some(open) = conditions.open() {
        return Err(Error::new(open.clone(), said!("this has no #endif")));
    }
    replaced.put(&between, defines, &mut Vec::new(), &mut out)?;
    Ok(out)
}

/// The mark of C that a full-width one stands for, as a Chinese input method writes it.
fn half_width(text: &str) -> Option<String> {
    let letter = text.chars().next()?;
    let meant = match letter {
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(letter) - 0xfee0)?,
        '\u{3000}' => ' ',
        '“' | '”' => '"',
        '‘' | '’' => '\'',
        '、' => ',',
        '。' => '.',
        '【' => '[',
        '】' => ']',
        _ => return None,
    };
    Some(if meant == ' ' { "' '".to_owned() } else { meant.to_string() })
}

/// Replaces names by what they stand for, and counts.
#[derive(Default)]
struct Replaced {
    /// How many tokens were looked at; a `#define` of nothing leaves none.
    seen: usize,
    /// How many arguments within arguments are being replaced.
    depth: usize,
}

impl Replaced {
    /// Puts tokens behind `out`, or what `#define`s have for them. `inside` are the names that are
    /// being replaced: a name does not stand for itself again (C11 6.10.3.4).
    fn put(
        &mut self,
        all: &[Lexeme],
        defines: &Defines,
        inside: &mut Vec<Arc<str>>,
        out: &mut Vec<Lexeme>,
    ) -> Result<(), Error> {
        let mut at = 0;
        while let Some(token) = all.get(at) {
            self.seen += 1;
            if self.seen > MOST_TOKENS {
                return Err(too_many(&token.span));
            }
            at += 1;
            let wanted =
                token.kind == Kind::Word && !inside.contains(&token.text) && inside.len() < DEEPEST;
            let define = if wanted { defines.get(&token.text) } else { None };
            let opens = all.get(at).is_some_and(|next| &*next.text == "(");
            let Some(define) = define.filter(|define| define.parameters.is_none() || opens) else {
                out.push(token.clone());
                continue;
            };
            let mut span = token.span.clone();
            let arguments = match &define.parameters {
                None => Vec::new(),
                Some(parameters) => {
                    let (arguments, end) = self.arguments(all, at, defines, inside)?;
                    span = span.start..all[end - 1].span.end.max(span.end);
                    at = end;
                    if arguments.len() != parameters.len() {
                        let (expected, found) = (parameters.len(), arguments.len());
                        let message = said!(
                            "expected {expected|argument|arguments}, found {found}",
                            expected,
                            found
                        );
                        return Err(Error::new(span, message));
                    }
                    arguments
                }
            };
            // Counted before it is made: it may be far larger than the source.
            if self.seen.saturating_add(define.size(&arguments)) > MOST_TOKENS {
                return Err(too_many(&span));
            }
            let body = define.with(&arguments, &span);
            inside.push(Arc::clone(&token.text));
            self.put(&body, defines, inside, out)?;
            inside.pop();
        }
        Ok(())
    }

    /// The arguments in the brackets that open at `at`, replaced already, and the index behind
    /// them.
    fn arguments(
        &mut self,
        all: &[Lexeme],
        at: usize,
        defines: &Defines,
        inside: &mut Vec<Arc<str>>,
    ) -> Result<(Vec<Vec<Lexeme>>, usize), Error> {
        let mut arguments = Vec::new();
        let (mut depth, mut first) = (0, at + 1);
        for (index, token) in all.iter().enumerate().skip(at) {
            match &*token.text {
                _ if token.kind != Kind::Mark => continue,
                "(" => depth += 1,
                ")" => depth -= 1,
                "," if depth == 1 => {}
                _ => continue,
            }
            if depth == 0 || &*token.text == "," && depth == 1 {
                let mut argument = Vec::new();
                if self.depth == DEEPEST_ARGUMENT {
                    return Err(Error::new(token.span.clone(), said!("this is nested too deeply")));
                }
                self.depth += 1;
                self.put(&all[first..index], defines, inside, &mut argument)?;
                self.depth -= 1;
                arguments.push(argument);
                first = index + 1;
            }
            if depth == 0 {
                if arguments.len() == 1 && arguments[0].is_empty() {
                    arguments.clear();
                }
                return Ok((arguments, index + 1));
            }
        }
        Err(Error::new(all[at].span.clone(), said!("this bracket is not closed")))
    }
}

fn too_many(span: &Range<usize>) -> Error {
    Error::new(span.clone(), said!("this is more than {most} tokens", most = MOST_TOKENS))
}

/// Obeys one preprocessor line that is no condition; what the parser must know of it.
fn directive(
    source: &str,
    token: Token,
    defines: &mut Defines,
    packs: &mut Packs,
) -> Result<Option<Lexeme>, Error> {
    let text = token.text(source);
    let inner: Vec<Token> = tokens(&text[1..]).into_iter().filter(|t| !t.is_comment()).collect();
    let word = |at: usize| inner.get(at).map_or("", |token: &Token| token.text(&text[1..]));
    match word(0) {
        "include" => include(text, token).map(|()| None),
        "pragma" => {
            let wrong = |message| Error::new(token.span(), message);
            packs.obey(&text[1..], token, &inner).map_err(wrong)
        }
        "undef" => {
            defines.remove(word(1));
            Ok(None)
        }
        "define" => define(&text[1..], &inner, defines).map(|()| None).map_err(|message| {
            Error::new(token.span(), message).help(said!(
                "#define NAME VALUE gives a constant a name, for example #define PORT 8080"
            ))
        }),
        "error" => {
            let text = text[1..].trim_start().trim_start_matches("error").trim();
            Err(Error::new(token.span(), said!("#error: {text}", text)))
        }
        "" | "warning" => Ok(None),
        name => Err(Error::outside(token.span(), format!("#{name}"))),
    }
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
    fn a_defined_name_with_brackets_gets_its_arguments() {
        let max = "#define MAX(a, b) ((a) > (b) ? (a) : (b)) // the larger one\n";
        let found = texts(&format!("{max}MAX(x, f(1, 2)) MAX"));
        let wanted = "( ( x ) > ( f ( 1 , 2 ) ) ? ( x ) : ( f ( 1 , 2 ) ) ) MAX";
        assert_eq!(found.as_deref(), Ok(wanted));
        assert_eq!(
            texts("#define F() 1\n#define G(x) x + F()\nG(G(2))").as_deref(),
            Ok("2 + 1 + 1")
        );
        assert_eq!(
            texts("#define DIE(s) \\\n do { perror(s); } while (0)\nDIE(\"x\");").as_deref(),
            Ok("do { perror ( \"x\" ) ; } while ( 0 ) ;")
        );
        assert_eq!(
            texts("#define SA struct sockaddr\n(SA *)").as_deref(),
            Ok("( struct sockaddr * )")
        );
    }

    #[test]
    fn what_a_condition_leaves_out_is_not_read() {
        let source =
            "#ifndef PORT\n#define PORT 1\n#else\n@\n#endif\n#if 0\n@ #if X > 2\n#endif\nPORT";
        assert_eq!(texts(source).as_deref(), Ok("1"));
        assert_eq!(texts("#ifdef A\n1\n#ifdef B\n2\n#else\n3\n#endif\n#endif").as_deref(), Ok(""));
    }

    #[test]
    fn what_the_headers_define_is_known() {
        let known = |name: &str| texts(&format!("#ifdef {name}\n1\n#else\n0\n#endif"));
        for name in ["SA_RESTART", "SO_REUSEPORT", "NULL", "__linux__", "FD_SET", "ECHILD", "EOF"] {
            assert_eq!(known(name).as_deref(), Ok("1"), "{name}");
        }
        for name in ["TCP_LISTEN", "_WIN32", "socket", "DEBUG", ""] {
            assert_eq!(known(name).as_deref(), Ok("0"), "{name}");
        }
    }

    #[test]
    fn an_if_takes_constant_expressions() {
        let branch = |test: &str| texts(&format!("#define A 3\n#if {test}\n1\n#else\n0\n#endif"));
        for (test, holds) in [
            ("A", "1"),
            ("A > 2 && !defined(B)", "1"),
            ("defined A || B / 0", "1"),
            ("defined(__linux__) && \\\n (SO_REUSEPORT == 15)", "1"),
            ("B", "0"),
            ("__BYTE_ORDER == __LITTLE_ENDIAN ? 1 : 0", "1"),
            ("(A - 3) * 2 // why", "0"),
        ] {
            assert_eq!(branch(test).as_deref(), Ok(holds), "{test}");
        }
        let chain = |value: u32| {
            let source = "#if N == 1\na\n#elif N == 2\nb\n#elif N\nc\n#else\nd\n#endif";
            texts(&format!("#define N {value}\n{source}"))
        };
        assert_eq!(
            [1, 2, 3, 0].map(|value| chain(value).ok()),
            ["a", "b", "c", "d"].map(|text| Some(text.to_owned()))
        );
        // What is left out is not asked.
        assert_eq!(texts("#if 0\n#if f(\"x\")\n1\n#elif 1/0\n#endif\n#endif").as_deref(), Ok(""));
    }

    #[test]
    fn what_is_outside_the_subset_is_said() {
        for (source, place) in [
            ("#define M(x) #x", 0..15),
            ("#define M(x, ...) x", 0..19),
            ("a\n#if X > 1", 2..11),
            ("a\n#if 1", 2..7),
            ("#endif", 0..6),
            ("#define", 0..7),
            ("#define M(x) x\nM(1, 2)", 15..22),
            ("#define M(x) x\nM(1", 16..17),
        ] {
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
        let nested = format!("#define M(x) x\n{}1{}", "M(\n".repeat(20_000), ")".repeat(20_000));
        let made = texts(&nested).map_err(|error| error.message);
        assert_eq!(made, Err(said!("this is nested too deeply")));
        // Those that stand for nothing in the end are counted, too.
        let nothing = source.replace("A0 1 1 1 1 1 1 1 1", "A0");
        assert!(texts(&format!("{nothing}A11")).is_err());
    }

    #[test]
    fn an_argument_that_multiplies_is_counted_before_it_is_made() {
        let source = format!("#define M(x){}\nM({})", " x".repeat(5_000), "1 ".repeat(15_000));
        let made = texts(&source).map_err(|error| error.message);
        assert_eq!(made, Err(said!("this is more than {most} tokens", most = 50_000)));
        let defines = &mut Defines::new();
        assert!(preprocess("#define M(x) x x 1", defines).is_ok());
        let argument = Lexeme { kind: Kind::Number, text: "2".into(), span: 0..1 };
        let arguments = [vec![argument; 7]];
        assert_eq!(defines["M"].size(&arguments), 15);
        assert_eq!(defines["M"].with(&arguments, &(0..1)).len(), 15);
    }
}
