//! A moment that is built step by step, and what is said about it.

use std::sync::Arc;
use std::time::Duration;

use super::{Lab, WORDS};
use crate::explain::{Note, notes_in};
use crate::model::{
    Action, Call, Caught, Cause, Fate, Lang, Moment, Outcome, Packet, Passage, Report, Snapshot,
    changes,
};

/// A moment between two snapshots.
pub struct Play {
    before: Snapshot,
    moment: Moment,
    /// What came before, newest first.
    past: Vec<Moment>,
}

impl Play {
    pub fn new(before: &Lab, after: Lab) -> Self {
        let (before, after) = (before.snapshot(), Arc::new(after.snapshot()));
        let changes = changes(&before, &after);
        let moment = Moment {
            cause: Cause::Kernel,
            at: Duration::ZERO,
            reports: Vec::new(),
            passages: Vec::new(),
            untold: 0,
            snapshot: after,
            changes,
            printed: Vec::new(),
            signals: Vec::new(),
            unprinted: 0,
            unsettled: false,
        };
        Self { before, moment, past: Vec::new() }
    }

    /// Makes it the moment of the lab's start.
    pub fn start(&mut self) {
        self.moment.cause = Cause::Start;
        self.moment.changes.clear();
    }

    /// Makes it the moment behind another one.
    pub fn behind(mut self, earlier: &Play) -> Self {
        self.past = vec![earlier.moment.clone()];
        self.past.extend(earlier.past.iter().cloned());
        self
    }

    /// Counts packets that are not listed.
    pub fn untold(mut self, count: u64) -> Self {
        self.moment.untold = count;
        self
    }

    /// Counts printed bytes that are not told.
    pub fn unprinted(mut self, count: u64) -> Self {
        self.moment.unprinted = count;
        self
    }

    /// Sets what set it off.
    pub fn because(&mut self, cause: Cause) {
        self.moment.cause = cause;
    }

    pub fn cause(mut self, action: Action) -> Self {
        self.moment.cause = Cause::Action(action);
        self
    }

    /// A report of a call that caused this moment, unless something else did.
    pub fn report(self, call: Call, outcome: Outcome) -> Self {
        self.written(call, outcome, &[])
    }

    pub fn written(mut self, call: Call, outcome: Outcome, written: &[(usize, &str)]) -> Self {
        let call = Arc::new(call);
        if self.moment.cause == Cause::Kernel {
            self.moment.cause = Cause::Action(Action::Call(call.clone()));
        }
        let written = written.iter().map(|(at, text)| (*at, (*text).to_owned())).collect();
        self.moment.reports.push(Report { call, outcome, pid: 2, written });
        self
    }

    /// A handler of a signal that began in this moment.
    pub fn caught(mut self, caught: Caught) -> Self {
        self.moment.signals.push(Arc::new(caught));
        self
    }

    pub fn passes(mut self, packet: &Arc<Packet>, fate: Fate) -> Self {
        self.moment.passages.push(Passage { packet: packet.clone(), fate });
        self
    }

    pub fn delivered(self, packets: &[&Arc<Packet>]) -> Self {
        packets.iter().fold(self, |play, packet| play.passes(packet, Fate::Delivered))
    }

    pub fn notes(&self) -> Vec<Note> {
        let notes = notes_in(&self.before, &self.moment, self.past.iter());
        for note in &notes {
            assert_well_said(note);
        }
        notes
    }

    /// The keys of all notes, in order.
    pub fn keys(&self) -> Vec<&'static str> {
        self.notes().into_iter().map(|note| note.key).collect()
    }

    /// The first note in English.
    pub fn first(&self) -> String {
        let notes = self.notes();
        notes.first().map(|note| WORDS.short(note)).unwrap_or_default()
    }
}

/// A note that reads as a sentence in both languages: nothing left to fill in.
pub fn assert_well_said(note: &Note) {
    for words in Lang::ALL.map(|lang| WORDS.in_lang(lang)) {
        let texts = [Some(words.short(note)), words.long(note)];
        for text in texts.into_iter().flatten() {
            // A value may have braces of its own, as strace prints structures.
            let word = |text: &str| text.chars().all(|c| c.is_ascii_lowercase() || c == '_');
            let mut holes = text.match_indices('{').filter_map(|(at, _)| {
                let rest = &text[at + 1..];
                rest.find('}').map(|end| &rest[..end])
            });
            assert!(!holes.any(word), "{}: {text}", note.key);
            assert_ne!(text, note.key);
        }
    }
}
