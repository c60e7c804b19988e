//! Who keeps a socket off a name, and which of the two has not asked to share it; addresses of the
//! own host and of the other family.

use crate::explain::testing::*;
use crate::model::{
    Body, Family, Fate, Kind, Outcome, Ownerless, Packet, Reuse, Socket, TcpState, TimerKind,
};
use std::sync::Arc;

const TCP6: Kind = Kind { family: Family::Inet6, ..TCP };

fn asks(address: bool, port: bool) -> Socket {
    Socket { reuse: Some(Reuse { address, port }), ..tcp(TcpState::Close) }
}

/// The key for a bind() of `own` to the port that `holder` has.
fn bind(own: Socket, holder: Socket) -> &'static str {
    let lab = Lab::new().fd("server", 3, holder).fd("server", 4, own);
    refused(lab)
}

fn refused(lab: Lab) -> &'static str {
    let call = call("server", "bind", &[4, 0x1000_0000, 16], &["4", SHOWN_ANY, "16"]);
    Play::new(&lab, lab.clone()).report(call, failed("EADDRINUSE")).keys()[0]
}

#[test]
fn bind_says_which_of_the_two_does_not_share() {
    let connection = || server_end(TcpState::CloseWait);
    assert_eq!(bind(asks(false, false), listener(0, 5)), "bind-held-alone");
    assert_eq!(bind(asks(true, true), listener(0, 5)), "bind-held-other");
    assert_eq!(bind(tcp(TcpState::Close), listener(0, 5)), "bind-held");
    assert_eq!(bind(asks(false, false), connection()), "bind-connection");
    assert_eq!(bind(asks(true, false), connection()), "bind-connection-reuse");
    let six = Socket { kind: TCP6, ..listener(0, 5).at("[::]:8080", "[::]:0") };
    assert_eq!(bind(asks(true, false), six), "bind-held-dual");
    let row = server_end(TcpState::TimeWait).without_fd(Ownerless::TimeWait).timer(
        TimerKind::TimeWait,
        41_500,
        0,
    );
    let lab = |own| Lab::new().row("server", row.clone()).fd("server", 4, own);
    assert_eq!(refused(lab(asks(false, false))), "bind-time-wait");
    assert_eq!(refused(lab(asks(true, false))), "bind-time-wait-reuse");
}

#[test]
fn connect_knows_the_own_host_and_the_other_family() {
    let own = r#"{sa_family=AF_INET, sin_port=htons(9), sin_addr=inet_addr("198.51.100.2")}"#;
    let mapped = r#"{sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "::ffff:198.51.100.1", &sin6_addr), sin6_scope_id=0}"#;
    let only = Socket { v6only: Some(true), kind: TCP6, ..tcp(TcpState::Close) };
    let cases = [
        (tcp(TcpState::Close), own, "ECONNREFUSED", "connect-refused-here"),
        (only, mapped, "ENETUNREACH", "connect-v6only"),
    ];
    for (socket, shown, errno, key) in cases {
        let lab = Lab::new().fd("client", 3, socket);
        let call = call("client", "connect", &[3, 0x1000_0000, 28], &["3", shown, "28"]);
        assert_eq!(Play::new(&lab, lab.clone()).report(call, failed(errno)).keys(), [key]);
    }
}

#[test]
fn what_a_raw_socket_sends_is_its_packet() {
    let raw = Kind { kind: 3, protocol: 1, ..TCP };
    let lab = Lab::new().fd("client", 3, plain(raw));
    let echo = icmp(1, 8, 0);
    let Body::Icmp { source, destination, kind, code, v6 } = echo.body.clone() else { return };
    let body = Body::Icmp { source: destination, destination: source, kind, code, v6 };
    let packet = Arc::new(Packet {
        from: Some(host("client")),
        to: Some(host("server")),
        body,
        ..(*echo).clone()
    });
    let call =
        call("client", "sendto", &[3, 1, 8, 0, 7, 16], &["3", "\"…\"", "8", "0", SHOWN_SERVER]);
    let play = Play::new(&lab, lab.clone())
        .report(call, Outcome::Returned(8))
        .passes(&packet, Fate::Delivered);
    assert_eq!(play.keys()[0], "send-raw");
    let sniffer = Kind { family: Family::Packet, kind: 3, protocol: 3 };
    for (kind, key) in [(raw, "recv-raw"), (sniffer, "recv-packet")] {
        let lab = Lab::new().fd("client", 3, plain(kind));
        let call = call_of_recv();
        let play = Play::new(&lab, lab.clone()).report(call, Outcome::Returned(28));
        assert_eq!(play.keys(), [key]);
    }
}

fn call_of_recv() -> crate::model::Call {
    call("client", "recv", &[3, 1, 100, 0], &["3", "0x1", "100", "0"])
}
