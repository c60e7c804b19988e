//! Snapshots and moments by hand, for tests.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use super::{Note, Words, notes};
use crate::model::{
    Action, Address, Body, Call, Cause, Errno, Family, Fate, Fd, File, Flags, Held, Host, HostName,
    Kind, Lang, Moment, Outcome, Ownerless, Packet, Passage, Process, ProcessName, ProcessState,
    Report, Segment, Signal, Snapshot, Socket, SocketMemory, Syscall, TcpInfo, TcpState, Timer,
    TimerKind, Wire, changes,
};

/// The catalogues, parsed once for all tests.
pub static WORDS: LazyLock<Words> = LazyLock::new(|| Words::new(Lang::En));

pub const SERVER: &str = "198.51.100.1:8080";
pub const CLIENT: &str = "198.51.100.2:40001";

pub fn host(name: &str) -> HostName {
    HostName::parse(name).expect("a host's name")
}

pub fn process(name: &str) -> ProcessName {
    ProcessName::parse(name).expect("a process's name")
}

pub fn address(text: &str) -> SocketAddr {
    text.parse().expect("an address")
}

pub const TCP: Kind = Kind { family: Family::Inet, kind: 1, protocol: 6 };
pub const UDP: Kind = Kind { family: Family::Inet, kind: 2, protocol: 17 };
pub const UNIX: Kind = Kind { family: Family::Unix, kind: 1, protocol: 0 };

/// A socket of a kind without a name or a state.
pub fn plain(kind: Kind) -> Socket {
    Socket {
        kind,
        state: None,
        local: None,
        peer: None,
        recv_q: None,
        send_q: None,
        timer: None,
        inode: 0,
        cookie: 0,
        ownerless: None,
        shutdown: None,
        tcp: None,
        memory: None,
        v6only: None,
    }
}

/// A TCP socket in a state.
pub fn tcp(state: TcpState) -> Socket {
    Socket { state: Some(state), ..plain(TCP) }
}

/// A listener on port 8080 with so many in its accept queue.
pub fn listener(length: u32, limit: u32) -> Socket {
    tcp(TcpState::Listen).at("0.0.0.0:8080", "0.0.0.0:0").queues(length, limit)
}

/// The client's end of the connection that most tests are about.
pub fn client_end(state: TcpState) -> Socket {
    tcp(state).at(CLIENT, SERVER).queues(0, 0)
}

/// The server's end of it.
pub fn server_end(state: TcpState) -> Socket {
    tcp(state).at(SERVER, CLIENT).queues(0, 0)
}

impl Socket {
    pub(super) fn at(mut self, local: &str, peer: &str) -> Self {
        self.local = Some(Address::Inet(address(local)));
        self.peer = Some(Address::Inet(address(peer)));
        self
    }

    pub(super) fn queues(mut self, recv: u32, send: u32) -> Self {
        (self.recv_q, self.send_q) = (Some(recv), Some(send));
        self
    }

    pub(super) fn timer(mut self, kind: TimerKind, left_ms: u32, retransmits: u8) -> Self {
        self.timer = Some(Timer { kind, left_ms, retransmits });
        self
    }

    pub(super) fn window(mut self, bytes: u32) -> Self {
        self.tcp = Some(TcpInfo { snd_wnd: Some(bytes), ..TcpInfo::default() });
        self
    }

    pub(super) fn buffers(mut self, receive: u32, send: u32) -> Self {
        let limits = SocketMemory { receive_limit: receive, send_limit: send, ..<_>::default() };
        self.memory = Some(limits);
        self
    }

    pub(super) fn without_fd(mut self, why: Ownerless) -> Self {
        self.ownerless = Some(why);
        self
    }

    pub(super) fn named(mut self, name: Address) -> Self {
        self.local = Some(name);
        self
    }
}

/// A snapshot that grows: two hosts, one process on each.
#[derive(Clone)]
pub struct Lab {
    hosts: Vec<Host>,
    processes: Vec<Process>,
    wire: Wire,
}

impl Lab {
    pub fn new() -> Self {
        let one = |name: &str, last: u8| Host {
            name: host(name),
            addresses: vec![format!("198.51.100.{last}").parse().expect("an address")],
            boots: 0,
            sockets: Vec::new(),
            counters: Arc::new(BTreeMap::new()),
        };
        let lab = Self {
            hosts: vec![one("server", 1), one("client", 2)],
            processes: Vec::new(),
            wire: Wire::default(),
        };
        lab.process("server", "server").process("client", "client")
    }

    pub fn process(mut self, name: &str, on: &str) -> Self {
        let number = i32::try_from(self.processes.len()).expect("few processes") + 2;
        self.processes.push(Process {
            name: process(name),
            host: host(on),
            pid: number,
            outer_pid: 1000 + number,
            parent: None,
            state: ProcessState::Ready,
            fds: Vec::new(),
        });
        self
    }

    pub fn edit(mut self, name: &str, change: impl FnOnce(&mut Process)) -> Self {
        let name = process(name);
        change(self.processes.iter_mut().find(|p| p.name == name).expect("a known process"));
        self
    }

    pub fn edit_host(mut self, name: &str, change: impl FnOnce(&mut Host)) -> Self {
        let name = host(name);
        change(self.hosts.iter_mut().find(|h| h.name == name).expect("a known host"));
        self
    }

    /// Gives a process an fd with a socket of its own.
    pub fn fd(self, owner: &str, number: i32, socket: Socket) -> Self {
        let process = self.processes.iter().find(|p| p.name.as_str() == owner).expect("known");
        let inode = u64::try_from(process.pid * 1000 + number).expect("positive");
        let on = process.host.as_str().to_owned();
        let socket = Socket { inode, cookie: inode, ..socket };
        self.edit_host(&on, |host| host.sockets.push(Arc::new(socket))).share(owner, number, inode)
    }

    /// Gives a process an fd for an open socket that is there already.
    pub fn share(self, owner: &str, number: i32, inode: u64) -> Self {
        let file = File::Socket(inode);
        self.file(owner, Fd { number, file, cloexec: false, nonblock: false })
    }

    pub fn file(self, owner: &str, fd: Fd) -> Self {
        self.edit(owner, |process| {
            process.fds.push(Arc::new(fd));
            process.fds.sort_by_key(|fd| fd.number);
        })
    }

    pub fn nonblock(self, owner: &str, number: i32) -> Self {
        self.edit(owner, |process| {
            let fd = process.fds.iter_mut().find(|fd| fd.number == number).expect("a known fd");
            Arc::make_mut(fd).nonblock = true;
        })
    }

    /// A socket without an fd.
    pub fn row(self, on: &str, socket: Socket) -> Self {
        self.edit_host(on, |host| host.sockets.push(Arc::new(socket)))
    }

    pub fn counter(self, on: &str, name: &str, value: u64) -> Self {
        self.edit_host(on, |host| {
            Arc::make_mut(&mut host.counters).insert(name.to_owned(), value);
        })
    }

    pub fn asleep(self, name: &str, call: &Call) -> Self {
        let (call, wchan) = (Arc::new(call.clone()), Some("wait_woken".to_owned()));
        self.edit(name, |process| process.state = ProcessState::InCall { call, wchan })
    }

    pub fn state(self, name: &str, state: ProcessState) -> Self {
        self.edit(name, |process| process.state = state)
    }

    pub fn held(mut self, packet: &Arc<Packet>, copies: u32) -> Self {
        let held = Held { packet: packet.clone(), copies, last: Duration::ZERO, covers: 0 };
        self.wire.held.push(Arc::new(held));
        self
    }

    pub fn snapshot(&self) -> Snapshot {
        Snapshot {
            at: Duration::ZERO,
            hosts: self.hosts.iter().cloned().map(Arc::new).collect(),
            processes: self.processes.iter().cloned().map(Arc::new).collect(),
            wire: Arc::new(self.wire.clone()),
        }
    }
}

/// A call, by the name that was typed.
pub fn call(who: &str, typed: &str, args: &[i64], shown: &[&str]) -> Call {
    let kernel = match typed {
        "send" => "sendto",
        "recv" => "recvfrom",
        other => other,
    };
    let syscall = Syscall::ALL.iter().find(|s| s.name() == kernel).expect("a known call");
    let mut six = [0; 6];
    six[..args.len()].copy_from_slice(args);
    Call {
        process: process(who),
        code: format!("{typed}(…);"),
        typed: typed.to_owned(),
        syscall: *syscall,
        args: six,
        shown: shown.iter().map(|text| (*text).to_owned()).collect(),
        child: None,
    }
}

/// Numbers the packets of one test.
pub fn segment(number: u64, from: &str, to: &str, flags: Flags, length: usize) -> Arc<Packet> {
    let (source, destination) = (address(from), address(to));
    let owner = |end: SocketAddr| {
        Some(host(if end.ip().to_string() == "198.51.100.1" { "server" } else { "client" }))
    };
    Arc::new(Packet {
        number,
        from: owner(source),
        to: owner(destination),
        at: Duration::ZERO,
        bytes: Vec::new().into(),
        body: Body::Tcp(Segment {
            source,
            destination,
            flags,
            sequence: u32::try_from(number).expect("few packets"),
            acknowledgment: 0,
            relative_sequence: None,
            relative_acknowledgment: None,
            window: 64000,
            length,
            urgent: None,
            options: Vec::new(),
        }),
    })
}

pub const SYN_ACK: Flags = Flags(2 | 16);
pub const FIN_ACK: Flags = Flags(1 | 16);
pub const RST_ACK: Flags = Flags(4 | 16);

pub fn to_server(number: u64, flags: Flags, length: usize) -> Arc<Packet> {
    segment(number, CLIENT, SERVER, flags, length)
}

pub fn to_client(number: u64, flags: Flags, length: usize) -> Arc<Packet> {
    segment(number, SERVER, CLIENT, flags, length)
}

pub fn icmp(number: u64, kind: u8, code: u8) -> Arc<Packet> {
    Arc::new(Packet {
        number,
        from: None,
        to: Some(host("client")),
        at: Duration::ZERO,
        bytes: Vec::new().into(),
        body: Body::Icmp {
            source: address(SERVER).ip(),
            destination: address(CLIENT).ip(),
            kind,
            code,
            v6: false,
        },
    })
}

/// A moment between two snapshots.
pub struct Play {
    before: Snapshot,
    moment: Moment,
}

impl Play {
    pub fn new(before: &Lab, after: Lab) -> Self {
        let (before, after) = (before.snapshot(), Arc::new(after.snapshot()));
        let changes = changes(&before, &after);
        let moment = Moment {
            cause: Cause::Kernel,
            at: Duration::ZERO,
            reports: Vec::new(),
            passages: Vec::new(),
            snapshot: after,
            changes,
            printed: Vec::new(),
            unsettled: false,
        };
        Self { before, moment }
    }

    /// Makes it the moment of the lab's start.
    pub fn start(&mut self) {
        self.moment.cause = Cause::Start;
        self.moment.changes.clear();
    }

    pub fn cause(mut self, action: Action) -> Self {
        self.moment.cause = Cause::Action(action);
        self
    }

    /// A report of a call that caused this moment, unless something else did.
    pub fn report(self, call: Call, outcome: Outcome) -> Self {
        self.written(call, outcome, &[])
    }

    pub fn written(mut self, call: Call, outcome: Outcome, written: &[(usize, &str)]) -> Self {
        let call = Arc::new(call);
        if self.moment.cause == Cause::Kernel {
            self.moment.cause = Cause::Action(Action::Call(call.clone()));
        }
        let written = written.iter().map(|(at, text)| (*at, (*text).to_owned())).collect();
        self.moment.reports.push(Report { call, outcome, pid: 2, written });
        self
    }

    pub fn passes(mut self, packet: &Arc<Packet>, fate: Fate) -> Self {
        self.moment.passages.push(Passage { packet: packet.clone(), fate });
        self
    }

    pub fn delivered(self, packets: &[&Arc<Packet>]) -> Self {
        packets.iter().fold(self, |play, packet| play.passes(packet, Fate::Delivered))
    }

    pub fn notes(&self) -> Vec<Note> {
        let notes = notes(&self.before, &self.moment);
        for note in &notes {
            assert_well_said(note);
        }
        notes
    }

    /// The keys of all notes, in order.
    pub fn keys(&self) -> Vec<&'static str> {
        self.notes().into_iter().map(|note| note.key).collect()
    }

    /// The first note in English.
    pub fn first(&self) -> String {
        let notes = self.notes();
        notes.first().map(|note| WORDS.short(note)).unwrap_or_default()
    }
}

/// A note that reads as a sentence in both languages: nothing left to fill in.
pub fn assert_well_said(note: &Note) {
    for words in Lang::ALL.map(|lang| WORDS.in_lang(lang)) {
        let texts = [Some(words.short(note)), words.long(note)];
        for text in texts.into_iter().flatten() {
            // A value may have braces of its own, as strace prints structures.
            let word = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            let mut holes = text.match_indices('{').filter_map(|(at, _)| {
                let rest = &text[at + 1..];
                rest.find('}').map(|end| &rest[..end])
            });
            assert!(!holes.any(word), "{}: {text}", note.key);
            assert_ne!(text, note.key);
        }
    }
}

pub const OK: Outcome = Outcome::Returned(0);

pub fn failed(name: &str) -> Outcome {
    Outcome::Failed(Errno::from_name(name).expect("a known errno"))
}

pub fn killed(name: &str) -> Outcome {
    Outcome::Killed(Signal::parse(name).expect("a known signal"))
}

/// The address of the server in strace's notation.
pub const SHOWN_SERVER: &str =
    r#"{sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("198.51.100.1")}"#;
/// The wildcard address in strace's notation.
pub const SHOWN_ANY: &str =
    r#"{sa_family=AF_INET, sin_port=htons(8080), sin_addr=inet_addr("0.0.0.0")}"#;
