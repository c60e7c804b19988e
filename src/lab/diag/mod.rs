//! The kernel's list of sockets (`NETLINK_SOCK_DIAG`, sock_diag(7)) as bytes: what to ask, and
//! what the answers mean.
//!
//! ```text
//!   Query::request ──▶ (the lab sends it) ──▶ kernel ──▶ datagrams ──▶ Collector ──▶ Dump ──▶ share
//! ```
//!
//! Everything here is pure and linear in its input; no answer, however odd, makes it panic. It
//! must not know a file descriptor or who asks. What stands in no dump at all (a fresh, refused or
//! reset TCP socket, an unbound UDP one) the lab adds from the fd tables.
//!
//! The layouts are those of `linux/inet_diag.h`, `linux/unix_diag.h` and `linux/packet_diag.h`.
//! A structure may have grown in a newer kernel and be shorter in an older one, so fields are read
//! by their offset, and one that is not there is `None`.

mod collect;
mod inet;
mod packet;
mod request;
mod share;
mod tcp_info;
mod unix;

pub use collect::{Collector, Dump, DumpError, Progress};
pub use request::{ALL_STATES, Id, Protocol, Query, destroy, ids};
pub use share::share;
pub use tcp_info::tcp_info;
pub use unix::Link;

use crate::model::SocketMemory;

use super::netlink::Attribute;

/// `SK_MEMINFO_*`: the same list of numbers in all families; the drops came last.
///
/// What is held against SO_SNDBUF differs: with TCP it is what is queued, sent or not
/// (`sk_wmem_queued`, `sk_stream_memory_free()` of include/net/sock.h); elsewhere what has been
/// allocated and not freed by whoever took it (`sk_wmem_alloc`, `sock_wspace()`).
fn memory(attribute: &Attribute<'_>, protocol: Option<Protocol>) -> Option<SocketMemory> {
    use super::netlink::u32_at;
    let word = |index: usize| u32_at(attribute.payload, index * 4);
    let sending = if protocol == Some(Protocol::Tcp) { 5 } else { 2 };
    Some(SocketMemory {
        receive_used: word(0)?,
        receive_limit: word(1)?,
        send_used: word(sending)?,
        send_limit: word(3)?,
        drops: word(8),
    })
}
