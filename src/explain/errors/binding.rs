//! Errors of bind() and listen().

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::files::path_error;
use crate::explain::calls::named;
use crate::explain::case::{Case, as_int};
use crate::explain::names::{address_name, family_shown, ip_shown, port_shown};
use crate::explain::note::{Note, note};
use crate::explain::row::Row;
use crate::explain::story::Story;
use crate::model::{Family, Kind, Socket, TcpState};

/// Explains an error of bind().
pub fn bind(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let (who, shown) = (case.who(), case.shown(1));
    let address = address_name(shown);
    let unix = case.before.is_some_and(|socket| socket.kind.family == Family::Unix);
    Some(match errno {
        "EADDRINUSE" if unix => path_taken(story, case, address),
        "EADDRINUSE" => taken(story, case, address),
        "EADDRNOTAVAIL" => {
            let host = case.host?;
            let ip = ip_shown(shown).filter(|ip| !host.addresses.contains(ip))?;
            let own: Vec<String> = host.addresses.iter().map(ToString::to_string).collect();
            note!("bind-not-mine", address = ip.to_string(), host = &host.name, own = own)
        }
        "EACCES" if unix => note!("bind-path-denied", path = address),
        "EACCES" => note!("bind-privileged", port = port_shown(shown).map(i32::from), who = who),
        "EINVAL" => invalid(case),
        "EAFNOSUPPORT" => {
            note!("bind-family", who = who, family = family_shown(shown), kind = kind(case))
        }
        "ENOENT" | "ENOTDIR" | "ELOOP" | "ENAMETOOLONG" | "EROFS" => {
            note!("bind-path-error", path = address, errno = errno, meaning = path_error(errno)?)
        }
        "ENODEV" => no_device(case),
        "EPERM" => note!("bind-forbidden", who = who, address = address),
        _ => return None,
    })
}

/// The address names an interface that is not there.
pub fn no_device(case: &Case) -> Note {
    let shown = case.shown(1);
    let scope = shown.split("sin6_scope_id=").nth(1).and_then(|rest| rest.split('}').next());
    let (who, host) = (case.who(), case.host.map(|host| &host.name));
    let interface = scope.map_or(shown, |scope| scope.trim_matches('"'));
    let interface = interface.strip_prefix("if_nametoindex(\"").unwrap_or(interface);
    note!("bind-no-device", who = who, host = host, interface = interface.trim_end_matches("\")"))
}

/// The path is a socket's name, or was one, or something else has it.
fn path_taken(story: &Story, case: &Case, path: String) -> Note {
    let who = case.who();
    match case.host.zip(named(case, case.shown(1))) {
        Some((host, row)) => {
            let owner = story.scene.name(&host.name, row);
            note!("bind-path-owned", who = who, path = path, owner = owner)
        }
        None if story.scene.was_bound(&path) => note!("bind-path-taken", who = who, path = path),
        None => note!("bind-path-there", who = who, path = path),
    }
}

fn kind(case: &Case) -> Option<String> {
    case.before.map(|socket| socket.kind.short())
}

fn invalid(case: &Case) -> Note {
    let who = case.who();
    let length = i64::from(as_int(case.report.call.args[2]));
    match case.before {
        Some(socket) if socket.local_port().is_some() => {
            note!("bind-twice", who = who, local = socket.local.as_ref())
        }
        Some(socket) if socket.kind.family == Family::Unix && length > UNIX_LENGTH => {
            note!("bind-path-long", length = length)
        }
        Some(socket) if too_short(socket.kind, length) => {
            note!("bind-length", length = length, kind = socket.kind.short())
        }
        Some(socket) if socket.kind.family == Family::Unix => {
            note!("bind-unix-family", who = who, family = family_shown(case.shown(1)))
        }
        Some(_) if wants_scope(case.shown(1)) => {
            note!("bind-no-scope", who = who, address = address_name(case.shown(1)))
        }
        _ => note!("bind-invalid", who = who, length = length),
    }
}

/// The size of `struct sockaddr_un`.
const UNIX_LENGTH: i64 = 110;

/// Whether this is a link-local IPv6 address, as strace prints it, that names no interface.
pub fn wants_scope(shown: &str) -> bool {
    let local = matches!(ip_shown(shown), Some(IpAddr::V6(ip)) if ip.is_unicast_link_local());
    local && shown.contains("sin6_scope_id=0")
}

/// Whether an address of this length can't be one for the socket (`sockaddr_in` is 16 bytes,
/// `sockaddr_in6` 24 without its scope id; nothing is longer than `sockaddr_storage`).
pub fn too_short(kind: Kind, length: i64) -> bool {
    match kind.family {
        Family::Inet => !(16..=128).contains(&length),
        Family::Inet6 => !(24..=128).contains(&length),
        Family::Unix => !(2..=110).contains(&length),
        Family::Packet | Family::Other(_) => !(2..=128).contains(&length),
    }
}

/// Who holds the port.
fn taken(story: &Story, case: &Case, address: String) -> Note {
    let (Some(host), Some(own)) = (case.host, case.before) else {
        return note!("bind-taken", address = address);
    };
    let Some(port) = port_shown(case.shown(1)) else {
        return note!("bind-taken", address = address);
    };
    if port == 0 {
        return note!("bind-no-port", host = &host.name);
    }
    let Some(holder) = holder(&host.sockets, own, ip_shown(case.shown(1)), port) else {
        return note!("bind-taken", address = address);
    };
    let name = story.scene.name(&host.name, holder);
    let local = holder.local.as_ref();
    // The kernel asks both sockets, and this one it has shown.
    let (shares_address, shares_port) = match own.reuse {
        Some(reuse) => (Some(reuse.address), Some(reuse.port)),
        None => (None, None),
    };
    let dual = holder.kind.family == Family::Inet6
        && own.kind.family == Family::Inet
        && holder.local_ip().is_some_and(|ip| ip.is_unspecified());
    match holder.state {
        Some(TcpState::TimeWait) => {
            let left = holder.timer.map(|timer| timer.left_ms.div_ceil(1000));
            if shares_address == Some(true) {
                note!("bind-time-wait-reuse", who = case.who(), holder = name, left = left)
            } else {
                note!("bind-time-wait", address = address, holder = name, left = left)
            }
        }
        Some(state) if holder.kind.is_tcp() && holder.peer_port().is_some() => {
            if shares_address == Some(true) {
                note!("bind-connection-reuse", who = case.who(), holder = name, state = state)
            } else {
                note!("bind-connection", address = address, holder = name, state = state)
            }
        }
        Some(state) if holder.kind.is_tcp() && dual => {
            note!("bind-held-dual", address = address, holder = name, state = state)
        }
        Some(state) if holder.kind.is_tcp() && state != TcpState::Close => match shares_port {
            Some(false) => note!(
                "bind-held-alone",
                address = address,
                holder = name,
                state = state,
                name = local,
                who = case.who()
            ),
            Some(true) => note!(
                "bind-held-other",
                address = address,
                holder = name,
                state = state,
                name = local,
                who = case.who()
            ),
            None => {
                note!("bind-held", address = address, holder = name, state = state, name = local)
            }
        },
        _ if !holder.kind.is_tcp() => {
            note!("bind-held-datagram", address = address, holder = name, name = local)
        }
        _ => note!("bind-held-idle", address = address, holder = name, name = local),
    }
}

/// The socket that keeps others off a port: of the same protocol, with that port and an address
/// that meets the asked one; one that listens rather than its connections.
fn holder<'a>(
    sockets: &'a [Arc<Socket>],
    own: &Socket,
    ip: Option<IpAddr>,
    port: u16,
) -> Option<&'a Arc<Socket>> {
    let meets = |local: SocketAddr| {
        let any = ip.is_none_or(|ip| ip.is_unspecified()) || local.ip().is_unspecified();
        any || ip.map(|ip| ip.to_canonical()) == Some(local.ip())
    };
    let holds = |socket: &&Arc<Socket>| {
        socket.kind.protocol == own.kind.protocol
            && (socket.inode == 0 || socket.inode != own.inode)
            && socket.local_port() == Some(port)
            && socket.local_ip().is_none_or(|ip| meets(SocketAddr::new(ip, port)))
    };
    let order = |state: Option<TcpState>| match state {
        Some(TcpState::Listen) => 0,
        Some(TcpState::TimeWait) => 2,
        _ => 1,
    };
    sockets.iter().filter(holds).min_by_key(|socket| order(socket.state))
}

/// Explains an error of listen().
pub fn listen(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let who = case.who();
    Some(match errno {
        "EOPNOTSUPP" => note!("listen-kind", who = who, kind = kind(case)),
        "EINVAL" => {
            let state = case.before.and_then(|socket| socket.state);
            note!("listen-invalid", who = who, kind = kind(case), state = state)
        }
        "EADDRINUSE" => {
            let (own, host) = (case.before?, case.host?);
            let Some(port) = own.local_port() else {
                return Some(note!("listen-no-port", who = who, host = &host.name));
            };
            let ip = own.local_ip();
            let Some(holder) = holder(&host.sockets, own, ip, port) else {
                return Some(note!("bind-taken", address = own.local.as_ref()));
            };
            let name = story.scene.name(&host.name, holder);
            note!(
                "listen-taken",
                who = who,
                port = i32::from(port),
                holder = name,
                state = holder.state
            )
        }
        _ => return None,
    })
}
