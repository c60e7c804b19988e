//! What sockets and packets are called in a sentence, the same in every language.

use super::note::{Note, note};
use super::row::Row;
use crate::c::{constant, constant_names};
use crate::model::{
    Address, Body, Fate, File, HostName, Ownerless, Packet, Process, Snapshot, Socket,
};

/// The fds that stand for a socket: `server fd 3, worker fd 3`.
pub fn socket_name(snapshot: &Snapshot, host: &HostName, socket: &Socket) -> Option<String> {
    if socket.inode == 0 {
        return None;
    }
    let names: Vec<String> = snapshot
        .owners(socket.inode)
        .filter(|(process, _)| process.host == *host)
        .map(|(process, fd)| format!("{} fd {}", process.name, fd.number))
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// `@server 8080<40003` for a queued socket, `@client 40001-8080` for any other without an fd.
pub fn ports_name(host: &HostName, socket: &Socket) -> String {
    let port = |address: &Option<Address>| {
        address.as_ref().and_then(Address::port).map_or_else(|| "?".to_owned(), |p| p.to_string())
    };
    match &socket.local {
        None => return format!("{host} {}", socket.kind.short()),
        Some(name) if socket.peer_port().is_none() => return format!("{host} {name}"),
        Some(_) => {}
    }
    let mark = match socket.ownerless {
        Some(Ownerless::SynQueue | Ownerless::AcceptQueue) => '<',
        Some(Ownerless::Orphan | Ownerless::TimeWait) | None => '-',
    };
    format!("{host} {}{mark}{}", port(&socket.local), port(&socket.peer))
}

/// The packet's label and ports: `SYN 40001>8080`. Equal ports don't tell whose it is, so then the
/// sender stands before them: `SYN @client 5000>5000`.
pub fn packet_name(packet: &Packet) -> String {
    match &packet.body {
        Body::Tcp(_) | Body::Udp { .. } => match (packet.ports(), &packet.from) {
            (Some((from, to)), Some(host)) if from == to => {
                format!("{} {host} {from}>{to}", packet.label())
            }
            (Some((from, to)), _) => format!("{} {from}>{to}", packet.label()),
            (None, _) => packet.label(),
        },
        Body::Icmp { .. } | Body::Other { .. } => packet.label(),
    }
}

/// A number with the name of the constant: `6 (IPPROTO_TCP)`. What is no number, or has no name
/// that begins so, stays as it is.
pub fn with_name(shown: &str, prefix: &str) -> String {
    let number: Option<i64> = shown.parse().ok();
    let fits = |name: &&str| name.starts_with(prefix) && constant(name) == number;
    let name = constant_names().find(|name| number.is_some() && fits(name));
    name.map_or_else(|| shown.to_owned(), |name| format!("{shown} ({name})"))
}

/// An argument for which strace has no name, as the number that it is: `0x63` is 99, `0xffffffff`
/// −1. Anything else stays as it is printed.
pub fn number(shown: &str) -> String {
    let hex = shown.strip_prefix("0x").and_then(|hex| u32::from_str_radix(hex, 16).ok());
    hex.map_or_else(|| shown.to_owned(), |number| number.cast_signed().to_string())
}

/// What stands behind a number of a process: `socket:[4711]`, `pipe:[7]`, a path. `None` if the
/// number is free.
pub fn file_name(process: &Process, number: i32) -> Option<String> {
    let Some(fd) = process.fd(number) else {
        // Not listed as long as all three are what they were at its birth.
        return (process.standard && (0..=2).contains(&number)).then(|| "/dev/null".to_owned());
    };
    Some(match &fd.file {
        File::Socket(inode) => format!("socket:[{inode}]"),
        File::Other(name) => name.clone(),
    })
}

/// The name of a socket, where the wildcard of IPv6 that takes no IPv4 is told from the one that
/// stands for both: `[::]:8080`, and `*:8080`.
pub fn local_name(socket: &Socket) -> Option<String> {
    let local = socket.local.as_ref()?;
    match (socket.v6only, local.ip(), local.port()) {
        (Some(true), Some(ip), Some(port)) if ip.is_unspecified() => Some(format!("[::]:{port}")),
        _ => Some(local.to_string()),
    }
}

/// A packet and what became of it, as a clause.
pub fn sent_packet(packet: String, fate: Fate) -> Note {
    match fate {
        Fate::Held | Fate::Folded => note!("packet-held", packet = packet),
        Fate::Delivered | Fate::Duplicated => note!("packet-delivered", packet = packet),
        Fate::Dropped => note!("packet-dropped", packet = packet),
        Fate::Cut => note!("packet-cut", packet = packet),
        Fate::Unreachable => note!("packet-unreachable", packet = packet),
        Fate::Overflow => note!("packet-overflow", packet = packet),
        Fate::NoReceiver | Fate::Refused => note!("packet-refused", packet = packet),
    }
}

/// The address in an argument as strace prints it, shorter: `198.51.100.1:8080`, a path,
/// `@abstract`. What can't be read that way stays as it is printed.
pub fn address_name(shown: &str) -> String {
    let quoted = |text: &str| {
        let start = text.find('"')? + 1;
        let end = start + text[start..].find('"')?;
        Some(text[start..end].to_owned())
    };
    if let Some(at) = shown.find("sun_path=") {
        let name = &shown[at + "sun_path=".len()..];
        let mark = if name.starts_with('@') { "@" } else { "" };
        return quoted(name).map_or_else(|| shown.to_owned(), |path| format!("{mark}{path}"));
    }
    let ip = quoted(shown).and_then(|ip| ip.parse::<std::net::IpAddr>().ok());
    match (ip, port_shown(shown)) {
        (Some(ip), Some(port)) => std::net::SocketAddr::new(ip, port).to_string(),
        _ => shown.to_owned(),
    }
}

/// The family of an address as strace prints it: `AF_INET`.
pub fn family_shown(shown: &str) -> Option<&str> {
    let name = &shown[shown.find("sa_family=")? + "sa_family=".len()..];
    name.split([',', '}', ' ']).next()
}

/// The port in an address as strace prints it.
pub fn port_shown(shown: &str) -> Option<u16> {
    let digits = &shown[shown.find("htons(")? + "htons(".len()..];
    digits[..digits.find(')')?].parse().ok()
}

/// The IP address in an address as strace prints it.
pub fn ip_shown(shown: &str) -> Option<std::net::IpAddr> {
    let start = shown.find('"')? + 1;
    shown[start..start + shown[start..].find('"')?].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_packet_between_equal_ports_is_told_with_its_sender() {
        use crate::explain::testing::segment;
        use crate::model::Flags;
        let name = |from, to| packet_name(&segment(1, from, to, Flags::SYN, 0));
        let (one, two) = ("198.51.100.1:5000", "198.51.100.2:5000");
        assert_eq!(name(one, two), "SYN @server 5000>5000");
        assert_eq!(name(two, one), "SYN @client 5000>5000");
        assert_eq!(name(one, "198.51.100.2:40001"), "SYN 5000>40001");
    }

    #[test]
    fn a_number_is_told_with_the_name_that_it_has() {
        assert_eq!(with_name("6", "IPPROTO_"), "6 (IPPROTO_TCP)");
        assert_eq!(with_name("262", "IPPROTO_"), "262 (IPPROTO_MPTCP)");
        assert_eq!(with_name("1", "SOCK_"), "1 (SOCK_STREAM)");
        for odd in ["99", "IPPROTO_TCP", "", "-"] {
            assert_eq!(with_name(odd, "IPPROTO_"), odd);
        }
    }

    #[test]
    fn a_number_is_told_as_people_write_it() {
        for (shown, text) in
            [("0x63", "99"), ("0xffffffff", "-1"), ("AF_INET", "AF_INET"), ("0x", "0x")]
        {
            assert_eq!(number(shown), text);
        }
    }

    #[test]
    fn an_address_is_read_out_of_straces_notation() {
        let four =
            r#"{sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("198.51.100.1")}"#;
        assert_eq!(address_name(four), "198.51.100.1:8080");
        let six = r#"{sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6, "2001:db8::1", &sin6_addr), sin6_scope_id=0}"#;
        assert_eq!(address_name(six), "[2001:db8::1]:80");
        assert_eq!(address_name(r#"{sa_family=AF_UNIX, sun_path="/tmp/s"}"#), "/tmp/s");
        assert_eq!(address_name(r#"{sa_family=AF_UNIX, sun_path=@"name"}"#), "@name");
        for odd in
            ["NULL", "0x1", "{sa_family=AF_UNSPEC}", "htons(", "sun_path=\"", "\"", "htons(9"]
        {
            assert_eq!(address_name(odd), odd);
        }
    }
}
