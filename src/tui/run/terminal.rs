//! The terminal: taken over, drawn on, and given back as it was, whatever happens.

use std::fs::File;
use std::io::{self, BufWriter, IsTerminal as _, Stdout, Write as _};
use std::mem::ManuallyDrop;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{
    BeginSynchronizedUpdate, Clear, ClearType, EndSynchronizedUpdate, EnterAlternateScreen,
    LeaveAlternateScreen, disable_raw_mode, enable_raw_mode,
};
use crossterm::{cursor, execute, queue};
use nix::errno::Errno;
use nix::sys::signal::{Signal, kill};
use nix::sys::termios::{SetArg, cfmakeraw, tcgetattr, tcsetattr};
use nix::unistd::Pid;
use ratatui::Terminal;
use ratatui::backend::CrosstermBackend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;

use super::RunError;

type Backend = CrosstermBackend<BufWriter<Stdout>>;

/// A terminal in raw mode on its alternate screen. Dropping it gives the terminal back.
pub struct Screen {
    /// Never dropped: ratatui would then print an error if the cursor can't be shown, and printing
    /// panics when the terminal is gone. [`restore`] shows the cursor.
    terminal: ManuallyDrop<Terminal<Backend>>,
    input: Input,
    taken: Arc<AtomicBool>,
}

/// Where keys come from: crossterm reads standard input if it is a terminal, else `/dev/tty`.
enum Input {
    Standard(io::Stdin),
    Device(File),
}

impl Screen {
    /// Takes the terminal over.
    ///
    /// # Errors
    /// [`RunError::NoTerminal`], or what the terminal said.
    pub fn enter() -> Result<Self, RunError> {
        if !io::stdout().is_terminal() {
            return Err(RunError::NoTerminal);
        }
        let input = if io::stdin().is_terminal() {
            Input::Standard(io::stdin())
        } else {
            Input::Device(File::open("/dev/tty").map_err(|_| RunError::NoTerminal)?)
        };
        let taken = Arc::new(AtomicBool::new(false));
        restore_on_panic(taken.clone());
        let backend = CrosstermBackend::new(BufWriter::with_capacity(1 << 16, io::stdout()));
        let terminal = Terminal::new(backend).map_err(RunError::when("ask the terminal's size"))?;
        let mut screen = Self { terminal: ManuallyDrop::new(terminal), input, taken };
        screen.take()?;
        Ok(screen)
    }

    fn take(&mut self) -> Result<(), RunError> {
        enable_raw_mode().map_err(RunError::when("set raw mode"))?;
        self.taken.store(true, Ordering::SeqCst);
        let out = self.terminal.backend_mut();
        execute!(out, EnterAlternateScreen, EnableBracketedPaste, cursor::Hide)
            .map_err(RunError::when("take the terminal over"))
    }

    /// The fd that is readable when keys wait.
    pub fn input(&self) -> BorrowedFd<'_> {
        match &self.input {
            Input::Standard(stdin) => stdin.as_fd(),
            Input::Device(tty) => tty.as_fd(),
        }
    }

    /// For questions to the terminal.
    pub fn output(&self) -> Stdout {
        io::stdout()
    }

    /// Draws a frame: only what differs from the one before is written, all at once.
    ///
    /// # Errors
    /// What the terminal said.
    pub fn draw(&mut self, frame: impl FnOnce(Rect, &mut Buffer)) -> io::Result<()> {
        queue!(self.terminal.backend_mut(), BeginSynchronizedUpdate)?;
        self.terminal.draw(|drawn| frame(drawn.area(), drawn.buffer_mut()))?;
        execute!(self.terminal.backend_mut(), EndSynchronizedUpdate)
    }

    /// Forgets what is on the terminal, so that the next frame is drawn whole; raw mode is set
    /// again, in case somebody else used the terminal meanwhile.
    ///
    /// # Errors
    /// What the terminal said.
    pub fn clear(&mut self) -> Result<(), RunError> {
        // Set directly: crossterm takes raw mode for set already, and to leave it for a moment
        // would put keys that are typed meanwhile into a line that never ends.
        let mut modes = tcgetattr(self.input()).map_err(told("ask the terminal's modes"))?;
        cfmakeraw(&mut modes);
        tcsetattr(self.input(), SetArg::TCSANOW, &modes).map_err(told("set raw mode"))?;
        self.take()?;
        self.forget()
    }

    /// An empty screen, and nothing known of what was on it. Not ratatui's `clear`: that asks the
    /// terminal for the cursor's place, and a key that comes instead of the answer is taken from
    /// the fd, so that the loop would not wake for it.
    fn forget(&mut self) -> Result<(), RunError> {
        queue!(self.terminal.backend_mut(), Clear(ClearType::All))
            .map_err(RunError::when("clear the screen"))?;
        self.terminal.swap_buffers();
        Ok(())
    }

    /// Gives the terminal back, stops, and takes it over again when continued.
    ///
    /// # Errors
    /// What the terminal said.
    pub fn suspend(&mut self) -> Result<(), RunError> {
        restore(&self.taken);
        kill(Pid::this(), Signal::SIGSTOP).map_err(told("stop"))?;
        self.take()?;
        self.forget()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        restore(&self.taken);
    }
}

fn told(attempt: &'static str) -> impl Fn(Errno) -> RunError {
    move |errno| RunError::Terminal { attempt, source: errno.into() }
}

/// Gives the terminal back, once. There is nobody left to tell an error to.
fn restore(taken: &AtomicBool) {
    if taken.swap(false, Ordering::SeqCst) {
        let mut out = io::stdout();
        let _ = execute!(
            out,
            EndSynchronizedUpdate,
            DisableBracketedPaste,
            LeaveAlternateScreen,
            cursor::Show
        );
        let _ = out.flush();
        let _ = disable_raw_mode();
    }
}

/// A panic is told on the terminal as it was, not on the alternate screen that goes away.
fn restore_on_panic(taken: Arc<AtomicBool>) {
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        restore(&taken);
        before(info);
    }));
}
