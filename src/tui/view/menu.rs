//! The menu.
//!
//! ```text
//! ┌ lessons ─────────────────────┐┌ tcp-lifecycle ─────────────────────┐
//! │ 1 The life of a connection   ││ Two programs on two machines talk. │
//! │   The screen itself        2'││ You make every call …              │
//! │ ▸ The life of a TCP connec 12'││                                    │
//! └──────────────────────────────┘└────────────────────────────────────┘
//! ```

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::frame::{Frame, put};
use super::layout::body;
use super::prose::{Paragraph, harmless, lines as prose_lines};
use crate::lesson::{Does, Lesson};
use crate::tui::app::{Menu, MenuItem};
use crate::tui::ink::Ink;
use crate::tui::text::{cut, spread};
use crate::tui::theme::Role;

/// Draws the menu; the footer's line stays free.
pub fn draw(menu: &Menu, resumable: bool, area: Rect, buffer: &mut Buffer, ink: &Ink) {
    let words = &ink.words;
    let left = Line::from(vec![" ".into(), ink.span(Role::Strong, "sockstep")]);
    let hint = if resumable { words.ui("menu-resume") } else { words.ui("menu-motto") };
    let right = ink.line(Role::Dim, format!("{hint} "));
    let title = spread(left, right, area.width.into(), ink.glyphs.cut());
    put(buffer, area.x, area.y, area.width, title, ink);
    let body = body(area);
    let list = Rect { width: body.width / 2, ..body };
    let about = Rect { x: list.right(), width: body.width - list.width, ..body };
    let high = usize::from(list.height.saturating_sub(2));
    let (lines, below) = lessons(menu, usize::from(list.width) - 2, high, ink);
    let foot = if below { ink.line(Role::Dim, words.ui("more-below")) } else { Line::default() };
    let name = ink.line(Role::Title, words.ui("pane-lessons"));
    Frame::new(name, lines).with_foot(foot).draw(list, buffer, ink);
    if let Some(lesson) = menu.lesson(words.lang()) {
        let item = menu.items.get(menu.chosen);
        let lines = about_lines(lesson, item, usize::from(about.width) - 4, ink);
        // The name of a mystery would give it away.
        let name = if lesson.mystery { words.ui("menu-mystery") } else { &*lesson.id };
        let name = ink.line(Role::Title, name.to_owned());
        Frame::new(name, lines).draw(about, buffer, ink);
    } else {
        Frame::default().draw(about, buffer, ink);
    }
}

/// The lessons by chapter, scrolled so that the chosen one is seen.
fn lessons(menu: &Menu, wide: usize, high: usize, ink: &Ink) -> (Vec<Line<'static>>, bool) {
    let (mut lines, mut chosen, mut chapter) = (Vec::new(), 0, None);
    for (index, item) in menu.items.iter().enumerate() {
        let Some(lesson) = item.lesson(ink.words.lang()) else { continue };
        if lesson.chapter != chapter {
            chapter = lesson.chapter;
            lines.extend(chapter_line(chapter, ink));
        }
        if index == menu.chosen {
            chosen = lines.len();
        }
        lines.push(lesson_line(lesson, item, index == menu.chosen, wide, ink));
    }
    let top = (chosen + 2).saturating_sub(high).min(lines.len().saturating_sub(high));
    let below = lines.len() > top + high;
    (lines.into_iter().skip(top).take(high).collect(), below)
}

fn chapter_line(chapter: Option<u32>, ink: &Ink) -> Option<Line<'static>> {
    let words = &ink.words;
    let name = match chapter? {
        1 => words.ui("chapter-1"),
        2 => words.ui("chapter-2"),
        3 => words.ui("chapter-3"),
        4 => words.ui("chapter-4"),
        5 => words.ui("chapter-5"),
        6 => words.ui("chapter-6"),
        7 => words.ui("chapter-7"),
        8 => words.ui("chapter-8"),
        _ => words.ui("chapter-other"),
    };
    Some(ink.line(Role::Title, format!(" {} {name}", chapter?)))
}

fn lesson_line(
    lesson: &Lesson,
    item: &MenuItem,
    chosen: bool,
    wide: usize,
    ink: &Ink,
) -> Line<'static> {
    let pointer = if chosen { ink.glyphs.pointer() } else { ' ' };
    let done = if item.reached.finished { ink.glyphs.done() } else { ' ' };
    let minutes = lesson.minutes.map(|minutes| format!("{minutes}' ")).unwrap_or_default();
    let title = harmless(&lesson.title);
    let role = if item.out_of_reach { Role::Dim } else { Role::Plain };
    let left = ink.line(role, format!(" {done}{pointer} {title}"));
    let mut line = spread(left, ink.line(Role::Dim, minutes), wide, ink.glyphs.cut());
    if chosen {
        line.spans.iter_mut().for_each(|span| span.style = ink.theme.style(Role::Chosen));
    }
    line
}

/// What a lesson is about: its first words, its scenes, its calls.
fn about_lines(
    lesson: &Lesson,
    item: Option<&MenuItem>,
    wide: usize,
    ink: &Ink,
) -> Vec<Line<'static>> {
    let words = &ink.words;
    let reached = item.map(|item| item.reached).unwrap_or_default();
    let mut paragraphs = Vec::new();
    if item.is_some_and(|item| item.out_of_reach) {
        paragraphs.push(Paragraph::new(ink, Role::Bad, words.ui("menu-needs-the-wire")));
    }
    paragraphs.extend(lesson.intro.iter().map(|prose| Paragraph::prose(ink, Role::Plain, prose)));
    for (index, scene) in lesson.scenes.iter().enumerate() {
        let text = cut(&harmless(&scene.title), wide.saturating_sub(3), ink.glyphs.cut());
        let mark = ink.span(Role::Dim, format!("{:>2} ", index + 1));
        let line = Paragraph::new(ink, Role::Plain, text).marked(mark);
        paragraphs.push(if index == 0 { line } else { line.close() });
    }
    let (steps, scenes) = (lesson.count(), lesson.scenes.len());
    let size = match scenes {
        0 => words.ui_with("menu-steps", &[("steps", &steps)]),
        _ => words.ui_with("menu-size", &[("steps", &steps), ("scenes", &scenes)]),
    };
    paragraphs.push(Paragraph::new(ink, Role::Dim, size));
    if reached.step > 0 && reached.step < steps {
        let stopped = words.ui_with("menu-stopped", &[("step", &reached.step)]);
        paragraphs.push(Paragraph::new(ink, Role::Dim, stopped));
    }
    let calls = calls(lesson);
    if !calls.is_empty() && !lesson.mystery {
        let label = ink.span(Role::Dim, format!("{}  ", words.ui("menu-calls")));
        paragraphs.push(Paragraph::new(ink, Role::Code, calls.join(" ")).marked(label));
    }
    let mut lines = prose_lines(&paragraphs, wide.min(72), true);
    lines.iter_mut().for_each(|line| line.spans.insert(0, " ".into()));
    lines
}

/// The functions that the lesson's C calls, each once, as they come.
fn calls(lesson: &Lesson) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    for step in &lesson.steps {
        let Does::C(code) = &step.does else { continue };
        for line in &code.lines {
            for name in called(&line.statement.code) {
                if !names.contains(&name) && names.len() < 24 {
                    names.push(name);
                }
            }
        }
    }
    names
}

/// The system calls of a statement, by name.
fn called(code: &str) -> Vec<String> {
    let words = code.split(|c: char| !(c.is_ascii_alphanumeric() || c == '_' || c == '('));
    let names = words.filter_map(|word| {
        let open = word.find('(')?;
        let name = word[..open].rsplit('(').next().unwrap_or_default();
        let known = crate::model::Syscall::ALL.iter().any(|call| call.name() == name);
        (known || matches!(name, "send" | "recv" | "exit" | "waitpid")).then(|| name.to_owned())
    });
    names.collect()
}
