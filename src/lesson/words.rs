//! Splitting a line into words that remember where they stand, and guessing what was meant.

use std::ops::Range;

use super::diagnostic::Trouble;
use crate::model::{Said, said};

/// A word without white space, and its bytes in the text it was taken from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word<'a> {
    pub text: &'a str,
    pub span: Range<usize>,
}

/// The words of a line, taken one by one.
#[derive(Debug, Clone)]
pub struct Words<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Words<'a> {
    pub fn new(text: &'a str) -> Self {
        Self { text, at: 0 }
    }

    /// The next word, which stays.
    pub fn peek(&self) -> Option<Word<'a>> {
        let rest = &self.text[self.at..];
        let start = self.at + (rest.len() - rest.trim_start().len());
        let rest = &self.text[start..];
        let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let span = start..start + length;
        (length > 0).then(|| Word { text: &self.text[span.clone()], span })
    }

    /// The next word, or that `expected` is missing.
    pub fn next(&mut self, expected: Said) -> Result<Word<'a>, Trouble> {
        let word = self.peek().ok_or_else(|| {
            Trouble::new(self.end_span(), said!("something is missing here")).expected(expected)
        })?;
        self.at = word.span.end;
        Ok(word)
    }

    /// Takes the next word if it is this one.
    pub fn take(&mut self, wanted: &str) -> bool {
        match self.peek() {
            Some(word) if word.text == wanted => {
                self.at = word.span.end;
                true
            }
            Some(_) | None => false,
        }
    }

    /// Everything that is left, trimmed, with its place.
    pub fn rest(&mut self) -> Word<'a> {
        let rest = &self.text[self.at..];
        let start = self.at + (rest.len() - rest.trim_start().len());
        let text = rest.trim();
        self.at = self.text.len();
        Word { text, span: start..start + text.len() }
    }

    /// Goes on at this byte of the text, which is the start of a character.
    pub fn skip_to(&mut self, at: usize) {
        self.at = at;
    }

    /// That nothing is left.
    pub fn end(&mut self) -> Result<(), Trouble> {
        let rest = self.rest();
        if rest.text.is_empty() {
            return Ok(());
        }
        Err(Trouble::new(rest.span, said!("unexpected {quoted}", quoted = quoted(rest.text)))
            .expected(said!("the end of the line")))
    }

    fn end_span(&self) -> Range<usize> {
        let end = self.text.trim_end().len();
        end..end
    }
}

impl Word<'_> {
    /// That something else was expected in this word's stead.
    pub fn instead_of(&self, expected: Said) -> Trouble {
        if self.text.is_empty() {
            return Trouble::new(self.span.clone(), said!("something is missing here"))
                .expected(expected);
        }
        Trouble::new(self.span.clone(), said!("unexpected {quoted}", quoted = quoted(self.text)))
            .expected(expected)
    }

    /// The number that the word is.
    pub fn number<T: std::str::FromStr>(&self, expected: Said) -> Result<T, Trouble> {
        let digits = self.text.strip_prefix('-').unwrap_or(self.text);
        let plain = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
        match self.text.parse() {
            Ok(number) if plain => Ok(number),
            Ok(_) | Err(_) => Err(self.instead_of(expected)),
        }
    }
}

/// Text from a lesson as messages show it: between backticks, escaped, not too long.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 40;
    let mut short: String = text.chars().take(LONGEST).collect();
    if short.len() < text.len() {
        short.push('…');
    }
    format!("`{}`", crate::model::escape(short.as_bytes()))
}

/// The known word that `wrong` was probably meant to be.
pub fn nearest<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    const LONGEST: usize = 40;
    if wrong.len() > LONGEST {
        return None;
    }
    let simple = |text: &str| text.to_ascii_lowercase().replace(['-', '_', ' '], "");
    let wrong = simple(wrong);
    let allowed = 1 + wrong.len() / 4;
    known
        .into_iter()
        .map(|word| (distance(&wrong, &simple(word)), word))
        .filter(|(distance, word)| *distance <= allowed && *distance < word.len())
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, word)| word)
}

/// "did you mean …?", or what else to say.
pub fn suggest<'a>(
    wrong: &str,
    known: impl IntoIterator<Item = &'a str> + Clone,
    what: Said,
) -> Said {
    let listed: Vec<&str> = known.clone().into_iter().take(24).collect();
    if nearest(wrong, known.clone()).is_some() || listed.is_empty() {
        return or_near(wrong, known, what);
    }
    match Said::list(listed) {
        Some(listed) => said!("{what}: {listed}", what, listed),
        None => what,
    }
}

/// What was expected, and "did you mean …?" if a known word is near.
pub fn or_near<'a>(wrong: &str, known: impl IntoIterator<Item = &'a str>, what: Said) -> Said {
    match nearest(wrong, known) {
        Some(word) => said!("{what}; did you mean `{word}`?", what, word),
        None => what,
    }
}

/// Levenshtein's distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_know_where_they_stand() {
        let mut words = Words::new("  expect  套接字 fd\t");
        assert_eq!(words.next(Said::same("")).expect("a word").span, 2..8);
        assert!(words.take("套接字"));
        assert!(!words.take("fdx"));
        assert_eq!(words.rest(), Word { text: "fd", span: 20..22 });
        assert!(words.end().is_ok());
        let trouble = words.next(Said::same("a number")).expect_err("nothing is left");
        assert_eq!(trouble.span, 22..22);
        assert_eq!(trouble.expected.expect("it says so"), "a number");
    }

    #[test]
    fn a_slip_is_recognised_and_nonsense_is_not() {
        let states = ["ESTABLISHED", "CLOSE_WAIT", "TIME_WAIT", "FIN_WAIT1"];
        assert_eq!(nearest("close-wait", states), Some("CLOSE_WAIT"));
        assert_eq!(nearest("ESTABLISED", states), Some("ESTABLISHED"));
        assert_eq!(nearest("FIN_WAIT_1", states), Some("FIN_WAIT1"));
        assert_eq!(nearest("banana", states), None);
        assert_eq!(nearest("x", ["y"]), None);
    }

    #[test]
    fn numbers_have_digits_only() {
        let word = |text| Word { text, span: 0..0 };
        assert_eq!(word("12").number::<u32>(Said::same("n")), Ok(12));
        assert_eq!(word("-1").number::<i64>(Said::same("n")), Ok(-1));
        for text in ["+1", "", "-", "1x", "99999999999"] {
            assert!(word(text).number::<u32>(Said::same("n")).is_err(), "{text}");
        }
    }
}
