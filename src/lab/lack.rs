//! Whether this machine has what a lesson needs besides a lab.

use std::env::split_paths;
use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::os::fd::AsRawFd as _;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, socket,
};

use super::diag::{Id, Protocol, destroy};
use super::netlink::{Messages, Sense};
use crate::model::{KernelPart, Need, Said, said};

/// Why this machine does not have what is needed, and what helps; `None`: it has it.
pub fn lack(need: &Need) -> Option<(Said, Said)> {
    match need {
        Need::Program(name) => (!is_program(name)).then(|| {
            let reason = said!("it runs the program `{name}`, which is not installed here", name);
            (reason, said!("install `{name}`, or put its directory into PATH", name))
        }),
        Need::Linux(major, minor) => {
            let uname = nix::sys::utsname::uname().ok()?;
            let release = uname.release().to_string_lossy();
            let is_older = version(&release).is_some_and(|here| here < (*major, *minor));
            is_older.then(|| {
                let (need, release) = (need.to_string(), &*release);
                let reason = said!(
                    "it is about {need} or newer, and this is Linux {release}",
                    need,
                    release
                );
                (reason, said!("start a newer kernel"))
            })
        }
        Need::Part(part) => (!has(*part)).then(|| {
            let option = part.option();
            let reason = said!("this kernel was built without {option}", option);
            (reason, said!("start a kernel that was built with {option}", option))
        }),
    }
}

/// Whether PATH leads to a program of this name.
fn is_program(name: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    split_paths(&path).any(|directory| {
        let found = directory.join(name).metadata();
        found.is_ok_and(|file| file.is_file() && file.permissions().mode() & 0o111 != 0)
    })
}

/// `6.18.2-arch1` → 6, 18
fn version(release: &str) -> Option<(u32, u32)> {
    let mut numbers = release.split(|c: char| !c.is_ascii_digit()).map_while(|n| n.parse().ok());
    Some((numbers.next()?, numbers.next()?))
}

fn has(part: KernelPart) -> bool {
    match part {
        KernelPart::InetDiagDestroy => can_destroy().unwrap_or(false),
        // The file is there as soon as the part is.
        KernelPart::IpMroute => Path::new("/proc/net/ip_mr_vif").exists(),
        KernelPart::Kallsyms => first_line("/proc/kallsyms").is_some_and(|line| !line.is_empty()),
    }
}

fn first_line(path: &str) -> Option<String> {
    let mut line = String::new();
    BufReader::new(File::open(path).ok()?).read_line(&mut line).ok()?;
    Some(line)
}

/// Asks the kernel to abort a socket that there can't be: whoever can't abort any says
/// EOPNOTSUPP, all others ENOENT.
fn can_destroy() -> Result<bool, Errno> {
    let diag = socket(
        AddressFamily::Netlink,
        SockType::Datagram,
        SockFlag::SOCK_CLOEXEC,
        SockProtocol::NetlinkSockDiag,
    )?;
    let message = destroy(&Id::nobody(), Protocol::Tcp, 1);
    send(diag.as_raw_fd(), &message, MsgFlags::empty())?;
    let mut buffer = [0; 4096];
    let length = recv(diag.as_raw_fd(), &mut buffer, MsgFlags::empty())?;
    let answer = Messages::new(&buffer[..length]).find_map(Result::ok);
    Ok(match answer.map(|message| message.sense()) {
        Some(Sense::Failed(errno)) => errno.0 != Errno::EOPNOTSUPP as i32,
        Some(_) | None => false,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_release_begins_with_its_version() {
        assert_eq!(version("6.18.2-arch1"), Some((6, 18)));
        assert_eq!(version("5.4.0-42-generic"), Some((5, 4)));
        assert_eq!(version("6.1"), Some((6, 1)));
        assert_eq!(version("linux"), None);
    }

    #[test]
    fn what_is_not_here_has_a_reason_and_a_remedy() {
        let (reason, remedy) = lack(&Need::Program("no-such-program".to_owned())).expect("no");
        let (reason, remedy) = (reason.to_string(), remedy.to_string());
        assert!(reason.contains("`no-such-program`") && remedy.contains("install"), "{reason}");
        assert_eq!(lack(&Need::Program("sh".to_owned())), None);
        let (reason, _) = lack(&Need::Linux(999, 0)).expect("no");
        let reason = reason.to_string();
        assert!(reason.starts_with("it is about Linux 999.0 or newer, and this is"), "{reason}");
        assert_eq!(lack(&Need::Linux(2, 6)), None);
    }
}
