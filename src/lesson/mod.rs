//! Markdown → [`Lesson`], and every error that needs no kernel.
//!
//! A lesson is a Markdown document that runs: [`parse`] reads it into steps, each with the words
//! that stand before it, what it does, what is expected of the kernel afterwards and the question
//! that the kernel will answer. The C is compiled here, so that nothing wrong with a lesson is
//! found only while it runs; whether its expectations are true is found out by running it.
//!
//! *Must not know*: a lab, a clock, a file, a terminal, or what an explanation would say. A lesson
//! never holds what the kernel did, only what the author expects.
//!
//! ```text
//! text ─ front ─▶ LabSpec …         the lines between the two `---`
//!      └ markdown ▶ Block …         headings, paragraphs, quotes, choices, fences, with offsets
//!                     └ build ────▶ Lesson: scenes, steps, checks, questions
//!                         ├ fence_c     statements and their expectations → steps
//!                         └ fence_lab   lines → steps and checks
//! ```

mod code;
mod diagnostic;
mod fact;
mod line;
mod prose;
mod source;
mod step;

pub use diagnostic::Diagnostic;
pub use fact::{Fact, FdName};
pub use line::{LabLine, Patience};
pub use prose::{Piece, Prose, Style};
pub use source::{Place, Source};
pub use step::{
    Check, Choice, Code, Conclusion, Does, Expectation, Lesson, Line, Question, Scene, Show, Step,
};

/// Reads a lesson. `path` is only for messages; `run` is refused, see [`Options`].
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn parse(path: &str, text: &str) -> Result<Lesson, Vec<Diagnostic>> {
    parse_with(path, text.as_bytes(), Options::default())
}

/// What a reader of lessons allows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Options {
    /// The lesson may start commands of the machine with `run`: built-in lessons, and files that
    /// the user trusts (`--allow-run`).
    pub allow_run: bool,
}

/// Reads a lesson from the bytes of a file.
///
/// # Errors
/// Everything that is wrong with it, in the order of the text.
pub fn parse_with(path: &str, bytes: &[u8], _options: Options) -> Result<Lesson, Vec<Diagnostic>> {
    let source = Source::new(path, &String::from_utf8_lossy(bytes));
    let trouble = diagnostic::Trouble::new(0..0, "lessons can't be read yet");
    Err(vec![Diagnostic::new(&source, 0..0, &trouble)])
}

/// The built-in lessons' names, in the order of the menu.
pub fn builtin_ids() -> impl Iterator<Item = &'static str> {
    [].into_iter()
}

/// A built-in lesson in a language; `None`: there is no such lesson.
pub fn builtin(_id: &str, _lang: crate::model::Lang) -> Option<Result<Lesson, Vec<Diagnostic>>> {
    None
}
