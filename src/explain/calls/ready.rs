//! Why a descriptor is ready: what poll(), select() and epoll_wait() have found, and what the
//! kernel's own rows say of it.

use std::sync::Arc;

use crate::explain::case::Case;
use crate::explain::note::{Note, note};
use crate::explain::row::Row;
use crate::explain::scene::Scene;
use crate::model::{Family, File, Socket, TcpState};

/// Bit 0 of `sk_shutdown`: this side reads no more.
const SHUT_READ: u8 = 1;
/// SOCK_STREAM.
const STREAM: i32 = 1;

/// A descriptor with the events that were found on it: those of poll(2) and epoll(7), or the
/// sets of select(2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ready {
    /// The number; `None` where the answer does not name it.
    pub fd: Option<i32>,
    /// The events as they were printed.
    pub shown: String,
}

impl Ready {
    /// `fd 5 POLLIN|POLLHUP`; without its number where that is not known.
    pub fn name(&self) -> String {
        match self.fd {
            Some(fd) => format!("fd {fd} {}", self.shown),
            None => self.shown.clone(),
        }
    }

    fn has(&self, event: &str) -> bool {
        let name = |shown: &str| match shown {
            "in" => event == "IN",
            "out" => event == "OUT",
            "except" => event == "PRI",
            _ => shown.strip_prefix('E').unwrap_or(shown).strip_prefix("POLL") == Some(event),
        };
        self.shown.split('|').any(name)
    }
}

/// Why this descriptor is ready, the more important reason first.
pub fn reasons(scene: &Scene, case: &Case, ready: &Ready) -> Vec<Note> {
    let Some(fd) = ready.fd else { return Vec::new() };
    let who = case.fd_name(fd.into());
    if ready.has("NVAL") {
        return vec![note!("ready-invalid", who = who)];
    }
    let entry = scene.after().process(case.process).and_then(|process| process.fd(fd));
    let Some(entry) = entry else { return Vec::new() };
    let before = scene.before.socket_of(case.process, fd);
    match (&entry.file, scene.after().socket_of(case.process, fd)) {
        (File::Socket(_), Some(socket)) if socket.kind.is_tcp() => {
            stream(who, ready, before, socket)
        }
        (File::Socket(_), Some(socket)) if socket.kind.family == Family::Unix => {
            unix(who, ready, socket)
        }
        (File::Socket(_), Some(socket)) => datagrams(who, ready, socket),
        (File::Other(name), _) if name.starts_with("pipe:") => pipe(who, ready),
        (File::Socket(_) | File::Other(_), _) => Vec::new(),
    }
}

/// Reasons of a TCP socket.
fn stream(who: String, ready: &Ready, before: Option<&Arc<Socket>>, socket: &Socket) -> Vec<Note> {
    let mut found = Vec::new();
    let connecting = before.is_some_and(|before| before.state == Some(TcpState::SynSent));
    if ready.has("ERR") {
        found.push(if connecting {
            note!("ready-failed", who = &who)
        } else {
            note!("ready-error", who = &who)
        });
        return found;
    }
    if ready.has("HUP") && socket.peer_port().is_none() {
        // A socket that never had a connection has no direction that was ended.
        let ended = ready.has("IN") || ready.has("RDHUP");
        return vec![if ended {
            note!("ready-both-closed", who = who, state = socket.state)
        } else {
            note!("ready-fresh", who = who)
        }];
    }
    if ready.has("PRI") {
        found.push(note!("ready-urgent", who = &who));
    }
    if ready.has("IN") || ready.has("RDHUP") {
        found.extend(readable(&who, ready, socket));
    }
    if ready.has("OUT") {
        let over = socket.state == Some(TcpState::Close);
        found.push(if over && connecting {
            note!("ready-failed-out", who = &who)
        } else if over {
            note!("ready-over-out", who = &who)
        } else if connecting && socket.state != Some(TcpState::SynSent) {
            note!("ready-connected", who = &who, state = socket.state)
        } else {
            note!("ready-room", who = &who)
        });
    }
    found
}

/// Why a read of a TCP socket would not sleep.
fn readable(who: &str, ready: &Ready, socket: &Socket) -> Option<Note> {
    let waiting = socket.recv_q.unwrap_or(0);
    let shut = socket.shutdown.is_some_and(|bits| bits & SHUT_READ != 0);
    Some(match socket.state? {
        TcpState::Listen => note!("ready-listener", who = who, length = socket.recv_q),
        TcpState::CloseWait | TcpState::LastAck | TcpState::Closing | TcpState::TimeWait
            if waiting <= 1 =>
        {
            if ready.has("HUP") {
                note!("ready-both-closed", who = who, state = socket.state)
            } else {
                note!("ready-fin", who = who, state = socket.state)
            }
        }
        TcpState::CloseWait | TcpState::LastAck | TcpState::Closing | TcpState::TimeWait => {
            note!("ready-data-fin", who = who, waiting = waiting)
        }
        TcpState::Established | TcpState::FinWait1 | TcpState::FinWait2 => match (waiting, shut) {
            (0, true) => note!("ready-shut", who = who),
            (0, false) => return None,
            (1.., _) => note!("ready-data", who = who, waiting = waiting),
        },
        TcpState::Close | TcpState::SynSent | TcpState::SynRecv => {
            note!("ready-over", who = who, state = socket.state)
        }
    })
}

/// Reasons of a unix socket.
fn unix(who: String, ready: &Ready, socket: &Socket) -> Vec<Note> {
    let mut found = Vec::new();
    let waiting = socket.recv_q.unwrap_or(0);
    if ready.has("ERR") {
        found.push(note!("ready-error", who = &who));
    }
    if ready.has("IN") {
        found.push(match socket.state {
            Some(TcpState::Listen) => {
                note!("ready-listener", who = &who, length = socket.recv_q)
            }
            _ if waiting > 0 && socket.kind.kind == STREAM => {
                note!("ready-data", who = &who, waiting = waiting)
            }
            _ if waiting > 0 => note!("ready-datagram", who = &who),
            _ => note!("ready-unix-end", who = &who),
        });
    }
    if ready.has("HUP") {
        found.push(note!("ready-unix-gone", who = &who));
    } else if ready.has("OUT") {
        found.push(note!("ready-room", who = &who));
    }
    found
}

/// Reasons of a UDP, raw or packet socket.
fn datagrams(who: String, ready: &Ready, socket: &Socket) -> Vec<Note> {
    let mut found = Vec::new();
    if ready.has("ERR") {
        found.push(note!("ready-error", who = &who));
    } else if ready.has("IN") && socket.recv_q.is_none_or(|memory| memory > 0) {
        found.push(note!("ready-datagram", who = &who));
    }
    if ready.has("OUT") {
        found.push(note!("ready-room", who = &who));
    }
    found
}

/// Reasons of a pipe.
fn pipe(who: String, ready: &Ready) -> Vec<Note> {
    let mut found = Vec::new();
    if ready.has("IN") {
        found.push(note!("ready-pipe-data", who = &who));
    }
    if ready.has("HUP") {
        found.push(note!("ready-pipe-end", who = &who));
    }
    if ready.has("ERR") {
        found.push(note!("ready-pipe-broken", who = &who));
    } else if ready.has("OUT") {
        found.push(note!("ready-room", who = &who));
    }
    found
}

/// What poll() found: `[{fd=5, revents=POLLIN|POLLHUP}]`.
pub fn of_poll(shown: &str) -> Vec<Ready> {
    let entries = shown.split("{fd=").skip(1).filter_map(|entry| {
        let (fd, rest) = entry.split_once(", revents=")?;
        let shown = rest.split('}').next()?.to_owned();
        Some(Ready { fd: fd.parse().ok(), shown })
    });
    entries.collect()
}

/// What select() found: `in [3 5], out [4], left {…}`. Its sets are what it has for events.
pub fn of_select(shown: &str) -> Vec<Ready> {
    let mut found: Vec<Ready> = Vec::new();
    for (set, event) in [("in [", "in"), ("out [", "out"), ("except [", "except")] {
        let Some((_, rest)) = shown.split_once(set) else { continue };
        let members = rest.split(']').next().unwrap_or_default();
        for fd in members.split(' ').filter_map(|fd| fd.parse().ok()) {
            match found.iter_mut().find(|ready| ready.fd == Some(fd)) {
                Some(known) => known.shown = format!("{}|{event}", known.shown),
                None => found.push(Ready { fd: Some(fd), shown: event.to_owned() }),
            }
        }
    }
    found
}

/// What epoll_wait() found: `[{events=EPOLLIN, data={u32=5, u64=5}}]`. Whose events they are, the
/// epoll's own list tells by the data, if only one entry of it has them.
pub fn of_epoll(scene: &Scene, case: &Case, shown: &str) -> Vec<Ready> {
    let epoll = scene.after().process(case.process).and_then(|process| process.fd(case.fd));
    let fd_of = |data: u64| {
        let mut watched = epoll?.watches.iter().filter(|watch| watch.data == data);
        let first = watched.next()?;
        watched.next().is_none().then_some(first.fd)
    };
    let entries = shown.split("{events=").skip(1).filter_map(|entry| {
        let (events, rest) = entry.split_once(", data=")?;
        let (_, data) = rest.split_once("u64=")?;
        let data = data.split('}').next()?.parse().ok()?;
        Some(Ready { fd: fd_of(data), shown: events.to_owned() })
    });
    entries.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ready(fd: i32, shown: &str) -> Ready {
        Ready { fd: Some(fd), shown: shown.into() }
    }

    #[test]
    fn what_is_ready_is_read_out_of_straces_notation() {
        let poll = "[{fd=5, revents=POLLIN|POLLHUP}, {fd=7, revents=POLLOUT}]";
        assert_eq!(of_poll(poll), [ready(5, "POLLIN|POLLHUP"), ready(7, "POLLOUT")]);
        assert!(of_poll(poll)[0].has("IN") && of_poll(poll)[0].has("HUP"));
        assert!(!of_poll(poll)[0].has("RDHUP"));
        let select = "in [3 5], out [5], left {tv_sec=0, tv_usec=0}";
        assert_eq!(of_select(select), [ready(3, "in"), ready(5, "in|out")]);
        for odd in ["", "[]", "...", "in [", "[{fd="] {
            assert_eq!((of_poll(odd), of_select(odd)), (vec![], vec![]), "{odd}");
        }
    }
}
