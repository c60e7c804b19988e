//! bind() names a socket, listen() opens the door.

use std::sync::Arc;

use crate::explain::case::Case;
use crate::explain::names::{address_name, local_name, port_shown};
use crate::explain::note::note;
use crate::explain::row::Row;
use crate::explain::story::{Rank, Story};
use crate::model::{Address, Family, Socket, TcpState};

/// bind() returned 0.
pub fn bind(story: &mut Story, case: &Case) {
    let who = case.who();
    let Some(socket) = case.after else {
        let asked = address_name(case.shown(1));
        return story.say(Rank::Call, note!("bind-unseen", who = who, address = asked));
    };
    story.tell(socket);
    match &socket.local {
        Some(Address::Inet(local)) => bind_inet(story, case, socket, *local),
        Some(Address::Path(_)) => {
            story.say(Rank::Call, note!("bind-path", who = who, path = socket.local.as_ref()));
        }
        Some(Address::Abstract(_)) if case.report.call.args[2] == 2 => {
            story.say(Rank::Call, note!("bind-autobind", who = who, name = socket.local.as_ref()));
        }
        Some(Address::Abstract(_)) => {
            story.say(Rank::Call, note!("bind-abstract", who = who, name = socket.local.as_ref()));
        }
        Some(Address::Interface(_)) => {
            let interface = socket.local.as_ref();
            story.say(Rank::Call, note!("bind-interface", who = who, interface = interface));
        }
        Some(Address::Unnamed) | None => {
            let asked = address_name(case.shown(1));
            story.say(Rank::Call, note!("bind-unseen", who = who, address = asked));
        }
    }
}

fn bind_inet(story: &mut Story, case: &Case, socket: &Socket, local: std::net::SocketAddr) {
    let who = case.who();
    let shown = socket.local.as_ref();
    let port = local.port();
    story.say(
        Rank::Call,
        match (socket.kind.is_tcp(), port_shown(case.shown(1))) {
            (_, Some(0)) if port != 0 => note!("bind-chose-port", who = who, local = shown),
            (true, _) => note!("bind-tcp", who = who, local = shown),
            (false, _) => note!("bind-datagram", who = who, local = shown),
        },
    );
    if local.ip().is_unspecified() {
        any(story, case, socket);
    }
    over_old(story, case, socket);
    let meant = port.swap_bytes();
    if port != meant && looks_meant(meant) && !looks_meant(port) {
        let hex = format!("0x{port:04x}");
        let meant_hex = format!("0x{meant:04x}");
        let note =
            note!("bind-swapped", port = port, hex = hex, meant = meant, meant_hex = meant_hex);
        story.say(Rank::Surprise, note);
    }
}

/// A connection of the same port did not keep bind() from it. That takes SO_REUSEADDR on both.
fn over_old(story: &mut Story, case: &Case, socket: &Socket) {
    let (Some(host), Some(port)) = (case.host, socket.local_port()) else { return };
    let shares = case.before.and_then(|before| before.reuse).is_some_and(|reuse| reuse.address);
    let own = socket.local_ip().filter(|ip| !ip.is_unspecified());
    let meets = |row: &&Arc<Socket>| {
        let ended = row.state.is_some_and(|state| {
            !matches!(state, TcpState::Listen | TcpState::Close | TcpState::SynSent)
        });
        let address = own.is_none() || row.local_ip() == own;
        row.kind.is_tcp()
            && ended
            && row.peer_port().is_some()
            && address
            && row.local_port() == Some(port)
    };
    let Some(row) = host.sockets.iter().find(meets).filter(|_| shares && socket.kind.is_tcp())
    else {
        return;
    };
    let holder = story.scene.name(&host.name, row);
    let note = note!("bind-over-old", who = case.who(), holder = holder, state = row.state);
    story.say(Rank::Surprise, note);
}

/// The addresses for which the wildcard stands. An IPv6 socket takes IPv4 too, unless it was told
/// otherwise; of a socket that does not listen yet the kernel's list does not say which.
fn any(story: &mut Story, case: &Case, socket: &Socket) {
    let Some(host) = case.host else { return };
    let own = |v4: bool| {
        host.addresses.iter().filter(move |ip| ip.is_ipv4() == v4).map(ToString::to_string)
    };
    let six = socket.kind.family == Family::Inet6;
    let addresses: Vec<String> = match (six, socket.v6only) {
        (false, _) => own(true).collect(),
        (true, Some(true)) => own(false).collect(),
        (true, Some(false) | None) => own(false).chain(own(true)).collect(),
    };
    if addresses.is_empty() {
        return;
    }
    let who = case.who();
    let said = match (six, socket.v6only) {
        (false, _) => note!("bind-any", who = who, addresses = addresses),
        (true, Some(true)) => note!("bind-any6-only", who = who, addresses = addresses),
        (true, Some(false)) => note!("bind-any6", who = who, addresses = addresses),
        (true, None) => note!("bind-any6-unless", who = who, addresses = addresses),
    };
    story.say(Rank::Queue, said);
}

/// Ports that people type in examples. The bytes of one of them the wrong way round are a sign
/// that htons() was forgotten.
pub fn looks_meant(port: u16) -> bool {
    const TYPED: [u16; 22] = [
        7, 13, 80, 443, 1234, 3000, 4000, 5000, 5001, 5555, 6000, 6666, 7000, 7777, 8000, 8001,
        8080, 8081, 8888, 9000, 9999, 12345,
    ];
    TYPED.contains(&port)
}

/// listen() returned 0.
pub fn listen(story: &mut Story, case: &Case) {
    let Some(socket) = case.after else {
        return story.say(Rank::Call, note!("listen-unseen", who = case.who()));
    };
    story.tell(socket);
    if socket.kind.family == Family::Unix {
        let name = socket.local.as_ref();
        return story.say(Rank::Call, note!("listen-unix", who = case.who(), name = name));
    }
    let again = case.before.is_some_and(|before| before.state == Some(TcpState::Listen));
    let (who, local, limit) = (case.who(), local_name(socket), socket.send_q);
    let said = if again {
        let before = case.before.and_then(|before| before.send_q);
        note!("listen-again", who = who, before = before, limit = limit)
    } else {
        note!("listen-returned", who = who, local = local, limit = limit)
    };
    story.say(Rank::Call, said);
    chosen_port(story, case, socket, again);
    clamped(story, case, socket);
}

/// listen() on a socket without a name lets the kernel choose a port.
fn chosen_port(story: &mut Story, case: &Case, socket: &Arc<Socket>, again: bool) {
    let unnamed = case.before.is_none_or(|before| before.local_port().is_none());
    if let Some(port) = socket.local_port()
        && unnamed
        && !again
    {
        story.say(Rank::Surprise, note!("listen-chose-port", who = case.who(), port = port));
    }
}

/// The limit is not the number that was asked for.
fn clamped(story: &mut Story, case: &Case, socket: &Socket) {
    let asked = case.report.call.args[1];
    if let Some(limit) = socket.send_q
        && i64::from(limit) != asked
    {
        story.say(Rank::Queue, note!("listen-clamped", asked = asked, limit = limit));
    }
}
