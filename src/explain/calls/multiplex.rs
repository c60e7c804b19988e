//! poll(), select(), epoll: waiting for several descriptors at once.

use super::ready::{self, Ready};
use crate::explain::case::Case;
use crate::explain::note::{Note, note};
use crate::explain::row::Row;
use crate::explain::story::{Rank, Story};
use crate::model::{Syscall, Watch};

/// How many descriptors are explained one by one.
const NAMED: usize = 4;

/// EPOLLET of epoll_ctl(2).
const EDGE: u32 = 1 << 31;
/// EPOLLONESHOT, and with it the other bits that are no events: EPOLLET, EPOLLWAKEUP and
/// EPOLLEXCLUSIVE.
const ONESHOT: u32 = 1 << 30;
const FLAGS: u32 = EDGE | ONESHOT | 1 << 29 | 1 << 28;
/// EPOLLIN.
const IN: u32 = 1;

/// The call returned how many are ready.
pub fn returned(story: &mut Story, case: &Case, count: i64) {
    let (call, process) = (case.call(), case.process);
    if count == 0 {
        story.say(Rank::Call, note!("poll-none", call = call, process = process));
        return silent(story, case);
    }
    // strace prints what is ready behind the result of poll(), and as an argument of epoll_wait().
    let syscall = case.report.call.syscall;
    let shown = if syscall == Syscall::EpollWait { case.written(1) } else { case.remark() };
    let found = found(story, case, shown.unwrap_or_default());
    let mut names: Vec<String> = found.iter().take(NAMED).map(Ready::name).collect();
    if found.len() > NAMED {
        names.push("...".to_owned());
    }
    let said = if syscall == Syscall::Select {
        note!("select-ready", process = process, count = count, ready = names)
    } else {
        note!("poll-ready", call = call, process = process, count = count, ready = names)
    };
    story.say(Rank::Call, said);
    let reasons: Vec<Note> =
        found.iter().take(NAMED).flat_map(|r| ready::reasons(&story.scene, case, r)).collect();
    for note in reasons {
        story.say(Rank::Call, note);
    }
}

/// The descriptors that are ready.
fn found(story: &Story, case: &Case, shown: &str) -> Vec<Ready> {
    let scene = &story.scene;
    let syscall = case.report.call.syscall;
    if syscall == Syscall::EpollWait {
        ready::of_epoll(scene, case, shown)
    } else if syscall == Syscall::Select {
        ready::of_select(shown)
    } else {
        ready::of_poll(shown)
    }
}

/// What an epoll watches and does not tell of, although bytes wait there.
fn silent(story: &mut Story, case: &Case) {
    let process = story.scene.after().process(case.process);
    let Some(epoll) = process.and_then(|process| process.fd(case.fd)) else { return };
    let waiting = |watch: &Watch| {
        let socket = story.scene.after().socket_of(case.process, watch.fd)?;
        let unread = socket.recv_q.filter(|_| socket.kind.is_tcp() && socket.peer_port().is_some());
        unread.filter(|bytes| *bytes > 0)
    };
    let mut notes = Vec::new();
    for watch in epoll.watches.iter().filter(|_| case.fd >= 0) {
        let who = case.fd_name(watch.fd.into());
        match waiting(watch) {
            _ if watch.events & !FLAGS == 0 && watch.events & ONESHOT != 0 => {
                notes.push(note!("epoll-spent", who = who));
            }
            Some(unread) if watch.events & EDGE != 0 && watch.events & IN != 0 => {
                notes.push(note!("epoll-edge-told", who = who, unread = unread));
            }
            Some(_) | None => {}
        }
    }
    for note in notes.into_iter().take(NAMED) {
        story.say(Rank::Call, note);
    }
}

/// epoll_create1() returned an fd.
pub fn created(story: &mut Story, case: &Case, value: i64) {
    let note = note!("epoll-created", call = case.call(), who = case.fd_name(value));
    story.say(Rank::Call, note);
}

/// epoll_ctl() returned 0.
pub fn changed(story: &mut Story, case: &Case) {
    let (who, shown) = (case.who(), case.shown(3));
    let fd = case.report.call.args[2];
    let watched = case.fd_name(fd);
    if case.shown(1) == "EPOLL_CTL_DEL" {
        return story.say(Rank::Call, note!("epoll-removed", who = who, watched = watched));
    }
    let event = shown.split("{events=").nth(1).and_then(|rest| rest.split(", data=").next());
    let event = event.unwrap_or(shown);
    let said = if case.shown(1) == "EPOLL_CTL_MOD" {
        note!("epoll-modified", who = who, watched = watched, event = event)
    } else {
        note!("epoll-added", who = who, watched = watched, event = event)
    };
    story.say(Rank::Call, said);
    if event.contains("EPOLLET") {
        story.say(Rank::Queue, note!("epoll-edge"));
    } else if !event.contains("EPOLLONESHOT") {
        story.say(Rank::Queue, note!("epoll-level"));
    }
    if event.contains("EPOLLONESHOT") {
        story.say(Rank::Queue, note!("epoll-oneshot"));
    }
}

/// The call sleeps.
pub fn blocked(story: &mut Story, case: &Case) {
    let wchan = story.scene.wchan(case.process);
    let (call, process) = (case.call(), case.process);
    let nothing = case.report.call.syscall == Syscall::Poll && case.report.call.args[1] == 0;
    let note = if nothing {
        note!("poll-only-sleeps", call = call, process = process, wchan = wchan)
    } else {
        note!("poll-blocked", call = call, process = process, wchan = wchan)
    };
    story.say(Rank::Call, note);
    if case.report.call.syscall == Syscall::EpollWait {
        silent(story, case);
    }
}
