//! Names of sockets in as many words as there is room for.

use std::net::SocketAddr;

use crate::model::{Address, Caller, Kind, Socket};
use crate::tui::ink::Ink;
use crate::tui::text::width;

/// How much of a name is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Naming {
    /// `40001>8080`
    Bare,
    /// `:40001 > :8080`
    Ports,
    /// `198.51.100.2:40001 > 198.51.100.1:8080`
    Full,
}

impl Naming {
    /// The fullest names with which all of these sockets fit.
    pub fn for_all<'a>(
        sockets: impl Iterator<Item = &'a Socket> + Clone,
        room: usize,
        ink: &Ink,
    ) -> Self {
        let fits = |naming: &Naming| {
            sockets.clone().all(|socket| width(&name(socket, None, *naming, ink)) <= room)
        };
        // In a narrow pane full names would come and go with the sockets.
        let narrow = room < 24;
        let known =
            [Naming::Full, Naming::Ports].into_iter().filter(|n| !narrow || *n < Naming::Full);
        known.into_iter().find(fits).unwrap_or(Naming::Bare)
    }
}

/// What a socket is called: its own name, and its peer's where it has one. The arrow points from
/// the end that called to the other; where that is not known there is none.
pub fn name(socket: &Socket, caller: Option<Caller>, naming: Naming, ink: &Ink) -> String {
    let kind = prefix(socket.kind, naming);
    let nameless = || ink.words.ui("socket-nameless").to_owned();
    let text = match (&socket.local, &socket.peer) {
        (None, _) => nameless(),
        (Some(Address::Inet(local)), peer) => match peer {
            Some(Address::Inet(peer)) if peer.port() != 0 => pair(*local, *peer, caller, naming),
            _ if local.port() == 0 => nameless(),
            _ => single(*local, socket.v6only, naming),
        },
        (Some(local), Some(Address::Unnamed) | None) => local.to_string(),
        (Some(Address::Unnamed), Some(peer)) => format!("> {peer}"),
        (Some(local), Some(_)) => local.to_string(),
    };
    if kind.is_empty() { text } else { format!("{kind} {text}") }
}

/// The kind, left out for TCP where room is short.
fn prefix(kind: Kind, naming: Naming) -> String {
    match naming {
        Naming::Full => kind.short(),
        Naming::Ports | Naming::Bare if kind.is_tcp() => String::new(),
        Naming::Ports | Naming::Bare => kind.shorter(),
    }
}

/// A name without a peer. `*` takes every address of the host; one that takes no IPv4 is not `*`.
fn single(local: SocketAddr, v6only: Option<bool>, naming: Naming) -> String {
    if local.is_ipv6() && local.ip().is_unspecified() && v6only == Some(true) {
        local.to_string()
    } else if local.ip().is_unspecified() {
        format!("*:{}", local.port())
    } else if naming == Naming::Full {
        local.to_string()
    } else {
        format!(":{}", local.port())
    }
}

fn pair(local: SocketAddr, peer: SocketAddr, caller: Option<Caller>, naming: Naming) -> String {
    let arrow = match caller {
        Some(Caller::Own) => '>',
        Some(Caller::Peer) => '<',
        None => '-',
    };
    match naming {
        Naming::Full => format!("{local} {arrow} {peer}"),
        Naming::Ports => format!(":{} {arrow} :{}", local.port(), peer.port()),
        Naming::Bare => format!("{}{arrow}{}", local.port(), peer.port()),
    }
}

/// The port that tells this connection from the others of its listener: the peer's.
pub fn peer_port(socket: &Socket) -> String {
    let port = socket.peer.as_ref().and_then(Address::port);
    port.map_or_else(|| "?".to_owned(), |port| port.to_string())
}
