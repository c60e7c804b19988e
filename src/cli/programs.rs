//! C programs instead of a lesson: `sockstep open client.c server.c`.
//!
//! Files become a lesson that does nothing but load them (see [`Lesson::is_play`]), so that they are
//! recorded and replayed like one. A file that calls `listen()`, or whose name has `server` in it, lives
//! on @server and goes first; all others live on @client. Programs that name an address of one
//! machine alone, or a unix socket, share one host.

use std::path::Path;
use std::sync::Arc;

use super::args::Programs;
use super::find::{Here, NoLesson, file};
use crate::c;
use crate::explain::Words;
use crate::lesson::{Does, Given, Lesson, Program, Source, program, program_text};
use crate::model::{
    HostName, LabSpec, Lang, Outcome, Process, ProcessName, ProcessState, Syscall, harmless, said,
};
use crate::session::{Session, transcript};

/// The address of the one host, and that of the server.
const SERVER: &str = "@server 198.51.100.1 2001:db8::1";
const CLIENT: &str = "@client 198.51.100.2 2001:db8::2";
const ONE: &str = "@one 198.51.100.1 2001:db8::1";

/// Whether these names mean C programs.
pub(super) fn are_meant(names: &[String]) -> bool {
    !names.is_empty() && names.iter().all(|name| name.ends_with(".c"))
}

/// A file on its way to a process.
struct Cast {
    source: Source,
    process: ProcessName,
    host: HostName,
    args: Vec<String>,
    /// As it was given, with its escapes.
    input: Option<String>,
}

impl Cast {
    /// What stands behind `program` in its fence.
    fn given(&self) -> String {
        let mut text = self.args.join(" ");
        if let Some(input) = &self.input {
            text.push_str(" < ");
            text.push_str(&input.replace('\n', "\\n"));
        }
        text
    }
}

/// The play of these files.
pub(super) fn lesson(
    here: Here,
    names: &[String],
    how: &Programs,
    lang: Lang,
) -> Result<Lesson, NoLesson> {
    let wrong = NoLesson::Missing;
    let words = Words::new(lang);
    let mut cast: Vec<Cast> = Vec::new();
    for name in names {
        let bytes = file(name)?;
        let source = program_text(name, &bytes).map_err(NoLesson::Wrong)?;
        let process = free_name(name, &cast)
            .ok_or_else(|| wrong(said!("no process can be named after {name}", name)))?;
        let host = if serves(name, &source.text) { "server" } else { "client" };
        let host = HostName::parse(host).expect("a constant name");
        cast.push(Cast { source, process, host, args: Vec::new(), input: None });
    }
    for given in &how.args {
        let (name, rest) = parted(given, "--args")?;
        let args: Vec<String> = rest.split_whitespace().map(str::to_owned).collect();
        named(&mut cast, name)?.args = args;
    }
    for given in &how.input {
        let (name, rest) = parted(given, "--input")?;
        named(&mut cast, name)?.input = Some(rest.to_owned());
    }
    let shared = match (how.one_host, how.on.is_empty()) {
        (true, _) => Some(String::new()),
        (false, false) => None,
        (false, true) => local(&cast),
    };
    for given in &how.on {
        let (name, rest) = parted(given, "--on")?;
        let host = HostName::parse(rest)
            .filter(|host| matches!(host.as_str(), "server" | "client"))
            .ok_or_else(|| {
                wrong(said!("--on {given}: the hosts are @server and @client", given))
            })?;
        named(&mut cast, name)?.host = host;
    }
    if shared.is_some() {
        let one = HostName::parse("one").expect("a constant name");
        // Servers go first here, too.
        cast.sort_by_key(|person| person.host.as_str() != "server");
        cast.iter_mut().for_each(|person| person.host = one.clone());
    }
    cast.sort_by_key(|person| person.host.as_str() == "client");
    let text = play(&cast, shared.as_deref(), &words);
    let path = names.join(" ");
    let parsed = match here.parsed(&path, text.as_bytes(), false) {
        Ok(lesson) => lesson,
        // What is wrong with a file has its place in that file.
        Err(other) => {
            compiled(&cast, &LabSpec::two_hosts())?;
            return Err(other);
        }
    };
    let mut lesson = here.fitted(parsed)?;
    let programs = compiled(&cast, &lesson.spec)?;
    for (step, made) in lesson.steps.iter_mut().zip(programs) {
        step.does = Does::Load(Arc::new(made));
    }
    Ok(lesson)
}

/// The programs as their files have them.
fn compiled(cast: &[Cast], spec: &LabSpec) -> Result<Vec<Program>, NoLesson> {
    let made = cast.iter().map(|person| {
        let given = Given::read(&person.given());
        let made = program(person.source.clone(), &person.process, &given, spec);
        made.map_err(|one| NoLesson::Wrong(vec![*one]))
    });
    made.collect()
}

/// The play as the text of a lesson.
fn play(cast: &[Cast], shared: Option<&str>, words: &Words) -> String {
    let file = |person: &Cast| base(&person.source.path).to_owned();
    let (hosts, idle) = match shared {
        Some(_) => (ONE.to_owned(), None),
        None => (format!("{SERVER}, {CLIENT}"), idle(cast)),
    };
    let mut processes: Vec<String> =
        cast.iter().map(|person| format!("{} {}", person.process, person.host)).collect();
    processes.extend(idle.clone());
    let files: Vec<String> =
        cast.iter().map(|person| format!("`{}`", file(person).replace('`', "-"))).collect();
    let title = files.join(", ");
    let mut text = format!(
        "---\nid: programs\nlab: loopback\nhosts: {hosts}\nprocesses: {}\n---\n\n# {title}\n\n",
        processes.join(", ")
    );
    let places: Vec<String> =
        cast.iter().map(|person| format!("`{}` {}", person.process, person.host)).collect();
    let intro = match shared {
        Some("") => words.ui("play-one-host").to_owned(),
        Some(why) => words.ui_with("play-one-host-for", &[("why", &why)]),
        None => words.ui_with("play-hosts", &[("places", &places.join(", "))]),
    };
    text.push_str(&format!("{intro}\n\n{}\n\n## {title}\n\n", words.ui("play-keys")));
    for person in cast {
        let body = person.source.text.trim_start_matches('\u{feff}');
        let longest = body.split(|c| c != '~').map(str::len).max().unwrap_or(0);
        let fence = "~".repeat(longest.max(2) + 1);
        let args = person.given();
        let end = if body.ends_with('\n') { "" } else { "\n" };
        text.push_str(&format!(
            "{fence}c {} program {args}\n{body}{end}{fence}\n\n",
            person.process
        ));
    }
    text
}

/// Somebody to type for on a host that would be empty.
fn idle(cast: &[Cast]) -> Option<String> {
    ["server", "client"].into_iter().find_map(|host| {
        let empty = cast.iter().all(|person| person.host.as_str() != host);
        let free = cast.iter().all(|person| person.process.as_str() != host);
        (empty && free).then(|| format!("{host} @{host}"))
    })
}

/// `FILE:REST`
fn parted<'a>(given: &'a str, option: &str) -> Result<(&'a str, &'a str), NoLesson> {
    given.split_once(':').ok_or_else(|| {
        NoLesson::Missing(said!(
            "{option} {given}: expected FILE:…, such as {option} server.c:…",
            option,
            given
        ))
    })
}

/// The program that a file's or a process's name means.
fn named<'a>(cast: &'a mut [Cast], name: &str) -> Result<&'a mut Cast, NoLesson> {
    let found = cast.iter_mut().find(|person| {
        *person.source.path == *name
            || base(&person.source.path) == name
            || person.process.as_str() == name
    });
    found.ok_or_else(|| {
        NoLesson::Missing(said!("{name} is none of the programs that were given", name))
    })
}

/// A process's name for a file: its own without `.c`, with a number if it is taken.
fn free_name(path: &str, cast: &[Cast]) -> Option<ProcessName> {
    let stem = base(path).trim_end_matches(".c");
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    let mut stem: String = stem.chars().map(plain).collect();
    if !stem.starts_with(|c: char| c.is_ascii_alphabetic()) {
        stem = format!("p{stem}");
    }
    (1..100).find_map(|number| {
        let number = if number == 1 { String::new() } else { number.to_string() };
        let room = 15 - number.len();
        let name = ProcessName::parse(&format!("{}{number}", stem.get(..room).unwrap_or(&stem)))?;
        // These are words of facts.
        if matches!(name.as_str(), "wire" | "not" | "within" | "for") {
            return None;
        }
        cast.iter().all(|person| person.process != name).then_some(name)
    })
}

fn base(path: &str) -> &str {
    Path::new(path).file_name().and_then(|name| name.to_str()).unwrap_or(path)
}

/// Whether a program is a server.
fn serves(path: &str, text: &str) -> bool {
    if base(path).to_ascii_lowercase().contains("server") {
        return true;
    }
    let tokens = c::tokens(text);
    let listens = |pair: &[c::Token]| pair[0].text(text) == "listen" && pair[1].text(text) == "(";
    tokens.windows(2).any(listens)
}

/// What says that the programs mean to share one machine, with its place.
fn local(cast: &[Cast]) -> Option<String> {
    const WORDS: [&str; 7] = [
        "AF_UNIX",
        "AF_LOCAL",
        "PF_UNIX",
        "PF_LOCAL",
        "sockaddr_un",
        "INADDR_LOOPBACK",
        "in6addr_loopback",
    ];
    let alone = |text: &str| text.starts_with("127.") || text == "localhost" || text == "::1";
    for person in cast {
        let text = &*person.source.text;
        if let Some(arg) = person.args.iter().find(|arg| alone(arg)) {
            return Some(format!("`{arg}`"));
        }
        let found = c::tokens(text).into_iter().find(|token| {
            let word = token.text(text);
            match token.kind {
                c::Kind::Word => WORDS.contains(&word),
                c::Kind::Text => alone(word.trim_matches('"')),
                _ => false,
            }
        });
        if let Some(token) = found {
            let line = person.source.place(token.span()).line;
            let word = token.text(text).trim_matches('"').to_owned();
            return Some(format!("`{word}` ({}:{line})", base(&person.source.path)));
        }
    }
    None
}

/// The signals by which the kernel ends a program for what it did itself: SIGILL, SIGABRT, SIGBUS,
/// SIGFPE and SIGSEGV.
const OWN_FAULTS: [i32; 5] = [4, 6, 7, 8, 11];

/// What the processes came to that did not come through: killed for a fault of their own, or cut
/// off.
pub(super) fn failed(session: &Session) -> Vec<String> {
    let failed = |process: &Process| match &process.state {
        ProcessState::Dead(Outcome::Killed(signal)) => OWN_FAULTS.contains(&signal.0),
        ProcessState::Ready => runs(session, &process.name) && !replaced(session, &process.name),
        ProcessState::Dead(_)
        | ProcessState::InCall { .. }
        | ProcessState::Running
        | ProcessState::Stopped => false,
    };
    told(session, failed)
}

/// What every process came to, for the end of a transcript: `client    +++ exited with 0 +++`.
pub(super) fn fates(session: &Session) -> Vec<String> {
    told(session, |_| true)
}

/// Whether a process is one of a program: a child's name is its parent's and a number.
fn runs(session: &Session, name: &ProcessName) -> bool {
    let programs = session.lesson().into_iter().flat_map(|lesson| lesson.programs());
    programs.into_iter().any(|program| name.stems_from(&program.process))
}

/// Whether another program took the place of the process's own.
fn replaced(session: &Session, name: &ProcessName) -> bool {
    let mut reports = session.timeline().iter().flat_map(|entry| &entry.moment.reports);
    reports.any(|report| {
        let call = &report.call;
        let done = report.outcome == Outcome::Returned(0);
        done && call.syscall == Syscall::Execve && call.process == *name
    })
}

fn told(session: &Session, which: impl Fn(&Process) -> bool) -> Vec<String> {
    let Some(last) = session.timeline().last() else { return Vec::new() };
    let processes = last.moment.snapshot.processes.iter().filter(|process| which(process));
    let told = processes.filter_map(|process| {
        let state = match &process.state {
            ProcessState::InCall { call, .. } => format!("asleep in {}", call.typed),
            ProcessState::Ready if !runs(session, &process.name) => "idle".to_owned(),
            ProcessState::Ready if replaced(session, &process.name) => {
                "another program took its place".to_owned()
            }
            // Programs that never end are left after so many calls, or so long a time.
            ProcessState::Ready => "cut off: it would have gone on".to_owned(),
            ProcessState::Running => "running".to_owned(),
            ProcessState::Stopped => "stopped".to_owned(),
            dead @ ProcessState::Dead(_) => transcript::end_of_process(dead)?,
        };
        Some(format!("{:<8}  {}", process.name.as_str(), harmless(&state)))
    });
    told.collect()
}
