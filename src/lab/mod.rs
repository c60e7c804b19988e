//! The World that is real.

pub mod diag;
pub mod netlink;
pub mod packet;
pub mod proc;
