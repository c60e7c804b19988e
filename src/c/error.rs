//! What is wrong with a piece of C, and where.

use std::fmt;
use std::ops::Range;

use super::types::Type;
use crate::model::{Said, Sayable, said, sayable};

/// What the subset of C is, for errors about C outside of it.
pub fn subset() -> Said {
    said!(
        "sockstep's C is a subset: int, char, pointers, arrays, structs, operators, if, switch, \
         while, do, for, functions without recursion, and the calls of sockets"
    )
}

sayable!(Type);

/// An error in the learner's C, found before anything ran.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Error {
    /// The place, as bytes of the source that was compiled. Never splits a character.
    pub span: Range<usize>,
    /// What was expected, or what is wrong.
    pub message: Said,
    /// What to do about it: a signature, the nearest names, what the subset is.
    pub help: Option<Said>,
}

impl Error {
    /// An error without help.
    pub(super) fn new(span: Range<usize>, message: Said) -> Self {
        Self { span, message, help: None }
    }

    /// The same error with help.
    pub(super) fn help(mut self, help: Said) -> Self {
        self.help = Some(help);
        self
    }

    /// C that exists but is not understood here.
    pub(super) fn outside(span: Range<usize>, what: impl Sayable) -> Self {
        Self::new(span, said!("{what} is outside sockstep's C", what)).help(subset())
    }

    /// What only a program with threads needs.
    pub(super) fn threads(span: Range<usize>) -> Self {
        let help = said!("several clients at once: fork() a process for each, or poll() in one");
        Self::new(span, said!("threads are outside sockstep's C")).help(help)
    }

    /// What asks for the addresses of a name.
    pub(super) fn names(span: Range<usize>) -> Self {
        let help =
            said!("a lab has no DNS: fill a struct sockaddr_in, with inet_pton() for its address");
        Self::new(span, said!("getaddrinfo() is outside sockstep's C")).help(help)
    }

    /// The same error with the nearest of `names` as help, if one is near.
    pub(super) fn nearest<'a>(self, name: &str, names: impl Iterator<Item = &'a str>) -> Self {
        match Said::either(nearest(name, names)) {
            Some(near) => self.help(said!("did you mean {near}?", near)),
            None => self,
        }
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.message)?;
        match &self.help {
            Some(help) => write!(f, " ({help})"),
            None => Ok(()),
        }
    }
}

impl std::error::Error for Error {}

/// The at most three names that are nearest to `name`, nearest first; those further away than a
/// third of its letters do not count.
pub fn nearest<'a>(name: &str, names: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    const LONGEST: usize = 40;
    if name.len() > LONGEST {
        return Vec::new();
    }
    let limit = 1 + name.len() / 4;
    let mut near: Vec<(usize, &str)> = names
        .filter(|known| known.len().abs_diff(name.len()) <= limit && *known != name)
        .map(|known| (distance(name, known), known))
        // Of one letter, nothing is left that could be alike.
        .filter(|(distance, known)| {
            *distance <= limit && *distance * 2 <= known.len().min(name.len())
        })
        .collect();
    near.sort_unstable();
    near.dedup();
    near.into_iter().take(3).map(|(_, known)| known).collect()
}

/// How many letters must be inserted, deleted, changed or swapped with their neighbour to make
/// `b` of `a`; upper and lower case differ by nothing.
fn distance(a: &str, b: &str) -> usize {
    let a = a.to_ascii_lowercase().into_bytes();
    let b = b.to_ascii_lowercase().into_bytes();
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 0..a.len() {
        let mut row = vec![i + 1];
        for j in 0..b.len() {
            let change = last[j] + usize::from(a[i] != b[j]);
            let mut best = change.min(last[j + 1] + 1).min(row[j] + 1);
            if i > 0 && j > 0 && a[i] == b[j - 1] && a[i - 1] == b[j] {
                best = best.min(before[j - 1] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_names_come_first() {
        let names = ["socket", "socketpair", "sockaddr", "bind", "listen"];
        let near = |name| nearest(name, names.iter().copied());
        assert_eq!(near("sockte"), ["socket"]);
        assert_eq!(near("Listen"), ["listen"]);
        assert_eq!(near("sockadr"), ["sockaddr"]);
        assert!(near("frobnicate").is_empty());
        assert!(near("").is_empty());
        assert!(nearest("u", ["a", "n", "up"].into_iter()).is_empty());
        assert_eq!(nearest("fs", ["fd", "n"].into_iter()), ["fd"]);
    }

    #[test]
    fn swapped_letters_count_as_one_mistake() {
        assert_eq!(distance("bidn", "bind"), 1);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("AF_INET", "AF_INET6"), 1);
    }
}
