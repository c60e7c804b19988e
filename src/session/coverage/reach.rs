//! Which function of the kernel a call reaches.

use std::sync::Arc;

use crate::model::{Call, Family, File, Kind, Report, Snapshot, Syscall};

/// Options of SOL_SOCKET that have a function of their own, and the level itself.
const SOL_SOCKET: i64 = 1;
const SO_RCVLOWAT: i64 = 18;
const SO_PEEK_OFF: i64 = 42;
/// What ioctl() is asked for the time stamp of the last packet, in its four forms.
const STAMPS: [i64; 4] = [0x8906, 0x8907, 0x8010_8906, 0x8010_8907];

/// The columns of the table, by kind; `None` for kinds that it does not have.
pub fn column(kind: Kind) -> Option<usize> {
    match (kind.family, kind.kind, kind.protocol) {
        (Family::Inet, 1, 6) => Some(0),
        (Family::Inet, 2, 17) => Some(1),
        (Family::Inet, 3, _) => Some(2),
        (Family::Unix, 1, _) => Some(3),
        (Family::Unix, 2, _) => Some(4),
        (Family::Unix, 5, _) => Some(5),
        (Family::Inet | Family::Inet6 | Family::Unix | Family::Packet | Family::Other(_), ..) => {
            None
        }
    }
}

/// The functions of `struct proto_ops` that a call asks for, each with the descriptor by whose
/// socket it is found.
pub fn ops(report: &Report) -> Vec<(&'static str, i64)> {
    let call = &report.call;
    let [fd, second, third, ..] = call.args;
    let one = |name| vec![(name, fd)];
    match call.syscall {
        Syscall::Close => one("release"),
        Syscall::Bind => one("bind"),
        Syscall::Connect => one("connect"),
        Syscall::Accept | Syscall::Accept4 => one("accept"),
        Syscall::Getsockname | Syscall::Getpeername => one("getname"),
        Syscall::Listen => one("listen"),
        Syscall::Shutdown => one("shutdown"),
        Syscall::Sendto | Syscall::Sendmsg | Syscall::Write | Syscall::Writev => one("sendmsg"),
        Syscall::Recvfrom | Syscall::Recvmsg | Syscall::Read | Syscall::Readv => one("recvmsg"),
        Syscall::Ioctl if STAMPS.contains(&second) => one("gettstamp"),
        Syscall::Ioctl => one("ioctl"),
        Syscall::Setsockopt if second != SOL_SOCKET => one("setsockopt"),
        Syscall::Getsockopt if second != SOL_SOCKET => one("getsockopt"),
        Syscall::Setsockopt if third == SO_PEEK_OFF => one("set_peek_off"),
        Syscall::Setsockopt if third == SO_RCVLOWAT => one("set_rcvlowat"),
        Syscall::Mmap => vec![("mmap", call.args[4])],
        Syscall::Splice => one("splice_read"),
        Syscall::Sendfile => one("sendmsg"),
        Syscall::EpollCtl => vec![("poll", third)],
        Syscall::Poll => polled(call, 0).collect(),
        Syscall::Select => (1..4).flat_map(|at| polled(call, at)).collect(),
        Syscall::Setsockopt
        | Syscall::Getsockopt
        | Syscall::Socket
        | Syscall::Socketpair
        | Syscall::Dup
        | Syscall::Dup2
        | Syscall::Dup3
        | Syscall::Pipe
        | Syscall::Pipe2
        | Syscall::Fcntl
        | Syscall::EpollCreate
        | Syscall::EpollCreate1
        | Syscall::EpollWait
        | Syscall::Fork
        | Syscall::Execve
        | Syscall::Unlink
        | Syscall::Symlink
        | Syscall::Mkdir
        | Syscall::Chmod
        | Syscall::Open
        | Syscall::Fstat
        | Syscall::Lseek
        | Syscall::Kill
        | Syscall::RtSigaction
        | Syscall::RtSigreturn
        | Syscall::Alarm
        | Syscall::Kcmp
        | Syscall::Getrlimit
        | Syscall::Setrlimit
        | Syscall::Getpid
        | Syscall::Getppid
        | Syscall::Time
        | Syscall::Pause
        | Syscall::Wait4
        | Syscall::Nanosleep
        | Syscall::ExitGroup => Vec::new(),
    }
}

/// The descriptors that poll() or select() was given in this argument, as strace writes them:
/// `[{fd=3, events=POLLIN}]` or `[3 4]`.
fn polled(call: &Call, argument: usize) -> impl Iterator<Item = (&'static str, i64)> {
    let text = call.shown.get(argument).map_or("", String::as_str);
    let list = text.strip_prefix('[').unwrap_or_default();
    let words = list.split(['{', ' ', ',', ']', '}']);
    let numbers = words.filter_map(|word| word.strip_prefix("fd=").unwrap_or(word).parse().ok());
    numbers.map(|fd: i64| ("poll", fd))
}

/// The kind of the socket behind a descriptor, as it was before the call or is behind it.
pub fn kind_of(snapshots: [Option<&Arc<Snapshot>>; 2], report: &Report, fd: i64) -> Option<Kind> {
    let fd = i32::try_from(fd).ok()?;
    let found = snapshots.into_iter().flatten();
    found
        .filter_map(|snapshot| snapshot.socket_of(&report.call.process, fd))
        .map(|socket| socket.kind)
        .next()
}

/// The kind that socketpair() was asked for.
pub fn pair(report: &Report) -> Option<Kind> {
    let [family, kind, ..] = report.call.args;
    let (family, protocol) = match family {
        1 => (Family::Unix, 0),
        2 if kind & 0xf == 1 => (Family::Inet, 6),
        2 => (Family::Inet, 17),
        _ => return None,
    };
    Some(Kind { family, kind: i32::try_from(kind & 0xf).ok()?, protocol })
}

/// Whether the call went to something that is open and no socket.
pub fn is_other_file(snapshot: Option<&Arc<Snapshot>>, report: &Report) -> bool {
    let fd = i32::try_from(report.call.args[0]).ok();
    let process = snapshot.and_then(|snapshot| snapshot.process(&report.call.process));
    let file = process.zip(fd).and_then(|(process, fd)| process.fd(fd));
    file.is_some_and(|fd| matches!(fd.file, File::Other(_)))
}
