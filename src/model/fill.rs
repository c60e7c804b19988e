//! Texts with holes in them, such as those of `assets/words`: `fd {fd} has {n|byte|bytes}`.

/// A piece of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Words.
    Plain(&'a str),
    /// `{name}`, or `{name|byte|bytes}`: the value, and behind a number the word that fits it.
    Hole {
        /// Of the value.
        name: &'a str,
        /// The word behind 1, and the word behind any other number.
        forms: Option<(&'a str, &'a str)>,
    },
}

/// The pieces of a text. `{{` and `}}` stand for braces; an open brace without an end is a brace.
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['{', '}']) {
        if at > 0 {
            found.push(Piece::Plain(&rest[..at]));
        }
        let tail = &rest[at..];
        let end = tail.find('}').filter(|_| tail.starts_with('{') && !tail.starts_with("{{"));
        rest = if let Some(end) = end {
            let mut parts = tail[1..end].splitn(3, '|');
            let name = parts.next().unwrap_or_default();
            let forms = parts.next().map(|one| (one, parts.next().unwrap_or(one)));
            found.push(Piece::Hole { name, forms });
            &tail[end + 1..]
        } else {
            found.push(Piece::Plain(&tail[..1]));
            let doubled = tail.starts_with("{{") || tail.starts_with("}}");
            &tail[if doubled { 2 } else { 1 }..]
        };
    }
    if !rest.is_empty() {
        found.push(Piece::Plain(rest));
    }
    found
}

/// Puts values into a text. A placeholder without a value stays as it is written.
pub fn fill(text: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::with_capacity(text.len() * 2);
    for piece in pieces(text) {
        match piece {
            Piece::Plain(plain) => filled.push_str(plain),
            Piece::Hole { name, forms } => {
                let Some(value) = value(name) else {
                    filled.push_str(&format!("{{{name}}}"));
                    continue;
                };
                filled.push_str(&value);
                if let Some((one, many)) = forms {
                    filled.push(' ');
                    filled.push_str(if value == "1" { one } else { many });
                }
            }
        }
    }
    filled
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(text: &str, values: &[(&str, &str)]) -> String {
        fill(text, |name| values.iter().find(|(n, _)| *n == name).map(|(_, v)| (*v).to_owned()))
    }

    #[test]
    fn placeholders_are_filled_and_doubled_braces_are_braces() {
        assert_eq!(filled("fd {fd}.", &[("fd", "3")]), "fd 3.");
        assert_eq!(filled("SO_LINGER {{1,0}} on {fd}", &[("fd", "3")]), "SO_LINGER {1,0} on 3");
        assert_eq!(filled("{a}{b}", &[("a", "1"), ("b", "2")]), "12");
        assert_eq!(filled("a { b } {c", &[]), "a { b } {c");
        assert_eq!(filled("{unknown}", &[]), "{unknown}");
        assert_eq!(filled("", &[]), "");
    }

    #[test]
    fn a_number_takes_the_word_that_fits_it() {
        let text = "{n|byte|bytes} wait";
        assert_eq!(filled(text, &[("n", "1")]), "1 byte wait");
        assert_eq!(filled(text, &[("n", "0")]), "0 bytes wait");
        assert_eq!(filled(text, &[("n", "5")]), "5 bytes wait");
    }

    #[test]
    fn a_value_is_not_filled_in_turn() {
        assert_eq!(filled("{a}", &[("a", "{b}"), ("b", "x")]), "{b}");
    }
}
