//! Errors of calls on descriptors and paths: dup(), fcntl(), ioctl(), open(), lseek(), mmap(),
//! splice() and their kin.

use super::{general, receiving, sending};
use crate::explain::calls::plain;
use crate::explain::case::{Case, as_int};
use crate::explain::names::number;
use crate::explain::note::{Note, note};
use crate::explain::row::Row;
use crate::explain::story::Story;
use crate::model::{Socket, Syscall, TcpState};

/// O_CLOEXEC of open(2), the only flag that dup3() knows.
const CLOEXEC: i64 = 0x8_0000;

/// Explains an error of dup2() or dup3().
pub fn dup(case: &Case, errno: &str) -> Option<Note> {
    let (call, who, fd) = (case.call(), case.who(), case.report.call.args[1]);
    Some(match errno {
        // An old fd that is closed was told by what all calls say of such a number.
        "EBADF" if as_int(fd) < 0 => note!("dup-negative", call = call, fd = as_int(fd)),
        "EBADF" => note!("dup-limit", call = call, fd = fd),
        "EBUSY" => note!("dup-busy", call = call, fd = fd),
        "EINVAL" if case.report.call.args[2] & !CLOEXEC != 0 => {
            note!("dup3-flags", flags = case.shown(2))
        }
        "EINVAL" => note!("dup3-same", who = who),
        _ => return None,
    })
}

/// Explains an error of fcntl().
pub fn fcntl(case: &Case, errno: &str) -> Option<Note> {
    let (who, command) = (case.who(), number(case.shown(1)));
    Some(match errno {
        "EINVAL" if command.starts_with("F_DUPFD") => {
            note!("fcntl-dup-range", command = command, least = case.report.call.args[2])
        }
        "EINVAL" => note!("fcntl-invalid", command = command, who = who),
        "EPERM" | "EACCES" => note!("fcntl-denied", command = command, who = who, errno = errno),
        "EAGAIN" => note!("fcntl-locked", command = command, who = who),
        _ => return None,
    })
}

/// Explains an error of ioctl().
pub fn ioctl(case: &Case, errno: &str) -> Option<Note> {
    let (who, request) = (case.who(), plain(case.shown(1)));
    let listens = case.before.is_some_and(|socket| socket.state == Some(TcpState::Listen));
    Some(match errno {
        "EINVAL" if listens => note!("ioctl-listener", request = request, who = who),
        "EINVAL" => note!("ioctl-invalid", request = request, who = who),
        "EPERM" | "EACCES" => note!("ioctl-denied", request = request, errno = errno),
        "ENODEV" | "ENXIO" => note!("ioctl-no-device", request = request, errno = errno),
        "EADDRNOTAVAIL" => note!("ioctl-no-address", request = request),
        "ENOENT" => note!("ioctl-nothing-yet", request = request, who = who),
        _ => return None,
    })
}

/// Explains an error of open() or unlink().
pub fn path(case: &Case, errno: &str, at: usize) -> Option<Note> {
    let (call, path) = (case.call(), case.path(at));
    Some(match (case.report.call.syscall, errno) {
        (Syscall::Open, "ENXIO") => note!("open-socket", path = path),
        (Syscall::Open | Syscall::Mkdir | Syscall::Symlink, "EEXIST") => {
            note!("open-exists", path = path)
        }
        (Syscall::Open, "EINVAL") => note!("open-flags", path = path, flags = case.shown(1)),
        _ => {
            let meaning = path_error(errno)?;
            note!("path-error", call = call, path = path, errno = errno, meaning = meaning)
        }
    })
}

/// What an error of a path means.
pub fn path_error(errno: &str) -> Option<Note> {
    Some(match errno {
        "ENOENT" => note!("path-enoent"),
        "ENOTDIR" => note!("path-enotdir"),
        "ELOOP" => note!("path-eloop"),
        "ENAMETOOLONG" => note!("path-enametoolong"),
        "EROFS" => note!("path-erofs"),
        "EACCES" => note!("path-eacces"),
        "EPERM" => note!("path-eperm"),
        "EISDIR" => note!("path-eisdir"),
        "EBUSY" => note!("path-ebusy"),
        "ENODEV" => note!("path-enodev"),
        _ => return None,
    })
}

/// Explains an error of lseek().
pub fn seek(case: &Case, errno: &str) -> Option<Note> {
    let who = case.who();
    Some(match errno {
        "ESPIPE" => note!("lseek-pipe", who = who),
        "EINVAL" | "ENXIO" => {
            let (offset, whence) = (case.shown(1), case.shown(2));
            note!("lseek-nowhere", who = who, offset = offset, whence = whence, errno = errno)
        }
        _ => return None,
    })
}

/// Explains an error of mmap().
pub fn mmap(case: &Case, errno: &str) -> Option<Note> {
    let who = case.fd_name(case.report.call.args[4]);
    let asked = case.report.call.args[1];
    Some(match errno {
        "ENODEV" => note!("mmap-nodev", who = who),
        "EINVAL" if asked == 0 => note!("mmap-nothing"),
        "EINVAL" => note!("mmap-invalid", who = who),
        "EACCES" | "EPERM" => {
            note!("mmap-denied", who = who, protection = case.shown(2), errno = errno)
        }
        "EAGAIN" => note!("mmap-locked", who = who),
        _ => return None,
    })
}

/// Explains an error of splice() or sendfile(): that of the side that is a socket, or what is said
/// of the pair.
pub fn moving(story: &Story, case: &Case, errno: &str) -> Option<Note> {
    let splice = case.report.call.syscall == Syscall::Splice;
    // splice() reads from its first argument, sendfile() from its second.
    let (from, to) = if splice { (0, 2) } else { (1, 0) };
    let from = Case::about(&story.scene, case.report, from);
    let to = Case::about(&story.scene, case.report, to);
    let (call, source, target) = (case.call(), from.who(), to.who());
    let alone = |socket: &Socket| socket.peer_port().is_none() && socket.partner.is_none();
    Some(match errno {
        "EBADF" => {
            match general::bad_number(story, &from).or_else(|| general::bad_number(story, &to)) {
                Some(note) => note,
                None => note!("moving-mode", call = call, source = source, target = target),
            }
        }
        "EINVAL" if splice => {
            note!("splice-no-pipe", source = source, target = target)
        }
        "EINVAL" => note!("sendfile-source", source = source, target = target),
        "ESPIPE" => note!("moving-offset", call = call, source = source, target = target),
        "EOVERFLOW" => note!("sendfile-long", source = source),
        "ENOTCONN" if from.socket().is_some_and(|socket| alone(socket)) => {
            receiving::explain(story, &from, errno)?
        }
        "ENOTCONN" | "EPIPE" => sending::explain(story, &to, errno)?,
        "EAGAIN" => note!("moving-again", call = call, source = source, target = target),
        _ if to.socket().is_some() => sending::explain(story, &to, errno)?,
        _ => receiving::explain(story, &from, errno)?,
    })
}
