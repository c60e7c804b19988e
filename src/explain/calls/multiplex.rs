//! poll(), select(), epoll: waiting for several descriptors at once.

use crate::explain::case::Case;
use crate::explain::note::note;
use crate::explain::story::{Rank, Story};
use crate::model::Syscall;

/// The call returned how many are ready.
pub fn returned(story: &mut Story, case: &Case, count: i64) {
    let (call, process) = (case.call(), case.process);
    if count == 0 {
        return story.say(Rank::Call, note!("poll-none", call = call, process = process));
    }
    // strace prints what is ready behind the result of poll(), and as an argument of epoll_wait().
    let syscall = case.report.call.syscall;
    let ready = if syscall == Syscall::EpollWait { case.written(1) } else { case.remark() };
    let said = if syscall == Syscall::Select {
        note!("select-ready", process = process, count = count, ready = ready)
    } else {
        note!("poll-ready", call = call, process = process, count = count, ready = ready)
    };
    story.say(Rank::Call, said);
}

/// epoll_create1() or epoll_ctl() returned.
pub fn epoll(story: &mut Story, case: &Case, value: i64) {
    let said = if case.report.call.syscall == Syscall::EpollCreate1 {
        note!("epoll-created", who = case.fd_name(value))
    } else {
        note!(
            "epoll-changed",
            operation = case.shown(1),
            fd = case.shown(2),
            who = case.who(),
            event = case.shown(3)
        )
    };
    story.say(Rank::Call, said);
}

/// The call sleeps.
pub fn blocked(story: &mut Story, case: &Case) {
    let wchan = story.scene.wchan(case.process);
    let note = note!("poll-blocked", call = case.call(), process = case.process, wchan = wchan);
    story.say(Rank::Call, note);
}
