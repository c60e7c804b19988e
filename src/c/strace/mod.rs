//! Arguments in strace's notation (strace 6.1): as they are before a call, and those that the
//! kernel has written to after it.

mod address;
pub(super) mod flags;
mod message;
mod option;
pub(super) mod other;
pub(super) mod quote;
mod ready;

use super::calls::CallResult;
use crate::model::{Call, Memory, Syscall};
use message::Contents;
pub use other::signals;
use quote::{behind, buffer, integer, named, path, pointer};

/// The position in [`written`] of what strace prints behind the result: what `poll` and `select`
/// found, what flags `fcntl` gave back.
pub const BESIDE: usize = 6;

/// The arguments as they are before the call. Those that only the kernel writes to are shown by
/// where they lie, as strace does when a call fails.
pub(super) fn before(syscall: Syscall, args: &[i64; 6], memory: &dyn Memory) -> Vec<String> {
    use Syscall as S;
    let a = |at: usize| args[at];
    let int = |at: usize| (args[at] as i32).to_string();
    let size = |at: usize| (args[at] as u64).to_string();
    let at = |at: usize| pointer(args[at]);
    let length_at = |at: usize| behind(memory, args[at]);
    let address = |at: usize| address::sockaddr(memory, a(at), i64::from(a(at + 1) as i32));
    match syscall {
        S::Socket => {
            let kind = flags::socket_type(a(1));
            vec![named(a(0), &["AF_"]), kind, flags::protocol(a(0), a(2))]
        }
        S::Socketpair => {
            let kind = flags::socket_type(a(1));
            // strace names the protocol of socket() only.
            vec![named(a(0), &["AF_"]), kind, (a(2) as u32).to_string(), at(3)]
        }
        S::Bind | S::Connect => vec![int(0), address(1), int(2)],
        S::Listen => vec![int(0), int(1)],
        S::Accept | S::Getsockname | S::Getpeername => vec![int(0), at(1), length_at(2)],
        S::Accept4 => vec![int(0), at(1), length_at(2), flags::accept(a(3))],
        S::Read => vec![int(0), at(1), size(2)],
        S::Write => vec![int(0), buffer(memory, a(1), a(2) as u64), size(2)],
        S::Readv => vec![int(0), message::vector(memory, a(1), a(2), Contents::Addresses), size(2)],
        S::Writev => vec![int(0), message::vector(memory, a(1), a(2), Contents::Out), size(2)],
        S::Sendto => {
            let bytes = buffer(memory, a(1), a(2) as u64);
            vec![int(0), bytes, size(2), flags::message(a(3)), address(4), int(5)]
        }
        S::Recvfrom => vec![int(0), at(1), size(2), flags::message(a(3)), at(4), length_at(5)],
        S::Sendmsg => {
            vec![int(0), message::header(memory, a(1), None, None), flags::message(a(2))]
        }
        S::Recvmsg => {
            let length = message::name_length(memory, a(1));
            let shown = length.map_or_else(|| at(1), |length| format!("{{msg_namelen={length}}}"));
            vec![int(0), shown, flags::message(a(2))]
        }
        S::Shutdown => vec![int(0), named(a(1), &["SHUT_"])],
        S::Close | S::Dup => vec![int(0)],
        S::Dup2 => vec![int(0), int(1)],
        S::Dup3 => vec![int(0), int(1), flags::open_without_mode(a(2))],
        S::Pipe => vec![at(0)],
        S::Pipe2 => vec![at(0), flags::open_without_mode(a(1))],
        S::Fcntl => {
            let mut shown = vec![int(0), named(a(1), &["F_"])];
            shown.extend(other::fcntl_argument(a(1), a(2)));
            shown
        }
        S::Ioctl => {
            let mut shown = vec![int(0), other::request(a(1))];
            shown.extend(other::request_argument(memory, a(1), a(2)));
            shown
        }
        S::Getsockopt => {
            vec![int(0), option::level(a(1)), option::name(a(1), a(2)), at(3), length_at(4)]
        }
        S::Setsockopt => {
            let value = option::set(memory, a(1), a(2), a(3), a(4));
            vec![int(0), option::level(a(1)), option::name(a(1), a(2)), value, int(4)]
        }
        S::Poll => vec![ready::poll_wanted(memory, a(0), a(1)), size(1), int(2)],
        S::Select => {
            let set = |at: usize| ready::set(memory, args[at], i64::from(args[0] as i32));
            vec![int(0), set(1), set(2), set(3), ready::time(memory, a(4), "tv_usec")]
        }
        S::EpollCreate => vec![int(0)],
        S::EpollCreate1 => vec![flags::epoll_create(a(0))],
        S::EpollCtl => {
            let event = ready::epoll_event(memory, a(3));
            vec![int(0), named(a(1), &["EPOLL_CTL_"]), int(2), event]
        }
        S::EpollWait => vec![int(0), at(1), int(2), int(3)],
        S::Fork | S::Getpid | S::Getppid | S::Pause => Vec::new(),
        S::Execve => {
            let environment = other::environment(memory, a(2));
            vec![path(memory, a(0)), other::arguments(memory, a(1)), environment]
        }
        S::Unlink => vec![path(memory, a(0))],
        S::Symlink => vec![path(memory, a(0)), path(memory, a(1))],
        S::Mkdir | S::Chmod => vec![path(memory, a(0)), octal(a(1))],
        S::Open => {
            let mut shown = vec![path(memory, a(0)), flags::open(a(1))];
            if a(1) & 0o100 != 0 {
                shown.push(octal(a(2)));
            }
            shown
        }
        S::Fstat => vec![int(0), at(1)],
        S::Lseek => vec![int(0), a(1).to_string(), named(a(2), &["SEEK_"])],
        S::Mmap => {
            let offset = if a(5) == 0 { "0".to_owned() } else { format!("{:#x}", a(5)) };
            let (how, kind) = (flags::protection(a(2)), flags::mapping(a(3)));
            vec![at(0), size(1), how, kind, int(4), offset]
        }
        S::Splice => {
            let offset = |at: usize| long_behind(memory, args[at]);
            vec![int(0), offset(1), int(2), offset(3), size(4), flags::splice(a(5))]
        }
        S::Sendfile => vec![int(0), int(1), long_behind(memory, a(2)), size(3)],
        S::Kill => vec![int(0), other::signal(a(1))],
        S::RtSigaction => {
            vec![other::signal(a(0)), other::action(memory, a(1)), at(2), size(3)]
        }
        S::RtSigreturn => vec!["{mask=[]}".to_owned()],
        S::Alarm => vec![(a(0) as u32).to_string()],
        S::Kcmp => {
            vec![int(0), int(1), named(a(2), &["KCMP_"]), size(3), size(4)]
        }
        S::Getrlimit => vec![other::resource(a(0)), at(1)],
        S::Setrlimit => vec![other::resource(a(0)), other::limit(memory, a(1))],
        S::Time => vec![at(0)],
        S::Wait4 => vec![int(0), at(1), flags::wait(a(2)), at(3)],
        S::Nanosleep => vec![ready::time(memory, a(0), "tv_nsec"), at(1)],
        S::ExitGroup => vec![int(0)],
    }
}

/// `[3]`: an `off_t` behind an address.
fn long_behind(memory: &dyn Memory, address: i64) -> String {
    match integer(memory, address as u64, 8) {
        Some(value) => format!("[{}]", value as i64),
        None => pointer(address),
    }
}

/// The arguments that the kernel wrote to, in strace's notation after the call, by position. What
/// strace prints behind the result has the position [`BESIDE`]. `memory` must be as the kernel
/// left it.
pub fn written(call: &Call, result: CallResult, memory: &dyn Memory) -> Vec<(usize, String)> {
    use Syscall as S;
    let a = |at: usize| call.args[at];
    let Ok(value) = result else { return Vec::new() };
    match call.syscall {
        S::Accept | S::Accept4 | S::Getsockname | S::Getpeername => named_peer(call, memory, 1),
        S::Recvfrom => {
            let mut shown = vec![(1, received(call, value, memory))];
            shown.extend(named_peer(call, memory, 4));
            shown
        }
        S::Read => vec![(1, received(call, value, memory))],
        S::Readv => {
            let contents = Contents::In(value.max(0) as u64);
            vec![(1, message::vector(memory, a(1), a(2), contents))]
        }
        S::Recvmsg => {
            let before = call.shown.get(1).and_then(|shown| {
                shown.strip_prefix("{msg_namelen=")?.strip_suffix('}')?.parse().ok()
            });
            vec![(1, message::header(memory, a(1), Some(value.max(0) as u64), before))]
        }
        S::Getsockopt => {
            let Some(length) = integer(memory, a(4) as u64, 4) else { return Vec::new() };
            let length = i64::from(length as i32);
            let value = option::got(memory, a(1), a(2), a(3), length);
            vec![(3, value), (4, changed(call, 4, length))]
        }
        S::Socketpair => vec![(3, pair(memory, a(3)))],
        S::Pipe | S::Pipe2 => vec![(0, pair(memory, a(0)))],
        S::Ioctl if other::request_answers(a(1)) => vec![(2, behind(memory, a(2)))],
        S::Fcntl => {
            other::fcntl_result(a(1), value).map(|text| (BESIDE, text)).into_iter().collect()
        }
        S::Poll | S::Select if value == 0 => vec![(BESIDE, "(Timeout)".to_owned())],
        S::Poll => vec![(BESIDE, ready::poll_found(memory, a(0), a(1)))],
        S::Select => vec![(BESIDE, ready::select_found(memory, &call.args))],
        S::EpollWait => vec![(1, ready::epoll_events(memory, a(1), value))],
        S::Fstat => vec![(1, other::stat(memory, a(1)))],
        S::RtSigaction => vec![(2, other::action(memory, a(2)))],
        S::Getrlimit => vec![(1, other::limit(memory, a(1)))],
        S::Wait4 if value > 0 => vec![(1, other::status(memory, a(1)))],
        S::Splice => [1, 3]
            .into_iter()
            .filter(|at| a(*at) != 0)
            .filter_map(|at| {
                Some((at, changed(call, at, integer(memory, a(at) as u64, 8)? as i64)))
            })
            .collect(),
        S::Sendfile if a(2) != 0 => match integer(memory, a(2) as u64, 8) {
            Some(offset) => vec![(2, changed(call, 2, offset as i64))],
            None => Vec::new(),
        },
        S::Socket
        | S::Bind
        | S::Listen
        | S::Connect
        | S::Write
        | S::Writev
        | S::Sendto
        | S::Sendmsg
        | S::Shutdown
        | S::Close
        | S::Dup
        | S::Dup2
        | S::Dup3
        | S::Ioctl
        | S::Setsockopt
        | S::EpollCreate
        | S::EpollCreate1
        | S::EpollCtl
        | S::Fork
        | S::Execve
        | S::Unlink
        | S::Symlink
        | S::Mkdir
        | S::Chmod
        | S::Open
        | S::Lseek
        | S::Mmap
        | S::Sendfile
        | S::Kill
        | S::RtSigreturn
        | S::Alarm
        | S::Kcmp
        | S::Setrlimit
        | S::Getpid
        | S::Getppid
        | S::Time
        | S::Pause
        | S::Wait4
        | S::Nanosleep
        | S::ExitGroup => Vec::new(),
    }
}

/// The address at position `at`, and its length behind it, that the kernel has filled in.
fn named_peer(call: &Call, memory: &dyn Memory, at: usize) -> Vec<(usize, String)> {
    let (place, length_at) = (call.args[at], call.args[at + 1]);
    let Some(length) = integer(memory, length_at as u64, 4).filter(|_| place != 0) else {
        return Vec::new();
    };
    let length = i64::from(length as i32);
    let room = before_value(call, at + 1).unwrap_or(length);
    let address = address::sockaddr(memory, place, length.min(room));
    vec![(at, address), (at + 1, changed(call, at + 1, length))]
}

/// `[128 => 16]`, or `[16]` if it stayed the same.
/// A file's mode as strace writes it: `0644`, and `000` for none.
fn octal(mode: i64) -> String {
    let digits = format!("0{:o}", mode & 0o7777);
    format!("{digits:0>3}")
}

fn changed(call: &Call, at: usize, now: i64) -> String {
    match before_value(call, at) {
        Some(before) if before != now => format!("[{before} => {now}]"),
        Some(_) | None => format!("[{now}]"),
    }
}

/// The number in `[…]` as it was shown before the call.
fn before_value(call: &Call, at: usize) -> Option<i64> {
    call.shown.get(at)?.strip_prefix('[')?.strip_suffix(']')?.parse().ok()
}

/// The bytes that `read` or `recvfrom` brought; MSG_TRUNC may count more than there was room for.
fn received(call: &Call, count: i64, memory: &dyn Memory) -> String {
    let count = (count.max(0) as u64).min(call.args[2] as u64);
    match count {
        0 if call.args[1] != 0 => "\"\"".to_owned(),
        count => buffer(memory, call.args[1], count),
    }
}

/// `[3, 4]`.
fn pair(memory: &dyn Memory, at: i64) -> String {
    match (integer(memory, at as u64, 4), integer(memory, (at as u64).wrapping_add(4), 4)) {
        (Some(a), Some(b)) => format!("[{}, {}]", a as i32, b as i32),
        _ => pointer(at),
    }
}

/// A whole line as strace prints it: `accept(3, {sa_family=AF_INET, …}, [16]) = 4`. `result` is
/// `None` while the call goes on.
pub fn line(call: &Call, result: Option<CallResult>, written: &[(usize, String)]) -> String {
    let mut args = call.shown.clone();
    let mut beside = String::new();
    for (at, text) in written {
        match args.get_mut(*at) {
            Some(arg) => *arg = text.clone(),
            None => beside = format!(" {text}"),
        }
    }
    let head = format!("{}({})", call.syscall, args.join(", "));
    match result {
        None => format!("{}({} <unfinished ...>", call.syscall, args.join(", ")),
        Some(Err(errno)) => {
            format!("{head} = -1 {errno} ({})", super::builtins::strerror(errno.0))
        }
        Some(Ok(_)) if call.syscall == Syscall::ExitGroup => format!("{head} = ?"),
        Some(Ok(value)) => {
            let is_hex = call.syscall == Syscall::Mmap || beside.starts_with(" (flags");
            let value = if is_hex { format!("{value:#x}") } else { value.to_string() };
            format!("{head} = {value}{beside}")
        }
    }
}
