//! Giving up privileges for good (capabilities(7)).

use nix::errno::Errno;
use nix::sys::prctl;
use nix::sys::signal::Signal;
use nix::unistd::{Gid, Uid, setgroups, setresgid, setresuid};

/// Who a process of the lab is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Identity {
    /// Root's lab: the learner's processes become this user and group, as numbered inside the
    /// lab's user namespace.
    Become {
        /// User.
        uid: u32,
        /// Group.
        gid: u32,
    },
    /// An ordinary user's lab has no other user.
    Stay,
}

/// CAP_NET_ADMIN and CAP_NET_RAW of linux/capability.h.
const NET_ADMIN: u32 = 12;
const NET_RAW: u32 = 13;

/// Drops every capability of this process, and the way back to them, except CAP_NET_RAW if
/// `net_raw`. The order holds against execve(2) and user 0: bounding set, groups and users,
/// capability sets, no_new_privs, and the death signal again, which changing the user cleared.
///
/// # Errors
/// The errno of the first step that failed; the process must not go on then.
pub fn drop_for_good(identity: Identity, net_raw: bool) -> Result<(), Errno> {
    let kept: &[u32] = if net_raw { &[NET_RAW] } else { &[] };
    give_up(identity, kept)?;
    prctl::set_no_new_privs()?;
    // Without this, /proc/PID of a process that changed its user belongs to root.
    prctl::set_dumpable(true)?;
    prctl::set_pdeathsig(Signal::SIGKILL)
}

/// For a command of the machine that runs on a host: only what ping and tcpdump need is kept, and
/// survives execve(2). Without namespaces (`isolated` is false) nothing is kept.
///
/// # Errors
/// The errno of the first step that failed.
pub fn keep_for_commands(identity: Identity, isolated: bool) -> Result<(), Errno> {
    give_up(identity, if isolated { &[NET_ADMIN, NET_RAW] } else { &[] })?;
    prctl::set_pdeathsig(Signal::SIGKILL)
}

/// For a command that joins a lab from outside: what the user may do inside survives execve(2).
///
/// # Errors
/// EINVAL or EPERM from raising a capability that the process has not.
pub fn keep_all_for_commands() -> Result<(), Errno> {
    let last: u32 = std::fs::read_to_string("/proc/sys/kernel/cap_last_cap")
        .ok()
        .and_then(|text| text.trim().parse().ok())
        .unwrap_or(40);
    let all: Vec<u32> = (0..=last).collect();
    set_capabilities(all.iter().fold(0_u64, |bits, capability| bits | 1 << capability))?;
    raise_ambient(&all)
}

fn raise_ambient(capabilities: &[u32]) -> Result<(), Errno> {
    for capability in capabilities {
        prctl_call(libc::PR_CAP_AMBIENT, libc::PR_CAP_AMBIENT_RAISE as u32, *capability)?;
    }
    Ok(())
}

fn give_up(identity: Identity, kept: &[u32]) -> Result<(), Errno> {
    for capability in (0..64).filter(|c| !kept.contains(c)) {
        // Numbers above the kernel's last capability give EINVAL and nothing to drop.
        match prctl_call(libc::PR_CAPBSET_DROP, capability, 0) {
            Ok(()) | Err(Errno::EINVAL) => {}
            // An ordinary user without namespaces has nothing to drop, and nothing to drop it with.
            Err(Errno::EPERM) if identity == Identity::Stay && kept.is_empty() => break,
            Err(errno) => return Err(errno),
        }
    }
    if !kept.is_empty() {
        prctl::set_keepcaps(true)?;
    }
    if let Identity::Become { uid, gid } = identity {
        let (uid, gid) = (Uid::from_raw(uid), Gid::from_raw(gid));
        setgroups(&[])?;
        setresgid(gid, gid, gid)?;
        setresuid(uid, uid, uid)?;
    }
    let bits = kept.iter().fold(0_u64, |bits, capability| bits | 1 << capability);
    set_capabilities(bits)?;
    raise_ambient(kept)
}

fn prctl_call(option: i32, first: u32, second: u32) -> Result<(), Errno> {
    let (first, second) = (libc::c_ulong::from(first), libc::c_ulong::from(second));
    // SAFETY: the options used here take integers only.
    Errno::result(unsafe { libc::prctl(option, first, second, 0_u64, 0_u64) }).map(drop)
}

/// Sets the effective, permitted and inheritable sets alike (capset(2), version 3).
fn set_capabilities(bits: u64) -> Result<(), Errno> {
    #[repr(C)]
    struct Header {
        version: u32,
        pid: i32,
    }
    #[repr(C)]
    struct Data {
        effective: u32,
        permitted: u32,
        inheritable: u32,
    }
    let header = Header { version: 0x2008_0522, pid: 0 };
    let half = |bits: u64| {
        let bits = (bits & u64::from(u32::MAX)) as u32;
        Data { effective: bits, permitted: bits, inheritable: bits }
    };
    let data = [half(bits), half(bits >> 32)];
    let (header, data) = (&raw const header, data.as_ptr());
    // SAFETY: version 3 reads a header and two data structures of these layouts, which both live
    // until the call is back.
    Errno::result(unsafe { libc::syscall(libc::SYS_capset, header, data) }).map(drop)
}
