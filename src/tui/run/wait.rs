//! Sleeping until something happens, and the keys that did.

use std::collections::VecDeque;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

use crossterm::event::{self, Event};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout};

use super::signals::Signals;
use super::terminal::Screen;
use super::{Incoming, RunError};
use crate::tui::app::{App, Msg};

/// A timer of the kernel is late by a tick or two; asking in vain again and again is not waiting.
const PATIENCE: Duration = Duration::from_millis(10);

/// How often a page is drawn on which a timer counts down. Nothing else is drawn unasked.
const TICK: Duration = Duration::from_secs(1);

/// What woke the loop.
#[derive(Debug, Default)]
pub struct Woken {
    pub key: bool,
    pub signal: bool,
    pub world: bool,
    /// A second has passed that the page counts.
    pub tick: bool,
    pub gone: bool,
}

/// Sleeps until something happens; the screen was drawn so long ago.
pub fn wait(
    app: &App,
    screen: &Screen,
    signals: &Signals,
    drawn: Duration,
) -> Result<Woken, RunError> {
    let session = app.session.as_ref();
    let readiness = session.and_then(|session| session.readiness());
    let due = session.and_then(|session| session.due_in()).map(|due| due.max(PATIENCE));
    let tick = app.counts().then(|| TICK.saturating_sub(drawn));
    let timeout = due.into_iter().chain(tick).min().map_or(PollTimeout::NONE, |time| {
        // Rounded up: waking early would only mean to wait again.
        let millis = time.as_micros().div_ceil(1000).min(i32::MAX as u128);
        PollTimeout::try_from(i32::try_from(millis).unwrap_or(i32::MAX)).unwrap_or(PollTimeout::MAX)
    });
    let mut fds: Vec<PollFd<'_>> = [screen.input(), signals.as_fd()]
        .into_iter()
        .chain(readiness)
        .map(|fd: BorrowedFd<'_>| PollFd::new(fd, PollFlags::POLLIN))
        .collect();
    let count = match nix::poll::poll(&mut fds, timeout) {
        Ok(count) => count,
        // A signal: its pipe says which, at the next turn.
        Err(Errno::EINTR) => return Ok(Woken::default()),
        Err(errno) => return Err(RunError::Terminal { attempt: "poll", source: errno.into() }),
    };
    let seen =
        |index: usize| fds.get(index).and_then(PollFd::revents).unwrap_or(PollFlags::empty());
    let gone = PollFlags::POLLHUP | PollFlags::POLLERR | PollFlags::POLLNVAL;
    let is_due = count == 0 && due.is_some_and(|due| tick.is_none_or(|tick| due <= tick));
    Ok(Woken {
        key: seen(0).contains(PollFlags::POLLIN),
        signal: !seen(1).is_empty(),
        world: !seen(2).is_empty() || is_due,
        tick: count == 0 && !is_due,
        gone: seen(0).intersects(gone),
    })
}

/// Everything that was typed so far. With `use-dev-tty`, `event::poll(0)` is always false, and a
/// key that was read but not taken is in no fd any more: so ask until there is none for 1 ms.
pub fn read_keys(queue: &mut VecDeque<Incoming>) -> io::Result<()> {
    while event::poll(Duration::from_millis(1))? {
        match event::read()? {
            Event::Key(key) => queue.push_back(Incoming::Key(key)),
            Event::Paste(text) => queue.push_back(Incoming::Msg(Msg::Paste(text))),
            Event::Resize(..) => queue.push_back(Incoming::Msg(Msg::Resized)),
            Event::FocusGained | Event::FocusLost | Event::Mouse(_) => {}
        }
    }
    Ok(())
}
