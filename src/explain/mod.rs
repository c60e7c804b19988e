//! What was observed → notes → words in English and Chinese.
//!
//! [`notes_in`] looks at a moment, the snapshot before it and the moments before, and chooses the explanations that their
//! facts prove, the most important first. [`Words`] turns a [`Note`] into sentences. Between the
//! two stand only a key and values, so that a language can be switched on a finished page.
//!
//! ```text
//! before, moment ─ Scene ─▶ calls   a report → what the call did; errors: why it failed
//!                        ├▶ queues, overflow   what a full queue did
//!                        ├▶ states, cause      a TCP state changed, and what brought it
//!                        ├▶ data, fins, wire   what arrived, what was held, what was lost
//!                        ├▶ again, duplicates  what was sent once more, what came once more
//!                        └▶ actions            what the hand did; processes that ended
//! earlier moments ─ past  ▶ how a socket lived, what was set before
//!                              Story ─▶ notes, by Rank, each once ─▶ Words ─▶ sentences
//! ```
//!
//! To add an explanation: choose it in the file of its topic with `note!("key", name = value)`,
//! write `[key]` with `en` and `zh` in a file of `assets/words/notes/`, and put the situation into
//! a table of `tests/`. The tests name what is missing, in either language or in the code.
//!
//! *Must not know*: what a lesson hoped for, a clock, a file, a terminal. A conclusion whose facts
//! are not in the snapshots or in the moment is not drawn; a value that the kernel did not report
//! is said to be not reported. Every text from outside is escaped when it becomes a value.

mod actions;
mod again;
mod calls;
mod case;
mod cause;
mod change;
mod choose;
mod data;
mod duplicates;
mod errors;
mod fins;
mod gap;
mod moves;
mod names;
mod note;
mod overflow;
mod past;
mod queues;
mod row;
mod scene;
mod signals;
mod states;
mod story;
#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;
mod traffic;
mod urgent;
mod wire;
mod words;

pub use change::is_telling;
pub use choose::{notes, notes_in};
pub use note::{IntoValue, Note, Value};
pub use words::Words;
