//! The command line: one file per subcommand. Here alone the rooms are joined: labs are handed to
//! sessions, sessions to the screen.
//!
//! *Must not know*: how any room does its work.

mod args;
mod check;
mod coverage;
mod doctor;
mod exec;
mod export;
mod find;
mod headless;
mod list;
mod measure;
mod new;
mod order;
mod play;
mod programs;
mod replay;
mod rules;
mod run;
mod side_by_side;
mod usage;
mod user_files;

use std::process::ExitCode;

use crate::explain::Words;
use crate::model::{Said, said};
use args::{Arguments, Command};

/// The exit code of a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Exit {
    /// All is well.
    Fine,
    /// The kernel disagreed with a lesson.
    Disagreed,
    /// Wrong usage, or a lesson with an error.
    Wrong,
    /// This machine can't.
    Unable,
    /// What another command gave back.
    Of(u8),
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        ExitCode::from(match exit {
            Exit::Fine => 0,
            Exit::Disagreed => 1,
            Exit::Wrong => 2,
            Exit::Unable => 3,
            Exit::Of(code) => code,
        })
    }
}

/// Runs the command line of this process.
pub fn run() -> ExitCode {
    let arguments = match usage::arguments() {
        Ok(arguments) => arguments,
        Err(exit) => return exit.into(),
    };
    let lang = arguments.options.lang();
    match dispatch(arguments) {
        Ok(exit) => exit.into(),
        Err(error) => {
            // A reader that has gone away (`sockstep list | head`) is no error of ours.
            if is_broken_pipe(&error) {
                return ExitCode::SUCCESS;
            }
            say(&told(&error, &Words::new(lang)));
            Exit::Wrong.into()
        }
    }
}

fn dispatch(arguments: Arguments) -> anyhow::Result<Exit> {
    let options = &arguments.options;
    match arguments.command {
        None => play::menu(options),
        Some(Command::Open(open)) => play::open(options, &open),
        Some(Command::Lab) => play::lab(options),
        Some(Command::Run(run)) => run::run(options, &run),
        Some(Command::Check(check)) => check::check(options, &check),
        Some(Command::List(list)) => list::list(options, &list),
        Some(Command::New(new)) => new::new(options, &new),
        Some(Command::Export(export)) => export::export(options, &export),
        Some(Command::Replay(replay)) => replay::replay(options, &replay),
        Some(Command::Exec(command)) => exec::exec(options, &command),
        Some(Command::Measure(measure)) => measure::measure(&measure),
        Some(Command::Doctor) => doctor::doctor(options),
        Some(Command::Completions { shell }) => args::completions(shell),
        Some(Command::Man) => args::man(),
    }
}

/// An error in the reader's language, as far as it is ours: what was tried, and why it failed.
fn told(error: &anyhow::Error, words: &Words) -> String {
    let Some(attempt) = error.downcast_ref::<Said>() else { return format!("{error:#}") };
    let causes: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
    match causes.is_empty() {
        true => words.said(attempt),
        false => words.said(&said!("{attempt}: {reason}", attempt, reason = causes.join(": "))),
    }
}

fn is_broken_pipe(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        let io = cause.downcast_ref::<std::io::Error>();
        io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
    })
}

/// Cells for a lesson's name: that of the longest of ours.
const NAME: usize = 26;

/// A text with spaces behind it to so many cells of a terminal.
fn column(text: &str, cells: usize) -> String {
    use unicode_width::UnicodeWidthStr as _;
    format!("{text}{}", " ".repeat(cells.saturating_sub(text.width())))
}

/// Says something went wrong, on standard error.
fn say(text: &str) {
    use std::io::Write as _;
    // Where nobody can hear it any more, there is nobody to tell.
    let _ = writeln!(std::io::stderr(), "sockstep: {text}");
}
