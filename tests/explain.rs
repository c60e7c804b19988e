//! Lessons on the real kernel, and what is said about each of their moments.

mod support;

use std::sync::Arc;
use std::time::{Duration, Instant};

use sockstep::explain::{Note, Value, Words, notes_in};
use sockstep::lesson::{self, Lesson};
use sockstep::model::{LabSpec, Lang, Snapshot, escape};
use sockstep::session::{Entry, Progress, Session};

use support::{lab_or_skip, labs};

/// Notes that say that no reason is known. In the lessons here every reason can be seen.
const AT_A_LOSS: [&str; 6] =
    ["error-other", "state-other", "cause-unknown", "bind-taken", "overflow", "connect-refused"];

/// The timeline of a lesson that was run to its end; `None` where this machine can't.
fn timeline(lesson: Lesson) -> Option<Vec<Arc<Entry>>> {
    lab_or_skip(&LabSpec::two_hosts())?;
    let mut session =
        Session::open(Arc::new(lesson), Box::new(labs())).expect("this machine has labs");
    let end = Instant::now() + Duration::from_secs(60);
    let mut progress = session.step().expect("the step runs");
    while progress != Progress::Finished && session.next_step().is_some() {
        assert!(Instant::now() < end, "waits for ever: {:?}", session.waiting());
        progress = match progress {
            Progress::Waiting { .. } => session.go_on(Duration::from_secs(1)),
            Progress::Settled | Progress::Finished => session.step(),
        }
        .expect("the step runs");
    }
    Some(session.timeline().iter().cloned().collect())
}

/// Whether the note, or a clause of it, has this key.
fn has_key(note: &Note, key: &str) -> bool {
    let inside = |value: &Value| match value {
        Value::Clause(clause) => has_key(clause, key),
        Value::Text(_) | Value::List(_) => false,
    };
    note.key == key || note.values.iter().any(|(_, value)| inside(value))
}

/// What is said about the entry of this index.
fn told(before: &Snapshot, entries: &[Arc<Entry>], index: usize) -> Vec<Note> {
    let earlier = entries[..index].iter().rev().map(|entry| &*entry.moment);
    notes_in(before, &entries[index].moment, earlier)
}

/// Looks at the words for every moment.
fn look_at(name: &str, entries: &[Arc<Entry>]) {
    let english = Words::new(Lang::En);
    let mut before = Arc::new(Snapshot::default());
    for (index, entry) in entries.iter().enumerate() {
        let moment = &entry.moment;
        let place = || format!("{name}, moment {index}: {:?}", moment.cause);
        let told = told(&before, entries, index);
        let states = moment.changes.iter().any(|change| change.transition().is_some());
        let silent = told.is_empty() && (states || !moment.reports.is_empty());
        assert!(!silent, "{}: nothing is said", place());
        for note in &told {
            for key in AT_A_LOSS {
                assert!(!has_key(note, key), "{}: {}", place(), english.short(note));
            }
            for words in Lang::ALL.map(|lang| english.in_lang(lang)) {
                let short = words.short(note);
                let length = short.chars().count();
                assert!(length < 420, "{}: {length} characters: {short}", place());
                assert_eq!(escape(short.as_bytes()).replace("\\\\", "\\"), short);
            }
        }
        before = moment.snapshot.clone();
    }
}

#[test]
fn every_moment_of_the_built_in_lessons_has_its_reason() {
    for id in lesson::builtin_ids() {
        let lesson = lesson::builtin(id, Lang::En).expect("it is built in").expect("no error");
        let Some(entries) = timeline(lesson) else { return };
        look_at(id, &entries);
    }
}

fn written(name: &str, text: &str) {
    let lesson = lesson::parse(name, text).unwrap_or_else(|errors| panic!("{}", errors[0]));
    let Some(entries) = timeline(lesson) else { return };
    look_at(name, &entries);
}

#[test]
fn every_call_that_fails_has_its_reason() {
    written("explain-errors.md", include_str!("lessons/explain-errors.md"));
}

#[test]
fn losses_resets_and_a_reboot_have_their_reasons() {
    written("explain-wire.md", include_str!("lessons/explain-wire.md"));
}

#[test]
fn sockets_with_a_path_have_their_reasons() {
    written("explain-unix.md", include_str!("lessons/explain-unix.md"));
}

#[test]
fn datagrams_to_everybody_have_their_reasons() {
    let text = include_str!("lessons/explain-datagrams.md");
    let lesson = lesson::parse("explain-datagrams.md", text).expect("no error in it");
    let Some(entries) = timeline(lesson) else { return };
    look_at("explain-datagrams.md", &entries);
    let verdicts = entries.iter().flat_map(|entry| &entry.verdicts);
    let wrong: Vec<_> = verdicts.filter(|verdict| !verdict.held).collect();
    assert!(wrong.is_empty(), "{wrong:?}");
}

#[test]
fn what_is_sent_again_and_what_comes_again_has_its_true_reason() {
    let text = include_str!("lessons/explain-again.md");
    let lesson = lesson::parse("explain-again.md", text).expect("no error in it");
    let Some(entries) = timeline(lesson) else { return };
    look_at("explain-again.md", &entries);
    let mut before = Arc::new(Snapshot::default());
    let mut found = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        let notes = told(&before, &entries, index);
        let of_interest = |key: &&str| key.starts_with("sent-again") || key.starts_with("old-");
        found.extend(notes.iter().map(|note| note.key).filter(of_interest));
        before = entry.moment.snapshot.clone();
    }
    // Each end has a timer of its own, and they run out in one moment or in two.
    let (timers, others): (Vec<_>, Vec<_>) =
        found.into_iter().partition(|key| *key == "sent-again");
    assert!(!timers.is_empty());
    let old = "old-duplicate";
    assert_eq!(others, ["sent-again-asked", old, old, old, old, "old-fin"]);
}
