//! Screens and keys, without a terminal and without a kernel.

mod fit;
mod hostile;
mod keys;
mod panes;
mod play;
mod screens;
mod told;
mod typing;
