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
    if case.report.call.args[1] == 0 {
        let note = note!("signal-asked", process = case.process, target = pid);
        return story.say(Rank::Call, note);
    }
    let note = note!("kill-returned", process = case.process, signal = signal, pid = pid);
    story.say(Rank::Call, note);
}

/// sigaction() or signal() returned: what the signal does from now on.
pub fn sigaction(story: &mut Story, case: &Case) {
    let (process, signal) = (case.process, case.shown(0));
    let action = case.shown(1);
    let handler = action.strip_prefix("{sa_handler=").and_then(|rest| rest.split(',').next());
    let said = match handler {
        Some("SIG_IGN") => note!("sigaction-ignored", process = process, signal = signal),
        Some("SIG_DFL") => note!("sigaction-default", process = process, signal = signal),
        Some(_) => {
            let flag = if action.contains("SA_RESTART") {
                note!("sigaction-with-restart")
            } else {
                note!("sigaction-without-restart")
            };
            note!("sigaction-handler", process = process, signal = signal, flag = flag)
        }
        None if action == "NULL" => note!("sigaction-asked", process = process, signal = signal),
        None => note!("sigaction-returned", process = process, signal = signal),
    };
    story.say(Rank::Call, said);
}

/// alarm() returned what was left of the alarm before.
pub fn alarm(story: &mut Story, case: &Case, value: i64) {
    let note = match case.report.call.args[0] as u32 {
        0 => note!("alarm-off", process = case.process, left = value),
        seconds => note!("alarm-set", process = case.process, seconds = seconds),
    };
    story.say(Rank::Call, note);
}

/// kcmp() returned: 0 if it is the same.
pub fn kcmp(story: &mut Story, case: &Case, value: i64) {
    let args = case.report.call.args;
    if case.shown(2) != "KCMP_FILE" {
        return other(story, case, value);
    }
    let name = |pid: i64, fd: i64| {
        let all = &story.scene.after().processes;
        let found = all.iter().rev().find(|process| i64::from(process.pid) == pid);
        found.map_or_else(|| format!("{pid} fd {fd}"), |found| format!("{} fd {fd}", found.name))
    };
    let (a, b, what) = (name(args[0], args[3]), name(args[1], args[4]), note!("kcmp-file"));
    let note = match value {
        0 => note!("kcmp-same", a = a, b = b, what = what),
        _ => note!("kcmp-other", a = a, b = b, what = what),
    };
    story.say(Rank::Call, note);
}

/// getrlimit() returned 0.
pub fn getrlimit(story: &mut Story, case: &Case) {
    let (limit, value) = (case.shown(0), case.written(1));
    let note = note!("getrlimit-returned", process = case.process, limit = limit, value = value);
    story.say(Rank::Call, note);
}

/// setrlimit() returned 0.
pub fn setrlimit(story: &mut Story, case: &Case) {
    let (limit, value) = (case.shown(0), case.shown(1));
    let note = note!("setrlimit-returned", process = case.process, limit = limit, value = value);
    story.say(Rank::Call, note);
}

/// getpid() or getppid() returned a number.
pub fn number(story: &mut Story, case: &Case, value: i64) {
    let process = case.process;
    let said = if case.report.call.syscall == Syscall::Getppid {
        note!("getppid-returned", process = process, value = value)
    } else {
        note!("getpid-returned", process = process, value = value)
    };
    story.say(Rank::Call, said);
}

/// time() returned a number.
pub fn time(story: &mut Story, case: &Case, value: i64) {
    story.say(Rank::Call, note!("time-returned", process = case.process, value = value));
}

/// nanosleep() returned 0.
pub fn slept(story: &mut Story, case: &Case) {
    story.say(Rank::Call, note!("nanosleep-returned", process = case.process));
}

/// wait4(), nanosleep() or pause() sleeps.
pub fn blocked(story: &mut Story, case: &Case) {
    let (call, process) = (case.call(), case.process);
    let wchan = story.scene.wchan(process);
    let syscall = case.report.call.syscall;
    let said = if syscall == Syscall::Wait4 {
        note!("wait-blocked", call = call, process = process, wchan = wchan)
    } else if syscall == Syscall::Nanosleep {
        note!("nanosleep-blocked", process = process, time = case.shown(0), wchan = wchan)
    } else if syscall == Syscall::Pause {
        note!("pause-blocked", process = process, wchan = wchan)
    } else {
        note!("call-blocked", call = call, process = process, wchan = wchan)
    };
    story.say(Rank::Call, said);
}

/// A call of which nothing but its value is known.
pub fn other(story: &mut Story, case: &Case, value: i64) {
    let (call, process) = (case.call(), case.process);
    story.say(Rank::Call, note!("call-returned", call = call, process = process, value = value));
}
