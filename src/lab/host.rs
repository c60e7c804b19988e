//! A host of the lab as sockstep holds it: its TUN, its sock_diag socket and its counters.

use std::collections::BTreeMap;
use std::fs::File;
use std::net::IpAddr;
use std::os::fd::{AsFd as _, BorrowedFd, OwnedFd};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use nix::errno::Errno;
use nix::sys::uio::pwrite;
use nix::unistd::{read, write};

use super::arrival::Arrivals;
use super::failure::{Attempt as _, Failure};
use super::kernel::Want;
use super::proc;
use crate::model::{Family, HostName, HostSpec, Socket};

/// More bytes of a table of `/proc/net` are not read: thousands of sockets.
const LONGEST_TABLE: usize = 1 << 20;

/// One host.
#[derive(Debug)]
pub(super) struct Host {
    /// Its name.
    pub name: HostName,
    /// Its addresses, IPv4 first.
    pub addresses: Vec<IpAddr>,
    /// How often it was rebooted.
    pub boots: u32,
    /// Its sockets as last seen, to share rows with.
    pub sockets: Vec<Arc<Socket>>,
    /// Its counters as last seen.
    pub counters: Arc<BTreeMap<String, u64>>,
    /// In which order queued connections came.
    pub arrivals: Arrivals,
    /// Which kinds of sockets to ask for.
    pub wanted: Want,
    unplugged: bool,
    /// Its ephemeral ports are narrowed to one.
    pinned: bool,
    files: Files,
    counted: [Vec<u8>; 3],
    /// It has had an IPv6 socket or a datagram over IPv6.
    speaks_v6: bool,
}

/// The fds by which a host is watched.
#[derive(Debug)]
pub(super) struct Files {
    diag: OwnedFd,
    inside: Option<Inside>,
}

/// The fds that come from inside a host's namespace.
#[derive(Debug)]
struct Inside {
    /// The far end of its interface.
    tun: OwnedFd,
    /// `/proc/net/netstat`.
    netstat: File,
    /// `/proc/net/snmp`.
    snmp: File,
    /// `/proc/net/snmp6`.
    snmp6: File,
    /// `/proc/net/raw`.
    raw: File,
    /// `/proc/net/raw6`.
    raw6: File,
    /// `net.ipv4.ip_local_port_range`.
    ports: File,
    /// What was in it when the host was born.
    range: Vec<u8>,
}

/// How many packets of an unplugged host are thrown away at once.
const THROWN_AWAY: usize = 256;

impl Files {
    /// The fds of an answer, in its order: all of them, or the sock_diag socket alone.
    ///
    /// # Errors
    /// EBADF if there are too few.
    pub fn from_answer(fds: Vec<OwnedFd>) -> Result<Self, Failure> {
        let missing =
            || Failure { attempt: "take the fds of a new host".into(), errno: Errno::EBADF };
        match <[OwnedFd; 8]>::try_from(fds) {
            Ok([tun, diag, texts @ ..]) => {
                let [netstat, snmp, snmp6, raw, raw6, ports] = texts.map(File::from);
                let range = port_range(&ports).unwrap_or_default();
                let inside = Inside { tun, netstat, snmp, snmp6, raw, raw6, ports, range };
                Ok(Self { diag, inside: Some(inside) })
            }
            Err(mut fds) => {
                let diag = fds.pop().filter(|_| fds.is_empty()).ok_or_else(missing)?;
                Ok(Self { diag, inside: None })
            }
        }
    }

    /// To wait for packets, where there are any.
    pub fn tun(&self) -> Option<BorrowedFd<'_>> {
        self.inside.as_ref().map(|inside| inside.tun.as_fd())
    }
}

impl Host {
    /// A new host.
    pub fn new(spec: &HostSpec, files: Files) -> Self {
        let mut addresses = vec![IpAddr::V4(spec.v4)];
        addresses.extend(spec.v6.map(IpAddr::V6));
        Self {
            name: spec.name.clone(),
            addresses,
            boots: 0,
            sockets: Vec::new(),
            counters: Arc::default(),
            arrivals: Arrivals::default(),
            wanted: Want::default(),
            unplugged: false,
            pinned: false,
            files,
            counted: Default::default(),
            speaks_v6: false,
        }
    }

    /// Goes on with a new namespace.
    pub fn reboot(&mut self, files: Files) {
        self.files = files;
        self.boots += 1;
        self.unplugged = false;
        self.pinned = false;
        self.sockets = Vec::new();
        self.arrivals = Arrivals::default();
        self.counters = Arc::default();
        self.counted = Default::default();
    }

    /// Nothing that the host's kernel sends from now on reaches the wire, until it is rebooted.
    pub fn unplug(&mut self) {
        self.unplugged = true;
    }

    /// To wait for packets, where there are any.
    pub fn tun(&self) -> Option<BorrowedFd<'_>> {
        self.files.tun()
    }

    /// To ask for sockets.
    pub fn diag(&self) -> &OwnedFd {
        &self.files.diag
    }

    /// The next packet that the host's kernel has sent, if there is one.
    ///
    /// # Errors
    /// EBADFD if the device is gone: somebody with the rights of the lab has deleted it.
    pub fn next_packet<'a>(&self, buffer: &'a mut [u8]) -> Result<Option<&'a [u8]>, Errno> {
        let Some(inside) = &self.files.inside else { return Ok(None) };
        // What an unplugged host sends is thrown away, so much at a time.
        for _ in 0..THROWN_AWAY {
            match read(&inside.tun, buffer) {
                Ok(length) if !self.unplugged => return Ok(Some(&buffer[..length])),
                Ok(_) => {}
                // EIO: the device is down; there is nothing to read then.
                Err(Errno::EAGAIN | Errno::EINTR | Errno::EIO) => return Ok(None),
                Err(errno) => return Err(errno),
            }
        }
        Ok(None)
    }

    /// Gives a packet to the host's kernel; `false` if it did not take it.
    pub fn give(&self, packet: &[u8]) -> bool {
        self.files.inside.as_ref().is_some_and(|inside| {
            write(&inside.tun, packet).is_ok_and(|length| length == packet.len())
        })
    }

    /// Narrows the ephemeral ports of the host to one, unless somebody has set them. Where this
    /// machine lets nobody set them (EBADF, EROFS), the kernel chooses at random.
    pub fn pin_port(&mut self, port: u16) {
        let Some(inside) = &self.files.inside else { return };
        if port_range(&inside.ports).is_some_and(|range| range == inside.range) {
            let only = format!("{port} {port}");
            self.pinned = pwrite(&inside.ports, only.as_bytes(), 0).is_ok();
        }
    }

    /// Gives the host back the range that it was born with, if it was narrowed.
    pub fn unpin_port(&mut self) {
        if let Some(inside) = self.files.inside.as_ref().filter(|_| self.pinned) {
            self.pinned = pwrite(&inside.ports, &inside.range, 0).is_err();
        }
    }

    /// Its raw sockets, in the way of kernels that have no dump of them.
    pub fn raw_sockets(&self) -> Vec<Socket> {
        let Some(inside) = &self.files.inside else { return Vec::new() };
        let families = [(&inside.raw, false), (&inside.raw6, true)];
        let read = families.map(|(file, v6)| proc::raw_sockets(&read_rows(file), v6));
        read.into_iter().flatten().collect()
    }

    /// Reads the counters again, and keeps the old ones if nothing has changed. `v6` says that an
    /// IPv6 packet has come.
    ///
    /// # Errors
    /// What reading `/proc/net` gives.
    pub fn count(&mut self, v6: bool) -> Result<Arc<BTreeMap<String, u64>>, Failure> {
        // On the loopback rung the counters are the whole machine's and say nothing of the lab.
        let Some(inside) = &self.files.inside else { return Ok(self.counters.clone()) };
        let netstat = read_whole(&inside.netstat).attempt("read /proc/net/netstat")?;
        let snmp = read_whole(&inside.snmp).attempt("read /proc/net/snmp")?;
        // Dear, and all zeros where nobody speaks IPv6.
        self.speaks_v6 |= v6 || self.sockets.iter().any(|row| row.kind.family == Family::Inet6);
        let snmp6 = match self.speaks_v6 {
            true => read_whole(&inside.snmp6).attempt("read /proc/net/snmp6")?,
            false => Vec::new(),
        };
        let counted = [netstat, snmp, snmp6];
        if counted != self.counted {
            let [netstat, snmp, snmp6] =
                counted.each_ref().map(|text| String::from_utf8_lossy(text));
            let mut counters = proc::counters(&snmp, &netstat);
            proc::counters6(&snmp6, &mut counters);
            self.counters = Arc::new(counters);
            self.counted = counted;
        }
        Ok(self.counters.clone())
    }
}

/// A file of `/proc/net` that the kernel writes row by row, a page at a time. It ends where it can't
/// be read.
fn read_rows(file: &File) -> String {
    let (mut text, mut bytes) = (Vec::new(), [0; 4096]);
    while text.len() < LONGEST_TABLE
        && let Ok(length) = file.read_at(&mut bytes, text.len() as u64)
        && length > 0
    {
        text.extend_from_slice(&bytes[..length]);
    }
    String::from_utf8_lossy(&text).into_owned()
}

/// What is in a host's `ip_local_port_range`.
fn port_range(file: &File) -> Option<Vec<u8>> {
    let mut bytes = [0; 64];
    let length = file.read_at(&mut bytes, 0).ok()?;
    Some(bytes[..length].to_vec())
}

/// A file of `/proc/net` that the kernel writes in one piece (`single_open`): a read that does not
/// fill the buffer has read all of it.
fn read_whole(file: &File) -> std::io::Result<Vec<u8>> {
    let mut bytes = vec![0; 8192];
    loop {
        let length = file.read_at(&mut bytes, 0)?;
        if length < bytes.len() {
            bytes.truncate(length);
            return Ok(bytes);
        }
        bytes.resize(2 * length, 0);
    }
}
