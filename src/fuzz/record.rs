//! A saved run: read, shown, explained, written again.

use crate::explain::{Words, notes_in};
use crate::model::{Lang, Snapshot};
use crate::session::Session;
use crate::session::recording::{Recorder, read};
use crate::session::transcript;

use super::assert_harmless;

/// A recording's file.
pub fn replay(data: &[u8]) {
    let recording = match read(&String::from_utf8_lossy(data)) {
        Ok(recording) => recording,
        Err(error) => {
            let _ = error.to_string();
            return;
        }
    };
    let (mut recorder, mut written) = Recorder::new(&recording.header.spec, None);
    let session = Session::replay(recording);
    let timeline = session.timeline();
    assert!(!timeline.is_empty() && !session.is_live());
    written.push_str(&recorder.catch_up(timeline));
    let again = Session::replay(read(&written).expect("what we write can be read"));
    let entries = || timeline.iter().zip(again.timeline().iter());
    assert_eq!(timeline.len(), again.timeline().len());
    assert!(entries().all(|(ours, theirs)| ours == theirs), "it reads as it was");
    show(&session);
}

/// Everything that is made of an entry can be printed.
fn show(session: &Session) {
    let words = [Words::new(Lang::En), Words::new(Lang::Zh)];
    let empty = Snapshot::default();
    let mut before = None;
    let timeline = session.timeline();
    for (index, entry) in timeline.iter().enumerate() {
        let earlier =
            before.map_or(&empty, |before: &crate::session::Entry| &before.moment.snapshot);
        let past = timeline.iter().take(index).rev().map(|entry| &*entry.moment);
        for note in notes_in(earlier, &entry.moment, past) {
            for words in &words {
                assert_harmless(&words.short(&note));
                let _ = words.long(&note);
            }
        }
        for line in transcript::json::lines(before, entry, None) {
            assert!(serde_json::from_str::<serde_json::Value>(&line).is_ok(), "{line}");
        }
        for line in transcript::text(before, entry, None) {
            line.lines().for_each(assert_harmless);
        }
        before = Some(entry);
    }
}
