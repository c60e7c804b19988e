//! The only loop: one thread that sleeps until a key, a signal, the lab or a timer of the kernel
//! has something to say. Idle it never wakes, but once a second while a page counts down.

mod probe;
mod signals;
mod terminal;
mod wait;

use std::collections::VecDeque;
use std::io;
use std::time::{Duration, Instant};

use crossterm::event::KeyEvent;
use nix::errno::Errno;

use super::app::{App, Deed, Effect, Factory, Msg, carry_out, update};
use super::glyphs::Glyphs;
use super::input::message;
use super::view::draw;
use signals::{Signals, Wish};
use terminal::Screen;
use wait::{read_keys, wait};

/// What a run of the screen is made of.
pub struct Setup {
    /// The app, with its menu.
    pub app: App,
    /// Makes the worlds of its sessions.
    pub factory: Factory,
    /// What to open at once; else the menu is shown, or the session that the app has already.
    pub first: Option<Deed>,
    /// The glyphs; `None`: the terminal is asked.
    pub glyphs: Option<Glyphs>,
    /// Sees the app whenever it is about to be drawn, to keep what is worth keeping.
    pub keep: Box<dyn FnMut(&App)>,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// The learner wanted it.
    Quit,
    /// A signal did.
    Signal(i32),
    /// The terminal is gone.
    Hangup,
}

/// Why the screen could not run.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// Standard input or output is no terminal.
    #[error("the screen needs a terminal; without one, use `sockstep run` or `sockstep check`")]
    NoTerminal,
    /// The terminal did not do what it was asked.
    #[error("{attempt}: {source}")]
    Terminal {
        /// What was tried.
        attempt: &'static str,
        /// What came of it.
        source: io::Error,
    },
}

impl RunError {
    fn when(attempt: &'static str) -> impl Fn(io::Error) -> Self {
        move |source| Self::Terminal { attempt, source }
    }
}

/// Runs the screen until it is left. The terminal is as before afterwards, also after an error, a
/// panic, SIGTERM, SIGHUP and SIGINT.
///
/// # Errors
/// See [`RunError`].
pub fn run(setup: Setup) -> Result<Ending, RunError> {
    let Setup { mut app, factory, first, glyphs, keep } = setup;
    let signals = Signals::catch().map_err(RunError::when("catch signals"))?;
    let screen = Screen::enter()?;
    let mut queue: VecDeque<Incoming> = VecDeque::new();
    match glyphs {
        Some(glyphs) => app.ink.glyphs = glyphs,
        None => {
            let answer = probe::ask(screen.input(), screen.output());
            app.ink.glyphs = answer.glyphs;
            queue.extend(answer.typed.into_iter().map(Incoming::Key));
        }
    }
    let effects = first.into_iter().map(Effect::Do).collect();
    Running { app, factory, keep, screen, signals, queue, effects, drawn: Instant::now() }.go()
}

/// A run that is under way.
struct Running {
    app: App,
    factory: Factory,
    keep: Box<dyn FnMut(&App)>,
    screen: Screen,
    signals: Signals,
    queue: VecDeque<Incoming>,
    effects: Vec<Effect>,
    /// When the screen was drawn last.
    drawn: Instant,
}

/// What waits to be answered. What a key means is found out when its turn comes: it depends on
/// what the keys before it did.
enum Incoming {
    Key(KeyEvent),
    Msg(Msg),
}

impl Running {
    /// The loop.
    fn go(&mut self) -> Result<Ending, RunError> {
        loop {
            if let Some(ending) = self.settle()? {
                return Ok(ending);
            }
            if self.app.dirty {
                note_progress(&mut self.app);
                (self.keep)(&self.app);
                if !self.paint()? {
                    return Ok(Ending::Hangup);
                }
            }
            let woken = wait(&self.app, &self.screen, &self.signals, self.drawn.elapsed())?;
            if woken.gone {
                return Ok(Ending::Hangup);
            }
            if woken.signal
                && let Some(ending) = self.take_signals()
            {
                return Ok(ending);
            }
            if woken.key {
                read_keys(&mut self.queue).map_err(RunError::when("read keys"))?;
            }
            if woken.tick {
                self.app.dirty = true;
            }
            if woken.world {
                self.effects.push(Effect::Do(Deed::GoOn(Duration::ZERO)));
            }
        }
    }

    /// Carries out effects and messages until none is left.
    fn settle(&mut self) -> Result<Option<Ending>, RunError> {
        loop {
            for effect in std::mem::take(&mut self.effects) {
                match effect {
                    Effect::Quit => return Ok(Some(Ending::Quit)),
                    Effect::Suspend => self.screen.suspend()?,
                    Effect::Clear => self.screen.clear()?,
                    Effect::Do(deed) => {
                        self.have_done(deed);
                        continue;
                    }
                }
                self.app.dirty = true;
            }
            if !self.effects.is_empty() {
                continue;
            }
            let msg = match self.queue.pop_front() {
                Some(Incoming::Key(key)) => message(key, self.app.contexts()),
                Some(Incoming::Msg(msg)) => Some(msg),
                None => return Ok(None),
            };
            if let Some(msg) = msg {
                self.effects.extend(update(&mut self.app, msg));
            }
        }
    }

    /// Has the world do something. Waiting in vain is no reason to draw.
    fn have_done(&mut self, deed: Deed) {
        let app = &mut self.app;
        let (quiet, before, was_dirty) = (matches!(deed, Deed::GoOn(_)), app.sight(), app.dirty);
        let msg = carry_out(app, deed, &mut self.factory);
        let failed = matches!(msg, Msg::Failed(_));
        self.effects.extend(update(app, msg));
        if quiet && !failed && app.sight() == before {
            app.dirty = was_dirty;
        }
    }

    fn take_signals(&mut self) -> Option<Ending> {
        for wish in self.signals.wishes() {
            match wish {
                Wish::End(signal) => return Some(Ending::Signal(signal)),
                Wish::Suspend => self.effects.push(Effect::Suspend),
                Wish::Continue => self.effects.push(Effect::Clear),
                Wish::Resize => self.queue.push_back(Incoming::Msg(Msg::Resized)),
            }
        }
        None
    }

    /// Draws the app; false if the terminal is gone.
    fn paint(&mut self) -> Result<bool, RunError> {
        let (app, mut below) = (&self.app, 0);
        let drawn = self.screen.draw(|area, buffer| below = draw(app, area, buffer));
        self.app.below = below;
        self.app.dirty = false;
        self.drawn = Instant::now();
        match drawn {
            Ok(()) => Ok(true),
            Err(error) if is_gone(&error) => Ok(false),
            Err(source) => Err(RunError::Terminal { attempt: "draw", source }),
        }
    }
}

/// The menu tells how far the learner got.
fn note_progress(app: &mut App) {
    if let Some(session) = &app.session
        && let Some(lesson) = session.lesson()
    {
        let proved = || session.waiting().is_none() && session.score().1 == 0;
        app.menu.note(lesson, session.step_number().0, proved);
    }
}

fn is_gone(error: &io::Error) -> bool {
    matches!(error.raw_os_error().map(Errno::from_raw), Some(Errno::EIO | Errno::EPIPE))
}
