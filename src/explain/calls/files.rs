//! What a socket is to calls that are made for files: fstat(), lseek(), mmap(), splice() and
//! sendfile().

use crate::explain::case::Case;
use crate::explain::note::note;
use crate::explain::story::{Rank, Story};
use crate::model::Syscall;

/// fstat() returned 0.
pub fn stat(story: &mut Story, case: &Case) {
    let (who, stat) = (case.who(), case.written(1));
    let said = if case.after.is_some() {
        note!("fstat-socket", who = who, stat = stat)
    } else {
        note!("fstat-returned", who = who, stat = stat)
    };
    story.say(Rank::Call, said);
}

/// lseek() returned a position.
pub fn seek(story: &mut Story, case: &Case, value: i64) {
    story.say(Rank::Call, note!("lseek-returned", who = case.who(), value = value));
}

/// mmap() returned an address.
pub fn mmap(story: &mut Story, case: &Case) {
    let who = case.who();
    if case.fd < 0 {
        return story.say(Rank::Call, note!("mmap-anonymous", process = case.process));
    }
    let tcp = case.after.is_some_and(|socket| socket.kind.is_tcp());
    let said = if tcp { note!("mmap-tcp", who = who) } else { note!("mmap-returned", who = who) };
    story.say(Rank::Call, said);
}

/// From what to what splice() or sendfile() moves.
fn ends(case: &Case) -> (String, String) {
    let args = case.report.call.args;
    if case.report.call.syscall == Syscall::Splice {
        (case.fd_name(args[0]), case.fd_name(args[2]))
    } else {
        (case.fd_name(args[1]), case.fd_name(args[0]))
    }
}

/// splice() or sendfile() returned how much it moved.
pub fn moved(story: &mut Story, case: &Case, count: i64) {
    let call = case.call();
    let (source, target) = ends(case);
    let said = if count == 0 {
        note!("moved-nothing", call = call, source = source)
    } else {
        note!("moved-returned", call = call, source = source, target = target, count = count)
    };
    story.say(Rank::Call, said);
}

/// splice() or sendfile() sleeps.
pub fn blocked(story: &mut Story, case: &Case) {
    let wchan = story.scene.wchan(case.process);
    let (source, target) = ends(case);
    let call = case.call();
    let note =
        note!("moving-blocked", call = call, source = source, target = target, wchan = wchan);
    story.say(Rank::Call, note);
}
