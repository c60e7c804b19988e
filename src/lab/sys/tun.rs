//! A TUN device in the network namespace that this process is in.

use std::fs::OpenOptions;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::fs::OpenOptionsExt as _;

use nix::errno::Errno;

/// `struct ifreq` as TUNSETIFF reads it (linux/if.h).
#[repr(C)]
struct InterfaceRequest {
    name: [u8; 16],
    flags: u16,
    padding: [u8; 22],
}

/// Opens `/dev/net/tun` and makes the device `name` (15 bytes at most) in the namespace of the
/// caller. Reads and writes are whole IP packets, without a header of the driver, and never wait.
///
/// # Errors
/// ENOENT or EACCES for `/dev/net/tun`, EPERM without CAP_NET_ADMIN in the namespace.
pub fn open_tun(name: &str) -> Result<OwnedFd, Errno> {
    let errno = |error: std::io::Error| Errno::from_raw(error.raw_os_error().unwrap_or(0));
    let file = OpenOptions::new()
        .read(true)
        .write(true)
        .custom_flags(libc::O_NONBLOCK | libc::O_CLOEXEC)
        .open("/dev/net/tun")
        .map_err(errno)?;
    let flags = (libc::IFF_TUN | libc::IFF_NO_PI) as u16;
    let mut request = InterfaceRequest { name: [0; 16], flags, padding: [0; 22] };
    let length = name.len().min(15);
    request.name[..length].copy_from_slice(&name.as_bytes()[..length]);
    // SAFETY: TUNSETIFF takes a pointer to a struct ifreq of 40 bytes, which `request` is, and
    // keeps no reference to it.
    let result = unsafe {
        libc::ioctl(file.as_raw_fd(), libc::TUNSETIFF as libc::Ioctl, &raw const request)
    };
    Errno::result(result)?;
    // Otherwise the last close of this fd takes the device down and waits for it, 12 to 36 ms
    // (kernel 6.18). Like this the device goes with its namespace, and the kernel does that in the
    // background, for all namespaces of a lab at once.
    // SAFETY: TUNSETPERSIST takes a number, no pointer.
    let result =
        unsafe { libc::ioctl(file.as_raw_fd(), libc::TUNSETPERSIST as libc::Ioctl, 1_u64) };
    Errno::result(result)?;
    Ok(file.into())
}
