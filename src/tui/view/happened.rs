//! The pane *what happened*: what the kernel did, and what it means.
//!
//! ```text
//! ┌ what happened ───────────────────────────────────────────────┐
//! │ The accept queue was full, so the server dropped the ACK …   │  chosen by what was observed
//! │                                                              │
//! │ you said: it is told.  The kernel: both keep their belief.   │  the bet
//! │ One connection with two states.                              │  a conclusion, if it held
//! │ ▸ Now the server takes one connection away.                  │  words before the next step
//! │ changed  server fd 3: …                                      │
//! └────────────────────────────────────────────────────── m more ┘
//! ```

use super::page::{Notice, Page};
use super::prose::{Paragraph, SHRINKS, harmless};
use super::told::fact;
use super::undone;
use crate::explain::{is_telling, notes_in};
use crate::lesson::{Prose, Question, Step};
use crate::model::{Cause, Rung};
use crate::session::{Bet, Entry, Mode, Origin, Verdict};
use crate::tui::ink::Ink;
use crate::tui::theme::Role;

/// How much is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Depth {
    /// What fits beside the panes.
    Short,
    /// Everything, with the longer versions.
    Long,
}

/// A step that makes so many calls says that its page tells the last of them.
const MANY_CALLS: usize = 8;

/// Most pages of a step whose output is shown on its last.
const PRINTED: usize = 64;

/// The pane's name and its paragraphs.
pub fn paragraphs(page: &Page<'_>, depth: Depth, ink: &Ink) -> (String, Vec<Paragraph>) {
    if let Some((question, chosen)) = page.asking
        && page.notice.is_none()
    {
        let narration = page.next.map_or(&[][..], |step| &step.narration);
        let more = page.next.filter(|_| depth == Depth::Long).map_or(&[][..], |step| &step.more);
        return (
            ink.words.ui("pane-question").to_owned(),
            question_words(narration, more, question, chosen, ink),
        );
    }
    let mut found = Vec::new();
    found.extend(page.notice.map(|notice| notice_words(notice, ink)).unwrap_or_default());
    if page.rung == Rung::Loopback && page.cursor == 0 {
        found.push(Paragraph::new(ink, Role::Changed, ink.words.ui("wire-none")));
    }
    found.extend(explanation(page, depth, ink));
    found.extend(judgement(page, depth, ink));
    found.extend(conclusion(page, ink));
    found.extend(printed(page, ink));
    found.extend(next_words(page, depth, ink));
    found.extend(changed(page, depth, ink));
    (ink.words.ui("pane-what-happened").to_owned(), found)
}

fn notice_words(notice: &Notice, ink: &Ink) -> Vec<Paragraph> {
    let role = if notice.error { Role::Bad } else { Role::Changed };
    let help = notice.help.as_ref().map(|help| Paragraph::new(ink, Role::Plain, help).close());
    std::iter::once(Paragraph::new(ink, role, &notice.text)).chain(help).collect()
}

/// What was observed, in words.
fn explanation(page: &Page<'_>, depth: Depth, ink: &Ink) -> Vec<Paragraph> {
    let mut found = Vec::new();
    if page.cursor == 0
        && let Some(lesson) = page.lesson
    {
        found.extend(lesson.intro.iter().map(|prose| Paragraph::prose(ink, Role::Plain, prose)));
        if depth == Depth::Long {
            let more = lesson.intro_more.iter();
            found.extend(more.map(|prose| Paragraph::prose(ink, Role::Dim, prose)));
        }
    }
    if page.is_hushed() && page.cursor > 0 {
        let words = ink.words.ui("mystery-hushed");
        found.push(Paragraph::new(ink, Role::Dim, words).weighing(5));
        return found;
    }
    let entry = page.entry();
    // Where C that made no call has printed something, that is what it did.
    let only_printed =
        matches!(entry.moment.cause, Cause::Statement { .. }) && !entry.printed.is_empty();
    let silent = only_printed && page.last_call().is_none() || undone::line(page).is_some();
    let told = if silent { Vec::new() } else { page.told() };
    // What a step prints is what its author wants to be seen.
    let is_silent = |entry: &&Entry| entry.printed.is_empty() && entry.moment.printed.is_empty();
    let prints = !of_the_step(page).iter().all(is_silent);
    let timeline = page.timeline;
    let told = told.iter().flat_map(|(before, moment)| {
        let mut entries = (0..=page.cursor).rev();
        let place = entries.find(|index| {
            timeline.get(*index).is_some_and(|entry| std::ptr::eq(&*entry.moment, *moment))
        });
        let earlier = (0..place.unwrap_or(0)).rev().map_while(|index| timeline.get(index));
        notes_in(before, moment, earlier.map(|entry| &*entry.moment))
    });
    let calls = page.calls();
    if calls >= MANY_CALLS && !silent {
        let text = ink.words.ui_with("last-of-calls", &[("count", &calls)]);
        found.push(Paragraph::new(ink, Role::Dim, text).weighing(9));
    }
    for (index, note) in told.enumerate() {
        // The first one says it, and is only cut; the others may give way to what the lesson has
        // to say.
        let weight = match index {
            0 if found.is_empty() && !prints => SHRINKS,
            0 | 1 => 5,
            _ => 7,
        };
        found.push(Paragraph::new(ink, Role::Plain, ink.words.short(&note)).weighing(weight));
        let long = ink.words.long(&note).filter(|_| depth == Depth::Long);
        let long = long.iter().flat_map(|text| text.lines());
        found.extend(long.map(|text| Paragraph::new(ink, Role::Dim, text)));
    }
    found
}

/// Bets, and expectations; those that held only at length.
fn judgement(page: &Page<'_>, depth: Depth, ink: &Ink) -> Vec<Paragraph> {
    let entry = page.entry();
    let mut found: Vec<Paragraph> =
        entry.bets.iter().flat_map(|bet| bet_words(page, bet, ink)).collect();
    let undone = undone::line(page);
    found.extend(undone.map(|(line, verdict)| undone::words(page, line, verdict, ink)));
    for verdict in &entry.verdicts {
        if undone.is_some_and(|(_, told)| std::ptr::eq(told, verdict)) {
            continue;
        }
        if !verdict.held {
            found.extend(disagreement(page, verdict, ink));
        } else if depth == Depth::Long {
            let what = expected(page, verdict, ink);
            let text = ink.words.ui_with("expected-and-so-it-was", &[("what", &what)]);
            found.push(Paragraph::new(ink, Role::Good, text).close());
        }
    }
    found
}

fn bet_words(page: &Page<'_>, bet: &Bet, ink: &Ink) -> Vec<Paragraph> {
    // The lesson's words are in the language of the screen, the bet's in that of the answer.
    let step = page.lesson.and_then(|lesson| lesson.steps.get(bet.step));
    let question = step.and_then(|step| step.question.as_ref());
    let say = |key: &str, role: Role, index: usize| {
        let asked = question.and_then(|question| question.choices.get(index));
        let words = asked.map(|choice| Paragraph::prose(ink, role, &choice.words));
        let kept = || bet.choices.get(index).map_or("", |choice| &choice.words);
        let words = words.unwrap_or_else(|| Paragraph::new(ink, role, harmless(kept())));
        told_choice(key, role, words, ink)
    };
    match (bet.chosen, bet.right()) {
        (Some(said), Some(true)) => vec![say("bet-right", Role::Good, said)],
        (Some(said), _) => vec![
            say("bet-you-said", Role::Plain, said),
            say("bet-kernel", Role::Changed, bet.truth).close(),
        ],
        (None, _) => vec![say("bet-kernel", Role::Good, bet.truth)],
    }
}

/// The words of a choice in the sentence that tells of it.
pub(super) fn told_choice(key: &str, role: Role, words: Paragraph, ink: &Ink) -> Paragraph {
    let (before, behind) = ink.words.ui(key).split_once("{words}").unwrap_or_default();
    let mut text = vec![ink.span(role, before)];
    text.extend(words.text);
    text.push(ink.span(role, behind));
    Paragraph { text, ..Paragraph::default() }
}

/// What was expected: a fact in words, anything else as the lesson writes it.
fn expected(page: &Page<'_>, verdict: &Verdict, ink: &Ink) -> String {
    let steps = page.lesson.map_or(&[][..], |lesson| &lesson.steps);
    let mut checks = steps.iter().flat_map(|step| &step.checks);
    let found = checks.find(|check| check.fact.to_string() == verdict.what);
    found.map_or_else(|| harmless(&verdict.what), |check| fact(&check.fact, &ink.words))
}

/// The kernel's version, that it is right, and the likely reason.
fn disagreement(page: &Page<'_>, verdict: &Verdict, ink: &Ink) -> Vec<Paragraph> {
    let (what, kernel) = (expected(page, verdict, ink), harmless(&ink.words.said(&verdict.kernel)));
    let text = ink.words.ui_with("expected-but", &[("what", &what), ("kernel", &kernel)]);
    let mut found = vec![Paragraph::new(ink, Role::Bad, text)];
    found.push(Paragraph::new(ink, Role::Plain, ink.words.ui("kernel-is-right")).close());
    if let Some(reason) = &verdict.reason {
        let reason = harmless(&ink.words.said(reason));
        let text = ink.words.ui_with("likely-reason", &[("reason", &reason)]);
        found.push(Paragraph::new(ink, Role::Plain, text).close());
    }
    found
}

/// What follows, if every check held.
fn conclusion(page: &Page<'_>, ink: &Ink) -> Vec<Paragraph> {
    let entry = page.entry();
    let step = entry.step.filter(|_| entry.concluded);
    let step = step.and_then(|index| page.lesson?.steps.get(index));
    step.map(|step| conclusion_words(step, ink)).unwrap_or_default()
}

/// What follows from a step.
pub(super) fn conclusion_words(step: &Step, ink: &Ink) -> Vec<Paragraph> {
    let words = step.conclusion.iter().flat_map(|found| &found.words);
    words.map(|prose| Paragraph::prose(ink, Role::Strong, prose)).collect()
}

/// What C and commands have printed since the step began.
fn printed(page: &Page<'_>, ink: &Ink) -> Vec<Paragraph> {
    let entries = of_the_step(page);
    let program: String =
        entries.iter().map(|entry| entry.printed.in_words(&ink.words.say())).collect();
    let command: Vec<u8> =
        entries.iter().flat_map(|entry| entry.moment.printed.iter().copied()).collect();
    let texts = [crate::model::escape(program.as_bytes()), crate::model::escape(&command)];
    let shown = texts.into_iter().filter(|text| !text.is_empty()).map(|text| {
        let text = text.replace("\\n", "\n");
        let label = ink.words.ui("printed").to_owned();
        let label = ink.span(Role::Dim, label + "  ");
        Paragraph::new(ink, Role::Code, text.trim_end()).marked(label).weighing(SHRINKS)
    });
    shown.collect()
}

/// This page's entry and those of the same step before it, oldest first: of a statement that makes
/// several calls, and of a command, each has printed a part.
fn of_the_step<'a>(page: &Page<'a>) -> Vec<&'a Entry> {
    let timeline = page.timeline;
    let entry = page.entry();
    let earlier = (0..page.cursor).rev().map_while(move |index| timeline.get(index));
    let by_step = |entry: &Entry| match entry.origin {
        Origin::Step(_) | Origin::FollowUp => entry.step,
        Origin::Start | Origin::Hand => None,
    };
    let own =
        earlier.take_while(|before| by_step(entry).is_some() && by_step(before) == by_step(entry));
    let mut entries: Vec<&Entry> = own.take(PRINTED).map(|entry| &**entry).collect();
    entries.reverse();
    entries.push(entry);
    entries
}

/// The words before the next step: on the newest page, and in a recording where the next entry
/// begins it.
fn next_words(page: &Page<'_>, depth: Depth, ink: &Ink) -> Vec<Paragraph> {
    let begins =
        |entry: &Entry| matches!(entry.origin, Origin::Step(step) if step == page.next_index);
    let shown = match page.mode {
        // A step that waits is not over, and what comes next might tell what is awaited.
        Mode::Script => page.live && page.waiting.is_none() && !page.question_ahead,
        Mode::Recorded => page.timeline.get(page.cursor + 1).is_none_or(|next| begins(next)),
        Mode::Free | Mode::Programs => false,
    };
    if !shown {
        return Vec::new();
    }
    let Some(next) = page.next else {
        return words_ahead(page.lesson.map_or(&[], |lesson| &lesson.closing), ink);
    };
    let mut found = words_ahead(&next.narration, ink);
    if depth == Depth::Long {
        found.extend(next.more.iter().map(|prose| Paragraph::prose(ink, Role::Dim, prose)));
    }
    found
}

/// Words before a step, or behind the last one.
pub(super) fn words_ahead(words: &[Prose], ink: &Ink) -> Vec<Paragraph> {
    let pointer = || ink.span(Role::Key, format!("{} ", ink.glyphs.pointer()));
    let words = words.iter().map(|prose| Paragraph::prose(ink, Role::Plain, prose));
    words.map(|paragraph| paragraph.marked(pointer())).collect()
}

/// The differences between this snapshot and the one before, in short; counters of ordinary
/// packets only at length.
fn changed(page: &Page<'_>, depth: Depth, ink: &Ink) -> Option<Paragraph> {
    let told = page.told();
    let changes = told
        .iter()
        .flat_map(|(_, moment)| moment.changes.iter().map(|change| (change, &*moment.snapshot)));
    let shown = changes.filter(|(change, _)| depth == Depth::Long || is_telling(change));
    let texts = shown.take(24).map(|(change, snapshot)| ink.words.change(change, snapshot));
    let text = texts.collect::<Vec<_>>().join("   ");
    let label = format!("{}  ", ink.words.ui("changed"));
    (!text.is_empty()).then(|| {
        Paragraph::new(ink, Role::Dim, text).marked(ink.span(Role::Changed, label)).weighing(9)
    })
}

/// The question, its longer text where that is wanted, its choices, and that no marks are given.
pub(super) fn question_words(
    narration: &[Prose],
    more: &[Prose],
    question: &Question,
    chosen: Option<usize>,
    ink: &Ink,
) -> Vec<Paragraph> {
    let mut found: Vec<Paragraph> =
        narration.iter().map(|prose| Paragraph::prose(ink, Role::Plain, prose)).collect();
    found.extend(more.iter().map(|prose| Paragraph::prose(ink, Role::Dim, prose)));
    for (index, choice) in question.choices.iter().enumerate() {
        let is_chosen = chosen == Some(index);
        let role = if is_chosen { Role::Strong } else { Role::Plain };
        let pointer = if is_chosen { ink.glyphs.pointer() } else { ' ' };
        let letter = char::from(b'a' + u8::try_from(index).unwrap_or(25).min(25));
        let mark = ink.span(Role::Key, format!("{pointer} {letter}  "));
        let words = Paragraph::prose(ink, role, &choice.words).marked(mark);
        found.push(if index == 0 { words } else { words.close() });
    }
    let words = &ink.words;
    let invite =
        if chosen.is_some() { words.ui("question-see") } else { words.ui("question-invite") };
    found.push(Paragraph::new(ink, Role::Dim, invite));
    found
}
