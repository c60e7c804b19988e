//! Lessons on the real kernel.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sockstep::lab::Labs;
use sockstep::lesson::{self, Lesson};
use sockstep::model::Lang;
use sockstep::session::recording::{Recorder, read};
use sockstep::session::{Progress, Session, SessionError};

fn open(lesson: Lesson) -> Session {
    let labs = Labs::kept_by(env!("CARGO_BIN_EXE_sockstep").into());
    Session::open(Arc::new(lesson), Box::new(labs)).expect("this machine has labs")
}

fn builtin(id: &str) -> Lesson {
    lesson::builtin(id, Lang::En).expect("it is built in").expect("it has no error")
}

fn settle(session: &mut Session, progress: Result<Progress, SessionError>) -> Progress {
    let mut progress = progress.expect("the step runs");
    let end = Instant::now() + Duration::from_secs(60);
    while let Progress::Waiting { .. } = progress {
        assert!(Instant::now() < end, "waits for ever: {:?}", session.waiting());
        progress = session.go_on(Duration::from_secs(1)).expect("the step goes on");
    }
    progress
}

fn finish(session: &mut Session) {
    loop {
        let progress = session.step();
        if settle(session, progress) == Progress::Finished {
            return;
        }
    }
}

fn disagreements(session: &Session) -> Vec<String> {
    let verdicts = session.timeline().iter().flat_map(|entry| entry.verdicts.clone());
    let failed = verdicts.filter(|verdict| !verdict.held);
    failed.map(|v| format!("{}:{}: {}, but {}", v.line, v.column, v.what, v.kernel)).collect()
}

#[test]
fn the_kernel_agrees_with_every_lesson() {
    for id in lesson::builtin_ids() {
        let mut session = open(builtin(id));
        let start = Instant::now();
        finish(&mut session);
        assert_eq!(disagreements(&session), Vec::<String>::new(), "{id}");
        println!("{id}: {:?}, {} entries", start.elapsed(), session.timeline().len());
        let (mut recorder, mut text) =
            Recorder::new(session.spec(), session.lesson().map(|l| &**l));
        text.push_str(&recorder.catch_up(session.timeline()));
        println!("  {} bytes recorded", text.len());
        println!(
            "  {} explicit changes",
            text.lines().filter(|l| l.contains("\"changes\":")).count()
        );
        let replay = Session::replay(read(&text).expect("a recording"));
        for (a, b) in session.timeline().iter().zip(replay.timeline()) {
            assert_eq!(a, b);
        }
        let start = Instant::now();
        let progress = session.undo();
        settle(&mut session, progress);
        println!("  undo {:?} difference {:?}", start.elapsed(), session.difference());
        assert_eq!(session.difference(), None, "{id}");
    }
}

#[test]
fn look() {
    use sockstep::session::transcript;
    let id = std::env::var("L").unwrap_or("both-at-once".into());
    let mut session = open(builtin(&id));
    finish(&mut session);
    let mut before: Option<&sockstep::session::Entry> = None;
    for entry in session.timeline() {
        for line in transcript::text(before, entry, session.lesson().map(|l| &**l)) {
            println!("{line}");
        }
        before = Some(entry);
    }
    before = None;
    for entry in session.timeline() {
        for line in transcript::json::lines(before, entry, session.lesson().map(|l| &**l)) {
            println!("{line}");
        }
        before = Some(entry);
    }
}
