//! How names of sockets and bytes from outside are printed.

use std::fmt;

use super::socket::Address;

impl fmt::Display for Address {
    /// `198.51.100.1:8080`, `[2001:db8::1]:80`, `*:8080` for the wildcard, a path, `@abstract`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Address::Inet(address) if address.ip().is_unspecified() => {
                write!(f, "*:{}", address.port())
            }
            Address::Inet(address) => write!(f, "{address}"),
            Address::Path(bytes) => f.write_str(&escape(bytes)),
            Address::Abstract(bytes) => write!(f, "@{}", escape(bytes)),
            Address::Unnamed => f.write_str("unnamed"),
            Address::Interface(0) => f.write_str("all interfaces"),
            Address::Interface(index) => write!(f, "interface {index}"),
        }
    }
}

/// Bytes from outside as text that does no harm on any screen or in any export: printable
/// characters that move no other stay, everything else is escaped as in C or Rust (`\n`, `\x1b`,
/// `\u{202e}`, `\xff`). A backslash is doubled, so that nothing can be mistaken.
pub fn escape(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len());
    for chunk in bytes.utf8_chunks() {
        for c in chunk.valid().chars() {
            escape_char(c, &mut text);
        }
        for byte in chunk.invalid() {
            text.push_str(&format!("\\x{byte:02x}"));
        }
    }
    text
}

/// Text that has its backslashes already, such as C, so that it does no harm on any screen: as
/// [`escape`], and a backslash stays as it is.
pub fn harmless(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    for c in text.chars() {
        if c == '\\' { kept.push(c) } else { escape_char(c, &mut kept) }
    }
    kept
}

/// JSON text that does no harm on any screen: whatever [`escape`] would not let through is written
/// as `\u202e`. It means the same to every reader.
pub fn harmless_json(json: String) -> String {
    if json.bytes().all(|byte| matches!(byte, b' '..=b'~')) {
        return json;
    }
    let mut text = String::with_capacity(json.len());
    for c in json.chars() {
        if steers(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                text.push_str(&format!("\\u{unit:04x}"));
            }
        } else {
            text.push(c);
        }
    }
    text
}

/// Whether a character does something else on a terminal than taking its own place.
fn steers(c: char) -> bool {
    use unicode_width::UnicodeWidthChar as _;
    // Zero-width, combining, bidirectional and private characters, and what has no width.
    c.width().unwrap_or(0) == 0 || is_hidden(c)
}

fn escape_char(c: char, text: &mut String) {
    match c {
        '\\' => text.push_str("\\\\"),
        '\n' => text.push_str("\\n"),
        '\r' => text.push_str("\\r"),
        '\t' => text.push_str("\\t"),
        '\0' => text.push_str("\\0"),
        c if c.is_ascii_control() => text.push_str(&format!("\\x{:02x}", u32::from(c))),
        c if steers(c) => {
            text.push_str(&format!("\\u{{{:x}}}", u32::from(c)));
        }
        c => text.push(c),
    }
}

/// Characters that have a width for `unicode-width` but steer or hide on a terminal.
fn is_hidden(c: char) -> bool {
    matches!(u32::from(c),
        0x00ad | 0x061c | 0x115f | 0x1160 | 0x180e | 0x3164 | 0xffa0
        | 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f | 0xfe00..=0xfe0f | 0xfeff
        | 0xfff9..=0xfffc | 0xe000..=0xf8ff | 0xe0000..=0x10_ffff)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::SocketAddr;

    #[test]
    fn the_wildcard_is_a_star() {
        let any: SocketAddr = "0.0.0.0:8080".parse().expect("an address");
        assert_eq!(Address::Inet(any).to_string(), "*:8080");
        let six: SocketAddr = "[2001:db8::1]:80".parse().expect("an address");
        assert_eq!(Address::Inet(six).to_string(), "[2001:db8::1]:80");
    }

    #[test]
    fn json_means_the_same_and_steers_nothing() {
        let wild = "套\u{1b}[2J \u{202e} \u{9b} e\u{301} \u{e0001} \u{7f}\r\n";
        let json = harmless_json(serde_json::to_string(wild).expect("text"));
        let plain = r#""套\u001b[2J \u202e \u009b e\u0301 \udb40\udc01 \u007f\r\n""#;
        assert_eq!(json, plain);
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), wild);
    }

    #[test]
    fn nothing_from_outside_reaches_the_terminal_raw() {
        assert_eq!(escape(b"\x1b[31mred"), "\\x1b[31mred");
        assert_eq!(escape("a\u{202e}b".as_bytes()), "a\\u{202e}b");
        assert_eq!(escape(b"\xff\xfeok"), "\\xff\\xfeok");
        assert_eq!(escape("套接字\n".as_bytes()), "套接字\\n");
        assert_eq!(escape("e\u{301}\u{200b}".as_bytes()), "e\\u{301}\\u{200b}");
        assert_eq!(escape(b"\\x1b"), "\\\\x1b");
    }
}
