//! Bytes, addresses and names as strace writes them.

use super::super::constants;
use super::super::reach::{number, text_at};
use crate::model::Memory;

/// So many bytes of a buffer are shown.
pub(super) const CUT: usize = 32;

/// `"hello\n"`, all of it.
pub(in super::super) fn quoted(bytes: &[u8]) -> String {
    let mut text = String::from("\"");
    for (at, byte) in bytes.iter().enumerate() {
        match byte {
            b'"' => text.push_str("\\\""),
            b'\\' => text.push_str("\\\\"),
            b'\n' => text.push_str("\\n"),
            b'\t' => text.push_str("\\t"),
            b'\r' => text.push_str("\\r"),
            11 => text.push_str("\\v"),
            12 => text.push_str("\\f"),
            b' '..=b'~' => text.push(char::from(*byte)),
            // As short as can be: an octal digit behind it must not be taken for one of it.
            _ if bytes.get(at + 1).is_some_and(|next| (b'0'..=b'7').contains(next)) => {
                text.push_str(&format!("\\{byte:03o}"));
            }
            _ => text.push_str(&format!("\\{byte:o}")),
        }
    }
    text.push('"');
    text
}

/// The first 32 bytes, and `...` if there are more.
pub(in super::super) fn cut(bytes: &[u8]) -> String {
    let more = if bytes.len() > CUT { "..." } else { "" };
    format!("{}{more}", quoted(&bytes[..bytes.len().min(CUT)]))
}

/// `"\x00\x00"`, where strace wants all bytes alike.
pub(in super::super) fn hexadecimal(bytes: &[u8]) -> String {
    let inside: String = bytes.iter().map(|byte| format!("\\x{byte:02x}")).collect();
    format!("\"{inside}\"")
}

/// `0x10000040`, or `NULL`.
pub(in super::super) fn pointer(address: i64) -> String {
    if address == 0 { "NULL".to_owned() } else { format!("{address:#x}") }
}

/// The bytes of a buffer that is handed to the kernel, or its address where they can't be read.
pub(in super::super) fn buffer(memory: &dyn Memory, address: i64, length: u64) -> String {
    // One byte more than is shown tells whether there is more.
    let wanted = length.min(CUT as u64 + 1) as usize;
    match memory.read(address as u64, wanted) {
        Some(bytes) if address != 0 => cut(&bytes),
        Some(_) | None => pointer(address),
    }
}

/// A path: up to its NUL.
pub(in super::super) fn path(memory: &dyn Memory, address: i64) -> String {
    match text_at(memory, address as u64, 4096) {
        Some(text) => quoted(&text),
        None => pointer(address),
    }
}

/// A number in memory.
pub(in super::super) fn integer(memory: &dyn Memory, address: u64, size: usize) -> Option<u64> {
    memory.read(address, size).map(|bytes| number(&bytes))
}

/// `[5]`: an `int` behind an address.
pub(in super::super) fn behind(memory: &dyn Memory, address: i64) -> String {
    match integer(memory, address as u64, 4) {
        Some(value) => format!("[{}]", value as i32),
        None => pointer(address),
    }
}

/// The name of a value, or the value with a comment: `0x63 /* AF_??? */`. `prefixes` are tried
/// together; the first stands in the comment.
pub(in super::super) fn named(value: i64, prefixes: &[&str]) -> String {
    match constants::named(value, prefixes) {
        Some(name) => name.to_owned(),
        None => unknown(value, prefixes.first().copied().unwrap_or("")),
    }
}

pub(in super::super) fn unknown(value: i64, prefix: &str) -> String {
    format!("{:#x} /* {prefix}??? */", value as u32)
}

/// `A|B|0x40` from a table of names in the order in which they are shown; `0` for none.
pub(in super::super) fn flags(value: i64, names: &[&str], prefix: &str) -> String {
    let (shown, rest) = split(value, names);
    match (shown.is_empty(), rest) {
        (true, 0) => "0".to_owned(),
        (true, rest) => unknown(rest, prefix),
        (false, 0) => shown.join("|"),
        (false, rest) => format!("{}|{rest:#x}", shown.join("|")),
    }
}

/// The names of the set bits, and the bits without a name.
pub(in super::super) fn split(value: i64, names: &[&str]) -> (Vec<String>, i64) {
    let mut rest = i64::from(value as u32);
    let mut shown = Vec::new();
    for name in names {
        let Some(bit) = constants::value(name) else { continue };
        if bit != 0 && rest & bit == bit {
            rest &= !bit;
            shown.push((*name).to_owned());
        }
    }
    (shown, rest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_are_quoted_as_strace_does() {
        assert_eq!(
            quoted(b"hello\n\t\"x\\\0\x01\x1b\xffzz\0"),
            r#""hello\n\t\"x\\\0\1\33\377zz\0""#
        );
        assert_eq!(quoted(b"\x012"), r#""\0012""#);
        assert_eq!(cut(&[b'a'; 33]), format!("\"{}\"...", "a".repeat(32)));
        assert_eq!(cut(&[b'a'; 32]), format!("\"{}\"", "a".repeat(32)));
        assert_eq!(cut(b""), "\"\"");
    }

    #[test]
    fn flags_without_a_name_stay_numbers() {
        let names = ["O_NONBLOCK", "O_CLOEXEC"];
        assert_eq!(flags(0, &names, "O_"), "0");
        assert_eq!(flags(0x80800, &names, "O_"), "O_NONBLOCK|O_CLOEXEC");
        assert_eq!(flags(0x805, &names, "O_"), "O_NONBLOCK|0x5");
        assert_eq!(flags(5, &names, "O_"), "0x5 /* O_??? */");
    }
}
