//! What facts and lab lines are made of: names, errors, signals, packets.

use std::ops::Range;

use super::super::diagnostic::Trouble;
use super::super::words::{Word, Words, or_near};
use crate::model::{Errno, Filter, HostName, PacketKind, ProcessName, Signal, said};

/// A name in a fact or a lab line that has to be known where it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mention {
    pub span: Range<usize>,
    pub name: Named,
}

/// What a mention names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Named {
    Process(ProcessName),
    Host(HostName),
    /// A descriptor of the process, by a variable.
    Variable(ProcessName, String),
    Call(String),
    Expression(ProcessName, String),
}

/// Whether `text` can be the name of a variable.
pub fn is_identifier(text: &str) -> bool {
    let word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    text.chars().all(word) && text.starts_with(|c: char| !c.is_ascii_digit())
}

/// The error of this name.
pub fn errno(word: &Word) -> Result<Errno, Trouble> {
    Errno::from_name(word.text).ok_or_else(|| {
        let all: Vec<&str> = Errno::all().map(|(name, _)| name).collect();
        word.instead_of(or_near(
            word.text,
            all,
            said!("the name of an error, such as ECONNREFUSED"),
        ))
    })
}

/// The signal of this name.
pub fn signal(word: &Word) -> Result<Signal, Trouble> {
    Signal::parse(word.text).ok_or_else(|| {
        let all: Vec<&str> = Signal::all().filter_map(Signal::name).collect();
        let bare = word.text.strip_prefix("SIG").unwrap_or(word.text);
        word.instead_of(or_near(&format!("SIG{bare}"), all, said!("a signal, such as SIGPIPE")))
    })
}

/// A process's name, which is noted as mentioned.
pub fn process_name(word: &Word, mentions: &mut Vec<Mention>) -> Result<ProcessName, Trouble> {
    let name = ProcessName::parse(word.text)
        .ok_or_else(|| word.instead_of(said!("the name of a process")))?;
    mentions.push(Mention { span: word.span.clone(), name: Named::Process(name.clone()) });
    Ok(name)
}

/// A host's name with its `@`, which is noted as mentioned.
pub fn host_name(word: &Word, mentions: &mut Vec<Mention>) -> Result<HostName, Trouble> {
    let name = HostName::parse(word.text).filter(|_| word.text.starts_with('@'));
    let name =
        name.ok_or_else(|| word.instead_of(said!("a host with its mark, such as @server")))?;
    mentions.push(Mention { span: word.span.clone(), name: Named::Host(name.clone()) });
    Ok(name)
}

/// `SYN | SYN,ACK | ACK | DATA | FIN | RST | any  [of NAME] [from @HOST]`, to the end of the line.
pub fn filter(words: &mut Words, mentions: &mut Vec<Mention>) -> Result<Filter, Trouble> {
    let kinds = PacketKind::ALL.map(|(_, name)| name);
    let expected = said!("a packet: SYN or SYN,ACK or ACK or DATA or FIN or RST or any");
    let word = words.next(expected.clone())?;
    let kind = PacketKind::parse(word.text)
        .ok_or_else(|| word.instead_of(or_near(word.text, kinds, expected)))?;
    let mut filter = Filter { kind, of: None, from: None };
    while let Some(word) = words.peek() {
        match word.text {
            "of" if filter.of.is_none() => {
                words.skip_to(word.span.end);
                filter.of = Some(process_name(&words.next(said!("a process"))?, mentions)?);
            }
            "from" if filter.from.is_none() => {
                words.skip_to(word.span.end);
                filter.from = Some(host_name(&words.next(said!("a host"))?, mentions)?);
            }
            _ => {
                return Err(
                    word.instead_of(said!("`of NAME`, `from @HOST` or the end of the line"))
                );
            }
        }
    }
    Ok(filter)
}
