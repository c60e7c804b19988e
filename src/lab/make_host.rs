//! Making one host: a network namespace with a TUN device, addresses, routes and settings.

use std::fs::{File, OpenOptions};
use std::io::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::{BorrowedFd, OwnedFd};
use std::path::PathBuf;

use nix::errno::Errno;
use nix::sched::{CloneFlags, setns, unshare};
use nix::sys::socket::SockProtocol;

use super::failure::{Attempt as _, Failure};
use super::kernel::{Netlink, diag_socket};
use super::netlink::route::{
    address, forget_local, link_up, local_quickack, queue_length, quickack,
};
use super::order::HostPlan;
use super::sys::open_tun;

/// The one interface of a host besides `lo`.
pub(super) const INTERFACE: &str = "eth0";

/// So many packets wait on the interface while sockstep does something else. The kernel's 500 are
/// too few for a command's burst, and what does not fit is lost without a word.
const QUEUE: u32 = 16_384;

/// A host that was made.
pub(super) struct Made {
    /// Its namespace.
    pub namespace: File,
    /// The far end of its interface.
    pub tun: OwnedFd,
    /// A sock_diag socket inside.
    pub diag: OwnedFd,
    /// Another for the keeper: it has to work when sockstep was killed in the midst of a dump.
    pub keepers: OwnedFd,
    /// Its `/proc/net/netstat`.
    pub netstat: File,
    /// Its `/proc/net/snmp`.
    pub snmp: File,
    /// Its `/proc/net/snmp6`, `/proc/net/raw` and `/proc/net/raw6`. Empty where this machine has no
    /// IPv6.
    pub snmp6: File,
    pub raw: File,
    pub raw6: File,
    /// Its `net.ipv4.ip_local_port_range`, to be narrowed before calls that choose a port.
    pub ports: File,
    /// Settings that this machine refused, each with its errno.
    pub refused: Vec<(String, i32)>,
}

/// Makes a host and comes back to the namespace `home`.
///
/// # Errors
/// The first thing that failed; a setting that is refused is reported in [`Made::refused`].
pub(super) fn make_host(plan: &HostPlan, home: BorrowedFd<'_>) -> Result<Made, Failure> {
    unshare(CloneFlags::CLONE_NEWNET).attempt("make a network namespace")?;
    let made = furnish(plan);
    setns(home, CloneFlags::CLONE_NEWNET).attempt("leave the new host")?;
    made
}

fn furnish(plan: &HostPlan) -> Result<Made, Failure> {
    let namespace = File::open("/proc/self/ns/net").attempt("open /proc/self/ns/net")?;
    let tun = open_tun(INTERFACE).attempt("open /dev/net/tun")?;
    let mut refused = Vec::new();
    for (key, value) in &plan.settings {
        if let Err(failure) = write_setting(key, value) {
            refused.push((key.clone(), failure.errno as i32));
        }
    }
    configure(plan)?;
    let open = |path: &str| File::open(path).attempt(format!("open {path}"));
    let ports = setting_path("net.ipv4.ip_local_port_range").attempt("find the port range")?;
    let read_write = OpenOptions::new().read(true).write(true).open(&ports);
    Ok(Made {
        namespace,
        tun,
        diag: diag_socket().attempt("open a sock_diag socket")?,
        keepers: diag_socket().attempt("open a sock_diag socket")?,
        netstat: open("/proc/self/net/netstat")?,
        snmp: open("/proc/self/net/snmp")?,
        snmp6: open_or_nothing("snmp6")?,
        raw: open_or_nothing("raw")?,
        raw6: open_or_nothing("raw6")?,
        // Where settings can't be written, ports are what the kernel chooses.
        ports: match read_write {
            Ok(file) => file,
            Err(_) => File::open(&ports).attempt("open ip_local_port_range")?,
        },
        refused,
    })
}

/// A file of `/proc/net` that not every machine has.
fn open_or_nothing(name: &str) -> Result<File, Failure> {
    File::open(format!("/proc/self/net/{name}"))
        .or_else(|_| File::open("/dev/null"))
        .attempt(format!("open /proc/self/net/{name}"))
}

/// Addresses, both interfaces up, and the connected routes.
fn configure(plan: &HostPlan) -> Result<(), Failure> {
    let mut route = Netlink::open(SockProtocol::NetlinkRoute).attempt("open a netlink socket")?;
    let index = |name: &str| {
        nix::net::if_::if_nametoindex(name).attempt(format!("find the interface {name}"))
    };
    let (lo, eth) = (index("lo")?, index(INTERFACE)?);
    for index in [lo, eth] {
        route.ask(&link_up(index, None, 1)).attempt("set an interface up")?;
    }
    route.ask(&queue_length(eth, QUEUE, 1)).attempt("lengthen the queue of an interface")?;
    let v4 = Some((plan.v4.into(), 24));
    let v6 = plan.v6.map(|v6| (v6.into(), 64));
    for (own, prefix) in [v4, v6].into_iter().flatten() {
        let message = address(eth, own, prefix, 1);
        route.ask(&message).attempt(format!("give the host its address {own}"))?;
        if plan.quickack {
            let message = quickack(eth, own, prefix, 1);
            route.ask(&message).attempt(format!("make ACKs from {own} quick"))?;
        }
    }
    if plan.quickack {
        quick_at_home(&mut route, lo, eth, plan)?;
    }
    Ok(())
}

/// Makes ACKs quick where a host speaks to itself. By its own IPv6 address they may be delayed:
/// the kernel makes that route later, when nobody waits for it any more.
fn quick_at_home(route: &mut Netlink, lo: u32, eth: u32, plan: &HostPlan) -> Result<(), Failure> {
    let v4 = IpAddr::V4(Ipv4Addr::LOCALHOST);
    for (interface, own, prefix) in [(lo, v4, 8), (lo, v4, 32), (eth, plan.v4.into(), 32)] {
        let message = local_quickack(interface, own, prefix, 1);
        route.ask(&message).attempt(format!("make ACKs from {own} to itself quick"))?;
    }
    if plan.v6.is_some() {
        let v6 = Ipv6Addr::LOCALHOST;
        for message in [forget_local(lo, v6, 1), local_quickack(lo, v6.into(), 128, 1)] {
            route.ask(&message).attempt("make ACKs from ::1 to itself quick")?;
        }
    }
    Ok(())
}

/// Sets a sysctl of the namespace one is in. Only names under `net.` are let through.
pub(super) fn write_setting(key: &str, value: &str) -> Result<(), Failure> {
    let write = || {
        let mut file = OpenOptions::new().write(true).open(setting_path(key)?)?;
        file.write_all(value.as_bytes())
    };
    write().attempt(format!("set {key} = {value}"))
}

/// The file of a sysctl. A dot in an interface's name can't be told from a separator; the lab's
/// interfaces have none.
fn setting_path(key: &str) -> std::io::Result<PathBuf> {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    let parts: Vec<&str> = key.split('.').collect();
    let valid = parts.len() > 1
        && parts[0] == "net"
        && parts.iter().all(|part| !part.is_empty() && part.chars().all(plain));
    if !valid {
        return Err(std::io::Error::from_raw_os_error(Errno::EINVAL as i32));
    }
    Ok(parts.iter().fold(PathBuf::from("/proc/sys"), |path, part| path.join(part)))
}
