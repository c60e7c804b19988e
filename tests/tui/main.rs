//! The program on a terminal of its own: a pseudo-terminal that is read as vt100 reads one.

mod pty;
mod story;
mod terminal;
