//! `#pragma`: `pack` says how structs are laid out; of the others those that would change what a
//! program means are refused.

use std::sync::Arc;

use super::super::lexer::{Kind, Token};
use super::Lexeme;
use crate::model::{Said, said};

/// Pragmas that change what a program means, and that nothing here obeys.
const OUTSIDE: [&str; 6] =
    ["scalar_storage_order", "ms_struct", "push_macro", "pop_macro", "weak", "redefine_extname"];

/// What `#pragma pack` has said.
#[derive(Default)]
pub struct Packs {
    /// No field lies at a multiple of more than so many bytes; `None`: no such limit.
    now: Option<u8>,
    /// What `push` has kept, last one last.
    kept: Vec<Option<u8>>,
}

impl Packs {
    /// Obeys a pragma; for one that changes the layout of structs, a token that tells the parser.
    pub fn obey(
        &mut self,
        text: &str,
        token: Token,
        inner: &[Token],
    ) -> Result<Option<Lexeme>, Said> {
        let word = |at: usize| inner.get(at).map_or("", |token: &Token| token.text(text));
        if let Some(name) = OUTSIDE.iter().find(|name| **name == word(1)) {
            let what = format!("#pragma {name}");
            return Err(said!("{what} is outside sockstep's C", what));
        }
        if word(1) != "pack" {
            return Ok(None);
        }
        let wrong = || said!("expected #pragma pack(1), pack(push, 1), pack(pop) or pack()");
        let end = inner.len().saturating_sub(1);
        if word(2) != "(" || word(end) != ")" {
            return Err(wrong());
        }
        let all: Vec<&str> = (3..end).map(word).filter(|word| *word != ",").collect();
        match all.first() {
            None => self.now = None,
            Some(&"push") => self.kept.push(self.now),
            // More pops than pushes change nothing: gcc warns.
            Some(&"pop") => self.now = self.kept.pop().unwrap_or(self.now),
            Some(_) => {}
        }
        if let Some(last) = all.last().filter(|last| last.starts_with(|c: char| c.is_ascii_digit()))
        {
            let most = last.parse().ok().filter(|most| matches!(most, 0 | 1 | 2 | 4 | 8 | 16));
            self.now = Some(most.ok_or_else(wrong)?).filter(|most| *most > 0);
        } else if !matches!(all[..], [] | ["push"] | ["pop"] | ["push" | "pop", _]) {
            return Err(wrong());
        }
        let text: Arc<str> = self.now.map_or(String::new(), |most| most.to_string()).into();
        Ok(Some(Lexeme { kind: Kind::Directive, text, span: token.span() }))
    }
}
