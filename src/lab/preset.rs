//! The settings of a host: what is pinned so that every run is alike, and the two presets.
//!
//! A new namespace inherits some of these from the machine and invents others; here each one that
//! a lesson could notice is set.

use crate::model::Preset;

use super::make_host::INTERFACE;

/// Settings of every lab (tcp(7), ip(7), `Documentation/networking/ip-sysctl.rst`).
const PINNED: &[(&str, &str)] = &[
    // The only congestion control that may be chosen on every machine.
    ("net.ipv4.tcp_congestion_control", "reno"),
    ("net.ipv4.tcp_rmem", "4096 131072 6291456"),
    ("net.ipv4.tcp_wmem", "4096 16384 4194304"),
    ("net.core.somaxconn", "4096"),
    ("net.ipv4.tcp_max_syn_backlog", "1024"),
    ("net.ipv4.tcp_syncookies", "1"),
    ("net.ipv4.tcp_abort_on_overflow", "0"),
    // No tail-loss probe: the first retransmission is the RTO's.
    ("net.ipv4.tcp_early_retrans", "0"),
    // A connection must not inherit the RTT of one whose packets were held.
    ("net.ipv4.tcp_no_metrics_save", "1"),
    // Duplicates made by hand come fast, and each is to be answered.
    ("net.ipv4.tcp_invalid_ratelimit", "0"),
    ("net.ipv4.icmp_ratelimit", "0"),
    // The gaps of the textbooks: 1, 2, 4 seconds.
    ("net.ipv4.tcp_syn_linear_timeouts", "0"),
    ("net.ipv4.tcp_fastopen", "1"),
    ("net.ipv4.tcp_ecn", "2"),
    ("net.ipv4.ip_unprivileged_port_start", "1024"),
    ("net.unix.max_dgram_qlen", "10"),
];

/// No packet that nobody asked for.
const SILENT_V6: &[(&str, &str)] = &[
    ("accept_dad", "0"),
    ("dad_transmits", "0"),
    ("router_solicitations", "0"),
    ("accept_ra", "0"),
    ("autoconf", "0"),
    ("addr_gen_mode", "1"),
];

/// For talking over one held packet for an hour.
const CALM: &[(&str, &str)] = &[
    // With timestamps the hold itself is measured as a round trip, and the RTO grows with it.
    ("net.ipv4.tcp_timestamps", "0"),
    ("net.ipv4.tcp_syn_retries", "60"),
    ("net.ipv4.tcp_synack_retries", "60"),
    ("net.ipv4.tcp_orphan_retries", "60"),
    ("net.ipv4.tcp_retries2", "60"),
    ("net.ipv4.tcp_fin_timeout", "3600"),
    // Held data and FINs stay quiet for 20 s; SYN and SYN,ACK keep their second.
    ("net.ipv4.tcp_rto_min_us", "20000000"),
];

/// To see the kernel give up.
const QUICK: &[(&str, &str)] = &[
    ("net.ipv4.tcp_syn_retries", "2"),
    ("net.ipv4.tcp_synack_retries", "2"),
    ("net.ipv4.tcp_orphan_retries", "2"),
    ("net.ipv4.tcp_retries2", "3"),
    ("net.ipv4.tcp_fin_timeout", "3"),
    ("net.ipv4.tcp_keepalive_time", "1"),
    ("net.ipv4.tcp_keepalive_intvl", "1"),
    ("net.ipv4.tcp_keepalive_probes", "3"),
];

/// The settings of a host in a lab of this preset, in the order in which they are to be set.
pub(super) fn settings(preset: Preset) -> Vec<(String, String)> {
    let timers = match preset {
        Preset::Calm => CALM,
        Preset::Quick => QUICK,
    };
    let plain = PINNED.iter().chain(timers);
    let mut all: Vec<_> = plain.map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    for (key, value) in SILENT_V6 {
        all.push((format!("net.ipv6.conf.{INTERFACE}.{key}"), (*value).to_owned()));
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_lists_what_is_set() {
        let page = include_str!("../../docs/trust.md");
        let row = |key: &str| page.lines().find(|line| line.starts_with(&format!("| `{key}` |")));
        let cell = |key: &str, column: usize| {
            let row = row(key).unwrap_or_else(|| panic!("{key} is not in the document"));
            row.split('|').nth(column).unwrap_or_default().trim().to_owned()
        };
        for (column, settings) in [(2, PINNED), (2, CALM), (3, QUICK)] {
            for (key, value) in settings {
                assert_eq!(cell(key, column), *value, "{key}");
            }
        }
        for (key, value) in SILENT_V6 {
            assert!(page.contains(&format!("`{key}` {value}")), "{key}");
        }
    }
}
