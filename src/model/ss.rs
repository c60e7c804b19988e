//! A socket in the notation of ss(8), as `ss -tano` prints it in another terminal.
//!
//! Where a [`Socket`] holds less than ss asks the kernel for, the column says so: the number of a
//! unix socket's peer is not among its facts, so its name stands alone.

use unicode_width::UnicodeWidthStr as _;

use super::socket::{Address, Family, Socket, TcpState, Timer, TimerKind};

/// The columns of ss, in its order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Columns {
    /// `tcp`, `udp`, `u_str`, …
    pub netid: String,
    /// `ESTAB`, `UNCONN`, …
    pub state: &'static str,
    /// Recv-Q; `-` if it is not reported.
    pub recv_q: String,
    /// Send-Q; `-` if it is not reported.
    pub send_q: String,
    /// `198.51.100.1:8080`, `[::]:80`, `*:80` for an IPv6 socket that takes IPv4 too.
    pub local: String,
    /// The same for the peer; `0.0.0.0:*` if there is none.
    pub peer: String,
    /// `timer:(on,180ms,0)`, or empty.
    pub timer: String,
}

/// The columns of one socket.
pub fn columns(socket: &Socket) -> Columns {
    let queue = |bytes: Option<u32>| bytes.map_or_else(|| "-".to_owned(), |b| b.to_string());
    Columns {
        netid: netid(socket),
        state: state(socket.state),
        recv_q: queue(socket.recv_q),
        send_q: queue(socket.send_q),
        local: address(socket, &socket.local, true),
        peer: address(socket, &socket.peer, false),
        timer: socket.timer.map(timer).unwrap_or_default(),
    }
}

/// One socket on one line, columns separated by a space, as `ss -anoH` has them.
pub fn line(socket: &Socket) -> String {
    let c = columns(socket);
    let line = [&c.netid, c.state, &c.recv_q, &c.send_q, &c.local, &c.peer, &c.timer].join(" ");
    line.trim_end().to_owned()
}

/// Several sockets under ss's heading, aligned: text to the left, numbers to the right, addresses
/// at their colon.
pub fn table<'a>(sockets: impl IntoIterator<Item = &'a Socket>) -> Vec<String> {
    let heading = Columns {
        netid: "Netid".into(),
        state: "State",
        recv_q: "Recv-Q".into(),
        send_q: "Send-Q".into(),
        local: "Local Address:Port".into(),
        peer: "Peer Address:Port".into(),
        timer: String::new(),
    };
    let rows: Vec<Columns> =
        std::iter::once(heading).chain(sockets.into_iter().map(columns)).collect();
    let widest = |of: &dyn Fn(&Columns) -> usize| rows.iter().map(of).max().unwrap_or(0);
    let netid = widest(&|row| row.netid.width());
    let state = widest(&|row| row.state.width());
    let recv_q = widest(&|row| row.recv_q.width());
    let send_q = widest(&|row| row.send_q.width());
    let local =
        [widest(&|row| split(&row.local).0.width()), widest(&|row| split(&row.local).1.width())];
    let peer =
        [widest(&|row| split(&row.peer).0.width()), widest(&|row| split(&row.peer).1.width())];
    let end = |address: &str, [before, after]: [usize; 2]| {
        let (ip, port) = split(address);
        format!("{}{}", right(ip, before), left(port, after))
    };
    let print = |row: &Columns| {
        let cells = [
            left(&row.netid, netid),
            left(row.state, state),
            right(&row.recv_q, recv_q),
            right(&row.send_q, send_q),
            end(&row.local, local),
            end(&row.peer, peer),
            row.timer.clone(),
        ];
        cells.join(" ").trim_end().to_owned()
    };
    rows.iter().map(print).collect()
}

/// A text with spaces behind it, up to a width in cells.
fn left(text: &str, cells: usize) -> String {
    format!("{text}{}", " ".repeat(cells.saturating_sub(text.width())))
}

/// A text with spaces before it, up to a width in cells.
fn right(text: &str, cells: usize) -> String {
    format!("{}{text}", " ".repeat(cells.saturating_sub(text.width())))
}

/// An address before its last colon, and from there on.
fn split(text: &str) -> (&str, &str) {
    text.split_at(text.rfind(':').unwrap_or(text.len()))
}

fn netid(socket: &Socket) -> String {
    let kind = socket.kind;
    let name = match (kind.family, kind.kind, kind.protocol) {
        (Family::Inet | Family::Inet6, 3, _) => "raw",
        (Family::Inet | Family::Inet6, _, 6) => "tcp",
        (Family::Inet | Family::Inet6, _, 17) => "udp",
        (Family::Inet | Family::Inet6, _, 132) => "sctp",
        (Family::Inet | Family::Inet6, _, 262) => "mptcp",
        (Family::Unix, 1, _) => "u_str",
        (Family::Unix, 2, _) => "u_dgr",
        (Family::Unix, 5, _) => "u_seq",
        (Family::Packet, 3, _) => "p_raw",
        (Family::Packet, 2, _) => "p_dgr",
        _ => "???",
    };
    name.to_owned()
}

fn state(state: Option<TcpState>) -> &'static str {
    match state {
        // ss has no other word for what has no state or is not connected.
        None | Some(TcpState::Close) => "UNCONN",
        Some(TcpState::Listen) => "LISTEN",
        Some(TcpState::SynSent) => "SYN-SENT",
        Some(TcpState::SynRecv) => "SYN-RECV",
        Some(TcpState::Established) => "ESTAB",
        Some(TcpState::FinWait1) => "FIN-WAIT-1",
        Some(TcpState::FinWait2) => "FIN-WAIT-2",
        Some(TcpState::CloseWait) => "CLOSE-WAIT",
        Some(TcpState::Closing) => "CLOSING",
        Some(TcpState::LastAck) => "LAST-ACK",
        Some(TcpState::TimeWait) => "TIME-WAIT",
    }
}

fn address(socket: &Socket, address: &Option<Address>, own: bool) -> String {
    match address {
        Some(Address::Inet(inet)) => {
            let port = match inet.port() {
                0 => "*".to_owned(),
                port => port.to_string(),
            };
            let ip = inet.ip();
            let both = ip.is_ipv6() && ip.is_unspecified() && socket.v6only != Some(true);
            match inet {
                _ if both => format!("*:{port}"),
                std::net::SocketAddr::V4(_) => format!("{ip}:{port}"),
                std::net::SocketAddr::V6(v6) if v6.scope_id() != 0 => {
                    format!("[{ip}]%if{}:{port}", v6.scope_id())
                }
                std::net::SocketAddr::V6(_) => format!("[{ip}]:{port}"),
            }
        }
        Some(Address::Interface(index)) => {
            // 3 is ETH_P_ALL.
            let protocol = match socket.kind.protocol {
                3 => "*".to_owned(),
                number => format!("[{number}]"),
            };
            match index {
                0 => format!("{protocol}:*"),
                index => format!("{protocol}:if{index}"),
            }
        }
        Some(name @ (Address::Path(_) | Address::Abstract(_))) if own => {
            format!("{name} {}", socket.inode)
        }
        Some(name @ (Address::Path(_) | Address::Abstract(_))) => name.to_string(),
        Some(Address::Unnamed) if own => format!("* {}", socket.inode),
        Some(Address::Unnamed) | None => "*".to_owned(),
    }
}

fn timer(timer: Timer) -> String {
    let name = match timer.kind {
        TimerKind::Retransmit => "on",
        TimerKind::Keepalive => "keepalive",
        TimerKind::TimeWait => "timewait",
        TimerKind::ZeroWindowProbe => "persist",
        TimerKind::Other(_) => "unknown",
    };
    format!("timer:({name},{},{})", time(timer.left_ms), timer.retransmits)
}

/// A time as ss prints it: the longer it is, the rounder.
fn time(milliseconds: u32) -> String {
    let mut text = String::new();
    let (mut seconds, mut milliseconds) = (milliseconds / 1000, milliseconds % 1000);
    let minutes = seconds / 60;
    seconds %= 60;
    if minutes > 0 {
        milliseconds = 0;
        text.push_str(&format!("{minutes}min"));
        if minutes > 9 {
            seconds = 0;
        }
    }
    if seconds > 0 {
        if seconds > 9 {
            milliseconds = 0;
        }
        text.push_str(&format!("{seconds}{}", if milliseconds > 0 { "." } else { "sec" }));
    }
    if milliseconds > 0 {
        text.push_str(&format!("{milliseconds:03}ms"));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Kind;

    fn socket() -> Socket {
        Socket {
            kind: Kind { family: Family::Inet, kind: 1, protocol: 6 },
            state: Some(TcpState::FinWait1),
            local: Some(Address::Inet("127.0.0.1:8080".parse().expect("an address"))),
            peer: Some(Address::Inet("127.0.0.1:52808".parse().expect("an address"))),
            recv_q: Some(0),
            send_q: Some(1),
            timer: Some(Timer { kind: TimerKind::Retransmit, left_ms: 180, retransmits: 0 }),
            inode: 1,
            cookie: 2,
            ownerless: None,
            shutdown: None,
            v6only: None,
            partner: None,
            reuse: None,
            tcp: None,
            memory: None,
        }
    }

    fn inet6(local: &str, v6only: Option<bool>) -> Socket {
        let none = Address::Inet("[::]:0".parse().expect("an address"));
        Socket {
            kind: Kind { family: Family::Inet6, ..socket().kind },
            state: Some(TcpState::Listen),
            local: Some(Address::Inet(local.parse().expect("an address"))),
            peer: Some(none),
            timer: None,
            v6only,
            ..socket()
        }
    }

    #[test]
    fn a_line_reads_as_that_of_ss() {
        assert_eq!(
            line(&socket()),
            "tcp FIN-WAIT-1 0 1 127.0.0.1:8080 127.0.0.1:52808 timer:(on,180ms,0)"
        );
        assert_eq!(line(&inet6("[::]:9091", Some(true))), "tcp LISTEN 0 1 [::]:9091 [::]:*");
        assert_eq!(line(&inet6("[::]:9090", Some(false))), "tcp LISTEN 0 1 *:9090 *:*");
        let unnamed = Socket {
            kind: Kind { family: Family::Unix, kind: 1, protocol: 0 },
            local: Some(Address::Unnamed),
            peer: Some(Address::Path(b"/tmp/x".to_vec())),
            timer: None,
            recv_q: None,
            ..socket()
        };
        assert_eq!(line(&unnamed), "u_str FIN-WAIT-1 - 1 * 1 /tmp/x");
    }

    #[test]
    fn times_are_as_round_as_those_of_ss() {
        for (time, text) in [
            (0, ""),
            (7, "007ms"),
            (876, "876ms"),
            (3_250, "3.250ms"),
            (3_000, "3sec"),
            (59_500, "59sec"),
            (119_990, "1min59sec"),
            (120_000, "2min"),
            (3_599_000, "59min"),
        ] {
            assert_eq!(super::time(time), text, "{time}");
        }
    }

    #[test]
    fn a_table_is_aligned_at_the_colons() {
        let lines = table([&socket(), &inet6("[::]:9091", Some(true))]);
        assert_eq!(
            lines.join("\n"),
            "Netid State      Recv-Q Send-Q Local Address:Port Peer Address:Port\n\
             tcp   FIN-WAIT-1      0      1     127.0.0.1:8080    127.0.0.1:52808 timer:(on,180ms,0)\n\
             tcp   LISTEN          0      1          [::]:9091         [::]:*"
        );
    }
    #[test]
    fn a_wide_name_moves_no_column() {
        let named = |path: &str| Socket {
            kind: Kind { family: Family::Unix, kind: 1, protocol: 0 },
            local: Some(Address::Path(path.as_bytes().to_vec())),
            peer: None,
            ..socket()
        };
        let lines = table([&named("/tmp/套接字"), &named("/tmp/abcdef")]);
        assert_eq!(lines[1].width(), lines[2].width());
    }
}
