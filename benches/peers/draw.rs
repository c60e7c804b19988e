//! Drawing a page at 200×60 while 4,096 connections wait in a listener's queues, against the same
//! page with 4 of them. The newest of a thousand moments is drawn as the screen draws it: panes,
//! marks of what changed, explanations. What ratatui then writes to the terminal depends on the
//! screen alone.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use sockstep::model::{
    Action, Address, Cause, Family, Fd, File, Host, Kind, LabSpec, Lang, Moment, Ownerless,
    Process, ProcessState, Rung, Snapshot, Socket, TcpState, changes,
};
use sockstep::session::{Entry, Mode, Origin, Timeline};
use sockstep::tui::{Ink, Page, draw_page};

use crate::Skipped;
use crate::measure::{Race, seconds, time};

const AREA: Rect = Rect { x: 0, y: 0, width: 200, height: 60 };

/// Frames in one measurement.
const FRAMES: u32 = 20;

/// The figure.
pub fn run_figure() -> Result<(), Skipped> {
    let (few, many) = (Scene::new(4, 1_000), Scene::new(4_096, 1_000));
    Race::run(
        ("a frame, 4,096 queued", "with 4 queued"),
        seconds,
        30,
        || Ok(many.draw()),
        || Ok(few.draw()),
    )?
    .print(None);
    let early = Scene::new(4_096, 10);
    Race::run(
        ("a frame, 4,096 queued, moment 1,000", "moment 10"),
        seconds,
        30,
        || Ok(many.draw()),
        || Ok(early.draw()),
    )?
    .print(None);
    Ok(())
}

/// A timeline with a full listener; one connection more came with each moment.
struct Scene {
    timeline: Timeline,
    ink: Ink,
}

impl Scene {
    fn new(queued: u16, moments: usize) -> Self {
        let mut snapshot = Arc::new(snapshot(Duration::ZERO, &rows(queued)));
        let mut entries = vec![entry(Cause::Start, &Snapshot::default(), &snapshot)];
        let mut rows = rows(queued);
        for number in 1..moments {
            let place = number % usize::from(queued) + 1;
            let mut row = (*rows[place]).clone();
            row.recv_q = row.recv_q.map(|bytes| bytes + 1);
            rows[place] = Arc::new(row);
            let at = Duration::from_millis(number as u64);
            let next = Arc::new(self::snapshot(at, &rows));
            let cause = Cause::Action(Action::Wait(Duration::from_millis(1)));
            entries.push(entry(cause, &snapshot, &next));
            snapshot = next;
        }
        Self { timeline: entries.into_iter().collect(), ink: Ink::new(Lang::En) }
    }

    /// Draws the newest page; how long one frame took, in seconds.
    fn draw(&self) -> f64 {
        let page = Page {
            timeline: &self.timeline,
            cursor: self.timeline.len() - 1,
            lesson: None,
            next: None,
            next_index: 0,
            step: (0, 0),
            rung: Rung::Wire,
            mode: Mode::Free,
            live: true,
            since: 0,
            now: None,
            due: None,
            waiting: None,
            difference: None,
            asking: None,
            question_ahead: false,
            walks: false,
            walker: None,
            halted: None,
            able: 0,
            notice: None,
        };
        let mut buffer = Buffer::empty(AREA);
        let (taken, ()) = time(|| {
            for _ in 0..FRAMES {
                buffer.reset();
                draw_page(&page, None, 0, AREA, &mut buffer, &self.ink);
            }
        });
        taken / f64::from(FRAMES)
    }
}

fn entry(cause: Cause, before: &Snapshot, after: &Arc<Snapshot>) -> Arc<Entry> {
    Arc::new(Entry {
        moment: Arc::new(Moment {
            cause,
            at: after.at,
            reports: Vec::new(),
            passages: Vec::new(),
            untold: 0,
            changes: changes(before, after),
            snapshot: after.clone(),
            printed: Vec::new(),
            signals: Vec::new(),
            unprinted: 0,
            unsettled: false,
        }),
        origin: Origin::Hand,
        step: None,
        verdicts: Vec::new(),
        bets: Vec::new(),
        variables: Arc::default(),
        printed: sockstep::session::Printout::default(),
        printed_before: 0,
        value: None,
        concluded: false,
    })
}

fn snapshot(at: Duration, sockets: &[Arc<Socket>]) -> Snapshot {
    let spec = LabSpec::two_hosts();
    let hosts = spec.hosts.iter().map(|host| {
        let server = host.name.as_str() == "server";
        Arc::new(Host {
            name: host.name.clone(),
            addresses: vec![host.v4.into()],
            boots: 0,
            sockets: if server { sockets.to_vec() } else { Vec::new() },
            counters: Arc::default(),
        })
    });
    let processes = spec.processes.iter().map(|process| {
        let listener = Fd {
            number: 3,
            file: File::Socket(1),
            cloexec: false,
            nonblock: false,
            watches: Vec::new(),
        };
        let server = process.name.as_str() == "server";
        Arc::new(Process {
            name: process.name.clone(),
            host: process.host.clone(),
            pid: 2,
            outer_pid: if server { 2 } else { 3 },
            parent: None,
            state: ProcessState::Ready,
            fds: if server { vec![Arc::new(listener)] } else { Vec::new() },
            handling: Vec::new(),
            standard: true,
            stopped_in: None,
        })
    });
    Snapshot { at, hosts: hosts.collect(), processes: processes.collect(), wire: Arc::default() }
}

/// A listener, and connections in its queues: three whole ones for each half-open one.
fn rows(queued: u16) -> Vec<Arc<Socket>> {
    let server = |port| Address::Inet(SocketAddr::new(Ipv4Addr::new(198, 51, 100, 1).into(), port));
    let client = |port| Address::Inet(SocketAddr::new(Ipv4Addr::new(198, 51, 100, 2).into(), port));
    let row = |state, ownerless, peer: Option<Address>| Socket {
        kind: Kind { family: Family::Inet, kind: 1, protocol: 6 },
        state: Some(state),
        local: Some(server(8080)),
        recv_q: Some(if peer.is_some() { 0 } else { u32::from(queued) }),
        send_q: Some(if peer.is_some() { 0 } else { 4_096 }),
        inode: u64::from(peer.is_none()),
        cookie: peer.as_ref().and_then(Address::port).unwrap_or(1).into(),
        peer: Some(peer.unwrap_or_else(|| client(0))),
        timer: None,
        ownerless,
        shutdown: None,
        v6only: None,
        partner: None,
        reuse: None,
        tcp: None,
        memory: None,
    };
    let listener = row(TcpState::Listen, None, None);
    let waiting = (0..queued).map(|number| {
        let (state, place) = match number % 4 {
            0 => (TcpState::SynRecv, Ownerless::SynQueue),
            _ => (TcpState::Established, Ownerless::AcceptQueue),
        };
        row(state, Some(place), Some(client(40_001 + number)))
    });
    std::iter::once(listener).chain(waiting).map(Arc::new).collect()
}
