//! A step of a `lab` fence that could not be done, and why: no kernel was asked.

use super::page::Page;
use super::prose::{Paragraph, harmless};
use super::told::lab_line;
use crate::lesson::{Does, LabLine};
use crate::model::{Wire, WireAction};
use crate::session::Verdict;
use crate::tui::ink::Ink;
use crate::tui::theme::Role;

/// How many held packets are named.
const NAMED: usize = 4;

/// The line that could not be done, if the page is about one.
pub fn line<'a>(page: &Page<'a>) -> Option<(&'a LabLine, &'a Verdict)> {
    let entry = page.entry();
    let step = page.lesson?.steps.get(entry.step?)?;
    let Does::Lab(line) = &step.does else { return None };
    line.action()?;
    let undone = |verdict: &&Verdict| !verdict.held && verdict.what == step.code;
    let verdict = entry.verdicts.iter().find(undone)?;
    entry.moment.is_empty().then_some((line, verdict))
}

/// What the step was, and why nothing came of it.
pub fn words(page: &Page<'_>, line: &LabLine, verdict: &Verdict, ink: &Ink) -> Paragraph {
    let why = match line {
        LabLine::Wire(action) => missing(action, &page.snapshot().wire, ink),
        LabLine::Spawn { .. }
        | LabLine::Run { .. }
        | LabLine::Kill { .. }
        | LabLine::Reboot(_)
        | LabLine::Set { .. }
        | LabLine::Mark(_)
        | LabLine::Again { .. }
        | LabLine::Step { .. }
        | LabLine::Wait(_)
        | LabLine::WaitFor { .. } => None,
    };
    let why = why.unwrap_or_else(|| harmless(&ink.words.said(&verdict.kernel)));
    let what = lab_line(line, &ink.words);
    let text = ink.words.ui_with("step-undone", &[("what", &what), ("why", &why)]);
    Paragraph::new(ink, Role::Bad, text)
}

/// Which packet an action of the wire misses; `None`: it is something else.
fn missing(action: &WireAction, wire: &Wire, ink: &Ink) -> Option<String> {
    let words = &ink.words;
    let taken = match action {
        _ if wire.cut => return None,
        WireAction::Deliver(_) | WireAction::Drop(_) | WireAction::Duplicate(_) => "undone-packet",
        WireAction::Swap => "undone-swap",
        WireAction::Unreachable(_) if wire.held.is_empty() => "undone-packet",
        WireAction::Unreachable(_)
        | WireAction::Hold(_)
        | WireAction::Auto
        | WireAction::DeliverAll
        | WireAction::Cut
        | WireAction::Mend => return None,
    };
    if wire.held.is_empty() {
        return Some(words.ui("undone-empty").to_owned());
    }
    let held = wire.held.iter().take(NAMED).map(|held| match &held.packet.from {
        Some(host) => {
            words.ui_with("filter-from", &[("kind", &held.packet.label()), ("host", host)])
        }
        None => held.packet.label(),
    });
    let mut held: Vec<String> = held.collect();
    if wire.held.len() > NAMED {
        held.push(format!("+{}", wire.held.len() - NAMED));
    }
    Some(words.ui_with(taken, &[("held", &held.join(", "))]))
}
