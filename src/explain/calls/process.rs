//! fork(), kill(), wait4() and the calls that need no explanation of their own.

use crate::explain::case::Case;
use crate::explain::note::note;
use crate::explain::story::{Rank, Story};
use crate::model::{Change, File, Syscall};

/// fork() returned.
pub fn fork(story: &mut Story, case: &Case, value: i64) {
    if value == 0 {
        return story.say(Rank::Call, note!("fork-child", process = case.process));
    }
    let child = story.scene.moment.changes.iter().find_map(|change| {
        let Change::ProcessBorn { process } = change else { return None };
        story.scene.after().process(process)
    });
    let Some(child) = child else {
        let note = note!("fork-unseen", process = case.process, pid = value);
        return story.say(Rank::Call, note);
    };
    let parent = story.scene.after().process(case.process);
    let shared: std::collections::HashSet<&File> = child
        .fds
        .iter()
        .filter(|fd| parent.and_then(|p| p.fd(fd.number)).is_some_and(|own| own.file == fd.file))
        .map(|fd| &fd.file)
        .collect();
    let (process, child, shared) = (case.process, &child.name, shared.len());
    // 0, 1 and 2 are not listed as long as nobody has touched them.
    let note = match (parent.is_some_and(|parent| parent.standard), shared) {
        (true, 0) => {
            note!("fork-returned-standard", process = process, pid = value, child = child)
        }
        (true, _) => {
            note!("fork-returned", process = process, pid = value, child = child, shared = shared)
        }
        (false, _) => note!(
            "fork-returned-all",
            process = process,
            pid = value,
            child = child,
            shared = shared
        ),
    };
    story.say(Rank::Call, note);
}

/// wait4() returned a child's pid.
pub fn waited(story: &mut Story, case: &Case, value: i64) {
    let status = case.written(1);
    let note = note!("wait-returned", process = case.process, pid = value, status = status);
    story.say(Rank::Call, note);
}

/// kill() returned 0.
pub fn kill(story: &mut Story, case: &Case) {
    let (pid, signal) = (case.shown(0), case.shown(1));
    let note = note!("kill-returned", process = case.process, signal = signal, pid = pid);
    story.say(Rank::Call, note);
}

/// sigaction() returned 0.
pub fn sigaction(story: &mut Story, case: &Case) {
    let note = note!("sigaction-returned", process = case.process, signal = case.shown(0));
    story.say(Rank::Call, note);
}

/// setrlimit() returned 0.
pub fn setrlimit(story: &mut Story, case: &Case) {
    let (limit, value) = (case.shown(0), case.shown(1));
    let note = note!("setrlimit-returned", process = case.process, limit = limit, value = value);
    story.say(Rank::Call, note);
}

/// A call with a plain number for an answer.
pub fn other(story: &mut Story, case: &Case, value: i64) {
    let (call, process) = (case.call(), case.process);
    let syscall = case.report.call.syscall;
    let said = if syscall == Syscall::Nanosleep {
        note!("nanosleep-returned", process = process)
    } else if syscall == Syscall::Mmap {
        note!("mmap-returned", who = case.fd_name(case.report.call.args[4]))
    } else if matches!(syscall, Syscall::Splice | Syscall::Sendfile) {
        note!("moved-returned", call = call, process = process, count = value)
    } else {
        note!("call-returned", call = call, process = process, value = value)
    };
    story.say(Rank::Call, said);
}

/// A call that sleeps and has no words of its own.
pub fn blocked(story: &mut Story, case: &Case) {
    let wchan = story.scene.wchan(case.process);
    let note = note!("call-blocked", call = case.call(), process = case.process, wchan = wchan);
    story.say(Rank::Call, note);
}
