//! A page of a session on the screen: every pane in its place.

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::text::Line;

use super::frame::{Frame, put};
use super::happened::{Depth, paragraphs};
use super::host::Wanted;
use super::ladder::legs;
use super::layout::{Areas, areas, body};
use super::marks::Marks;
use super::page::Page;
use super::prose::{Paragraph, fitted, harmless, lines as prose_lines};
use super::site::Site;
use super::told::packets;
use super::walk::walks;
use super::wire::Ladder;
use super::{code, diagram, host, looked, next, timeline, title, wire};
use crate::lesson::{Lesson, Show};
use crate::model::{Filter, Host, Outcome, PacketKind, ProcessName, Rung, Wire};
use crate::tui::ink::Ink;
use crate::tui::text::width;
use crate::tui::theme::Role;

/// The widest line of prose that is comfortable to read.
const PROSE_WIDTH: usize = 110;

/// A pane that fills the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Zoom {
    /// The client's side.
    Left,
    /// The wire.
    Wire,
    /// The server's side.
    Right,
    /// The C in step.
    Code,
    /// What happened, with the longer versions.
    Words,
}

/// Draws a page: all panes, or one that is zoomed, of which `scroll` lines are passed over. The
/// footer's line stays free. Returns how many lines of a zoomed pane are below the screen.
pub fn draw_page(
    page: &Page<'_>,
    zoom: Option<Zoom>,
    scroll: usize,
    area: Rect,
    buffer: &mut Buffer,
    ink: &Ink,
) -> usize {
    put(buffer, area.x, area.y, area.width, title::line(page, area.width.into(), ink), ink);
    let marks = Marks::of(page.told().into_iter().map(|(_, moment)| moment));
    match zoom {
        Some(zoom) => draw_zoomed(page, zoom, scroll, &marks, body(area), buffer, ink),
        None => {
            draw_panes(page, &marks, area, buffer, ink);
            0
        }
    }
}

fn draw_panes(page: &Page<'_>, marks: &Marks, area: Rect, buffer: &mut Buffer, ink: &Ink) {
    let mut places = areas(area, page.rung);
    let shared = alone(page, &mut places);
    let looked = looked::variable(page).map(|looked| (looked, beside(page, looked.0, &places)));
    let covered = |place: Rect| looked.is_some_and(|(_, over)| over.intersects(place));
    let [left, right] = page.sides();
    for (hosts, place) in [(&left, places.left), (&right, places.right)] {
        if covered(place) || shared && hosts.is_empty() {
            continue;
        }
        let (wide, high) = inner(place);
        let lines = host::lines(&sites(page, hosts, marks), wanted(page), wide, high, ink);
        Frame::new(host_title(hosts, wide, ink), lines).draw(place, buffer, ink);
    }
    if page.rung == Rung::Wire && !covered(places.wire) && !shared {
        let (wide, high) = inner(places.wire);
        wire_frame(page, wide, high, ink).draw(places.wire, buffer, ink);
    }
    if let Some((variable, place)) = looked {
        let (wide, high) = inner(place);
        looked::frame(page, variable, wide, high, ink).draw(place, buffer, ink);
    }
    let line = next::line(page, places.next.width.into(), ink);
    put(buffer, places.next.x, places.next.y, places.next.width, line, ink);
    words_frame(page, places.words, ink).draw(places.words, buffer, ink);
    if let Some(place) = places.code.filter(|place| !covered(*place)) {
        let (wide, high) = inner(place);
        let (name, lines) = code::lines(page, wide, high, ink).unwrap_or_default();
        Frame::new(ink.line(Role::Title, name), lines).draw(place, buffer, ink);
    }
    if let Some(place) = places.timeline {
        let lines = vec![timeline::line(page, inner(place).0, ink)];
        let name = ink.line(Role::Title, ink.words.ui("pane-timeline"));
        Frame::new(name, lines).draw(place, buffer, ink);
    }
}

/// Programs that share one host: no packet passes the wire, so that what they do stands in its
/// place and in that of the other host. Whether it is so.
fn alone(page: &Page<'_>, places: &mut Areas) -> bool {
    let [left, _] = page.sides();
    let shared = left.is_empty() && page.lesson.is_some_and(Lesson::is_play);
    if shared {
        places.code = Some(Rect { width: places.left.width + places.wire.width, ..places.left });
        places.words.width = places.next.width;
    }
    shared
}

/// The place beside the host of a process: the wire's and the other host's.
fn beside(page: &Page<'_>, process: &ProcessName, places: &Areas) -> Rect {
    let home = page.snapshot().process(process).map(|process| &process.host);
    let [_, right] = page.sides();
    if right.iter().any(|host| Some(&host.name) == home) {
        Rect { width: places.left.width + places.wire.width, ..places.left }
    } else {
        Rect { x: places.wire.x, width: places.wire.width + places.right.width, ..places.right }
    }
}

/// How many cells and lines a box at `place` has inside.
fn inner(place: Rect) -> (usize, usize) {
    (usize::from(place.width.saturating_sub(2)), usize::from(place.height.saturating_sub(2)))
}

fn sites<'a>(
    page: &Page<'a>,
    hosts: &[&'a std::sync::Arc<Host>],
    marks: &'a Marks,
) -> Vec<Site<'a>> {
    hosts.iter().map(|host| Site::new(page.snapshot(), host, marks, page.clock())).collect()
}

fn wanted(page: &Page<'_>) -> Wanted {
    let shows = |show| page.lesson.is_some_and(|lesson| lesson.show.contains(&show));
    Wanted { buffers: shows(Show::Buffers), backlog: shows(Show::Backlog), all: false }
}

/// `server 198.51.100.1`
fn host_title(hosts: &[&std::sync::Arc<Host>], wide: usize, ink: &Ink) -> Line<'static> {
    let [host] = hosts else {
        let names: Vec<&str> = hosts.iter().map(|host| host.name.as_str()).collect();
        return ink.line(Role::Title, names.join(", "));
    };
    let mut spans = vec![ink.span(Role::Title, host.name.as_str())];
    let shown = if wide > 50 { 2 } else { 1 };
    for address in host.addresses.iter().take(shown) {
        spans.push(ink.span(Role::Dim, format!(" {address}")));
    }
    Line::from(spans)
}

fn wire_frame(page: &Page<'_>, wide: usize, high: usize, ink: &Ink) -> Frame {
    let name = ink.line(Role::Title, ink.words.ui("pane-wire"));
    let snapshot = page.snapshot();
    let moments = page.story().map(|entry| &*entry.moment);
    let (finished, held) = legs(moments, page.newest(), &snapshot.wire, high);
    let [left, right] = page.sides();
    let (Some(left), Some(right)) = (left.first(), right.first()) else {
        return Frame::new(name, Vec::new());
    };
    let ladder = Ladder {
        finished,
        held,
        in_flight: snapshot.wire.held.len(),
        ends: [left.name.clone(), right.name.clone()],
        cut: snapshot.wire.cut,
    };
    let foot = wire_foot(&snapshot.wire, wide, ink);
    let states = states(page, wide, ink);
    let mut lines = wire::lines(&ladder, wide, high - states.len(), ink);
    if !states.is_empty() {
        lines.resize(high - states.len(), Line::default());
        lines.extend(states);
    }
    Frame::new(name, lines).with_foot(foot)
}

/// In a lesson about states: the way of both ends, its last part if it is long.
fn states(page: &Page<'_>, wide: usize, ink: &Ink) -> Vec<Line<'static>> {
    let wanted = page.lesson.is_some_and(|lesson| lesson.show.contains(&Show::States));
    let walks = if wanted { walks(page).to_vec() } else { Vec::new() };
    walks.iter().map(|walk| diagram::brief(walk, wide, ink)).collect()
}

/// What the wire holds back, in words if they fit. While it is cut, nothing comes to be held.
fn wire_foot(wire: &Wire, wide: usize, ink: &Ink) -> Line<'static> {
    if wire.is_auto() || wire.cut {
        return Line::default();
    }
    let told = wire.filters.iter().map(|filter| packets(filter, true, &ink.words));
    let noted = wire.filters.iter().map(|filter| noted(filter, ink));
    let told = told.collect::<Vec<_>>().join(ink.words.ui("told-and"));
    let noted = noted.collect::<Vec<_>>().join("; ");
    let texts = [
        ink.words.ui_with("wire-holds", &[("filters", &told)]),
        ink.words.ui_with("wire-holds-short", &[("filters", &noted)]),
    ];
    let text = texts.into_iter().find(|text| width(text) + 3 <= wide).unwrap_or(noted);
    ink.line(Role::Held, text)
}

/// `ACK from @client`
fn noted(filter: &Filter, ink: &Ink) -> String {
    let words = &ink.words;
    let mut text = match filter.kind {
        PacketKind::Any => words.ui("filter-any").to_owned(),
        kind => kind.to_string(),
    };
    if let Some(process) = &filter.of {
        text = words.ui_with("filter-of", &[("kind", &text), ("process", process)]);
    }
    if let Some(host) = &filter.from {
        text = words.ui_with("filter-from", &[("kind", &text), ("host", host)]);
    }
    text
}

/// How many cells a line of words has in the box at `place`, and how many lines there are.
pub(super) fn room_for_words(place: Rect) -> (usize, usize) {
    let (wide, high) = inner(place);
    (wide.saturating_sub(2).min(PROSE_WIDTH), high)
}

/// What fits of the words, and whether there is more.
fn words_frame(page: &Page<'_>, place: Rect, ink: &Ink) -> Frame {
    let (room, high) = room_for_words(place);
    let (name, found) = paragraphs(page, Depth::Short, ink);
    let longer = has_more(page, &found, ink);
    let (lines, cut) = fitted(found, room, high, ink.glyphs.cut());
    let role = if page.asking.is_some() { Role::Changed } else { Role::Title };
    let mut foot = Line::default();
    if cut || longer {
        let role = if cut { Role::Changed } else { Role::Dim };
        foot = ink.line(role, format!("m {}", ink.words.ui("more")));
    }
    let aside = if page.asking.is_none() { result(page, ink) } else { Line::default() };
    Frame::new(ink.line(role, name), margin(lines)).with_foot(foot).with_aside(aside)
}

/// The last call of the moment and what came of it, `client: connect = -1 ECONNREFUSED`; or the
/// signal that its process handles now, and where: `server: SIGUSR1 in accept`.
fn result(page: &Page<'_>, ink: &Ink) -> Line<'static> {
    let told = page.told();
    let Some((_, moment)) = told.last() else { return Line::default() };
    if let Some(caught) = moment.signals.last() {
        let process = format!("{}: ", caught.process);
        let call = caught.during.as_ref().map_or("", |call| &call.typed);
        let place = ink.words.ui_with("caught-in", &[("call", &harmless(call))]);
        let place = if call.is_empty() { String::new() } else { format!(" {place}") };
        let signal = ink.span(Role::Changed, caught.signal.to_string());
        return Line::from(vec![ink.span(Role::Dim, process), signal, ink.span(Role::Dim, place)]);
    }
    let Some(report) = moment.reports.last() else { return Line::default() };
    let role = outcome_role(&report.outcome);
    let typed = harmless(&report.call.typed);
    let outcome = match &report.outcome {
        Outcome::Blocked => ink.words.ui("call-blocks").to_owned(),
        // The outcome says "exit" itself.
        Outcome::Exited(status) if typed == "exit" => status.to_string(),
        Outcome::Killed(signal) => ink.words.ui_with("call-killed", &[("signal", signal)]),
        outcome => outcome.to_string(),
    };
    let call = format!("{}: {typed} ", report.call.process);
    Line::from(vec![ink.span(Role::Dim, call), ink.span(role, outcome)])
}

/// How an outcome looks.
pub fn outcome_role(outcome: &Outcome) -> Role {
    match outcome {
        Outcome::Returned(_) | Outcome::Exited(_) => Role::Good,
        Outcome::Blocked => Role::Held,
        Outcome::Failed(_) | Outcome::Killed(_) => Role::Bad,
    }
}

/// Whether the longer version says anything that the short one does not.
fn has_more(page: &Page<'_>, short: &[Paragraph], ink: &Ink) -> bool {
    paragraphs(page, Depth::Long, ink).1.len() > short.len()
}

fn margin(lines: Vec<Line<'static>>) -> Vec<Line<'static>> {
    let indented = lines.into_iter().map(|mut line| {
        line.spans.insert(0, " ".into());
        line
    });
    indented.collect()
}

fn draw_zoomed(
    page: &Page<'_>,
    zoom: Zoom,
    scroll: usize,
    marks: &Marks,
    place: Rect,
    buffer: &mut Buffer,
    ink: &Ink,
) -> usize {
    let (wide, high) = inner(place);
    let many = high + scroll + 4096;
    let [left, right] = page.sides();
    let hosts = |hosts: &[&std::sync::Arc<Host>]| {
        let wanted = Wanted { all: true, ..wanted(page) };
        let lines = host::lines(&sites(page, hosts, marks), wanted, wide, many, ink);
        Frame::new(host_title(hosts, wide, ink), lines)
    };
    let mut frame = match zoom {
        Zoom::Left => hosts(&left),
        Zoom::Right => hosts(&right),
        Zoom::Wire => wire_frame(page, wide, many, ink),
        Zoom::Code => {
            let (name, lines) = code::lines(page, wide, high, ink).unwrap_or_default();
            Frame::new(ink.line(Role::Title, name), lines)
        }
        Zoom::Words => {
            let (name, found) = paragraphs(page, Depth::Long, ink);
            let room = wide.saturating_sub(2).min(PROSE_WIDTH);
            let lines = margin(prose_lines(&found, room, true));
            Frame::new(ink.line(Role::Title, name), lines)
        }
    };
    let below = frame.lines.len().saturating_sub(scroll + high);
    frame.lines.drain(..scroll.min(frame.lines.len().saturating_sub(1)));
    if below > 0 {
        frame.foot = ink.line(Role::Changed, ink.words.ui("more-below"));
    }
    frame.draw(place, buffer, ink);
    below
}
