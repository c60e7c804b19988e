//! The parsers of the lab against a live kernel and the tools that everybody has.
//!
//! Each test runs itself again inside a network namespace of its own (`unshare --user --net`),
//! where it may do as it likes. Where that can't be had it says `skipped` and why; with the
//! environment variable `CI` set it fails.

#![cfg(target_os = "linux")]

use std::collections::BTreeSet;
use std::io::{ErrorKind, Write as _};
use std::net::{IpAddr, TcpListener, TcpStream, UdpSocket};
use std::os::fd::{AsRawFd as _, OwnedFd};
use std::os::unix::net::{UnixDatagram, UnixListener, UnixStream};
use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::socket::{
    self, AddressFamily, Backlog, MsgFlags, SockFlag, SockProtocol, SockType, SockaddrIn,
    SockaddrIn6, sockopt,
};
use sockstep::lab::diag::{
    ALL_STATES, Collector, Dump, DumpError, Id, Progress, Protocol, Query, destroy, ids,
};
use sockstep::lab::netlink::{Messages, Sense, route};
use sockstep::lab::proc::raw_sockets;
use sockstep::model::{Address, Errno, Family, Ownerless, Socket, TcpState, TimerKind, ss};

/// Runs `body` in a network namespace of its own; `name` is the calling test's.
fn in_a_namespace(name: &str, body: impl FnOnce()) {
    const INSIDE: &str = "SOCKSTEP_TEST_INSIDE_NAMESPACE";
    if std::env::var_os(INSIDE).is_some() {
        run(&["ip", "link", "set", "lo", "up"]);
        return body();
    }
    let can = Command::new("unshare").args(["--user", "--map-root-user", "--net", "true"]).output();
    match can {
        Ok(output) if output.status.success() => {}
        failed => {
            let why = failed.map_or_else(
                |error| error.to_string(),
                |output| String::from_utf8_lossy(&output.stderr).into_owned(),
            );
            assert!(std::env::var_os("CI").is_none(), "no namespace for {name}: {why}");
            eprintln!("skipped: no namespace for {name}: {why}");
            return;
        }
    }
    let status = Command::new("unshare")
        .args(["--user", "--map-root-user", "--net"])
        .arg(std::env::current_exe().expect("a test knows itself"))
        .args(["--exact", name, "--nocapture"])
        .env(INSIDE, "1")
        .status()
        .expect("unshare started a moment ago");
    assert!(status.success(), "{name} failed inside its namespace");
}

/// The output of a command of the machine, which must succeed.
fn run(words: &[&str]) -> String {
    let output = Command::new(words[0]).args(&words[1..]).output();
    let output = output.unwrap_or_else(|error| panic!("{words:?}: {error}"));
    let error = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{words:?}: {error}");
    String::from_utf8(output.stdout).expect("text")
}

fn netlink(protocol: SockProtocol) -> OwnedFd {
    socket::socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, protocol)
        .expect("a netlink socket")
}

/// Sends a request and gives back the kernel's verdict.
fn ask(socket: &OwnedFd, request: &[u8]) -> Result<(), Errno> {
    socket::send(socket.as_raw_fd(), request, MsgFlags::empty()).expect("sent");
    let mut buffer = [0; 4096];
    let length = socket::recv(socket.as_raw_fd(), &mut buffer, MsgFlags::empty()).expect("answer");
    let message = Messages::new(&buffer[..length]).next().expect("one message").expect("whole");
    match message.sense() {
        Sense::Acknowledged => Ok(()),
        Sense::Failed(errno) => Err(errno),
        other => panic!("{other:?}"),
    }
}

/// All datagrams that answer a query.
fn datagrams(socket: &OwnedFd, query: &Query, sequence: u32) -> Vec<Vec<u8>> {
    socket::send(socket.as_raw_fd(), &query.request(sequence), MsgFlags::empty()).expect("sent");
    let mut collector = Collector::default();
    collector.begin(query, sequence);
    let mut found = Vec::new();
    loop {
        let mut buffer = vec![0; 65_536];
        let length = socket::recv(socket.as_raw_fd(), &mut buffer, MsgFlags::empty()).expect("got");
        buffer.truncate(length);
        match collector.feed(&buffer) {
            Ok(Progress::More) => found.push(buffer),
            Ok(Progress::Done) => {
                found.push(buffer);
                return found;
            }
            // This kernel has no dump of raw sockets.
            Err(DumpError::Kernel(Errno(2))) => return found,
            Err(error) => panic!("{query:?}: {error}"),
        }
    }
}

fn dump(queries: &[Query]) -> Dump {
    let socket = netlink(SockProtocol::NetlinkSockDiag);
    let mut collector = Collector::default();
    for (sequence, query) in (1..).zip(queries) {
        let answers = datagrams(&socket, query, sequence);
        collector.begin(query, sequence);
        for (at, answer) in answers.iter().enumerate() {
            let progress = collector.feed(answer).expect("it was read before");
            assert_eq!(progress == Progress::Done, at + 1 == answers.len());
        }
    }
    collector.finish()
}

#[test]
fn links_addresses_and_routes_are_as_ip_shows_them() {
    in_a_namespace("links_addresses_and_routes_are_as_ip_shows_them", || {
        run(&["ip", "tuntap", "add", "eth0", "mode", "tun"]);
        let index = nix::net::if_::if_nametoindex("eth0").expect("it was just made");
        let socket = netlink(SockProtocol::NetlinkRoute);
        let ip = |text: &str| text.parse::<IpAddr>().expect("an address");
        let (v4, v6) = (ip("198.51.100.2"), ip("2001:db8::2"));
        assert_eq!(ask(&socket, &route::link_up(index, Some(1400), 1)), Ok(()));
        assert_eq!(ask(&socket, &route::address(index, v4, 24, 2)), Ok(()));
        assert_eq!(ask(&socket, &route::address(index, v6, 64, 3)), Ok(()));
        assert_eq!(ask(&socket, &route::quickack(index, v4, 24, 4)), Ok(()));
        assert_eq!(ask(&socket, &route::quickack(index, v6, 64, 5)), Ok(()));
        assert_eq!(ask(&socket, &route::queue_length(index, 2_000, 7)), Ok(()));
        assert_eq!(ask(&socket, &route::link_up(999, None, 6)), Err(Errno(19)));

        let link = run(&["ip", "link", "show", "eth0"]);
        assert!(link.contains(",UP") && link.contains("mtu 1400"), "{link}");
        let addresses = run(&["ip", "-6", "addr", "show", "eth0"]);
        assert!(addresses.contains("inet6 2001:db8::2/64 scope global nodad"), "{addresses}");
        let addresses = run(&["ip", "-4", "addr", "show", "eth0"]);
        assert!(addresses.contains("inet 198.51.100.2/24"), "{addresses}");
        let routes = run(&["ip", "-4", "route"]);
        assert_eq!(routes.lines().count(), 1, "{routes}");
        assert!(
            routes.starts_with("198.51.100.0/24 dev eth0 proto kernel scope link src 198.51.100.2"),
            "{routes}"
        );
        assert!(routes.contains("quickack 1"), "{routes}");
        let routes = run(&["ip", "-6", "route", "show", "2001:db8::/64"]);
        assert_eq!(routes.lines().count(), 1, "{routes}");
        assert!(routes.contains("quickack 1"), "{routes}");
    });
}

/// A TCP socket, with nothing done to it.
fn tcp(family: AddressFamily) -> OwnedFd {
    socket::socket(family, SockType::Stream, SockFlag::SOCK_CLOEXEC, None).expect("a socket")
}

fn listen(port: u16, backlog: i32) -> TcpListener {
    let socket = tcp(AddressFamily::Inet);
    socket::bind(socket.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, port)).expect("bound");
    socket::listen(&socket, Backlog::new(backlog).expect("a backlog")).expect("listens");
    TcpListener::from(socket)
}

/// An IPv6 listener on all addresses.
fn listen6(port: u16, v6only: bool) -> TcpListener {
    let socket = tcp(AddressFamily::Inet6);
    socket::setsockopt(&socket, sockopt::Ipv6V6Only, &v6only).expect("an option");
    let any = std::net::SocketAddrV6::new(std::net::Ipv6Addr::UNSPECIFIED, port, 0, 0);
    socket::bind(socket.as_raw_fd(), &SockaddrIn6::from(any)).expect("bound");
    socket::listen(&socket, Backlog::new(5).expect("a backlog")).expect("listens");
    TcpListener::from(socket)
}

/// Sockets in many states, all on the loopback interface.
#[allow(dead_code)] // they only have to be there
struct Scene {
    tcp: Vec<TcpStream>,
    listeners: Vec<TcpListener>,
    other: Vec<OwnedFd>,
    inode_of_bound: u64,
}

fn scene(directory: &std::path::Path) -> Scene {
    let connect = |port| TcpStream::connect(("127.0.0.1", port)).expect("connected");
    let mut tcp_sockets = Vec::new();
    let mut other: Vec<OwnedFd> = Vec::new();

    // FIN_WAIT2 and CLOSE_WAIT with their fds, then TIME_WAIT, then an orphan of each kind.
    let main = listen(8080, 5);
    let pair = || {
        let client = connect(8080);
        (client, main.accept().expect("a client").0)
    };
    let (half_closed, peer) = pair();
    half_closed.shutdown(std::net::Shutdown::Write).expect("half closed");
    tcp_sockets.extend([half_closed, peer]);
    let (first, second) = pair();
    drop(first);
    drop(second);
    let (orphaned, peer) = pair();
    drop(orphaned);
    tcp_sockets.push(peer);
    let (mut full, peer) = pair();
    full.set_nonblocking(true).expect("an option");
    while full.write(&[b'x'; 65_536]).map_err(|error| error.kind()) != Err(ErrorKind::WouldBlock) {}
    drop(full);
    tcp_sockets.push(peer);
    let (mut talker, peer) = pair();
    talker.write_all(b"hello").expect("sent");
    tcp_sockets.extend([talker, peer]);
    // One waits in the accept queue, one gave up there.
    tcp_sockets.push(connect(8080));
    drop(connect(8080));

    // A full accept queue: the last one stays in SYN_SENT.
    let small = listen(8081, 0);
    tcp_sockets.push(connect(8081));
    let waiting = tcp(AddressFamily::Inet);
    let flags = nix::fcntl::OFlag::O_NONBLOCK;
    nix::fcntl::fcntl(&waiting, nix::fcntl::FcntlArg::F_SETFL(flags)).expect("an option");
    let address = SockaddrIn::new(127, 0, 0, 1, 8081);
    assert_eq!(socket::connect(waiting.as_raw_fd(), &address), Err(nix::errno::Errno::EINPROGRESS));
    other.push(waiting);

    let bound = tcp(AddressFamily::Inet);
    socket::bind(bound.as_raw_fd(), &SockaddrIn::new(127, 0, 0, 1, 9999)).expect("bound");
    let inode_of_bound = nix::sys::stat::fstat(&bound).expect("open").st_ino;
    other.push(bound);
    other.push(tcp(AddressFamily::Inet)); // fresh: in no list

    let six = [listen6(9090, false), listen6(9091, true)];
    tcp_sockets.push(TcpStream::connect("[::1]:9090").expect("connected"));
    tcp_sockets.push(connect(9090));

    let receiver = UdpSocket::bind("0.0.0.0:5353").expect("bound");
    let sender = UdpSocket::bind("127.0.0.1:0").expect("bound");
    sender.connect("127.0.0.1:5353").expect("connected");
    sender.send(b"x").expect("sent");
    other.extend([receiver.into(), sender.into()]);
    other.push(UdpSocket::bind("[::1]:5353").expect("bound").into());

    let raw = SockProtocol::Icmp;
    let raw = socket::socket(AddressFamily::Inet, SockType::Raw, SockFlag::empty(), raw);
    other.push(raw.expect("we are root here"));
    let packet = SockProtocol::EthAll;
    let packet = socket::socket(AddressFamily::Packet, SockType::Raw, SockFlag::empty(), packet);
    other.push(packet.expect("we are root here"));

    let path = directory.join("server");
    let listener = UnixListener::bind(&path).expect("bound");
    let mut client = UnixStream::connect(&path).expect("connected");
    client.write_all(b"abc").expect("sent");
    let (server, _) = listener.accept().expect("a client");
    let waiting = UnixStream::connect(&path).expect("connected");
    other.extend([OwnedFd::from(listener), client.into(), server.into(), waiting.into()]);
    let (one, two) = UnixDatagram::pair().expect("a pair");
    other.extend([OwnedFd::from(one), two.into()]);
    let listeners = [main, small].into_iter().chain(six).collect();
    Scene { tcp: tcp_sockets, listeners, other, inode_of_bound }
}

/// What ss says of a kind of socket: one line each, its columns as words.
fn ss_lines(kind: &str) -> Vec<Vec<String>> {
    let text = run(&["ss", "-H", "-O", "-a", "-n", "-e", "-o", kind]);
    text.lines().map(|line| line.split_ascii_whitespace().map(str::to_owned).collect()).collect()
}

/// `State Recv-Q Send-Q Local Peer ino cookie timer`, from ss.
fn theirs(words: &[String]) -> String {
    let detail = |name: &str| {
        let word = words.iter().find_map(|word| word.strip_prefix(name));
        word.unwrap_or("none").to_owned()
    };
    let timer = detail("timer:(");
    let timer = timer.split(',').next().unwrap_or_default().to_owned();
    let inode = detail("ino:");
    let inode = if inode == "none" { "0".to_owned() } else { inode };
    format!("{} ino {inode} cookie {} timer {timer}", words[..5].join(" "), detail("sk:"))
}

/// The same from a row of ours.
fn ours(socket: &Socket) -> String {
    let c = ss::columns(socket);
    let timer = c.timer.strip_prefix("timer:(").and_then(|t| t.split(',').next()).unwrap_or("none");
    let (state, local, peer) = (c.state, c.local, c.peer);
    let (inode, cookie) = (socket.inode, socket.cookie);
    format!(
        "{state} {} {} {local} {peer} ino {inode} cookie {cookie:x} timer {timer}",
        c.recv_q, c.send_q
    )
}

/// What was asked of the kernel and of ss while nothing changed.
struct Rest {
    dump: Dump,
    both_families: Dump,
    /// By protocol.
    ss: [(i32, BTreeSet<String>); 2],
    raw: String,
    ss_raw: String,
    ss_unix: String,
    ss_packet: String,
}

impl Rest {
    fn ask(dump: Dump) -> Self {
        let lines = |option| ss_lines(option).iter().map(|words| theirs(words)).collect();
        Self {
            dump,
            both_families: self::dump(&[Query::Tcp { states: ALL_STATES }]),
            ss: [(6, lines("-t")), (17, lines("-u"))],
            raw: std::fs::read_to_string("/proc/net/raw").expect("Linux has it"),
            ss_raw: run(&["ss", "-H", "-O", "-a", "-n", "-4", "-w"]),
            ss_unix: run(&["ss", "-H", "-O", "-a", "-n", "-x"]),
            ss_packet: run(&["ss", "-H", "-O", "-a", "-n", "-0"]),
        }
    }
}

/// All of it between two equal dumps: timers ring now and then, and the FINs are acknowledged
/// 40 ms late.
fn at_rest() -> Rest {
    let all = |dump: &Dump| dump.sockets.iter().map(ours).collect::<Vec<_>>();
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let rest = Rest::ask(dump(&Query::HOST));
        let after = dump(&Query::HOST);
        let fin_is_out = |s: &Socket| s.state == Some(TcpState::FinWait1) && s.send_q == Some(1);
        if all(&rest.dump) == all(&after) && !after.sockets.iter().any(fin_is_out) {
            return rest;
        }
        assert!(Instant::now() < deadline, "the sockets do not come to rest");
        std::thread::sleep(Duration::from_millis(5));
    }
}

/// The TCP rows of a dump, as sets.
fn tcp_rows(dump: &Dump) -> BTreeSet<(Family, String)> {
    let tcp = dump.sockets.iter().filter(|s| s.kind.is_tcp());
    tcp.map(|s| (s.kind.family, ours(s))).collect()
}

#[test]
fn every_row_is_as_ss_shows_it() {
    in_a_namespace("every_row_is_as_ss_shows_it", || {
        let directory = std::env::temp_dir().join(format!("sockstep-rows-{}", std::process::id()));
        std::fs::create_dir(&directory).expect("a directory");
        let scene = scene(&directory);
        let rest = at_rest();
        let dump = rest.dump;
        assert_eq!(tcp_rows(&rest.both_families), tcp_rows(&dump));
        for (protocol, theirs) in rest.ss {
            // The ss of many a machine does not know sockets that are only bound.
            let listed = |s: &&Socket| protocol == 17 || s.state != Some(TcpState::Close);
            let of_kind = |s: &&Socket| s.kind.protocol == protocol && s.kind.kind != 3;
            let ours: BTreeSet<_> =
                dump.sockets.iter().filter(of_kind).filter(listed).map(ours).collect();
            assert_eq!(ours, theirs, "{ours:#?} {theirs:#?}");
        }
        let raw: BTreeSet<_> = raw_sockets(&rest.raw, false).iter().map(ss::line).collect();
        let theirs: BTreeSet<_> = rest
            .ss_raw
            .lines()
            .map(|l| l.split_ascii_whitespace().collect::<Vec<_>>().join(" "))
            .map(|l| format!("raw {l}"))
            .collect();
        assert_eq!(raw, theirs);
        unix_is_as_ss_shows_it(&dump, &rest.ss_unix);
        let packet: Vec<_> = rest.ss_packet.split_ascii_whitespace().take(5).collect();
        let ours: Vec<_> =
            dump.sockets.iter().filter(|s| s.kind.family == Family::Packet).map(ss::line).collect();
        // ss prints a Send-Q of 0 that it did not ask for.
        assert_eq!(ours, [packet.join(" ").replace(" 0 ", " - ") + " *"]);
        expect_states(&dump.sockets, scene.inode_of_bound);
        let _ = std::fs::remove_dir_all(directory);
    });
}

fn unix_is_as_ss_shows_it(dump: &Dump, ss: &str) {
    let theirs: BTreeSet<String> = ss
        .lines()
        .map(|line| line.split_ascii_whitespace().take(8).collect::<Vec<_>>().join(" "))
        .collect();
    let ours: BTreeSet<String> = dump
        .links
        .iter()
        .map(|link| {
            let socket = dump.sockets.iter().find(|s| s.inode == link.inode).expect("its row");
            let c = ss::columns(socket);
            let peer = link.peer.unwrap_or(0);
            format!("{} {} {} {} {} * {peer}", c.netid, c.state, c.recv_q, c.send_q, c.local)
        })
        .collect();
    assert_eq!(ours, theirs);
    let waiting: Vec<_> = dump.links.iter().flat_map(|link| &link.waiting).collect();
    let client = dump.sockets.iter().find(|s| waiting == [&s.inode]).expect("it waits");
    assert_eq!(client.state, Some(TcpState::Established));
    let named = dump.sockets.iter().find(|s| matches!(s.peer, Some(Address::Path(_))));
    assert!(named.is_some(), "the client's peer bears the listener's name");
}

#[test]
fn a_destroyed_socket_is_gone_and_its_owner_is_told() {
    in_a_namespace("a_destroyed_socket_is_gone_and_its_owner_is_told", || {
        let listener = listen(8080, 5);
        let mut client = TcpStream::connect("127.0.0.1:8080").expect("connected");
        let socket = netlink(SockProtocol::NetlinkSockDiag);
        let query = Query::tcp(false);
        let established = dump(&[query]).sockets.into_iter().find(|s| s.ownerless.is_some());
        let by_row = Id::of(&established.expect("it waits to be accepted")).expect("it has ends");
        assert_eq!(ask(&socket, &destroy(&by_row, Protocol::Tcp, 2)), Ok(()));
        assert_eq!(ask(&socket, &destroy(&by_row, Protocol::Tcp, 3)), Err(Errno(2)));
        let error = client.write(b"x").expect_err("reset");
        assert_eq!(error.kind(), ErrorKind::ConnectionReset);
        for datagram in datagrams(&socket, &query, 4) {
            for id in ids(&datagram) {
                assert_eq!(ask(&socket, &destroy(&id, Protocol::Tcp, 5)), Ok(()));
            }
        }
        // The listener's fd stays, bound to its port.
        let left: Vec<_> = dump(&[query]).sockets.iter().map(|s| s.state).collect();
        assert_eq!(left, [Some(TcpState::Close)]);
        drop(listener);
    });
}

/// What ss does not tell: why a row has no fd, what only bit 13 shows.
fn expect_states(sockets: &[Socket], inode_of_bound: u64) {
    let count = |state, owner| {
        sockets
            .iter()
            .filter(|s| s.kind.is_tcp() && (s.state, s.ownerless) == (state, owner))
            .count()
    };
    use TcpState::{Close, CloseWait, Established, FinWait1, FinWait2, Listen, SynSent, TimeWait};
    for (state, owner, expected) in [
        (Listen, None, 4),
        (SynSent, None, 1),
        (Close, None, 1),
        (TimeWait, Some(Ownerless::TimeWait), 1),
        (FinWait1, Some(Ownerless::Orphan), 1),
        (FinWait2, None, 1),
        (FinWait2, Some(Ownerless::Orphan), 2),
        (CloseWait, Some(Ownerless::AcceptQueue), 1),
        (Established, Some(Ownerless::AcceptQueue), 4),
    ] {
        assert_eq!(count(Some(state), owner), expected, "{state} {owner:?}");
    }
    let bound = sockets.iter().find(|s| s.inode == inode_of_bound).expect("bit 13 shows it");
    assert_eq!(bound.state, Some(Close));
    let probing = sockets.iter().find(|s| s.state == Some(FinWait1)).expect("it is there");
    assert!(
        probing.timer.is_some_and(|t| {
            matches!(t.kind, TimerKind::ZeroWindowProbe | TimerKind::Retransmit)
        })
    );
    let full =
        sockets.iter().find(|s| s.is_listener() && s.recv_q == Some(1) && s.send_q == Some(0));
    assert!(full.is_some(), "a queue of one of 0 + 1");
    let info =
        sockets.iter().filter_map(|s| s.tcp.as_ref()).find(|info| info.bytes_acked == Some(6));
    let info = info.expect("hello and the SYN");
    assert!(info.snd_wnd.is_some() && info.rcv_wnd.is_some() && info.rto_us >= Some(200_000));
}
