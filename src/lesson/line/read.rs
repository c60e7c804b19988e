//! Reading the lines of a `lab` fence.

use std::time::Duration;

use super::super::diagnostic::Trouble;
use super::super::fact::{Fact, Mention, Named, fact, filter, host_name, process_name, signal};

use super::super::words::{Word, Words, suggest};
use super::{LabLine, Patience};
use crate::model::{Filter, Signal, Unreachable, WireAction, said};

/// One line as it was read, names unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    pub does: Reading,
    /// What it names.
    pub mentions: Vec<Mention>,
}

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reading {
    /// A step. For `again` the mark's step is not known yet and stands as 0.
    Step(LabLine),
    /// An `expect` line.
    Expect(Patience, Fact),
}

/// Every first word of a line.
pub const WORDS: [&str; 21] = [
    "expect",
    "hold",
    "auto",
    "deliver",
    "drop",
    "duplicate",
    "swap",
    "cut",
    "mend",
    "unreachable",
    "spawn",
    "run",
    "kill",
    "stop",
    "cont",
    "reboot",
    "set",
    "mark",
    "again",
    "step",
    "wait",
];

/// How long an `expect` waits that does not say.
pub const PATIENCE: Duration = Duration::from_secs(1);

/// How long a `wait FACT` waits that does not say: longer than TIME_WAIT lasts.
pub const WAIT: Duration = Duration::from_secs(90);

const LONGEST: Duration = Duration::from_secs(600);

/// Reads one line, which has at least one word. Spans are bytes of `text`.
pub fn read_line(text: &str) -> Result<Read, Trouble> {
    let mut words = Words::new(text);
    let mut mentions = Vec::new();
    let verb = words.next(said!("a line of a lab fence"))?;
    let does = match verb.text {
        "expect" => expect(&mut words, &mut mentions)?,
        _ => Reading::Step(step(&verb, &mut words, &mut mentions)?),
    };
    words.end()?;
    Ok(Read { does, mentions })
}

fn step(verb: &Word, words: &mut Words, mentions: &mut Vec<Mention>) -> Result<LabLine, Trouble> {
    Ok(match verb.text {
        "hold" if words.peek().is_none() => LabLine::Wire(WireAction::Hold(Filter::any())),
        "hold" => LabLine::Wire(WireAction::Hold(filter(words, mentions)?)),
        "auto" => LabLine::Wire(WireAction::Auto),
        "deliver" if words.take("all") => LabLine::Wire(WireAction::DeliverAll),
        "deliver" if words.peek().is_none() => {
            return Err(Trouble::new(verb.span.end..verb.span.end, said!("which packet?"))
                .expected(said!(
                    "a packet, such as `deliver SYN` or `deliver any`, or `deliver all`"
                )));
        }
        "deliver" => LabLine::Wire(WireAction::Deliver(filter(words, mentions)?)),
        "drop" => LabLine::Wire(WireAction::Drop(filter(words, mentions)?)),
        "duplicate" => LabLine::Wire(WireAction::Duplicate(filter(words, mentions)?)),
        "swap" => LabLine::Wire(WireAction::Swap),
        "cut" => LabLine::Wire(WireAction::Cut),
        "mend" => LabLine::Wire(WireAction::Mend),
        "unreachable" => LabLine::Wire(WireAction::Unreachable(unreachable(words)?)),
        "spawn" => {
            let process =
                process_name(&words.next(said!("the new process's name"))?, &mut Vec::new())?;
            let host = host_name(&words.next(said!("the host, such as @server"))?, mentions)?;
            LabLine::Spawn { process, host }
        }
        "run" => run(words, mentions)?,
        "kill" => kill(words, mentions)?,
        "stop" => signalled("SIGSTOP", words, mentions)?,
        "cont" => signalled("SIGCONT", words, mentions)?,
        "reboot" => {
            LabLine::Reboot(host_name(&words.next(said!("a host, such as @server"))?, mentions)?)
        }
        "set" => set(words, mentions)?,
        "mark" => LabLine::Mark(mark_name(words)?),
        "again" => LabLine::Again { mark: mark_name(words)?, step: 0 },
        "step" => walk(words, mentions)?,
        "wait" => wait(words, mentions)?,
        _ => {
            return Err(verb.instead_of(suggest(verb.text, WORDS, said!("a line of a lab fence"))));
        }
    })
}

fn expect(words: &mut Words, mentions: &mut Vec<Mention>) -> Result<Reading, Trouble> {
    let patience = if words.take("within") {
        Patience::Within(duration(&words.next(said!("a time, such as 10s"))?)?)
    } else if words.take("for") {
        Patience::For(duration(&words.next(said!("a time, such as 2s"))?)?)
    } else {
        Patience::Within(PATIENCE)
    };
    Ok(Reading::Expect(patience, fact(words, mentions)?))
}

fn unreachable(words: &mut Words) -> Result<Unreachable, Trouble> {
    let word = words.next(said!("one of host, net, port"))?;
    match word.text {
        "host" => Ok(Unreachable::Host),
        "net" => Ok(Unreachable::Net),
        "port" => Ok(Unreachable::Port),
        _ => Err(word.instead_of(said!("one of host, net, port"))),
    }
}

/// `run NAME @HOST: command`
fn run(words: &mut Words, mentions: &mut Vec<Mention>) -> Result<LabLine, Trouble> {
    let process = process_name(&words.next(said!("a name for the command"))?, &mut Vec::new())?;
    let word = words.next(said!("the host and a colon, such as `@server:`"))?;
    let Some(colon) = word.text.find(':') else {
        return Err(word.instead_of(said!("the host with a colon behind it, such as `@server:`")));
    };
    let span = word.span.start..word.span.start + colon;
    let host = host_name(&Word { text: &word.text[..colon], span }, mentions)?;
    words.skip_to(word.span.start + colon + 1);
    let rest = words.rest();
    if rest.text.is_empty() {
        return Err(rest.instead_of(said!("a command, such as `curl http://198.51.100.1:8080/`")));
    }
    Ok(LabLine::Run { process, host, command: rest.text.to_owned() })
}

/// `kill -SIG NAME`
fn kill(words: &mut Words, mentions: &mut Vec<Mention>) -> Result<LabLine, Trouble> {
    let word = words.next(said!("a signal with a dash, such as -KILL"))?;
    let Some(name) = word.text.strip_prefix('-') else {
        return Err(word.instead_of(said!("a signal with a dash, such as `kill -KILL client`")));
    };
    let signal = signal(&Word { text: name, span: word.span.start + 1..word.span.end })?;
    let process = process_name(&words.next(said!("a process"))?, mentions)?;
    Ok(LabLine::Kill { signal, process })
}

fn signalled(
    name: &str,
    words: &mut Words,
    mentions: &mut Vec<Mention>,
) -> Result<LabLine, Trouble> {
    let word = words.next(said!("a process"))?;
    let signal = Signal::parse(name).ok_or_else(|| word.instead_of(said!("a signal")))?;
    Ok(LabLine::Kill { signal, process: process_name(&word, mentions)? })
}

/// `set @HOST key = value`
fn set(words: &mut Words, mentions: &mut Vec<Mention>) -> Result<LabLine, Trouble> {
    let host = host_name(&words.next(said!("a host, such as @server"))?, mentions)?;
    let key = words.next(said!("a name under `net.`, such as net.ipv4.tcp_syncookies"))?;
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    let full = key.text.starts_with("net.") && key.text.bytes().all(plain);
    if !full || key.text.contains("..") || key.text.ends_with('.') {
        return Err(
            key.instead_of(said!("a full name under `net.`, such as net.ipv4.tcp_syncookies"))
        );
    }
    let equals = words.next(said!("`= value`"))?;
    if equals.text != "=" {
        return Err(equals.instead_of(said!("`=` with spaces around")));
    }
    let value = words.rest();
    if value.text.is_empty() {
        return Err(value.instead_of(said!("a value")));
    }
    Ok(LabLine::Set { host, key: key.text.to_owned(), value: value.text.to_owned() })
}

/// `step NAME [until CALL]`
fn walk(words: &mut Words, mentions: &mut Vec<Mention>) -> Result<LabLine, Trouble> {
    let process = process_name(&words.next(said!("a process with a program"))?, mentions)?;
    let mut until = None;
    if words.peek().is_some() {
        if !words.take("until") {
            return Err(words
                .rest()
                .instead_of(said!("`until` and a call, or the end of the line")));
        }
        let call = words.next(said!("a call, such as accept"))?;
        until = Some(call.text.to_owned());
        mentions.push(Mention { name: Named::Call(call.text.to_owned()), span: call.span });
    }
    Ok(LabLine::Step { process, until })
}

fn mark_name(words: &mut Words) -> Result<String, Trouble> {
    let word = words.next(said!("the name of a mark"))?;
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if word.text.chars().all(plain) && word.text.len() <= 40 {
        return Ok(word.text.to_owned());
    }
    Err(word.instead_of(said!("the name of a mark: letters, digits, `-` and `_`, 40 at most")))
}

/// `wait 3s`, `wait [within 10s] FACT`
fn wait(words: &mut Words, mentions: &mut Vec<Mention>) -> Result<LabLine, Trouble> {
    let Some(word) = words.peek() else {
        return words.next(said!("a time, such as 3s, or a fact")).map(|_| LabLine::Wait(PATIENCE));
    };
    if word.text.starts_with(|c: char| c.is_ascii_digit()) {
        words.skip_to(word.span.end);
        return Ok(LabLine::Wait(duration(&word)?));
    }
    let within = match words.take("within") {
        true => duration(&words.next(said!("a time, such as 10s"))?)?,
        false => WAIT,
    };
    Ok(LabLine::WaitFor { fact: fact(words, mentions)?, within })
}

/// `3s`, `0.5s`, `250ms`
fn duration(word: &Word) -> Result<Duration, Trouble> {
    let expected = said!("a time in `s` or `ms` without a space, such as 10s or 250ms, up to 600s");
    let (digits, milliseconds) = match word.text.strip_suffix("ms") {
        Some(digits) => (digits, 1.0),
        None => (word.text.strip_suffix('s').unwrap_or(""), 1000.0),
    };
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number: Option<f64> = digits.parse().ok().filter(|_| plain && digits.len() <= 9);
    number
        .map(|number| Duration::from_secs_f64((number * milliseconds).round() / 1000.0))
        .filter(|time| !time.is_zero() && *time <= LONGEST)
        .ok_or_else(|| word.instead_of(expected))
}
