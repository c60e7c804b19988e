//! What `poll`, `select` and `epoll` wait for, and what they found.

use super::super::reach::number;
use super::flags;
use super::quote::{CUT, pointer};
use crate::model::Memory;

/// `[{fd=3, events=POLLIN}]`.
pub(super) fn poll_wanted(memory: &dyn Memory, at: i64, count: i64) -> String {
    if at == 0 || count == 0 {
        return if at == 0 { pointer(at) } else { "[]".to_owned() };
    }
    let mut parts = Vec::new();
    for index in 0..u64::try_from(count).unwrap_or(u64::MAX) {
        if index as usize >= CUT {
            parts.push("...".to_owned());
            break;
        }
        let Some((fd, events, _)) = pollfd(memory, at, index) else {
            if parts.is_empty() {
                return pointer(at);
            }
            break;
        };
        parts.push(match fd {
            ..0 => format!("{{fd={fd}}}"),
            _ => format!("{{fd={fd}, events={}}}", flags::poll(i64::from(events))),
        });
    }
    format!("[{}]", parts.join(", "))
}

fn pollfd(memory: &dyn Memory, at: i64, index: u64) -> Option<(i32, u16, u16)> {
    let bytes = memory.read((at as u64).checked_add(index.checked_mul(8)?)?, 8)?;
    let part = |at: usize| number(&bytes[at..at + 2]) as u16;
    Some((number(&bytes[..4]) as i32, part(4), part(6)))
}

/// `([{fd=3, revents=POLLIN}])`, behind the result.
pub(super) fn poll_found(memory: &dyn Memory, at: i64, count: i64) -> String {
    let mut parts = Vec::new();
    for index in 0..u64::try_from(count).unwrap_or(0) {
        let Some((fd, _, found)) = pollfd(memory, at, index) else { break };
        if found != 0 && fd >= 0 {
            if parts.len() >= CUT {
                parts.push("...".to_owned());
                break;
            }
            parts.push(format!("{{fd={fd}, revents={}}}", flags::poll(i64::from(found))));
        }
    }
    format!("([{}])", parts.join(", "))
}

/// The descriptors in a set: `[3 5]`.
pub(super) fn set(memory: &dyn Memory, at: i64, count: i64) -> String {
    match members(memory, at, count) {
        Some(fds) => format!("[{}]", fds.join(" ")),
        None => pointer(at),
    }
}

fn members(memory: &dyn Memory, at: i64, count: i64) -> Option<Vec<String>> {
    // strace looks at no more, and the kernel at as many as it is told.
    let count = u64::try_from(count).ok()?.min(1 << 20);
    // The kernel reads whole words.
    let length = count.div_ceil(64) * 8;
    let bytes = memory.read(at as u64, length as usize).filter(|_| at != 0)?;
    let is_set = |fd: &u64| bytes[(fd / 8) as usize] >> (fd % 8) & 1 == 1;
    Some((0..count).filter(is_set).map(|fd| fd.to_string()).collect())
}

/// `(out [12], left {tv_sec=0, tv_usec=0})`, behind the result.
pub(super) fn select_found(memory: &dyn Memory, args: &[i64; 6]) -> String {
    let mut parts = Vec::new();
    for (at, name) in [(1, "in"), (2, "out"), (3, "except")] {
        match members(memory, args[at], args[0]) {
            Some(fds) if !fds.is_empty() => parts.push(format!("{name} [{}]", fds.join(" "))),
            Some(_) | None => {}
        }
    }
    if args[4] != 0 {
        parts.push(format!("left {}", time(memory, args[4], "tv_usec")));
    }
    format!("({})", parts.join(", "))
}

/// `{tv_sec=1, tv_usec=0}`; the second field's name tells which struct it is.
pub(super) fn time(memory: &dyn Memory, at: i64, second: &str) -> String {
    match memory.read(at as u64, 16).filter(|_| at != 0) {
        Some(bytes) => {
            let (seconds, rest) = (number(&bytes[..8]) as i64, number(&bytes[8..]) as i64);
            format!("{{tv_sec={seconds}, {second}={rest}}}")
        }
        None => pointer(at),
    }
}

/// `[{events=EPOLLIN, data={u32=3, u64=3}}]`.
pub(super) fn epoll_events(memory: &dyn Memory, at: i64, count: i64) -> String {
    let mut parts = Vec::new();
    for index in 0..count.max(0) {
        if index as usize >= CUT {
            parts.push("...".to_owned());
            break;
        }
        parts.push(epoll_event(memory, at.wrapping_add(12 * index)));
    }
    format!("[{}]", parts.join(", "))
}

/// `{events=EPOLLIN, data={u32=3, u64=3}}`.
pub(super) fn epoll_event(memory: &dyn Memory, at: i64) -> String {
    match memory.read(at as u64, 12).filter(|_| at != 0) {
        Some(bytes) => {
            let events = flags::epoll(i64::from(number(&bytes[..4]) as u32));
            let (short, long) = (number(&bytes[4..8]), number(&bytes[4..]));
            format!("{{events={events}, data={{u32={short}, u64={long}}}}}")
        }
        None => pointer(at),
    }
}
