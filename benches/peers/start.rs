//! From the start of the program to its first whole frame at 120×36, on a terminal that answers at
//! once. The peer is about the smallest program that ratatui allows: raw mode, alternate screen,
//! one paragraph in a box, one synchronized update.

use std::ffi::{OsStr, OsString};
use std::io::stdout;

use crossterm::event::{Event, read};
use crossterm::terminal::{
    BeginSynchronizedUpdate, EndSynchronizedUpdate, EnterAlternateScreen, LeaveAlternateScreen,
    disable_raw_mode, enable_raw_mode,
};
use crossterm::{execute, queue};
use ratatui::Terminal as Drawn;
use ratatui::backend::CrosstermBackend;
use ratatui::widgets::{Block, Paragraph};

use crate::Skipped;
use crate::measure::{Race, seconds, time};
use crate::shell::folder;
use crate::terminal::Terminal;

/// The word that makes this program the peer.
pub const HELLO: &str = "__hello";

const SIZE: (u16, u16) = (120, 36);

/// The figure.
pub fn run_figure() -> Result<(), Skipped> {
    let home = state_directory()?;
    let own = std::env::current_exe().map_err(|error| error.to_string())?;
    let sockstep = env!("CARGO_BIN_EXE_sockstep");
    let first = |program: &OsStr, arguments: &[&str]| {
        let (taken, terminal) = time(|| {
            let mut terminal = Terminal::start(program, arguments, SIZE, &home)?;
            terminal.frame()?;
            Ok::<_, Skipped>(terminal)
        });
        drop(terminal?);
        Ok(taken)
    };
    for (what, arguments) in [("the menu", &[][..]), ("a lesson on its lab", &["open", "tour"])] {
        Race::run(
            (format!("start to first frame, {what}"), "ratatui hello"),
            seconds,
            20,
            || first(sockstep.as_ref(), arguments),
            || first(own.as_ref(), &[HELLO]),
        )?
        .print(None);
    }
    Ok(())
}

/// A state directory in which the tour was seen, so that the menu is shown.
pub fn state_directory() -> Result<OsString, Skipped> {
    let home = folder().join("state");
    let own = home.join("sockstep");
    let made = std::fs::create_dir_all(&own)
        .and_then(|()| std::fs::write(own.join("progress.json"), "{\"lessons\":{}}"));
    made.map_err(|error| format!("{}: {error}", own.display()))?;
    Ok(home.into_os_string())
}

/// The peer: draws one frame and leaves at the first key.
pub fn hello() -> std::io::Result<()> {
    enable_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen)?;
    let mut drawn = Drawn::new(CrosstermBackend::new(stdout()))?;
    queue!(stdout(), BeginSynchronizedUpdate)?;
    drawn.draw(|frame| {
        let words = Paragraph::new("hello").block(Block::bordered().title("hello"));
        frame.render_widget(words, frame.area());
    })?;
    execute!(stdout(), EndSynchronizedUpdate)?;
    while !matches!(read()?, Event::Key(_)) {}
    execute!(stdout(), LeaveAlternateScreen)?;
    disable_raw_mode()
}
