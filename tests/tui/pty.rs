//! A pseudo-terminal with the program in it.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::ExitStatusExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, FdFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::pty::{Winsize, openpty};
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};
use nix::unistd::Pid;

nix::ioctl_write_ptr_bad!(set_size, nix::libc::TIOCSWINSZ, Winsize);

/// How long anything may take, on a busy machine too.
const PATIENCE: Duration = Duration::from_secs(20);

/// The program on its terminal.
pub struct Pty {
    master: Option<File>,
    /// Kept open, so that the terminal's modes can be asked when the program is gone.
    slave: OwnedFd,
    before: Termios,
    child: Child,
    parser: vt100::Parser,
    /// All that the program has written.
    pub written: Vec<u8>,
    state: PathBuf,
}

impl Pty {
    /// Starts the program with these arguments at 80×24, in English, not for the first time.
    pub fn start(arguments: &[&str]) -> Self {
        Self::run(
            Command::new("setsid")
                .arg("--ctty")
                .arg(env!("CARGO_BIN_EXE_sockstep"))
                .args(arguments),
        )
    }

    /// Starts a command on a new terminal.
    pub fn run(command: &mut Command) -> Self {
        static NUMBER: std::sync::atomic::AtomicU32 = std::sync::atomic::AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let name = format!("sockstep-tui-{}-{number}", std::process::id());
        let state = std::env::temp_dir().join(name);
        std::fs::create_dir_all(state.join("sockstep")).expect("a directory for the state");
        std::fs::write(state.join("sockstep/progress.json"), "{}").expect("a file in it");
        let size = Winsize { ws_row: 24, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 };
        let pty = openpty(Some(&size), None).expect("a pseudo-terminal");
        for fd in [&pty.master, &pty.slave] {
            // A child that held the other end would never see the terminal close.
            fcntl(fd, FcntlArg::F_SETFD(FdFlag::FD_CLOEXEC)).expect("an fd has flags");
        }
        let before = tcgetattr(&pty.slave).expect("its modes");
        let stdio = || Stdio::from(pty.slave.try_clone().expect("a copy of an fd"));
        let child = command
            .envs([("TERM", "xterm-256color"), ("LANG", "C.UTF-8"), ("RUST_BACKTRACE", "0")])
            .env("XDG_STATE_HOME", &state)
            .env_remove("NO_COLOR")
            .stdin(stdio())
            .stdout(stdio())
            .stderr(stdio())
            .spawn()
            .expect("setsid of util-linux starts the program");
        let parser = vt100::Parser::new(24, 80, 0);
        Self {
            master: Some(File::from(pty.master)),
            slave: pty.slave,
            before,
            child,
            parser,
            written: Vec::new(),
            state,
        }
    }

    /// The program's number.
    pub fn pid(&self) -> Pid {
        Pid::from_raw(i32::try_from(self.child.id()).expect("a process number"))
    }

    /// Sends keys as a terminal does.
    pub fn send(&mut self, keys: &str) {
        let mut rest = keys.as_bytes();
        while !rest.is_empty() {
            let master = self.master.as_mut().expect("an open terminal");
            let sent = master.write(&rest[..rest.len().min(512)]).expect("the terminal takes keys");
            rest = &rest[sent..];
            self.read(Duration::ZERO);
        }
    }

    /// Reads what the program writes until `when` is true of the screen.
    pub fn until(&mut self, what: &str, when: impl Fn(&str) -> bool) -> String {
        let end = Instant::now() + PATIENCE;
        loop {
            let text = self.text();
            if when(&text) {
                return text;
            }
            assert!(Instant::now() < end, "waited in vain for {what}:\n{text}");
            self.read(Duration::from_millis(100));
        }
    }

    /// How often the program fell asleep by itself; being pushed aside by others is no wake-up.
    pub fn sleeps(&self) -> String {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.pid()));
        let status = status.expect("the program lives");
        let line = status.lines().find(|line| line.starts_with("voluntary_ctxt_switches"));
        line.expect("the kernel counts").to_owned()
    }

    /// Waits until this stands on the screen.
    pub fn until_shown(&mut self, text: &str) -> String {
        self.until(text, |screen| screen.contains(text))
    }

    /// The screen as text.
    pub fn text(&self) -> String {
        self.parser.screen().contents()
    }

    /// The screen once nothing more comes for a while.
    pub fn settled(&mut self) -> String {
        let end = Instant::now() + PATIENCE;
        while self.is_readable(Duration::from_millis(300)) && self.read(Duration::ZERO) {
            assert!(Instant::now() < end, "it writes without end:\n{}", self.text());
        }
        self.text()
    }

    /// Another size, with the signal that comes with it. What the program writes meanwhile is not
    /// looked at: vt100 itself fails on some tiny sizes.
    pub fn storm(&mut self, sizes: impl Iterator<Item = (u16, u16)>) {
        for (wide, high) in sizes {
            self.set_size(wide, high);
            let mut chunk = [0; 65536];
            while self.is_readable(Duration::from_millis(u64::from(high % 3))) {
                let master = self.master.as_mut().expect("an open terminal");
                let _ = master.read(&mut chunk).expect("the program lives");
            }
        }
    }

    fn is_readable(&self, within: Duration) -> bool {
        let Some(master) = self.master.as_ref() else { return false };
        let mut fds = [PollFd::new(master.as_fd(), PollFlags::POLLIN)];
        poll(&mut fds, PollTimeout::try_from(within).expect("a short time")).unwrap_or(0) > 0
    }

    /// Reads what is there, waiting at most `within` for it; false at the end.
    pub fn read(&mut self, within: Duration) -> bool {
        if self.master.is_some() && !self.is_readable(within) {
            return true;
        }
        let Some(master) = self.master.as_mut() else { return false };
        let mut chunk = [0; 65536];
        let Ok(count) = master.read(&mut chunk) else { return false };
        self.parser.process(&chunk[..count]);
        self.written.extend(&chunk[..count]);
        // The question for the cursor's place, answered as a good terminal does.
        if chunk[..count].windows(4).any(|bytes| bytes == b"\x1b[6n") {
            master.write_all(b"\x1b[1;2R").expect("the terminal takes keys");
        }
        count > 0
    }

    /// Another size, with the signal that comes with it.
    pub fn resize(&mut self, wide: u16, high: u16) {
        self.set_size(wide, high);
        self.parser.screen_mut().set_size(high, wide);
    }

    #[allow(unsafe_code, reason = "TIOCSWINSZ has no safe door")]
    fn set_size(&self, wide: u16, high: u16) {
        let size = Winsize { ws_row: high, ws_col: wide, ws_xpixel: 0, ws_ypixel: 0 };
        use std::os::fd::AsRawFd as _;
        // SAFETY: the fd is a terminal's, and the struct is the one this call reads.
        unsafe { set_size(self.slave.as_raw_fd(), &size) }.expect("a terminal has a size");
    }

    /// A signal for the program.
    pub fn signal(&self, signal: Signal) {
        kill(self.pid(), signal).expect("the program lives");
    }

    /// Closes the terminal, as its window would be.
    pub fn close(&mut self) {
        self.master = None;
    }

    /// Waits for the program's end and reads the rest.
    pub fn end(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait().expect("a child of ours") {
                while self.is_readable(Duration::from_millis(50)) && self.read(Duration::ZERO) {}
                return status;
            }
            assert!(Instant::now() < end, "it does not end:\n{}", self.text());
            if !self.read(Duration::from_millis(50)) {
                std::thread::yield_now();
            }
        }
    }

    /// The exit status of a program that a signal asked to end.
    pub fn code(&mut self) -> Option<i32> {
        let status = self.end();
        status.code().or(status.signal().map(|signal| 128 + signal))
    }

    /// The terminal is as it was before the program.
    pub fn assert_given_back(&self) {
        let now = tcgetattr(&self.slave).expect("the terminal's modes");
        assert_eq!(now.local_flags, self.before.local_flags, "echo, lines, signals");
        assert_eq!(now.input_flags, self.before.input_flags);
        assert_eq!(now.output_flags, self.before.output_flags);
        assert!(now.local_flags.contains(LocalFlags::ECHO | LocalFlags::ICANON));
        let screen = self.parser.screen();
        assert!(!screen.alternate_screen(), "the alternate screen is left");
        assert!(!screen.hide_cursor(), "the cursor is shown");
        assert!(!screen.bracketed_paste(), "pastes come as they are");
    }

    /// Whether the program has the terminal.
    pub fn is_taken(&self) -> bool {
        let now = tcgetattr(&self.slave).expect("the terminal's modes");
        !now.local_flags.contains(LocalFlags::ICANON) && self.parser.screen().alternate_screen()
    }
}

impl Drop for Pty {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = tcsetattr(&self.slave, SetArg::TCSANOW, &self.before);
        let _ = std::fs::remove_dir_all(&self.state);
    }
}
