//! Socket dumps that a kernel gave, as sockstep reads them and as ss printed the same sockets.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::sync::Arc;

use sockstep::lab::diag::{ALL_STATES, Collector, Dump, Progress, Protocol, Query, share};
use sockstep::model::{Family, Ownerless, Socket, TcpState, TimerKind, ss};

/// The six dumps of a fixture, in the order in which they were asked for.
const ASKED: [Query; 6] = [
    Query::tcp(false),
    Query::tcp(true),
    Query::udp(false),
    Query::udp(true),
    Query::Unix,
    Query::Packet,
];

fn fixture(name: &str) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/diag").join(name);
    fs::read(path).expect("the fixture is there")
}

fn datagrams(host: &str) -> Vec<Vec<u8>> {
    let bytes = fixture(&format!("{host}.bin"));
    let mut rest = bytes.as_slice();
    let mut found = Vec::new();
    while let Some((length, after)) = rest.split_first_chunk() {
        let (datagram, after) = after.split_at(u32::from_le_bytes(*length) as usize);
        found.push(datagram.to_vec());
        rest = after;
    }
    found
}

fn dump(host: &str) -> Dump {
    let mut datagrams = datagrams(host).into_iter();
    let mut collector = Collector::default();
    for (sequence, query) in (1..).zip(&ASKED) {
        collector.begin(query, sequence);
        for datagram in datagrams.by_ref() {
            if collector.feed(&datagram).expect("it can be read") == Progress::Done {
                break;
            }
        }
    }
    assert_eq!(datagrams.next(), None);
    collector.finish()
}

/// What ss printed, one socket a line, as words.
fn printed(host: &str) -> Vec<Vec<String>> {
    let text = String::from_utf8(fixture(&format!("{host}.ss.txt"))).expect("text");
    text.lines().map(|line| line.split_ascii_whitespace().map(str::to_owned).collect()).collect()
}

fn detail<'a>(words: &'a [String], name: &str) -> Option<&'a str> {
    words.iter().find_map(|word| word.strip_prefix(name))
}

/// The inet sockets of a host, each with what ss printed of it: both know its cookie.
fn pairs(host: &str) -> Vec<(Socket, Vec<String>)> {
    let printed = printed(host);
    let inet = dump(host).sockets.into_iter().filter(|s| {
        // This ss does not know sockets that are only bound.
        matches!(s.kind.family, Family::Inet | Family::Inet6)
            && !(s.kind.is_tcp() && s.state == Some(TcpState::Close))
    });
    let pairs: Vec<_> = inet
        .map(|socket| {
            let cookie = format!("{:x}", socket.cookie);
            let words = printed.iter().find(|words| detail(words, "sk:") == Some(&cookie));
            (socket, words.expect("ss prints it").clone())
        })
        .collect();
    let inet = |words: &&Vec<String>| matches!(words[0].as_str(), "tcp" | "udp");
    assert_eq!(pairs.len(), printed.iter().filter(inet).count(), "ss prints no other");
    pairs
}

#[test]
fn states_queues_names_and_timers_are_those_of_ss() {
    for (socket, words) in ["server", "client"].into_iter().flat_map(pairs) {
        let c = ss::columns(&socket);
        let ours = [c.netid.as_str(), c.state, &c.recv_q, &c.send_q, &c.local, &c.peer];
        assert_eq!(ours[..], words[..6]);
        let timer = |text: &str| text.split(',').next().unwrap_or_default().to_owned();
        let theirs = detail(&words, "timer:").map(timer).unwrap_or_default();
        assert_eq!(timer(c.timer.strip_prefix("timer:").unwrap_or_default()), theirs);
        let inode = detail(&words, "ino:").map_or(0, |text| text.parse().expect("a number"));
        assert_eq!(socket.inode, inode);
    }
}

#[test]
fn details_of_connections_and_memory_are_those_of_ss() {
    let mut compared = 0;
    for (socket, words) in ["server", "client"].into_iter().flat_map(pairs) {
        let number = |name: &str| detail(&words, name).and_then(|text| text.parse::<u64>().ok());
        let mut same = |name: &str, ours: Option<u64>| {
            let Some(theirs) = number(name) else { return };
            assert_eq!(ours, Some(theirs), "{name} of {}", ss::line(&socket));
            compared += 1;
        };
        if let Some(tcp) = &socket.tcp {
            same("rto:", tcp.rto_us.map(|us| u64::from(us) / 1000));
            same("mss:", tcp.snd_mss.map(u64::from));
            same("cwnd:", tcp.snd_cwnd.map(u64::from));
            same("unacked:", tcp.unacked.map(u64::from));
            same("bytes_acked:", tcp.bytes_acked);
            same("bytes_received:", tcp.bytes_received);
            same("notsent:", tcp.notsent_bytes.map(u64::from));
            same("snd_wnd:", tcp.snd_wnd.map(u64::from));
            let rtt = detail(&words, "rtt:").map(|text| text.split('/').next().unwrap_or(text));
            if let Some(rtt) = rtt.and_then(|text| text.parse::<f64>().ok()) {
                let ours = f64::from(tcp.rtt_us.expect("it has one")) / 1000.0;
                assert!((ours - rtt).abs() < 0.001 + rtt / 100.0, "{ours} {rtt}");
            }
        }
        if let Some(memory) = &socket.memory {
            let text = detail(&words, "skmem:").expect("ss prints it");
            let theirs: Vec<&str> = text.trim_matches(['(', ')']).split(',').collect();
            // ss prints both ways of counting what is sent.
            let (sent, letter) = if socket.kind.is_tcp() { (5, "w") } else { (2, "t") };
            let ours = [
                (0, format!("r{}", memory.receive_used)),
                (1, format!("rb{}", memory.receive_limit)),
                (sent, format!("{letter}{}", memory.send_used)),
                (3, format!("tb{}", memory.send_limit)),
            ];
            for (place, ours) in ours {
                assert_eq!(theirs[place], ours);
            }
            assert_eq!(theirs[8], format!("d{}", memory.drops.expect("this kernel counts")));
        }
    }
    assert!(compared > 80, "{compared}");
}

#[test]
fn shutdown_is_the_arrow_of_ss() {
    for (socket, words) in ["server", "client"].into_iter().flat_map(pairs) {
        // `<->`, `-->`: who may still talk.
        let arrow = words.iter().find(|w| matches!(w.as_str(), "<->" | "-->" | "<--" | "---"));
        let ours = socket.shutdown.map(|bits| {
            let left = if bits & 1 == 0 { '<' } else { '-' };
            let right = if bits & 2 == 0 { '>' } else { '-' };
            format!("{left}-{right}")
        });
        assert_eq!(ours.as_ref(), arrow);
    }
}

#[test]
fn every_state_is_read_and_every_row_without_an_fd_is_explained() {
    let sockets = [dump("server").sockets, dump("client").sockets].concat();
    let tcp = || sockets.iter().filter(|s| s.kind.is_tcp());
    let states: BTreeSet<_> = tcp().filter_map(|s| s.state).collect();
    assert_eq!(states, TcpState::ALL.into_iter().collect());
    for socket in tcp() {
        let expected = match (socket.inode, socket.state) {
            (0, Some(TcpState::SynRecv)) => Some(Ownerless::SynQueue),
            (0, Some(TcpState::Established)) => Some(Ownerless::AcceptQueue),
            (0, Some(TcpState::TimeWait)) => Some(Ownerless::TimeWait),
            (0, _) => Some(Ownerless::Orphan),
            (_, _) => None,
        };
        assert_eq!(socket.ownerless, expected, "{}", ss::line(socket));
    }
    let time_wait = tcp().find(|s| s.state == Some(TcpState::TimeWait)).expect("it is there");
    let timer = time_wait.timer.expect("the row goes away one day");
    assert_eq!(timer.kind, TimerKind::TimeWait);
    assert!(timer.left_ms > 50_000 && timer.left_ms <= 60_000);
    let bound = tcp().find(|s| s.state == Some(TcpState::Close)).expect("bit 13 shows it");
    assert!(bound.inode != 0 && bound.local.as_ref().and_then(|a| a.port()) == Some(9999));
}

#[test]
fn unix_and_packet_sockets_are_those_of_ss() {
    let dump = dump("server");
    let ours: BTreeSet<_> = dump
        .links
        .iter()
        .map(|link| {
            let row = dump.sockets.iter().find(|s| s.inode == link.inode).expect("its row");
            let c = ss::columns(row);
            let peer = link.peer.unwrap_or(0);
            // ss prints the bytes of a name raw; sockstep never does.
            let local = c.local.replace("\\x1b", "\x1b");
            format!("{} {} {} {} {local} * {peer}", c.netid, c.state, c.recv_q, c.send_q)
        })
        .collect();
    let unix = |words: &&Vec<String>| words[0].starts_with("u_");
    let printed = printed("server");
    let theirs: BTreeSet<_> =
        printed.iter().filter(unix).map(|words| words[..8].join(" ")).collect();
    assert_eq!(ours, theirs);
    let packet = |s: &&Socket| s.kind.family == Family::Packet;
    let packets: Vec<_> = dump.sockets.iter().filter(packet).map(ss::line).collect();
    assert_eq!(packets, ["p_raw UNCONN 0 - *:* *", "p_dgr UNCONN 0 - [2048]:* *"]);
}

#[test]
fn a_dump_cut_at_any_byte_is_an_error_or_waits_for_more() {
    let whole = &datagrams("server")[0];
    for length in 0..whole.len() {
        let mut collector = Collector::default();
        collector.begin(&ASKED[0], 1);
        let fed = collector.feed(&whole[..length]);
        assert_ne!(fed, Ok(Progress::Done), "{length}");
    }
}

#[test]
fn answers_to_another_question_are_passed_over() {
    let mut collector = Collector::default();
    collector.begin(&ASKED[0], 99);
    for datagram in datagrams("server") {
        assert_eq!(collector.feed(&datagram), Ok(Progress::More));
    }
    assert_eq!(collector.finish(), Dump::default());
}

#[test]
fn rows_that_did_not_change_are_shared() {
    let all = |sockets: Vec<Socket>| sockets.into_iter().map(Arc::new).collect::<Vec<_>>();
    let rows = dump("server").sockets;
    let before = all(rows.clone());
    let after = share(&before, rows.clone());
    assert!(before.iter().zip(&after).all(|(a, b)| Arc::ptr_eq(a, b)));

    let mut changed = rows.clone();
    changed[2].recv_q = Some(77);
    changed.remove(0);
    changed.push(rows[0].clone());
    let after = share(&before, changed.clone());
    let plain: Vec<Socket> = after.iter().map(|row| Socket::clone(row)).collect();
    assert_eq!(plain, changed);
    let shared = after.iter().filter(|row| before.iter().any(|old| Arc::ptr_eq(old, row))).count();
    assert_eq!(shared, rows.len() - 1);
    assert!(share(&[], rows).len() == before.len());
    assert!(share(&before, Vec::new()).is_empty());
}

#[test]
fn requests_are_as_the_kernels_headers_define_them() {
    let query =
        Query::Inet { v6: true, protocol: Protocol::Udp, states: ALL_STATES, details: false };
    let request = query.request(0x0102_0304);
    assert_eq!(request.len(), 16 + 56);
    assert_eq!(request[..4], 72u32.to_ne_bytes());
    assert_eq!(request[4..6], 20u16.to_ne_bytes());
    assert_eq!(request[6..8], 0x301u16.to_ne_bytes());
    assert_eq!(request[8..12], 0x0102_0304u32.to_ne_bytes());
    assert_eq!(request[16..20], [10, 17, 0, 0]);
    assert_eq!(request[20..24], [0xff; 4]);
    assert_eq!(Query::Unix.request(1).len(), 16 + 24);
    assert_eq!(Query::Packet.request(1).len(), 16 + 20);
}
