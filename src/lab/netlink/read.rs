//! Netlink messages and attributes from bytes.

use crate::model::Errno;

use super::{DONE, ERROR, HEADER, NOOP, OVERRUN, aligned};

/// The messages of one datagram, in order. Stops after the first that is broken.
#[derive(Debug, Clone)]
pub struct Messages<'a> {
    bytes: &'a [u8],
    at: usize,
}

/// One message of a datagram.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Message<'a> {
    /// `nlmsg_type`.
    pub kind: u16,
    /// `nlmsg_flags`.
    pub flags: u16,
    /// `nlmsg_seq`: the request's number.
    pub sequence: u32,
    /// What stands behind the header.
    pub payload: &'a [u8],
}

/// A message's header promises more bytes than the datagram has, or fewer than a header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a netlink message at byte {at} is cut short")]
pub struct Broken {
    /// Where the message begins in its datagram.
    pub at: usize,
}

/// What a message is in the talk between the kernel and us.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sense {
    /// It carries data.
    Data,
    /// The request was carried out.
    Acknowledged,
    /// The request, or the rest of a dump, failed.
    Failed(Errno),
    /// A dump is over.
    Done,
    /// Nothing.
    Noop,
    /// Messages were lost for want of room.
    Overrun,
}

impl<'a> Messages<'a> {
    /// The messages of this datagram.
    pub fn new(datagram: &'a [u8]) -> Self {
        Self { bytes: datagram, at: 0 }
    }
}

impl<'a> Iterator for Messages<'a> {
    type Item = Result<Message<'a>, Broken>;

    fn next(&mut self) -> Option<Self::Item> {
        let at = self.at;
        let rest = self.bytes.get(at..).filter(|rest| !rest.is_empty())?;
        let message = message(rest);
        // Only a whole message says where the next one is.
        self.at = match &message {
            Some(whole) => at.saturating_add(aligned(HEADER + whole.payload.len())),
            None => self.bytes.len(),
        };
        Some(message.ok_or(Broken { at }))
    }
}

fn message(bytes: &[u8]) -> Option<Message<'_>> {
    let length = usize::try_from(u32_at(bytes, 0)?).ok()?;
    Some(Message {
        kind: u16_at(bytes, 4)?,
        flags: u16_at(bytes, 6)?,
        sequence: u32_at(bytes, 8)?,
        payload: bytes.get(HEADER..length)?,
    })
}

impl Message<'_> {
    /// What it is.
    pub fn sense(&self) -> Sense {
        match self.kind {
            NOOP => Sense::Noop,
            OVERRUN => Sense::Overrun,
            DONE => match self.errno() {
                Errno(0) => Sense::Done,
                errno => Sense::Failed(errno),
            },
            ERROR => match self.errno() {
                Errno(0) => Sense::Acknowledged,
                errno => Sense::Failed(errno),
            },
            _ => Sense::Data,
        }
    }

    /// The first number of the payload, which the kernel writes as a negative errno.
    fn errno(&self) -> Errno {
        let number = u32_at(self.payload, 0).unwrap_or(0).cast_signed();
        Errno(number.saturating_neg())
    }
}

/// The attributes of a payload, in order. Ends at the first that is broken, as the kernel's own
/// reader does; what stands before it counts.
#[derive(Debug, Clone)]
pub struct Attributes<'a> {
    rest: &'a [u8],
}

/// One attribute.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attribute<'a> {
    /// `nla_type` without the two flag bits (nested, byte order).
    pub kind: u16,
    /// Its value.
    pub payload: &'a [u8],
}

impl<'a> Attributes<'a> {
    /// The attributes in these bytes, which begin where the message's own structure ends.
    pub fn new(bytes: &'a [u8]) -> Self {
        Self { rest: bytes }
    }
}

impl<'a> Iterator for Attributes<'a> {
    type Item = Attribute<'a>;

    fn next(&mut self) -> Option<Self::Item> {
        let length = usize::from(u16_at(self.rest, 0)?);
        let kind = u16_at(self.rest, 2)? & 0x3fff;
        let payload = self.rest.get(4..length)?;
        self.rest = self.rest.get(aligned(length)..).unwrap_or_default();
        Some(Attribute { kind, payload })
    }
}

impl Attribute<'_> {
    /// The value as one byte.
    pub fn u8(&self) -> Option<u8> {
        self.payload.first().copied()
    }

    /// The value as a number in the machine's byte order.
    pub fn u32(&self) -> Option<u32> {
        u32_at(self.payload, 0)
    }
}

/// The two bytes at `at` in the machine's byte order.
pub(in crate::lab) fn u16_at(bytes: &[u8], at: usize) -> Option<u16> {
    array_at(bytes, at).map(u16::from_ne_bytes)
}

/// The four bytes at `at` in the machine's byte order.
pub(in crate::lab) fn u32_at(bytes: &[u8], at: usize) -> Option<u32> {
    array_at(bytes, at).map(u32::from_ne_bytes)
}

/// The eight bytes at `at` in the machine's byte order.
pub(in crate::lab) fn u64_at(bytes: &[u8], at: usize) -> Option<u64> {
    array_at(bytes, at).map(u64::from_ne_bytes)
}

/// The `N` bytes at `at`.
pub(in crate::lab) fn array_at<const N: usize>(bytes: &[u8], at: usize) -> Option<[u8; N]> {
    bytes.get(at..)?.first_chunk().copied()
}
