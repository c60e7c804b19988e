//! Errors of socket() and socketpair(): family, type and protocol that do not go together.

use crate::explain::case::Case;
use crate::explain::names::with_name;
use crate::explain::note::{Note, note};
use crate::model::Syscall;

/// Explains an error of socket() or socketpair().
pub fn explain(case: &Case, errno: &str) -> Option<Note> {
    let (family, kind, protocol) = (case.shown(0), case.shown(1), case.shown(2));
    let process = case.process;
    Some(match errno {
        "EAFNOSUPPORT" => note!("socket-no-family", family = family),
        "ESOCKTNOSUPPORT" => note!("socket-no-type", family = family, kind = kind),
        "EPROTONOSUPPORT" => {
            let protocol = with_name(protocol, "IPPROTO_");
            note!("socket-no-protocol", family = family, kind = kind, protocol = protocol)
        }
        "EACCES" if kind.starts_with("SOCK_DGRAM") => note!("socket-no-ping", process = process),
        "EPERM" | "EACCES" => note!("socket-not-allowed", family = family, kind = kind),
        "EINVAL" => {
            note!("socket-invalid", family = family, kind = kind, protocol = protocol)
        }
        "EOPNOTSUPP" if case.report.call.syscall == Syscall::Socketpair => {
            note!("socketpair-no", family = family)
        }
        _ => return None,
    })
}
