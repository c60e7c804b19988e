//! A file system of its own for the processes of a lab.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use nix::errno::Errno;

/// FSCONFIG_SET_STRING and FSCONFIG_CMD_CREATE of linux/mount.h.
const SET_STRING: u32 = 1;
const CREATE: u32 = 6;

/// MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV and MOUNT_ATTR_NOEXEC of linux/mount.h.
const HARMLESS: u32 = 2 | 4 | 8;

/// A small tmpfs that is mounted nowhere: whoever has the fd can make it its root.
///
/// # Errors
/// EPERM without CAP_SYS_ADMIN in the mount namespace, ENOSYS before Linux 5.2.
pub fn tmpfs(size: &CStr, inodes: &CStr) -> Result<OwnedFd, Errno> {
    let context = open(c"tmpfs")?;
    configure(&context, SET_STRING, Some((c"size", size)))?;
    configure(&context, SET_STRING, Some((c"nr_inodes", inodes)))?;
    configure(&context, SET_STRING, Some((c"mode", c"0555")))?;
    configure(&context, CREATE, None)?;
    // SAFETY: fsmount takes three integers (1 is FSMOUNT_CLOEXEC) and gives back an fd or -1.
    owned(unsafe { libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), 1, HARMLESS) })
}

fn open(name: &CStr) -> Result<OwnedFd, Errno> {
    // SAFETY: `name` ends with a zero byte and outlives the call; 1 is FSOPEN_CLOEXEC.
    owned(unsafe { libc::syscall(libc::SYS_fsopen, name.as_ptr(), 1) })
}

fn configure(context: &OwnedFd, what: u32, pair: Option<(&CStr, &CStr)>) -> Result<(), Errno> {
    let null = std::ptr::null();
    let (key, value) = pair.map_or((null, null), |(key, value)| (key.as_ptr(), value.as_ptr()));
    let fd = context.as_raw_fd();
    // SAFETY: both texts are null or end with a zero byte and outlive the call.
    Errno::result(unsafe { libc::syscall(libc::SYS_fsconfig, fd, what, key, value, 0) }).map(drop)
}

fn owned(fd: libc::c_long) -> Result<OwnedFd, Errno> {
    let fd = Errno::result(fd)?;
    // SAFETY: the call that the caller made has just opened this fd for us.
    Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
}
