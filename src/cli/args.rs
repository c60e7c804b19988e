//! What can be typed behind `sockstep`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, CommandFactory as _, Parser, Subcommand, ValueEnum};

use super::Exit;
use crate::model::{Lang, Rung};

/// Step through the life of a socket on real file descriptors, with the wire in your hands.
#[derive(Debug, Parser)]
#[command(version, about, max_term_width = 100)]
pub(super) struct Arguments {
    /// What to do; without one, the menu (at the very first start, the tour).
    #[command(subcommand)]
    pub command: Option<Command>,
    #[command(flatten)]
    pub options: Options,
}

/// What holds for every command.
#[derive(Debug, Args)]
pub(super) struct Options {
    /// Language of the screen, of lessons and of what list, check and doctor print; otherwise the locale
    /// decides.
    #[arg(long, global = true, value_name = "LANG")]
    pub lang: Option<Language>,
    /// Kind of lab; otherwise the best that this machine gives.
    #[arg(long, global = true, value_name = "KIND")]
    pub net: Option<Net>,
    /// Colours.
    #[arg(long, global = true, value_name = "THEME")]
    pub theme: Option<ThemeName>,
    /// Frames and arrows in ASCII; otherwise the terminal is asked.
    #[arg(long, global = true)]
    pub ascii: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Language {
    En,
    Zh,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Net {
    /// Two hosts in network namespaces, sockstep is the wire.
    Wire,
    /// Real sockets on 127.77.x.y; no packets.
    Loopback,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum ThemeName {
    Dark,
    Light,
}

#[derive(Debug, Subcommand)]
pub(super) enum Command {
    /// Open a lesson of sockstep or a file of your own.
    Open(Open),
    /// Free play: type C, hold packets, look.
    Lab,
    /// Run a lesson without a screen and print what happened.
    Run(Run),
    /// Run lessons and compare every expectation with the kernel.
    Check(Check),
    /// List the lessons.
    List(List),
    /// Print a small lesson to begin with: sockstep new first > first.md
    New(New),
    /// Print a C program of a lesson, to compile and run it outside: sockstep export whole-program server
    Export(Export),
    /// Look at a recorded run.
    Replay(Replay),
    /// Run a command on a host of a running lab: sockstep exec @server -- ss -tanp
    Exec(Exec),
    /// Measure AF_UNIX against TCP, both on this host.
    Measure(Measure),
    /// Say what this machine allows, and what to do where it does not.
    Doctor,
    /// Print completions for a shell.
    Completions {
        /// Which shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    Man,
}

#[derive(Debug, Args)]
pub(super) struct Open {
    /// A lesson's name, or a Markdown file; or C programs: client.c server.c
    #[arg(required = true)]
    pub lesson: Vec<String>,
    #[command(flatten)]
    pub programs: Programs,
    /// Start at this scene, counted from 1.
    #[arg(long, value_name = "N", conflicts_with = "at")]
    pub scene: Option<usize>,
    /// Start at this step, counted from 1.
    #[arg(long, value_name = "N")]
    pub at: Option<usize>,
    /// Let the lesson run commands of this machine on its hosts.
    #[arg(long)]
    pub allow_run: bool,
}

/// How C programs are run.
#[derive(Debug, Args, Clone, Default)]
pub(super) struct Programs {
    /// Arguments of a C program: --args "client.c:SERVER_IP 8080"
    #[arg(long, value_name = "FILE:ARGS")]
    pub args: Vec<String>,
    /// What a C program finds on its standard input, with \n between lines:
    /// --input "client.c:hello\nbye"
    #[arg(long, value_name = "FILE:TEXT")]
    pub input: Vec<String>,
    /// The host of a C program: --on client.c:@server; otherwise those that listen, or have
    /// `server` in their name, live on @server, all others on @client.
    #[arg(long, value_name = "FILE:@HOST")]
    pub on: Vec<String>,
    /// Puts all C programs on one host, where 127.0.0.1 is the same for all; so are programs that
    /// name such an address or a unix socket, unless --on says otherwise.
    #[arg(long, conflicts_with = "on")]
    pub one_host: bool,
}

#[derive(Debug, Args)]
pub(super) struct Run {
    /// A lesson's name, or a Markdown file; or C programs: client.c server.c
    #[arg(required = true)]
    pub lesson: Vec<String>,
    #[command(flatten)]
    pub programs: Programs,
    /// How to print what happened.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
    /// Also save the run here, for `sockstep replay`.
    #[arg(long, value_name = "FILE")]
    pub save: Option<PathBuf>,
    /// Let the lesson run commands of this machine on its hosts.
    #[arg(long)]
    pub allow_run: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    /// A transcript in strace's notation.
    Text,
    /// One JSON object a line, see docs/formats.md.
    Json,
}

#[derive(Debug, Args)]
pub(super) struct Check {
    /// Names of lessons or Markdown files, or C programs that belong together; all lessons of
    /// sockstep if there is none.
    pub lessons: Vec<String>,
    #[command(flatten)]
    pub programs: Programs,
    /// How many to run at once; otherwise four for each processor, as they mostly wait.
    #[arg(long, value_name = "N")]
    pub jobs: Option<std::num::NonZeroUsize>,
    /// Hold files to what lessons of sockstep must hold: both languages, 8 to 25 steps.
    #[arg(long)]
    pub strict: bool,
    /// Let the lessons run commands of this machine on their hosts.
    #[arg(long)]
    pub allow_run: bool,
}

#[derive(Debug, Args)]
pub(super) struct List {
    /// Run the lessons and print what they show: states, calls, errors, misconceptions, functions
    /// of the kernel.
    #[arg(long)]
    pub coverage: bool,
    /// With --coverage: these lessons, by name or file, instead of all.
    #[arg(requires = "coverage")]
    pub lessons: Vec<String>,
    /// With --coverage: let files run commands of this machine on their hosts.
    #[arg(long, requires = "coverage")]
    pub allow_run: bool,
    /// How to print it.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

#[derive(Debug, Args)]
pub(super) struct Measure {
    /// Bytes of a write, several with commas.
    #[arg(long, value_name = "BYTES", value_delimiter = ',', default_values_t = [64, 1024, 8192, 65536],
        value_parser = clap::value_parser!(u32).range(1..=1 << 24))]
    pub sizes: Vec<u32>,
    /// How many times faster AF_UNIX is said to be; exit code 1 if that is not so everywhere.
    #[arg(long, value_name = "TIMES")]
    pub claim: Option<f64>,
}

#[derive(Debug, Args)]
pub(super) struct New {
    /// Its name: small letters, digits and -
    #[arg(default_value = "my-lesson")]
    pub id: String,
}

#[derive(Debug, Args)]
pub(super) struct Export {
    /// A lesson's name, or a Markdown file.
    pub lesson: String,
    /// The process whose program it is; may be left out if there is only one.
    pub process: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Replay {
    /// A file that `run --save` or the screen has written.
    pub file: PathBuf,
}

#[derive(Debug, Args)]
pub(super) struct Exec {
    /// The host, as in a lesson: @server
    pub host: String,
    /// If several labs run: that of this sockstep, or of one of its lab's processes (tcpdump on a
    /// host needs -Z root: a lab has one user)
    #[arg(long, value_name = "PID")]
    pub pid: Option<i32>,
    /// The command and its arguments, behind --
    #[arg(last = true, required = true)]
    pub command: Vec<OsString>,
}

impl Options {
    /// The language: asked for, or the locale's.
    pub fn lang(&self) -> Lang {
        Self::lang_of(self.lang.map(|lang| match lang {
            Language::En => Lang::En,
            Language::Zh => Lang::Zh,
        }))
    }

    /// The language if this one was asked for.
    pub fn lang_of(asked: Option<Lang>) -> Lang {
        match asked {
            Some(lang) => lang,
            None => {
                let set = |name| std::env::var(name).ok().filter(|text| !text.is_empty());
                let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG"));
                Lang::from_locale(&locale.unwrap_or_default())
            }
        }
    }

    /// The kind of lab that was asked for.
    pub fn rung(&self) -> Option<Rung> {
        self.net.map(|net| match net {
            Net::Wire => Rung::Wire,
            Net::Loopback => Rung::Loopback,
        })
    }
}

/// The language that a command line asks for, whether or not it is right otherwise.
pub(super) fn lang_ahead(line: impl Iterator<Item = String>) -> Option<Lang> {
    let mut line = line.take_while(|word| word != "--");
    while let Some(word) = line.next() {
        match word.strip_prefix("--lang") {
            Some("") => return Lang::from_code(&line.next()?),
            Some(rest) => return Lang::from_code(rest.strip_prefix('=')?),
            None => {}
        }
    }
    None
}

/// Prints completions.
pub(super) fn completions(shell: clap_complete::Shell) -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    clap_complete::generate(shell, &mut Arguments::command(), "sockstep", &mut text);
    print(&text)
}

/// Prints the manual page.
pub(super) fn man() -> anyhow::Result<Exit> {
    let mut text = Vec::new();
    clap_mangen::Man::new(Arguments::command()).render(&mut text)?;
    print(&text)
}

fn print(text: &[u8]) -> anyhow::Result<Exit> {
    use std::io::Write as _;
    std::io::stdout().write_all(text)?;
    Ok(Exit::Fine)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        Arguments::command().debug_assert();
    }
}
