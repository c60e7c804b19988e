//! A small lesson to begin with.

use super::diagnostic::Diagnostic;
use super::read::parse;
use crate::model::Lang;

const EN: &str = include_str!("../../assets/template/lesson.en.md");
const ZH: &str = include_str!("../../assets/template/lesson.zh.md");
/// The name that it has there.
const ID: &str = "id: my-lesson\n";

/// The text of a small lesson named `id` with a bit of everything, for an author to go on from.
///
/// # Errors
/// If no lesson can be named so.
pub fn template(id: &str, lang: Lang) -> Result<String, Vec<Diagnostic>> {
    let text = match lang {
        Lang::En => EN,
        Lang::Zh => ZH,
    };
    let id = id.replace(['\n', '\r'], " ");
    let text = text.replacen(ID, &format!("id: {id}\n"), 1);
    parse(&format!("{id}.md"), &text).map(|_| text)
}

#[cfg(test)]
mod tests {
    use super::super::{claims, compare, length};
    use super::*;

    #[test]
    fn it_holds_whatever_a_lesson_of_sockstep_must_hold() {
        let read = |lang: Lang| {
            let text = template("mine", lang).expect("a good name");
            parse("mine.md", &text).expect("a lesson")
        };
        let (en, zh) = (read(Lang::En), read(Lang::Zh));
        assert_eq!(compare(&en, &zh), []);
        assert_eq!((en.id.as_str(), length(&en)), ("mine", None));
        assert_eq!(claims(&en), []);
    }

    #[test]
    fn a_name_that_no_lesson_has_is_refused_with_its_place() {
        for name in ["Mine", "", "a b", "1", "x\ny: z", "---"] {
            let all = template(name, Lang::En).expect_err(name);
            assert!(all[0].place.line <= 2, "{name}: {}", all[0]);
        }
    }
}
