//! One difference between two snapshots in one line.

use super::names::{ports_name, socket_name};
use super::note::{Note, Value, note};
use super::words::Words;
use crate::model::{
    Change, Fd, File, HostName, Outcome, ProcessState, Snapshot, Socket, TimerKind,
};

impl Words {
    /// One short line for a change: `client fd 3: SYN_SENT > ESTABLISHED`. `after` is the snapshot
    /// that the change led to; it knows whose fds a socket has.
    pub fn change(&self, change: &Change, after: &Snapshot) -> String {
        self.short(&change_note(change, after))
    }
}

/// Counters that tell of something a learner can see or ask about. The others count every packet
/// of the day and only fill a list.
const TELLING: [&str; 36] = [
    "EmbryonicRsts",
    "ListenDrops",
    "ListenOverflows",
    "OutOfWindowIcmps",
    "SyncookiesFailed",
    "SyncookiesRecv",
    "SyncookiesSent",
    "TCPAbortOnClose",
    "TCPAbortOnData",
    "TCPAbortOnLinger",
    "TCPAbortOnMemory",
    "TCPAbortOnTimeout",
    "TCPBacklogDrop",
    "TCPChallengeACK",
    "TCPKeepAlive",
    "TCPOFOQueue",
    "TCPRcvQDrop",
    "TCPReqQFullDoCookies",
    "TCPReqQFullDrop",
    "TCPSYNChallenge",
    "TCPSynRetrans",
    "TCPTimeWaitOverflow",
    "TCPTimeouts",
    "TCPWinProbe",
    "TCPZeroWindowDrop",
    "TcpAttemptFails",
    "TcpEstabResets",
    "TcpInErrs",
    "TcpOutRsts",
    "TcpRetransSegs",
    "Udp6InErrors",
    "Udp6NoPorts",
    "Udp6RcvbufErrors",
    "UdpInErrors",
    "UdpNoPorts",
    "UdpRcvbufErrors",
];

/// Whether a change is worth a line where there is little room: all are, but counters that count
/// ordinary packets.
pub fn is_telling(change: &Change) -> bool {
    match change {
        Change::Counter { name, .. } => TELLING.contains(&name.as_str()),
        Change::ProcessBorn { .. }
        | Change::ProcessState { .. }
        | Change::FdOpened { .. }
        | Change::FdClosed { .. }
        | Change::FdChanged { .. }
        | Change::SocketNew { .. }
        | Change::SocketGone { .. }
        | Change::SocketChanged { .. }
        | Change::Rebooted { .. } => true,
    }
}

fn change_note(change: &Change, after: &Snapshot) -> Note {
    let named = |host: &HostName, socket: &Socket| {
        socket_name(after, host, socket).unwrap_or_else(|| ports_name(host, socket))
    };
    match change {
        Change::ProcessBorn { process } => note!("change-process-born", process = process),
        Change::ProcessState { process, from: _, to } => match to {
            ProcessState::Ready => {
                match after.process(process).and_then(|process| process.handling.last()) {
                    Some(caught) => {
                        note!("change-process-handling", process = process, signal = caught.signal)
                    }
                    None => note!("change-process-awake", process = process),
                }
            }
            ProcessState::InCall { call, .. } => {
                note!("change-process-asleep", process = process, call = &call.typed)
            }
            ProcessState::Running => note!("change-process-running", process = process),
            ProcessState::Stopped => note!("change-process-stopped", process = process),
            ProcessState::Dead(Outcome::Killed(signal)) => {
                note!("change-process-killed", process = process, signal = *signal)
            }
            ProcessState::Dead(Outcome::Exited(status)) => {
                note!("change-process-exited", process = process, status = *status)
            }
            ProcessState::Dead(_) => note!("change-process-gone", process = process),
        },
        Change::FdOpened { process, fd } => {
            note!("change-fd-opened", process = process, fd = fd.number, file = file(&fd.file))
        }
        Change::FdClosed { process, fd } => {
            note!("change-fd-closed", process = process, fd = fd.number, file = file(&fd.file))
        }
        Change::FdChanged { process, from, to } if lost_its_name(from, to) => {
            note!("change-fd-nameless", process = process, fd = to.number)
        }
        Change::FdChanged { process, from, to } if from.file != to.file => {
            note!("change-fd-replaced", process = process, fd = to.number, file = file(&to.file))
        }
        Change::FdChanged { process, from, to } if from.watches != to.watches => {
            let watched: Vec<String> = to.watches.iter().map(|w| format!("fd {}", w.fd)).collect();
            let watched = if watched.is_empty() { "-".to_owned() } else { watched.join(", ") };
            note!("change-fd-watches", process = process, fd = to.number, watched = watched)
        }
        Change::FdChanged { process, from, to } => {
            let flags = format!("{} > {}", flags(from), flags(to));
            note!("change-fd-flags", process = process, fd = to.number, flags = flags)
        }
        Change::SocketNew { host, socket } => {
            note!("change-socket-new", socket = named(host, socket), state = state(socket))
        }
        Change::SocketGone { host, socket } => {
            note!("change-socket-gone", socket = ports_name(host, socket), state = state(socket))
        }
        Change::SocketChanged { host, from, to } => {
            note!("change-socket", socket = named(host, to), parts = Value::Text(parts(from, to)))
        }
        Change::Counter { host, name, from, to } => {
            note!("change-counter", host = host, counter = name, from = *from, to = *to)
        }
        Change::Rebooted { host } => note!("change-rebooted", host = host),
    }
}

/// Whether it is the same file, of which the last name was taken away. `/proc` says so.
fn lost_its_name(from: &Fd, to: &Fd) -> bool {
    match (&from.file, &to.file) {
        (File::Other(from), File::Other(to)) => to.strip_suffix(" (deleted)") == Some(from),
        (File::Socket(_) | File::Other(_), _) => false,
    }
}

fn file(file: &File) -> String {
    match file {
        File::Socket(inode) => format!("socket:[{inode}]"),
        File::Other(name) => name.clone(),
    }
}

fn flags(fd: &Fd) -> String {
    let set = [(fd.nonblock, "O_NONBLOCK"), (fd.cloexec, "FD_CLOEXEC")];
    let names: Vec<&str> = set.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
    if names.is_empty() { "0".to_owned() } else { names.join("|") }
}

/// The state, or the kind for sockets that have none.
fn state(socket: &Socket) -> String {
    socket.state.map_or_else(|| socket.kind.short(), |state| state.name().to_owned())
}

/// What differs between two rows of one socket, in the notation of `ss`. Only what both rows
/// report is compared with `>`; the rest of the names stays the kernel's.
fn parts(from: &Socket, to: &Socket) -> String {
    let mut parts = Vec::new();
    if from.state != to.state {
        parts.push(format!("{} > {}", state(from), state(to)));
    }
    for (old, new, mark) in [(&from.local, &to.local, ""), (&from.peer, &to.peer, "peer ")] {
        // The kernel writes "no peer" as the wildcard with port 0.
        if let Some(name) = new.as_ref().filter(|name| old != new && name.port() != Some(0)) {
            parts.push(format!("{mark}{name}"));
        }
    }
    for (old, new, name) in [(from.recv_q, to.recv_q, "Recv-Q"), (from.send_q, to.send_q, "Send-Q")]
    {
        if let (Some(old), Some(new)) = (old, new)
            && old != new
        {
            parts.push(format!("{name} {old} > {new}"));
        }
    }
    let sent_again = |s: &Socket| s.timer.map_or(0, |timer| timer.retransmits);
    if sent_again(to) > sent_again(from) {
        parts.push(format!("retransmit x{}", sent_again(to)));
    }
    if from.shutdown != to.shutdown {
        match to.shutdown.map(|bits| bits & 3) {
            Some(1) => parts.push("SHUT_RD".into()),
            Some(2) => parts.push("SHUT_WR".into()),
            Some(3) => parts.push("SHUT_RDWR".into()),
            Some(_) | None => {}
        }
    }
    if parts.is_empty() && from.timer.map(|timer| timer.kind) != to.timer.map(|timer| timer.kind) {
        parts.push(format!("timer:{}", to.timer.map_or("off", |timer| timer_name(timer.kind))));
    }
    if parts.is_empty() {
        parts.push(state(to));
    }
    parts.join(", ")
}

/// What `ss -o` calls a timer.
fn timer_name(kind: TimerKind) -> &'static str {
    match kind {
        TimerKind::Retransmit => "on",
        TimerKind::Keepalive => "keepalive",
        TimerKind::TimeWait => "timewait",
        TimerKind::ZeroWindowProbe => "persist",
        TimerKind::Other(_) => "unknown",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::explain::testing::*;
    use crate::model::{Ownerless, TcpState, changes};

    /// The lines of all changes from one lab to another.
    fn lines(before: &Lab, after: &Lab) -> Vec<String> {
        let after = after.snapshot();
        let found = changes(&before.snapshot(), &after);
        found.iter().map(|change| WORDS.change(change, &after)).collect()
    }

    #[test]
    fn a_state_is_told_with_the_fd_of_its_socket() {
        let before = Lab::new().fd("client", 3, client_end(TcpState::SynSent));
        let after = Lab::new().fd("client", 3, client_end(TcpState::Established).queues(5, 0));
        let told = lines(&before, &after);
        assert_eq!(told, ["client fd 3: SYN_SENT > ESTABLISHED, Recv-Q 0 > 5"]);
    }

    #[test]
    fn a_row_without_an_fd_is_told_by_host_and_ports() {
        let half = server_end(TcpState::SynRecv).without_fd(Ownerless::SynQueue);
        let told = lines(&Lab::new(), &Lab::new().row("server", half.clone()));
        assert_eq!(told, ["@server 8080<40001: + socket SYN_RECV"]);
        let told = lines(&Lab::new().row("server", half), &Lab::new());
        assert_eq!(told, ["@server 8080<40001: - socket SYN_RECV"]);
    }

    #[test]
    fn a_timer_and_a_file_without_a_name_are_told_for_what_they_are() {
        use crate::model::TimerKind;
        let open = || client_end(TcpState::Established);
        let before = Lab::new().fd("client", 3, open());
        let asks = open().timer(TimerKind::Keepalive, 9000, 0);
        let told = lines(&before, &Lab::new().fd("client", 3, asks));
        assert_eq!(told, ["client fd 3: timer:keepalive"]);
        let file = |name: &str| {
            let file = File::Other(name.into());
            let fd = Fd { number: 4, file, cloexec: false, nonblock: false, watches: Vec::new() };
            Lab::new().file("client", fd)
        };
        let told = lines(&file("/tmp/p"), &file("/tmp/p (deleted)"));
        assert_eq!(told, ["client: fd 4 is the same file, without a name now"]);
    }

    #[test]
    fn a_socket_without_a_peer_names_none() {
        let before = Lab::new().fd("server", 3, tcp(TcpState::Close));
        let bound = tcp(TcpState::Close).at("0.0.0.0:8080", "0.0.0.0:0");
        let told = lines(&before, &Lab::new().fd("server", 3, bound));
        assert_eq!(told, ["server fd 3: *:8080"]);
    }

    #[test]
    fn counters_of_ordinary_packets_are_not_telling() {
        let after = Lab::new()
            .counter("server", "ListenOverflows", 1)
            .counter("server", "IpInReceives", 7)
            .snapshot();
        let found = changes(&Lab::new().snapshot(), &after);
        let telling: Vec<String> = found
            .iter()
            .filter(|change| is_telling(change))
            .map(|change| WORDS.change(change, &after))
            .collect();
        assert_eq!(found.len(), 2);
        assert_eq!(telling, ["@server: ListenOverflows 0 > 1"]);
    }
}
