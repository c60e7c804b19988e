//! Signals as bytes in a pipe.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::os::unix::net::UnixStream;

use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
use signal_hook::iterator::backend::SignalDelivery;
use signal_hook::iterator::exfiltrator::SignalOnly;

/// What a signal wants of the loop.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// The program is to end.
    End(i32),
    /// The program is to stop for a while.
    Suspend,
    /// It was stopped and goes on; others may have used the terminal.
    Continue,
    /// The terminal has another size.
    Resize,
}

/// Caught signals.
pub struct Signals {
    delivery: SignalDelivery<UnixStream, SignalOnly>,
}

impl Signals {
    /// From now on these signals do nothing but fill the pipe.
    ///
    /// # Errors
    /// What the kernel says to a pipe or a handler.
    pub fn catch() -> io::Result<Self> {
        let (read, write) = UnixStream::pair()?;
        let wanted = [SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT, SIGWINCH];
        let delivery = SignalDelivery::with_pipe(read, write, SignalOnly, wanted)?;
        Ok(Self { delivery })
    }

    /// What came since the last time, each once.
    pub fn wishes(&mut self) -> Vec<Wish> {
        let pending = self.delivery.pending();
        let wishes = pending.filter_map(|signal| match signal {
            SIGTERM | SIGHUP | SIGINT => Some(Wish::End(signal)),
            SIGTSTP => Some(Wish::Suspend),
            SIGCONT => Some(Wish::Continue),
            SIGWINCH => Some(Wish::Resize),
            _ => None,
        });
        wishes.collect()
    }
}

impl AsFd for Signals {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.delivery.get_read().as_fd()
    }
}
