//! Messages with fds between sockstep, a lab and its processes (unix(7), SOCK_SEQPACKET).

use std::io::{IoSlice, IoSliceMut};
use std::os::fd::{AsFd, AsRawFd, BorrowedFd, FromRawFd, OwnedFd, RawFd};

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, ControlMessage, ControlMessageOwned, MsgFlags, SockFlag, SockType,
    UnixCredentials, recvmsg, sendmsg, setsockopt, socketpair, sockopt,
};

/// One end of a pair that keeps the edges of its messages.
#[derive(Debug)]
pub struct Channel(OwnedFd);

/// One message.
#[derive(Debug)]
pub struct Received {
    /// How many bytes were read; 0 means that the other end is closed.
    pub length: usize,
    /// The fds that came with it.
    pub fds: Vec<OwnedFd>,
    /// The sender's process number as this process sees it, if [`Channel::know_sender`] was set.
    pub sender: Option<i32>,
}

impl Channel {
    /// Both ends of a new channel, closed on exec.
    pub fn pair() -> Result<(Channel, Channel), Errno> {
        let flags = SockFlag::SOCK_CLOEXEC;
        let (a, b) = socketpair(AddressFamily::Unix, SockType::SeqPacket, None, flags)?;
        Ok((Channel(a), Channel(b)))
    }

    /// The channel behind an fd.
    pub fn from_fd(fd: OwnedFd) -> Self {
        Self(fd)
    }

    /// Its fd, for a child that inherits it.
    pub fn into_fd(self) -> OwnedFd {
        self.0
    }

    /// The inode of its socket, by which sock_diag(7) lists it; `None` if it can't be asked.
    pub fn inode(&self) -> Option<u64> {
        nix::sys::stat::fstat(&self.0).ok().map(|stat| stat.st_ino)
    }

    /// From now on messages tell who sent them (SO_PASSCRED).
    pub fn know_sender(&self) -> Result<(), Errno> {
        setsockopt(&self.0, sockopt::PassCred, &true)
    }

    /// Sends one message.
    pub fn send(&self, bytes: &[u8], fds: &[BorrowedFd<'_>]) -> Result<(), Errno> {
        let raw: Vec<RawFd> = fds.iter().map(AsRawFd::as_raw_fd).collect();
        let rights = [ControlMessage::ScmRights(&raw)];
        let control = if raw.is_empty() { &rights[..0] } else { &rights[..] };
        let iov = [IoSlice::new(bytes)];
        let flags = MsgFlags::MSG_NOSIGNAL;
        loop {
            match sendmsg::<()>(self.0.as_raw_fd(), &iov, control, flags, None) {
                Err(Errno::EINTR) => {}
                other => return other.map(|_| ()),
            }
        }
    }

    /// Receives one message into `buffer`; waits for it.
    pub fn receive(&self, buffer: &mut [u8]) -> Result<Received, Errno> {
        loop {
            match self.receive_with(buffer, MsgFlags::MSG_CMSG_CLOEXEC) {
                Err(Errno::EINTR) => {}
                other => return other,
            }
        }
    }

    /// Receives one message if there is one; EAGAIN if there is none.
    pub fn try_receive(&self, buffer: &mut [u8]) -> Result<Received, Errno> {
        self.receive_with(buffer, MsgFlags::MSG_CMSG_CLOEXEC | MsgFlags::MSG_DONTWAIT)
    }

    fn receive_with(&self, buffer: &mut [u8], flags: MsgFlags) -> Result<Received, Errno> {
        // As many as one message can carry (SCM_MAX_FD of net/scm.h): nix gives up a message of
        // which a part was cut, and the fds of the rest would stay open.
        let mut control = nix::cmsg_space!([RawFd; 253], UnixCredentials);
        let mut iov = [IoSliceMut::new(buffer)];
        let message = recvmsg::<()>(self.0.as_raw_fd(), &mut iov, Some(&mut control), flags)?;
        let mut received = Received { length: message.bytes, fds: Vec::new(), sender: None };
        for control in message.cmsgs()? {
            match control {
                ControlMessageOwned::ScmRights(fds) => {
                    for fd in fds {
                        // SAFETY: the kernel has just put this fd into our table for this message,
                        // and nobody else knows its number.
                        received.fds.push(unsafe { OwnedFd::from_raw_fd(fd) });
                    }
                }
                ControlMessageOwned::ScmCredentials(who) => received.sender = Some(who.pid()),
                _ => {}
            }
        }
        Ok(received)
    }
}

impl AsFd for Channel {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// Takes standard input of this process as a channel, which is how a lab is born with one.
pub fn inherited() -> Result<Channel, Errno> {
    // A copy, so that fd 0 stays what the standard library thinks it is.
    std::io::stdin()
        .as_fd()
        .try_clone_to_owned()
        .map(Channel)
        .map_err(|error| Errno::from_raw(error.raw_os_error().unwrap_or(0)))
}
