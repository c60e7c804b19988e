//! The transcript of `sockstep run`: two columns, who and what.

use super::strace::lines_of;
use super::{arrow, end_of_process, fate, snapshot_before, strace};
use crate::lesson::{Does, Lesson};
use crate::model::tcpdump::{self, Numbers};
use crate::model::{Action, Cause, Change, Snapshot, Transition, harmless};
use crate::session::entry::{Bet, Entry, Origin, Verdict};

/// The width of the first column: longer names push their line to the right.
const COLUMN: usize = 8;

fn line(who: &str, what: &str) -> String {
    format!("{who:<COLUMN$}  {what}")
}

/// What an entry adds to a transcript.
pub fn text(before: Option<&Entry>, entry: &Entry, lesson: Option<&Lesson>) -> Vec<String> {
    let moment = &entry.moment;
    let mut lines = heading(before, entry, lesson);
    lines.extend(cause(entry, lesson));
    let (earlier, later) = entry.printed_parts();
    lines.extend(lines_of(earlier.as_bytes()).iter().map(|text| line("prints", text)));
    let shown = strace(snapshot_before(before), moment);
    lines.extend(shown.iter().map(|(process, shown)| line(process.as_str(), shown)));
    for change in &moment.changes {
        if let Change::ProcessState { process, to, .. } = change
            && let Some(end) = end_of_process(to)
        {
            lines.push(line(process.as_str(), &end));
        }
    }
    for passage in &moment.passages {
        let packet = tcpdump::line(&passage.packet, Numbers::Relative);
        lines.push(line("wire", &format!("{:<11} {packet}", fate(passage.fate))));
    }
    if moment.untold > 0 {
        let more = format!("and {} more packets, too many to tell one by one", moment.untold);
        lines.push(line("wire", &more));
    }
    let states = moment.changes.iter().filter_map(Change::transition);
    lines.extend(states.map(|change| line("state", &transition(&moment.snapshot, &change))));
    lines.extend(lines_of(&moment.printed).iter().map(|text| line("output", text)));
    if moment.unprinted > 0 {
        lines.push(line(
            "output",
            &format!("and {} more bytes, too many to tell", moment.unprinted),
        ));
    }
    lines.extend(lines_of(later.as_bytes()).iter().map(|text| line("prints", text)));
    if let Some(value) = entry.value {
        lines.push(line("value", &value.to_string()));
    }
    lines.extend(entry.verdicts.iter().flat_map(|verdict| judged(verdict, lesson)));
    lines.extend(entry.bets.iter().flat_map(answered));
    lines
}

/// The last lines of a transcript: how many expectations held, and how many did not.
pub fn ending(steps: usize, held: usize, failed: usize) -> String {
    let s = |number: usize| if number == 1 { "" } else { "s" };
    format!("{steps} step{}, {held} expectation{} held, {failed} did not", s(steps), s(held))
}

/// The scene's title where a scene begins.
fn heading(before: Option<&Entry>, entry: &Entry, lesson: Option<&Lesson>) -> Vec<String> {
    let Some(lesson) = lesson else { return Vec::new() };
    let scene = |entry: &Entry| lesson.steps.get(entry.step?)?.scene;
    let now = scene(entry);
    if entry.origin == Origin::Start {
        return vec![format!("# {}", lesson.title)];
    }
    match now.and_then(|scene| lesson.scenes.get(scene)) {
        Some(title) if now != before.and_then(scene) => {
            vec![String::new(), format!("## {}", title.title)]
        }
        Some(_) | None => Vec::new(),
    }
}

/// What set the entry off, where no call says it.
fn cause(entry: &Entry, lesson: Option<&Lesson>) -> Vec<String> {
    let scripted = || match (entry.origin, lesson) {
        (Origin::Step(step), Some(lesson)) => lesson.steps.get(step),
        (Origin::Step(_) | Origin::Start | Origin::Hand | Origin::FollowUp, _) => None,
    };
    let at = entry.moment.at.as_secs_f64();
    match &entry.moment.cause {
        Cause::Action(Action::Call(_)) => Vec::new(),
        Cause::Kernel => vec![line("timer", &format!("at {at:.3} s"))],
        Cause::Statement { process, code, .. } => {
            vec![line(process.as_str(), &harmless(code))]
        }
        Cause::Start => match scripted() {
            Some(step) => vec![line("lab", &step.code)],
            None => Vec::new(),
        },
        Cause::Action(action) => match scripted() {
            // A `wait` in which timers bring nothing, or a line that does what it says.
            Some(step) if matches!(step.does, Does::Lab(_)) => vec![line("lab", &step.code)],
            Some(_) | None => vec![line("lab", &action.to_string())],
        },
    }
}

/// `@server  server 3  *:8080  CLOSE -> LISTEN`
fn transition(snapshot: &Snapshot, change: &Transition<'_>) -> String {
    let socket = change.socket;
    let owner = snapshot.owners(socket.inode).find(|_| socket.inode != 0);
    let owner = owner.map(|(process, fd)| format!("{} {}", process.name, fd.number));
    let name = |address: &Option<crate::model::Address>| match address {
        Some(address) if address.port() != Some(0) => address.to_string(),
        Some(_) | None => String::new(),
    };
    let (local, peer) = (name(&socket.local), name(&socket.peer));
    let ends = if peer.is_empty() { local } else { format!("{local} {peer}") };
    let words = [change.host.to_string(), owner.unwrap_or_default(), ends];
    let words: Vec<&str> =
        words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    format!("{}  {}", words.join("  "), arrow(change.from, change.to))
}

fn judged(verdict: &Verdict, lesson: Option<&Lesson>) -> Vec<String> {
    if verdict.held {
        return vec![line("✓", &verdict.what)];
    }
    let path = lesson.map_or("", |lesson| &lesson.source.path);
    let place = format!("{path}:{}:{}", verdict.line, verdict.column);
    let mut lines = vec![
        line("✗", &format!("expected: {}  ({place})", verdict.what)),
        line("", &format!("the kernel: {}", verdict.kernel)),
    ];
    if let Some(reason) = &verdict.reason {
        lines.push(line("", &format!("likely why: {reason}")));
    }
    lines
}

fn answered(bet: &Bet) -> Vec<String> {
    let choices = bet.choices.iter().enumerate().map(|(at, choice)| {
        let sign = if at == bet.truth { "true" } else { "" };
        let mark = if bet.chosen == Some(at) { " <- your bet" } else { "" };
        format!("{sign:<5} {}: {}{mark}", choice.fact, choice.words)
    });
    choices.map(|choice| line("?", &choice)).collect()
}
