//! sockstep: step through the life of a socket on real file descriptors.
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
