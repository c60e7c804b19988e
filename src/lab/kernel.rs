//! Asking the kernel over netlink: sockets by sock_diag(7), interfaces by rtnetlink(7).

use std::os::fd::{AsFd, AsRawFd as _, OwnedFd};

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, setsockopt, socket,
    sockopt,
};

use super::diag;
use super::netlink;
use crate::model::Socket;

/// A netlink socket in the namespace in which it was opened.
pub(super) struct Netlink {
    socket: OwnedFd,
    buffer: Vec<u8>,
}

impl Netlink {
    /// Opens one.
    pub fn open(protocol: SockProtocol) -> Result<Self, Errno> {
        let flags = SockFlag::SOCK_CLOEXEC;
        let socket = socket(AddressFamily::Netlink, SockType::Raw, flags, protocol)?;
        Ok(Self { socket, buffer: vec![0; 8192] })
    }

    /// Sends a message and reads its acknowledgment.
    ///
    /// # Errors
    /// What the kernel answers.
    pub fn ask(&mut self, message: &[u8]) -> Result<(), Errno> {
        send(self.socket.as_raw_fd(), message, MsgFlags::empty())?;
        let length = recv(self.socket.as_raw_fd(), &mut self.buffer, MsgFlags::empty())?;
        netlink::acknowledged(&self.buffer[..length])
    }
}

/// A sock_diag socket for the namespace one is in.
pub(super) fn diag_socket() -> Result<OwnedFd, Errno> {
    let protocol = SockProtocol::NetlinkSockDiag;
    let fd = socket(AddressFamily::Netlink, SockType::Raw, SockFlag::SOCK_CLOEXEC, protocol)?;
    // A dump of ten thousand sockets comes in larger pieces and fewer reads.
    setsockopt(&fd, sockopt::RcvBuf, &(1 << 20))?;
    Ok(fd)
}
