//! What the learner does to the story and to the wire.

use std::sync::Arc;

use super::deed::{Deed, Effect};
use super::order::{remark, run};
use super::{App, Asking, typing};
use crate::model::{Action, Rung, Wire, WireAction};
use crate::session::{Mode, Origin, Session, Target};

/// The next step; its question first. In the past it only goes one entry on.
pub(super) fn step(app: &mut App) -> Vec<Effect> {
    let Some(session) = app.session.as_mut() else { return Vec::new() };
    if !session.is_live() || session.mode() == Mode::Recorded {
        session.forward();
        return Vec::new();
    }
    if session.walks() && !app.waiting {
        return match session.walker() {
            Some(_) => vec![Effect::Do(Deed::Walk)],
            None => Vec::new(),
        };
    }
    if session.mode() == Mode::Free {
        return typing::prompt(app);
    }
    if app.waiting || session.next_step().is_none() {
        return Vec::new();
    }
    if session.question().is_some() && app.asking.is_none() {
        app.asking = Some(Asking::default());
        app.over = None;
        return Vec::new();
    }
    let chosen = app.asking.take().and_then(|asking| asking.chosen);
    vec![Effect::Do(Deed::Step(chosen))]
}

/// Another program goes on with the next step.
pub(super) fn next_program(app: &mut App) -> Vec<Effect> {
    let waiting = app.waiting;
    if let Some(session) = app.session.as_mut().filter(|session| session.walks() && !waiting) {
        session.choose_next();
    }
    Vec::new()
}

pub(super) fn answer(app: &mut App, choice: usize) -> Vec<Effect> {
    let question = app.session.as_ref().and_then(Session::question);
    let choices = question.map_or(0, |question| question.choices.len());
    if let Some(asking) = app.asking.as_mut().filter(|_| choice < choices) {
        asking.chosen = Some(choice);
    }
    Vec::new()
}

/// Looks elsewhere on the timeline.
pub(super) fn look(app: &mut App, movement: impl FnOnce(&mut Session)) -> Vec<Effect> {
    app.asking = None;
    app.scroll = 0;
    if let Some(session) = app.session.as_mut() {
        movement(session);
    }
    Vec::new()
}

/// Goes on from the page looked at; what came after it is dropped, and that is said.
pub(super) fn branch(app: &mut App) -> Vec<Effect> {
    let session = app.session.as_ref();
    let later = session.map_or(0, |session| session.timeline().len() - 1 - session.cursor());
    let effects = run(app, Deed::Branch);
    app.dropped = Some(later).filter(|later| *later > 0 && !effects.is_empty());
    effects
}

/// The next entry that a timer brought; from the last of them, the first since the last deed.
pub(super) fn to_timers(session: &mut Session) {
    let is_timer = |index: &usize| {
        session.timeline().get(*index).is_some_and(|entry| entry.origin == Origin::FollowUp)
    };
    let next = (session.cursor() + 1..session.timeline().len()).find(is_timer);
    if let Some(index) = next {
        session.look_at(index);
    }
}

/// Whether the same packets are in flight, in the same order; how often each was sent is no
/// difference in what can be done with it.
fn holds_the_same(one: &Arc<Wire>, other: &Arc<Wire>) -> bool {
    let numbers =
        |wire: &Wire| -> Vec<u64> { wire.held.iter().map(|held| held.packet.number).collect() };
    Arc::ptr_eq(one, other) || numbers(one) == numbers(other)
}

/// Something on the wire, by hand, and only with packets that the page shows. The past can't be changed.
pub(super) fn wire(app: &mut App, action: impl FnOnce(&Wire) -> WireAction) -> Vec<Effect> {
    let Some(session) = app.session.as_ref() else { return Vec::new() };
    if session.spec().rung == Rung::Loopback {
        return remark(app, "no-wire");
    }
    if !session.is_live() {
        return remark(app, "past-is-past");
    }
    let newest = session.timeline().last().unwrap_or(session.entry());
    let wire = &newest.moment.snapshot.wire;
    if !holds_the_same(wire, &session.entry().moment.snapshot.wire) {
        look(app, |session| session.look_at(usize::MAX));
        return remark(app, "wire-moved-on");
    }
    let action = action(wire);
    let needed = match action {
        WireAction::Swap => 2,
        WireAction::Deliver(_)
        | WireAction::DeliverAll
        | WireAction::Drop(_)
        | WireAction::Duplicate(_)
        | WireAction::Unreachable(_) => 1,
        WireAction::Hold(_) | WireAction::Auto | WireAction::Cut | WireAction::Mend => 0,
    };
    let useless = match action {
        WireAction::Drop(_) | WireAction::Swap | WireAction::Cut | WireAction::Mend => false,
        WireAction::Hold(_)
        | WireAction::Auto
        | WireAction::Deliver(_)
        | WireAction::DeliverAll
        | WireAction::Duplicate(_)
        | WireAction::Unreachable(_) => true,
    };
    if wire.cut && useless {
        return remark(app, "wire-is-cut-first");
    }
    if wire.held.len() < needed {
        let key = match (needed, wire.is_auto()) {
            (2, _) => "swap-needs-two",
            (_, true) => "nothing-held",
            (_, false) => "nothing-held-yet",
        };
        return remark(app, key);
    }
    run(app, Deed::Perform(Action::Wire(action)))
}

/// Opens the lesson that is pointed at, from its start or from where it was left.
pub(super) fn open(app: &mut App, resume: bool) -> Vec<Effect> {
    let Some(lesson) = app.menu.lesson(app.lang()).cloned() else { return Vec::new() };
    let item = app.menu.items.get(app.menu.chosen);
    if item.is_some_and(|item| item.out_of_reach) {
        return remark(app, "menu-needs-the-wire");
    }
    let reached = item.map_or(0, |item| item.reached.step);
    let halfway = resume && (1..lesson.count()).contains(&reached);
    vec![Effect::Do(Deed::Open(lesson, halfway.then_some(Target::Step(reached))))]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Flags;
    use crate::tui::testing::Lab;

    #[test]
    fn only_other_packets_make_another_wire() {
        let mut lab = Lab::new();
        let empty = lab.snapshot.wire.clone();
        let syn = lab.packet("client", Flags::SYN, 40001, 0);
        let once = lab.clone().hold(&syn, 1).snapshot.wire.clone();
        let twice = lab.clone().hold(&syn, 2).snapshot.wire.clone();
        let other = lab.packet("client", Flags::SYN, 40001, 0);
        let another = lab.clone().hold(&other, 1).snapshot.wire.clone();
        assert!(holds_the_same(&once, &twice));
        assert!(!holds_the_same(&empty, &once));
        assert!(!holds_the_same(&once, &another));
    }
}
