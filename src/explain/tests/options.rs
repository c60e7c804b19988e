//! What options are for, and what their values say.

use crate::explain::testing::*;
use crate::model::{Call, TcpState};

fn set(option: &str, value: &str) -> Call {
    call("client", "setsockopt", &[3], &["3", "SOL_SOCKET", option, value, "4"])
}

fn keys(call: Call) -> Vec<&'static str> {
    let lab = Lab::new().fd("client", 3, tcp(TcpState::Close));
    Play::new(&lab, lab.clone()).report(call, OK).keys()
}

#[test]
fn options_that_are_set_say_what_they_are_for() {
    let cases = [
        ("SO_REUSEPORT", "option-reuseport"),
        ("SO_LINGER", "option-linger"),
        ("SO_KEEPALIVE", "option-keepalive"),
        ("SO_BROADCAST", "option-broadcast"),
        ("SO_RCVTIMEO", "option-timeout"),
        ("SO_RCVLOWAT", "option-lowat"),
        ("SO_PASSCRED", "option-passcred"),
        ("SO_OOBINLINE", "option-oobinline"),
        ("SO_DONTROUTE", "option-dontroute"),
        ("SO_BINDTODEVICE", "option-device"),
        ("SO_TIMESTAMP", "option-timestamp"),
        ("SO_PRIORITY", "option-priority"),
        ("TCP_NODELAY", "option-nodelay"),
        ("TCP_CORK", "option-cork"),
        ("TCP_QUICKACK", "option-quickack"),
        ("TCP_USER_TIMEOUT", "option-user-timeout"),
        ("TCP_DEFER_ACCEPT", "option-defer-accept"),
        ("TCP_KEEPIDLE", "option-keepidle"),
        ("TCP_KEEPINTVL", "option-keepintvl"),
        ("TCP_KEEPCNT", "option-keepcnt"),
        ("TCP_SYNCNT", "option-syncnt"),
        ("TCP_LINGER2", "option-linger2"),
        ("TCP_MAXSEG", "option-maxseg"),
        ("TCP_WINDOW_CLAMP", "option-window-clamp"),
        ("TCP_NOTSENT_LOWAT", "option-notsent-lowat"),
        ("TCP_FASTOPEN", "option-fastopen"),
        ("TCP_FASTOPEN_CONNECT", "option-fastopen-connect"),
        ("TCP_CONGESTION", "option-congestion"),
        ("IPV6_V6ONLY", "option-v6only"),
        ("IP_RECVERR", "option-recverr"),
        ("IP_TTL", "option-ttl"),
        ("IP_MULTICAST_TTL", "option-multicast-ttl"),
        ("IP_TOS", "option-tos"),
        ("IP_MTU", "option-mtu"),
        ("IP_PKTINFO", "option-pktinfo"),
        ("IP_MTU_DISCOVER", "option-mtu-discover"),
        ("IP_HDRINCL", "option-hdrincl"),
        ("IP_FREEBIND", "option-freebind"),
        ("IP_BIND_ADDRESS_NO_PORT", "option-no-port"),
        ("IP_ADD_MEMBERSHIP", "option-group"),
    ];
    for (option, key) in cases {
        assert_eq!(keys(set(option, "[1]")), ["option-set", key], "{option}");
    }
}

#[test]
fn a_value_may_switch_an_option_off_or_say_how_long() {
    let linger = |value: &str| keys(set("SO_LINGER", value));
    let off = ["option-set", "option-linger", "option-off"];
    assert_eq!(linger("{l_onoff=0, l_linger=9}"), off);
    assert_eq!(linger("{l_onoff=1, l_linger=0}"), ["option-set", "option-linger-abort"]);
    assert_eq!(linger("{l_onoff=1, l_linger=9}"), ["option-set", "option-linger-wait"]);
    let off = ["option-set", "option-nodelay", "option-off"];
    assert_eq!(keys(set("TCP_NODELAY", "[0]")), off);
}

#[test]
fn a_unix_socket_does_nothing_with_options_of_networks() {
    let lab = Lab::new().fd("client", 3, plain(UNIX));
    let play = Play::new(&lab, lab.clone()).report(set("SO_REUSEADDR", "[1]"), OK);
    assert_eq!(play.keys(), ["option-set", "option-unix-nothing"]);
}

#[test]
fn what_is_read_says_what_it_counts() {
    let lab = Lab::new().fd("client", 3, client_end(TcpState::Established).window(9));
    let get = |option: &str, value: &str| {
        let call = call("client", "getsockopt", &[3], &["3", "SOL_TCP", option, "0x1", "[4]"]);
        Play::new(&lab, lab.clone()).written(call, OK, &[(3, value)]).keys()
    };
    assert_eq!(get("TCP_KEEPIDLE", "[7200]"), ["option-read", "option-keepidle"]);
    assert_eq!(get("TCP_NODELAY", "[1]"), ["option-read"]);
    assert_eq!(get("TCP_INFO", "{…}"), ["option-tcp-info"]);
}
