//! What an option of a socket is for, and what its value says.

use crate::explain::note::{Note, note};

/// Options that are on or off.
const SWITCHES: [&str; 20] = [
    "SO_REUSEADDR",
    "SO_REUSEPORT",
    "SO_KEEPALIVE",
    "SO_BROADCAST",
    "SO_OOBINLINE",
    "SO_DONTROUTE",
    "SO_PASSCRED",
    "SO_TIMESTAMP",
    "TCP_NODELAY",
    "TCP_CORK",
    "TCP_QUICKACK",
    "TCP_FASTOPEN_CONNECT",
    "IPV6_V6ONLY",
    "IP_RECVERR",
    "IPV6_RECVERR",
    "IP_PKTINFO",
    "IPV6_RECVPKTINFO",
    "IP_HDRINCL",
    "IP_FREEBIND",
    "IP_BIND_ADDRESS_NO_PORT",
];

/// Whether this value switches an option off.
pub fn is_off(option: &str, value: &str) -> bool {
    let linger = option == "SO_LINGER" && value.starts_with("{l_onoff=0");
    linger || value == "0" && SWITCHES.contains(&option)
}

/// Whether a unix socket takes this option and does nothing with it.
pub fn is_for_networks(option: &str) -> bool {
    matches!(option, "SO_REUSEADDR" | "SO_KEEPALIVE" | "SO_BROADCAST" | "SO_DONTROUTE")
}

/// What an option is for, for those that lessons and curious students set.
pub fn of_option(option: &str, value: &str) -> Option<Note> {
    let switch = match option {
        "SO_REUSEADDR" => note!("option-reuseaddr"),
        "SO_REUSEPORT" => note!("option-reuseport"),
        "SO_LINGER" => linger(value),
        "SO_KEEPALIVE" => note!("option-keepalive"),
        "SO_BROADCAST" => note!("option-broadcast"),
        "SO_RCVTIMEO" | "SO_SNDTIMEO" => note!("option-timeout"),
        "SO_OOBINLINE" => note!("option-oobinline"),
        "SO_DONTROUTE" => note!("option-dontroute"),
        "SO_BINDTODEVICE" => note!("option-device"),
        "SO_TIMESTAMP" => note!("option-timestamp"),
        "SO_PASSCRED" => note!("option-passcred"),
        "TCP_NODELAY" => note!("option-nodelay"),
        "TCP_CORK" | "UDP_CORK" => note!("option-cork"),
        "TCP_QUICKACK" => note!("option-quickack"),
        "TCP_FASTOPEN_CONNECT" => note!("option-fastopen-connect"),
        "TCP_CONGESTION" => note!("option-congestion"),
        "IPV6_V6ONLY" => note!("option-v6only"),
        "IP_RECVERR" | "IPV6_RECVERR" => note!("option-recverr"),
        "IP_PKTINFO" | "IPV6_RECVPKTINFO" => note!("option-pktinfo"),
        "IP_MTU_DISCOVER" | "IPV6_MTU_DISCOVER" => note!("option-mtu-discover"),
        "IP_HDRINCL" => note!("option-hdrincl"),
        "IP_FREEBIND" | "IP_TRANSPARENT" => note!("option-freebind"),
        "IP_BIND_ADDRESS_NO_PORT" => note!("option-no-port"),
        "IP_ADD_MEMBERSHIP" | "IPV6_JOIN_GROUP" | "IPV6_ADD_MEMBERSHIP" => note!("option-group"),
        _ => return amount(option, value),
    };
    Some(switch)
}

/// What the number of an option counts.
pub fn amount(option: &str, value: &str) -> Option<Note> {
    Some(match option {
        "SO_RCVLOWAT" => note!("option-lowat", value = value),
        "SO_PRIORITY" => note!("option-priority", value = value),
        "TCP_USER_TIMEOUT" => note!("option-user-timeout", value = value),
        "TCP_DEFER_ACCEPT" => note!("option-defer-accept", value = value),
        "TCP_KEEPIDLE" => note!("option-keepidle", value = value),
        "TCP_KEEPINTVL" => note!("option-keepintvl", value = value),
        "TCP_KEEPCNT" => note!("option-keepcnt", value = value),
        "TCP_SYNCNT" => note!("option-syncnt", value = value),
        "TCP_LINGER2" => note!("option-linger2", value = value),
        "TCP_MAXSEG" => note!("option-maxseg", value = value),
        "TCP_WINDOW_CLAMP" => note!("option-window-clamp", value = value),
        "TCP_NOTSENT_LOWAT" => note!("option-notsent-lowat", value = value),
        "TCP_FASTOPEN" => note!("option-fastopen", value = value),
        "IP_TTL" | "IPV6_UNICAST_HOPS" => note!("option-ttl", value = value),
        "IP_MULTICAST_TTL" | "IPV6_MULTICAST_HOPS" => note!("option-multicast-ttl", value = value),
        "IP_TOS" | "IPV6_TCLASS" => note!("option-tos", value = value),
        "IP_MTU" | "IPV6_MTU" => note!("option-mtu", value = value),
        _ => return None,
    })
}

/// What close() will do: `{l_onoff=1, l_linger=0}`.
fn linger(value: &str) -> Note {
    let field = |name: &str| {
        let rest = value.split_once(name)?.1;
        rest.split([',', '}']).next()?.parse::<i32>().ok()
    };
    match (field("l_onoff="), field("l_linger=")) {
        (Some(1..), Some(0)) => note!("option-linger-abort"),
        (Some(1..), Some(seconds)) => note!("option-linger-wait", seconds = seconds),
        (Some(_) | None, _) => note!("option-linger"),
    }
}
