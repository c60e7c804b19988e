//! What this machine allows, and what to do where it does not.

use nix::errno::Errno;

use super::failure::Failure;

/// What to do about a lab that could not be made.
pub(super) fn remedy(failure: &Failure) -> String {
    let attempt = failure.attempt.as_str();
    match failure.errno {
        Errno::ENOENT if attempt.contains("/dev/net/tun") => {
            "load the tun driver: modprobe tun; in a container add --device /dev/net/tun".into()
        }
        Errno::EACCES | Errno::EPERM if attempt.contains("/dev/net/tun") => {
            "let everyone open the device, as distributions do: chmod 0666 /dev/net/tun".into()
        }
        Errno::EPERM | Errno::EACCES | Errno::ENOSPC | Errno::EINVAL
            if attempt.contains("namespace") =>
        {
            "allow user namespaces; `sockstep doctor` says how on this machine".into()
        }
        _ => "`sockstep doctor` looks at each part that a lab needs".into(),
    }
}
