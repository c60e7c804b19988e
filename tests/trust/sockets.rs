//! The sockets of one host as ss prints them inside its namespace.

use std::collections::BTreeMap;
use std::time::Duration;

use sockstep::model::{Family, Host, Socket, TcpState, ss};

use crate::tool::{inside, said};

/// The kernel tells timers in its ticks, which are up to 10 ms long.
const CLOCK: Duration = Duration::from_millis(20);

/// Asks ss on the host that this process lives on, and compares each row. Gives back how many
/// were compared; `Err` says what differs. `now` tells how long the lab has lived.
pub fn compare(
    host: &Host,
    at: Duration,
    pid: i32,
    now: impl Fn() -> Duration,
) -> Result<usize, String> {
    let text = said(inside(pid, "ss").args(["-HOanoeim", "-t", "-u", "-w"]));
    let asked = now();
    // A timer that has rung since the snapshot has changed its row, or ended it.
    let rang = |socket: &Socket| {
        let left = socket.timer.map(|timer| Duration::from_millis(timer.left_ms.into()));
        left.is_some_and(|left| at + left <= asked + CLOCK)
    };
    let mut theirs: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    // A kernel without a dump of raw sockets has a file of them, in which there are no cookies.
    let mut raw: Vec<Vec<&str>> = Vec::new();
    for line in text.lines() {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        if words.first() == Some(&"raw") && detail(&words, "sk:").is_none() {
            raw.push(words);
            continue;
        }
        let cookie = detail(&words, "sk:").ok_or_else(|| format!("no cookie: {line}"))?;
        theirs.insert(cookie, words);
    }
    let mut count = raw.len();
    for socket in host.sockets.iter().filter(|socket| socket.kind.is_raw() && socket.cookie == 0) {
        let c = ss::columns(socket);
        let ours = [c.netid.as_str(), c.state, &c.recv_q, &c.send_q, &c.local, &c.peer];
        let Some(at) = raw.iter().position(|row| row.get(..6) == Some(&ours)) else {
            return Err(format!("{}: ss has no {}\nbut\n{text}", host.name, ss::line(socket)));
        };
        raw.swap_remove(at);
    }
    if let Some(more) = raw.first() {
        return Err(format!("{}: only ss has {}", host.name, more.join(" ")));
    }
    for socket in host.sockets.iter().filter(|socket| is_listed(socket)) {
        let row = theirs.remove(format!("{:x}", socket.cookie).as_str());
        if rang(socket) {
            continue;
        }
        let (name, ours) = (&host.name, ss::line(socket));
        let Some(row) = row else { return Err(format!("{name}: ss has no\n{ours}\nbut\n{text}")) };
        compare_row(socket, &row).map_err(|what| {
            format!("{name}: {what}\nsockstep: {ours}\nss:       {}", row.join(" "))
        })?;
        count += 1;
    }
    match theirs.into_values().next() {
        None => Ok(count),
        Some(more) => Err(format!("{}: only ss has {}", host.name, more.join(" "))),
    }
}

/// Whether this ss can show it. A TCP socket that is fresh, refused, reset or over is in no list
/// of the kernel's; one that is only bound is in a list that ss of Debian 12 does not ask for.
fn is_listed(socket: &Socket) -> bool {
    matches!(socket.kind.family, Family::Inet | Family::Inet6)
        && socket.cookie != 0
        && !(socket.kind.is_tcp() && socket.state == Some(TcpState::Close))
}

fn compare_row(socket: &Socket, row: &[&str]) -> Result<(), &'static str> {
    let c = ss::columns(socket);
    let ours = [c.netid.as_str(), c.state, &c.recv_q, &c.send_q, &c.local, &c.peer];
    if row.get(..6) != Some(&ours) {
        return Err("the columns differ");
    }
    let ours = c.timer.strip_prefix("timer:").unwrap_or_default();
    let theirs = detail(row, "timer:").unwrap_or_default();
    // Its time runs on; what it is for and how often it has rung stay as they are.
    if timer(ours) != timer(theirs) {
        return Err("the timers differ");
    }
    let inode = detail(row, "ino:").map_or(Ok(0), str::parse);
    if inode != Ok(socket.inode) {
        return Err("the inodes differ");
    }
    if let Some(tcp) = &socket.tcp {
        let number = |name: &str| detail(row, name).and_then(|text| text.parse::<u64>().ok());
        let pairs = [
            ("unacked:", tcp.unacked.map(u64::from)),
            ("bytes_acked:", tcp.bytes_acked),
            ("bytes_received:", tcp.bytes_received),
            ("notsent:", tcp.notsent_bytes.map(u64::from)),
            ("cwnd:", tcp.snd_cwnd.map(u64::from)),
            ("mss:", tcp.snd_mss.map(u64::from)),
        ];
        // What is 0 ss leaves out.
        for (name, ours) in pairs {
            if let Some(theirs) = number(name)
                && ours != Some(theirs)
            {
                return Err(name);
            }
        }
    }
    if let (Some(memory), Some(text)) = (&socket.memory, detail(row, "skmem:")) {
        let theirs: Vec<&str> = text.trim_matches(['(', ')']).split(',').collect();
        // ss prints both ways of counting what is sent.
        let (sent, letter) = if socket.kind.is_tcp() { (5, "w") } else { (2, "t") };
        let ours = [
            (0, format!("r{}", memory.receive_used)),
            (1, format!("rb{}", memory.receive_limit)),
            (sent, format!("{letter}{}", memory.send_used)),
            (3, format!("tb{}", memory.send_limit)),
        ];
        if ours.iter().any(|(place, ours)| theirs.get(*place) != Some(&ours.as_str())) {
            return Err("the memory differs");
        }
    }
    Ok(())
}

/// `(on,180ms,2)` → `on` and `2`.
fn timer(text: &str) -> (&str, &str) {
    let text = text.trim_matches(['(', ')']);
    let (kind, rest) = text.split_once(',').unwrap_or((text, ""));
    (kind, rest.rsplit(',').next().unwrap_or_default())
}

fn detail<'a>(words: &[&'a str], name: &str) -> Option<&'a str> {
    words.iter().find_map(|word| word.strip_prefix(name))
}
