//! What sockstep tells a process of the lab, and what that answers: messages of fixed size.

/// One system call to make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request {
    /// The call's number on this machine. `rt_sigreturn` means to go back from the innermost
    /// handler of a signal.
    pub number: i64,
    /// Its arguments.
    pub arguments: [i64; 6],
    /// In how many handlers the process is that is to make it. A signal may come while the
    /// request is on its way; the request is then for after the handler.
    pub depth: u32,
}

/// What a process says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reply {
    /// It is there and waits for its first request.
    Hello {
        /// Its number inside the lab.
        pid: i32,
        /// The number of its control fd, which is no fd of the learner's.
        control: i32,
    },
    /// The call is back.
    Back {
        /// Its result; −1 if it failed.
        value: i64,
        /// The error if it failed, else 0.
        errno: i32,
        /// The control fd's number by now.
        control: i32,
    },
    /// fork() made a child; its channel and its arena come with this message, and the call's
    /// result follows when this process has let go of both.
    Child,
    /// execve() has put this program in the place of the one that called it; its arena comes with
    /// this message.
    Begun {
        /// The control fd's number by now.
        control: i32,
    },
    /// The kernel has interrupted it to run a handler of its own: it waits there for what to do.
    Caught(Signalled),
}

/// A signal as the kernel gave it to a handler, `siginfo_t` of sigaction(2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Signalled {
    /// `si_signo`
    pub signal: i32,
    /// `si_code`
    pub code: i32,
    /// `si_pid`
    pub sender: i32,
    /// `si_uid`
    pub user: u32,
    /// `si_status`
    pub status: i32,
    /// The handler's address, as the learner gave it.
    pub address: u64,
    /// The flags it was installed with, as the learner gave them.
    pub flags: i64,
    /// In how many handlers the process is by now. A way back that was told to it may not have
    /// been gone when the signal came.
    pub depth: u32,
    /// The signals that were blocked where it came, a bit for each from 1.
    pub mask: u64,
}

/// No process is in more handlers at once: each takes room on its stack.
pub const DEEPEST: usize = 64;

/// The requests that reached a process while a handler ran: each depth may have one that waits
/// until the process is there again.
#[derive(Debug)]
pub struct Early([Option<Request>; DEEPEST + 1]);

impl Early {
    /// Nothing waits.
    pub const NONE: Self = Self([None; DEEPEST + 1]);

    /// Takes what waits for this depth.
    pub fn take(&mut self, depth: u32) -> Option<Request> {
        self.0.get_mut(depth as usize)?.take()
    }

    /// Keeps a request; `None` if one for its depth waits already, or no process is so deep.
    pub fn put(&mut self, request: Request) -> Option<()> {
        let place = self.0.get_mut(request.depth as usize)?;
        place.is_none().then(|| *place = Some(request))
    }
}

/// Bytes of a [`Request`] and of a [`Reply`].
const REQUEST: usize = 64;
const REPLY: usize = 56;

impl Request {
    /// The request as a message.
    pub fn to_bytes(self) -> [u8; REQUEST] {
        let mut bytes = [0; REQUEST];
        bytes[..8].copy_from_slice(&self.number.to_le_bytes());
        for (place, argument) in bytes[8..56].chunks_exact_mut(8).zip(self.arguments) {
            place.copy_from_slice(&argument.to_le_bytes());
        }
        bytes[56..60].copy_from_slice(&self.depth.to_le_bytes());
        bytes
    }

    /// The request in a message, or `None` if it is too short or too long.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != REQUEST {
            return None;
        }
        let mut words = bytes.chunks_exact(8).map(|word| word.try_into().map(i64::from_le_bytes));
        let number = words.next()?.ok()?;
        let mut arguments = [0; 6];
        for (argument, word) in arguments.iter_mut().zip(&mut words) {
            *argument = word.ok()?;
        }
        let depth = u32::try_from(words.next()?.ok()?).ok()?;
        Some(Self { number, arguments, depth })
    }
}

impl Reply {
    /// The reply as a message.
    pub fn to_bytes(self) -> [u8; REPLY] {
        let (kind, value, numbers) = match self {
            Reply::Hello { pid, control } => (0, i64::from(pid), [control, 0, 0, 0, 0, 0]),
            Reply::Back { value, errno, control } => (1, value, [control, errno, 0, 0, 0, 0]),
            Reply::Child => (2, 0, [0; 6]),
            Reply::Begun { control } => (4, 0, [control, 0, 0, 0, 0, 0]),
            Reply::Caught(Signalled {
                signal, code, sender, user, status, address, depth, ..
            }) => (3, address as i64, [signal, code, sender, user as i32, status, depth as i32]),
        };
        let (flags, mask) =
            if let Reply::Caught(caught) = self { (caught.flags, caught.mask) } else { (0, 0) };
        let mut bytes = [0; REPLY];
        bytes[..8].copy_from_slice(&i64::from(kind).to_le_bytes());
        bytes[8..16].copy_from_slice(&value.to_le_bytes());
        bytes[16..24].copy_from_slice(&flags.to_le_bytes());
        for (place, number) in bytes[24..48].chunks_exact_mut(4).zip(numbers) {
            place.copy_from_slice(&number.to_le_bytes());
        }
        bytes[48..].copy_from_slice(&mask.to_le_bytes());
        bytes
    }

    /// The reply in a message, or `None` if it is none.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() != REPLY {
            return None;
        }
        let long = |at: usize| bytes[at..at + 8].try_into().map(i64::from_le_bytes).ok();
        let word =
            |at: usize| bytes[24 + 4 * at..28 + 4 * at].try_into().map(i32::from_le_bytes).ok();
        let (value, first) = (long(8)?, word(0)?);
        match long(0)? {
            0 => Some(Reply::Hello { pid: i32::try_from(value).ok()?, control: first }),
            1 => Some(Reply::Back { value, errno: word(1)?, control: first }),
            2 => Some(Reply::Child),
            3 => Some(Reply::Caught(Signalled {
                signal: first,
                code: word(1)?,
                sender: word(2)?,
                user: word(3)? as u32,
                status: word(4)?,
                address: value as u64,
                flags: long(16)?,
                depth: word(5)? as u32,
                mask: long(48)? as u64,
            })),
            4 => Some(Reply::Begun { control: first }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn requests_and_replies_survive_the_way() {
        let arguments = [2, 1, 0, -1, i64::MIN, i64::MAX];
        let request = Request { number: 41, arguments, depth: 2 };
        assert_eq!(Request::from_bytes(&request.to_bytes()), Some(request));
        let caught = Signalled {
            signal: 10,
            code: -6,
            sender: 3,
            user: u32::MAX,
            status: -1,
            address: u64::MAX,
            flags: 0x1000_0000,
            depth: 3,
            mask: 1 << 9 | 1 << 63,
        };
        for reply in [
            Reply::Hello { pid: 2, control: 1024 },
            Reply::Back { value: -1, errno: 9, control: 1025 },
            Reply::Child,
            Reply::Begun { control: 1024 },
            Reply::Caught(caught),
        ] {
            assert_eq!(Reply::from_bytes(&reply.to_bytes()), Some(reply));
        }
    }

    #[test]
    fn every_depth_has_a_request_of_its_own_that_waits() {
        let at = |depth, number| Request { number, arguments: [0; 6], depth };
        let mut early = Early::NONE;
        // A call crosses a signal, a call of that handler another, and its end a third.
        for request in [at(0, 39), at(1, 110), at(2, 15)] {
            assert_eq!(early.put(request), Some(()));
        }
        assert_eq!(early.put(at(1, 1)), None, "the one before would be lost");
        assert_eq!(early.put(at(DEEPEST as u32 + 1, 1)), None);
        for (depth, number) in [(2, 15), (1, 110), (0, 39)] {
            assert_eq!(early.take(depth), Some(at(depth, number)));
            assert_eq!(early.take(depth), None);
        }
        assert_eq!(early.take(u32::MAX), None);
    }

    #[test]
    fn what_is_no_message_is_refused() {
        assert_eq!(Request::from_bytes(&[0; 63]), None);
        assert_eq!(Reply::from_bytes(&[]), None);
        assert_eq!(Reply::from_bytes(&[9; 56]), None);
    }
}
