//! `/proc/PID/syscall` and `/proc/PID/wchan`: where a process sleeps.

use super::number;

/// Where a process is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On a processor or waiting for one: the kernel can't say where.
    Running,
    /// It sleeps, but not in a system call (a page fault, a signal that stopped it).
    Outside,
    /// It sleeps in this system call.
    Call {
        /// The call's number on this architecture.
        number: i64,
        /// Its six arguments as they stood in the registers.
        args: [u64; 6],
    },
}

/// Reads `/proc/PID/syscall`.
pub fn place(text: &[u8]) -> Option<Place> {
    let mut words = text.trim_ascii().split(|b| *b == b' ');
    let first = words.next()?;
    if first == b"running" {
        return Some(Place::Running);
    }
    let number = number::<i64>(first)?;
    if number < 0 {
        return Some(Place::Outside);
    }
    let mut args = [0; 6];
    for arg in &mut args {
        *arg = hexadecimal(words.next()?)?;
    }
    Some(Place::Call { number, args })
}

fn hexadecimal(word: &[u8]) -> Option<u64> {
    let digits = std::str::from_utf8(word.strip_prefix(b"0x")?).ok()?;
    u64::from_str_radix(digits, 16).ok()
}

/// Reads `/proc/PID/wchan`: the kernel function in which a process sleeps, without the suffix
/// that a compiler gave it. `None` if it does not sleep or the kernel does not tell (`0`).
pub fn wchan(text: &[u8]) -> Option<String> {
    let name = std::str::from_utf8(text.trim_ascii()).ok()?;
    let plain = name.split('.').next().unwrap_or(name);
    let word = plain.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    (word && !plain.is_empty() && plain != "0").then(|| plain.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sleeping_process_tells_its_call_and_arguments() {
        let text = b"43 0x3 0x7ffd1 0x7ffd2 0x0 0x0 0xffffffffffffffff 0x7ffc 0x7f00\n";
        let args = [3, 0x7ffd1, 0x7ffd2, 0, 0, u64::MAX];
        assert_eq!(place(text), Some(Place::Call { number: 43, args }));
    }

    #[test]
    fn a_process_can_be_outside_of_any_call() {
        assert_eq!(place(b"running\n"), Some(Place::Running));
        assert_eq!(place(b"-1 0x7ffc 0x7f00\n"), Some(Place::Outside));
    }

    #[test]
    fn what_is_no_line_of_the_kernel_is_nothing() {
        for text in ["", "x", "43", "43 0x3 0x4", "43 3 4 5 6 7 8", "43 0x 0x 0x 0x 0x 0x"] {
            assert_eq!(place(text.as_bytes()), None, "{text:?}");
        }
        // More digits than a register has.
        assert_eq!(place(b"1 0x10000000000000000 0x0 0x0 0x0 0x0 0x0"), None);
    }

    #[test]
    fn a_kernel_function_is_named_without_its_compilers_suffix() {
        assert_eq!(wchan(b"inet_csk_accept").as_deref(), Some("inet_csk_accept"));
        let poll = wchan(b"poll_schedule_timeout.constprop.0\n");
        assert_eq!(poll.as_deref(), Some("poll_schedule_timeout"));
        assert_eq!(wchan(b"0"), None);
        assert_eq!(wchan(b""), None);
        assert_eq!(wchan(b"\x1b[31m"), None);
    }

    #[test]
    fn the_kernels_own_line_about_this_thread_is_read() {
        // Some kernels are built without it.
        if let Ok(text) = std::fs::read("/proc/thread-self/syscall") {
            // It is in the very read.
            assert!(matches!(place(&text), Some(Place::Call { .. })));
        }
    }
}
