//! getsockopt() and setsockopt().

use std::cmp::Ordering;

use super::meaning;
use crate::explain::case::{Case, single};
use crate::explain::names::with_name;
use crate::explain::note::{Note, note};
use crate::explain::story::{Rank, Story};
use crate::model::{Family, Moment, Syscall, TcpState};

/// getsockopt() returned 0.
pub fn get(story: &mut Story, case: &Case) {
    let (who, option) = (case.who(), plain(case.shown(2)));
    let written = case.written(3);
    let time = written.and_then(|shown| time(option, shown));
    let value = time.as_deref().or(written.map(single)).map(text);
    let said = match (option, value) {
        (_, _) if let Some((copied, size)) = part(case) => {
            note!("option-part", option = option, who = who, copied = copied, size = size)
        }
        ("SO_ERROR", Some("0")) => no_error(story, case),
        ("SO_ERROR", value) => note!("option-error", who = who, value = value),
        ("SO_RCVBUF" | "SO_SNDBUF", value) => {
            note!("option-buffer-read", who = who, option = option, value = value)
        }
        ("TCP_INFO", _) => tcp_info(case),
        ("SO_PEERCRED", Some(value)) if value.starts_with("{pid=0,") => {
            note!("option-peercred-nobody", who = who, value = value)
        }
        ("SO_PEERCRED", value) => note!("option-peercred", who = who, value = value),
        ("SO_TYPE" | "SO_DOMAIN" | "SO_PROTOCOL" | "SO_ACCEPTCONN", value) => {
            let prefix = match option {
                "SO_TYPE" => Some("SOCK_"),
                "SO_DOMAIN" => Some("AF_"),
                "SO_PROTOCOL" if is_internet(case) => Some("IPPROTO_"),
                _ => None,
            };
            let named = |value: &str| match prefix {
                Some(prefix) => with_name(value, prefix),
                None => value.to_owned(),
            };
            let value = value.map(named);
            note!("option-nature", who = who, option = option, value = value)
        }
        (_, value) => note!("option-read", who = who, option = option, value = value),
    };
    story.say(Rank::Call, said);
    if let Some(meaning) = value.and_then(|value| meaning::amount(option, value)) {
        story.say(Rank::Queue, meaning);
    }
}

/// SO_ERROR is 0: what that means depends on where the socket stands.
fn no_error(story: &Story, case: &Case) -> Note {
    let (who, socket) = (case.who(), case.after);
    let state = socket.filter(|socket| socket.kind.is_tcp()).and_then(|socket| socket.state);
    let began = |moment: &&Moment| {
        moment.reports.iter().any(|report| {
            let about = moment.snapshot.socket_of(&report.call.process, case.fd);
            report.call.syscall == Syscall::Connect
                && report.call.process == *case.process
                && about.zip(socket).is_some_and(|(about, socket)| about.inode == socket.inode)
        })
    };
    match state {
        Some(TcpState::Established) => {
            note!("option-error-none-connected", who = who, state = state)
        }
        Some(TcpState::SynSent | TcpState::SynRecv) => {
            note!("option-error-none-going", who = who, state = state)
        }
        Some(TcpState::Close) if story.scene.past.iter().any(began) => {
            note!("option-error-none-taken", who = who)
        }
        Some(_) | None => note!("option-error-none", who = who),
    }
}

/// How many bytes were copied of how many, where the caller had less room than a number takes.
fn part(case: &Case) -> Option<(i64, i64)> {
    const INT: i64 = 4;
    let length = case.written(4).unwrap_or(case.shown(4));
    let inside = length.strip_prefix('[')?.strip_suffix(']')?;
    let (room, copied) = inside.split_once(" => ").unwrap_or((inside, inside));
    let (room, copied): (i64, i64) = (room.parse().ok()?, copied.parse().ok()?);
    let level = matches!(case.shown(1), "SOL_SOCKET" | "SOL_TCP" | "IPPROTO_TCP");
    (level && room < INT && copied <= room).then_some((copied, INT))
}

/// IPPROTO_ numbers are those of IPv4 and IPv6.
fn is_internet(case: &Case) -> bool {
    let family = case.socket().map(|socket| socket.kind.family);
    matches!(family, Some(Family::Inet | Family::Inet6))
}

/// What the structure says, as far as the snapshot has the same.
fn tcp_info(case: &Case) -> Note {
    let who = case.who();
    let Some(tcp) = case.after.and_then(|socket| socket.tcp.as_ref()) else {
        return note!("option-tcp-info-unseen", who = who);
    };
    let milliseconds = |micros: Option<u32>| {
        micros.map(|micros| format!("{}.{:02}", micros / 1000, micros % 1000 / 10))
    };
    note!(
        "option-tcp-info",
        who = who,
        state = case.after.and_then(|socket| socket.state),
        rto = milliseconds(tcp.rto_us),
        rtt = milliseconds(tcp.rtt_us),
        window = tcp.snd_cwnd,
        unacked = tcp.unacked
    )
}

/// setsockopt() returned 0.
pub fn set(story: &mut Story, case: &Case) {
    let option = plain(case.shown(2));
    let value = time(option, case.shown(3)).unwrap_or_else(|| single(case.shown(3)).to_owned());
    let name = (option == "TCP_CONGESTION").then(|| name_in_number(&value)).flatten();
    let value = name.as_deref().unwrap_or_else(|| text(value.as_str()));
    let buffer_size = matches!(option, "SO_RCVBUF" | "SO_SNDBUF");
    if !buffer_size {
        let note = note!("option-set", who = case.who(), option = option, value = value);
        story.say(Rank::Call, note);
    }
    let unix = case.after.is_some_and(|socket| socket.kind.family == Family::Unix);
    if unix && meaning::is_for_networks(option) {
        story.say(Rank::Queue, note!("option-unix-nothing", option = option));
        return;
    }
    if let Some(meaning) = meaning::of_option(option, value).filter(|_| !is_endless(option, value))
    {
        story.say(Rank::Queue, meaning);
    }
    if is_endless(option, value) {
        story.say(Rank::Queue, note!("option-no-limit", option = option));
    }
    if option == "SO_RCVLOWAT" && value == "0" {
        story.say(Rank::Queue, note!("option-lowat-zero"));
    }
    if meaning::is_off(option, value) {
        story.say(Rank::Queue, note!("option-off", option = option, value = value));
    }
    let memory = |socket: Option<&std::sync::Arc<crate::model::Socket>>| {
        socket.and_then(|socket| socket.memory)
    };
    let known = memory(case.before).zip(memory(case.after));
    if buffer_size && known.is_none() {
        let note = note!("option-buffer-asked", who = case.who(), option = option, value = value);
        story.say(Rank::Call, note);
    }
    let Some((before, after)) = known else { return };
    let limits = match option {
        "SO_RCVBUF" => (before.receive_limit, after.receive_limit),
        "SO_SNDBUF" => (before.send_limit, after.send_limit),
        _ => return,
    };
    let note = buffer(value, limits.0, limits.1);
    story.say(Rank::Surprise, note);
}

/// Whether a time limit is 0, which takes the limit away.
fn is_endless(option: &str, value: &str) -> bool {
    matches!(option, "SO_RCVTIMEO" | "SO_SNDTIMEO") && value == "0.000000 s"
}

/// A text without its quotes and the zeros that end it; anything else as it is.
pub fn text(shown: &str) -> &str {
    let inside = shown.strip_prefix('"').and_then(|rest| rest.strip_suffix('"'));
    let Some(mut text) = inside else { return shown };
    while let Some(shorter) = text.strip_suffix("\\0") {
        text = shorter;
    }
    let plain =
        !text.is_empty() && text.chars().all(|c| c.is_ascii_alphanumeric() || "-_.".contains(c));
    if plain { text } else { shown }
}

/// A name of four letters, which strace took for a number because it is as long as one.
pub fn name_in_number(value: &str) -> Option<String> {
    let bytes = value.parse::<u32>().ok()?.to_le_bytes();
    let plain = bytes.iter().all(u8::is_ascii_alphanumeric);
    plain.then(|| bytes.iter().copied().map(char::from).collect())
}

/// The two numbers of a `struct timeval`, as they were given.
pub fn timeval(shown: &str) -> Option<String> {
    let inside = shown.strip_prefix('"')?.strip_suffix('"')?;
    let bytes: [u8; 16] = unquoted(inside)?.try_into().ok()?;
    let number = |at: usize| Some(i64::from_le_bytes(bytes[at..at + 8].try_into().ok()?));
    Some(format!("{{tv_sec={}, tv_usec={}}}", number(0)?, number(8)?))
}

/// The option as programs call it: strace tells the time-outs of old programs from those of new
/// ones on 32-bit machines.
pub fn plain(shown: &str) -> &str {
    shown.strip_suffix("_OLD").unwrap_or(shown)
}

/// A time-out in seconds. strace prints the two numbers of its structure, seconds and
/// microseconds, as the bytes they are.
pub fn time(option: &str, shown: &str) -> Option<String> {
    if !matches!(option, "SO_RCVTIMEO" | "SO_SNDTIMEO") {
        return None;
    }
    let inside = shown.strip_prefix('"')?.strip_suffix('"')?;
    let bytes: [u8; 16] = unquoted(inside)?.try_into().ok()?;
    let number = |at: usize| Some(i64::from_le_bytes(bytes[at..at + 8].try_into().ok()?));
    let (seconds, micros) = (number(0)?, number(8)?);
    (0..1_000_000).contains(&micros).then(|| format!("{seconds}.{micros:06} s"))
}

/// The bytes that strace wrote with backslashes.
fn unquoted(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut rest = text.as_bytes();
    while let [first, tail @ ..] = rest {
        rest = tail;
        if *first != b'\\' {
            bytes.push(*first);
            continue;
        }
        let digits = rest.iter().take(3).take_while(|byte| (b'0'..=b'7').contains(byte)).count();
        if digits > 0 {
            let octal = std::str::from_utf8(&rest[..digits]).ok()?;
            bytes.push(u8::from_str_radix(octal, 8).ok()?);
            rest = &rest[digits..];
            continue;
        }
        let (letter, tail) = rest.split_first()?;
        bytes.push(match letter {
            b'n' => b'\n',
            b't' => b'\t',
            b'r' => b'\r',
            b'v' => 0x0b,
            b'f' => 0x0c,
            b'"' | b'\\' => *letter,
            _ => return None,
        });
        rest = tail;
    }
    Some(bytes)
}

/// What the kernel made of the size that was asked for: twice of it, or less, or more.
fn buffer(asked: &str, before: u32, after: u32) -> Note {
    // A negative number is taken for a very big one, and the ceiling holds.
    let doubled = asked.parse().ok().map(|asked: i64| match asked {
        ..0 => i64::MAX,
        _ => asked.saturating_mul(2),
    });
    match doubled.map(|doubled| i64::from(after).cmp(&doubled)) {
        Some(Ordering::Greater) => {
            note!("option-buffer-floor", asked = asked, before = before, after = after)
        }
        Some(Ordering::Less) => {
            note!("option-buffer-ceiling", asked = asked, before = before, after = after)
        }
        Some(Ordering::Equal) | None => {
            note!("option-buffer-set", asked = asked, before = before, after = after)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_time_out_is_told_in_seconds() {
        let one = r#""\1\0\0\0\0\0\0\0 \241\7\0\0\0\0\0""#;
        assert_eq!(time(plain("SO_RCVTIMEO_OLD"), one).as_deref(), Some("1.500000 s"));
        assert_eq!(time("SO_RCVBUF", one), None);
        assert_eq!(timeval(one).as_deref(), Some("{tv_sec=1, tv_usec=500000}"));
        assert_eq!(text(r#""reno\0\0""#), "reno");
        assert_eq!(text(r#""\1\0""#), r#""\1\0""#);
        assert_eq!(text("[1]"), "[1]");
        for odd in ["", "\"", "\"\"", "\"\\\"", "\"\\777\"", "[1]", "0x1000", "\"\\1\"..."] {
            assert_eq!(time("SO_SNDTIMEO", odd), None, "{odd}");
        }
    }
}
