//! `/proc/net/softnet_stat`.

/// How many packets wait for a processor to take them in, on the whole machine: those of loopback
/// devices and the like (`net/core/net-procfs.c`). `None` on a kernel too old to say.
pub fn backlog(text: &[u8]) -> Option<u64> {
    let lines = text.split(|b| *b == b'\n').filter(|line| !line.is_empty());
    lines.map(waiting).sum()
}

/// The twelfth field of a processor's line, in hexadecimal.
fn waiting(line: &[u8]) -> Option<u64> {
    let mut words = line.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    u64::from_str_radix(std::str::from_utf8(words.nth(11)?).ok()?, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_waits_is_counted_over_all_processors() {
        let line = |waits: &str| {
            let zero = "00000000";
            let front = [zero; 11].join(" ");
            format!("{front} {waits} 00000001 00000000 {waits}\n")
        };
        let text = line("0000000a") + &line("00000002");
        assert_eq!(backlog(text.as_bytes()), Some(12));
        assert_eq!(backlog(b""), Some(0));
        let old = [["00000000"; 11].join(" ")].concat();
        assert_eq!(backlog(old.as_bytes()), None);
        assert_eq!(backlog(b"x\n"), None);
    }
}
