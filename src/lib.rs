//! sockstep: step through the life of a socket on real file descriptors, with the wire in your
//! hands.
//!
//! A *lesson* is a Markdown document that runs. Its steps are C statements and commands for the
//! wire; each is put to two real hosts in network namespaces, and sockstep carries every packet
//! between them. What the screen shows was read from the kernel after the step.
//!
//! # The house
//!
//! Rooms stand on floors, and a room imports only from floors below its own
//! (`tests/architecture.rs` holds the rule).
//!
//! | floor | room | what it does | what it must not know |
//! |---|---|---|---|
//! | 6 | [`cli`] | one file per subcommand; joins the rooms | how any of them works |
//! | 5 | [`tui`] | app, keys, panes: from a session to the screen | the lab |
//! | 4 | [`session`] | runs a lesson or free play on a world; timeline, undo, branch | a clock, a file, the lab |
//! | 3 | [`lab`] | the world that is real: namespaces, processes, the wire, reading the kernel | lessons, C |
//! | 2 | [`lesson`] | Markdown → lesson, and every error that needs no kernel | what will happen |
//! | 2 | [`explain`] | what was observed → notes → words in two languages | what a lesson hoped for |
//! | 1 | [`c`] | the C subset: text → small programs that stop at system calls | who makes the calls |
//! | 0 | [`model`] | plain words: call, outcome, socket, packet, snapshot, change, moment | everything else |
//!
//! # The way of a key press
//!
//! `tui` turns the key into a message, and the message into an effect: the session does its next
//! step. `session` lets the statement's program (`c`) run until it stops at a system call, and
//! hands that [`model::Action`] to the [`model::World`]. The world is a `lab`: the process makes
//! the call, the wire carries what the kernels send, and when nothing moves any more the kernel
//! is read. What comes back is a [`model::Moment`]: outcomes, packets, a snapshot, and the changes
//! since the one before. `session` compares it with what the lesson expects and appends it to the
//! timeline; `explain` finds words for it; `tui` draws it.
//!
//! # What is not there
//!
//! * No value on the screen is computed from what *should* have happened.
//! * `unsafe` stands in `lab::sys` alone.
//! * Only `lab`, `tui::run` and `cli` read a clock, a file or a terminal.
#![deny(unsafe_code)]
#![warn(missing_docs)]

pub mod c;
pub mod cli;
pub mod explain;
#[doc(hidden)]
pub mod fuzz;
pub mod lab;
pub mod lesson;
pub mod model;
pub mod session;
pub mod tui;
