//! What C printed, and what made a program of it die.

use std::ops::{Deref, Range};

use crate::model::{Said, Say};

/// A text that grows. Most of it is the program's own and the same in every language; the rest is
/// sockstep's. As a `str` it is English, and so a recording has it.
#[derive(Debug, Clone, Default, Eq)]
pub struct Printout {
    text: String,
    /// Where in the text something was said, in order.
    said: Vec<(Range<usize>, Said)>,
}

impl Printout {
    /// Puts what was printed behind the text.
    pub fn push_str(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Puts what sockstep has to say behind the text.
    pub(super) fn push_said(&mut self, said: Said) {
        let start = self.text.len();
        self.text.push_str(&said.to_string());
        self.said.push((start..self.text.len(), said));
    }

    /// Puts another one behind the text.
    pub(super) fn append(&mut self, other: Self) {
        let base = self.text.len();
        self.text.push_str(&other.text);
        let moved = other.said.into_iter();
        self.said.extend(moved.map(|(at, said)| (at.start + base..at.end + base, said)));
    }

    /// The text in the reader's language.
    pub fn in_words(&self, say: Say) -> String {
        let (mut text, mut end) = (String::new(), 0);
        for (at, said) in &self.said {
            text.push_str(&self.text[end..at.start]);
            text.push_str(&say(said));
            end = at.end;
        }
        text + &self.text[end..]
    }
}

impl Deref for Printout {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

impl From<String> for Printout {
    fn from(text: String) -> Self {
        Self { text, said: Vec::new() }
    }
}

impl PartialEq for Printout {
    /// Equal is what reads the same in English: a recording keeps no more of it.
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl PartialEq<&str> for Printout {
    fn eq(&self, other: &&str) -> bool {
        self.text == *other
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::c::Fault;

    #[test]
    fn what_sockstep_says_between_prints_is_put_into_the_readers_words() {
        let mut first = Printout::from("监听\n".to_owned());
        let mut second = Printout::from("server: ".to_owned());
        second.push_said(Fault::Division.said());
        second.push_str("\nbye\n");
        first.append(second);
        let english = "division by zero: a real program would be killed by SIGFPE";
        assert_eq!(first, format!("监听\nserver: {english}\nbye\n").as_str());
        assert_eq!(first.in_words(&|_| "除数为零".into()), "监听\nserver: 除数为零\nbye\n");
    }
}
