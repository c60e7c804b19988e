//! Snapshots and moments by hand, for tests.

mod lab;
mod play;

use std::net::SocketAddr;
use std::sync::{Arc, LazyLock};
use std::time::Duration;

pub use lab::Lab;
pub use play::Play;

use super::Words;
use crate::model::{
    Address, Body, Call, Errno, Family, Flags, HostName, Kind, Lang, Outcome, Ownerless, Packet,
    ProcessName, Segment, Signal, Socket, SocketMemory, Syscall, TcpInfo, TcpState, Timer,
    TimerKind,
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
        partner: None,
        reuse: None,
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
    pub(in crate::explain) fn at(mut self, local: &str, peer: &str) -> Self {
        self.local = Some(Address::Inet(address(local)));
        self.peer = Some(Address::Inet(address(peer)));
        self
    }

    pub(in crate::explain) fn queues(mut self, recv: u32, send: u32) -> Self {
        (self.recv_q, self.send_q) = (Some(recv), Some(send));
        self
    }

    pub(in crate::explain) fn timer(
        mut self,
        kind: TimerKind,
        left_ms: u32,
        retransmits: u8,
    ) -> Self {
        self.timer = Some(Timer { kind, left_ms, retransmits });
        self
    }

    pub(in crate::explain) fn window(mut self, bytes: u32) -> Self {
        self.tcp = Some(TcpInfo { snd_wnd: Some(bytes), ..TcpInfo::default() });
        self
    }

    /// What the kernel says of the part of Send-Q that was not sent.
    pub(in crate::explain) fn unsent(mut self, bytes: u32) -> Self {
        self.tcp.get_or_insert_default().notsent_bytes = Some(bytes);
        self
    }

    pub(in crate::explain) fn buffers(mut self, receive: u32, send: u32) -> Self {
        let limits = SocketMemory { receive_limit: receive, send_limit: send, ..<_>::default() };
        self.memory = Some(limits);
        self
    }

    pub(in crate::explain) fn without_fd(mut self, why: Ownerless) -> Self {
        self.ownerless = Some(why);
        self
    }

    pub(in crate::explain) fn named(mut self, name: Address) -> Self {
        self.local = Some(name);
        self
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
        overrun: None,
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
