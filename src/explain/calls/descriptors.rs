//! dup(), fcntl(), ioctl(): numbers and the open files behind them.

use super::open;
use super::options::plain;
use crate::explain::case::{Case, single};
use crate::explain::names::file_name;
use crate::explain::note::note;
use crate::explain::story::{Rank, Story};
use crate::model::Syscall;

/// dup(), dup2() or dup3() returned a number.
pub fn dup(story: &mut Story, case: &Case, value: i64) {
    let new = i32::try_from(value).unwrap_or(-1);
    let (old_name, new_name) = (case.who(), case.fd_name(value));
    if case.fd == new {
        return story.say(Rank::Call, note!("dup-same", who = old_name));
    }
    let call = case.call();
    let note = match sharers(story, case) {
        Some(count) => {
            note!("dup-returned", call = call, new = new_name, who = old_name, count = count)
        }
        // The kernel's lists tell of sockets only, which numbers share one open file.
        None => note!("dup-returned-file", call = call, new = new_name, who = old_name),
    };
    story.say(Rank::Call, note);
    let before = story.scene.before.process(case.process).and_then(|p| file_name(p, new));
    match before {
        Some(file) if case.report.call.syscall != Syscall::Dup => {
            story
                .say(Rank::Surprise, note!("dup-replaced", new = case.fd_name(value), file = file));
        }
        Some(_) | None => open::lowest(story, case, new),
    }
}

/// How many fds stand for the socket now, over all processes.
fn sharers(story: &Story, case: &Case) -> Option<usize> {
    let inode = case.after.map(|socket| socket.inode).filter(|inode| *inode != 0)?;
    Some(story.scene.after().owners(inode).count())
}

/// fcntl() returned.
pub fn fcntl(story: &mut Story, case: &Case, value: i64) {
    let who = case.who();
    let command = case.shown(1);
    let entry = story.scene.after().process(case.process).and_then(|p| p.fd(case.fd));
    let earlier = story.scene.fd_before(case.report);
    let said = match (command, entry, earlier) {
        ("F_DUPFD" | "F_DUPFD_CLOEXEC", _, _) => return dup(story, case, value),
        ("F_SETFL", Some(now), Some(before)) if now.nonblock && !before.nonblock => {
            note!("fcntl-nonblock", who = who)
        }
        ("F_SETFL", Some(now), Some(before)) if !now.nonblock && before.nonblock => {
            note!("fcntl-block", who = who)
        }
        ("F_SETFD", Some(now), Some(before)) if now.cloexec && !before.cloexec => {
            note!("fcntl-cloexec", who = who)
        }
        ("F_SETFD", Some(now), Some(before)) if !now.cloexec && before.cloexec => {
            note!("fcntl-no-cloexec", who = who)
        }
        ("F_GETFL", Some(now), _) => {
            let mode = if now.nonblock { note!("fd-sleeps-not") } else { note!("fd-sleeps") };
            let flags = case.remark().and_then(|remark| remark.strip_prefix("flags "));
            let flags = flags.map_or_else(|| value.to_string(), str::to_owned);
            note!("fcntl-getfl", who = who, flags = flags, mode = mode)
        }
        ("F_GETFD", _, _) => note!("fcntl-getfd", who = who, value = value),
        ("F_SETFL" | "F_SETFD", _, _) => note!("fcntl-same", command = command, who = who),
        _ => note!("fcntl-returned", command = command, who = who, value = value),
    };
    story.say(Rank::Call, said);
    let shared = sharers(story, case).filter(|count| *count > 1);
    if let (Some(count), "F_SETFL") = (shared, command) {
        story.say(Rank::Owner, note!("fcntl-shared", count = count));
    }
}

/// ioctl() returned 0.
pub fn ioctl(story: &mut Story, case: &Case) {
    let (who, request) = (case.who(), plain(case.shown(1)));
    let answer = case.written(2).map(single);
    let said = match request {
        "FIONREAD" | "SIOCINQ" => note!("ioctl-unread", who = who, answer = answer),
        "TIOCOUTQ" | "SIOCOUTQ" if answer == Some("0") => {
            note!("ioctl-all-confirmed", who = who)
        }
        "TIOCOUTQ" | "SIOCOUTQ" => note!("ioctl-unsent", who = who, answer = answer),
        "SIOCATMARK" if answer == Some("1") => note!("ioctl-at-mark", who = who),
        "SIOCATMARK" if answer == Some("0") => note!("ioctl-no-mark", who = who),
        _ => note!("ioctl-returned", request = request, who = who, answer = answer),
    };
    story.say(Rank::Call, said);
}
