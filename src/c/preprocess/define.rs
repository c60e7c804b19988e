//! What `#define` has given names to.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use super::super::lexer::{Bad, Kind, Token};
use super::Lexeme;
use crate::model::{Said, said};

/// What `#define` has given names to.
pub(in super::super) type Defines = HashMap<Arc<str>, Define>;

/// What a name stands for.
#[derive(Debug, Clone, Default)]
pub(in super::super) struct Define {
    /// The names of its parameters; `None`: it has none, and no brackets stand behind it.
    pub parameters: Option<Arc<[Arc<str>]>>,
    body: Arc<[(Kind, Arc<str>)]>,
}

impl Define {
    /// How many tokens [`Define::with`] makes of these arguments.
    pub fn size(&self, arguments: &[Vec<Lexeme>]) -> usize {
        let size = |text: &Arc<str>| {
            let parameters = self.parameters.as_deref().unwrap_or(&[]);
            let index = parameters.iter().position(|parameter| parameter == text);
            index.and_then(|index| arguments.get(index)).map_or(1, Vec::len)
        };
        self.body.iter().map(|(_, text)| size(text)).fold(0, usize::saturating_add)
    }

    /// What it stands for at this place, with these arguments.
    pub fn with(&self, arguments: &[Vec<Lexeme>], span: &Range<usize>) -> Vec<Lexeme> {
        let parameters = self.parameters.as_deref().unwrap_or(&[]);
        let mut made = Vec::new();
        for (kind, text) in self.body.iter() {
            match parameters.iter().position(|parameter| parameter == text) {
                Some(index) => made.extend_from_slice(&arguments[index]),
                None => {
                    let (kind, text, span) = (*kind, Arc::clone(text), span.clone());
                    made.push(Lexeme { kind, text, span });
                }
            }
        }
        made
    }
}

/// Remembers `define NAME …` or `define NAME(a, b) …`.
pub fn define(text: &str, inner: &[Token], defines: &mut Defines) -> Result<(), Said> {
    let Some(name) = inner.get(1).filter(|token| token.kind == Kind::Word) else {
        return Err(said!("expected a name behind #define"));
    };
    let opens = |next: &&Token| next.start == name.end && next.text(text) == "(";
    let mut rest = &inner[2..];
    let parameters = match rest.first().filter(opens) {
        None => None,
        Some(_) => {
            let end = rest.iter().position(|token| token.text(text) == ")");
            let end = end.ok_or_else(|| said!("expected ) behind the parameters of a #define"))?;
            let names = parameters(text, &rest[1..end])?;
            rest = &rest[end + 1..];
            Some(names)
        }
    };
    let mut body: Vec<(Kind, Arc<str>)> = Vec::new();
    for token in rest {
        match token.kind {
            Kind::Bad(Bad::Character) if token.text(text) == "\\" => {}
            Kind::Bad(bad) => return Err(bad.said()),
            Kind::Mark if token.text(text).starts_with('#') => {
                return Err(said!("# and ## in a #define are outside sockstep's C"));
            }
            kind => body.push((kind, token.text(text).into())),
        }
    }
    defines.insert(name.text(text).into(), Define { parameters, body: body.into() });
    Ok(())
}

/// The names between the brackets of a `#define`.
fn parameters(text: &str, inner: &[Token]) -> Result<Arc<[Arc<str>]>, Said> {
    let mut names = Vec::new();
    for (index, token) in inner.iter().enumerate() {
        match (index % 2, token.kind, token.text(text)) {
            (0, Kind::Word, name) => names.push(name.into()),
            (1, _, ",") if index + 1 < inner.len() => {}
            (0, _, "...") => return Err(said!("a #define with ... is outside sockstep's C")),
            _ => return Err(said!("expected names with commas in the brackets of a #define")),
        }
    }
    Ok(names.into())
}

/// A `#define` of a string constant, as the lab predefines `SERVER_IP`.
pub(in super::super) fn predefine(name: &str, value: &str, defines: &mut Defines) {
    let text = format!("\"{}\"", value.replace('\\', "\\\\").replace('"', "\\\""));
    let body = [(Kind::Text, text.into())].into();
    defines.insert(name.into(), Define { parameters: None, body });
}
