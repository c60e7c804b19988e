//! What an action on lab and wire did, and what became of processes.

use std::collections::HashSet;
use std::time::Duration;

use super::errors;
use super::names::packet_name;
use super::note::{Note, note};
use super::story::{Rank, Story};
use super::wire::seconds;
use crate::model::{
    Action, Cause, Fate, Filter, HostName, Outcome, Ownerless, Packet, ProcessName, ProcessState,
    Signal, Socket, TcpState, TimerKind, Unreachable, WireAction,
};

/// Explains the action of the moment.
pub fn tell(story: &mut Story) {
    match &story.scene.moment.cause {
        Cause::Start => start(story),
        Cause::Statement { process, changed, value, .. } => {
            if !story.scene.process(process).is_some_and(|process| process.is_alive()) {
                return;
            }
            let said = match (changed, value) {
                (true, _) => note!("statement-only", process = process),
                (false, Some(value)) => {
                    note!("statement-value", process = process, value = *value)
                }
                (false, None) => note!("statement-nothing", process = process),
            };
            story.say(Rank::Action, said);
        }
        Cause::Kernel => {}
        Cause::Action(action) => match action {
            Action::Call(_) => {}
            Action::Wire(action) => wire(story, action),
            Action::Spawn { process, host } => {
                let pid = story.scene.after().process(process).map(|p| p.pid);
                let note = note!("spawned", process = process, host = host, pid = pid);
                story.say(Rank::Action, note);
            }
            Action::Run { process, host, command } => {
                let note = note!("run-started", process = process, host = host, command = command);
                story.say(Rank::Action, note);
            }
            Action::Kill { signal, process } => signalled(story, *signal, process),
            Action::Reboot(host) => rebooted(story, host),
            Action::Set { host, key, value } => {
                story.say(Rank::Action, note!("sysctl-set", host = host, key = key, value = value));
            }
            Action::Wait(time) => waited(story, *time),
        },
    }
    if story.scene.moment.untold > 0 {
        story.say(Rank::Aside, note!("packets-untold", count = story.scene.moment.untold));
    }
    if story.scene.moment.unprinted > 0 {
        story.say(Rank::Aside, note!("output-untold", count = story.scene.moment.unprinted));
    }
    if story.scene.moment.unsettled {
        story.say(Rank::Aside, note!("unsettled"));
    }
}

fn start(story: &mut Story) {
    let after = story.scene.after();
    let hosts: Vec<String> = after.hosts.iter().map(|host| host.name.to_string()).collect();
    let processes: Vec<String> = after.processes.iter().map(|p| p.name.to_string()).collect();
    let sockets: usize = after.hosts.iter().map(|host| host.sockets.len()).sum();
    let note = if sockets == 0 {
        note!("lab-started", hosts = hosts, processes = processes)
    } else {
        note!("lab-again", hosts = hosts, processes = processes, count = sockets)
    };
    story.say(Rank::Action, note);
}

fn wire(story: &mut Story, action: &WireAction) {
    let scene = &story.scene;
    let first = |fate| scene.first_with(fate).cloned();
    let said = match action {
        WireAction::Hold(filter) if *filter == Filter::any() => note!("wire-hold-all"),
        WireAction::Hold(filter) => note!("wire-hold", filter = filter.to_string()),
        WireAction::Auto => match delivered(story) {
            (0, _) => note!("wire-auto"),
            (count, 0) => note!("wire-auto-delivers", count = count),
            (count, more) => note!("wire-auto-delivers-more", count = count, more = more),
        },
        WireAction::DeliverAll => match delivered(story) {
            (0, _) => note!("wire-deliver-none"),
            (count, 0) => note!("wire-deliver-all", count = count),
            (count, more) => note!("wire-deliver-all-more", count = count, more = more),
        },
        WireAction::Deliver(_) => {
            let Some(packet) = first(Fate::Delivered) else { return };
            let name = packet_name(&packet);
            if story.mentions(&name) {
                return;
            }
            note!("wire-delivered", packet = name, host = packet.to.as_ref())
        }
        WireAction::Duplicate(_) => {
            let Some(packet) = first(Fate::Duplicated) else { return };
            note!("wire-duplicated", packet = packet_name(&packet), host = packet.to.as_ref())
        }
        WireAction::Drop(_) => {
            let Some(packet) = first(Fate::Dropped) else { return };
            return dropped(story, &packet);
        }
        WireAction::Swap => note!("wire-swapped"),
        WireAction::Cut => note!("wire-cut"),
        WireAction::Mend => note!("wire-mended"),
        WireAction::Unreachable(kind) => {
            let Some(packet) = first(Fate::Unreachable) else { return };
            let what = match kind {
                Unreachable::Net => note!("icmp-net"),
                Unreachable::Host => note!("icmp-host"),
                Unreachable::Port => note!("icmp-port"),
            };
            note!("wire-icmp", packet = packet_name(&packet), what = what)
        }
    };
    story.say(Rank::Action, said);
}

/// How many packets that were held went over the wire, and how many others after them, those of a
/// flood that are only counted among these.
fn delivered(story: &Story) -> (u64, u64) {
    let held: HashSet<u64> =
        story.scene.before.wire.held.iter().map(|held| held.packet.number).collect();
    let (old, fresh): (Vec<_>, Vec<_>) =
        story.scene.arrivals().partition(|packet| held.contains(&packet.number));
    let count = |packets: &[_]| u64::try_from(packets.len()).unwrap_or(u64::MAX);
    (count(&old), count(&fresh).saturating_add(story.scene.moment.untold))
}

/// A packet was thrown away by hand: who will notice, and when.
fn dropped(story: &mut Story, packet: &Packet) {
    let scene = &story.scene;
    let name = packet_name(packet);
    let sender = packet.segment().and_then(|segment| {
        let host = scene.after().host(packet.from.as_ref()?)?;
        let ends = Some((segment.source, segment.destination));
        let row = host.sockets.iter().find(|row| row.ends() == ends)?;
        let timer = row.timer.filter(|timer| timer.kind == TimerKind::Retransmit)?;
        Some((scene.name(&host.name, row), seconds(timer.left_ms)))
    });
    let said = match sender {
        Some((socket, left)) => {
            note!("wire-dropped-timer", packet = name, socket = socket, seconds = left)
        }
        None => note!("wire-dropped", packet = name),
    };
    story.say(Rank::Action, said);
}

/// A signal was sent to a process.
fn signalled(story: &mut Story, signal: Signal, process: &ProcessName) {
    // A handler that began tells more.
    if story.scene.moment.signals.iter().any(|caught| caught.process == *process) {
        return;
    }
    let state = story.scene.after().process(process).map(|p| &p.state);
    let said = match state {
        Some(ProcessState::Dead(_)) => return,
        Some(ProcessState::Stopped) => {
            note!("signal-stopped", process = process, signal = signal)
        }
        Some(ProcessState::Ready | ProcessState::InCall { .. } | ProcessState::Running) | None => {
            note!("signal-sent", process = process, signal = signal)
        }
    };
    story.say(Rank::Action, said);
}

/// A host started anew; the others know nothing of it.
fn rebooted(story: &mut Story, host: &HostName) {
    story.say(Rank::Action, note!("rebooted", host = host));
    let after = story.scene.after();
    let Some(rebooted) = after.host(host) else { return };
    let unaware: usize = after
        .hosts
        .iter()
        .filter(|other| other.name != *host)
        .flat_map(|other| &other.sockets)
        .filter(|socket| {
            let peer = socket.peer.as_ref().and_then(|peer| peer.ip());
            socket.kind.is_tcp()
                && socket.state == Some(TcpState::Established)
                && peer.is_some_and(|ip| rebooted.addresses.contains(&ip.to_canonical()))
        })
        .count();
    if unaware > 0 {
        story.say(Rank::Surprise, note!("reboot-unnoticed", host = host, count = unaware));
    }
}

/// Time passed and nothing happened.
fn waited(story: &mut Story, time: Duration) {
    let moment = story.scene.moment;
    let nothing =
        moment.passages.is_empty() && moment.changes.is_empty() && moment.reports.is_empty();
    if nothing && time.is_zero() {
        // What a lesson waits for may have come before anybody waited.
        story.say(Rank::Action, note!("nothing-new"));
    } else if nothing {
        let milliseconds = u32::try_from(time.as_millis()).unwrap_or(u32::MAX);
        let note = note!("quiet", seconds = seconds(milliseconds));
        story.say(Rank::Action, note);
    }
}

/// Explains the processes that ended in this moment.
pub fn deaths(story: &mut Story) {
    // What a reboot ends, the words of the reboot say: nothing is closed, and nobody is told.
    if let Cause::Action(Action::Reboot(_)) = story.scene.moment.cause {
        return;
    }
    let deaths: Vec<_> = story.scene.deaths().collect();
    for (name, outcome) in deaths {
        let report = story.scene.moment.reports.iter().rev().find(|r| r.call.process == *name);
        let open = story.scene.before.process(name).map_or(0, |process| process.fds.len());
        match outcome {
            Outcome::Killed(signal) => {
                let broken = signal.name() == Some("SIGPIPE");
                match report.filter(|_| broken) {
                    Some(report) => {
                        let case = super::case::Case::new(&story.scene, report);
                        let call = case.call();
                        story.say(Rank::Death, note!("death-sigpipe", process = name, call = call));
                        let why: Note = errors::pipe(story, &case);
                        story.say(Rank::Death, why);
                    }
                    None => {
                        let note = note!("death-signal", process = name, signal = *signal);
                        story.say(Rank::Death, note);
                    }
                }
            }
            Outcome::Exited(status) => {
                story.say(Rank::Call, note!("death-exit", process = name, status = *status));
            }
            Outcome::Returned(_) | Outcome::Failed(_) | Outcome::Blocked => {
                story.say(Rank::Death, note!("death-unseen", process = name));
            }
        }
        if open > 0 {
            story.say(Rank::Owner, note!("death-closes", process = name, count = open));
        }
    }
}

/// Sockets that live on without an fd.
pub fn orphans(story: &mut Story) {
    let left = |from: &Socket, to: &Socket| {
        to.ownerless == Some(Ownerless::Orphan) && from.ownerless.is_none()
    };
    let found: Vec<(String, Option<TcpState>)> = story
        .scene
        .changed()
        .filter(|(_, from, to)| left(from, to))
        .map(|(host, _, to)| (story.scene.name(host, to), to.state))
        .collect();
    let count = found.len();
    if let Some((socket, state)) = found.into_iter().next() {
        story.say(
            Rank::Owner,
            if count == 1 {
                note!("orphan", socket = socket, state = state)
            } else {
                note!("orphans", count = count)
            },
        );
    }
}
