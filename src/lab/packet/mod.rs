//! IP packets as the kernel wrote them to a TUN: what they mean, and the answers of a router.
//!
//! Everything here is pure. A packet's bytes are kept by whoever asks; what can't be read is
//! [`Body::Other`], never an error.
//!
//! [`Body::Other`]: crate::model::Body::Other

mod decode;
mod flows;
mod icmp;

pub use decode::{Ends, decode, ends};
pub use flows::Flows;
pub use icmp::{ROUTER_V4, ROUTER_V6, icmp_unreachable};
