//! The pane *backlog*: the SYN queue and the accept queue of each listener.
//!
//! ```text
//!  ─ backlog 3: 2 of 1+1 ───
//!  SYN q    [40003]                  half-open requests, by the client's port
//!  accept q [40001][40002]           whole connections that wait for accept()
//!  FULL
//! ```
//! "2 of 1+1": the kernel counts two, listen() was told 1, and one more fits. Zoomed, the queues
//! are real boxes.

use std::sync::Arc;

use ratatui::text::{Line, Span};

use super::naming::peer_port;
use super::prose::harmless;
use super::section::{Row, Section};
use super::site::Site;
use crate::model::Socket;
use crate::tui::ink::Ink;
use crate::tui::text::{pad, width};
use crate::tui::theme::Role;

/// How many empty places are drawn at most; more are counted.
const EMPTY_SHOWN: usize = 3;
/// Of more listeners than these, queues that did not change may be left out.
const MANY: usize = 2;

/// One section for each listener.
pub fn sections(site: &Site<'_>, large: bool, wide: usize, ink: &Ink) -> Vec<Section> {
    let mut listeners: Vec<_> =
        site.host.sockets.iter().filter(|socket| socket.has_accept_queue()).collect();
    // In the order of the processes and their numbers, as the rows above.
    listeners.sort_by_key(|socket| {
        site.owners(socket).first().map_or((i32::MAX, 0), |owner| (owner.process.pid, owner.fd))
    });
    let each =
        listeners.into_iter().take(8).map(|listener| section(site, listener, large, wide, ink));
    let mut sections: Vec<Section> = each.collect();
    if sections.len() > MANY {
        // They would leave no room for anything else; their names tell the lengths.
        let rows = sections.iter_mut().flat_map(|section| &mut section.rows);
        rows.for_each(|row| (row.kept, row.idle) = (row.changed, !row.changed));
    }
    sections
}

fn section(
    site: &Site<'_>,
    listener: &Arc<Socket>,
    large: bool,
    wide: usize,
    ink: &Ink,
) -> Section {
    let (syn, accept) = (syn_queue(site, listener, wide), accept_queue(site, listener, wide));
    let labels = labels(wide, ink);
    let mut rows = Vec::new();
    // Nothing is half open between two unix sockets.
    let no_syn = usize::from(!listener.kind.is_tcp());
    for (label, (queue, free)) in labels.into_iter().zip([(syn, 0), accept]).skip(no_syn) {
        rows.push(match large {
            true => large_row(label, &queue, free, wide, ink),
            false => row(label, &queue, free, wide, ink),
        });
    }
    let mut title = title(site, listener, wide, ink);
    let full = is_full(listener);
    let word = ink.words.ui("backlog-full");
    if full && width(&title) + width(word) + 6 <= wide {
        title = format!("{title} {word}");
    } else if full {
        rows.push(Row::new(ink.line(Role::Bad, format!(" {word}")), false).kept());
    }
    Section { alarm: full, ..Section::new(title, rows) }
}

/// Whether one more connection would not fit: the kernel takes one above the limit.
pub fn is_full(listener: &Socket) -> bool {
    matches!((listener.recv_q, listener.send_q), (Some(length), Some(limit)) if length > limit)
}

/// `backlog of fd 3: 2 of 1+1`, or shorter.
fn title(site: &Site<'_>, listener: &Socket, wide: usize, ink: &Ink) -> String {
    let owner = site.owners(listener).first();
    let words = &ink.words;
    let counts = listener.recv_q.zip(listener.send_q).map(|(length, limit)| {
        let count = words.ui_with("backlog-count", &[("length", &length), ("limit", &limit)]);
        format!("{}{count}", words.ui("colon"))
    });
    let counts = counts.unwrap_or_default();
    let Some(owner) = owner else {
        // Something else than a number holds it: a message, a mapping.
        let local =
            listener.local.as_ref().map_or("-".to_owned(), |name| harmless(&name.to_string()));
        return format!("{}{counts}", words.ui_with("backlog-short", &[("fd", &local)]));
    };
    let listeners = site.host.sockets.iter().filter(|socket| socket.has_accept_queue());
    let mut owners = listeners.flat_map(|other| site.owners(other)).map(|owner| owner.process);
    let fd = owner.fd;
    if owners.any(|other| other.name != owner.process.name) {
        let name = format!("{} {fd}", owner.process.name);
        let long = format!("{}{counts}", words.ui_with("backlog-short", &[("fd", &name)]));
        return if width(&long) + 4 <= wide { long } else { format!("{name}{counts}") };
    }
    let named = ["backlog-of-fd", "backlog-fd", "backlog-short"]
        .map(|key| format!("{}{counts}", words.ui_with(key, &[("fd", &fd)])));
    let [.., shortest] = &named;
    let fits = named.iter().find(|title| width(title) + 4 <= wide);
    fits.unwrap_or(shortest).clone()
}

/// Half-open requests have no places: the kernel limits them in other ways.
fn syn_queue(site: &Site<'_>, listener: &Arc<Socket>, wide: usize) -> Queue {
    Queue::of(site, site.host.syn_queue(listener), wide)
}

/// The queue, and how many places are free.
fn accept_queue(site: &Site<'_>, listener: &Arc<Socket>, wide: usize) -> (Queue, usize) {
    let mut queue = Queue::of(site, site.host.accept_queue(listener), wide);
    let counted = listener.recv_q.map_or(queue.length, |length| length as usize);
    // A connection that was reset while it waited is counted still and has no row any more.
    for _ in queue.length..counted.min(queue.length + EMPTY_SHOWN) {
        queue.boxes.push(Box { text: "?".to_owned(), changed: false });
    }
    queue.length = queue.length.max(counted);
    let places = listener.send_q.map_or(0, |limit| limit as usize + 1);
    let free = places.saturating_sub(queue.length);
    (queue, free)
}

/// What waits in a queue.
struct Queue {
    /// As many of its connections as may be drawn, in the order in which they came.
    boxes: Vec<Box>,
    /// How many there are.
    length: usize,
    /// This moment changed one of them.
    changed: bool,
}

impl Queue {
    fn of<'a>(
        site: &Site<'_>,
        sockets: impl Iterator<Item = &'a Arc<Socket>>,
        wide: usize,
    ) -> Self {
        let mut queue = Queue { boxes: Vec::new(), length: 0, changed: false };
        for socket in sockets {
            let changed = site.is_changed(socket);
            queue.changed |= changed;
            queue.length += 1;
            // The narrowest box, `[1]`, takes three cells.
            if queue.boxes.len() <= wide / 3 {
                queue.boxes.push(Box { text: peer_port(socket), changed });
            }
        }
        queue
    }
}

/// The names of both queues, short where room is short.
fn labels(wide: usize, ink: &Ink) -> [&str; 2] {
    let words = &ink.words;
    if wide >= 34 {
        [words.ui("syn-queue"), words.ui("accept-queue")]
    } else {
        [words.ui("syn-queue-short"), words.ui("accept-queue-short")]
    }
}

/// One connection of a queue.
struct Box {
    text: String,
    changed: bool,
}

impl Box {
    fn span(&self, ink: &Ink) -> Span<'static> {
        ink.span(ink.fresh(self.changed), format!("[{}]", self.text))
    }

    /// Top, middle and bottom of a box with lines around.
    fn drawn(&self, ink: &Ink) -> [String; 3] {
        let [top_left, top_right, bottom_left, bottom_right] = ink.glyphs.corners();
        let level = ink.glyphs.level().to_string().repeat(width(&self.text) + 2);
        let upright = ink.glyphs.upright();
        [
            format!("{top_left}{level}{top_right}"),
            format!("{upright} {} {upright}", self.text),
            format!("{bottom_left}{level}{bottom_right}"),
        ]
    }
}

/// ` accept q [40001][ ][ ]+3`
fn row(label: &str, queue: &Queue, free: usize, wide: usize, ink: &Ink) -> Row {
    let mut spans = start(label, queue.changed, wide, ink);
    let mut left = wide.saturating_sub(spans.iter().map(|span| width(&span.content)).sum());
    let mut places: Vec<Span<'static>> = queue.boxes.iter().map(|place| place.span(ink)).collect();
    // No free place is drawn before the last taken one; where more are taken than can be drawn,
    // they are counted and nothing of what is free is.
    let taken = queue.length;
    let drawn: usize = places.iter().map(|place| width(&place.content)).sum();
    let crowded = places.len() < taken || drawn > left;
    let total = if crowded { taken } else { taken + free };
    if !crowded {
        places.extend((0..free.min(EMPTY_SHOWN)).map(|_| ink.span(Role::Dim, "[ ]")));
    }
    let more = |count: usize| match (count, crowded) {
        (0, _) => String::new(),
        (_, true) => ink.words.ui_with("backlog-more", &[("count", &count)]),
        (_, false) => format!("+{count}"),
    };
    let mut shown = 0;
    for place in places {
        let behind = total - shown - 1;
        let reserve = width(&more(behind));
        if width(&place.content) + reserve > left {
            break;
        }
        left -= width(&place.content);
        spans.push(place);
        shown += 1;
    }
    if shown < total {
        let role = if crowded { Role::Plain } else { Role::Dim };
        spans.push(ink.span(role, more(total - shown)));
    }
    let idle = queue.length == 0 && !queue.changed;
    Row { kept: !idle, idle, ..Row::new(Line::from(spans), queue.changed) }
}

/// `*accept q `, as wide as the longer of both names.
fn start(label: &str, changed: bool, wide: usize, ink: &Ink) -> Vec<Span<'static>> {
    let column = labels(wide, ink).iter().map(|label| width(label)).max().unwrap_or(0);
    vec![ink.mark(changed), ink.span(Role::Plain, pad(label, column)), " ".into()]
}

/// The same as real boxes, three lines high.
fn large_row(label: &str, queue: &Queue, free: usize, wide: usize, ink: &Ink) -> Row {
    let start = start(label, queue.changed, wide, ink);
    let indent: usize = start.iter().map(|span| width(&span.content)).sum();
    let mut lines = [vec![" ".repeat(indent).into()], start, vec![" ".repeat(indent).into()]];
    let empty = (0..free.min(2 * EMPTY_SHOWN)).map(|_| Box { text: " ".repeat(5), changed: false });
    let (mut left, mut shown) = (wide.saturating_sub(indent + 6), 0);
    for (index, place) in queue.boxes.iter().chain(&empty.collect::<Vec<_>>()).enumerate() {
        let needed = width(&place.text) + 4;
        if needed > left {
            break;
        }
        (left, shown) = (left - needed, shown + 1);
        let role = if index >= queue.boxes.len() { Role::Dim } else { ink.fresh(place.changed) };
        for (line, text) in lines.iter_mut().zip(place.drawn(ink)) {
            line.push(ink.span(role, text));
        }
    }
    if shown < queue.length + free {
        lines[1].push(ink.span(Role::Dim, format!(" +{}", queue.length + free - shown)));
    }
    let [top, middle, bottom] = lines.map(Line::from);
    let mut row = Row::new(top, queue.changed).kept();
    row.push(middle);
    row.push(bottom);
    row
}
