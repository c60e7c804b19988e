//! A terminal for programs with a screen: it answers what they ask and waits for whole frames.

use std::ffi::OsStr;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd as _, OwnedFd};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{Winsize, openpty};

use crate::Skipped;

/// What ends a frame: the end of a synchronized update.
const END_OF_FRAME: &[u8] = b"\x1b[?2026l";

/// The question for the cursor's place, and the answer behind one narrow character.
const ASKED: &[u8] = b"\x1b[6n";
const ANSWER: &[u8] = b"\x1b[1;2R";

/// A program on a terminal of its own.
pub struct Terminal {
    child: Child,
    ours: std::fs::File,
    seen: Vec<u8>,
    answered: bool,
}

impl Terminal {
    /// Starts a program on a terminal of this size. `home` is its state directory.
    pub fn start(
        program: impl AsRef<OsStr>,
        arguments: &[&str],
        (columns, rows): (u16, u16),
        home: &OsStr,
    ) -> Result<Self, Skipped> {
        let why = |error: &dyn std::fmt::Display| format!("a terminal: {error}");
        let size = Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(Some(&size), None).map_err(|error| why(&error))?;
        let copy = |fd: &OwnedFd| fd.try_clone().map(Stdio::from).map_err(|error| why(&error));
        let child = Command::new(program)
            .args(arguments)
            .env("TERM", "xterm-256color")
            .env("LANG", "C.UTF-8")
            .env("XDG_STATE_HOME", home)
            .stdin(copy(&pty.slave)?)
            .stdout(copy(&pty.slave)?)
            .stderr(Stdio::null())
            .spawn()
            .map_err(|error| why(&error))?;
        Ok(Self { child, ours: pty.master.into(), seen: Vec::new(), answered: false })
    }

    /// Waits until the next frame is whole.
    pub fn frame(&mut self) -> Result<(), Skipped> {
        let until = Instant::now() + Duration::from_secs(20);
        self.seen.clear();
        while !contains(&self.seen, END_OF_FRAME) {
            if !self.read(until.saturating_duration_since(Instant::now()))? {
                return Err("no whole frame".into());
            }
        }
        Ok(())
    }

    /// Reads until nothing has come for this long.
    pub fn quiet(&mut self, time: Duration) -> Result<(), Skipped> {
        while self.read(time)? {}
        Ok(())
    }

    fn read(&mut self, within: Duration) -> Result<bool, Skipped> {
        let timeout = PollTimeout::from(u16::try_from(within.as_millis()).unwrap_or(u16::MAX));
        let mut fds = [PollFd::new(self.ours.as_fd(), PollFlags::POLLIN)];
        if poll(&mut fds, timeout).map_err(|errno| errno.to_string())? == 0 {
            return Ok(false);
        }
        let mut bytes = [0; 65_536];
        let length = self.ours.read(&mut bytes).map_err(|error| format!("it ended: {error}"))?;
        self.seen.extend_from_slice(&bytes[..length]);
        if !self.answered && contains(&self.seen, ASKED) {
            self.answered = true;
            self.press(ANSWER)?;
        }
        Ok(true)
    }

    /// Types.
    pub fn press(&mut self, keys: &[u8]) -> Result<(), Skipped> {
        self.ours.write_all(keys).map_err(|error| format!("the terminal: {error}"))
    }

    /// The program's number.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    bytes.windows(what.len()).any(|window| window == what)
}
