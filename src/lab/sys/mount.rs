//! File systems of their own for the processes of a lab.

use std::ffi::CStr;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};

use nix::errno::Errno;

/// FSCONFIG_SET_STRING and FSCONFIG_CMD_CREATE of linux/mount.h.
const SET_STRING: u32 = 1;
const CREATE: u32 = 6;

/// MOUNT_ATTR_NOSUID and MOUNT_ATTR_NODEV of linux/mount.h.
const HARMLESS: u32 = 2 | 4;

/// What may be done with the files of a file system.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Files {
    /// None can be run (MOUNT_ATTR_NOEXEC).
    Data,
    /// They can be run.
    Programs,
}

/// A small tmpfs that is mounted nowhere: whoever has the fd can make it its root.
///
/// # Errors
/// EPERM without CAP_SYS_ADMIN in the mount namespace, ENOSYS before Linux 5.2.
pub fn tmpfs(size: &CStr, inodes: &CStr, files: Files) -> Result<OwnedFd, Errno> {
    let context = open(c"tmpfs")?;
    configure(&context, SET_STRING, Some((c"size", size)))?;
    configure(&context, SET_STRING, Some((c"nr_inodes", inodes)))?;
    configure(&context, SET_STRING, Some((c"mode", c"0555")))?;
    configure(&context, CREATE, None)?;
    let attributes = HARMLESS | if files == Files::Data { 8 } else { 0 };
    // SAFETY: fsmount takes three integers (1 is FSMOUNT_CLOEXEC) and gives back an fd or -1.
    owned(unsafe { libc::syscall(libc::SYS_fsmount, context.as_raw_fd(), 1, attributes) })
}

/// Mounts what an fd of [`tmpfs`] stands for.
///
/// # Errors
/// ENOENT, EPERM.
pub fn attach(tree: &OwnedFd, path: &CStr) -> Result<(), Errno> {
    /// MOVE_MOUNT_F_EMPTY_PATH of linux/mount.h.
    const EMPTY_PATH: u32 = 4;
    let (from, here, empty) = (tree.as_raw_fd(), libc::AT_FDCWD, c"".as_ptr());
    let path = path.as_ptr();
    // SAFETY: both texts end with a zero byte and outlive the call.
    Errno::result(unsafe {
        libc::syscall(libc::SYS_move_mount, from, empty, here, path, EMPTY_PATH)
    })
    .map(drop)
}

/// A copy of what is mounted at a path and below, that is mounted nowhere.
///
/// # Errors
/// EPERM, EINVAL.
pub fn detached(path: &CStr) -> Result<OwnedFd, Errno> {
    /// OPEN_TREE_CLONE of linux/mount.h.
    const CLONE: i32 = 1;
    let flags = CLONE | libc::O_CLOEXEC | libc::AT_RECURSIVE;
    let (here, path) = (libc::AT_FDCWD, path.as_ptr());
    // SAFETY: the path ends with a zero byte and outlives the call, which gives back an fd or -1.
    owned(unsafe { libc::syscall(libc::SYS_open_tree, here, path, flags) })
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
