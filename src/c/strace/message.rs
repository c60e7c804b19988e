//! Vectors of buffers, messages and what rides along with them.

use super::super::reach::number;
use super::address::sockaddr;
use super::flags;
use super::option::{credentials, level};
use super::quote::{CUT, buffer, cut, integer, pointer, unknown};
use crate::model::Memory;

const SOL_SOCKET: i64 = 1;
const SCM_RIGHTS: i64 = 1;
const SCM_CREDENTIALS: i64 = 2;

/// How the bytes behind a vector are shown.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Contents {
    /// They go out: all of them.
    Out,
    /// They may come in: only where.
    Addresses,
    /// So many have come in.
    In(u64),
}

/// `[{iov_base="ab", iov_len=2}, …]`.
pub(super) fn vector(memory: &dyn Memory, at: i64, count: i64, contents: Contents) -> String {
    if at == 0 || count == 0 {
        return if at == 0 { pointer(at) } else { "[]".to_owned() };
    }
    let mut left = match contents {
        Contents::In(left) => left,
        Contents::Out | Contents::Addresses => 0,
    };
    let count = u64::try_from(count).unwrap_or(u64::MAX);
    let mut parts = Vec::new();
    for index in 0..count {
        if index as usize >= CUT {
            parts.push("...".to_owned());
            break;
        }
        let entry = (at as u64).checked_add(index * 16).and_then(|at| memory.read(at, 16));
        let Some(entry) = entry else {
            let place = (at as u64).wrapping_add(index * 16);
            parts.push(if parts.is_empty() {
                return pointer(at);
            } else {
                format!("... /* {place:#x} */")
            });
            break;
        };
        let (base, length) = (number(&entry[..8]) as i64, number(&entry[8..]));
        let shown = match contents {
            Contents::Addresses => pointer(base),
            Contents::Out => buffer(memory, base, length),
            Contents::In(_) => {
                let here = length.min(left);
                left -= here;
                buffer(memory, base, here)
            }
        };
        parts.push(format!("{{iov_base={shown}, iov_len={length}}}"));
    }
    format!("[{}]", parts.join(", "))
}

/// A `struct msghdr` that is sent, or (`came`: so many bytes) has been received. `name_length`
/// is what `msg_namelen` was before the call.
pub(super) fn header(
    memory: &dyn Memory,
    at: i64,
    came: Option<u64>,
    name_length: Option<i64>,
) -> String {
    let Some(bytes) = memory.read(at as u64, 56).filter(|_| at != 0) else { return pointer(at) };
    let field = |at: usize| number(&bytes[at..at + 8]) as i64;
    let short = |at: usize| number(&bytes[at..at + 4]) as i32;
    let (name, length) = (field(0), i64::from(short(8)));
    let contents = came.map_or(Contents::Out, Contents::In);
    let name_shown = match name_length {
        Some(before) => sockaddr(memory, name, length.min(before)),
        None => sockaddr(memory, name, length),
    };
    let length_shown = match name_length {
        Some(before) if before != length => format!("{before} => {length}"),
        _ => length.to_string(),
    };
    let control_length = field(40);
    let control = match control_length {
        0 => String::new(),
        length => format!(", msg_control={}", control(memory, field(32), length)),
    };
    format!(
        "{{msg_name={name_shown}, msg_namelen={length_shown}, msg_iov={}, msg_iovlen={}{control}, \
         msg_controllen={control_length}, msg_flags={}}}",
        vector(memory, field(16), field(24), contents),
        field(24) as u64,
        flags::message(i64::from(short(48))),
    )
}

/// `[{cmsg_len=20, cmsg_level=SOL_SOCKET, cmsg_type=SCM_RIGHTS, cmsg_data=[3]}]`.
fn control(memory: &dyn Memory, at: i64, length: i64) -> String {
    let length = u64::try_from(length).unwrap_or(0).min(1 << 16);
    let Some(bytes) = memory.read(at as u64, length as usize) else { return pointer(at) };
    let (mut parts, mut start) = (Vec::new(), 0usize);
    while let Some(head) = bytes.get(start..start + 16) {
        let size = number(&head[..8]);
        let (kind, how) = (i64::from(number(&head[8..12]) as i32), number(&head[12..]) as i32);
        let end = usize::try_from(size).ok().and_then(|size| start.checked_add(size));
        let end = end.unwrap_or(usize::MAX).min(bytes.len());
        let data = bytes.get(start + 16..end).unwrap_or(&[]);
        parts.push(format!(
            "{{cmsg_len={size}, cmsg_level={}, cmsg_type={}{}}}",
            level(kind),
            kind_name(kind, i64::from(how)),
            data_shown(kind, i64::from(how), data),
        ));
        if size < 16 {
            // What begins with no header of its own length can't be parted any further.
            parts.push(format!("... /* {:#x} */", at + start as i64 + 16));
            break;
        }
        if parts.len() >= CUT {
            break;
        }
        start = end.checked_next_multiple_of(8).unwrap_or(usize::MAX);
    }
    if parts.is_empty() { pointer(at) } else { format!("[{}]", parts.join(", ")) }
}

fn kind_name(level: i64, kind: i64) -> String {
    match (level, kind) {
        (SOL_SOCKET, SCM_RIGHTS) => "SCM_RIGHTS".to_owned(),
        (SOL_SOCKET, SCM_CREDENTIALS) => "SCM_CREDENTIALS".to_owned(),
        (SOL_SOCKET, _) => unknown(kind, "SCM_"),
        // No option of ip(7) has this number.
        (0, 0) => "0 /* IP_??? */".to_owned(),
        (level, kind) => super::option::name(level, kind),
    }
}

fn data_shown(level: i64, kind: i64, data: &[u8]) -> String {
    match (level, kind) {
        _ if data.is_empty() => String::new(),
        (SOL_SOCKET, SCM_RIGHTS) => {
            let fds: Vec<String> =
                data.chunks_exact(4).map(|fd| (number(fd) as i32).to_string()).collect();
            format!(", cmsg_data=[{}]", fds.join(", "))
        }
        (SOL_SOCKET, SCM_CREDENTIALS) if data.len() >= 12 => {
            format!(", cmsg_data={}", credentials(data))
        }
        _ => format!(", cmsg_data={}", cut(data)),
    }
}

/// `msg_namelen` of the message at `at`.
pub(super) fn name_length(memory: &dyn Memory, at: i64) -> Option<i64> {
    let place = (at as u64).checked_add(8)?;
    (at != 0).then(|| integer(memory, place, 4)).flatten().map(|length| i64::from(length as i32))
}
