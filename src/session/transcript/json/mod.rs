//! The json lines of `sockstep run --format json`, one object each; see docs/formats.md.

mod line;

use std::time::Duration;

use line::{Came, Choice, Line};

use super::{fate, snapshot_before, strace::lines_of};
use crate::lesson::Lesson;
use crate::model::{
    Address, Body, Caught, Change, Flags, Host, Outcome, Packet, Passage, ProcessState, Report,
    Said, Snapshot, Socket, Transition, harmless_json,
};
use crate::session::entry::{Bet, Entry, Verdict};

/// What an entry adds, in the order in which a reader wants it: the step, its calls, processes
/// that were born or died, packets, states, queues, what was printed, what was too
/// much to tell, facts, bets.
pub fn lines(before: Option<&Entry>, entry: &Entry, lesson: Option<&Lesson>) -> Vec<String> {
    let moment = &entry.moment;
    let (snapshot, earlier) = (&*moment.snapshot, snapshot_before(before));
    let step = entry.step.map(|step| number(step, lesson));
    let at_ms = millis(moment.at);
    let mut lines: Vec<Line<'_>> = Vec::new();
    lines.extend(begun(before, entry, lesson));
    let (said_before, said_after) = entry.printed_parts();
    let says = |text| (!str::is_empty(text)).then_some(Line::Printed { step, text });
    lines.extend(says(said_before));
    lines.extend(moment.reports.iter().map(|report| call(step, at_ms, snapshot, report)));
    lines.extend(moment.signals.iter().map(|caught| signal(step, at_ms, snapshot, caught)));
    lines.extend(moment.changes.iter().filter_map(|change| process(step, snapshot, change)));
    lines.extend(moment.passages.iter().map(|passage| packet(step, passage)));
    let states = moment.changes.iter().filter_map(Change::transition);
    lines.extend(states.map(|change| state(step, at_ms, snapshot, change)));
    lines.extend(queues(step, earlier, snapshot));
    lines.extend(says(said_after));
    let output = lines_of(&moment.printed).into_iter();
    lines.extend(output.map(|text| Line::Output { step, text }));
    let (packets, bytes) = (moment.untold, moment.unprinted);
    if packets > 0 || bytes > 0 {
        lines.push(Line::More { step, packets, bytes });
    }
    lines.extend(entry.verdicts.iter().map(|verdict| fact(step, verdict)));
    lines.extend(entry.bets.iter().map(|one| bet(one, lesson)));
    lines.iter().map(written).collect()
}

/// The last line: how many steps were done, how many expectations held and how many did not, and
/// what ended the run before its time.
pub fn end(steps: usize, passed: usize, failed: usize, error: Option<&str>) -> String {
    written(&Line::End { steps, passed, failed, error })
}

fn written(line: &Line<'_>) -> String {
    harmless_json(serde_json::to_string(line).expect("plain data with string keys"))
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// A step that begins with this entry.
fn begun<'a>(
    before: Option<&Entry>,
    entry: &Entry,
    lesson: Option<&'a Lesson>,
) -> Option<Line<'a>> {
    let lesson = lesson?;
    let number_of = |entry: &Entry| entry.step.map(|index| lesson.number_of(index));
    let index = entry.step.filter(|_| before.and_then(number_of) != number_of(entry))?;
    let step = lesson.steps.get(index)?;
    let scene = step.scene.and_then(|scene| lesson.scenes.get(scene));
    let scene = scene.map(|scene| scene.title.as_str());
    let (step, code) = (lesson.number_of(index) + 1, lesson.code_from(index));
    Some(Line::Step { step, of: lesson.count(), scene, code })
}

fn call<'a>(
    step: Option<usize>,
    at_ms: u64,
    snapshot: &'a Snapshot,
    report: &'a Report,
) -> Line<'a> {
    let call = &report.call;
    let args = call.shown.iter().enumerate().map(|(at, shown)| {
        let written = report.written.iter().find(|(position, _)| *position == at);
        written.map_or(shown.as_str(), |(_, text)| text.as_str())
    });
    Line::Call {
        step,
        at_ms,
        host: snapshot.process(&call.process).map(|process| process.host.as_str()),
        process: call.process.as_str(),
        pid: report.pid,
        code: &call.code,
        syscall: call.syscall.name(),
        args: args.collect(),
        outcome: match &report.outcome {
            Outcome::Returned(value) => Came::Returned(*value),
            Outcome::Failed(errno) => Came::Errno(errno.to_string()),
            Outcome::Blocked => Came::Blocked(&call.typed),
            Outcome::Killed(signal) => Came::Killed(signal.to_string()),
            Outcome::Exited(status) => Came::Exited(*status),
        },
    }
}

fn signal<'a>(
    step: Option<usize>,
    at_ms: u64,
    snapshot: &'a Snapshot,
    caught: &'a Caught,
) -> Line<'a> {
    Line::Signal {
        step,
        at_ms,
        host: snapshot.process(&caught.process).map(|process| process.host.as_str()),
        process: caught.process.as_str(),
        pid: caught.pid,
        signal: caught.signal.to_string(),
        handler: &caught.handler,
        info: caught.info(),
        restart: caught.restarts(),
        during: caught.during.as_ref().map(|call| call.typed.as_str()),
    }
}

fn process<'a>(
    step: Option<usize>,
    snapshot: &'a Snapshot,
    change: &'a Change,
) -> Option<Line<'a>> {
    let (name, is) = match change {
        Change::ProcessBorn { process } => (process, "born".to_owned()),
        Change::ProcessState { process, to, .. } => match to {
            ProcessState::Dead(outcome) => (process, outcome.to_string()),
            ProcessState::Stopped => (process, "stopped".to_owned()),
            ProcessState::Ready | ProcessState::InCall { .. } | ProcessState::Running => {
                return None;
            }
        },
        Change::FdOpened { .. }
        | Change::FdClosed { .. }
        | Change::FdChanged { .. }
        | Change::SocketNew { .. }
        | Change::SocketGone { .. }
        | Change::SocketChanged { .. }
        | Change::Counter { .. }
        | Change::Rebooted { .. } => return None,
    };
    let found = snapshot.process(name)?;
    let (host, process) = (found.host.as_str(), name.as_str());
    Some(Line::Process { step, host, process, pid: found.pid, is })
}

fn packet(step: Option<usize>, passage: &Passage) -> Line<'_> {
    let packet: &Packet = &passage.packet;
    let segment = packet.segment();
    let acks = segment.filter(|segment| segment.flags.has(Flags::ACK));
    let (protocol, from, to) = match &packet.body {
        Body::Tcp(s) => ("tcp", Some(s.source.to_string()), Some(s.destination.to_string())),
        Body::Udp { source, destination, .. } => {
            ("udp", Some(source.to_string()), Some(destination.to_string()))
        }
        Body::Icmp { source, destination, v6, .. } => {
            let name = if *v6 { "icmp6" } else { "icmp" };
            (name, Some(source.to_string()), Some(destination.to_string()))
        }
        Body::Other { .. } => ("other", None, None),
    };
    Line::Packet {
        step,
        at_ms: millis(packet.at),
        protocol,
        from,
        to,
        flags: segment.map(|segment| segment.flags.to_string()),
        seq: segment.map(|segment| segment.sequence),
        ack: acks.map(|segment| segment.acknowledgment),
        relative_seq: segment.and_then(|segment| segment.relative_sequence),
        relative_ack: acks.and_then(|segment| segment.relative_acknowledgment),
        len: packet.length(),
        from_host: packet.from.as_ref().map(|host| host.as_str()),
        to_host: packet.to.as_ref().map(|host| host.as_str()),
        fate: fate(passage.fate),
    }
}

/// The first process and fd that stand for a socket.
fn owner<'a>(snapshot: &'a Snapshot, socket: &Socket) -> (Option<&'a str>, Option<i32>) {
    let owner = snapshot.owners(socket.inode).find(|_| socket.inode != 0);
    owner.map_or((None, None), |(process, fd)| (Some(process.name.as_str()), Some(fd.number)))
}

fn named(address: Option<&Address>) -> Option<String> {
    address.filter(|address| address.port() != Some(0)).map(ToString::to_string)
}

fn state<'a>(
    step: Option<usize>,
    at_ms: u64,
    snapshot: &'a Snapshot,
    change: Transition<'a>,
) -> Line<'a> {
    let (process, fd) = owner(snapshot, change.socket);
    Line::State {
        step,
        at_ms,
        host: change.host.as_str(),
        process,
        fd,
        local: named(change.socket.local.as_ref()),
        peer: named(change.socket.peer.as_ref()),
        from: change.from.map(|state| state.name()),
        to: change.to.map(|state| state.name()),
    }
}

/// The listeners whose queues are new or changed.
fn queues<'a>(
    step: Option<usize>,
    before: Option<&Snapshot>,
    snapshot: &'a Snapshot,
) -> Vec<Line<'a>> {
    let lengths = |host: &Host, socket: &Socket| {
        (socket.recv_q, socket.send_q, host.syn_queue(socket).count())
    };
    let mut lines = Vec::new();
    for host in &snapshot.hosts {
        let earlier = before.and_then(|before| before.host(&host.name));
        if earlier.is_some_and(|earlier| std::sync::Arc::ptr_eq(earlier, host)) {
            continue;
        }
        for socket in host.sockets.iter().filter(|socket| socket.is_listener()) {
            let now = lengths(host, socket);
            let old = earlier.and_then(|earlier| {
                let same = earlier.sockets.iter().find(|old| {
                    old.is_listener() && (old.inode, old.cookie) == (socket.inode, socket.cookie)
                })?;
                Some(lengths(earlier, same))
            });
            if old == Some(now) {
                continue;
            }
            let (process, fd) = owner(snapshot, socket);
            lines.push(Line::Queue {
                step,
                host: host.name.as_str(),
                process,
                fd,
                local: named(socket.local.as_ref()),
                accept_len: now.0,
                accept_limit: now.1,
                syn_len: now.2,
            });
        }
    }
    lines
}

fn fact(step: Option<usize>, verdict: &Verdict) -> Line<'_> {
    Line::Fact {
        step,
        what: &verdict.what,
        held: verdict.held,
        kernel: verdict.kernel.to_string(),
        reason: verdict.reason.as_ref().map(Said::to_string),
        line: verdict.line,
        column: verdict.column,
    }
}

/// The learner's number of the step at this index.
fn number(index: usize, lesson: Option<&Lesson>) -> usize {
    lesson.map_or(index, |lesson| lesson.number_of(index)) + 1
}

fn bet<'a>(bet: &'a Bet, lesson: Option<&Lesson>) -> Line<'a> {
    let choices = bet.choices.iter();
    Line::Bet {
        step: number(bet.step, lesson),
        choices: choices.map(|c| Choice { fact: &c.fact, words: &c.words }).collect(),
        chosen: bet.chosen.map(|chosen| chosen + 1),
        truth: bet.truth + 1,
    }
}
