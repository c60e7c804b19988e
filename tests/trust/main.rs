//! Each lesson beside ss, strace and tcpdump: what sockstep says of sockets, calls and packets is
//! what they say, one by one. `docs/trust.md` tells what is compared, and where they can't agree.

#[path = "../support/mod.rs"]
mod support;

mod calls;
mod packets;
mod sockets;
mod tool;
mod witness;

use std::sync::{Arc, Mutex};
use std::time::Duration;

use sockstep::lesson::{self, Lesson};
use sockstep::model::{LabSpec, Lang, Moment, Outcome, Process, Report, Socket, TcpState};
use sockstep::session::{Progress, Session};

use witness::{Count, Lie, Witnessed};

/// Goes through a lesson beside the other tools; what was compared.
fn run(lesson: Lesson, lie: Lie) -> Count {
    let count = Arc::new(Mutex::new(Count::default()));
    let worlds = Box::new(Witnessed::new(count.clone(), lie));
    let path = lesson.source.path.clone();
    let mut session = Session::open(Arc::new(lesson), worlds).expect("a lab");
    let mut progress = Ok(Progress::Settled);
    loop {
        progress = match progress {
            Ok(Progress::Settled) => session.step(),
            Ok(Progress::Waiting { .. }) => session.go_on(Duration::from_millis(500)),
            Ok(Progress::Finished) => break,
            Err(error) => panic!("{path}: {error}"),
        };
    }
    for entry in session.timeline().iter() {
        for verdict in &entry.verdicts {
            assert!(verdict.held, "{path}: {verdict:?}");
        }
    }
    drop(session);
    let count = *count.lock().expect("nobody has panicked");
    println!("{path}: {count:?}");
    count
}

/// Nothing but the truth.
fn no_lie(_: &mut Moment) {}

/// Why the other tools can't be asked here. In CI that is a failure.
fn missing() -> Option<String> {
    let why = reason_to_skip()?;
    assert!(std::env::var_os("CI").is_none(), "this must run in CI: {why}");
    println!("skipped: {why}");
    Some(why)
}

fn reason_to_skip() -> Option<String> {
    let tools = [("ss", "-V"), ("strace", "-V"), ("tcpdump", "--version"), ("nsenter", "-V")];
    let absent = tools
        .into_iter()
        .find(|(tool, version)| std::process::Command::new(tool).arg(version).output().is_err());
    if let Some((tool, _)) = absent {
        return Some(format!("{tool} is not installed"));
    }
    None
}

macro_rules! lessons {
    ($($test:ident $id:literal)*) => {
        $(#[test]
        fn $test() {
            if missing().is_some() || support::lab_or_skip(&LabSpec::two_hosts()).is_none() {
                return;
            }
            for lang in [Lang::En, Lang::Zh] {
                let lesson = lesson::builtin($id, lang).expect("it is there").expect("it is right");
                let count = run(lesson, no_lie);
                assert!(count.moments > 0 && count.sockets > 0 && count.calls > 0);
                assert!(count.sent > 0 && count.given > 0 && count.lines > 0);
            }
        })*

        #[test]
        fn every_lesson_has_its_test() {
            let tested: Vec<&str> = vec![$($id),*];
            assert_eq!(tested, lesson::builtin_ids().collect::<Vec<_>>());
        }
    };
}

/// A lesson of the tests, by its file's name.
fn test_lesson(name: &str) -> Lesson {
    let path = format!("{}/tests/lessons/{name}", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).expect("it is there");
    lesson::parse(&path, &text).unwrap_or_else(|wrong| panic!("{}", lesson::render(&wrong)))
}

#[test]
fn calls_that_no_lesson_makes() {
    if missing().is_none() && support::lab_or_skip(&LabSpec::two_hosts()).is_some() {
        run(test_lesson("many-calls.md"), no_lie);
        run(test_lesson("standard-fds.md"), no_lie);
        run(test_lesson("signals.md"), no_lie);
    }
}

/// Each lie is told whenever a moment of the tour gives occasion to it.
const LIES: [(&str, Lie, &str); 9] = [
    ("a state", |moment| each_socket(moment, |s| s.state = Some(TcpState::Close)), "only ss has"),
    ("a queue", |moment| each_socket(moment, |s| s.send_q = Some(7)), "the columns differ"),
    ("a port", |moment| each_socket(moment, |s| s.local = s.peer.clone()), "the columns differ"),
    ("no fd", |moment| each_process(moment, |p| p.fds.clear()), "/fd"),
    ("a result", |moment| each_report(moment, |r| r.outcome = Outcome::Returned(77)), "= 77"),
    (
        "an argument",
        |moment| each_report(moment, |r| Arc::make_mut(&mut r.call).shown[0] = "12".into()),
        "(12",
    ),
    ("no call", |moment| moment.reports.clear(), "strace has seen more"),
    ("an order", |moment| moment.passages.reverse(), "tcpdump:"),
    ("a lost packet", |moment| drop(moment.passages.pop()), "tcpdump"),
];

fn each_socket(moment: &mut Moment, lie: impl Fn(&mut Socket)) {
    for host in &mut Arc::make_mut(&mut moment.snapshot).hosts {
        for socket in &mut Arc::make_mut(host).sockets {
            if socket.state == Some(TcpState::Listen) {
                lie(Arc::make_mut(socket));
            }
        }
    }
}

fn each_process(moment: &mut Moment, lie: impl Fn(&mut Process)) {
    for process in &mut Arc::make_mut(&mut moment.snapshot).processes {
        lie(Arc::make_mut(process));
    }
}

fn each_report(moment: &mut Moment, lie: impl Fn(&mut Report)) {
    moment.reports.iter_mut().for_each(lie);
}

#[test]
fn a_lie_is_noticed() {
    if missing().is_some() || support::lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    for (what, lie, noticed) in LIES {
        let tour = || lesson::builtin("tour", Lang::En).expect("there").expect("right");
        let result = std::panic::catch_unwind(|| run(tour(), lie));
        let said = result.expect_err(what);
        let said = said.downcast_ref::<String>().expect("a panic with words");
        assert!(said.contains(noticed), "{what}: {said}");
    }
}

lessons! {
    tour "tour"
    tcp_lifecycle "tcp-lifecycle"
    addresses "addresses"
    socket_arguments "socket-arguments"
    socket_pairs "socket-pairs"
    handshake "handshake"
    backlog "backlog"
    goodbye "goodbye"
    both_at_once "both-at-once"
    reset "reset"
    connect_errors "connect-errors"
    time_wait "time-wait"
    silence "silence"
    buffers "buffers"
    window "window"
    io_pairs "io-pairs"
    message_flags "message-flags"
    udp "udp"
    fd_table "fd-table"
    reference_count "reference-count"
    process_death "process-death"
    unix_stream "unix-stream"
    unix_kinds "unix-kinds"
    unix_or_tcp "unix-or-tcp"
    nonblocking "nonblocking"
    multiplexing "multiplexing"
    ipv6 "ipv6"
    kernel_dispatch "kernel-dispatch"
    raw_and_packet "raw-and-packet"
    mystery_hanging_client "mystery-hanging-client"
    mystery_refused_or_ignored "mystery-refused-or-ignored"
    mystery_restart "mystery-restart"
    mystery_glued_bytes "mystery-glued-bytes"
    mystery_close_wait "mystery-close-wait"
    mystery_htons "mystery-htons"
    mystery_killed_by_nothing "mystery-killed-by-nothing"
    mystery_half_message "mystery-half-message"
    mystery_two_servers "mystery-two-servers"
}
