//! getsockname() and getpeername(): the two names of a socket.

use crate::explain::case::Case;
use crate::explain::names::address_name;
use crate::explain::note::note;
use crate::explain::row::Row;
use crate::explain::story::{Rank, Story};
use crate::model::Syscall;

/// The call returned 0.
pub fn returned(story: &mut Story, case: &Case) {
    let who = case.who();
    let name = case.written(1).map(address_name);
    let own = case.report.call.syscall == Syscall::Getsockname;
    let tcp = case.after.filter(|socket| socket.kind.is_tcp());
    let said = match tcp {
        Some(socket) if own && socket.local_port().is_none() => {
            note!("getsockname-none", who = who, name = name)
        }
        _ if own => note!("getsockname-returned", who = who, name = name),
        _ => note!("getpeername-returned", who = who, name = name),
    };
    story.say(Rank::Call, said);
}
