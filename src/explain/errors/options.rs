//! Errors of getsockopt() and setsockopt().

use crate::explain::case::{Case, single};
use crate::explain::note::{Note, note};
use crate::explain::row::Row;

/// Explains an error of getsockopt() or setsockopt().
pub fn explain(case: &Case, errno: &str) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    let (level, option) = (case.shown(1), case.shown(2));
    Some(match errno {
        "ENOPROTOOPT" => {
            let kind = case.socket().map(|socket| socket.kind.short());
            note!("option-unknown", call = call, kind = kind, option = option, level = level)
        }
        "EOPNOTSUPP" => note!("option-unsupported", who = who, option = option, level = level),
        "EINVAL"
            if option == "IPV6_V6ONLY" && case.before.is_some_and(|s| s.local_port().is_some()) =>
        {
            note!("option-v6only-late", who = who)
        }
        "EINVAL" => {
            let (value, length) = (single(case.shown(3)), case.shown(4));
            note!("option-invalid", option = option, value = value, length = length)
        }
        "EDOM" => note!("option-domain", option = option, value = single(case.shown(3))),
        "EPERM" | "EACCES" => note!("option-denied", option = option, errno = errno),
        "ENODEV" => note!("option-no-device", option = option, value = single(case.shown(3))),
        "EADDRINUSE" => note!("option-joined", who = who, value = single(case.shown(3))),
        "EADDRNOTAVAIL" => {
            note!("option-not-joined", who = who, option = option, value = single(case.shown(3)))
        }
        "EISCONN" => note!("option-connected", who = who, option = option),
        "ENOTCONN" => note!("option-not-connected", who = who, option = option),
        "ENOENT" => note!("option-no-such", option = option, value = single(case.shown(3))),
        _ => return None,
    })
}
