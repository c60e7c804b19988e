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

/// The kernel cuts a process's name here, in bytes (prctl(2) PR_SET_NAME).
const LONGEST: usize = 15;

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
                (first && rest && text.len() <= LONGEST).then(|| Self(text.into()))
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

impl ProcessName {
    /// What the child of this number is called that got no name of its own. Where that would be
    /// too long, the end of the stem is cut. `None`: no room is left for the number.
    pub fn child(&self, number: u32) -> Option<Self> {
        let number = format!(".{number}");
        let room = LONGEST.checked_sub(number.len())?;
        let stem = self.as_str().get(..room).unwrap_or(self.as_str());
        Self::parse(&format!("{stem}{number}"))
    }

    /// Whether this is `other`, or a child of it or of its children, as [`ProcessName::child`]
    /// calls them.
    pub fn stems_from(&self, other: &Self) -> bool {
        let rest = self.as_str().strip_prefix(other.as_str());
        rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_begins_alike_is_no_child() {
        let name = |text| ProcessName::parse(text).expect("a name");
        assert!(name("s.1.2").stems_from(&name("s")) && name("s").stems_from(&name("s")));
        assert!(!name("server").stems_from(&name("s")) && !name("s").stems_from(&name("s.1")));
    }

    #[test]
    fn a_host_is_printed_with_its_mark_and_kept_without() {
        let host = HostName::parse("@server").expect("a name");
        assert_eq!(host.as_str(), "server");
        assert_eq!(host.to_string(), "@server");
        assert_eq!(HostName::parse("server"), Some(host));
    }

    #[test]
    fn a_child_is_called_by_its_number_and_a_long_stem_is_cut() {
        let child = |name: &str, number| {
            let name = ProcessName::parse(name).expect("a name").child(number);
            name.map(|name| name.to_string())
        };
        assert_eq!(child("server", 7).as_deref(), Some("server.7"));
        assert_eq!(child("fifteen-letters", 199).as_deref(), Some("fifteen-let.199"));
    }

    #[test]
    fn what_is_no_name_is_refused() {
        for text in ["", "@", "1st", "a b", "ü", "a/b", "sixteen-letters-"] {
            assert_eq!(ProcessName::parse(text), None, "{text:?}");
        }
        assert!(ProcessName::parse("server.1").is_some());
    }
}
