//! Where a lab lives: in namespaces of its own, or, where none can be had, on the machine itself.

use std::fs::File;
use std::os::fd::OwnedFd;
use std::path::PathBuf;

use nix::errno::Errno;
use nix::fcntl::{OFlag, openat};
use nix::mount::{MntFlags, MsFlags, mount, umount2};
use nix::sys::prctl;
use nix::sys::stat::{FchmodatFlags, Mode, fchmod, fchmodat, mkdirat};
use nix::unistd::{chdir, chroot, fchdir, write};

use super::failure::{Attempt as _, Failure};
use super::make_host::write_setting;
use super::sys::{Files, Identity, attach, detached, tmpfs};

/// Where a lab lives.
#[derive(Debug, Clone)]
pub(super) enum Place {
    /// In user, network, mount and process namespaces of its own.
    Namespaces(Identity),
    /// On the machine, in one fresh directory.
    Machine {
        /// Who the learner's processes are to be.
        identity: Identity,
        /// Theirs alone, removed at the end.
        directory: PathBuf,
    },
}

impl Place {
    /// Who the learner's processes are to be.
    pub fn identity(&self) -> Identity {
        match self {
            Place::Namespaces(identity) | Place::Machine { identity, .. } => *identity,
        }
    }

    /// Makes the place fit to live in, and gives back the directory where the learner's processes
    /// are to be.
    ///
    /// # Errors
    /// The first thing that failed.
    pub fn furnish(&self) -> Result<OwnedFd, Failure> {
        match self {
            Place::Namespaces(_) => {
                private_mounts()?;
                small_tables();
                learners_root()
            }
            Place::Machine { directory, .. } => {
                prctl::set_child_subreaper(true).attempt("adopt orphaned processes")?;
                let directory = File::open(directory).attempt("open the lab's directory")?;
                Ok(directory.into())
            }
        }
    }

    /// Takes a learner's process to its directory; in namespaces that is all it can ever see.
    ///
    /// # Errors
    /// EPERM without CAP_SYS_CHROOT.
    pub fn enter(&self, directory: &OwnedFd) -> Result<(), Errno> {
        fchdir(directory)?;
        match self {
            Place::Namespaces(_) => {
                chroot(".")?;
                // Where a program's relative names are: its root is not its to write to.
                chdir("/tmp")
            }
            Place::Machine { .. } => Ok(()),
        }
    }
}

/// Our mounts no longer reach the machine's, and `/proc` shows the lab's processes to commands
/// that run inside. Some containers forbid the second; then `/proc` stays the machine's.
fn private_mounts() -> Result<(), Failure> {
    let private = MsFlags::MS_REC | MsFlags::MS_PRIVATE;
    mount(None::<&str>, "/", None::<&str>, private, None::<&str>)
        .attempt("make the mounts private")?;
    let flags = MsFlags::MS_NOSUID | MsFlags::MS_NODEV | MsFlags::MS_NOEXEC;
    let _ = mount(Some("proc"), "/proc", Some("proc"), flags, None::<&str>);
    Ok(())
}

/// The hosts that are made from here get socket tables of their own, and small ones. A dump walks
/// the whole table, and the machine's has a quarter of a million buckets; this is what makes a
/// snapshot cheap. Before Linux 6.1 all hosts share the machine's table.
fn small_tables() {
    let _ = write_setting("net.ipv4.tcp_child_ehash_entries", "4096");
    let _ = write_setting("net.ipv4.udp_child_hash_entries", "256");
}

/// What a lab has at `/bin/program`: see `sys/program.rs`.
const PROGRAM: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/program"));

/// A bounded file system with nothing but `/tmp` and one program. What a lesson writes can't be
/// run, and what can be run nobody can write to: these are two file systems.
fn learners_root() -> Result<OwnedFd, Failure> {
    let root = tmpfs(c"4m", c"1024", Files::Data).attempt("make a file system for the lab")?;
    let everybody = Mode::from_bits_truncate(0o777);
    mkdirat(&root, "tmp", everybody).attempt("make /tmp in the lab")?;
    mkdirat(&root, "bin", everybody).attempt("make /bin in the lab")?;
    let sticky = Mode::from_bits_truncate(0o1777);
    fchmodat(&root, "tmp", sticky, FchmodatFlags::FollowSymlink).attempt("open /tmp in the lab")?;
    let programs = tmpfs(c"256k", c"16", Files::Programs)
        .attempt("make a file system for the lab's program")?;
    write_program(&programs).attempt("write the lab's program")?;
    join(&root, &programs).attempt("put the lab's file systems together")
}

fn write_program(programs: &OwnedFd) -> Result<(), Errno> {
    let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_CLOEXEC;
    let readable = Mode::from_bits_truncate(0o555);
    let file = openat(programs, "program", flags, readable)?;
    let mut rest = PROGRAM;
    while !rest.is_empty() {
        rest = &rest[write(&file, rest)?..];
    }
    // Whatever the mask of the user says.
    fchmod(&file, readable)
}

/// Mounts one file system in the other, the inner one read-only, and gives back both as one that
/// is mounted nowhere: only what is mounted somewhere can have something mounted in it.
fn join(root: &OwnedFd, programs: &OwnedFd) -> Result<OwnedFd, Errno> {
    // Any directory does that surely exists; nobody else is in these namespaces yet.
    attach(root, c"/proc")?;
    let joined = attach(programs, c"/proc/bin").and_then(|()| {
        let fixed = MsFlags::MS_BIND | MsFlags::MS_REMOUNT | MsFlags::MS_RDONLY;
        let flags = fixed | MsFlags::MS_NOSUID | MsFlags::MS_NODEV;
        mount(None::<&str>, "/proc/bin", None::<&str>, flags, None::<&str>)?;
        detached(c"/proc")
    });
    umount2("/proc", MntFlags::MNT_DETACH)?;
    joined
}
