//! Whatever is observed, at whatever size: no panic, and nothing that steers a terminal.

use std::sync::Arc;

use proptest::prelude::*;

use crate::model::{
    Address, Cause, Fate, Fd, File, Flags, Lang, Ownerless, Socket, TcpState, Timer, TimerKind,
};
use crate::session::{ProcessVariables, Timeline, Variable};
use crate::tui::Glyphs;
use crate::tui::ink::Ink;
use crate::tui::testing::{Lab, buffer, draw, entry, page, passage, process_name, tcp};
use crate::tui::view::Zoom;

const ZOOMS: [Option<Zoom>; 5] =
    [None, Some(Zoom::Left), Some(Zoom::Wire), Some(Zoom::Right), Some(Zoom::Words)];

/// Bytes that would do harm: escapes, bidi, zero-width, invalid UTF-8.
const HOSTILE: &[u8] = "\x1b[2J\x1b]0;x\x07\u{202e}\u{200b}e\u{301}\u{9b}31m\r\n\t\0".as_bytes();

/// A lab that carries those bytes wherever bytes from outside can stand.
fn hostile() -> Timeline {
    let mut bytes = HOSTILE.to_vec();
    bytes.extend([0xff, 0xfe, 0x80]);
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut lab = Lab::new();
    lab.process("server", "server", &[(3, 21)]).process("client", "client", &[(3, 31)]);
    let before = lab.clone();
    let unix = Socket {
        local: Some(Address::Path(bytes.clone())),
        peer: Some(Address::Abstract(bytes.clone())),
        ..tcp(21, TcpState::Listen, "*:1", "*:0")
    };
    lab.socket("server", unix);
    let server = Arc::make_mut(&mut lab.snapshot.processes[0]);
    let file = File::Other(text.clone());
    server.fds.push(Arc::new(Fd {
        number: 7,
        file,
        cloexec: true,
        nonblock: true,
        watches: Vec::new(),
    }));
    let packet = lab.packet("client", Flags(0xff), 40001, 3);
    let cause = Cause::Statement {
        process: process_name("client"),
        code: text.clone(),
        changed: true,
        value: None,
    };
    let mut entry = entry(&before, &lab, cause, vec![passage(&packet, Fate::Delivered)]);
    Arc::make_mut(&mut entry.moment).printed = bytes.clone();
    entry.printed = text.clone().into();
    let variable = Variable {
        name: text.as_str().into(),
        type_name: "char [40]".into(),
        address: 0x1000_0040,
        bytes,
    };
    let variables =
        ProcessVariables { process: process_name("client"), variables: vec![variable], spot: None };
    entry.variables = Arc::new(vec![Arc::new(variables)]);
    [entry].into_iter().collect()
}

#[test]
fn bytes_from_outside_are_shown_escaped_in_every_pane() {
    let timeline = hostile();
    for lang in Lang::ALL {
        for size in [(80, 24), (120, 36)] {
            for zoom in ZOOMS {
                let text = draw(&page(&timeline), zoom, size, &Ink::new(lang));
                let bad = text.chars().find(|c| *c != '\n' && (c.is_control() || is_steering(*c)));
                assert_eq!(bad, None, "{text}");
            }
            let text = draw(&page(&timeline), None, size, &Ink::new(lang));
            assert!(text.contains("\\x1b"), "an escape is shown, not dropped: {text}");
        }
    }
}

fn is_steering(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{301}')
}

fn any_socket() -> impl Strategy<Value = (Socket, bool)> {
    let ports = (any::<u16>(), any::<u16>(), any::<bool>());
    let queues = (any::<Option<u32>>(), any::<Option<u32>>());
    let rest = (0usize..11, 0u64..9, 0usize..5, any::<Option<u32>>(), any::<u8>());
    (ports, queues, rest).prop_map(|((local, peer, server), (recv, send), rest)| {
        let (state, inode, place, timer, retransmits) = rest;
        let place = [
            None,
            Some(Ownerless::SynQueue),
            Some(Ownerless::AcceptQueue),
            Some(Ownerless::Orphan),
            Some(Ownerless::TimeWait),
        ][place];
        let kinds = [TimerKind::Retransmit, TimerKind::Keepalive, TimerKind::Other(9)];
        let kind = kinds[usize::from(retransmits) % 3];
        let timer = timer.map(|left_ms| Timer { kind, left_ms, retransmits });
        let (local, peer) = (format!("198.51.100.1:{local}"), format!("[2001:db8::2]:{peer}"));
        let socket = Socket {
            recv_q: recv,
            send_q: send,
            ownerless: place,
            timer,
            cookie: u64::from(retransmits),
            ..tcp(inode, TcpState::ALL[state], &local, &peer)
        };
        (socket, server)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_snapshot_is_drawn_at_any_size(
        sockets in prop::collection::vec(any_socket(), 0..30),
        fds in prop::collection::vec((any::<i32>(), 0u64..9), 0..12),
        size in (1u16..140, 1u16..50),
        zoom in 0usize..5,
        ascii in any::<bool>(),
        packets in 0u16..40,
    ) {
        let before = Lab::new();
        let mut lab = Lab::new();
        lab.process("server", "server", &fds).process("client", "client", &fds[..fds.len() / 2]);
        lab.process("other", "client", &[]);
        for (socket, server) in sockets {
            lab.socket(if server { "server" } else { "client" }, socket);
        }
        let mut passages = Vec::new();
        for n in 0..packets {
            let packet = lab.packet("client", Flags((n % 64) as u8), n, usize::from(n));
            if n % 3 == 0 {
                lab.hold(&packet, u32::from(n));
            }
            passages.push(passage(&packet, Fate::Delivered));
        }
        let entry = entry(&before, &lab, Cause::Kernel, passages);
        let timeline: Timeline = [entry].into_iter().collect();
        let mut ink = Ink::new(if ascii { Lang::En } else { Lang::Zh });
        ink.glyphs = if ascii { Glyphs::Ascii } else { Glyphs::Unicode };
        if size.0 >= 80 && size.1 >= 24 {
            buffer(&page(&timeline), ZOOMS[zoom], size, &ink);
        }
    }
}
