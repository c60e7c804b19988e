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

mod build;
mod builtin;
mod claims;
mod diagnostic;
mod fact;
mod front;
mod line;
mod markdown;
mod pairs;
mod program;
mod prose;
mod read;
mod source;
mod step;
mod summary;
mod template;
mod words;

#[cfg(test)]
mod tests;

pub use builtin::{builtin, builtin_ids, builtin_text};
pub use claims::{LENGTH, claims, length};
pub use diagnostic::{Diagnostic, render, render_in_words};
pub use fact::{Fact, FdName};
pub use line::{LabLine, Patience};
pub use pairs::compare;
pub use program::{Given, Program, program};
pub use prose::{Piece, Prose, Style};
pub use read::{Options, parse, parse_with, program_text};
pub use source::{Place, Source};
pub use step::{
    Check, Choice, Code, Conclusion, Does, Expectation, Lesson, Line, Misconception, Question,
    Scene, Show, Step,
};
pub use summary::Summary;
pub use template::template;

use crate::model::LabSpec;

/// The constants that every lesson's C begins with: `SERVER_IP` and `CLIENT_IP`, the addresses of
/// `@server` and `@client`, or of the first and second host where no host bears that name.
pub fn constants(spec: &LabSpec) -> Vec<(&'static str, String)> {
    let host = |name: &str, index: usize| {
        let named = spec.hosts.iter().find(|host| host.name.as_str() == name);
        named.or(spec.hosts.get(index)).map(|host| host.v4.to_string())
    };
    let names = [("SERVER_IP", host("server", 0)), ("CLIENT_IP", host("client", 1))];
    names.into_iter().filter_map(|(name, ip)| Some((name, ip?))).collect()
}
