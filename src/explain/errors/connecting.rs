//! Errors of connect().

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use super::binding::{no_device, too_short, wants_scope};
use super::files::path_error;
use super::waiting::may_sleep;
use crate::explain::calls::named;
use crate::explain::case::{Case, as_int};
use crate::explain::names::{
    address_name, family_shown, ip_shown, local_name, packet_name, port_shown,
};
use crate::explain::note::{Note, note};
use crate::explain::row::Row;
use crate::explain::story::Story;
use crate::explain::traffic::{Role, role};
use crate::model::{Family, Host, Moment, Outcome, Packet, Socket, Syscall, TcpState};

/// Explains an error of connect().
pub fn explain(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let who = case.who();
    let peer = peer_name(case);
    let unix = case.socket().is_some_and(|socket| socket.kind.family == Family::Unix);
    if unix {
        return unix_error(story, case, errno, &peer);
    }
    Some(match errno {
        "ECONNREFUSED" => refused(story, case, peer),
        "ETIMEDOUT" => {
            let timer = case.before.and_then(|socket| socket.timer);
            let again = timer.map(|timer| timer.retransmits);
            note!("connect-timed-out", peer = peer, again = again)
        }
        "ENETUNREACH" if is_mapped(case) => note!("connect-v6only", who = who, peer = peer),
        "EHOSTUNREACH" | "ENETUNREACH" | "ENOPROTOOPT" | "EPROTO" => {
            unreachable(story, case, errno, peer)
        }
        "EADDRNOTAVAIL" => no_port(story, case, peer),
        "EISCONN" => {
            let socket = case.socket();
            match socket.and_then(|socket| socket.state) {
                Some(TcpState::Listen) => note!("connect-listener", who = who),
                state => {
                    let peer = socket.and_then(|socket| socket.peer.as_ref());
                    note!("connect-again", who = who, state = state, peer = peer)
                }
            }
        }
        "EALREADY" => note!("connect-already", who = who, state = state(case)),
        "EINPROGRESS" if may_sleep(story, case) => {
            note!("connect-timeout", who = who, state = state(case))
        }
        "EINPROGRESS" => {
            let syn = case
                .host
                .and_then(|host| story.scene.sent_as(&host.name, case.after?, &[Role::Syn]));
            let syn = syn.map(|(packet, _)| packet_name(packet));
            match state(case) {
                state @ Some(TcpState::Close) => {
                    note!("connect-in-progress-failed", who = who, state = state, peer = peer)
                }
                state @ Some(TcpState::Established) => {
                    note!("connect-in-progress-done", who = who, state = state, syn = syn)
                }
                state => note!("connect-in-progress", who = who, state = state, syn = syn),
            }
        }
        "EAFNOSUPPORT" => {
            let kind = case.socket().map(|socket| socket.kind.short());
            note!("connect-family", who = who, family = family_shown(case.shown(1)), kind = kind)
        }
        "EINVAL" => invalid(case),
        "EACCES" => note!("connect-denied", peer = peer),
        "EPERM" => note!("connect-forbidden", peer = peer),
        "EADDRINUSE" => note!("connect-port-taken", who = who, peer = peer),
        "ENODEV" => no_device(case),
        "ECONNABORTED" => note!("connect-aborted", who = who),
        "ECONNRESET" => note!("connect-reset", who = who),
        _ => return None,
    })
}

/// Whether a socket that takes no IPv4 was told an IPv4 address.
fn is_mapped(case: &Case) -> bool {
    let only = case.socket().is_some_and(|socket| socket.v6only == Some(true));
    only && matches!(ip_shown(case.shown(1)), Some(IpAddr::V6(ip)) if ip.to_ipv4_mapped().is_some())
}

/// The kernel refuses the address, or has a route that leads nowhere.
fn invalid(case: &Case) -> Note {
    let (who, length) = (case.who(), i64::from(as_int(case.report.call.args[2])));
    match case.socket() {
        Some(socket) if too_short(socket.kind, length) => {
            note!("bind-length", length = length, kind = socket.kind.short())
        }
        _ if wants_scope(case.shown(1)) => {
            note!("bind-no-scope", who = who, address = address_name(case.shown(1)))
        }
        _ => note!("connect-invalid", who = who, length = length),
    }
}

fn state(case: &Case) -> Option<TcpState> {
    case.socket().and_then(|socket| socket.state)
}

/// The address that was asked for: as strace prints it, or the peer of a connect that slept.
fn peer_name(case: &Case) -> String {
    let known = case.before.filter(|socket| socket.peer_port().is_some());
    known
        .and_then(|socket| socket.peer.as_ref())
        .map_or_else(|| address_name(case.shown(1)), ToString::to_string)
}

/// The address as numbers.
fn asked(case: &Case) -> Option<SocketAddr> {
    let known = case.before.filter(|socket| socket.peer_port().is_some());
    let known = known.and_then(|socket| socket.ends()).map(|(_, peer)| peer);
    known.or_else(|| Some(SocketAddr::new(ip_shown(case.shown(1))?, port_shown(case.shown(1))?)))
}

fn owner_of<'a>(story: &Story<'a>, ip: IpAddr) -> Option<&'a Arc<Host>> {
    story.scene.after().hosts.iter().find(|host| host.addresses.contains(&ip))
}

/// An RST for the SYN, an ICMP error, or nothing that was seen.
fn refused(story: &Story, case: &Case, peer: String) -> Note {
    let scene = &story.scene;
    let Some((host, to)) = case.host.zip(asked(case)) else {
        return note!("connect-refused", peer = peer);
    };
    let answers = |packet: &&Arc<Packet>| {
        packet.to.as_ref() == Some(&host.name)
            && packet.segment().is_some_and(|s| role(s) == Role::Rst && s.source == to)
    };
    let Some(rst) = scene.arrivals().filter(answers).last() else {
        if to.ip().is_loopback()
            || to.ip().is_unspecified()
            || host.addresses.contains(&to.ip().to_canonical())
        {
            return note!("connect-refused-here", peer = peer, host = &host.name);
        }
        return match scene.icmp(&host.name) {
            Some((packet, _, _)) => {
                note!("connect-refused-icmp", peer = peer, packet = packet_name(packet))
            }
            None if failed_before(story, case) => note!("connect-refused-before", peer = peer),
            None => note!("connect-refused", peer = peer),
        };
    };
    let packet = packet_name(rst);
    let there = owner_of(story, to.ip());
    let idle = there.and_then(|there| {
        let fits = |s: &&Arc<Socket>| s.kind.is_tcp() && s.local_port() == Some(to.port());
        let mut fitting = there.sockets.iter().filter(fits);
        fitting.clone().find(|s| takes(s, to.ip())).or_else(|| fitting.next())
    });
    let Some(there) = there else {
        return note!("connect-refused-rst", peer = peer, packet = packet);
    };
    match idle {
        Some(socket) if socket.state == Some(TcpState::Close) => {
            let holder = scene.name(&there.name, socket);
            note!("connect-refused-bound", peer = peer, packet = packet, holder = holder)
        }
        Some(socket) if socket.state == Some(TcpState::Listen) && !takes(socket, to.ip()) => {
            let (holder, local) = (scene.name(&there.name, socket), local_name(socket));
            let any = socket.local_ip().is_some_and(|ip| ip.is_unspecified());
            if any && socket.v6only == Some(true) && to.ip().to_canonical().is_ipv4() {
                return note!(
                    "connect-refused-v6only",
                    peer = peer,
                    packet = packet,
                    host = &there.name,
                    holder = holder,
                    local = local
                );
            }
            note!(
                "connect-refused-elsewhere",
                peer = peer,
                packet = packet,
                host = &there.name,
                holder = holder,
                local = local
            )
        }
        Some(_) => note!("connect-refused-rst", peer = peer, packet = packet),
        None => {
            let (host, port) = (&there.name, i32::from(to.port()));
            note!("connect-refused-nobody", peer = peer, packet = packet, host = host, port = port)
        }
    }
}

/// Whether this call sent nothing, and an attempt on the same socket had begun before: its error is
/// what the call was told.
fn failed_before(story: &Story, case: &Case) -> bool {
    let Some(socket) = case.before.filter(|socket| socket.state == Some(TcpState::Close)) else {
        return false;
    };
    let began = |moment: &&Moment| {
        moment.reports.iter().any(|report| {
            let about = moment.snapshot.socket_of(&report.call.process, case.fd);
            report.call.syscall == Syscall::Connect
                && report.call.process == *case.process
                && report.call.args[0] == case.report.call.args[0]
                && matches!(&report.outcome, Outcome::Failed(errno)
                    if errno.name() == Some("EINPROGRESS"))
                && about.is_some_and(|about| about.inode == socket.inode)
        })
    };
    story.scene.sent.is_empty()
        && !story.scene.slept(case.process)
        && story.scene.past.iter().any(began)
}

/// Whether a socket with this name is asked for packets to this address.
fn takes(socket: &Socket, ip: IpAddr) -> bool {
    let ip = ip.to_canonical();
    match socket.local_ip() {
        Some(local) if local.is_unspecified() => match socket.kind.family {
            Family::Inet6 => ip.is_ipv6() || socket.v6only != Some(true),
            Family::Inet | Family::Unix | Family::Packet | Family::Other(_) => ip.is_ipv4(),
        },
        Some(local) => local == ip,
        None => true,
    }
}

/// ICMP said so, or the host knows no way.
fn unreachable(story: &Story, case: &Case, errno: &str, peer: String) -> Note {
    let Some(host) = case.host else {
        return note!("connect-unreachable", peer = peer, errno = errno);
    };
    match story.scene.icmp(&host.name) {
        Some((packet, kind, code)) => {
            let packet = packet_name(packet);
            note!(
                "connect-icmp",
                peer = peer,
                packet = packet,
                kind = kind,
                code = code,
                says = says(kind, code),
                errno = errno
            )
        }
        None if story.scene.sent.is_empty() => {
            note!("connect-no-route", peer = peer, host = &host.name, errno = errno)
        }
        None => note!("connect-unreachable", peer = peer, errno = errno),
    }
}

/// What an ICMP error says (RFC 792, RFC 1122 §3.2.2.1, RFC 1812 §5.2.7.1).
fn says(kind: u8, code: u8) -> Note {
    match (kind, code) {
        (3, 2) => note!("icmp-says-protocol"),
        (3, 9 | 10 | 13) => note!("icmp-says-forbidden"),
        (11, _) => note!("icmp-says-time"),
        (12, _) => note!("icmp-says-header"),
        (_, _) => note!("icmp-says-no-way"),
    }
}

/// No port is free, or this pair of ends exists already.
fn no_port(story: &Story, case: &Case, peer: String) -> Note {
    let named = case.before.and_then(|socket| socket.local_port());
    let Some((host, to)) = case.host.zip(asked(case)) else {
        return note!("connect-no-port", peer = peer);
    };
    let same = host.sockets.iter().find(|socket| {
        named.is_some()
            && socket.local_port() == named
            && socket.ends().is_some_and(|(_, theirs)| theirs == to)
    });
    match same {
        Some(row) => {
            let holder = story.scene.name(&host.name, row);
            note!("connect-same-pair", peer = peer, holder = holder, state = row.state)
        }
        None => note!("connect-no-port", peer = peer),
    }
}

/// Nobody listens by this path: a socket that does not, or one that is gone.
fn unix_refused(story: &Story, case: &Case, path: &str) -> Note {
    match case.host.zip(named(case, case.shown(1))) {
        Some((host, row)) => {
            let owner = story.scene.name(&host.name, row);
            note!("connect-unix-idle", path = path, owner = owner)
        }
        None if story.scene.was_bound(path) => note!("connect-unix-nobody", path = path),
        None => note!("connect-unix-none", path = path),
    }
}

fn unix_error(story: &Story, case: &Case, errno: &str, path: &str) -> Option<Note> {
    let who = case.who();
    Some(match errno {
        "ECONNREFUSED" if path.starts_with('@') => match case.host {
            Some(host) => note!("connect-unix-no-name", name = path, host = &host.name),
            None => note!("connect-unix-none", path = path),
        },
        "ECONNREFUSED" => unix_refused(story, case, path),
        "ENOENT" | "ENOTDIR" | "ELOOP" | "ENAMETOOLONG" => {
            note!("connect-unix-path", path = path, errno = errno, meaning = path_error(errno)?)
        }
        "EACCES" => note!("connect-unix-denied", path = path),
        "EAGAIN" => {
            let row = named(case, case.shown(1));
            match row.and_then(|row| row.recv_q.zip(row.send_q)) {
                Some((length, limit)) => {
                    note!("connect-unix-full", path = path, length = length, limit = limit)
                }
                None => note!("connect-unix-full-unseen", path = path),
            }
        }
        "EPROTOTYPE" => {
            let kind = |socket: Option<&Arc<Socket>>| socket.map(|socket| socket.kind.short());
            let (own, theirs) = (kind(case.socket()), kind(named(case, case.shown(1))));
            note!("connect-unix-kind", who = who, path = path, kind = own, theirs = theirs)
        }
        "EISCONN" => note!("connect-unix-again", who = who),
        "EINVAL" => {
            note!("connect-invalid", who = who, length = as_int(case.report.call.args[2]))
        }
        _ => return None,
    })
}
