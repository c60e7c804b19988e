//! getsockname() and getpeername(): the two names of a socket.

use super::{length, unix};
use crate::explain::case::Case;
use crate::explain::names::address_name;
use crate::explain::note::note;
use crate::explain::row::Row;
use crate::explain::story::{Rank, Story};
use crate::model::{Address, Syscall};

/// The call returned 0.
pub fn returned(story: &mut Story, case: &Case) {
    let who = case.who();
    let own = case.report.call.syscall == Syscall::Getsockname;
    // An address that was cut does not say what the socket's is.
    let row = case.after.and_then(|row| if own { row.local.as_ref() } else { row.peer.as_ref() });
    let name = match length::written_whole(case, 1) {
        Some(written) => Some(address_name(written)),
        None => case.written(1).and_then(|_cut| row.map(ToString::to_string)),
    };
    let tcp = case.after.filter(|socket| socket.kind.is_tcp());
    let unnamed = case.after.is_some_and(|row| unix::is_unix(row))
        && row.is_none_or(|row| *row == Address::Unnamed)
        && !case.written(1).is_some_and(|written| written.contains("sun_path="))
        && !length::is_cut(case);
    let said = match tcp {
        _ if unnamed && own => note!("getsockname-unnamed", who = who),
        _ if unnamed => note!("getpeername-unnamed", who = who),
        Some(socket) if own && socket.local_port().is_none() => {
            note!("getsockname-none", who = who, name = name)
        }
        _ if own => note!("getsockname-returned", who = who, name = name),
        _ => note!("getpeername-returned", who = who, name = name),
    };
    story.say(Rank::Call, said);
}
