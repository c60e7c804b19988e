//! Who is there: `hosts:` and `processes:`.

use std::net::{Ipv4Addr, Ipv6Addr};

use super::super::diagnostic::Trouble;
use super::super::words::{Word, Words, quoted, suggest};
use super::items;
use crate::model::{HostName, HostSpec, ProcessName, ProcessSpec, said};

/// Most processes and hosts of a lesson.
const CROWD: usize = 64;
const HOSTS: usize = 8;

/// Words of facts that a process can't be called.
const RESERVED: [&str; 4] = ["wire", "not", "within", "for"];

/// `@server 198.51.100.1, @client 198.51.100.2 2001:db8::2`
pub fn hosts(value: &Word) -> Result<Vec<HostSpec>, Trouble> {
    let mut hosts: Vec<HostSpec> = Vec::new();
    for item in items(value) {
        let host = host(&item)?;
        if hosts.iter().any(|other| other.name == host.name) {
            return Err(item.instead_of(said!("each host once")));
        }
        if hosts.iter().any(|other| other.v4.octets()[..3] != host.v4.octets()[..3]) {
            return Err(
                item.instead_of(said!("hosts on one wire: the first three numbers are equal"))
            );
        }
        if hosts.iter().any(|other| other.v4 == host.v4 || other.v6 == host.v6) {
            return Err(item.instead_of(said!("an address of its own for each host")));
        }
        hosts.push(host);
        if hosts.len() > HOSTS {
            return Err(item.instead_of(said!("{most} hosts at most", most = HOSTS)));
        }
    }
    Ok(hosts)
}

fn host(item: &Word) -> Result<HostSpec, Trouble> {
    let mut words = Words::new(item.text);
    let base = item.span.start;
    let read = |words: &mut Words| {
        let word = words.next(said!("a host, such as `@server 198.51.100.1`"))?;
        let name = HostName::parse(word.text).filter(|_| word.text.starts_with('@'));
        let name =
            name.ok_or_else(|| word.instead_of(said!("a host with its mark, such as @server")))?;
        let word = words.next(said!("an address, such as 198.51.100.1"))?;
        let v4: Ipv4Addr = word.text.parse().ok().filter(documented).ok_or_else(|| {
            word.instead_of(said!(
                "an address that is nobody's (RFC 5737): 198.51.100.N, 192.0.2.N or 203.0.113.N"
            ))
        })?;
        let v6 = match words.peek() {
            Some(word) => {
                words.skip_to(word.span.end);
                let fine = |ip: &Ipv6Addr| ip.segments()[..4] == [0x2001, 0xdb8, 0, 0];
                let parsed: Option<Ipv6Addr> = word.text.parse().ok().filter(fine);
                parsed.ok_or_else(|| word.instead_of(said!("an address under 2001:db8::/64")))?
            }
            None => Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, u16::from(v4.octets()[3])),
        };
        words.end()?;
        Ok(HostSpec { name, v4, v6: Some(v6) })
    };
    read(&mut words).map_err(|trouble: Trouble| trouble.at(base))
}

/// An address of RFC 5737 that a host can have.
fn documented(ip: &Ipv4Addr) -> bool {
    let [a, b, c, last] = ip.octets();
    [[192, 0, 2], [198, 51, 100], [203, 0, 113]].contains(&[a, b, c]) && (1..=254).contains(&last)
}

/// Without `processes:`, each host has one that bears its name.
pub fn everyone(hosts: &[HostSpec]) -> Vec<ProcessSpec> {
    let named = |host: &HostSpec| {
        let name = ProcessName::parse(host.name.as_str())?;
        Some(ProcessSpec { name, host: host.name.clone(), net_raw: false })
    };
    hosts.iter().filter_map(named).collect()
}

/// `server @server, client1..4 @client +cap_net_raw`
pub fn processes(value: &Word, hosts: &[HostSpec]) -> Result<Vec<ProcessSpec>, Trouble> {
    let mut all: Vec<ProcessSpec> = Vec::new();
    for item in items(value) {
        for process in process(&item, hosts).map_err(|trouble| trouble.at(item.span.start))? {
            if all.iter().any(|other| other.name == process.name) {
                let message = said!(
                    "there are two processes {quoted}",
                    quoted = quoted(process.name.as_str())
                );
                return Err(Trouble::new(item.span, message).expected(said!("each name once")));
            }
            all.push(process);
        }
        if all.len() > CROWD {
            return Err(item.instead_of(said!("{most} processes at most", most = CROWD)));
        }
    }
    Ok(all)
}

fn process(item: &Word, hosts: &[HostSpec]) -> Result<Vec<ProcessSpec>, Trouble> {
    let mut words = Words::new(item.text);
    let word = words.next(said!("a process, such as `server @server` or `client1..4 @client`"))?;
    let names = match word.text.split_once("..") {
        Some((first, last)) => numbered(first, last).ok_or_else(|| {
            word.instead_of(said!("a range of processes, such as client1..4, rising, 64 at most"))
        })?,
        None => vec![word.text.to_owned()],
    };
    let place = words.next(said!("the host it lives on, such as @server"))?;
    let host = HostName::parse(place.text).filter(|_| place.text.starts_with('@'));
    let host =
        host.filter(|host| hosts.iter().any(|known| known.name == *host)).ok_or_else(|| {
            let known: Vec<String> = hosts.iter().map(|host| host.name.to_string()).collect();
            place.instead_of(suggest(
                place.text,
                known.iter().map(String::as_str),
                said!("one of the hosts"),
            ))
        })?;
    let net_raw = words.take("+cap_net_raw");
    words
        .end()
        .map_err(|trouble| trouble.expected(said!("`+cap_net_raw`, a comma or the line's end")))?;
    names
        .iter()
        .map(|name| match ProcessName::parse(name) {
            Some(_) if RESERVED.contains(&name.as_str()) => {
                Err(word.instead_of(said!("another name: facts use this word")))
            }
            Some(name) => Ok(ProcessSpec { name, host: host.clone(), net_raw }),
            None => Err(word.instead_of(said!(
                "a name: a letter, then letters, digits, `_`, `-` or `.`, 15 at most"
            ))),
        })
        .collect()
}

/// `client1..4`, `client1..client4`
fn numbered(first: &str, last: &str) -> Option<Vec<String>> {
    let stem = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let from: u32 = first[stem.len()..].parse().ok()?;
    let to: u32 = last.strip_prefix(stem).unwrap_or(last).parse().ok()?;
    let short = from <= to && to - from < 64;
    short.then(|| (from..=to).map(|number| format!("{stem}{number}")).collect())
}
