//! Errors of socket() and socketpair(): family, type and protocol that do not go together.

use crate::explain::case::Case;
use crate::explain::names::{number, with_name};
use crate::explain::note::{Note, note};
use crate::model::Syscall;

/// The bits of the second argument that are the type (SOCK_TYPE_MASK of the kernel).
const TYPE: i64 = 0xf;
/// The kernel knows types below this number (SOCK_MAX).
const TYPES: i64 = 11;
/// SOCK_NONBLOCK and SOCK_CLOEXEC.
const FLAGS: i64 = 0o4000 | 0o2_000_000;
/// The kernel knows protocols of IP below this number (IPPROTO_MAX).
const PROTOCOLS: i64 = 263;

/// Explains an error of socket() or socketpair().
pub fn explain(case: &Case, errno: &str) -> Option<Note> {
    let (family, kind) = (number(case.shown(0)), case.shown(1));
    let protocol = number(case.shown(2));
    let process = case.process;
    Some(match errno {
        "EAFNOSUPPORT" => note!("socket-no-family", family = family),
        "ESOCKTNOSUPPORT" => note!("socket-no-type", family = family, kind = kind),
        "EPROTONOSUPPORT" => {
            let protocol = with_name(&protocol, "IPPROTO_");
            note!("socket-no-protocol", family = family, kind = kind, protocol = protocol)
        }
        "EACCES" if kind.starts_with("SOCK_DGRAM") => note!("socket-no-ping", process = process),
        "EPERM" | "EACCES" => note!("socket-not-allowed", family = family, kind = kind),
        "EINVAL" => invalid(case),
        "ENODEV" => note!("socket-no-device", family = family),
        "EOPNOTSUPP" if case.report.call.syscall == Syscall::Socketpair => {
            note!("socketpair-no", family = family)
        }
        _ => return None,
    })
}

/// What of the three arguments is no number that the kernel knows. It looks at them in this order.
fn invalid(case: &Case) -> Note {
    let [_, asked, given, ..] = case.report.call.args;
    let (family, kind) = (number(case.shown(0)), case.shown(1));
    let protocol = number(case.shown(2));
    if asked & !(TYPE | FLAGS) != 0 {
        note!("socket-flags", kind = kind)
    } else if asked & TYPE >= TYPES {
        note!("socket-type-number", kind = kind)
    } else if !(0..PROTOCOLS).contains(&given) {
        note!("socket-protocol-number", protocol = protocol)
    } else {
        note!("socket-invalid", family = family, kind = kind, protocol = protocol)
    }
}
