//! What holds for any input.

use proptest::prelude::*;

use super::*;
use crate::model::{Errno, Filter, HostName, PacketKind, ProcessName, Signal, TcpState};

/// Pieces from which lessons, whole and broken, are made.
const PIECES: &[&str] = &[
    "---",
    "\n",
    "\r\n",
    "id: x",
    "# X",
    "## Y",
    "```",
    "```c server",
    "```lab",
    "```c client server",
    "> ",
    "- [ ] ",
    "`wire empty`",
    "`",
    "int fd = ",
    "socket(AF_INET, SOCK_STREAM, 0);",
    "// = 3",
    "// blocks",
    "// look fd",
    "//",
    "expect ",
    "within 3s ",
    "server fd is LISTEN",
    "server: fd == 3",
    "not ",
    "hold",
    "auto",
    "deliver SYN",
    "mark a",
    "again a",
    "run x @server: y",
    "set @server net.x = 1",
    "<!--",
    "-->",
    "监听",
    "\t",
    "    ",
    " ",
    "*",
    "**",
    "_",
    "[x](y)",
    "40001",
    "\\",
    "&#48;",
    "{",
    "}",
    "(",
    "\"",
    "'",
    "/*",
    "*/",
    "fork();",
    "// child kid",
    "```c kid",
    "#define A 1",
    "while (1) ",
    "hosts: @a 192.0.2.1",
    "processes: p1..9 @a",
    "\u{feff}",
    "1. ",
    "|",
    "~~~",
];

fn mixture() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(PIECES), 0..60).prop_map(|all| all.concat())
}

fn process() -> impl Strategy<Value = ProcessName> {
    "[a-v][a-z0-9_]{0,8}".prop_filter_map("no word of facts", |name| {
        let reserved = ["wire", "not", "within", "for"].contains(&name.as_str());
        ProcessName::parse(&name).filter(|_| !reserved)
    })
}

fn fd() -> impl Strategy<Value = FdName> {
    prop_oneof![(0..2000).prop_map(FdName::Number), "[x-z][a-z_]{0,5}".prop_map(FdName::Variable),]
}

fn filter() -> impl Strategy<Value = Filter> {
    let kind = prop::sample::select(PacketKind::ALL.map(|(kind, _)| kind).to_vec());
    let host = "[a-z]{1,9}".prop_map(|name| HostName::parse(&name).expect("a name"));
    (kind, prop::option::of(process()), prop::option::of(host))
        .prop_map(|(kind, of, from)| Filter { kind, of, from })
}

/// Counters of each file, and one that comes to be with its first message.
const COUNTERS: &[&str] =
    &["ListenOverflows", "TcpRetransSegs", "UdpRcvbufErrors", "Udp6NoPorts", "IcmpMsgInType3"];

fn fact() -> impl Strategy<Value = Fact> {
    let state = || prop::sample::select(TcpState::ALL.to_vec());
    let errno = prop::sample::select(Errno::all().map(|(_, errno)| errno).collect::<Vec<_>>());
    let signal = prop::sample::select(Signal::all().collect::<Vec<_>>());
    let host = || "[a-z]{1,9}".prop_map(|name| HostName::parse(&name).expect("a name"));
    let simple = prop_oneof![
        (process(), fd(), state()).prop_map(|(process, fd, state)| Fact::State {
            process,
            fd,
            state
        }),
        (process(), fd()).prop_map(|(process, fd)| Fact::Closed { process, fd }),
        (process(), fd(), any::<u32>(), any::<u32>())
            .prop_map(|(process, fd, length, limit)| Fact::Queue { process, fd, length, limit }),
        (process(), fd(), any::<u32>()).prop_map(|(process, fd, count)| Fact::Recv {
            process,
            fd,
            count
        }),
        (process(), fd(), any::<u32>()).prop_map(|(process, fd, count)| Fact::Send {
            process,
            fd,
            count
        }),
        (process(), "[a-z_0-9]{1,9}").prop_map(|(process, call)| Fact::In { process, call }),
        (process(), 0..i64::MAX).prop_map(|(process, value)| Fact::Returned { process, value }),
        (process(), errno).prop_map(|(process, errno)| Fact::Failed { process, errno }),
        (process(), signal).prop_map(|(process, signal)| Fact::Killed { process, signal }),
        (process(), 0..256).prop_map(|(process, status)| Fact::Exited { process, status }),
        (process(), "[a-z0-9]([a-z0-9=+ ()]{0,20}[a-z0-9])?")
            .prop_map(|(process, expression)| Fact::C { process, expression }),
        (host(), any::<u32>(), state()).prop_map(|(host, count, state)| Fact::Has {
            host,
            count,
            state
        }),
        (host(), prop::sample::select(COUNTERS), any::<u64>()).prop_map(
            |(host, counter, above)| { Fact::Counts { host, counter: counter.to_owned(), above } }
        ),
        (prop::option::of(any::<u32>()), filter())
            .prop_map(|(count, filter)| Fact::Holds { count, filter }),
        Just(Fact::WireEmpty),
    ];
    (simple, any::<bool>())
        .prop_map(|(fact, not)| if not { Fact::Not(Box::new(fact)) } else { fact })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn no_mixture_of_pieces_panics(text in mixture()) {
        let _ = parse("x.md", &text);
        let lesson = parse("x.md", &format!("{HEAD}{text}"));
        if let Err(all) = lesson {
            prop_assert!(!all.is_empty());
            let _ = render(&all);
        }
    }

    #[test]
    fn no_bytes_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        let head: &[u8] = b"---\nid: x\n---\n# X\n```c server\n";
        for bytes in [bytes.clone(), [head, &bytes].concat()] {
            if let Err(all) = parse_with("x.md", &bytes, Options::default()) {
                let _ = render(&all);
            }
        }
    }

    #[test]
    fn no_line_of_a_lab_fence_panics(line in "\\PC{0,60}") {
        let _ = parse("x.md", &format!("{HEAD}```lab\n{line}\nexpect {line}\n```\n"));
    }

    #[test]
    fn a_fact_says_itself_and_is_read_again(fact in fact()) {
        prop_assert_eq!(fact.to_string().parse::<Fact>(), Ok(fact));
    }
}

/// A built-in lesson that is cut anywhere is refused or read, and never breaks the reader.
#[test]
fn no_beginning_of_a_lesson_panics() {
    let (path, text) = builtin_text("tcp-lifecycle", crate::model::Lang::Zh).expect("in the list");
    for (end, _) in text.char_indices().step_by(7) {
        if let Err(all) = parse(path, &text[..end]) {
            let _ = render(&all);
        }
    }
}
