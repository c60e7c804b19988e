//! Pages by hand: labs as a kernel would have described them, for tests without one.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use ratatui::Terminal;
use ratatui::backend::TestBackend;
use ratatui::buffer::Buffer;

use crate::model::{
    Action, Address, Body, Call, Cause, Family, Fate, Fd, File, Filter, Flags, Held, Host,
    HostName, Kind, Moment, Outcome, Ownerless, Packet, PacketKind, Passage, Process, ProcessName,
    ProcessState, Report, Segment, Snapshot, Socket, SocketMemory, Syscall, TcpState, Timer,
    TimerKind, WireAction, changes,
};
use crate::session::{Entry, Mode, Origin, Printout, Timeline};
use crate::tui::ink::Ink;
use crate::tui::view::{Page, Zoom, draw_page};

pub const TCP: Kind = Kind { family: Family::Inet, kind: 1, protocol: 6 };

pub fn host_name(name: &str) -> HostName {
    HostName::parse(name).expect("a host's name")
}

pub fn process_name(name: &str) -> ProcessName {
    ProcessName::parse(name).expect("a process's name")
}

fn address(text: &str) -> Address {
    let text = text.replace('*', "0.0.0.0");
    let ip = if text.starts_with(':') { format!("198.51.100.1{text}") } else { text };
    Address::Inet(ip.parse().expect("an address"))
}

/// A TCP socket: `tcp(21, LISTEN, "*:8080", "*:0")`.
pub fn tcp(inode: u64, state: TcpState, local: &str, peer: &str) -> Socket {
    Socket {
        kind: TCP,
        state: Some(state),
        local: Some(address(local)),
        peer: Some(address(peer)),
        recv_q: Some(0),
        send_q: Some(0),
        timer: None,
        inode,
        cookie: inode + 1000,
        ownerless: None,
        shutdown: None,
        v6only: None,
        partner: None,
        reuse: None,
        tcp: None,
        memory: Some(SocketMemory {
            receive_used: 0,
            receive_limit: 131_072,
            send_used: 0,
            send_limit: 16_384,
            drops: None,
        }),
    }
}

pub fn call(process: &str, typed: &str, syscall: Syscall, first: i64) -> Arc<Call> {
    Arc::new(Call {
        process: process_name(process),
        code: format!("{typed}(fd, …);"),
        typed: typed.to_owned(),
        syscall,
        args: [first, 0, 0, 0, 0, 0],
        shown: vec![first.to_string(), "NULL".to_owned(), "NULL".to_owned()],
        child: None,
        overrun: None,
    })
}

/// A lab that is put together step by step.
#[derive(Debug, Clone)]
pub struct Lab {
    pub snapshot: Snapshot,
    number: u64,
}

impl Lab {
    /// Both hosts, and no process yet.
    pub fn new() -> Self {
        let host = |name: &str, ip: &str| {
            Arc::new(Host {
                name: host_name(name),
                addresses: vec![ip.parse().expect("an address")],
                boots: 0,
                sockets: Vec::new(),
                counters: Arc::default(),
            })
        };
        let hosts = vec![host("server", "198.51.100.1"), host("client", "198.51.100.2")];
        Self { snapshot: Snapshot { hosts, ..Snapshot::default() }, number: 0 }
    }

    /// A process with these fds, each a socket by its inode.
    pub fn process(&mut self, name: &str, host: &str, fds: &[(i32, u64)]) -> &mut Self {
        let pid = 2 + i32::try_from(self.snapshot.processes.len()).expect("few processes");
        let fd = |(number, inode): &(i32, u64)| {
            let file = File::Socket(*inode);
            Arc::new(Fd {
                number: *number,
                file,
                cloexec: false,
                nonblock: false,
                watches: Vec::new(),
            })
        };
        self.snapshot.processes.push(Arc::new(Process {
            name: process_name(name),
            host: host_name(host),
            pid,
            outer_pid: 4000 + pid,
            parent: None,
            state: ProcessState::Ready,
            fds: fds.iter().map(fd).collect(),
            handling: Vec::new(),
            standard: true,
            stopped_in: None,
        }));
        self
    }

    pub fn state(&mut self, process: &str, state: ProcessState) -> &mut Self {
        let found = self.snapshot.processes.iter_mut().find(|p| p.name.as_str() == process);
        Arc::make_mut(found.expect("a process of this name")).state = state;
        self
    }

    pub fn asleep(&mut self, process: &str, typed: &str, syscall: Syscall) -> &mut Self {
        let call = call(process, typed, syscall, 3);
        self.state(process, ProcessState::InCall { call, wchan: Some("wait_woken".to_owned()) })
    }

    /// Puts a socket on a host; one of the same cookie is replaced.
    pub fn socket(&mut self, host: &str, socket: Socket) -> &mut Self {
        let found = self.snapshot.hosts.iter_mut().find(|h| h.name.as_str() == host);
        let sockets = &mut Arc::make_mut(found.expect("a host of this name")).sockets;
        sockets.retain(|old| old.cookie != socket.cookie);
        sockets.push(Arc::new(socket));
        self
    }

    /// A packet between the two ports; the client's is the larger.
    pub fn packet(&mut self, from: &str, flags: Flags, client: u16, length: usize) -> Arc<Packet> {
        self.number += 1;
        let end = |host: &str| -> SocketAddr {
            let text = match host {
                "server" => "198.51.100.1:8080".to_owned(),
                _ => format!("198.51.100.2:{client}"),
            };
            text.parse().expect("an address")
        };
        let to = if from == "server" { "client" } else { "server" };
        Arc::new(Packet {
            number: self.number,
            from: Some(host_name(from)),
            to: Some(host_name(to)),
            at: Duration::from_millis(self.number),
            bytes: Arc::from([]),
            body: Body::Tcp(Segment {
                source: end(from),
                destination: end(to),
                flags,
                sequence: 7,
                acknowledgment: 9,
                relative_sequence: Some(0),
                relative_acknowledgment: Some(1),
                window: 64_240,
                length,
                urgent: None,
                options: Vec::new(),
            }),
        })
    }

    pub fn hold(&mut self, packet: &Arc<Packet>, copies: u32) -> &mut Self {
        let wire = Arc::make_mut(&mut self.snapshot.wire);
        let held = Held { packet: packet.clone(), copies, last: packet.at, covers: 0 };
        wire.held.push(Arc::new(held));
        self
    }

    pub fn filter(&mut self, kind: PacketKind) -> &mut Self {
        let filter = Filter { kind, ..Filter::any() };
        Arc::make_mut(&mut self.snapshot.wire).filters.push(filter);
        self
    }
}

/// An entry that leads from one lab to the next.
pub fn entry(before: &Lab, after: &Lab, cause: Cause, passages: Vec<Passage>) -> Entry {
    let snapshot = Arc::new(after.snapshot.clone());
    let moment = Moment {
        cause,
        at: Duration::from_secs(1),
        reports: Vec::new(),
        passages,
        untold: 0,
        changes: changes(&before.snapshot, &snapshot),
        snapshot,
        printed: Vec::new(),
        signals: Vec::new(),
        unprinted: 0,
        unsettled: false,
    };
    Entry {
        moment: Arc::new(moment),
        origin: Origin::Hand,
        step: None,
        verdicts: Vec::new(),
        bets: Vec::new(),
        variables: Arc::default(),
        printed: Printout::default(),
        printed_before: 0,
        value: None,
        concluded: false,
    }
}

pub fn passage(packet: &Arc<Packet>, fate: Fate) -> Passage {
    Passage { packet: packet.clone(), fate }
}

/// A page of free play at the last entry.
pub fn page(timeline: &Timeline) -> Page<'_> {
    Page {
        timeline,
        cursor: timeline.len() - 1,
        lesson: None,
        next: None,
        next_index: 0,
        step: (0, 0),
        rung: crate::model::Rung::Wire,
        mode: Mode::Free,
        live: true,
        since: 0,
        now: None,
        due: None,
        waiting: None,
        difference: None,
        asking: None,
        question_ahead: false,
        walks: false,
        walker: None,
        halted: None,
        able: 0,
        notice: None,
    }
}

/// A page as text.
pub fn draw(page: &Page<'_>, zoom: Option<Zoom>, size: (u16, u16), ink: &Ink) -> String {
    crate::tui::screen_text(&buffer(page, zoom, size, ink))
}

pub fn buffer(page: &Page<'_>, zoom: Option<Zoom>, size: (u16, u16), ink: &Ink) -> Buffer {
    let backend = TestBackend::new(size.0, size.1);
    let mut terminal = Terminal::new(backend).expect("a test backend never fails");
    let drawn = terminal.draw(|frame| {
        let area = frame.area();
        draw_page(page, zoom, 0, area, frame.buffer_mut(), ink);
    });
    drawn.expect("a test backend never fails").buffer.clone()
}

/// The queue of the lesson on backlogs at its most crowded: two connections wait, a third is
/// half-open, its SYN,ACK is held and was sent three times.
pub fn full_queue() -> Timeline {
    let mut lab = Lab::new();
    lab.process("server", "server", &[(3, 21)]);
    let mut listener = tcp(21, TcpState::Listen, "*:8080", "*:0");
    (listener.recv_q, listener.send_q) = (Some(1), Some(1));
    lab.socket("server", listener.clone());
    for (index, port) in [(1, 40001), (2, 40002), (3, 40003)] {
        let name = format!("client{index}");
        lab.process(&name, "client", &[(3, 30 + index)]);
        let end = format!("198.51.100.2:{port}");
        lab.socket("client", tcp(30 + index, TcpState::Established, &end, ":8080"));
        let state = if index == 1 { TcpState::Established } else { TcpState::SynRecv };
        let place = if index == 1 { Ownerless::AcceptQueue } else { Ownerless::SynQueue };
        let waiting = Socket {
            inode: 0,
            cookie: 5000 + index,
            ownerless: Some(place),
            ..tcp(0, state, ":8080", &end)
        };
        lab.socket("server", waiting);
    }
    lab.process("client4", "client", &[(3, 34)]);
    let fresh = Socket { local: None, peer: None, ..tcp(34, TcpState::Close, "*:0", "*:0") };
    lab.socket("client", fresh);
    lab.filter(PacketKind::SynAck);
    let acks = [40002, 40003].map(|port| lab.packet("client", Flags::ACK, port, 0));
    for ack in &acks {
        lab.hold(ack, 1);
    }
    let start = lab.clone();
    Arc::make_mut(&mut lab.snapshot.wire).held.clear();

    let (syn, answer) = (Flags::SYN, Flags::SYN.with(Flags::ACK));
    let early = [
        passage(&lab.packet("client", syn, 40003, 0), Fate::Delivered),
        passage(&lab.packet("server", answer, 40003, 0), Fate::Delivered),
    ];
    let acks = acks.map(|ack| passage(&ack, Fate::Delivered));
    let again = lab.packet("server", answer, 40003, 0);
    lab.hold(&again, 3);
    listener.recv_q = Some(2);
    lab.socket("server", listener);
    let moved = Socket {
        inode: 0,
        cookie: 5002,
        ownerless: Some(Ownerless::AcceptQueue),
        ..tcp(0, TcpState::Established, ":8080", "198.51.100.2:40002")
    };
    lab.socket("server", moved);
    let late = Socket {
        inode: 0,
        cookie: 5003,
        ownerless: Some(Ownerless::SynQueue),
        timer: Some(Timer { kind: TimerKind::Retransmit, left_ms: 3900, retransmits: 2 }),
        ..tcp(0, TcpState::SynRecv, ":8080", "198.51.100.2:40003")
    };
    lab.socket("server", late);
    let deliver = Cause::Action(Action::Wire(WireAction::DeliverAll));
    let first = entry(&Lab::new(), &start, Cause::Start, early.to_vec());
    let second = entry(&start, &lab, deliver, acks.to_vec());
    [first, second].into_iter().collect()
}

/// A handshake with its second packet held: connect() and accept() both sleep.
pub fn held_handshake() -> Timeline {
    let mut lab = Lab::new();
    lab.process("server", "server", &[(3, 21)]).asleep("server", "accept", Syscall::Accept);
    let mut listener = tcp(21, TcpState::Listen, "*:8080", "*:0");
    listener.send_q = Some(5);
    lab.socket("server", listener);
    lab.process("client", "client", &[(3, 31)]);
    lab.socket("client", Socket { local: None, ..tcp(31, TcpState::Close, "*:0", "*:0") });
    lab.filter(PacketKind::Any);
    let start = lab.clone();
    lab.asleep("client", "connect", Syscall::Connect);
    lab.socket(
        "client",
        Socket {
            timer: Some(Timer { kind: TimerKind::Retransmit, left_ms: 2100, retransmits: 0 }),
            ..tcp(31, TcpState::SynSent, "198.51.100.2:40001", ":8080")
        },
    );
    lab.socket(
        "server",
        Socket {
            inode: 0,
            cookie: 5001,
            ownerless: Some(Ownerless::SynQueue),
            ..tcp(0, TcpState::SynRecv, ":8080", "198.51.100.2:40001")
        },
    );
    let syn = lab.packet("client", Flags::SYN, 40001, 0);
    let answer = lab.packet("server", Flags::SYN.with(Flags::ACK), 40001, 0);
    lab.hold(&answer, 2);
    let passages = vec![passage(&syn, Fate::Delivered), passage(&answer, Fate::Held)];
    let deliver = WireAction::Deliver(Filter { kind: PacketKind::Syn, ..Filter::any() });
    let mut last = entry(&start, &lab, Cause::Action(Action::Wire(deliver)), passages);
    let report = Report {
        call: call("client", "connect", Syscall::Connect, 3),
        outcome: Outcome::Blocked,
        pid: 3,
        written: Vec::new(),
    };
    Arc::make_mut(&mut last.moment).reports.push(report);
    [entry(&Lab::new(), &start, Cause::Start, Vec::new()), last].into_iter().collect()
}
