//! What the moments before this one say: how a socket lived, what it was told, what was set.

use super::calls::plain;
use super::scene::{Scene, is_delivery, subject};
use super::traffic::{Role, role};
use crate::model::{
    Action, Cause, HostName, Moment, Outcome, ProcessName, Report, Socket, Syscall, TcpState,
};

/// How many moments are looked back at.
const FAR: usize = 4096;

/// What is known of a socket's life before the moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Life {
    /// It was seen from its birth on.
    pub whole: bool,
    /// It was connected once.
    pub connected: bool,
    /// An RST came for its connection.
    pub reset: bool,
    /// A FIN came for its connection.
    pub fin: bool,
    /// A call on it was told ECONNRESET.
    pub told: bool,
}

/// Of the moments before this one those of the same lab.
pub fn of_this_lab<'a>(
    moment: &Moment,
    earlier: impl Iterator<Item = &'a Moment>,
) -> Vec<&'a Moment> {
    let begins = |moment: &Moment| matches!(moment.cause, Cause::Start);
    let mut over = begins(moment);
    let same = |before: &&Moment| !std::mem::replace(&mut over, begins(before));
    earlier.take(FAR).take_while(same).collect()
}

impl<'a> Scene<'a> {
    /// The life of a socket that has an fd, as far as the moments before this one show it.
    pub fn life(&self, host: &HostName, socket: &Socket) -> Life {
        let mut life =
            Life { whole: false, connected: false, reset: false, fin: false, told: false };
        let mut ends = None;
        let mut lived = Vec::new();
        for moment in self.past.iter().copied() {
            let row = moment.snapshot.host(host).and_then(|host| host.socket(socket.inode));
            let Some(row) = row else {
                life.whole = true;
                break;
            };
            life.connected |= row.state.is_some_and(TcpState::is_connected);
            let named = row.peer.as_ref().is_some_and(|peer| peer.port() != Some(0));
            ends = ends.or(row.ends().filter(|_| named));
            for report in &moment.reports {
                life.connected |= connects(moment, report, socket.inode);
                let reset = matches!(&report.outcome, Outcome::Failed(errno)
                    if errno.name() == Some("ECONNRESET"));
                life.told |= reset && is_about(moment, report, socket.inode);
            }
            lived.push(moment);
        }
        let passages = lived.iter().flat_map(|moment| &moment.passages);
        let came = passages.filter(|passage| is_delivery(passage)).filter_map(|passage| {
            let segment = passage.packet.segment()?;
            let own = ends == Some((segment.destination, segment.source));
            (own && passage.packet.to.as_ref() == Some(host)).then_some(role(segment))
        });
        for role in came {
            life.reset |= role == Role::Rst;
            life.fin |= role == Role::Fin;
        }
        life
    }

    /// What an option of a socket was set to last, as strace prints it.
    pub fn option(&self, process: &ProcessName, fd: i32, option: &str) -> Option<&'a str> {
        let inode = self.before.socket_of(process, fd)?.inode;
        self.past.iter().copied().find_map(|moment| {
            moment.reports.iter().rev().find_map(|report| {
                let set = report.call.syscall == Syscall::Setsockopt
                    && report.outcome == Outcome::Returned(0)
                    && report.call.shown.get(2).is_some_and(|shown| plain(shown) == option);
                (set && is_about(moment, report, inode))
                    .then(|| report.call.shown.get(3).map(String::as_str))?
            })
        })
    }

    /// What a sysctl of a host was set to last by the learner or the lesson.
    pub fn sysctl(&self, host: &HostName, key: &str) -> Option<&'a str> {
        self.past.iter().find_map(|moment| match &moment.cause {
            Cause::Action(Action::Set { host: on, key: set, value })
                if on == host && set == key =>
            {
                Some(value.as_str())
            }
            Cause::Action(_) | Cause::Start | Cause::Statement { .. } | Cause::Kernel => None,
        })
    }

    /// Whether somebody has bound a socket to this path before.
    pub fn was_bound(&self, path: &str) -> bool {
        let root = |path: &str| path.trim_start_matches('/').to_owned();
        self.past.iter().flat_map(|moment| &moment.reports).any(|report| {
            report.call.syscall == Syscall::Bind
                && report.outcome == Outcome::Returned(0)
                && report.call.shown.get(1).is_some_and(|shown| {
                    shown.contains("sun_path=")
                        && root(&super::names::address_name(shown)) == root(path)
                })
        })
    }
}

/// Whether the report is about the socket of this inode.
fn is_about(moment: &Moment, report: &Report, inode: u64) -> bool {
    let socket = subject(report).and_then(|fd| moment.snapshot.socket_of(&report.call.process, fd));
    socket.is_some_and(|socket| inode != 0 && socket.inode == inode)
}

/// Whether the report says that the socket of this inode is connected.
fn connects(moment: &Moment, report: &Report, inode: u64) -> bool {
    let Outcome::Returned(value) = &report.outcome else { return false };
    if matches!(report.call.syscall, Syscall::Accept | Syscall::Accept4) {
        let fd = i32::try_from(*value).unwrap_or(-1);
        let new = moment.snapshot.socket_of(&report.call.process, fd);
        return new.is_some_and(|new| inode != 0 && new.inode == inode);
    }
    let named = |shown: &String| !shown.contains("AF_UNSPEC");
    report.call.syscall == Syscall::Connect
        && report.call.shown.get(1).is_some_and(named)
        && is_about(moment, report, inode)
}
