//! Gathers the datagrams of one or several dumps.

use crate::lab::netlink::{Broken, INTERRUPTED, Message, Messages, Sense};
use crate::model::{Errno, Socket};

use super::request::{AF_INET, AF_INET6, AF_PACKET, AF_UNIX, Protocol, Query};
use super::unix::{self, Link};
use super::{inet, packet};

/// Gathers rows from datagrams: [`Collector::begin`] a dump, [`Collector::feed`] it what comes
/// until it is done, begin the next; [`Collector::finish`] gives all of them.
#[derive(Debug, Default)]
pub struct Collector {
    sequence: u32,
    protocol: Option<Protocol>,
    dump: Dump,
}

/// All rows of the dumps that a [`Collector`] was fed, in the kernel's order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Dump {
    /// The sockets.
    pub sockets: Vec<Socket>,
    /// Which unix sockets are tied to which.
    pub links: Vec<Link>,
    /// The kernel says that its tables changed meanwhile (`NLM_F_DUMP_INTR`): a row may be missing
    /// or stand twice.
    pub interrupted: bool,
}

/// Whether a dump is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Progress {
    /// More datagrams will come.
    More,
    /// That was the last one.
    Done,
}

/// Why a dump could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DumpError {
    /// A message is longer than its datagram. The buffer it was received in may be too small.
    #[error(transparent)]
    Broken(#[from] Broken),
    /// A row is shorter than its structure.
    #[error("a row of a socket dump has only {length} bytes")]
    Short {
        /// Its bytes.
        length: usize,
    },
    /// The kernel refuses. `ENOENT`: it was built without this family's dump.
    #[error("the kernel refuses the socket dump: {0}")]
    Kernel(Errno),
    /// The kernel had no room for what it wanted to say.
    #[error("the kernel lost a part of the socket dump")]
    Overrun,
}

impl Collector {
    /// An empty one that expects about `rows` rows; the last dump's number is a good guess.
    pub fn with_capacity(rows: usize) -> Self {
        let dump = Dump { sockets: Vec::with_capacity(rows), ..Dump::default() };
        Self { dump, ..Self::default() }
    }

    /// What is fed from now on answers this query with this number. Datagrams with other numbers
    /// (the rest of a dump that was given up) are passed over.
    pub fn begin(&mut self, query: &Query, sequence: u32) {
        self.sequence = sequence;
        self.protocol = match query {
            Query::Inet { protocol, .. } => Some(*protocol),
            Query::Tcp { .. } => Some(Protocol::Tcp),
            Query::Unix | Query::Packet => None,
        };
    }

    /// Takes one datagram in.
    ///
    /// # Errors
    /// [`DumpError`]; what was read before stays.
    pub fn feed(&mut self, datagram: &[u8]) -> Result<Progress, DumpError> {
        for message in Messages::new(datagram) {
            let message = message?;
            if message.sequence != self.sequence {
                continue;
            }
            self.dump.interrupted |= message.flags & INTERRUPTED != 0;
            match message.sense() {
                Sense::Data => self.take(&message)?,
                Sense::Done | Sense::Acknowledged => return Ok(Progress::Done),
                Sense::Failed(errno) => return Err(DumpError::Kernel(errno)),
                Sense::Overrun => return Err(DumpError::Overrun),
                Sense::Noop => {}
            }
        }
        Ok(Progress::More)
    }

    /// All rows, unix sockets with their peers' names.
    pub fn finish(mut self) -> Dump {
        if !self.dump.links.is_empty() {
            unix::name_peers(&mut self.dump.sockets, &self.dump.links);
        }
        self.dump
    }

    fn take(&mut self, message: &Message<'_>) -> Result<(), DumpError> {
        let short = DumpError::Short { length: message.payload.len() };
        let socket = match (message.payload.first(), self.protocol) {
            (Some(&(AF_INET | AF_INET6)), Some(protocol)) => inet::row(message.payload, protocol),
            (Some(&AF_UNIX), None) => unix::row(message.payload).map(|(socket, link)| {
                self.dump.links.push(link);
                socket
            }),
            (Some(&AF_PACKET), None) => packet::row(message.payload),
            // Not what was asked for.
            _ => return Ok(()),
        };
        self.dump.sockets.push(socket.ok_or(short)?);
        Ok(())
    }
}
