//! Errors of accept(), shutdown(), the names of a socket, and of other calls.

use crate::explain::case::Case;
use crate::explain::note::{Note, note};
use crate::explain::row::Row;
use crate::explain::story::Story;
use crate::model::{Syscall, TcpState};

/// MSG_DONTWAIT of recv(2).
const DONTWAIT: i64 = 0x40;

/// Whether the call might have slept. If it did not get what it wants all the same, its time
/// was over: only SO_RCVTIMEO and SO_SNDTIMEO end such a sleep with an error.
pub fn may_sleep(story: &Story, case: &Case) -> bool {
    let args = case.report.call.args;
    let flags = match case.report.call.syscall {
        Syscall::Sendto | Syscall::Recvfrom => args[3],
        Syscall::Sendmsg | Syscall::Recvmsg => args[2],
        _ => 0,
    };
    let nonblock = story.scene.fd_before(case.report).is_some_and(|fd| fd.nonblock);
    !nonblock && flags & DONTWAIT == 0
}

/// Explains an error of accept().
pub fn accept(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let who = case.who();
    let socket = case.before;
    let state = case.socket().and_then(|socket| socket.state);
    Some(match errno {
        "EAGAIN" if may_sleep(story, case) => note!("accept-again-timeout", who = who),
        "EAGAIN" => {
            let length = case.socket().and_then(|socket| socket.recv_q);
            note!("accept-again", who = who, length = length)
        }
        "EINVAL" if socket.is_some_and(|s| s.kind.kind == 1) && state != Some(TcpState::Listen) => {
            note!("accept-not-listening", who = who, state = state)
        }
        "EOPNOTSUPP" => {
            note!("accept-kind", who = who, kind = socket.map(|socket| socket.kind.short()))
        }
        "ECONNABORTED" => note!("accept-aborted", who = who),
        _ => return None,
    })
}

/// Explains an error of shutdown().
pub fn shutdown(case: &Case, errno: &str) -> Option<Note> {
    let who = case.who();
    let state = case.before.and_then(|socket| socket.state);
    Some(match errno {
        "ENOTCONN" => note!("shutdown-not-connected", who = who, state = state),
        "EINVAL" => note!("shutdown-how", how = case.shown(1)),
        _ => return None,
    })
}

/// Explains an error of getsockname() or getpeername().
pub fn names(case: &Case, errno: &str) -> Option<Note> {
    let who = case.who();
    let socket = case.before;
    Some(match errno {
        "ENOTCONN" => {
            let state = socket.and_then(|socket| socket.state);
            let had = socket.is_some_and(|socket| socket.peer_port().is_some());
            match state {
                Some(TcpState::Listen) => note!("getpeername-listener", who = who),
                state if had => note!("getpeername-gone", who = who, state = state),
                state => note!("getpeername-none", who = who, state = state),
            }
        }
        "EINVAL" => note!("names-length", call = case.call()),
        _ => return None,
    })
}

/// Explains an error of a call that belongs to no socket alone.
pub fn other(case: &Case, errno: &str) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    Some(match (case.report.call.syscall, errno) {
        (Syscall::Lseek, "ESPIPE") => note!("lseek-pipe", who = who),
        (Syscall::Mmap, "ENODEV") => {
            let who = case.fd_name(case.report.call.args[4]);
            note!("mmap-nodev", who = who)
        }
        (Syscall::Dup2 | Syscall::Dup3, "EBADF") => {
            note!("dup-badf", call = call, fd = case.report.call.args[1])
        }
        (Syscall::Dup3, "EINVAL") => note!("dup3-same", who = who),
        (Syscall::EpollCtl, "EEXIST") => note!("epoll-exists", fd = case.shown(2), who = who),
        (Syscall::EpollCtl, "ENOENT") => note!("epoll-unknown", fd = case.shown(2), who = who),
        (Syscall::EpollCtl, "EPERM") => note!("epoll-file", fd = case.shown(2)),
        (Syscall::Kill, "ESRCH") => note!("kill-nobody", pid = case.shown(0)),
        (Syscall::Poll, "EINVAL") => note!("poll-too-many", count = case.report.call.args[1]),
        (Syscall::Select, "EBADF") => note!("select-badf", process = case.process),
        (Syscall::Wait4, "ECHILD") => note!("wait-no-child", process = case.process),
        (Syscall::Open | Syscall::Unlink, "ENOENT" | "ENOTDIR" | "ELOOP" | "ENAMETOOLONG") => {
            let meaning = super::binding::path_error(errno);
            note!("path-error", call = call, path = case.path(0), errno = errno, meaning = meaning)
        }
        _ => return None,
    })
}
