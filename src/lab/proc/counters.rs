//! `/proc/net/snmp`, `/proc/net/netstat` and `/proc/net/snmp6`.

use std::collections::BTreeMap;

/// What is no counter: constants, and the number of connections now. nstat(8) leaves out the same.
const NO_COUNTERS: [&str; 7] = [
    "IpForwarding",
    "IpDefaultTTL",
    "TcpRtoAlgorithm",
    "TcpRtoMin",
    "TcpRtoMax",
    "TcpMaxConn",
    "TcpCurrEstab",
];

/// The counters in `/proc/net/snmp` and `/proc/net/netstat` (either may be empty) that are not 0.
///
/// Names are those of nstat(8), which puts a line's word before each name (`TcpRetransSegs`,
/// `UdpRcvbufErrors`, `IpExtInOctets`), but the `TcpExt` of netstat's own counters is left out:
/// `ListenOverflows`, as every text about it says. No name of the two kinds is the same.
///
/// A line that can't be read is passed over.
pub fn counters(snmp: &str, netstat: &str) -> BTreeMap<String, u64> {
    let mut found = BTreeMap::new();
    for text in [snmp, netstat] {
        let mut lines = text.lines();
        // Lines come in pairs: names, then values.
        while let (Some(names), Some(values)) = (lines.next(), lines.next()) {
            pair(names, values, &mut found);
        }
    }
    found
}

fn pair(names: &str, values: &str, found: &mut BTreeMap<String, u64>) {
    let (Some((group, names)), Some((same, values))) =
        (names.split_once(": "), values.split_once(": "))
    else {
        return;
    };
    if group != same {
        return;
    }
    let prefix = if group == "TcpExt" { "" } else { group };
    for (name, value) in names.split_ascii_whitespace().zip(values.split_ascii_whitespace()) {
        // Most are 0, so nothing is made of them.
        let Some(value) = value.parse::<u64>().ok().filter(|value| *value != 0) else { continue };
        let name = format!("{prefix}{name}");
        if !NO_COUNTERS.contains(&name.as_str()) {
            found.insert(name, value);
        }
    }
}

/// Adds the counters of `/proc/net/snmp6` that sockets bring about and that are not 0, under their
/// own names (`Udp6RcvbufErrors`). The others count what IPv6 does by itself, too: a host that
/// comes up announces itself.
pub fn counters6(snmp6: &str, found: &mut BTreeMap<String, u64>) {
    for line in snmp6.lines() {
        let mut words = line.split_ascii_whitespace();
        if let (Some(name), Some(value)) = (words.next(), words.next())
            && name.starts_with("Udp6")
            && let Ok(value) = value.parse::<u64>()
            && value != 0
        {
            found.insert(name.to_owned(), value);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SNMP: &str = "Ip: Forwarding DefaultTTL InReceives\nIp: 2 64 5629\n\
        Tcp: RtoAlgorithm RtoMin RtoMax MaxConn CurrEstab RetransSegs InErrs\n\
        Tcp: 1 200 120000 -1 3 7 0\n";
    const NETSTAT: &str = "TcpExt: SyncookiesSent ListenOverflows ListenDrops\nTcpExt: 0 2 2\n\
        IpExt: InNoRoutes InOctets\nIpExt: 0 12\n";

    fn names(found: &BTreeMap<String, u64>) -> Vec<(&str, u64)> {
        found.iter().map(|(name, value)| (name.as_str(), *value)).collect()
    }

    #[test]
    fn counters_bear_the_names_that_lessons_write() {
        let found = counters(SNMP, NETSTAT);
        let expected = [
            ("IpExtInOctets", 12),
            ("IpInReceives", 5629),
            ("ListenDrops", 2),
            ("ListenOverflows", 2),
            ("TcpRetransSegs", 7),
        ];
        assert_eq!(names(&found), expected);
    }

    #[test]
    fn what_is_no_pair_of_lines_is_passed_over() {
        assert!(counters("Tcp: A B\nUdp: 1 2\n", "").is_empty());
        assert!(counters("Tcp: A B", "x\ny\n").is_empty());
        assert_eq!(names(&counters("Tcp: A B\nTcp: 1\n", "")), [("TcpA", 1)]);
    }

    #[test]
    fn no_counter_of_this_kernel_has_the_name_of_another() {
        let read = |path| std::fs::read_to_string(path).unwrap_or_default().replace(" 0", " 1");
        let (snmp, netstat) = (read("/proc/net/snmp"), read("/proc/net/netstat"));
        let values = |text: &str| {
            let lines = text.lines().skip(1).step_by(2);
            lines.flat_map(|l| l.split(' ').skip(1)).filter(|v| !v.starts_with('-')).count()
        };
        let all = values(&snmp) + values(&netstat);
        let left_out = if snmp.is_empty() { 0 } else { NO_COUNTERS.len() - 1 };
        assert_eq!(counters(&snmp, &netstat).len(), all - left_out);
    }

    #[test]
    fn ipv6_counters_are_added_under_their_own_names() {
        let mut found = counters(SNMP, "");
        counters6(
            "Ip6InReceives      \t3\nUdp6InDatagrams \t2\nUdp6RcvbufErrors \t0\nrubbish\n",
            &mut found,
        );
        assert_eq!(found.get("Udp6InDatagrams"), Some(&2));
        // What the host's own announcements count is no change of the lesson's.
        assert!(!found.contains_key("Ip6InReceives") && !found.contains_key("Udp6RcvbufErrors"));
    }
}
