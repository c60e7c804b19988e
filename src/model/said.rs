//! What there is to say to a reader, in no language yet.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::fill::fill;
use super::{Errno, HostName, ProcessName, Signal, TcpState};

/// A sentence, or a part of one, with what stands in its holes. [`said!`](crate::said) makes it.
///
/// Its `Display` is English. Whoever knows the reader's language asks for it by
/// [`Said::in_words`]; the other languages stand in `assets/words/said/`.
#[derive(Debug, Clone, Eq)]
pub struct Said(Box<Inner>);

/// Boxed, for errors go up through many frames of a recursive parser.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Inner {
    text: &'static str,
    values: Vec<(&'static str, SaidValue)>,
}

/// What stands in a hole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SaidValue {
    /// The same in every language: a name, a number, a piece of C.
    Same(String),
    /// A part of the sentence.
    Said(Said),
}

impl Said {
    /// A text with holes, and what stands in them. Use [`said!`](crate::said): a test looks for it.
    pub fn new(text: &'static str, values: Vec<(&'static str, SaidValue)>) -> Self {
        Self(Box::new(Inner { text, values }))
    }

    /// A text that is the same in every language, such as a signature.
    pub fn same(text: impl Into<String>) -> Self {
        Self::new("{text}", vec![("text", SaidValue::Same(text.into()))])
    }

    /// The text in the words of a language: `words` gives the translation of an English one, holes
    /// included. What it does not know stays English.
    pub fn in_words<'w>(&self, words: &dyn Fn(&'static str) -> Option<&'w str>) -> String {
        fill(words(self.0.text).unwrap_or(self.0.text), |name| {
            let (_, value) = self.0.values.iter().find(|(known, _)| *known == name)?;
            Some(match value {
                SaidValue::Same(text) => text.clone(),
                SaidValue::Said(said) => said.in_words(words),
            })
        })
    }

    /// All of these, or the only one: `a, b, c`. `None` if there is none.
    pub fn list(items: impl IntoIterator<Item = impl Sayable>) -> Option<Self> {
        joined(items, |all, next| said!("{all}, {next}", all, next))
    }

    /// One of these: `a or b or c`. `None` if there is none.
    pub fn either(items: impl IntoIterator<Item = impl Sayable>) -> Option<Self> {
        joined(items, |all, next| said!("{all} or {next}", all, next))
    }
}

fn joined(
    items: impl IntoIterator<Item = impl Sayable>,
    join: impl Fn(Said, Said) -> Said,
) -> Option<Said> {
    let all = items.into_iter().map(|item| match item.value() {
        SaidValue::Same(text) => Said::same(text),
        SaidValue::Said(said) => said,
    });
    all.reduce(join)
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.in_words(&|_| None))
    }
}

impl PartialEq for Said {
    /// Equal is what reads the same in English: a recording keeps no more of it.
    fn eq(&self, other: &Self) -> bool {
        *self == *other.to_string()
    }
}

impl Serialize for Said {
    /// The English text.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Said {
    /// A text that stays as it is in every language.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Said::same)
    }
}

impl PartialEq<str> for Said {
    /// Compares with the English text.
    fn eq(&self, other: &str) -> bool {
        let english = self.to_string();
        english == other
    }
}

impl PartialEq<&str> for Said {
    fn eq(&self, other: &&str) -> bool {
        *self == **other
    }
}

/// Whoever knows the reader's language, and says it in that.
pub type Say<'a> = &'a dyn Fn(&Said) -> String;

/// Makes a [`Said`]: `said!("{ty} has no field {name}", ty, name = field.name)`. The English text
/// stands here, its translation in `assets/words/said/`; a test compares the two, and what is put
/// into their holes. A brace is written twice; `{n|byte|bytes}` is a number with its word.
#[macro_export]
macro_rules! said {
    ($text:literal $(, $name:ident $(= $value:expr)?)* $(,)?) => {
        $crate::model::Said::new(
            $text,
            vec![$((stringify!($name), $crate::said!(@value $name $(= $value)?)),)*],
        )
    };
    (@value $name:ident) => { $crate::model::Sayable::value(&$name) };
    (@value $name:ident = $value:expr) => { $crate::model::Sayable::value(&$value) };
}
pub use said;

/// What can stand in a hole of a [`Said`].
pub trait Sayable {
    /// As a value.
    fn value(&self) -> SaidValue;
}

impl Sayable for Said {
    fn value(&self) -> SaidValue {
        SaidValue::Said(self.clone())
    }
}

impl<T: Sayable + ?Sized> Sayable for &T {
    fn value(&self) -> SaidValue {
        (**self).value()
    }
}

impl<T: Sayable + ?Sized> Sayable for &mut T {
    fn value(&self) -> SaidValue {
        (**self).value()
    }
}

/// Makes types [`Sayable`] whose `Display` is the same in every language.
#[macro_export]
macro_rules! sayable {
    ($($type:ty),* $(,)?) => {
        $(impl $crate::model::Sayable for $type {
            fn value(&self) -> $crate::model::SaidValue {
                $crate::model::SaidValue::Same(self.to_string())
            }
        })*
    };
}
pub use sayable;

sayable!(str, String, Arc<str>, char, i32, i64, u8, u16, u32, u64, usize);
sayable!(Errno, HostName, ProcessName, Signal, TcpState);

#[cfg(test)]
mod tests {
    use super::*;

    fn chinese(text: &str) -> Option<&'static str> {
        match text {
            "{ty} has no field {name}" => Some("{ty} 没有成员 {name}"),
            "did you mean {names}?" => Some("是不是 {names}？"),
            "{all} or {next}" => Some("{all} 或 {next}"),
            _ => None,
        }
    }

    #[test]
    fn english_is_what_the_code_says_and_another_language_is_looked_up() {
        let name = "sin_prt";
        let said = said!("{ty} has no field {name}", name, ty = "struct sockaddr_in");
        assert_eq!(said, "struct sockaddr_in has no field sin_prt");
        assert_eq!(said.in_words(&chinese), "struct sockaddr_in 没有成员 sin_prt");
        assert_eq!(said!("a loop {{ }}").in_words(&chinese), "a loop { }");
    }

    #[test]
    fn a_part_of_a_sentence_is_looked_up_too() {
        let names = Said::either(["bind", "send", "{name}"]).expect("three");
        let said = said!("did you mean {names}?", names);
        assert_eq!(said, "did you mean bind or send or {name}?");
        assert_eq!(said.in_words(&chinese), "是不是 bind 或 send 或 {name}？");
        assert_eq!(Said::list([1, 2, 3]).expect("three"), "1, 2, 3");
        assert_eq!(Said::list([""; 0]), None);
    }
}
