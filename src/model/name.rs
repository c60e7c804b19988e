//! Names that a lesson gives to its hosts and processes.

use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize};

/// A host of the lab: a network namespace. The name is kept without its `@` and printed with it.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct HostName(Arc<str>);

/// A process of the lab. A forked child without a name of its own is `NAME.1`, `NAME.2`, …
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize)]
#[serde(transparent)]
pub struct ProcessName(Arc<str>);

/// Makes a name from text, with the checks that both kinds of names share.
macro_rules! name {
    ($name:ident, $mark:literal) => {
        impl $name {
            /// The name without any mark.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The name in `text` (a leading mark is taken off), or `None` if it is not one:
            /// a letter, then letters, digits, `_`, `-` or `.`, 15 characters at most
            /// (the kernel cuts a process's name there, see prctl(2) PR_SET_NAME).
            pub fn parse(text: &str) -> Option<Self> {
                let text = text.strip_prefix($mark).unwrap_or(text);
                let first = text.chars().next()?.is_ascii_alphabetic();
                let rest = text.chars().all(|c| c.is_ascii_alphanumeric() || "_-.".contains(c));
                (first && rest && text.len() <= 15).then(|| Self(text.into()))
            }
        }

        /// What is read from outside is checked like what a lesson says.
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = String::deserialize(deserializer)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a name"))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}{}", $mark, self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{self}")
            }
        }
    };
}

name!(HostName, "@");
name!(ProcessName, "");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_is_printed_with_its_mark_and_kept_without() {
        let host = HostName::parse("@server").expect("a name");
        assert_eq!(host.as_str(), "server");
        assert_eq!(host.to_string(), "@server");
        assert_eq!(HostName::parse("server"), Some(host));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "@", "1st", "a b", "ü", "a/b", "sixteen-letters-"] {
            assert_eq!(ProcessName::parse(text), None, "{text:?}");
        }
        assert!(ProcessName::parse("server.1").is_some());
    }
}
