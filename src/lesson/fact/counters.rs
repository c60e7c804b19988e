//! The names of the kernel's counters. A name that no kernel counts by would be a fact that is
//! false for ever.

use std::sync::LazyLock;

use super::super::words::nearest;

/// See the file's head.
static KNOWN: LazyLock<Vec<String>> = LazyLock::new(|| read(include_str!("counters.txt")));

fn read(text: &str) -> Vec<String> {
    let words = text.lines().filter(|line| !line.starts_with('#')).flat_map(str::split_whitespace);
    let mut group = "";
    let mut found = Vec::new();
    for word in words {
        match word.strip_suffix(':') {
            Some("TcpExt") => group = "",
            Some(name) => group = name,
            None => found.push(format!("{group}{word}")),
        }
    }
    found
}

/// Whether a kernel has a counter of this name.
pub fn is_counter(name: &str) -> bool {
    KNOWN.iter().any(|known| known == name) || is_icmp_type(name)
}

/// `IcmpMsgInType3`: they come to be with the first message of the type.
fn is_icmp_type(name: &str) -> bool {
    let rest = name.strip_prefix("IcmpMsg");
    let rest = rest.and_then(|rest| rest.strip_prefix("In").or_else(|| rest.strip_prefix("Out")));
    let digits = rest.and_then(|rest| rest.strip_prefix("Type"));
    digits.is_some_and(|digits| digits.parse::<u8>().is_ok_and(|n| n.to_string() == digits))
}

/// The counter that was probably meant: its group was left out, or netstat's was written, or it
/// was misspelt.
pub fn meant(name: &str) -> Option<&'static str> {
    const TELLING: usize = 4;
    let lower = name.to_ascii_lowercase();
    let bare = lower.strip_prefix("tcpext").unwrap_or(&lower);
    let known = || KNOWN.iter().map(String::as_str);
    let same = known().find(|known| known.eq_ignore_ascii_case(bare));
    let without_group = || {
        let ends = |known: &&str| known.to_ascii_lowercase().ends_with(bare);
        known().filter(ends).min_by_key(|known| known.len()).filter(|_| bare.len() >= TELLING)
    };
    same.or_else(|| nearest(bare, known())).or_else(without_group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_bear_their_group_unless_it_is_tcpext() {
        let known = [
            "ListenOverflows",
            "TCPTimeouts",
            "TcpRetransSegs",
            "UdpRcvbufErrors",
            "IpExtInBcastPkts",
            "Udp6NoPorts",
            "IcmpMsgInType3",
        ];
        for name in known {
            assert!(is_counter(name), "{name}");
        }
        let unknown = [
            "RcvbufErrors",
            "TcpExtListenOverflows",
            "TcpCurrEstab",
            "listenoverflows",
            "IcmpMsgInType03",
            "IcmpMsgInType256",
            "Icmp6OutType135",
            "Type",
            "",
        ];
        for name in unknown {
            assert!(!is_counter(name), "{name}");
        }
    }

    #[test]
    fn what_was_meant_is_found_behind_a_missing_group_a_wrong_one_or_a_slip() {
        let cases = [
            ("RcvbufErrors", Some("UdpRcvbufErrors")),
            ("RetransSegs", Some("TcpRetransSegs")),
            ("TcpExtListenOverflows", Some("ListenOverflows")),
            ("listenoverflows", Some("ListenOverflows")),
            ("ListenOverflow", Some("ListenOverflows")),
            ("TcpExtListenOverflow", Some("ListenOverflows")),
            ("NoPorts", Some("UdpNoPorts")),
            ("A", None),
            ("TCPRetransSegs", Some("TcpRetransSegs")),
            ("NothingOfTheKind", None),
        ];
        for (name, counter) in cases {
            assert_eq!(meant(name), counter, "{name}");
        }
    }
}
