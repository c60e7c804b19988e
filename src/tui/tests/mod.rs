//! Screens.

mod panes;
