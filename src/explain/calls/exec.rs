//! execve(): what the new program has of the old one.

use crate::explain::case::Case;
use crate::explain::note::note;
use crate::explain::story::{Rank, Story};

/// execve() has put another program in the caller's place.
pub fn returned(story: &mut Story, case: &Case) {
    let process = case.process;
    let (before, after) =
        (story.scene.before.process(process), story.scene.after().process(process));
    let (Some(before), Some(after)) = (before, after) else {
        return story
            .say(Rank::Call, note!("exec-returned", process = process, path = case.path(0)));
    };
    let gone = before.fds.iter().filter(|fd| fd.cloexec && after.fd(fd.number).is_none());
    let closed: Vec<String> = gone.map(|fd| fd.number.to_string()).collect();
    let kept: Vec<String> = after.fds.iter().map(|fd| fd.number.to_string()).collect();
    let path = case.path(0);
    let said = match (closed.is_empty(), kept.is_empty()) {
        (true, true) => note!("exec-returned", process = process, path = path),
        (true, false) => note!("exec-kept", process = process, path = path, kept = kept),
        (false, true) => note!("exec-closed", process = process, path = path, closed = closed),
        (false, false) => {
            note!("exec-both", process = process, path = path, closed = closed, kept = kept)
        }
    };
    story.say(Rank::Call, said);
}
