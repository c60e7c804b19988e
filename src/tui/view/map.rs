//! The map of a lesson: a flow chart of who calls what, the client on the left, the wire in the
//! middle, the server on the right; what is done is ticked, with what the kernel said.
//!
//! ```text
//!  2 A door
//!                                                     ✓ listen = 0
//!                                                     ✓ accept blocks
//!  ✓ socket = 3
//!                              ✓ hold
//!  ▸ connect
//! ```

use std::collections::HashMap;

use ratatui::text::Line;

use super::page::Page;
use super::prose::harmless;
use super::timeline::action_name;
use crate::lesson::{Code, Does, LabLine, Lesson, Step};
use crate::model::{HostName, Outcome, ProcessName};
use crate::session::Origin;
use crate::tui::ink::Ink;
use crate::tui::text::{cut, pad};
use crate::tui::theme::Role;

/// On which line the step of this number stands; headings count.
pub fn line_of(lesson: &Lesson, step: usize) -> usize {
    step + lesson.scenes.iter().filter(|scene| scene.first <= step).count()
}

/// The map's lines.
pub fn lines(page: &Page<'_>, wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    let Some(lesson) = page.lesson else {
        return vec![ink.line(Role::Dim, format!(" {}", ink.words.ui("map-none")))];
    };
    let done =
        if page.live { page.next_index } else { page.entry().step.map_or(0, |step| step + 1) };
    let outcomes = outcomes(page);
    let (mut lines, mut scene) = (Vec::new(), None);
    for (index, step) in lesson.steps.iter().enumerate() {
        if step.scene != scene {
            scene = step.scene;
            lines.extend(heading(lesson, scene, ink));
        }
        let said = outcomes.get(&index).filter(|_| index < done);
        lines.push(row(page, step, said, done.cmp(&index), wide, ink));
    }
    lines
}

/// What the last call of each step came to.
fn outcomes(page: &Page<'_>) -> HashMap<usize, String> {
    let mut found = HashMap::new();
    for entry in page.story() {
        if let (Origin::Step(step), Some(report)) = (entry.origin, entry.moment.reports.last()) {
            let text = match &report.outcome {
                Outcome::Blocked => "~".to_owned(),
                outcome => outcome.to_string(),
            };
            found.entry(step).or_insert(text);
        }
    }
    found
}

fn heading(lesson: &Lesson, scene: Option<usize>, ink: &Ink) -> Option<Line<'static>> {
    let index = scene?;
    let title = harmless(&lesson.scenes.get(index)?.title);
    Some(ink.line(Role::Title, format!(" {} {title}", index + 1)))
}

/// One step in the column of whoever does it.
fn row(
    page: &Page<'_>,
    step: &Step,
    said: Option<&String>,
    order: std::cmp::Ordering,
    wide: usize,
    ink: &Ink,
) -> Line<'static> {
    let column = wide / 3;
    let (place, text) = match &step.does {
        Does::C(code) => (if is_right(page, &code.process) { 2 } else { 0 }, called(page, code)),
        Does::Load(program) => {
            let place = if is_right(page, &program.process) { 2 } else { 0 };
            (place, format!("{}.c", program.process))
        }
        Does::Lab(line) => (1, lab_name(line, step, ink)),
    };
    let (mark, role) = match order {
        std::cmp::Ordering::Greater => (ink.glyphs.done(), Role::Dim),
        std::cmp::Ordering::Equal => (ink.glyphs.pointer(), Role::Chosen),
        std::cmp::Ordering::Less => (' ', Role::Plain),
    };
    let said = said.filter(|_| matches!(step.does, Does::C(_)));
    let text = said.map_or_else(|| text.clone(), |said| format!("{text} {said}"));
    let text = cut(&text, column.saturating_sub(4), ink.glyphs.cut());
    let before = pad("", place * column + 1);
    Line::from(vec![before.into(), ink.span(role, format!("{mark} {text}"))])
}

/// A lab line in a word or two; a `wait` for a fact as the lesson writes it.
fn lab_name(line: &LabLine, step: &Step, ink: &Ink) -> String {
    let words = &ink.words;
    let text = match (line, line.action()) {
        (LabLine::Mark(mark), _) => words.ui_with("moment-mark", &[("mark", mark)]),
        (LabLine::Again { mark, .. }, _) => words.ui_with("moment-back", &[("mark", mark)]),
        (LabLine::Wait(_) | LabLine::WaitFor { .. }, _) => {
            let rest = step.code.strip_prefix("wait").unwrap_or(&step.code);
            format!("{} {}", words.ui("moment-wait"), rest.trim())
        }
        (_, Some(action)) => action_name(&action, ink),
        (_, None) => step.code.to_string(),
    };
    harmless(&text)
}

/// Whether the process lives on the right side's host.
fn is_right(page: &Page<'_>, name: &ProcessName) -> bool {
    let [_, right] = page.sides();
    let process = page.snapshot().process(name);
    let planned = || {
        let spec = &page.lesson?.spec;
        spec.processes.iter().find(|known| known.name == *name).map(|known| &known.host)
    };
    let host: Option<&HostName> = process.map(|process| &process.host).or_else(planned);
    host.is_some_and(|host| right.iter().any(|known| known.name == *host))
}

/// The call's name; with the process's where its side has several.
fn called(page: &Page<'_>, code: &Code) -> String {
    let Some(line) = code.lines.last() else { return String::new() };
    let statement = &line.statement.code;
    let call = crate::c::tokens(statement)
        .into_iter()
        .map(|token| token.text(statement))
        .find(|word| crate::c::call_named(word).is_some_and(|call| call.is_system_call()))
        .map_or_else(|| statement.to_string(), str::to_owned);
    let spec = page.lesson.map(|lesson| &lesson.spec);
    let several = spec.is_some_and(|spec| spec.processes.len() > 2);
    harmless(&if several { format!("{} {call}", code.process) } else { call })
}
