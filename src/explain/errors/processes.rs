//! Errors of calls about processes, signals and limits.

use super::files::path_error;
use crate::explain::case::Case;
use crate::explain::note::{Note, note};
use crate::model::{Signal, Syscall};

/// Explains an error of kill().
pub fn kill(case: &Case, errno: &str) -> Option<Note> {
    let (pid, signal) = (case.shown(0), case.shown(1));
    Some(match errno {
        "ESRCH" => note!("kill-nobody", pid = pid),
        "EINVAL" => note!("kill-no-signal", signal = signal),
        "EPERM" => note!("kill-denied", process = case.process, pid = pid, signal = signal),
        _ => return None,
    })
}

/// Explains an error of sigaction().
pub fn sigaction(case: &Case, errno: &str) -> Option<Note> {
    let signal = case.shown(0);
    let number = i32::try_from(case.report.call.args[0]).unwrap_or(0);
    let never = matches!(Signal(number).name(), Some("SIGKILL" | "SIGSTOP"));
    Some(match errno {
        "EINVAL" if never => note!("sigaction-never", signal = signal),
        "EINVAL" => note!("sigaction-no-signal", signal = signal),
        _ => return None,
    })
}

/// Explains an error of kcmp().
pub fn kcmp(errno: &str) -> Option<Note> {
    Some(match errno {
        "EBADF" => note!("kcmp-badf"),
        "ESRCH" => note!("kcmp-nobody"),
        "EINVAL" => note!("kcmp-type"),
        "EPERM" => note!("kcmp-denied"),
        _ => return None,
    })
}

/// Explains an error of getrlimit().
pub fn getrlimit(case: &Case, errno: &str) -> Option<Note> {
    (errno == "EINVAL").then(|| note!("getrlimit-invalid", limit = case.shown(0)))
}

/// Explains an error of setrlimit().
pub fn setrlimit(case: &Case, errno: &str) -> Option<Note> {
    let (limit, value) = (case.shown(0), case.shown(1));
    Some(match errno {
        "EPERM" => {
            note!("setrlimit-denied", process = case.process, limit = limit, value = value)
        }
        "EINVAL" if !limit.starts_with("RLIMIT_") => note!("getrlimit-invalid", limit = limit),
        "EINVAL" => note!("setrlimit-invalid", limit = limit, value = value),
        _ => return None,
    })
}

/// Explains an error of wait4().
pub fn wait(case: &Case, errno: &str) -> Option<Note> {
    Some(match errno {
        "ECHILD" => note!("wait-no-child", process = case.process),
        "EINVAL" => note!("wait-options", options = case.shown(2)),
        _ => return None,
    })
}

/// Explains an error of execve().
pub fn execve(case: &Case, errno: &str) -> Option<Note> {
    let (call, path) = (case.call(), case.path(0));
    Some(match errno {
        "EACCES" => note!("exec-denied", call = call, path = path),
        "ENOEXEC" => note!("exec-format", call = call, path = path),
        "E2BIG" => note!("exec-long", call = call),
        "ETXTBSY" => note!("exec-written", call = call, path = path),
        "EAGAIN" => note!("exec-processes", call = call),
        "EPERM" => note!("exec-perm", call = call, path = path),
        "EINVAL" | "EISDIR" | "ELIBBAD" => {
            note!("exec-interpreter", call = call, path = path, errno = errno)
        }
        "EIO" => note!("exec-io", call = call, path = path),
        _ => {
            let meaning = path_error(errno)?;
            note!("path-error", call = call, path = path, errno = errno, meaning = meaning)
        }
    })
}

/// Explains an error of fork(), nanosleep() or pipe().
pub fn other(case: &Case, errno: &str) -> Option<Note> {
    let call = case.call();
    Some(match (case.report.call.syscall, errno) {
        (Syscall::Fork, "EAGAIN") => note!("fork-limit", process = case.process),
        (Syscall::Nanosleep, "EINVAL") => note!("nanosleep-invalid", time = case.shown(0)),
        (Syscall::Pipe | Syscall::Pipe2, "EINVAL") => {
            note!("pipe-flags", call = call, flags = case.shown(1))
        }
        (Syscall::Close, "EIO") => note!("close-io", who = case.who()),
        _ => return None,
    })
}
