//! The wire between the hosts as a ladder, the client on the left.
//!
//! ```text
//! ┌ wire ────────────────┐
//! │ client        server │
//! │ . ──SYN 40001──────▶ │    `.` arrived
//! │ x ──ACK 40001───x    │    `x` lost on its way
//! │*H  ◀╌SYN,ACK 40001 x3│    `H` held, not there yet; the kernel has sent it three times
//! └──────────────────────┘
//! ```
//! Ports are written where more than one connection is on the ladder.

use ratatui::text::{Line, Span};

use super::ladder::{End, Leg};
use crate::model::{HostName, Packet};
use crate::tui::ink::Ink;
use crate::tui::text::{head, line_width, spread, width};
use crate::tui::theme::Role;

/// What the wire's pane is drawn from.
#[derive(Debug)]
pub struct Ladder {
    /// Packets that arrived or were lost, oldest first.
    pub finished: Vec<Leg>,
    /// Packets in flight, oldest first.
    pub held: Vec<Leg>,
    /// How many are in flight; more than `held` if they are many.
    pub in_flight: usize,
    /// The hosts on the left and on the right.
    pub ends: [HostName; 2],
    /// The wire is cut.
    pub cut: bool,
}

/// The lines of the wire's pane.
pub fn lines(ladder: &Ladder, wide: usize, high: usize, ink: &Ink) -> Vec<Line<'static>> {
    let mut lines = vec![header(ladder, wide, ink)];
    if ladder.cut {
        lines.push(ink.line(Role::Bad, format!(" {}", ink.words.ui("wire-is-cut"))));
    }
    let room = high.saturating_sub(lines.len());
    let (legs, hidden) = shown(ladder, room);
    if legs.is_empty() && hidden == 0 && !ladder.cut {
        lines.push(ink.line(Role::Dim, format!(" {}", ink.words.ui("wire-empty"))));
    }
    let ports = Ports::that_differ(&legs, ladder);
    // Sequence numbers below an arrow: for all if they fit, else for the new ones.
    let spare = room.saturating_sub(legs.len() + usize::from(hidden > 0));
    let new = legs.iter().filter(|leg| leg.new).count();
    let detailed = |leg: &Leg| wide >= 30 && (spare >= legs.len() || leg.new && spare >= new);
    for leg in &legs {
        lines.push(arrow(leg, ladder, ports, wide, ink));
        if detailed(leg)
            && let Some(detail) = numbers(&leg.packet)
        {
            let room = wide.saturating_sub(6);
            lines.push(ink.line(Role::Dim, format!("      {}", head(&detail, room))));
        }
    }
    if hidden > 0 {
        lines.push(ink.line(Role::Changed, format!(" +{hidden} (z)")));
    }
    lines.truncate(high);
    lines
}

/// ` client        server `
fn header(ladder: &Ladder, wide: usize, ink: &Ink) -> Line<'static> {
    let [left, right] = ladder.ends.each_ref().map(HostName::as_str);
    let left = ink.line(Role::Dim, format!(" {left}"));
    spread(left, ink.line(Role::Dim, format!("{right} ")), wide, ink.glyphs.cut())
}

/// As many legs as fit: those in flight first, then the newest of the finished ones.
fn shown(ladder: &Ladder, room: usize) -> (Vec<&Leg>, usize) {
    let crowded = ladder.in_flight > room;
    let places = room.saturating_sub(usize::from(crowded));
    let held: Vec<&Leg> = ladder.held.iter().take(places).collect();
    let rest = if crowded { 0 } else { room - held.len() };
    let skip = ladder.finished.len().saturating_sub(rest);
    let hidden = ladder.in_flight - held.len().min(ladder.in_flight);
    (ladder.finished.iter().skip(skip).chain(held).collect(), hidden)
}

/// The ports that tell the connections on the ladder from each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ports {
    /// There is only one connection.
    None,
    /// Those of the host on this side differ, 0 for the left one.
    Of(usize),
    /// Those of both hosts do.
    Both,
}

impl Ports {
    fn that_differ(legs: &[&Leg], ladder: &Ladder) -> Self {
        let found: Vec<[u16; 2]> =
            legs.iter().filter_map(|leg| sides(&leg.packet, ladder)).collect();
        let differ = |side: usize| found.windows(2).any(|two| two[0][side] != two[1][side]);
        match (differ(0), differ(1)) {
            (false, false) => Ports::None,
            (true, false) => Ports::Of(0),
            (false, true) => Ports::Of(1),
            (true, true) => Ports::Both,
        }
    }
}

/// A packet's ports, that of the host on the left first.
fn sides(packet: &Packet, ladder: &Ladder) -> Option<[u16; 2]> {
    let (from, to) = packet.ports()?;
    Some(if goes_right(packet, ladder) { [from, to] } else { [to, from] })
}

fn goes_right(packet: &Packet, ladder: &Ladder) -> bool {
    packet
        .from
        .as_ref()
        .map_or_else(|| packet.to.as_ref() == Some(&ladder.ends[1]), |from| *from != ladder.ends[1])
}

/// `*H ◀╌SYN,ACK 40001╌╌ x3`
fn arrow(leg: &Leg, ladder: &Ladder, ports: Ports, wide: usize, ink: &Ink) -> Line<'static> {
    let (mark, role) = match leg.end {
        End::Arrived => (".", if leg.new { Role::Plain } else { Role::Dim }),
        End::Lost => ("x", Role::Lost),
        End::Held { .. } => ("H", Role::Held),
    };
    let trail = trail(leg);
    let mut spans = vec![ink.mark(leg.new), ink.span(role, format!("{mark} "))];
    let room = wide.saturating_sub(3 + trail.len() + usize::from(trail.is_empty()));
    let to_right = goes_right(&leg.packet, ladder);
    let label = label(&leg.packet, ladder, ports, room.saturating_sub(3));
    spans.extend(shaft(&label, to_right, leg.end, room, ink).into_iter().map(|(kind, text)| {
        let label_role = if leg.new && leg.end == End::Arrived { Role::Strong } else { role };
        ink.span(if kind == Part::Label { label_role } else { role }, text)
    }));
    spans.push(ink.span(role, trail));
    let line = Line::from(spans);
    debug_assert!(line_width(&line) <= wide.max(10));
    line
}

/// The copies of a held packet, and what it covers.
fn trail(leg: &Leg) -> String {
    let End::Held { copies, covers } = leg.end else { return String::new() };
    let mut trail = String::new();
    if copies > 1 {
        trail.push_str(&format!(" x{copies}"));
    }
    if covers > 0 {
        trail.push_str(&format!(" ={covers}"));
    }
    trail
}

/// The packet's name, with the ports that tell its connection from others.
fn label(packet: &Packet, ladder: &Ladder, ports: Ports, room: usize) -> String {
    let name = packet.label();
    let told = match (ports, sides(packet, ladder)) {
        (Ports::None, _) | (_, None) => None,
        (Ports::Of(side), Some(sides)) => Some(format!("{name} {}", sides[side])),
        (Ports::Both, Some([left, right])) => {
            let (from, to) = if goes_right(packet, ladder) { (left, right) } else { (right, left) };
            Some(format!("{name} {from}>{to}"))
        }
    };
    told.filter(|told| width(told) <= room).unwrap_or_else(|| head(&name, room).to_owned())
}

#[derive(PartialEq, Eq)]
enum Part {
    Line,
    Label,
}

/// The arrow in exactly `room` cells: from end to end if it arrived, a dashed one that stops
/// short while it is held, one that breaks off if it was lost.
fn shaft(label: &str, right: bool, end: End, room: usize, ink: &Ink) -> Vec<(Part, String)> {
    let short = match end {
        End::Arrived => 0,
        End::Held { .. } | End::Lost => (room.saturating_sub(width(label) + 4) / 2).min(room / 4),
    };
    let long = room - short;
    let glyphs = ink.glyphs;
    let stroke = if matches!(end, End::Held { .. }) { glyphs.dashed() } else { glyphs.level() };
    let head = match (end == End::Lost, right) {
        (true, _) => 'x',
        (false, true) => glyphs.right(),
        (false, false) => glyphs.left(),
    };
    let strokes = long.saturating_sub(width(label) + 1);
    let (before, behind) = if right {
        (2.min(strokes), strokes - 2.min(strokes))
    } else {
        (1.min(strokes), strokes - 1.min(strokes))
    };
    let line = |count: usize| (Part::Line, stroke.to_string().repeat(count));
    let gap = (Part::Line, " ".repeat(short));
    let label = (Part::Label, label.to_owned());
    let head = (Part::Line, head.to_string());
    if right {
        vec![line(before), label, line(behind), head, gap]
    } else {
        vec![gap, head, line(before), label, line(behind)]
    }
}

/// `seq 0 ack 1 win 65160`, counted from the SYN where the wire saw it.
fn numbers(packet: &Packet) -> Option<String> {
    let segment = packet.segment()?;
    let sequence = segment.relative_sequence.unwrap_or(segment.sequence);
    let mut text = format!("seq {sequence}");
    if segment.flags.has(crate::model::Flags::ACK) {
        let number = segment.relative_acknowledgment.unwrap_or(segment.acknowledgment);
        text.push_str(&format!(" ack {number}"));
    }
    text.push_str(&format!(" win {}", segment.window));
    Some(text)
}

/// The words beside the pane's name: held filters, cut, auto.
pub fn mode(wire: &crate::model::Wire, ink: &Ink) -> Span<'static> {
    if wire.cut {
        ink.span(Role::Bad, ink.words.ui("wire-cut"))
    } else if wire.is_auto() {
        ink.span(Role::Good, ink.words.ui("wire-auto"))
    } else {
        ink.span(Role::Held, ink.words.ui("wire-held"))
    }
}
