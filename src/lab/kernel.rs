//! Asking the kernel over netlink: sockets by sock_diag(7), interfaces by rtnetlink(7).

use std::os::fd::{AsRawFd as _, OwnedFd};
use std::sync::Arc;

use nix::errno::Errno;
use nix::sys::socket::{
    AddressFamily, MsgFlags, SockFlag, SockProtocol, SockType, recv, send, setsockopt, socket,
    sockopt,
};
use nix::sys::time::TimeVal;

use super::diag::{Collector, DumpError, Progress, Protocol, Query, destroy, ids, share};
use super::netlink::{Messages, Sense};
use crate::model::{Errno as CallErrno, Family, Kind, Socket};

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
        match Messages::new(&self.buffer[..length]).next() {
            Some(Ok(message)) => match message.sense() {
                Sense::Acknowledged | Sense::Done => Ok(()),
                Sense::Failed(errno) => Err(Errno::from_raw(errno.0)),
                Sense::Data | Sense::Noop | Sense::Overrun => Err(Errno::EBADMSG),
            },
            Some(Err(_)) | None => Err(Errno::EBADMSG),
        }
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

/// Which sockets of a host to ask for. TCP over IPv4 and IPv6 is always of interest: such a socket
/// may live on without an fd. The others are, once a process has one.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Want {
    udp: bool,
    unix: bool,
    packet: bool,
    raw: bool,
}

impl Want {
    /// Also asks for sockets of this kind. Of a socket whose kind is not known, a command's, it may
    /// be UDP.
    pub fn add(&mut self, kind: Option<Kind>) {
        let Some(kind) = kind else {
            self.udp = true;
            return;
        };
        match kind.family {
            Family::Unix => self.unix = true,
            Family::Packet => self.packet = true,
            Family::Inet | Family::Inet6 if kind.kind == libc::SOCK_RAW => self.raw = true,
            Family::Inet | Family::Inet6 if kind.kind == libc::SOCK_DGRAM => self.udp = true,
            Family::Inet | Family::Inet6 | Family::Other(_) => {}
        }
    }

    fn queries(self) -> impl Iterator<Item = Query> {
        let both = |wanted: bool, query: fn(bool) -> Query| {
            [query(false), query(true)].into_iter().filter(move |_| wanted)
        };
        let tcp = std::iter::once(Query::Tcp { states: !BOUND_ONLY });
        let unix = self.unix.then_some(Query::Unix);
        let packet = self.packet.then_some(Query::Packet);
        let inet = tcp.chain(both(self.udp, Query::udp)).chain(both(self.raw, Query::raw));
        inet.chain(unix).chain(packet)
    }
}

/// More rows than this are not destroyed one by one when a lab ends; what is left goes when the
/// kernel gives up on it.
const MOST_DESTROYED: usize = 100_000;

/// Every socket of a host, as the kernel lists them. Rows that are as in `previous` are shared.
/// `all_listed` tells whether every socket that a process has is among the rows.
///
/// # Errors
/// What the kernel answers.
pub(super) fn dump(
    socket: &OwnedFd,
    want: Want,
    previous: &[Arc<Socket>],
    all_listed: impl FnOnce(&[Socket]) -> bool,
) -> Result<Vec<Arc<Socket>>, Errno> {
    let mut buffer = vec![0; 32 * 1024];
    let mut rows = Vec::new();
    for _ in 0..TRIES {
        let mut collector = Collector::with_capacity(previous.len());
        for query in want.queries() {
            collect(socket, &query, &mut buffer, &mut collector)?;
        }
        let dump = collector.finish();
        rows = dump.sockets;
        if !dump.interrupted {
            break;
        }
    }
    if !all_listed(&rows) {
        let mut collector = Collector::default();
        collect(socket, &Query::Tcp { states: BOUND_ONLY }, &mut buffer, &mut collector)?;
        rows.append(&mut collector.finish().sockets);
    }
    Ok(share(previous, rows))
}

/// How often a dump is asked for that the kernel says was disturbed: a row may be missing or stand
/// twice (`NLM_F_DUMP_INTR`).
const TRIES: usize = 3;

/// The bit of TCP_BOUND_INACTIVE (`include/net/tcp_states.h`): bound and nothing more. These hang
/// on another table than all the others, a large one that the whole machine shares, so they are
/// asked for only when a process has a socket that the other dumps do not list.
const BOUND_ONLY: u32 = 1 << 13;

fn collect(
    socket: &OwnedFd,
    query: &Query,
    buffer: &mut [u8],
    collector: &mut Collector,
) -> Result<(), Errno> {
    collector.begin(query, 1);
    match ask(socket, &query.request(1), buffer, |datagram| collector.feed(datagram)) {
        // A kernel without this family's dump; its sockets are asked by their fds.
        Err(DumpError::Kernel(errno)) if errno.0 == libc::ENOENT => Ok(()),
        other => other.map_err(|error| match error {
            DumpError::Kernel(errno) => Errno::from_raw(errno.0),
            DumpError::Overrun => Errno::ENOBUFS,
            DumpError::Broken(_) | DumpError::Short { .. } => Errno::EBADMSG,
        }),
    }
}

/// The sequence number of whoever takes a host down, and of its orders.
const LAST_DUMP: u32 = 0x656e_6421;
const LAST_ORDER: u32 = LAST_DUMP + 1;

/// How long the kernel may take to answer who takes a host down. It answers at once; but the end
/// of a lab must not wait for anything without bound.
const LAST_PATIENCE: i64 = 2;

/// Destroys every TCP and UDP socket of a host, so that nothing keeps its namespace alive. What
/// can't be destroyed is left to the kernel.
pub(super) fn destroy_all(socket: &OwnedFd) {
    let mut buffer = vec![0; 32 * 1024];
    if setsockopt(socket, sockopt::ReceiveTimeout, &TimeVal::new(LAST_PATIENCE, 0)).is_err() {
        return;
    }
    drain(socket, &mut buffer);
    for v6 in [false, true] {
        for (query, protocol) in [(Query::tcp(v6), Protocol::Tcp), (Query::udp(v6), Protocol::Udp)]
        {
            let mut found = Vec::new();
            let mut collector = Collector::default();
            collector.begin(&query, LAST_DUMP);
            let fed = ask(socket, &query.request(LAST_DUMP), &mut buffer, |datagram| {
                found.extend(ids(datagram));
                collector.feed(datagram)
            });
            if fed.is_err() {
                drain(socket, &mut buffer);
                continue;
            }
            for id in found.iter().take(MOST_DESTROYED) {
                let message = destroy(id, protocol, LAST_ORDER);
                if send(socket.as_raw_fd(), &message, MsgFlags::empty()).is_ok()
                    // The acknowledgment, or that the socket was gone already.
                    && recv(socket.as_raw_fd(), &mut buffer, MsgFlags::empty()).is_err()
                {
                    return;
                }
            }
        }
    }
}

/// Reads away what was left of a dump that nobody read to its end; the kernel begins no other
/// before.
fn drain(socket: &OwnedFd, buffer: &mut [u8]) {
    for _ in 0..MOST_DRAINED {
        match recv(socket.as_raw_fd(), buffer, MsgFlags::MSG_DONTWAIT) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(_) => return,
        }
    }
}

/// More datagrams than any dump has.
const MOST_DRAINED: usize = 65_536;

fn ask(
    socket: &OwnedFd,
    request: &[u8],
    buffer: &mut [u8],
    mut feed: impl FnMut(&[u8]) -> Result<Progress, DumpError>,
) -> Result<(), DumpError> {
    let kernel = |errno: Errno| DumpError::Kernel(CallErrno(errno as i32));
    send(socket.as_raw_fd(), request, MsgFlags::empty()).map_err(kernel)?;
    loop {
        match recv(socket.as_raw_fd(), buffer, MsgFlags::empty()) {
            Ok(length) => {
                if feed(&buffer[..length])? == Progress::Done {
                    return Ok(());
                }
            }
            Err(Errno::EINTR) => {}
            Err(errno) => return Err(kernel(errno)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_that_nobody_read_is_drained() {
        let socket = diag_socket().expect("a sock_diag socket");
        let pending = || recv(socket.as_raw_fd(), &mut [0; 64], MsgFlags::MSG_DONTWAIT);
        let request = Query::tcp(false).request(1);
        send(socket.as_raw_fd(), &request, MsgFlags::empty()).expect("sent");
        drain(&socket, &mut [0; 1024]);
        assert_eq!(pending(), Err(Errno::EAGAIN));
        let mut rows = Collector::default();
        assert_eq!(
            collect(&socket, &Query::tcp(false), &mut vec![0; 32 * 1024], &mut rows),
            Ok(())
        );
        assert_eq!(pending(), Err(Errno::EAGAIN));
    }
}
