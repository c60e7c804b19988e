//! What rides along with a message: descriptors, credentials, and the flags of recvmsg().

use crate::explain::case::Case;
use crate::explain::note::note;
use crate::explain::story::{Rank, Story};
use crate::model::{Fd, Process, Syscall};

/// How many descriptors are told one by one.
const NAMED: usize = 4;

/// The numbers behind `cmsg_type=SCM_RIGHTS, cmsg_data=[3, 5]`.
fn rights(shown: &str) -> Vec<i32> {
    let numbers = |part: &str| -> Vec<i32> {
        let inside = part.split(']').next().unwrap_or_default();
        inside.split(", ").filter_map(|number| number.parse().ok()).collect()
    };
    shown.split("cmsg_type=SCM_RIGHTS, cmsg_data=[").skip(1).flat_map(numbers).collect()
}

/// The structure behind `cmsg_type=SCM_CREDENTIALS, cmsg_data=`.
fn credentials(shown: &str) -> Option<&str> {
    let (_, rest) = shown.split_once("cmsg_type=SCM_CREDENTIALS, cmsg_data=")?;
    rest.split_inclusive('}').next()
}

/// sendmsg() sent control data.
pub fn sent(story: &mut Story, case: &Case) {
    if case.report.call.syscall != Syscall::Sendmsg {
        return;
    }
    let shown = case.args();
    let names: Vec<String> =
        rights(&shown).iter().map(|fd| case.fd_name((*fd).into())).take(NAMED).collect();
    if !names.is_empty() {
        story.say(Rank::Surprise, note!("rights-sent", fds = names));
    }
    if let Some(given) = credentials(&shown) {
        story.say(Rank::Surprise, note!("credentials-sent", given = given));
    }
}

/// recvmsg() received control data, or says that something was cut.
pub fn received(story: &mut Story, case: &Case) {
    if case.report.call.syscall != Syscall::Recvmsg {
        return;
    }
    let Some(shown) = case.written(1) else { return };
    for number in rights(shown).into_iter().take(NAMED) {
        let new = case.fd_name(number.into());
        let others = others(story, case, number);
        let said = if others.is_empty() {
            note!("rights-received-last", new = new)
        } else {
            note!("rights-received", new = new, others = others)
        };
        story.say(Rank::Surprise, said);
    }
    if let Some(given) = credentials(shown) {
        story.say(Rank::Surprise, note!("credentials-received", given = given));
    }
    // Behind the control data, which have flags of their own.
    let flags = shown.rsplit("msg_flags=").next().unwrap_or_default();
    if flags.contains("MSG_CTRUNC") {
        story.say(Rank::Surprise, note!("control-cut", who = case.who()));
    }
    if flags.contains("MSG_TRUNC") {
        story.say(Rank::Surprise, note!("message-cut", who = case.who()));
    }
}

/// The other fds that stand for the same open socket.
fn others(story: &Story, case: &Case, number: i32) -> Vec<String> {
    let after = story.scene.after();
    let Some(socket) = after.socket_of(case.process, number) else { return Vec::new() };
    let mine = |process: &Process, fd: &Fd| process.name == *case.process && fd.number == number;
    let owners = after.owners(socket.inode).filter(|(process, fd)| !mine(process, fd));
    owners.map(|(process, fd)| format!("{} fd {}", process.name, fd.number)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn control_data_are_read_out_of_straces_notation() {
        let shown = "{msg_control=[{cmsg_len=24, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, \
                     cmsg_data=[3, 5]}, {cmsg_len=28, cmsg_level=SOL_SOCKET, \
                     cmsg_type=SCM_CREDENTIALS, cmsg_data={pid=2, uid=0, gid=0}}], msg_flags=0}";
        assert_eq!(rights(shown), [3, 5]);
        assert_eq!(credentials(shown), Some("{pid=2, uid=0, gid=0}"));
        for odd in ["", "cmsg_type=SCM_RIGHTS, cmsg_data=[", "cmsg_type=SCM_RIGHTS"] {
            assert_eq!((rights(odd), credentials(odd)), (vec![], None), "{odd}");
        }
    }
}
