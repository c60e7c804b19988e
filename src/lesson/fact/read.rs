//! Reading facts.

use std::str::FromStr;

use super::super::diagnostic::Trouble;
use super::super::words::{Word, Words, nearest, or_near, suggest};
use super::counters::{is_counter, meant};
use super::terms::{Mention, Named, errno, filter, host_name, is_identifier, process_name, signal};
use super::{Fact, FdName};
use crate::model::{ProcessName, TcpState, said};

const FD_FACTS: [&str; 4] = ["is", "queue", "recv", "send"];
/// Words of facts about a host.
const HOST_FACTS: [&str; 2] = ["has", "counts"];
const PROCESS_FACTS: [&str; 4] = ["in", "returned", "dead", "exit"];

/// The fact in `text`, and what it names. Spans are bytes of `text`.
pub fn read_fact(text: &str) -> Result<(Fact, Vec<Mention>), Trouble> {
    let mut words = Words::new(text);
    let mut mentions = Vec::new();
    let fact = fact(&mut words, &mut mentions)?;
    Ok((fact, mentions))
}

impl FromStr for Fact {
    type Err = String;

    /// Reads a fact without asking whether its names are known.
    fn from_str(text: &str) -> Result<Self, String> {
        let explain = |trouble: Trouble| match trouble.expected {
            Some(expected) => format!("{}: expected {expected}", trouble.message),
            None => trouble.message.to_string(),
        };
        read_fact(text).map(|(fact, _)| fact).map_err(explain)
    }
}

/// The fact that the rest of the line is.
pub fn fact(words: &mut Words, mentions: &mut Vec<Mention>) -> Result<Fact, Trouble> {
    let negated = words.take("not");
    let first = words.next(said!(
        "a fact, such as `server fd is LISTEN`, `client in connect` or `wire empty`"
    ))?;
    let fact = match first.text {
        "not" => return Err(first.instead_of(said!("a fact; one `not` is enough"))),
        "wire" => wire_fact(words, mentions)?,
        text if text.starts_with('@') => host_fact(&first, words, mentions)?,
        text => match text.find(':') {
            Some(colon) => expression(&first, colon, words, mentions)?,
            None => process_fact(&first, words, mentions)?,
        },
    };
    words.end()?;
    Ok(if negated { Fact::Not(Box::new(fact)) } else { fact })
}

/// `NAME: C-EXPRESSION`
fn expression(
    first: &Word,
    colon: usize,
    words: &mut Words,
    mentions: &mut Vec<Mention>,
) -> Result<Fact, Trouble> {
    let span = first.span.start..first.span.start + colon;
    let process = process_name(&Word { text: &first.text[..colon], span }, mentions)?;
    words.skip_to(first.span.start + colon + 1);
    let rest = words.rest();
    if rest.text.is_empty() {
        return Err(Trouble::new(rest.span, said!("nothing stands behind the colon"))
            .expected(said!("an expression of C, such as `n == 5`")));
    }
    let expression = rest.text.to_owned();
    let name = Named::Expression(process.clone(), expression.clone());
    mentions.push(Mention { span: rest.span, name });
    Ok(Fact::C { process, expression })
}

/// `wire holds [N] F`, `wire empty`
fn wire_fact(words: &mut Words, mentions: &mut Vec<Mention>) -> Result<Fact, Trouble> {
    let verb = words.next(said!("`holds` or `empty`"))?;
    match verb.text {
        "empty" => Ok(Fact::WireEmpty),
        "holds" => {
            let counted =
                words.peek().filter(|word| word.text.starts_with(|c: char| c.is_ascii_digit()));
            let count = match counted {
                Some(word) => {
                    words.skip_to(word.span.end);
                    Some(word.number(said!("a number of packets"))?)
                }
                None => None,
            };
            Ok(Fact::Holds { count, filter: filter(words, mentions)? })
        }
        _ => Err(verb.instead_of(or_near(
            verb.text,
            ["holds", "empty"],
            said!("`holds` or `empty`"),
        ))),
    }
}

/// `@HOST has N STATE`, `@HOST counts COUNTER > N`
fn host_fact(
    first: &Word,
    words: &mut Words,
    mentions: &mut Vec<Mention>,
) -> Result<Fact, Trouble> {
    let host = host_name(first, mentions)?;
    let verb = words.next(said!("`has N STATE` or `counts COUNTER > N`"))?;
    match verb.text {
        "has" => {
            let count =
                words.next(said!("a number of sockets"))?.number(said!("a number of sockets"))?;
            Ok(Fact::Has { host, count, state: state(&words.next(said!("a TCP state"))?)? })
        }
        "counts" => {
            let counter = words.next(said!("a counter, such as ListenOverflows"))?;
            if !is_counter(counter.text) {
                return Err(no_such_counter(&counter));
            }
            let than = words.next(said!("`> N`"))?;
            if than.text != ">" {
                return Err(than.instead_of(said!("`>` and a number, with spaces around")));
            }
            let above = words.next(said!("a number"))?.number(said!("a number"))?;
            Ok(Fact::Counts { host, counter: counter.text.to_owned(), above })
        }
        _ => Err(verb.instead_of(or_near(verb.text, HOST_FACTS, said!("`has` or `counts`")))),
    }
}

fn no_such_counter(word: &Word) -> Trouble {
    let what = said!("a counter of /proc/net/snmp or /proc/net/netstat");
    word.instead_of(match meant(word.text) {
        Some(word) => said!("{what}; did you mean `{word}`?", what, word),
        None => said!("{what}, such as ListenOverflows or UdpRcvbufErrors", what),
    })
}

/// `NAME in CALL`, `NAME returned …`, `NAME dead …`, `NAME exit N`, `NAME FD …`
fn process_fact(
    first: &Word,
    words: &mut Words,
    mentions: &mut Vec<Mention>,
) -> Result<Fact, Trouble> {
    let process = process_name(first, mentions)?;
    let verb =
        words.next(said!("an fd (`server fd is LISTEN`) or one of in, returned, dead, exit"))?;
    match verb.text {
        "in" => {
            let call = words.next(said!("a call, such as accept"))?;
            let name = call.text.trim_end_matches("()").to_owned();
            mentions.push(Mention { span: call.span, name: Named::Call(name.clone()) });
            Ok(Fact::In { process, call: name })
        }
        "returned" => returned(process, words),
        "dead" if words.take("exit") => exit(process, words),
        "dead" => {
            let word = words.next(said!("a signal, such as SIGPIPE"))?;
            Ok(Fact::Killed { process, signal: signal(&word)? })
        }
        "exit" => exit(process, words),
        _ => fd_fact(process, &verb, words, mentions),
    }
}

fn returned(process: ProcessName, words: &mut Words) -> Result<Fact, Trouble> {
    let expected = said!("a number, or `-1` and the name of an error");
    let word = words.next(expected.clone())?;
    let value = word.number::<i64>(expected)?;
    match value {
        0.. => Ok(Fact::Returned { process, value }),
        -1 => {
            Ok(Fact::Failed { process, errno: errno(&words.next(said!("the name of an error"))?)? })
        }
        _ => Err(word.instead_of(said!("a number of 0 or more, or `-1` and the name of an error"))),
    }
}

fn exit(process: ProcessName, words: &mut Words) -> Result<Fact, Trouble> {
    let word = words.next(said!("an exit status"))?;
    let status: u8 = word.number(said!("an exit status from 0 to 255"))?;
    Ok(Fact::Exited { process, status: i32::from(status) })
}

/// `NAME FD is STATE|closed`, `NAME FD queue LEN/LIMIT`, `NAME FD recv N`, `NAME FD send N`
fn fd_fact(
    process: ProcessName,
    word: &Word,
    words: &mut Words,
    mentions: &mut Vec<Mention>,
) -> Result<Fact, Trouble> {
    let fd = fd_name(&process, word, mentions)?;
    let verb = words.next(said!("one of is, queue, recv, send"))?;
    match verb.text {
        "is" if words.take("closed") => Ok(Fact::Closed { process, fd }),
        "is" => {
            let state = state(&words.next(said!("a TCP state, or `closed`"))?)?;
            Ok(Fact::State { process, fd, state })
        }
        "queue" => {
            let (length, limit) = queue(&words.next(said!("LENGTH/LIMIT, such as 2/1"))?)?;
            Ok(Fact::Queue { process, fd, length, limit })
        }
        "recv" => Ok(Fact::Recv { process, fd, count: bytes(words)? }),
        "send" => Ok(Fact::Send { process, fd, count: bytes(words)? }),
        _ => Err(no_such_fact(word, &verb)),
    }
}

/// The third word fits no fact; the second one may have been meant as something else than an fd.
fn no_such_fact(fd: &Word, verb: &Word) -> Trouble {
    if HOST_FACTS.contains(&fd.text) {
        let said = said!("`{word}` is told of a host: `@server {word} …`", word = fd.text);
        return fd.instead_of(said);
    }
    match nearest(fd.text, PROCESS_FACTS) {
        Some(_) => fd.instead_of(or_near(fd.text, PROCESS_FACTS, said!("an fd or a word"))),
        None => verb.instead_of(suggest(verb.text, FD_FACTS, said!("one of the words"))),
    }
}

fn fd_name(
    process: &ProcessName,
    word: &Word,
    mentions: &mut Vec<Mention>,
) -> Result<FdName, Trouble> {
    if word.text.starts_with(|c: char| c.is_ascii_digit()) {
        return Ok(FdName::Number(word.number(said!("the number of an fd"))?));
    }
    if !is_identifier(word.text) {
        return Err(word.instead_of(said!("an fd: a variable of the process, or a number")));
    }
    let name = Named::Variable(process.clone(), word.text.to_owned());
    mentions.push(Mention { span: word.span.clone(), name });
    Ok(FdName::Variable(word.text.to_owned()))
}

fn queue(word: &Word) -> Result<(u32, u32), Trouble> {
    let number = |text: &str| {
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if digits { text.parse().ok() } else { None }
    };
    word.text
        .split_once('/')
        .and_then(|(length, limit)| Some((number(length)?, number(limit)?)))
        .ok_or_else(|| word.instead_of(said!("LENGTH/LIMIT without spaces, such as 2/1")))
}

fn bytes(words: &mut Words) -> Result<u32, Trouble> {
    words.next(said!("a number of bytes"))?.number(said!("a number of bytes"))
}

fn state(word: &Word) -> Result<TcpState, Trouble> {
    TcpState::from_name(word.text).ok_or_else(|| {
        let known = TcpState::ALL.map(TcpState::name);
        word.instead_of(suggest(word.text, known, said!("a TCP state")))
    })
}
