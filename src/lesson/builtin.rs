//! The lessons that come with sockstep, in the order of the menu.

use super::diagnostic::Diagnostic;
use super::read::{Options, parse_with};
use super::step::Lesson;
use crate::model::Lang;

/// A built-in lesson in both languages.
struct Builtin {
    id: &'static str,
    texts: [(Lang, &'static str, &'static str); 2],
}

/// One line of the list: the pair of files of this name.
macro_rules! lesson {
    ($id:literal) => {
        Builtin {
            id: $id,
            texts: [
                (
                    Lang::En,
                    concat!("assets/lessons/", $id, ".en.md"),
                    include_str!(concat!("../../assets/lessons/", $id, ".en.md")),
                ),
                (
                    Lang::Zh,
                    concat!("assets/lessons/", $id, ".zh.md"),
                    include_str!(concat!("../../assets/lessons/", $id, ".zh.md")),
                ),
            ],
        }
    };
}

const LESSONS: &[Builtin] = &[
    // 1 · The life of a connection
    lesson!("tour"),
    lesson!("tcp-lifecycle"),
    lesson!("addresses"),
    lesson!("socket-arguments"),
    lesson!("socket-pairs"),
    lesson!("whole-program"),
    // 2 · On the wire
    lesson!("handshake"),
    lesson!("backlog"),
    lesson!("goodbye"),
    lesson!("both-at-once"),
    lesson!("reset"),
    lesson!("connect-errors"),
    lesson!("time-wait"),
    lesson!("silence"),
    // 3 · Data
    lesson!("buffers"),
    lesson!("window"),
    lesson!("io-pairs"),
    lesson!("message-flags"),
    lesson!("return-values"),
    lesson!("udp"),
    lesson!("late-answers"),
    // 4 · Descriptors
    lesson!("fd-table"),
    lesson!("bad-descriptors"),
    lesson!("reference-count"),
    lesson!("process-death"),
    // 5 · On one host
    lesson!("unix-stream"),
    lesson!("unix-kinds"),
    lesson!("bad-addresses"),
    lesson!("unix-or-tcp"),
    // 6 · Many at once
    lesson!("nonblocking"),
    lesson!("multiplexing"),
    lesson!("ipv6"),
    // 7 · Below the calls
    lesson!("kernel-dispatch"),
    lesson!("raw-and-packet"),
    // 8 · Mysteries
    lesson!("mystery-hanging-client"),
    lesson!("mystery-refused-or-ignored"),
    lesson!("mystery-restart"),
    lesson!("mystery-glued-bytes"),
    lesson!("mystery-close-wait"),
    lesson!("mystery-htons"),
    lesson!("mystery-killed-by-nothing"),
    lesson!("mystery-half-message"),
    lesson!("mystery-two-servers"),
];

/// The built-in lessons' names, in the order of the menu.
pub fn builtin_ids() -> impl Iterator<Item = &'static str> {
    LESSONS.iter().map(|lesson| lesson.id)
}

/// Path and text of a built-in lesson; `None`: there is no such lesson.
pub fn builtin_text(id: &str, lang: Lang) -> Option<(&'static str, &'static str)> {
    let lesson = LESSONS.iter().find(|lesson| lesson.id == id)?;
    let (_, path, text) = lesson.texts.iter().find(|(known, ..)| *known == lang)?;
    Some((path, text))
}

/// A built-in lesson in a language; `None`: there is no such lesson.
///
/// # Errors
/// None, as a test reads them all; the type is that of [`super::parse`].
pub fn builtin(id: &str, lang: Lang) -> Option<Result<Lesson, Vec<Diagnostic>>> {
    let (path, text) = builtin_text(id, lang)?;
    Some(parse_with(path, text.as_bytes(), Options { allow_run: true, ..Options::default() }))
}
