//! Errors that mean the same whatever the call.

use crate::explain::calls::plain;
use crate::explain::case::Case;
use crate::explain::names::file_name;
use crate::explain::note::{Note, note};
use crate::explain::scene::subject;
use crate::explain::signals;
use crate::explain::story::Story;
use crate::model::{Action, Cause, Process, Signal, Syscall};

/// Explains an error that is no matter of one call.
pub fn explain(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let call = case.call();
    Some(match errno {
        "EBADF" if !moves_between(case) => bad_number(story, case)?,
        "ENOTSOCK" => {
            let process = story.scene.before.process(case.process)?;
            let socket = process.fd(case.fd).is_some_and(|fd| fd.file.socket().is_some());
            let file = file_name(process, case.fd).filter(|_| !socket)?;
            note!("error-notsock", call = call, who = case.who(), file = file)
        }
        "EFAULT" if let Some(pointer) = wild(case) => {
            note!("error-fault-at", call = call, pointer = pointer)
        }
        "EFAULT" => note!("error-fault", call = call, args = case.report.call.shown.join(", ")),
        "EINTR" => interrupted(story, case),
        "EMFILE" => {
            let open = story.scene.before.process(case.process).map(|process| open(process));
            note!("error-mfile", call = call, process = case.process, open = open)
        }
        "ENFILE" => note!("error-nfile", call = call),
        "ENOMEM" | "ENOBUFS" if !is_control(case, errno) => {
            note!("error-memory", call = call, errno = errno)
        }
        "ENOSYS" => note!("error-nosys", call = call),
        _ => return None,
    })
}

/// The only argument that strace could not read where it points to.
fn wild<'a>(case: &Case<'a>) -> Option<&'a str> {
    let mut bare = case.report.call.shown.iter().filter(|shown| shown.starts_with("0x"));
    let first = bare.next()?;
    bare.next().is_none().then_some(first.as_str())
}

/// What an error means by its name alone, where the call has no meaning of its own for it.
pub fn by_name(case: &Case, errno: &str) -> Option<Note> {
    let (call, args) = (case.call(), case.report.call.shown.join(", "));
    Some(match errno {
        "EINVAL" => note!("error-inval", call = call, args = args),
        "EPERM" | "EACCES" => note!("error-perm", call = call, errno = errno),
        "EOPNOTSUPP" => {
            let kind = case.socket().map(|socket| socket.kind.short());
            note!("error-opnotsupp", call = call, who = case.who(), kind = kind)
        }
        "ENOTTY" => {
            note!("error-notty", call = call, request = plain(case.shown(1)), who = case.who())
        }
        "ENOSPC" => note!("error-nospc", call = call),
        _ => return None,
    })
}

/// Whether the call has two fds, and its errors are those of either.
fn moves_between(case: &Case) -> bool {
    matches!(case.report.call.syscall, Syscall::Splice | Syscall::Sendfile)
}

/// How many numbers a process has. 0, 1 and 2 are not listed as long as all of them are what they
/// were at its birth.
fn open(process: &Process) -> usize {
    const STANDARD: usize = 3;
    process.fds.len() + if process.standard { STANDARD } else { 0 }
}

/// sendmsg() says ENOBUFS for control data that are too long.
fn is_control(case: &Case, errno: &str) -> bool {
    case.report.call.syscall == Syscall::Sendmsg && errno == "ENOBUFS"
}

fn numbers(process: &Process) -> Vec<String> {
    process.fds.iter().map(|fd| fd.number.to_string()).collect()
}

/// A number that stands for nothing, if it does not.
pub fn bad_number(story: &Story, case: &Case) -> Option<Note> {
    let process = story.scene.before.process(case.process)?;
    let (call, fd) = (case.call(), case.fd);
    // dup2() and epoll_ctl() may mean another argument, select() means a member of its sets, and
    // a pipe's end is open in one direction only.
    let about_none = subject(case.report).is_none();
    if about_none || file_name(process, fd).is_some() {
        return None;
    }
    if fd < 0 {
        return Some(note!("error-badf-negative", call = call, fd = fd));
    }
    let open = numbers(process);
    Some(if !process.standard {
        note!("error-badf-all", call = call, fd = fd, process = case.process, open = open)
    } else if open.is_empty() {
        note!("error-badf-none", call = call, fd = fd, process = case.process)
    } else {
        note!("error-badf", call = call, fd = fd, process = case.process, open = open)
    })
}

fn interrupted(story: &Story, case: &Case) -> Note {
    if let Some(note) = signals::interrupted(story, case) {
        return note;
    }
    let (call, process) = (case.call(), case.process);
    match &story.scene.moment.cause {
        Cause::Action(Action::Kill { signal, process: target }) if target == case.process => {
            note!("error-intr-signal", call = call, process = process, signal = *signal)
        }
        Cause::Action(Action::Call(other)) if other.syscall == Syscall::Kill => {
            let signal = i32::try_from(other.args[1]).unwrap_or(0);
            let (sender, signal) = (&other.process, Signal(signal));
            note!(
                "error-intr-sent",
                call = call,
                process = process,
                signal = signal,
                sender = sender
            )
        }
        Cause::Action(_) | Cause::Start | Cause::Statement { .. } | Cause::Kernel => {
            note!("error-intr", call = call, process = process)
        }
    }
}
