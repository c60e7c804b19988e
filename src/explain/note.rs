//! One explanation as a key and values: what to say, in no language yet.

use std::fmt::Display;
use std::net::SocketAddr;
use std::sync::Arc;

use crate::model::{Address, Errno, HostName, ProcessName, Signal, Syscall, TcpState, harmless};

/// An explanation that was chosen by what was observed.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Note {
    /// Its entry in `assets/words/notes/`.
    pub key: &'static str,
    /// What was observed, by the names of the entry's placeholders.
    pub values: Vec<(&'static str, Value)>,
}

impl Note {
    /// Whether this text is one of its values, or of the clauses in them.
    pub(super) fn mentions(&self, text: &str) -> bool {
        self.values.iter().any(|(_, value)| match value {
            Value::Text(known) => known == text,
            Value::List(known) => known.iter().any(|known| known == text),
            Value::Clause(clause) => clause.mentions(text),
        })
    }

    /// The value of this name.
    pub fn value(&self, name: &str) -> Option<&Value> {
        self.values.iter().find(|(known, _)| *known == name).map(|(_, value)| value)
    }
}

/// One observed value, ready to be put into a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Value {
    /// The same in every language: a number, a state, an address. Nothing in it can harm a
    /// terminal.
    Text(String),
    /// Several such texts, which each language joins in its own way.
    List(Vec<String>),
    /// Another entry of the catalogue, filled in by itself: a clause inside a sentence, such as
    /// `not-reported`.
    Clause(Box<Note>),
}

/// How many characters of a text from outside a sentence quotes.
const QUOTED: usize = 60;

impl Value {
    /// A text that may have come from outside: escaped where it is not harmless already, and cut
    /// where it would swamp the sentence.
    pub fn quoted(text: &str) -> Self {
        Value::Text(quoted(text))
    }
}

/// See [`Value::quoted`].
fn quoted(text: &str) -> String {
    // What was escaped before has backslashes that must not be doubled again.
    let whole = harmless(text);
    match whole.char_indices().nth(QUOTED) {
        None => whole,
        Some((cut, _)) => format!("{}...", &whole[..cut]),
    }
}

/// Makes a [`Note`]: `note!("bind-returned", fd = 3, local = address)`. The key and the names stand
/// here as they stand in the catalogue; a test compares every use with it.
macro_rules! note {
    ($key:literal $(, $name:ident = $value:expr)* $(,)?) => {
        $crate::explain::note::Note {
            key: $key,
            values: vec![
                $((stringify!($name), $crate::explain::note::IntoValue::into_value($value)),)*
            ],
        }
    };
}
pub(super) use note;

/// What can be a value of a note.
pub trait IntoValue {
    /// As a value.
    fn into_value(self) -> Value;
}

impl IntoValue for Value {
    fn into_value(self) -> Value {
        self
    }
}

impl IntoValue for Note {
    fn into_value(self) -> Value {
        Value::Clause(Box::new(self))
    }
}

impl IntoValue for Vec<String> {
    fn into_value(self) -> Value {
        Value::List(self.iter().map(|text| quoted(text)).collect())
    }
}

impl<T: IntoValue> IntoValue for Option<T> {
    /// What the kernel did not report is said to be not reported.
    fn into_value(self) -> Value {
        self.map_or_else(|| note!("not-reported").into_value(), T::into_value)
    }
}

/// Types whose `Display` is the same in every language.
macro_rules! displayed {
    ($($type:ty),* $(,)?) => {
        $(impl IntoValue for $type {
            fn into_value(self) -> Value {
                Value::quoted(&text(self))
            }
        })*
    };
}

displayed!(i32, i64, u8, u16, u32, u64, usize, String, &str, &String, &Arc<str>);
displayed!(Errno, Signal, Syscall, TcpState, SocketAddr, &Address, &HostName, &ProcessName);

fn text(value: impl Display) -> String {
    value.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_from_outside_is_escaped_once_and_cut() {
        let quoted = |text: &str| match Value::quoted(text) {
            Value::Text(text) => text,
            Value::List(_) | Value::Clause(_) => String::new(),
        };
        assert_eq!(quoted("\x1b[2J"), "\\x1b[2J");
        assert_eq!(quoted(&crate::model::escape(b"\x1b[2J")), "\\x1b[2J");
        assert_eq!(quoted("套接字"), "套接字");
        assert_eq!(quoted(&"长".repeat(100)).chars().count(), QUOTED + 3);
    }

    #[test]
    fn what_was_not_reported_is_neither_zero_nor_empty() {
        let nothing: Option<u32> = None;
        assert_eq!(nothing.into_value(), note!("not-reported").into_value());
        assert_eq!(Some(0u32).into_value(), Value::Text("0".into()));
    }
}
