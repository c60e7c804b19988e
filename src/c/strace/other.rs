//! Signals, limits, children, `fcntl` and `ioctl`.

use super::super::constants;
use super::super::reach::{number, text_at};
use super::flags;
use super::quote::{CUT, behind, cut, integer, named, pointer};
use crate::model::{Memory, Signal};

/// `SIGPIPE`, or the number.
pub(in super::super) fn signal(value: i64) -> String {
    let signal = Signal(value as i32);
    signal.name().map_or_else(|| signal.0.to_string(), str::to_owned)
}

/// The kernel's `struct sigaction`.
pub(super) fn action(memory: &dyn Memory, at: i64) -> String {
    let Some(bytes) = memory.read(at as u64, 32).filter(|_| at != 0) else { return pointer(at) };
    let field = |at: usize| number(&bytes[at..at + 8]);
    let handler = match field(0) {
        0 => "SIG_DFL".to_owned(),
        1 => "SIG_IGN".to_owned(),
        u64::MAX => "SIG_ERR".to_owned(),
        address => format!("{address:#x}"),
    };
    let flag_bits = field(8) as i64;
    let restorer = match flag_bits & 0x0400_0000 {
        0 => String::new(),
        _ => format!(", sa_restorer={}", pointer(field(16) as i64)),
    };
    format!(
        "{{sa_handler={handler}, sa_mask={}, sa_flags={}{restorer}}}",
        signals(field(24)),
        flags::action(flag_bits)
    )
}

/// A set of signals, a bit for each from signal 1: `[USR1 CHLD]`; of many, `~[…]` names the others.
pub fn signals(set: u64) -> String {
    let (sign, named) = if set.count_ones() >= 64 * 2 / 3 { ("~", !set) } else { ("", set) };
    let bits = (0..64).filter(|bit| named >> bit & 1 == 1);
    let names: Vec<String> = bits
        .map(|bit| match Signal(bit + 1).name() {
            Some(name) => name.trim_start_matches("SIG").to_owned(),
            None if bit == 31 => "RTMIN".to_owned(),
            None => format!("RT_{}", bit - 31),
        })
        .collect();
    format!("{sign}[{}]", names.join(" "))
}

/// `{rlim_cur=64, rlim_max=RLIM64_INFINITY}`; multiples of 1024 above it are written so.
pub(super) fn limit(memory: &dyn Memory, at: i64) -> String {
    let Some(bytes) = memory.read(at as u64, 16).filter(|_| at != 0) else { return pointer(at) };
    let field = |at: usize| match number(&bytes[at..at + 8]) {
        u64::MAX => "RLIM64_INFINITY".to_owned(),
        value if value > 1024 && value % 1024 == 0 => format!("{}*1024", value / 1024),
        value => value.to_string(),
    };
    format!("{{rlim_cur={}, rlim_max={}}}", field(0), field(8))
}

/// `[{WIFEXITED(s) && WEXITSTATUS(s) == 3}]`.
pub(super) fn status(memory: &dyn Memory, at: i64) -> String {
    let Some(value) = integer(memory, at as u64, 4).filter(|_| at != 0) else {
        return pointer(at);
    };
    let value = value as i64;
    let (low, high) = (value & 0x7f, value >> 8 & 0xff);
    let core = if value & 0x80 != 0 { " && WCOREDUMP(s)" } else { "" };
    match (value, low) {
        (0xffff, _) => "[{WIFCONTINUED(s)}]".to_owned(),
        (_, 0) => format!("[{{WIFEXITED(s) && WEXITSTATUS(s) == {high}}}]"),
        (_, 0x7f) => format!("[{{WIFSTOPPED(s) && WSTOPSIG(s) == {}}}]", signal(high)),
        (_, low) => format!("[{{WIFSIGNALED(s) && WTERMSIG(s) == {}{core}}}]", signal(low)),
    }
}

/// `{st_mode=S_IFSOCK|0777, st_size=0, ...}`.
pub(super) fn stat(memory: &dyn Memory, at: i64) -> String {
    let Some(bytes) = memory.read(at as u64, 144).filter(|_| at != 0) else { return pointer(at) };
    let mode = number(&bytes[24..28]) as i64;
    let kind = constants::named(mode & 0o170_000, &["S_IF"]).filter(|name| *name != "S_IFMT");
    let kind = kind.map_or_else(|| format!("{:#o}", mode & 0o170_000), str::to_owned);
    let size = number(&bytes[48..56]) as i64;
    format!("{{st_mode={kind}|{:#05o}, st_size={size}, ...}}", mode & 0o7777).replace("0o", "0")
}

/// So many of a program's arguments are shown.
const ARGUMENTS: usize = 32;

/// A program's arguments, an array of strings that ends with NULL: `["program", "3"]`.
pub(super) fn arguments(memory: &dyn Memory, at: i64) -> String {
    if at == 0 {
        return pointer(at);
    }
    let mut shown = Vec::new();
    for (place, index) in (at as u64..).step_by(8).zip(0..) {
        let Some(argument) = integer(memory, place, 8) else {
            if shown.is_empty() {
                return pointer(at);
            }
            shown.push(format!("... /* {} */", pointer(place as i64)));
            break;
        };
        match argument as i64 {
            0 => break,
            _ if index >= ARGUMENTS => {
                shown.push("...".to_owned());
                break;
            }
            argument => shown.push(text(memory, argument)),
        }
    }
    format!("[{}]", shown.join(", "))
}

/// A string up to its NUL, cut if it is long.
fn text(memory: &dyn Memory, at: i64) -> String {
    text_at(memory, at as u64, CUT + 1).map_or_else(|| pointer(at), |text| cut(&text))
}

/// A program's environment: `0x10000040 /* 2 vars */`.
pub(super) fn environment(memory: &dyn Memory, at: i64) -> String {
    let mut count = 0;
    let mut unterminated = "";
    for place in (at as u64..).step_by(8).take_while(|_| at != 0) {
        match integer(memory, place, 8) {
            Some(0) => break,
            Some(_) => count += 1,
            None => {
                unterminated = ", unterminated";
                break;
            }
        }
    }
    match (count, unterminated) {
        (0, ", unterminated") => pointer(at),
        (0, _) if at == 0 => pointer(at),
        (1, _) => format!("{} /* 1 var{unterminated} */", pointer(at)),
        (_, _) => format!("{} /* {count} vars{unterminated} */", pointer(at)),
    }
}

/// The third argument of `fcntl`, if the operation has one.
pub(super) fn fcntl_argument(operation: i64, value: i64) -> Option<String> {
    match constants::named(operation, &["F_"]) {
        Some("F_GETFD" | "F_GETFL" | "F_GETOWN" | "F_GETSIG" | "F_GETPIPE_SZ") => None,
        Some("F_SETFD") => Some(flags::close_on_exec(value)),
        Some("F_SETFL") => Some(flags::open(value)),
        Some("F_DUPFD" | "F_DUPFD_CLOEXEC" | "F_SETOWN" | "F_SETPIPE_SZ") => {
            Some((value as i32).to_string())
        }
        Some("F_SETSIG") => Some(signal(value)),
        Some(_) => Some(pointer(value)),
        None => Some(format!("{value:#x}")),
    }
}

/// The flags that `fcntl` gave back, behind the result.
pub(super) fn fcntl_result(operation: i64, value: i64) -> Option<String> {
    match constants::named(operation, &["F_"]) {
        Some("F_GETFL") => Some(format!("(flags {})", flags::open(value))),
        Some("F_GETFD") if value != 0 => Some(format!("(flags {})", flags::close_on_exec(value))),
        Some(_) | None => None,
    }
}

/// The second argument of `ioctl`.
pub(super) fn request(value: i64) -> String {
    // Several names have one number; these are strace's.
    match value {
        0x541b => "FIONREAD".to_owned(),
        0x5411 => "TIOCOUTQ".to_owned(),
        0x8906 => "SIOCGSTAMP_OLD".to_owned(),
        0x8907 => "SIOCGSTAMPNS_OLD".to_owned(),
        _ => match constants::named(value, &["FIO", "SIOC", "TIOC"]) {
            Some(name) => name.to_owned(),
            None => {
                let (kind, number) = (value >> 8 & 0xff, value & 0xff);
                let (size, direction) = (value >> 16 & 0x3fff, value >> 30 & 3);
                let direction = ["_IOC_NONE", "_IOC_WRITE", "_IOC_READ", "_IOC_READ|_IOC_WRITE"]
                    [direction as usize];
                let hex =
                    |value: i64| if value == 0 { "0".to_owned() } else { format!("{value:#x}") };
                format!("_IOC({direction}, {}, {}, {})", hex(kind), hex(number), hex(size))
            }
        },
    }
}

/// The third argument of `ioctl`, before the call.
pub(super) fn request_argument(memory: &dyn Memory, request: i64, value: i64) -> Option<String> {
    match constants::named(request, &["FIO", "SIOC", "TIOC"]) {
        Some("FIONBIO" | "FIOASYNC" | "SIOCSPGRP") => Some(behind(memory, value)),
        Some("FIOCLEX" | "FIONCLEX") => None,
        Some(_) => Some(pointer(value)),
        None => Some(format!("{value:#x}")),
    }
}

/// Whether the kernel writes an `int` for this request.
pub(super) fn request_answers(request: i64) -> bool {
    matches!(
        constants::named(request, &["FIO", "SIOC", "TIOC"]),
        Some(
            "FIONREAD"
                | "TIOCINQ"
                | "SIOCINQ"
                | "SIOCOUTQ"
                | "TIOCOUTQ"
                | "SIOCATMARK"
                | "SIOCOUTQNSD"
                | "SIOCGPGRP"
        )
    )
}

/// `RLIMIT_NOFILE`.
pub(super) fn resource(value: i64) -> String {
    named(value, &["RLIMIT_"])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_of_signals_are_written_as_strace_writes_them() {
        for (set, text) in [
            (0, "[]"),
            (1 << 9, "[USR1]"),
            (1 << 9 | 1 << 16, "[USR1 CHLD]"),
            (1 << 31 | 1 << 32, "[RTMIN RT_1]"),
            (u64::MAX, "~[]"),
            (!(1 << 8), "~[KILL]"),
        ] {
            assert_eq!(signals(set), text);
        }
    }
}
