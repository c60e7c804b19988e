//! The catalogues: notes and labels in every language, and how a sentence is filled in.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::sync::Arc;

use serde::Deserialize;

use super::note::{Note, Value};
use crate::model::{Lang, Said, fill};

/// The explanations, by topic.
const NOTES: [&str; 12] = [
    include_str!("../../assets/words/notes/changes.toml"),
    include_str!("../../assets/words/notes/setup.toml"),
    include_str!("../../assets/words/notes/accept.toml"),
    include_str!("../../assets/words/notes/connect.toml"),
    include_str!("../../assets/words/notes/data.toml"),
    include_str!("../../assets/words/notes/goodbye.toml"),
    include_str!("../../assets/words/notes/descriptors.toml"),
    include_str!("../../assets/words/notes/ready.toml"),
    include_str!("../../assets/words/notes/signals.toml"),
    include_str!("../../assets/words/notes/options.toml"),
    include_str!("../../assets/words/notes/states.toml"),
    include_str!("../../assets/words/notes/wire.toml"),
];
/// What is said about something that is wrong: English texts of the code with their translations.
pub(super) const SAID: [&str; 4] = [
    include_str!("../../assets/words/said/c.toml"),
    include_str!("../../assets/words/said/lab.toml"),
    include_str!("../../assets/words/said/lesson.toml"),
    include_str!("../../assets/words/said/session.toml"),
];
/// The help of the command line.
const USAGE: &str = include_str!("../../assets/words/usage.toml");
/// Labels of the screen, and of the command line.
const LABELS: [&str; 2] =
    [include_str!("../../assets/words/ui.toml"), include_str!("../../assets/words/cli.toml")];

/// One entry of `assets/words/notes/`: a short form, and perhaps a long one and where it is written down.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// One to three sentences.
    pub en: String,
    /// The same for a Chinese reader.
    pub zh: String,
    /// The longer version.
    pub more_en: Option<String>,
    /// The same for a Chinese reader.
    pub more_zh: Option<String>,
    /// Manual pages and sections of RFCs, by name.
    pub see: Option<String>,
}

/// One entry of `ui.toml` or `cli.toml`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Label {
    pub en: String,
    pub zh: String,
}

impl Label {
    fn in_language(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }
}

/// All catalogues as they were parsed.
#[derive(Debug)]
pub(super) struct Catalogue {
    pub notes: BTreeMap<String, Entry>,
    pub ui: BTreeMap<String, Label>,
    /// Chinese by English, as it stands in the code.
    pub said: BTreeMap<String, String>,
    /// The same for the help of the command line.
    pub usage: BTreeMap<String, String>,
}

impl Catalogue {
    /// Parses the embedded files.
    ///
    /// # Errors
    /// What the TOML parser says, with line and column.
    pub fn parse() -> Result<Self, toml::de::Error> {
        let mut notes = BTreeMap::new();
        for file in NOTES {
            notes.append(&mut toml::from_str(file)?);
        }
        let mut ui = BTreeMap::new();
        for file in LABELS {
            ui.append(&mut toml::from_str(file)?);
        }
        let mut said = BTreeMap::new();
        for file in SAID {
            said.append(&mut toml::from_str(file)?);
        }
        Ok(Self { notes, ui, said, usage: toml::from_str(USAGE)? })
    }
}

/// Everything that sockstep says, in one language. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Words {
    lang: Lang,
    catalogue: Arc<Catalogue>,
}

impl Words {
    /// The words of a language. Parses the catalogues: call it once, then use [`Words::in_lang`].
    ///
    /// # Panics
    /// Never: the catalogues are part of the program, and a test parses them.
    pub fn new(lang: Lang) -> Self {
        let catalogue = Catalogue::parse().expect("a test parses the embedded catalogues");
        Self { lang, catalogue: Arc::new(catalogue) }
    }

    /// The same catalogues in another language.
    pub fn in_lang(&self, lang: Lang) -> Self {
        Self { lang, catalogue: self.catalogue.clone() }
    }

    /// The language.
    pub fn lang(&self) -> Lang {
        self.lang
    }

    /// The note in one to three sentences.
    pub fn short(&self, note: &Note) -> String {
        let Some(entry) = self.catalogue.notes.get(note.key) else { return note.key.to_owned() };
        self.fill_note(self.short_text(entry), note)
    }

    /// The longer version, in paragraphs parted by line feeds, the last of them naming manual
    /// pages and RFCs. `None`: there is no more to say.
    pub fn long(&self, note: &Note) -> Option<String> {
        let entry = self.catalogue.notes.get(note.key)?;
        let more = match self.lang {
            Lang::En => entry.more_en.as_deref(),
            Lang::Zh => entry.more_zh.as_deref(),
        };
        let more = more.map(|text| self.fill_note(text.trim(), note));
        let see = entry.see.as_deref().map(|see| match self.lang {
            Lang::En => format!("See {see}."),
            Lang::Zh => format!("参见 {see}。"),
        });
        let paragraphs: Vec<String> = more.into_iter().chain(see).collect();
        (!paragraphs.is_empty()).then(|| paragraphs.join("\n"))
    }

    /// A label of the screen. A key that is in no catalogue is given back as it is; a test looks
    /// for such keys.
    pub fn ui<'a>(&'a self, key: &'a str) -> &'a str {
        self.catalogue.ui.get(key).map_or(key, |label| label.in_language(self.lang))
    }

    /// A label with its placeholders filled in. The values must be harmless to a terminal.
    pub fn ui_with(&self, key: &str, values: &[(&str, &dyn Display)]) -> String {
        fill(self.ui(key), |name| {
            values.iter().find(|(known, _)| *known == name).map(|(_, value)| value.to_string())
        })
    }

    /// What other rooms have to say, such as what is wrong with a piece of C.
    pub fn said(&self, said: &Said) -> String {
        match self.lang {
            Lang::En => said.to_string(),
            Lang::Zh => said.in_words(&|text| self.catalogue.said.get(text).map(String::as_str)),
        }
    }

    /// A text of the command line's help; `None`: it is the English one already.
    pub fn usage(&self, english: &str) -> Option<&str> {
        match self.lang {
            Lang::En => None,
            Lang::Zh => self.catalogue.usage.get(english).map(String::as_str),
        }
    }

    /// Every English text that [`Words::usage`] knows.
    pub fn usages(&self) -> impl Iterator<Item = &str> {
        self.catalogue.usage.keys().map(String::as_str)
    }

    /// [`Words::said`], for those who do not know these words.
    pub fn say(&self) -> impl Fn(&Said) -> String {
        |said| self.said(said)
    }

    fn short_text<'a>(&self, entry: &'a Entry) -> &'a str {
        match self.lang {
            Lang::En => entry.en.trim(),
            Lang::Zh => entry.zh.trim(),
        }
    }

    fn fill_note(&self, text: &str, note: &Note) -> String {
        fill(text, |name| match note.value(name)? {
            Value::Text(text) if self.lang == Lang::Zh && is_list_of_fds(text) => {
                Some(text.replace(", ", "、"))
            }
            Value::Text(text) => Some(text.clone()),
            Value::List(texts) => Some(texts.join(match self.lang {
                Lang::En => ", ",
                Lang::Zh => "、",
            })),
            Value::Clause(clause) => Some(self.short(clause)),
        })
    }
}

/// Whether the text names a socket by several fds: `server fd 3, worker fd 3`.
fn is_list_of_fds(text: &str) -> bool {
    let is_fd = |part: &str| {
        let number = part.split_once(" fd ").map(|(_, number)| number);
        number.is_some_and(|number| number.parse::<i32>().is_ok())
    };
    text.contains(", ") && text.split(", ").all(is_fd)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_label_is_its_key() {
        let words = Words::new(Lang::En);
        assert_eq!(words.ui("no-such-label"), "no-such-label");
    }
}
