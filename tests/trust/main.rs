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
use std::time::{Duration, Instant};

use sockstep::lesson::{self, Lesson, Options};
use sockstep::model::{LabSpec, Lang, Moment, Outcome, Process, Report, Socket, TcpState};
use sockstep::session::{Progress, Session};

use witness::{Count, Lie, Witnessed};

/// No lesson takes so long beside the other tools.
const LONGEST: Duration = Duration::from_secs(150);

/// Goes through a lesson beside the other tools; what was compared.
fn run(lesson: Lesson, lie: Lie) -> Count {
    let count = Arc::new(Mutex::new(Count::default()));
    let worlds = Box::new(Witnessed::new(count.clone(), lie));
    let path = lesson.source.path.clone();
    let mut session = Session::open(Arc::new(lesson), worlds).expect("a lab");
    let mut progress = Ok(Progress::Settled);
    let begin = Instant::now();
    loop {
        assert!(begin.elapsed() < LONGEST, "{path} does not end in {LONGEST:?}");
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

/// How many lessons go at once: each mostly waits for its tools.
const AT_ONCE: usize = 6;

/// The lessons: all of the program in both languages; or those of `TRUST`, names of lessons and
/// files with spaces between.
fn wanted() -> Vec<Lesson> {
    let options = Options { allow_run: true, ..Options::default() };
    let read = |name: &str| {
        let text = std::fs::read(name).unwrap_or_else(|error| panic!("{name}: {error}"));
        let read = lesson::parse_with(name, &text, options);
        read.unwrap_or_else(|wrong| panic!("{}", lesson::render(&wrong)))
    };
    let own = |id: &str| {
        Lang::ALL.map(|lang| lesson::builtin(id, lang).map(|read| read.expect("a lesson")))
    };
    let names = std::env::var("TRUST").unwrap_or_default();
    let mut lessons: Vec<Lesson> = match names.is_empty() {
        true => lesson::builtin_ids().flat_map(own).flatten().collect(),
        false => names
            .split_whitespace()
            .flat_map(|name| match own(name) {
                [Some(en), Some(zh)] => vec![en, zh],
                _ => vec![read(name)],
            })
            .collect(),
    };
    // Whoever waits longest begins first, and is not awaited alone. They are taken from the end.
    lessons.sort_by_key(Lesson::waits);
    lessons
}

#[test]
fn every_lesson() {
    if missing().is_some() || support::lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let lessons = Mutex::new(wanted());
    let total = Mutex::new(Count::default());
    let failed = Mutex::new(Vec::new());
    std::thread::scope(|scope| {
        for _ in 0..AT_ONCE {
            scope.spawn(|| {
                loop {
                    let Some(lesson) = lessons.lock().expect("it only pops").pop() else { return };
                    let path = lesson.source.path.clone();
                    let run = std::panic::AssertUnwindSafe(|| run(lesson, no_lie));
                    match std::panic::catch_unwind(run) {
                        Ok(count) if count.moments == 0 || count.calls == 0 => {
                            let what = format!("{path}: nothing was compared: {count:?}");
                            failed.lock().expect("it only grows").push(what);
                        }
                        Ok(count) => total.lock().expect("it only adds").add(count),
                        Err(said) => {
                            let words = said.downcast_ref::<String>().cloned();
                            let what = format!("{path}: {}", words.unwrap_or_default());
                            failed.lock().expect("it only grows").push(what);
                        }
                    }
                }
            });
        }
    });
    let total = total.into_inner().expect("all are done");
    println!("all: {total:?}");
    let failed = failed.into_inner().expect("all are done");
    assert!(failed.is_empty(), "{} disagree:\n{}", failed.len(), failed.join("\n\n"));
    if std::env::var_os("TRUST").is_none() {
        assert!(total.sockets > 0 && total.fds > 0 && total.sent > 0 && total.given > 0);
        assert!(total.lines > 0 && total.labs > lesson::builtin_ids().count());
    }
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
        run(test_lesson("exec.md"), no_lie);
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
