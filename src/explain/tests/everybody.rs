//! Datagrams to everybody and to groups.

use std::sync::Arc;

use crate::explain::testing::*;
use crate::model::{Body, Fate, Flags, Outcome, Packet};

fn datagram(number: u64, to: &str) -> Packet {
    Packet {
        body: Body::Udp { source: address(CLIENT), destination: address(to), length: 5 },
        ..(*to_server(number, Flags::ACK, 0)).clone()
    }
}

fn sent(to: &str, packet: Packet, fate: Fate) -> Play {
    let lab = Lab::new().fd("client", 3, plain(UDP).at(CLIENT, "0.0.0.0:0"));
    let shown = to.replace(':', "\"), sin_port=htons(").replace("198", "inet_addr(\"198") + ")";
    let args = [3, 0x1000_0000, 5, 0, 0x1000_0100, 16];
    let call = call("client", "sendto", &args, &["3", "\"hello\"", "5", "0", &shown]);
    Play::new(&lab, lab.clone()).report(call, Outcome::Returned(5)).passes(&Arc::new(packet), fate)
}

#[test]
fn an_address_that_is_no_hosts_own_means_every_host() {
    let all = "198.51.100.255:8080";
    for fate in [Fate::Delivered, Fate::Held] {
        let play = sent(all, datagram(4, all), fate);
        assert_eq!(play.keys(), ["send-datagram", "send-to-all"]);
        let text = WORDS.short(&play.notes()[1]);
        assert!(text.starts_with("198.51.100.255:8080 means every host"), "{text}");
        assert!(text.contains("(@server)"), "{text}");
    }
    assert_eq!(sent(SERVER, datagram(4, SERVER), Fate::Delivered).keys(), ["send-datagram"]);
}

#[test]
fn a_group_is_no_address_that_nobody_has() {
    let nobody = |to| {
        let packet = Packet { to: None, ..datagram(4, to) };
        sent(to, packet, Fate::NoReceiver).keys()
    };
    assert_eq!(nobody("224.0.0.1:8080"), ["send-datagram", "packet-multicast"]);
    assert_eq!(nobody("198.51.100.77:8080"), ["send-datagram", "packet-no-receiver"]);
}
