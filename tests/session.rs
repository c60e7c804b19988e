//! Lessons on the real kernel: the whole way from Markdown to the timeline.

mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use sockstep::lesson::{self, Lesson};
use sockstep::model::{
    Action, Filter, LabSpec, Lang, Outcome, Report, Syscall, TcpState, WireAction,
};
use sockstep::session::recording::{Recorder, read};
use sockstep::session::{Entry, Mode, Origin, Progress, Session, SessionError, Target, transcript};

use support::{lab_or_skip, labs, name};

/// The session, or `None` with a printed reason where this machine can't.
fn open(lesson: Lesson) -> Option<Session> {
    lab_or_skip(&LabSpec::two_hosts())?;
    Some(Session::open(Arc::new(lesson), Box::new(labs())).expect("this machine has labs"))
}

fn builtin(id: &str, lang: Lang) -> Lesson {
    lesson::builtin(id, lang).expect("it is built in").expect("it has no error")
}

fn written(body: &str) -> Lesson {
    let text = format!("---\nid: test\n---\n\n# Test\n{body}");
    lesson::parse("test.md", &text).unwrap_or_else(|errors| panic!("{}", errors[0]))
}

fn settle(
    session: &mut Session,
    progress: Result<Progress, SessionError>,
) -> Result<Progress, SessionError> {
    let mut progress = progress?;
    let end = Instant::now() + Duration::from_secs(60);
    while let Progress::Waiting { .. } = progress {
        assert!(Instant::now() < end, "waits for ever: {:?}", session.waiting());
        progress = session.go_on(Duration::from_secs(1))?;
    }
    Ok(progress)
}

fn step(session: &mut Session) -> Progress {
    let progress = session.step();
    settle(session, progress).expect("the step runs")
}

fn finish(session: &mut Session) {
    while step(session) != Progress::Finished {}
}

fn undo(session: &mut Session) {
    let progress = session.undo();
    settle(session, progress).expect("it can be done again");
}

fn disagreements(session: &Session) -> Vec<String> {
    let verdicts = session.timeline().iter().flat_map(|entry| entry.verdicts.clone());
    let failed = verdicts.filter(|verdict| !verdict.held);
    failed.map(|v| format!("{}:{}: {}, but {}", v.line, v.column, v.what, v.kernel)).collect()
}

/// What the learner brought about, without times and numbers that the kernel chooses freely.
fn story(session: &Session) -> Vec<String> {
    let asked = session.timeline().iter().filter(|entry| entry.origin != Origin::FollowUp);
    let line = |entry: &Arc<Entry>| {
        let calls = entry.moment.reports.iter();
        let calls = calls.map(|r| format!("{} {} {}", r.call.process, r.call.code, r.outcome));
        let packets = entry.moment.passages.iter();
        let packets = packets.map(|p| format!("{} {:?}", p.packet.label(), p.fate));
        let all: Vec<String> = calls.chain(packets).collect();
        format!("{:?} {}", entry.origin, all.join(", "))
    };
    asked.map(line).collect()
}

/// The outcome of a call, without an address that the kernel was free to choose.
fn came_of(report: &Report) -> String {
    match (report.call.syscall, &report.outcome) {
        (Syscall::Mmap, Outcome::Returned(_)) => "= an address".to_owned(),
        (_, outcome) => outcome.to_string(),
    }
}

/// What each process's calls came to, in its order, and all packets. What a timer brings may come
/// in the moment of a step or in one of its own, so the moments are left out; and where programs
/// run side by side it is chance who is ahead, and whether one has to sleep for the other.
fn calls_and_packets(session: &Session) -> (BTreeMap<String, Vec<String>>, Vec<String>) {
    let moments = || session.timeline().iter().map(|entry| &entry.moment);
    let mut calls: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for report in moments().flat_map(|moment| &moment.reports) {
        if report.outcome.is_over() {
            let text = format!("{} {}", report.call.code, came_of(report));
            calls.entry(report.call.process.to_string()).or_default().push(text);
        }
    }
    let packets = moments().flat_map(|moment| &moment.passages);
    let mut packets: Vec<String> =
        packets.map(|p| format!("{} {:?}", p.packet.label(), p.fate)).collect();
    packets.sort();
    (calls, packets)
}

#[test]
fn the_kernel_agrees_with_every_lesson_in_both_languages() {
    let mut states = BTreeSet::new();
    for id in lesson::builtin_ids() {
        let mut stories = Vec::new();
        for lang in [Lang::En, Lang::Zh] {
            let Some(mut session) = open(builtin(id, lang)) else { return };
            finish(&mut session);
            assert_eq!(disagreements(&session), Vec::<String>::new(), "{id}");
            for entry in session.timeline() {
                let changes = entry.moment.changes.iter().filter_map(|change| change.transition());
                states.extend(changes.flat_map(|change| [change.from, change.to]).flatten());
            }
            stories.push(calls_and_packets(&session));
        }
        // Where ACKs may be delayed, it is chance into which moment they fall; and who gets a
        // connection where two listeners share a port is the kernel's secret.
        if !builtin(id, Lang::En).spec.quickack || id == "mystery-two-servers" {
            continue;
        }
        assert_eq!(stories[0], stories[1], "{id}: the pair tells one story");
    }
    assert_eq!(states.into_iter().collect::<Vec<_>>(), {
        let mut all = TcpState::ALL;
        all.sort();
        all
    });
}

#[test]
fn a_recording_of_a_real_run_opens_as_the_same_timeline() {
    let Some(mut session) = open(builtin("both-at-once", Lang::En)) else { return };
    finish(&mut session);
    let (mut recorder, mut text) =
        Recorder::new(session.spec(), session.lesson().map(|lesson| &**lesson));
    text.push_str(&recorder.catch_up(session.timeline()));
    // The lab's changes are those between neighbouring snapshots: none had to be written down.
    assert!(!text.contains("\"changes\":"), "{text}");
    let replay = Session::replay(read(&text).expect("a recording"));
    assert_eq!(replay.timeline().len(), session.timeline().len());
    for (again, entry) in replay.timeline().iter().zip(session.timeline()) {
        assert_eq!(again, entry);
    }
    assert_eq!(replay.mode(), Mode::Recorded);
}

#[test]
fn undo_and_jump_lead_to_the_same_story_as_stepping() {
    let Some(mut session) = open(builtin("backlog", Lang::En)) else { return };
    let mut stories = vec![story(&session)];
    let mut last = Progress::Settled;
    while last != Progress::Finished && stories.len() < 24 {
        last = step(&mut session);
        stories.push(story(&session));
    }
    for expected in stories.iter().rev().skip(1).take(6) {
        undo(&mut session);
        assert_eq!(story(&session), *expected);
        assert_eq!(session.difference(), None);
    }
    let number = session.step_number().0;
    let there = story(&session);
    let progress = session.restart();
    settle(&mut session, progress).expect("it starts again");
    assert_eq!(story(&session), stories[0]);
    let progress = session.jump(Target::Step(number));
    settle(&mut session, progress).expect("it gets there");
    assert_eq!(story(&session), there);
}

#[test]
fn a_hand_leaves_the_script_and_finds_back() {
    let Some(mut session) = open(builtin("handshake", Lang::En)) else { return };
    while session.entry().moment.snapshot.wire.held.is_empty() {
        let _ = step(&mut session);
    }
    let before = story(&session);
    let drop = Action::Wire(WireAction::Drop(Filter::any()));
    let progress = session.perform(drop);
    settle(&mut session, progress).expect("a packet is held");
    assert_eq!(session.mode(), Mode::Free);
    let server = name("server");
    let progress = session.type_c(&server, "int mine = getpid();");
    settle(&mut session, progress).expect("it runs");
    // The lab's own pids are the same each time.
    let mine = session.entry().variables_of(&server).iter().find(|v| &*v.name == "mine").cloned();
    assert_eq!(mine.map(|variable| variable.bytes), Some(vec![2, 0, 0, 0]));
    let progress = session.rejoin();
    settle(&mut session, progress).expect("it finds back");
    assert_eq!((session.mode(), story(&session)), (Mode::Script, before));
    finish(&mut session);
    assert_eq!(disagreements(&session), Vec::<String>::new());
}

#[test]
fn where_the_kernel_differs_the_story_goes_on_with_what_it_said() {
    let body = "
```c server
int fd = socket(AF_INET, SOCK_STREAM, 0);    // = 4
listen(fd, 5);    // = -1 EDESTADDRREQ
```
```lab
expect server fd is CLOSE
deliver FIN
expect within 200ms server in accept
```
";
    let Some(mut session) = open(written(body)) else { return };
    finish(&mut session);
    assert_eq!(
        disagreements(&session),
        [
            "8:1: = 4, but = 3",
            "9:1: = -1 EDESTADDRREQ, but = 0",
            "12:1: server fd is CLOSE, but server fd (3) is LISTEN",
            "13:1: deliver FIN, but can't deliver FIN: there is no such packet in flight; the wire holds nothing",
            "14:1: server in accept, but server is in no call",
        ]
    );
}

#[test]
fn a_loop_of_a_thousand_calls_and_a_runaway_are_contained() {
    let body = "
```c server
int i;
for (i = 0; i < 1000; i++) getpid();
while (1) getpid();
```
";
    let Some(mut session) = open(written(body)) else { return };
    let _ = step(&mut session);
    assert_eq!(session.timeline().len(), 1001);
    let progress = session.step();
    let error = settle(&mut session, progress).expect_err("no fuel");
    assert_eq!(error.exit_code(), 2, "{error}");
    undo(&mut session);
    assert_eq!(session.timeline().len(), 1001);
}

#[test]
fn transcripts_of_a_real_run_read_like_strace_and_tcpdump() {
    let Some(mut session) = open(builtin("tcp-lifecycle", Lang::En)) else { return };
    finish(&mut session);
    let lesson = session.lesson().map(|lesson| &**lesson);
    let (mut text, mut json, mut before) = (Vec::new(), Vec::new(), None);
    for entry in session.timeline() {
        text.extend(transcript::text(before, entry, lesson));
        json.extend(transcript::json::lines(before, entry, lesson));
        before = Some(&**entry);
    }
    for line in [
        "server    socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3",
        "server    accept(3, NULL, NULL <unfinished ...>",
        "server    <... accept resumed>) = 4",
        "client    close(3) = 0",
        "state     @server  server 3  *:8080  CLOSE -> LISTEN",
    ] {
        assert!(text.iter().any(|known| known == line), "{line}\n{}", text.join("\n"));
    }
    let arrived = text.iter().filter(|line| line.starts_with("wire      delivered   IP 198."));
    assert!(arrived.count() > 8);
    for line in json {
        let _: serde_json::Value = serde_json::from_str(&line).expect("an object a line");
    }
}
