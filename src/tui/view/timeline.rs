//! The timeline: every entry in a word, around the one that is looked at.
//!
//! ```text
//! ┌ timeline ────────────────────────────────────────────────────────────────┐
//! │ … 4 accept~  5 socket  6 hold  7 connect~  [8 deliver SYN]  +1.0s 9 SYN,ACK │
//! └──────────────────────────────────────────────────────────────────────────┘
//! ```

use ratatui::text::{Line, Span};

use super::page::Page;
use super::prose::harmless;
use crate::model::{Action, Cause, Fate, Filter, Moment, Outcome, PacketKind, WireAction};
use crate::session::{Entry, Origin};
use crate::tui::ink::Ink;
use crate::tui::text::{cut, width};
use crate::tui::theme::Role;

/// The entries around the cursor in one line.
pub fn line(page: &Page<'_>, wide: usize, ink: &Ink) -> Line<'static> {
    let room = wide.saturating_sub(8);
    // What came since might answer the question that is open.
    let end = if page.is_open() { page.cursor + 1 } else { page.timeline.len() };
    let entry = |index: usize| page.timeline.get(index).filter(|_| index < end);
    let label = |index: usize| entry(index).map(|entry| label(index, entry, ink));
    let mut shown: Vec<(usize, String)> =
        label(page.cursor).map(|text| (page.cursor, text)).into_iter().collect();
    let mut used = shown.iter().map(|(_, text)| width(text) + 4).sum::<usize>();
    let (mut first, mut last) = (page.cursor, page.cursor);
    // Two entries of the past for each of the future, as long as there is room.
    for turn in 0.. {
        let forward = turn % 3 == 2 || first == 0;
        let index = if forward { Some(last + 1) } else { first.checked_sub(1) };
        let found = index.and_then(|index| Some((index, label(index)?)));
        let Some((index, text)) = found else {
            if first == 0 && last + 1 >= end || turn > 400 {
                break;
            }
            continue;
        };
        used += width(&text) + 2;
        if used > room {
            break;
        }
        if forward {
            last = index;
            shown.push((index, text));
        } else {
            first = index;
            shown.insert(0, (index, text));
        }
    }
    let mut spans: Vec<Span<'static>> = vec![" ".into()];
    if first > 0 {
        spans.push(ink.span(Role::Dim, format!("{} ", ink.glyphs.cut())));
    }
    for (index, text) in shown {
        if index == page.cursor {
            spans.push(ink.span(Role::Chosen, format!("[{text}]")));
        } else {
            let later = index > page.cursor;
            spans.push(ink.span(if later { Role::Changed } else { Role::Dim }, text));
        }
        spans.push("  ".into());
    }
    if last + 1 < end {
        spans.push(ink.span(Role::Dim, ink.glyphs.cut().to_string()));
    }
    Line::from(spans)
}

/// `8 deliver SYN`; for what a timer brought `+9 SYN,ACK`.
fn label(index: usize, entry: &Entry, ink: &Ink) -> String {
    let mark = if entry.origin == Origin::FollowUp { "+" } else { "" };
    // A later start is a lab that was made anew, to go on from an earlier place.
    let again = index > 0 && matches!(entry.moment.cause, Cause::Start);
    let text = if again {
        ink.words.ui("moment-again").to_owned()
    } else {
        cut(&happening(&entry.moment, ink), 24, ink.glyphs.cut())
    };
    format!("{mark}{} {text}", index + 1)
}

/// What happened, in a word or two.
pub fn happening(moment: &Moment, ink: &Ink) -> String {
    match &moment.cause {
        Cause::Start => ink.words.ui("moment-start").to_owned(),
        Cause::Action(action) => {
            let blocked = moment.reports.iter().any(|report| report.outcome == Outcome::Blocked);
            let failed = moment.reports.iter().any(|r| matches!(r.outcome, Outcome::Failed(_)));
            let mark = if blocked {
                "~"
            } else if failed {
                "!"
            } else {
                ""
            };
            format!("{}{mark}", action_name(action, ink))
        }
        Cause::Statement { code, .. } => cut(&harmless(code), 16, ink.glyphs.cut()),
        Cause::Kernel => by_itself(moment, ink),
    }
}

/// What is done, in a word or two.
pub fn action_name(action: &Action, ink: &Ink) -> String {
    let words = &ink.words;
    match action {
        Action::Call(call) => harmless(&call.typed),
        Action::Wire(action) => wire_name(action, ink),
        Action::Spawn { process, .. } => words.ui_with("moment-spawn", &[("process", process)]),
        Action::Run { process, .. } => words.ui_with("moment-run", &[("process", process)]),
        Action::Kill { signal, process } => format!("{signal} {process}"),
        Action::Reboot(host) => words.ui_with("moment-reboot", &[("host", host)]),
        Action::Set { .. } => words.ui("moment-set").to_owned(),
        Action::Wait(_) => words.ui("moment-wait").to_owned(),
    }
}

fn wire_name(action: &WireAction, ink: &Ink) -> String {
    let (key, filter) = match action {
        WireAction::Hold(filter) => ("moment-hold", Some(filter)),
        WireAction::Auto => ("moment-auto", None),
        WireAction::Deliver(filter) => ("moment-deliver", Some(filter)),
        WireAction::DeliverAll => ("moment-deliver-all", None),
        WireAction::Drop(filter) => ("moment-drop", Some(filter)),
        WireAction::Duplicate(filter) => ("moment-duplicate", Some(filter)),
        WireAction::Swap => ("moment-swap", None),
        WireAction::Cut => ("moment-cut", None),
        WireAction::Mend => ("moment-mend", None),
        WireAction::Unreachable(_) => ("moment-unreachable", None),
    };
    let what = ink.words.ui(key);
    filter.map_or_else(|| what.to_owned(), |filter| of_kind(what, filter))
}

/// `deliver SYN`; of every packet only what is done.
fn of_kind(what: &str, filter: &Filter) -> String {
    match filter.kind {
        PacketKind::Any => what.to_owned(),
        kind => format!("{what} {kind}"),
    }
}

/// What the kernel did by itself: the packet it sent, the call that came back.
fn by_itself(moment: &Moment, ink: &Ink) -> String {
    let sent = |fate| matches!(fate, Fate::Held | Fate::Folded | Fate::Delivered);
    let packet = moment.passages.iter().find(|passage| sent(passage.fate));
    if let Some(passage) = packet {
        return passage.packet.label();
    }
    match moment.reports.first() {
        Some(report) => harmless(&report.call.typed),
        None => ink.words.ui("moment-timer").to_owned(),
    }
}
