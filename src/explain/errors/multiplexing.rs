//! Errors of poll(), select() and epoll.

use crate::explain::case::Case;
use crate::explain::names::file_name;
use crate::explain::note::{Note, note};
use crate::explain::story::Story;
use crate::model::{File, Syscall};

/// Whether a number of the caller stands for an epoll.
fn is_epoll(story: &Story, case: &Case, number: i64) -> bool {
    let process = story.scene.before.process(case.process);
    let fd = i32::try_from(number).ok().and_then(|number| process?.fd(number));
    fd.is_some_and(|fd| match &fd.file {
        File::Other(name) => name.contains("eventpoll"),
        File::Socket(_) => false,
    })
}

/// The numbers of the sets that the caller has not open. strace prints a set as `[3 5]`.
fn closed_in_sets(story: &Story, case: &Case) -> Note {
    let process = story.scene.before.process(case.process);
    let mut numbers: Vec<i32> = (1..=3)
        .filter_map(|place| case.shown(place).strip_prefix('[')?.strip_suffix(']'))
        .flat_map(|set| set.split(' ').filter_map(|number| number.parse().ok()))
        .filter(|number| process.is_some_and(|process| file_name(process, *number).is_none()))
        .collect();
    numbers.sort_unstable();
    numbers.dedup();
    let numbers: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    if numbers.is_empty() {
        note!("select-badf", process = case.process)
    } else {
        note!("select-badf-which", process = case.process, numbers = numbers)
    }
}

/// Explains an error of a call that waits for several descriptors.
pub fn explain(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let (who, fd, args) = (case.who(), case.shown(2), case.report.call.args);
    Some(match (case.report.call.syscall, errno) {
        (Syscall::Poll, "EINVAL") => note!("poll-too-many", count = args[1]),
        (Syscall::Select, "EBADF") => closed_in_sets(story, case),
        (Syscall::Select, "EINVAL") => {
            note!("select-invalid", count = args[0], time = case.shown(4))
        }
        (Syscall::EpollCreate, "EINVAL") => note!("epoll-size", size = case.shown(0)),
        (Syscall::EpollCreate1, "EINVAL") => note!("epoll-flags", flags = case.shown(0)),
        (Syscall::EpollCtl, "EEXIST") => note!("epoll-exists", fd = fd, who = who),
        (Syscall::EpollCtl, "ENOENT") => note!("epoll-unknown", fd = fd, who = who),
        (Syscall::EpollCtl, "EPERM") => note!("epoll-file", fd = fd),
        (Syscall::EpollCtl, "EBADF") => note!("epoll-badf", fd = fd, process = case.process),
        (Syscall::EpollCtl, "ELOOP") => note!("epoll-loop", fd = fd, who = who),
        (Syscall::EpollCtl, "ENOSPC") => note!("epoll-limit", process = case.process),
        (Syscall::EpollCtl | Syscall::EpollWait, "EINVAL") if !is_epoll(story, case, args[0]) => {
            note!("epoll-no-epoll", call = case.call(), who = who)
        }
        (Syscall::EpollCtl, "EINVAL") if args[0] == args[2] => note!("epoll-itself", who = who),
        (Syscall::EpollCtl, "EINVAL") => {
            note!("epoll-operation", operation = case.shown(1), event = case.shown(3))
        }
        (Syscall::EpollWait, "EINVAL") => note!("epoll-no-room", count = args[2]),
        _ => return None,
    })
}
