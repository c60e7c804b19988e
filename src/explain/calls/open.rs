//! A descriptor comes to be: socket(), socketpair(), pipe(), open(); and unlink().

use crate::explain::case::Case;
use crate::explain::names::{file_name, with_name};
use crate::explain::note::note;
use crate::explain::story::{Rank, Story};
use crate::model::{Family, TcpState};

/// socket() returned an fd.
pub fn socket(story: &mut Story, case: &Case, value: i64) {
    let fd = i32::try_from(value).unwrap_or(-1);
    let socket = story.scene.after().socket_of(case.process, fd);
    let who = case.fd_name(value);
    let said = match socket.map(|s| (s.kind, s.state)) {
        // A socket without a state in any list is as good as CLOSE, but that is not proved here.
        Some((kind, Some(TcpState::Close) | None)) if kind.is_tcp() => {
            note!("socket-tcp", who = who, kind = kind.short())
        }
        Some((kind, _)) if kind.protocol == 17 && kind.family != Family::Unix && !kind.is_raw() => {
            note!("socket-udp", who = who, kind = kind.short())
        }
        Some((kind, _)) if kind.family == Family::Unix => {
            note!("socket-unix", who = who, kind = kind.short())
        }
        Some((kind, _)) if kind.is_raw() => {
            let protocol = with_name(&kind.protocol.to_string(), "IPPROTO_");
            note!("socket-raw", who = who, kind = kind.short(), protocol = protocol)
        }
        Some((kind, _)) if kind.family == Family::Packet => note!("socket-packet", who = who),
        Some(_) => {
            let (family, kind, protocol) = (case.shown(0), case.shown(1), case.shown(2));
            note!("socket-other", who = who, family = family, kind = kind, protocol = protocol)
        }
        None => note!("socket-fd", who = who),
    };
    story.say(Rank::Call, said);
    flags(story, case, fd);
    lowest(story, case, fd);
}

/// The flags that the new fd was born with.
fn flags(story: &mut Story, case: &Case, fd: i32) {
    let Some(process) = story.scene.after().process(case.process) else { return };
    let Some(entry) = process.fd(fd) else { return };
    let set = [(entry.nonblock, "O_NONBLOCK"), (entry.cloexec, "FD_CLOEXEC")];
    let names: Vec<&str> = set.iter().filter(|(is, _)| *is).map(|(_, name)| *name).collect();
    if !names.is_empty() {
        let names = names.join(", ");
        story.say(Rank::Queue, note!("fd-flags", who = case.fd_name(fd.into()), flags = names));
    }
}

/// Says that a new number was the lowest free one, if the fd table proves it.
pub fn lowest(story: &mut Story, case: &Case, fd: i32) {
    let Some(process) = story.scene.before.process(case.process) else { return };
    let is_free = |number: i32| file_name(process, number).is_none();
    if fd >= 0 && is_free(fd) && !(0..fd).any(is_free) {
        story.say(Rank::Aside, note!("fd-lowest", process = case.process, fd = fd));
    }
}

/// socketpair() made two sockets.
pub fn socketpair(story: &mut Story, case: &Case) {
    let pair = case.written(3);
    story.say(Rank::Call, note!("socketpair-returned", process = case.process, fds = pair));
}

/// pipe() made two ends.
pub fn pipe(story: &mut Story, case: &Case) {
    let pair = case.written(0);
    story.say(Rank::Call, note!("pipe-returned", process = case.process, fds = pair));
}

/// open() returned an fd.
pub fn open(story: &mut Story, case: &Case, value: i64) {
    story.say(Rank::Call, note!("open-returned", who = case.fd_name(value), path = case.path(0)));
    lowest(story, case, i32::try_from(value).unwrap_or(-1));
}

/// A name that leads to another one was made.
pub fn symlink(story: &mut Story, case: &Case) {
    let (path, target) = (case.path(1), case.path(0));
    story.say(
        Rank::Call,
        note!("symlink-returned", process = case.process, path = path, target = target),
    );
}

/// A directory was made.
pub fn mkdir(story: &mut Story, case: &Case) {
    story.say(Rank::Call, note!("mkdir-returned", process = case.process, path = case.path(0)));
}

/// Who may do what with a file was changed.
pub fn chmod(story: &mut Story, case: &Case) {
    let (path, mode) = (case.path(0), case.shown(1));
    story.say(Rank::Call, note!("chmod-returned", path = path, mode = mode));
}

/// unlink() took a name away.
pub fn unlink(story: &mut Story, case: &Case) {
    let (process, path) = (case.process, case.path(0));
    let said = if story.scene.was_bound(path) {
        note!("unlink-returned", process = process, path = path)
    } else {
        note!("unlink-file", process = process, path = path)
    };
    story.say(Rank::Call, said);
}
