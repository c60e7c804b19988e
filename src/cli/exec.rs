//! `sockstep exec @HOST -- COMMAND`

use super::{Exit, args, say};
use crate::explain::Words;
use crate::lab;
use crate::model::{HostName, said};

/// Runs a command on a host of the newest running lab, or of the one that was named by one of its
/// processes; its exit code is ours.
pub(super) fn exec(options: &args::Options, arguments: &args::Exec) -> anyhow::Result<Exit> {
    let Some(host) = HostName::parse(&arguments.host) else {
        let host = format!("{:?}", arguments.host);
        anyhow::bail!(said!("{host} is no host; write @server or @client", host));
    };
    match lab::exec(&host, arguments.pid, &arguments.command) {
        Ok(status) => Ok(Exit::Of(u8::try_from(status).unwrap_or(u8::MAX))),
        Err(error) => {
            say(&Words::new(options.lang()).said(&error.said()));
            Ok(Exit::Unable)
        }
    }
}
