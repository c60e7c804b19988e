//! The World that is real.
