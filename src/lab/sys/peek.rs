//! Looking at another process: by its pidfd, and at its sockets by a borrowed copy of their fd.

use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};

/// A process that can't be confused with a later one of the same number (pidfd_open(2)).
#[derive(Debug)]
pub struct PidFd(OwnedFd);

/// What a socket says of itself when asked by getsockopt(2).
#[derive(Debug, Clone)]
pub struct Peeked {
    /// SO_DOMAIN.
    pub domain: i32,
    /// SO_TYPE.
    pub kind: i32,
    /// SO_PROTOCOL.
    pub protocol: i32,
    /// SO_REUSEADDR, where the socket has that option.
    pub reuse_address: Option<bool>,
    /// SO_REUSEPORT, where the socket has that option.
    pub reuse_port: Option<bool>,
    /// IPV6_V6ONLY, where the socket has that option.
    pub v6only: Option<bool>,
    /// SO_MEMINFO: the words of `SK_MEMINFO_` in linux/sock_diag.h.
    pub memory: Option<[u32; 9]>,
    /// TCP_INFO as bytes, for a TCP socket.
    pub tcp_info: Option<Vec<u8>>,
}

impl PidFd {
    /// The process of this number.
    ///
    /// # Errors
    /// ESRCH if there is none.
    pub fn open(pid: i32) -> Result<Self, Errno> {
        // SAFETY: two integers go in, an fd or -1 comes back.
        let fd = Errno::result(unsafe { libc::syscall(libc::SYS_pidfd_open, pid, 0) })?;
        // SAFETY: the kernel has just opened this fd for us.
        Ok(Self(unsafe { OwnedFd::from_raw_fd(fd as i32) }))
    }

    /// Whether the process has ended, waited for or not (pidfd_open(2): it is readable then).
    pub fn has_ended(&self) -> bool {
        self.ends_within(0)
    }

    /// Whether the process has ended, or ends within so many milliseconds.
    pub fn ends_within(&self, milliseconds: u16) -> bool {
        let mut fds = [PollFd::new(self.0.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::from(milliseconds)).is_ok_and(|count| count > 0)
    }

    /// Sends a signal.
    ///
    /// # Errors
    /// ESRCH if it is gone, EPERM.
    pub fn signal(&self, signal: i32) -> Result<(), Errno> {
        let (fd, none) = (self.0.as_raw_fd(), std::ptr::null::<libc::c_void>());
        // SAFETY: a null siginfo is allowed; the rest are integers.
        let result = unsafe { libc::syscall(libc::SYS_pidfd_send_signal, fd, signal, none, 0) };
        Errno::result(result).map(drop)
    }

    /// Asks the socket behind the process's fd `number` what it is. A copy of the fd exists here
    /// while it is asked (pidfd_getfd(2)) and no longer.
    ///
    /// # Errors
    /// EBADF if the process has no such fd, ENOTSOCK, EPERM where this machine forbids it.
    pub fn peek(&self, number: i32) -> Result<Peeked, Errno> {
        let socket = self.borrow(number)?;
        let protocol = integer(&socket, libc::SO_PROTOCOL)?;
        let domain = integer(&socket, libc::SO_DOMAIN)?;
        Ok(Peeked {
            domain,
            kind: integer(&socket, libc::SO_TYPE)?,
            protocol,
            reuse_address: switch(&socket, libc::SO_REUSEADDR),
            reuse_port: switch(&socket, libc::SO_REUSEPORT),
            v6only: (domain == libc::AF_INET6).then(|| v6only(&socket)).flatten(),
            memory: memory(&socket),
            tcp_info: (protocol == libc::IPPROTO_TCP).then(|| tcp_info(&socket)).flatten(),
        })
    }
}

impl PidFd {
    /// Binds the socket behind the process's fd `number` to the interface `lo`
    /// (SO_BINDTODEVICE of socket(7)).
    ///
    /// # Errors
    /// As [`PidFd::peek`]; EOPNOTSUPP and others for sockets that have no interface.
    pub fn confine(&self, number: i32) -> Result<(), Errno> {
        let socket = self.borrow(number)?;
        let name = b"lo\0";
        let (fd, length) = (socket.as_raw_fd(), name.len() as libc::socklen_t);
        let (level, option) = (libc::SOL_SOCKET, libc::SO_BINDTODEVICE);
        // SAFETY: the kernel reads `length` bytes of `name`.
        let result = unsafe { libc::setsockopt(fd, level, option, name.as_ptr().cast(), length) };
        Errno::result(result).map(drop)
    }

    /// How the process ended, in the form of waitpid(2), even if its parent has waited for it
    /// already (PIDFD_GET_INFO of linux/pidfd.h, since Linux 6.15).
    ///
    /// # Errors
    /// EAGAIN while it lives, ENOTTY or EINVAL on an older kernel.
    pub fn wait_status(&self) -> Result<i32, Errno> {
        /// `_IOWR(0xFF, 11, struct pidfd_info)` in its first version of 64 bytes.
        const GET_INFO: u32 = 0xc040_ff0b;
        /// PIDFD_INFO_EXIT, in the first word of the structure.
        const EXIT: u32 = 1 << 3;
        /// Where the structure has its `exit_code`.
        const EXIT_CODE: usize = 15;
        let mut info = [0_u32; 16];
        info[0] = EXIT;
        let (fd, request) = (self.0.as_raw_fd(), GET_INFO as libc::Ioctl);
        // SAFETY: the request's size says 64 bytes, which `info` has; the kernel keeps no
        // reference to it.
        Errno::result(unsafe { libc::ioctl(fd, request, info.as_mut_ptr()) })?;
        if info[0] & EXIT == 0 { Err(Errno::EAGAIN) } else { Ok(info[EXIT_CODE].cast_signed()) }
    }

    /// A copy of a process's fd.
    fn borrow(&self, number: i32) -> Result<OwnedFd, Errno> {
        // SAFETY: three integers go in, an fd or -1 comes back.
        let fd = unsafe { libc::syscall(libc::SYS_pidfd_getfd, self.0.as_raw_fd(), number, 0) };
        let fd = Errno::result(fd)?;
        // SAFETY: the kernel has just opened this fd for us.
        Ok(unsafe { OwnedFd::from_raw_fd(fd as i32) })
    }
}

impl AsFd for PidFd {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

fn memory(socket: &OwnedFd) -> Option<[u32; 9]> {
    let mut bytes = [0; 36];
    let length = raw_option(socket, libc::SOL_SOCKET, libc::SO_MEMINFO, &mut bytes).ok()?;
    let mut words = [0; 9];
    for (word, four) in words.iter_mut().zip(bytes.as_chunks().0) {
        *word = u32::from_ne_bytes(*four);
    }
    (length == bytes.len()).then_some(words)
}

fn v6only(socket: &OwnedFd) -> Option<bool> {
    let value = integer_at(socket, libc::IPPROTO_IPV6, libc::IPV6_V6ONLY).ok()?;
    Some(value != 0)
}

fn integer(socket: &OwnedFd, option: i32) -> Result<i32, Errno> {
    integer_at(socket, libc::SOL_SOCKET, option)
}

fn integer_at(socket: &OwnedFd, level: i32, option: i32) -> Result<i32, Errno> {
    let mut bytes = [0; 4];
    let length = raw_option(socket, level, option, &mut bytes)?;
    if length == 4 { Ok(i32::from_ne_bytes(bytes)) } else { Err(Errno::EINVAL) }
}

fn switch(socket: &OwnedFd, option: i32) -> Option<bool> {
    integer(socket, option).ok().map(|value| value != 0)
}

fn tcp_info(socket: &OwnedFd) -> Option<Vec<u8>> {
    let mut bytes = vec![0; 512];
    let length = raw_option(socket, libc::IPPROTO_TCP, libc::TCP_INFO, &mut bytes).ok()?;
    bytes.truncate(length);
    Some(bytes)
}

fn raw_option(socket: &OwnedFd, level: i32, name: i32, bytes: &mut [u8]) -> Result<usize, Errno> {
    let mut length = bytes.len() as libc::socklen_t;
    let (fd, buffer) = (socket.as_raw_fd(), bytes.as_mut_ptr().cast());
    // SAFETY: the kernel writes at most `length` bytes, which `bytes` has, and then the length.
    Errno::result(unsafe { libc::getsockopt(fd, level, name, buffer, &mut length) })?;
    Ok((length as usize).min(bytes.len()))
}
