//! The way of one connection through the states, at both ends.

use std::net::SocketAddr;

use super::page::Page;
use crate::model::{Change, Host, HostName, Socket, TcpState, Transition};

/// The way of one end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Walk {
    /// Whose.
    pub host: String,
    /// Its mark in the diagram.
    pub letter: char,
    /// The states it went through, the last one last.
    pub path: Vec<TcpState>,
    /// The states in which sockets of this end are at this moment: the connection's, or where
    /// there is none yet, those of all.
    pub now: Vec<TcpState>,
    /// The socket is in no list any more.
    pub gone: bool,
}

/// Two ends of a connection, in either order.
type Ends = (SocketAddr, SocketAddr);

/// The walks of the left and the right side: those of the connection that changed last in this
/// lab, or that is the only one there.
pub fn walks(page: &Page<'_>) -> [Walk; 2] {
    let focus = page.lab_story().find_map(|entry| {
        let changes = entry.moment.changes.iter().rev();
        changes.filter_map(Change::transition).find_map(|transition| ends(transition.socket))
    });
    let focus = focus.or_else(|| only_connection(page));
    let [left, right] = page.sides();
    let side = |hosts: &[&std::sync::Arc<Host>], fallback: char| {
        let host = match focus {
            Some(focus) => hosts.iter().find(|host| has_end(host, focus)).or(hosts.first()),
            None => hosts.first(),
        };
        host.map_or_else(|| Walk::nobody(fallback), |host| walk(page, host, focus, fallback))
    };
    [side(&left, 'c'), side(&right, 's')]
}

impl Walk {
    fn nobody(letter: char) -> Self {
        Self { host: String::new(), letter, path: Vec::new(), now: Vec::new(), gone: false }
    }
}

fn has_end(host: &Host, (a, b): Ends) -> bool {
    host.addresses.iter().any(|address| *address == a.ip() || *address == b.ip())
}

/// Both ends of a connection, the smaller first.
fn ends(socket: &Socket) -> Option<Ends> {
    let (local, peer) = socket.ends()?;
    (peer.port() != 0).then_some(if local < peer { (local, peer) } else { (peer, local) })
}

/// The connection, if all connected TCP sockets belong to one.
fn only_connection(page: &Page<'_>) -> Option<Ends> {
    let sockets = page.snapshot().hosts.iter().flat_map(|host| &host.sockets);
    let mut found = sockets.filter(|socket| socket.kind.is_tcp()).filter_map(|row| ends(row));
    let first = found.next()?;
    found.all(|other| other == first).then_some(first)
}

fn walk(page: &Page<'_>, host: &Host, focus: Option<Ends>, letter: char) -> Walk {
    let mut path: Vec<TcpState> = Vec::new();
    let mut gone = false;
    let mut entries: Vec<_> = page.lab_story().collect();
    entries.reverse();
    for entry in entries {
        for change in &entry.moment.changes {
            let Some(transition) = own(change, &host.name, focus) else { continue };
            // The same two ends can be those of another connection later.
            if gone && transition.from.is_none() {
                path.clear();
            }
            if path.is_empty() {
                path.extend(transition.from.or(start(&transition)));
            }
            path.extend(transition.to.filter(|to| path.last() != Some(to)));
            gone = transition.to.is_none();
        }
    }
    let now = |socket: &Socket| match focus {
        Some(focus) => ends(socket) == Some(focus) || socket.is_listener(),
        None => true,
    };
    let sockets = host.sockets.iter().filter(|socket| socket.kind.is_tcp() && now(socket));
    if path.is_empty() && focus.is_some() {
        // The lab began with the connection as it is.
        let mut own = sockets.clone().filter(|socket| ends(socket) == focus);
        path.extend(own.next().and_then(|socket| socket.state));
    }
    let now: Vec<TcpState> = sockets.filter_map(|socket| socket.state).collect();
    Walk { host: host.name.as_str().to_owned(), letter, path, now, gone }
}

/// The transition, if it is one of the connection on this host.
fn own<'a>(change: &'a Change, host: &HostName, focus: Option<Ends>) -> Option<Transition<'a>> {
    let transition = change.transition().filter(|transition| transition.host == host)?;
    (focus.is_some() && ends(transition.socket) == focus).then_some(transition)
}

/// Where a connection came from that was not there before: a request came in by a listener.
fn start(transition: &Transition<'_>) -> Option<TcpState> {
    match transition.to? {
        TcpState::SynRecv => Some(TcpState::Listen),
        TcpState::SynSent => Some(TcpState::Close),
        TcpState::Close
        | TcpState::Listen
        | TcpState::Established
        | TcpState::FinWait1
        | TcpState::FinWait2
        | TcpState::CloseWait
        | TcpState::Closing
        | TcpState::LastAck
        | TcpState::TimeWait => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Action, Cause};
    use crate::session::Timeline;
    use crate::tui::testing::{Lab, entry, page, tcp};

    /// A lab whose client's end is in this state.
    fn lab(state: TcpState) -> Lab {
        let mut lab = Lab::new();
        lab.process("client", "client", &[(3, 31)]);
        lab.socket("client", tcp(31, state, "198.51.100.2:40001", ":8080"));
        lab
    }

    #[test]
    fn a_walk_begins_anew_where_a_fresh_lab_begins() {
        use TcpState::{Close, Established, FinWait1, SynSent, TimeWait};
        let (empty, wait) = (Lab::new(), || Cause::Action(Action::Wait(Default::default())));
        let start = |lab: &Lab| entry(lab, lab, Cause::Start, Vec::new());
        let timeline: Timeline = [
            start(&empty),
            entry(&empty, &lab(SynSent), wait(), Vec::new()),
            entry(&lab(SynSent), &lab(Established), wait(), Vec::new()),
            entry(&lab(Established), &lab(TimeWait), wait(), Vec::new()),
            start(&lab(Established)),
            entry(&lab(Established), &lab(FinWait1), wait(), Vec::new()),
        ]
        .into_iter()
        .collect();
        let path = |cursor| walks(&Page { cursor, ..page(&timeline) })[0].path.clone();
        assert_eq!(path(3), [Close, SynSent, Established, TimeWait]);
        assert_eq!(path(4), [Established]);
        assert_eq!(path(5), [Established, FinWait1]);
    }
}
