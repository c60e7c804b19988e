//! Which explanations a moment deserves, and in which order.

use super::note::Note;
use super::scene::Scene;
use super::story::Story;
use super::{actions, again, calls, data, duplicates, fins, queues, signals, states, urgent, wire};
use crate::model::{Action, Cause, Moment, Report, Snapshot};

/// The explanations of a moment of which nothing is known but the snapshot before it; see
/// [`notes_in`].
pub fn notes(before: &Snapshot, moment: &Moment) -> Vec<Note> {
    notes_in(before, moment, std::iter::empty())
}

/// The explanations of a moment, the most important first, each once. `before` is the snapshot of
/// the moment before it, `earlier` gives
/// the moments before it, newest first.
pub fn notes_in<'a>(
    before: &'a Snapshot,
    moment: &'a Moment,
    earlier: impl Iterator<Item = &'a Moment>,
) -> Vec<Note> {
    let mut story = Story::new(Scene::new(before, moment, earlier));
    // The call that was made comes before those that it woke.
    let made = |report: &&Report| match &moment.cause {
        Cause::Action(Action::Call(call)) => report.call == *call,
        Cause::Start | Cause::Action(_) | Cause::Statement { .. } | Cause::Kernel => false,
    };
    let (first, woken): (Vec<_>, Vec<_>) = moment.reports.iter().partition(made);
    for report in first.into_iter().chain(woken) {
        calls::tell(&mut story, report);
    }
    signals::tell(&mut story);
    actions::deaths(&mut story);
    queues::tell(&mut story);
    states::tell(&mut story);
    // What comes last names only packets that no other note has named.
    data::tell(&mut story);
    data::no_room(&mut story);
    data::windows(&mut story);
    urgent::arrived(&mut story);
    fins::tell(&mut story);
    again::tell(&mut story);
    duplicates::tell(&mut story);
    wire::tell(&mut story);
    actions::tell(&mut story);
    actions::orphans(&mut story);
    story.end()
}
