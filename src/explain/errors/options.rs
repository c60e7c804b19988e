//! Errors of getsockopt() and setsockopt().

use crate::explain::calls::{name_in_number, plain, text, timeval};
use crate::explain::case::{Case, as_int, single};
use crate::explain::names::number;
use crate::explain::note::{Note, note};
use crate::explain::row::Row;
use crate::model::Syscall;

/// Explains an error of getsockopt() or setsockopt().
pub fn explain(case: &Case, errno: &str) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    let (level, option) = (case.shown(1), plain(case.shown(2)));
    let mut given = value(case, option);
    if let Some(name) = name_in_number(&given).filter(|_| option == "TCP_CONGESTION") {
        given = name;
    }
    let value = given.as_str();
    Some(match errno {
        "ENOPROTOOPT" if setting(case) && READ_ONLY.contains(&option) => {
            note!("option-read-only", option = option)
        }
        "ENOPROTOOPT" => {
            let kind = case.socket().map(|socket| socket.kind.short());
            let (option, level) = (number(option), number(level));
            note!("option-unknown", call = call, kind = kind, option = option, level = level)
        }
        "EOPNOTSUPP" => note!("option-unsupported", who = who, option = option, level = level),
        "EINVAL"
            if option == "IPV6_V6ONLY" && case.before.is_some_and(|s| s.local_port().is_some()) =>
        {
            note!("option-v6only-late", who = who)
        }
        "EINVAL" if let Some((structure, size)) = short(case, option) => {
            let length = as_int(case.report.call.args[4]);
            note!(
                "option-short",
                option = option,
                structure = structure,
                size = size,
                length = length
            )
        }
        "EINVAL" if let Some((least, most)) = outside(option, value) => {
            note!("option-range", option = option, value = value, least = least, most = most)
        }
        "EPROTO" => note!("option-multicast-stream", who = who, option = option),
        "EINVAL" => {
            let length = case.shown(4);
            note!("option-invalid", option = option, value = value, length = length)
        }
        "EDOM" => note!("option-domain", option = option, value = value),
        "EACCES" if option == "SO_DEBUG" && case.report.call.code.contains("TCP_NODELAY") => {
            note!("option-wrong-level", option = "TCP_NODELAY", other = option)
        }
        "EPERM" | "EACCES" => note!("option-denied", option = option, errno = errno),
        "ENODEV" => note!("option-no-device", option = option, value = value),
        "EADDRINUSE" => note!("option-joined", who = who, value = value),
        "EADDRNOTAVAIL" => {
            note!("option-not-joined", who = who, option = option, value = value)
        }
        "EISCONN" => note!("option-connected", who = who, option = option),
        "ENOTCONN" => note!("option-not-connected", who = who, option = option),
        "ENOENT" => note!("option-no-such", option = option, value = value),
        _ => return None,
    })
}

/// The least and the most that an option takes, where this value is outside of it
/// (`include/net/tcp.h`, ip(7)).
fn outside(option: &str, value: &str) -> Option<(i64, i64)> {
    let range = match option {
        "TCP_MAXSEG" => (88, 32_767),
        "TCP_KEEPIDLE" | "TCP_KEEPINTVL" => (1, 32_767),
        "TCP_KEEPCNT" | "TCP_SYNCNT" => (1, 127),
        "IP_TTL" => (1, 255),
        _ => return None,
    };
    let value: i64 = value.parse().ok()?;
    (value < range.0 || value > range.1).then_some(range)
}

/// Options of which the kernel answers setsockopt() as if it did not know them.
const READ_ONLY: [&str; 10] = [
    "SO_TYPE",
    "SO_PROTOCOL",
    "SO_DOMAIN",
    "SO_ERROR",
    "SO_ACCEPTCONN",
    "SO_PEERCRED",
    "SO_PEERSEC",
    "SO_MEMINFO",
    "SO_COOKIE",
    "TCP_INFO",
];

fn setting(case: &Case) -> bool {
    case.report.call.syscall == Syscall::Setsockopt
}

/// What an option of these levels wants, if the length says less: SOL_SOCKET and TCP take no
/// number that is shorter than an int.
fn short(case: &Case, option: &str) -> Option<(&'static str, i64)> {
    let wanted = match option {
        "SO_LINGER" => ("struct linger", 8),
        "SO_RCVTIMEO" | "SO_SNDTIMEO" => ("struct timeval", 16),
        "SO_BINDTODEVICE" | "SO_ATTACH_FILTER" | "TCP_CONGESTION" | "TCP_ULP" => return None,
        _ => ("int", 4),
    };
    let level = matches!(case.shown(1), "SOL_SOCKET" | "SOL_TCP" | "IPPROTO_TCP");
    let length = i64::from(as_int(case.report.call.args[4]));
    (setting(case) && level && length < wanted.1).then_some(wanted)
}

/// The value that was given, as it reads best.
fn value(case: &Case, option: &str) -> String {
    let shown = case.shown(3);
    let time = matches!(option, "SO_RCVTIMEO" | "SO_SNDTIMEO").then(|| timeval(shown)).flatten();
    time.unwrap_or_else(|| text(single(shown)).to_owned())
}
