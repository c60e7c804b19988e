//! What commands print: read from pipes, bounded in each pass and each moment.

use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::time::Duration;

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::unistd::{pipe2, read};

use super::flood::Allowance;

/// So much of a command's output is read before it is the others' turn, in bytes; a pipe holds as
/// much.
const A_PASS: usize = 65_536;

/// The reading end of the pipe that a command and those whom it starts print to.
#[derive(Debug)]
pub(super) struct Output(OwnedFd);

/// What reading a command's output brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Brought {
    /// Something was read.
    pub any: bool,
    /// Nobody is left who could print more.
    pub end: bool,
}

impl Output {
    /// A pipe: our end, and that of the command.
    ///
    /// # Errors
    /// EMFILE.
    pub fn pipe() -> Result<(Output, OwnedFd), Errno> {
        let (ours, theirs) = pipe2(OFlag::O_CLOEXEC)?;
        fcntl(&ours, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
        Ok((Self(ours), theirs))
    }

    /// Reads what is there, but not more than is right for a pass.
    pub fn read(&self, into: &mut Printed) -> Brought {
        let mut bytes = [0; 16_384];
        let mut sum = 0;
        while sum < A_PASS {
            match read(&self.0, &mut bytes) {
                Ok(0) => return Brought { any: sum > 0, end: true },
                Ok(length) => {
                    sum += length;
                    into.add(&bytes[..length]);
                }
                Err(Errno::EINTR) => {}
                Err(Errno::EAGAIN) => break,
                Err(_) => return Brought { any: sum > 0, end: true },
            }
        }
        Brought { any: sum > 0, end: false }
    }
}

impl AsFd for Output {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}

/// What commands have printed since the last moment.
#[derive(Debug)]
pub(super) struct Printed {
    bytes: Vec<u8>,
    more: u64,
    allowance: Allowance,
}

impl Default for Printed {
    fn default() -> Self {
        Self { bytes: Vec::new(), more: 0, allowance: Allowance::OUTPUT }
    }
}

impl Printed {
    fn add(&mut self, bytes: &[u8]) {
        let told = self.allowance.take_of(bytes.len());
        self.bytes.extend_from_slice(&bytes[..told]);
        self.more += (bytes.len() - told) as u64;
    }

    /// How many bytes were printed besides those that are told.
    pub fn more(&self) -> u64 {
        self.more
    }

    /// What was printed since the last time this was asked, and how many bytes besides.
    pub fn take(&mut self, at: Duration) -> (Vec<u8>, u64) {
        self.allowance.refill(at);
        (std::mem::take(&mut self.bytes), std::mem::take(&mut self.more))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::write;

    #[test]
    fn an_empty_write_is_no_end() {
        let (output, theirs) = Output::pipe().expect("a pipe");
        let mut printed = Printed::default();
        assert_eq!(output.read(&mut printed), Brought { any: false, end: false });
        write(&theirs, b"").expect("written");
        write(&theirs, b"later").expect("written");
        assert_eq!(output.read(&mut printed), Brought { any: true, end: false });
        drop(theirs);
        assert_eq!(output.read(&mut printed), Brought { any: false, end: true });
        assert_eq!(printed.take(Duration::ZERO), (b"later".to_vec(), 0));
    }

    #[test]
    fn of_a_flood_of_output_the_first_bytes_are_told_and_the_others_counted() {
        let mut printed = Printed::default();
        for _ in 0..100 {
            printed.add(&[b'y'; 10_000]);
        }
        let (told, more) = printed.take(Duration::from_secs(1));
        assert_eq!((told.len(), more), (262_144, 1_000_000 - 262_144));
        printed.add(&[b'y'; 100_000]);
        let (told, more) = printed.take(Duration::from_secs(1));
        assert_eq!((told.len(), more), (16_384, 100_000 - 16_384));
    }
}
