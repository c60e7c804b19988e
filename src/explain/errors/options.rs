//! Errors of getsockopt() and setsockopt().

use crate::explain::calls::{plain, text, timeval};
use crate::explain::case::{Case, single};
use crate::explain::note::{Note, note};
use crate::explain::row::Row;

/// Explains an error of getsockopt() or setsockopt().
pub fn explain(case: &Case, errno: &str) -> Option<Note> {
    let (call, who) = (case.call(), case.who());
    let (level, option) = (case.shown(1), plain(case.shown(2)));
    let given = value(case, option);
    let value = given.as_str();
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
            let length = case.shown(4);
            note!("option-invalid", option = option, value = value, length = length)
        }
        "EDOM" => note!("option-domain", option = option, value = value),
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

/// The value that was given, as it reads best.
fn value(case: &Case, option: &str) -> String {
    let shown = case.shown(3);
    let time = matches!(option, "SO_RCVTIMEO" | "SO_SNDTIMEO").then(|| timeval(shown)).flatten();
    time.unwrap_or_else(|| text(single(shown)).to_owned())
}
