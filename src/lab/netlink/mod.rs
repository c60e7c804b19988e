//! Netlink messages as bytes (netlink(7), RFC 3549): framing, attributes, errors.
//!
//! Everything here is pure. It must not know a socket or what a message is about; [`route`] and
//! [`super::diag`] do.

mod read;
pub mod route;
mod write;

pub use read::{Attribute, Attributes, Broken, Message, Messages, Sense};
pub(in crate::lab) use read::{array_at, u16_at, u32_at, u64_at};
pub use write::Writer;

/// `NLMSG_NOOP`: to be ignored.
pub const NOOP: u16 = 1;
/// `NLMSG_ERROR`: an errno, or an acknowledgment if that is 0.
pub const ERROR: u16 = 2;
/// `NLMSG_DONE`: the end of a dump.
pub const DONE: u16 = 3;
/// `NLMSG_OVERRUN`: data was lost.
pub const OVERRUN: u16 = 4;

/// `NLM_F_REQUEST`: set on every request.
pub const REQUEST: u16 = 0x1;
/// `NLM_F_ACK`: answer with an acknowledgment.
pub const ACK: u16 = 0x4;
/// `NLM_F_DUMP_INTR`: the tables changed while they were dumped.
pub const INTERRUPTED: u16 = 0x10;
/// `NLM_F_DUMP`: give back everything that matches.
pub const DUMP: u16 = 0x300;
/// `NLM_F_REPLACE`: replace what is there.
pub const REPLACE: u16 = 0x100;
/// `NLM_F_CREATE`: create what is not there.
pub const CREATE: u16 = 0x400;

/// The size of `struct nlmsghdr`.
const HEADER: usize = 16;

/// `length` rounded up to netlink's alignment of 4.
fn aligned(length: usize) -> usize {
    length.saturating_add(3) & !3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Errno;
    use proptest::prelude::*;

    #[test]
    fn what_is_written_is_read_back() {
        let mut writer = Writer::new(24, REQUEST | ACK, 7);
        writer.bytes(&[1, 2, 3, 4]);
        writer.attribute(5, b"abc");
        writer.nested(8, |inner| {
            inner.attribute_u32(15, 1);
            inner.attribute(1, &[]);
        });
        let bytes = writer.finish();
        assert_eq!(bytes.len() % 4, 0);
        let message = Messages::new(&bytes).next().expect("one message").expect("whole");
        assert_eq!((message.kind, message.flags, message.sequence), (24, REQUEST | ACK, 7));
        assert_eq!(message.payload[..4], [1, 2, 3, 4]);
        let attributes: Vec<_> = Attributes::new(&message.payload[4..]).collect();
        assert_eq!(attributes[0], Attribute { kind: 5, payload: b"abc" });
        let inner: Vec<_> = Attributes::new(attributes[1].payload).collect();
        assert_eq!(inner[0].u32(), Some(1));
        assert_eq!((inner[1].kind, inner[1].u32()), (1, None));
        assert_eq!((attributes.len(), inner.len()), (2, 2));
    }

    #[test]
    fn an_error_of_zero_is_an_acknowledgment() {
        let answer = |number: i32| {
            let mut writer = Writer::new(ERROR, 0, 1);
            writer.bytes(&number.to_ne_bytes());
            writer.bytes(&[0; 16]);
            writer.finish()
        };
        let sense = |bytes: &[u8]| match Messages::new(bytes).next() {
            Some(Ok(message)) => message.sense(),
            other => panic!("{other:?}"),
        };
        assert_eq!(sense(&answer(0)), Sense::Acknowledged);
        assert_eq!(sense(&answer(-17)), Sense::Failed(Errno(17)));
        assert_eq!(sense(&answer(i32::MIN)), Sense::Failed(Errno(i32::MAX)));
    }

    #[test]
    fn the_end_of_a_dump_may_carry_an_errno() {
        let mut writer = Writer::new(DONE, 2, 1);
        writer.bytes(&(-4i32).to_ne_bytes());
        let bytes = writer.finish();
        let message = Messages::new(&bytes).next().expect("one").expect("whole");
        assert_eq!(message.sense(), Sense::Failed(Errno(4)));
        let bytes = Writer::new(DONE, 2, 1).finish();
        let message = Messages::new(&bytes).next().expect("one").expect("whole");
        assert_eq!(message.sense(), Sense::Done);
    }

    #[test]
    fn a_message_that_is_longer_than_its_datagram_is_broken() {
        let mut bytes = Writer::new(20, 0, 1).finish();
        bytes[0] = 17;
        let mut messages = Messages::new(&bytes);
        assert_eq!(messages.next(), Some(Err(Broken { at: 0 })));
        assert_eq!(messages.next(), None);
        assert_eq!(Messages::new(&[0; 15]).next(), Some(Err(Broken { at: 0 })));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_to_an_end(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
            for message in Messages::new(&bytes).flatten() {
                let _ = message.sense();
                let count = Attributes::new(message.payload).count();
                prop_assert!(count <= message.payload.len() / 4);
            }
        }
    }
}
