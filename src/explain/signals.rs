//! Signals for which a process has a handler: what the kernel interrupted, and how that goes on.

use super::case::Case;
use super::note::{Note, note};
use super::story::{Rank, Story};
use crate::model::{Action, Call, Caught, Cause, Outcome, Syscall};

/// Explains the handlers that began or ended in this moment.
pub fn tell(story: &mut Story) {
    way_back(story);
    for caught in &story.scene.moment.signals {
        let said = begins(story, caught);
        story.say(Rank::Call, said);
    }
}

/// Calls that the kernel never takes up again after a handler, whatever its flags (signal(7)).
fn is_never_restarted(syscall: Syscall) -> bool {
    use Syscall::{EpollWait, Nanosleep, Pause, Poll, Select};
    matches!(syscall, EpollWait | Nanosleep | Pause | Poll | Select)
}

/// Why a call came back with EINTR, if a handler of this process had interrupted it.
pub fn interrupted(story: &Story, case: &Case) -> Option<Note> {
    let caught = story.scene.moment.left(story.scene.before, case.process)?;
    if caught.during.as_ref() != Some(&case.report.call) {
        return None;
    }
    let (call, handler, process) = (case.call(), &caught.handler, case.process);
    let signal = caught.signal;
    Some(if is_never_restarted(case.report.call.syscall) {
        note!("error-intr-never", call = call, process = process, signal = signal)
    } else if caught.restarts() {
        note!("error-intr-timeout", call = call, signal = signal, handler = handler)
    } else {
        note!(
            "error-intr-handler",
            call = call,
            process = process,
            signal = signal,
            handler = handler
        )
    })
}

/// A handler begins.
fn begins(story: &Story, caught: &Caught) -> Note {
    let (process, signal, handler) = (&caught.process, caught.signal, &caught.handler);
    let source = source(story, caught);
    match &caught.during {
        Some(call) if slept_in(story, call) => note!(
            "signal-caught-asleep",
            signal = signal,
            source = source,
            process = process,
            call = &call.typed,
            handler = handler
        ),
        Some(call) => note!(
            "signal-caught-call",
            signal = signal,
            source = source,
            process = process,
            call = &call.typed,
            handler = handler
        ),
        None => note!(
            "signal-caught-idle",
            signal = signal,
            source = source,
            process = process,
            handler = handler
        ),
    }
}

fn slept_in(story: &Story, call: &Call) -> bool {
    let open = story.scene.moment.open_call(story.scene.before, &call.process);
    open.is_some_and(|open| **open == *call)
}

/// Who sent it, as a clause.
fn source(story: &Story, caught: &Caught) -> Note {
    let all = &story.scene.after().processes;
    let named = |pid: i32| all.iter().rev().find(|process| process.pid == pid);
    if let Some(pid) = caught.child() {
        return match named(pid) {
            Some(child) => note!("signal-from-child", child = &child.name),
            None => note!("signal-from-child", child = pid),
        };
    }
    // The kernel signs for the writer whose pipe is broken with the writer's own number.
    let pipe = caught.signal.name() == Some("SIGPIPE") && !kills(story, caught);
    match caught.sent_by() {
        Some(pid) if pid == caught.pid && pipe => note!("signal-from-kernel"),
        Some(pid) if pid == caught.pid => note!("signal-from-itself"),
        Some(pid) => match named(pid) {
            Some(sender) => note!("signal-from-process", sender = &sender.name),
            None => note!("signal-from-outside"),
        },
        None => note!("signal-from-kernel"),
    }
}

/// Whether the moment begins with the process's own kill().
fn kills(story: &Story, caught: &Caught) -> bool {
    let Cause::Action(Action::Call(call)) = &story.scene.moment.cause else { return false };
    call.syscall == Syscall::Kill && call.process == caught.process
}

/// A handler is over: what it interrupted goes on.
fn way_back(story: &mut Story) {
    let Cause::Action(Action::Call(back)) = &story.scene.moment.cause else { return };
    if back.syscall != Syscall::RtSigreturn {
        return;
    }
    let process = &back.process;
    let before = story.scene.before.process(process);
    let Some(caught) = before.and_then(|process| process.handling.last()).cloned() else { return };
    let handler = &caught.handler;
    let call = caught.during.as_ref();
    let report = story.scene.moment.reports.iter().find(|report| Some(&report.call) == call);
    let said = match (call, report.map(|report| &report.outcome)) {
        (Some(call), Some(Outcome::Blocked)) if caught.restarts() => {
            note!("handler-over-restart", handler = handler, call = &call.typed)
        }
        (Some(call), Some(Outcome::Blocked)) => {
            note!("handler-over-again", handler = handler, call = &call.typed, process = process)
        }
        // Its error says it all.
        (Some(_), Some(Outcome::Failed(_))) => return,
        (Some(call), Some(Outcome::Returned(_))) => {
            note!("handler-over-returned", handler = handler, call = &call.typed)
        }
        (_, Some(Outcome::Killed(_) | Outcome::Exited(_)) | None) | (None, Some(_)) => {
            note!("handler-over", handler = handler, process = process)
        }
    };
    story.say(Rank::Surprise, said);
}
