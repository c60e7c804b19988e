//! `struct tcp_info` (`linux/tcp.h`), which has grown at its end ever since.

use crate::lab::netlink::{u32_at, u64_at};
use crate::model::TcpInfo;

/// What the structure says, each field if the kernel's structure is long enough for it.
pub fn tcp_info(bytes: &[u8]) -> Option<TcpInfo> {
    let word = |at| u32_at(bytes, at);
    Some(TcpInfo {
        state: *bytes.first()?,
        ca_state: *bytes.get(1)?,
        retransmits: *bytes.get(2)?,
        rto_us: word(8),
        snd_mss: word(16),
        unacked: word(24),
        sacked: word(28),
        rtt_us: word(68),
        snd_cwnd: word(80),
        bytes_acked: u64_at(bytes, 120),
        bytes_received: u64_at(bytes, 128),
        notsent_bytes: word(144),
        snd_wnd: word(228),
        rcv_wnd: word(232),
    })
}
