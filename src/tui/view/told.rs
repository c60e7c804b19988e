//! Lab lines, facts and what is awaited, in words instead of the lesson's notation.

use super::prose::harmless;
use crate::explain::Words;
use crate::lesson::{Fact, LabLine};
use crate::model::{Filter, Outcome, PacketKind, ProcessName, Signal, Unreachable, WireAction};
use crate::session::{Awaited, Obstacle, Refusal};

/// What a lab line will do: `hold SYN` is `the wire holds every SYN packet`.
pub fn lab_line(line: &LabLine, words: &Words) -> String {
    match line {
        LabLine::Wire(action) => wire(action, words),
        LabLine::Spawn { process, host } => {
            words.ui_with("told-spawn", &[("process", process), ("host", host)])
        }
        LabLine::Run { host, command, .. } => {
            words.ui_with("told-run", &[("host", host), ("command", &harmless(command))])
        }
        LabLine::Kill { signal: Signal::STOP, process } => {
            words.ui_with("told-stop", &[("process", process)])
        }
        LabLine::Kill { signal: Signal::CONT, process } => {
            words.ui_with("told-continue", &[("process", process)])
        }
        LabLine::Kill { signal, process } => {
            words.ui_with("told-kill", &[("signal", signal), ("process", process)])
        }
        LabLine::Reboot(host) => words.ui_with("told-reboot", &[("host", host)]),
        LabLine::Set { host, key, value } => {
            let (key, value) = (harmless(key), harmless(value));
            words.ui_with("told-set", &[("host", host), ("key", &key), ("value", &value)])
        }
        LabLine::Mark(mark) => words.ui_with("told-mark", &[("mark", &harmless(mark))]),
        LabLine::Again { .. } => words.ui("told-again").to_owned(),
        LabLine::Step { process, until: None } => {
            words.ui_with("told-step", &[("process", process)])
        }
        LabLine::Step { process, until: Some(call) } => {
            words.ui_with("told-step-until", &[("process", process), ("call", &harmless(call))])
        }
        LabLine::Wait(time) => words.ui_with("told-wait", &[("time", &time.as_secs_f64())]),
        LabLine::WaitFor { fact: awaited, .. } => {
            words.ui_with("told-wait-for", &[("fact", &fact(awaited, words))])
        }
    }
}

fn wire(action: &WireAction, words: &Words) -> String {
    let with = |key, filter| {
        let packet = packets(filter, false, words);
        words.ui_with(key, &[("packet", &packet)])
    };
    match action {
        WireAction::Hold(filter) => with("told-hold", filter),
        WireAction::Auto => words.ui("told-auto").to_owned(),
        WireAction::Deliver(filter) => with("told-deliver", filter),
        WireAction::DeliverAll => words.ui("told-deliver-all").to_owned(),
        WireAction::Drop(filter) => with("told-drop", filter),
        WireAction::Duplicate(filter) => with("told-duplicate", filter),
        WireAction::Swap => words.ui("told-swap").to_owned(),
        WireAction::Cut => words.ui("told-cut").to_owned(),
        WireAction::Mend => words.ui("told-mend").to_owned(),
        WireAction::Unreachable(Unreachable::Host) => words.ui("told-no-host").to_owned(),
        WireAction::Unreachable(Unreachable::Net) => words.ui("told-no-net").to_owned(),
        WireAction::Unreachable(Unreachable::Port) => words.ui("told-no-port").to_owned(),
    }
}

/// `SYN packet of client2`, or several.
pub fn packets(filter: &Filter, many: bool, words: &Words) -> String {
    let mut text = match (filter.kind, many) {
        (PacketKind::Any, false) => words.ui("told-packet").to_owned(),
        (PacketKind::Any, true) => words.ui("told-packets").to_owned(),
        (kind, false) => words.ui_with("told-kind", &[("kind", &kind)]),
        (kind, true) => words.ui_with("told-kinds", &[("kind", &kind)]),
    };
    if let Some(process) = &filter.of {
        text = words.ui_with("told-of", &[("packet", &text), ("process", process)]);
    }
    if let Some(host) = &filter.from {
        text = words.ui_with("told-from", &[("packet", &text), ("host", host)]);
    }
    text
}

/// A fact as a clause: `server conn is CLOSE_WAIT` is `server's socket conn is CLOSE_WAIT`.
pub fn fact(fact: &Fact, words: &Words) -> String {
    match fact {
        Fact::State { process, fd, state } => {
            words.ui_with("fact-state", &[("process", process), ("fd", fd), ("state", state)])
        }
        Fact::Closed { process, fd } => {
            words.ui_with("fact-closed", &[("process", process), ("fd", fd)])
        }
        Fact::Queue { process, fd, length, limit } => {
            let values: [(&str, &dyn std::fmt::Display); 4] =
                [("process", process), ("fd", fd), ("length", length), ("limit", limit)];
            words.ui_with("fact-queue", &values)
        }
        Fact::Recv { process, fd, count } => {
            words.ui_with("fact-recv", &[("process", process), ("fd", fd), ("count", count)])
        }
        Fact::Send { process, fd, count } => {
            words.ui_with("fact-send", &[("process", process), ("fd", fd), ("count", count)])
        }
        Fact::In { process, call } => {
            words.ui_with("fact-in", &[("process", process), ("call", &harmless(call))])
        }
        Fact::Returned { process, value } => {
            words.ui_with("fact-returned", &[("process", process), ("value", value)])
        }
        Fact::Failed { process, errno } => {
            words.ui_with("fact-failed", &[("process", process), ("errno", errno)])
        }
        Fact::Killed { process, signal } => {
            words.ui_with("fact-killed", &[("process", process), ("signal", signal)])
        }
        Fact::Exited { process, status } => {
            words.ui_with("fact-exited", &[("process", process), ("status", status)])
        }
        Fact::C { process, expression } => {
            let expression = harmless(expression);
            words.ui_with("fact-c", &[("process", process), ("expression", &expression)])
        }
        Fact::Has { host, count, state } => {
            words.ui_with("fact-has", &[("host", host), ("count", count), ("state", state)])
        }
        Fact::Counts { host, counter, above } => {
            let counter = harmless(counter);
            let values: [(&str, &dyn std::fmt::Display); 3] =
                [("host", host), ("counter", &counter), ("above", above)];
            words.ui_with("fact-counts", &values)
        }
        Fact::Holds { count: None, filter } => {
            words.ui_with("fact-holds", &[("packet", &packets(filter, false, words))])
        }
        Fact::Holds { count: Some(count), filter } => {
            let packets = packets(filter, *count != 1, words);
            words.ui_with("fact-holds-count", &[("count", count), ("packets", &packets)])
        }
        Fact::WireEmpty => words.ui("fact-empty").to_owned(),
        Fact::Not(inner) => words.ui_with("fact-not", &[("fact", &self::fact(inner, words))]),
    }
}

/// What is awaited.
pub fn awaited(what: &Awaited, words: &Words) -> String {
    match what {
        Awaited::Fact(awaited) => {
            words.ui_with("waiting-for-fact", &[("fact", &fact(awaited, words))])
        }
        Awaited::Stays(kept) => words.ui_with("waiting-stays", &[("fact", &fact(kept, words))]),
        Awaited::Time => words.ui("waiting-for-time").to_owned(),
        Awaited::Outcome { process, code } => {
            let code = harmless(code);
            words.ui_with("waiting-for-call", &[("process", process), ("code", &code)])
        }
        Awaited::Ready { process, obstacle } => words
            .ui_with("waiting-for-process", &[("why", &self::obstacle(process, obstacle, words))]),
        Awaited::Timers => words.ui("waiting-for-timers").to_owned(),
        Awaited::Turn => words.ui("waiting-for-turn").to_owned(),
    }
}

/// Why a process can't begin a statement, as a sentence without its full stop.
pub fn obstacle(process: &ProcessName, obstacle: &Obstacle, words: &Words) -> String {
    match obstacle {
        Obstacle::Unknown => words.ui_with("obstacle-unknown", &[("process", process)]),
        Obstacle::Dead(Outcome::Killed(signal)) => {
            words.ui_with("fact-killed", &[("process", process), ("signal", signal)])
        }
        Obstacle::Dead(Outcome::Exited(status)) => {
            words.ui_with("fact-exited", &[("process", process), ("status", status)])
        }
        Obstacle::Dead(Outcome::Returned(_) | Outcome::Failed(_) | Outcome::Blocked) => {
            words.ui_with("obstacle-dead", &[("process", process)])
        }
        Obstacle::Asleep(call) => {
            words.ui_with("obstacle-asleep", &[("process", process), ("call", &harmless(call))])
        }
        Obstacle::Stopped => words.ui_with("obstacle-stopped", &[("process", process)]),
        Obstacle::Busy => words.ui_with("obstacle-busy", &[("process", process)]),
    }
}

/// Why something can't be done now, and what to do about it.
pub fn refusal(refusal: &Refusal, words: &Words) -> (String, Option<String>) {
    let plain = |key| (words.ui(key).to_owned(), None);
    let of = |process, why| {
        let help = match why {
            &Obstacle::Dead(_) => Some("help-dead"),
            &Obstacle::Asleep(_) => Some("help-asleep"),
            Obstacle::Unknown | Obstacle::Stopped | Obstacle::Busy => None,
        };
        let sentence = words.ui_with("sentence", &[("text", &obstacle(process, why, words))]);
        (sentence, help.map(|key| words.ui(key).to_owned()))
    };
    match refusal {
        Refusal::NothingToUndo => plain("nothing-to-undo"),
        Refusal::ScriptNotLeft => plain("script-not-left"),
        Refusal::Recorded => plain("next-recorded"),
        Refusal::Process { process, obstacle } => of(process, obstacle),
        Refusal::Rest { process, obstacle, code } => {
            let (text, help) = of(process, obstacle);
            let rest = words.ui_with("not-run", &[("code", &harmless(code))]);
            (format!("{text} {rest}"), help)
        }
        Refusal::Other(said) => (harmless(&words.said(said)), None),
        // These come from the command line, before the screen is there.
        Refusal::NoScript | Refusal::NoSuchPlace { .. } => (harmless(&refusal.to_string()), None),
    }
}
