//! `sockstep exec @HOST -- COMMAND`

use super::{Exit, args, say};
use crate::lab;
use crate::model::HostName;

/// Runs a command on a host of the newest running lab, or of the one that was named by one of its
/// processes; its exit code is ours.
pub(super) fn exec(arguments: &args::Exec) -> anyhow::Result<Exit> {
    let Some(host) = HostName::parse(&arguments.host) else {
        anyhow::bail!("{:?} is no host; write @server or @client", arguments.host);
    };
    match lab::exec(&host, arguments.pid, &arguments.command) {
        Ok(status) => Ok(Exit::Of(u8::try_from(status).unwrap_or(u8::MAX))),
        Err(error) => {
            say(&error.to_string());
            Ok(Exit::Unable)
        }
    }
}
