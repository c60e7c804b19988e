//! What one run of a lesson has shown.

use std::collections::btree_map::Entry as Place;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::data::{Dispatch, dispatch};
use super::reach;
use crate::lesson::{Fact, Lesson};
use crate::model::{Errno, Host, Outcome, ProcessState, Report, Snapshot, Syscall, TcpState};
use crate::session::entry::{Entry, Verdict};

/// What one run of a lesson has shown, each with the first step that shows it. Where the lesson
/// expects it, that is the step where the expectation stands: a timer may ring a step sooner or
/// later, an expectation stands.
#[derive(Debug)]
pub struct Seen {
    dispatch: Dispatch,
    /// By the snapshots alone.
    read: BTreeMap<TcpState, usize>,
    /// By expectations that held.
    expected: BTreeMap<TcpState, usize>,
    /// The last call that failed with an error, while no expectation has named it; `None`: that
    /// call has failed so before.
    open: BTreeMap<Errno, Option<Syscall>>,
    /// Steps in which the kernel disagreed.
    disagreed: BTreeSet<usize>,
    pub(super) calls: BTreeMap<(Syscall, String), usize>,
    pub(super) errnos: BTreeMap<(Syscall, Errno), usize>,
    pub(super) answers: BTreeMap<u32, usize>,
    pub(super) cells: BTreeMap<(usize, usize), (usize, Outcome)>,
}

impl Seen {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            dispatch: dispatch(),
            read: BTreeMap::new(),
            expected: BTreeMap::new(),
            open: BTreeMap::new(),
            disagreed: BTreeSet::new(),
            calls: BTreeMap::new(),
            errnos: BTreeMap::new(),
            answers: BTreeMap::new(),
            cells: BTreeMap::new(),
        }
    }

    /// Adds one entry of the run, the one before it being `before`.
    pub fn take(&mut self, before: Option<&Entry>, entry: &Entry, lesson: &Lesson) {
        let Some(index) = entry.step else { return };
        let step = lesson.number_of(index) + 1;
        let earlier = before.map(|before| &before.moment.snapshot);
        let now = &entry.moment.snapshot;
        self.states_of(now, step);
        for report in entry.moment.reports.iter().filter(|report| report.outcome.is_over()) {
            let call = (report.call.syscall, report.call.typed.clone());
            self.calls.entry(call).or_insert(step);
            self.failure(earlier, report, step);
            self.functions([earlier, Some(now)], report, step);
        }
        for verdict in &entry.verdicts {
            if verdict.held {
                self.held(verdict, lesson, step);
            } else {
                self.disagreed.insert(index);
            }
        }
    }

    /// The run is over: the misconceptions that it put right are those whose steps were done and
    /// with which the kernel agreed.
    pub fn finish(&mut self, lesson: &Lesson) {
        for (index, step) in lesson.steps.iter().enumerate() {
            let last = lesson.joined_from(index).last().map_or(index, |(last, _)| last);
            let judged = step.question.as_ref().map_or(last, |question| question.judged.max(last));
            if self.disagreed.range(index..=judged).next().is_some() {
                continue;
            }
            for answer in &step.answers {
                let number = lesson.number_of(judged) + 1;
                self.answers.entry(answer.number).or_insert(number);
            }
        }
    }

    /// The states that were read, each with its step: where one is expected, if it ever is.
    pub(super) fn states(&self) -> impl Iterator<Item = (TcpState, usize)> {
        let of = |(state, step): (&TcpState, &usize)| {
            (*state, self.expected.get(state).copied().unwrap_or(*step))
        };
        self.read.iter().map(of)
    }

    fn states_of(&mut self, snapshot: &Snapshot, step: usize) {
        // Where a command runs, chance decides in which states its own sockets are met.
        let at_rest = |host: &&Arc<Host>| {
            !snapshot.on_host(&host.name).any(|process| process.state == ProcessState::Running)
        };
        let sockets = snapshot.hosts.iter().filter(at_rest).flat_map(|host| &host.sockets);
        for state in sockets.filter(|socket| socket.kind.is_tcp()).filter_map(|s| s.state) {
            self.read.entry(state).or_insert(step);
        }
    }

    fn failure(&mut self, earlier: Option<&Arc<Snapshot>>, report: &Report, step: usize) {
        let Outcome::Failed(errno) = report.outcome else { return };
        // That a pipe's write() fails says nothing of sockets; that a file is none does.
        let other = reach::is_other_file(earlier, report);
        if other && Errno::from_name("ENOTSOCK") != Some(errno) {
            return;
        }
        let syscall = report.call.syscall;
        let first = match self.errnos.entry((syscall, errno)) {
            Place::Vacant(place) => {
                place.insert(step);
                Some(syscall)
            }
            Place::Occupied(_) => None,
        };
        self.open.insert(errno, first);
    }

    fn functions(&mut self, snapshots: [Option<&Arc<Snapshot>>; 2], report: &Report, step: usize) {
        let mut asked: Vec<_> = reach::ops(report)
            .into_iter()
            .filter_map(|(op, fd)| Some((op, reach::kind_of(snapshots, report, fd)?)))
            .collect();
        if report.call.syscall == Syscall::Socketpair {
            asked.extend(reach::pair(report).map(|kind| ("socketpair", kind)));
        }
        for (name, kind) in asked {
            let row = self.dispatch.op.iter().position(|op| op.name == name);
            let Some((row, column)) = row.zip(reach::column(kind)) else { continue };
            let Some(cell) = self.dispatch.op[row].cells().nth(column) else { continue };
            let shows = match &report.outcome {
                Outcome::Failed(errno) => cell.errno == Some(*errno),
                Outcome::Returned(_) => cell.works(),
                Outcome::Blocked | Outcome::Killed(_) | Outcome::Exited(_) => false,
            };
            if shows {
                let shown = (step, report.outcome.clone());
                self.cells.entry((row, column)).or_insert(shown);
            }
        }
    }

    /// An expectation held: what it names was shown in this step.
    fn held(&mut self, verdict: &Verdict, lesson: &Lesson, step: usize) {
        let at = |line: usize, column: usize| (line, column) == (verdict.line, verdict.column);
        let mut checks = lesson.steps.iter().flat_map(|step| &step.checks);
        let check = checks.find(|check| at(check.place.line, check.place.column));
        if let Some(state) = check.and_then(|check| state_in(&check.fact)) {
            self.expected.entry(state).or_insert(step);
        }
        if let Some(errno) = check.and_then(|c| errno_in(&c.fact)).or_else(|| failed(verdict)) {
            // It speaks of the last call that failed so.
            if let Some(Some(syscall)) = self.open.remove(&errno) {
                self.errnos.insert((syscall, errno), step);
            }
        }
    }
}

impl Default for Seen {
    fn default() -> Self {
        Self::new()
    }
}

/// The error in an outcome as a verdict writes it: `= -1 EBADF`.
fn failed(verdict: &Verdict) -> Option<Errno> {
    Errno::from_name(verdict.what.strip_prefix("= -1 ")?)
}

/// The state that a fact says there is.
fn state_in(fact: &Fact) -> Option<TcpState> {
    match fact {
        Fact::State { state, .. } | Fact::Has { state, count: 1.., .. } => Some(*state),
        Fact::Queue { .. } => Some(TcpState::Listen),
        Fact::Has { count: 0, .. }
        | Fact::Not(_)
        | Fact::Closed { .. }
        | Fact::Recv { .. }
        | Fact::Send { .. }
        | Fact::In { .. }
        | Fact::Returned { .. }
        | Fact::Failed { .. }
        | Fact::Killed { .. }
        | Fact::Exited { .. }
        | Fact::C { .. }
        | Fact::Counts { .. }
        | Fact::Holds { .. }
        | Fact::WireEmpty => None,
    }
}

/// The error that a fact says a call came back with.
fn errno_in(fact: &Fact) -> Option<Errno> {
    match fact {
        Fact::Failed { errno, .. } => Some(*errno),
        Fact::State { .. }
        | Fact::Has { .. }
        | Fact::Queue { .. }
        | Fact::Not(_)
        | Fact::Closed { .. }
        | Fact::Recv { .. }
        | Fact::Send { .. }
        | Fact::In { .. }
        | Fact::Returned { .. }
        | Fact::Killed { .. }
        | Fact::Exited { .. }
        | Fact::C { .. }
        | Fact::Counts { .. }
        | Fact::Holds { .. }
        | Fact::WireEmpty => None,
    }
}
