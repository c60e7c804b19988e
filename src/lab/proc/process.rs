//! `/proc/PID/stat` and `/proc/PID/status`.

use super::number;

/// What the kernel's scheduler says of a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RunState {
    /// R: it runs or waits for a processor.
    Running,
    /// S: it sleeps and can be woken by a signal.
    Sleeping,
    /// D: it sleeps and no signal wakes it.
    DiskSleep,
    /// T: a signal stopped it.
    Stopped,
    /// t: a tracer stopped it.
    Traced,
    /// Z: it is dead and not yet waited for.
    Zombie,
    /// X: it is dead.
    Dead,
    /// Any other letter.
    Other(u8),
}

/// The fields of `/proc/PID/stat` that the lab reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stat {
    /// Its number as the reader's pid namespace has it.
    pub pid: i32,
    /// Its state.
    pub state: RunState,
    /// Its parent's number.
    pub parent: i32,
    /// Its exit status in the form of waitpid(2), once it is a zombie; 0 before, and for a reader
    /// who may not trace it. `None` on a kernel too old to say.
    pub exit_code: Option<i32>,
}

/// Reads `/proc/PID/stat`.
pub fn stat(text: &[u8]) -> Option<Stat> {
    // The name between the parentheses may hold anything, a closing parenthesis too.
    let open = text.iter().position(|b| *b == b'(')?;
    let close = text.iter().rposition(|b| *b == b')')?;
    let pid = number(text.get(..open)?)?;
    // The first field behind the name is the third of proc(5).
    let mut fields = text.get(close + 1..)?.trim_ascii().split(|b| *b == b' ');
    let state = run_state(*fields.next()?.first()?);
    let parent = number(fields.next()?)?;
    let exit_code = fields.nth(52 - 5).and_then(number);
    Some(Stat { pid, state, parent, exit_code })
}

fn run_state(letter: u8) -> RunState {
    match letter {
        b'R' => RunState::Running,
        b'S' => RunState::Sleeping,
        b'D' => RunState::DiskSleep,
        b'T' => RunState::Stopped,
        b't' => RunState::Traced,
        b'Z' => RunState::Zombie,
        b'X' | b'x' => RunState::Dead,
        other => RunState::Other(other),
    }
}

/// The state in `/proc/PID/status`; like [`switches`] it allocates nothing.
pub fn status_state(status: &[u8]) -> Option<RunState> {
    let mut lines = status.split(|b| *b == b'\n');
    let letter = lines.find_map(|line| line.strip_prefix(b"State:"))?;
    letter.trim_ascii().first().copied().map(run_state)
}

/// The sum of voluntary and involuntary context switches in `/proc/PID/status`.
///
/// Read over and over until the lab is at rest, so it allocates nothing and begins at the end,
/// where the two lines are.
pub fn switches(status: &[u8]) -> Option<u64> {
    let (mut voluntary, mut involuntary) = (None, None);
    for line in status.rsplit(|b| *b == b'\n') {
        if let Some(count) = line.strip_prefix(b"voluntary_ctxt_switches:") {
            voluntary = Some(number::<u64>(count)?);
        } else if let Some(count) = line.strip_prefix(b"nonvoluntary_ctxt_switches:") {
            involuntary = Some(number::<u64>(count)?);
        }
        if let (Some(voluntary), Some(involuntary)) = (voluntary, involuntary) {
            return Some(u64::saturating_add(voluntary, involuntary));
        }
    }
    None
}

/// The hard limit of open files in `/proc/PID/limits`.
pub fn hard_open_files(limits: &[u8]) -> Option<u64> {
    let mut lines = limits.split(|b| *b == b'\n');
    let values = lines.find_map(|line| line.strip_prefix(b"Max open files"))?;
    let mut words = values.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty());
    number(words.nth(1)?)
}

/// How often it was put on a processor, from `/proc/PID/schedstat`; `None` on a kernel that does
/// not count, which says 0.
pub fn runs(schedstat: &[u8]) -> Option<u64> {
    let third = schedstat.trim_ascii().split(|b| *b == b' ').nth(2)?;
    number(third).filter(|runs| *runs > 0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const STATUS: &[u8] = b"Name:\tsockstep\nState:\tS (sleeping)\nPid:\t4711\n\
        Threads:\t1\n\
        voluntary_ctxt_switches:\t120\nnonvoluntary_ctxt_switches:\t3\n";

    #[test]
    fn a_name_may_hold_spaces_and_parentheses() {
        let tail = " S 7 1 1 0 -1 4194560 95 0 0 0 0 0 0 0 20 0 1 0 1 2 3 4 1 1 0 0 0 0 0 0 0 1 \
                    0 0 17 0 0 0 0 0 0 0 0 0 0 0 0 0 9\n";
        let text = format!("42 (a) R 1 (b) c){tail}");
        let read = stat(text.as_bytes()).expect("a line of the kernel");
        assert_eq!(read.pid, 42);
        assert_eq!(read.state, RunState::Sleeping);
        assert_eq!(read.parent, 7);
        assert_eq!(read.exit_code, Some(9));
    }

    #[test]
    fn the_kernels_own_line_about_this_test_is_read() {
        let text = std::fs::read("/proc/self/stat").expect("Linux has it");
        let read = stat(&text).expect("it can be read");
        assert_eq!(u32::try_from(read.pid), Ok(std::process::id()));
        assert_eq!(u32::try_from(read.parent), Ok(std::os::unix::process::parent_id()));
        assert_eq!(read.exit_code, Some(0));
        let status = std::fs::read("/proc/self/status").expect("Linux has it");
        assert!(switches(&status).expect("it is there") > 0);
    }

    #[test]
    fn the_hard_limit_is_the_second_number() {
        let own = std::fs::read("/proc/self/limits").expect("Linux has it");
        assert!(hard_open_files(&own).expect("it is there") > 0);
        let line = b"Max open files            10                   4096                 files\n";
        assert_eq!(hard_open_files(line), Some(4096));
        for text in [&b""[..], b"Max open files", b"Max open files 10", b"Max open files 1 x"] {
            assert_eq!(hard_open_files(text), None);
        }
    }

    #[test]
    fn context_switches_of_both_kinds_are_added() {
        assert_eq!(switches(STATUS), Some(123));
        assert_eq!(switches(b"voluntary_ctxt_switches:\t120\n"), None);
        assert_eq!(
            switches(b"voluntary_ctxt_switches:\tx\nnonvoluntary_ctxt_switches:\t3\n"),
            None
        );
    }

    #[test]
    fn how_often_it_ran_is_the_third_number_of_schedstat() {
        assert_eq!(runs(b"949596 7122788 12\n"), Some(12));
        for text in ["0 0 0\n", "1 2\n", "", "1 2 x\n"] {
            assert_eq!(runs(text.as_bytes()), None, "{text:?}");
        }
        // Some kernels are built without it.
        if let Ok(text) = std::fs::read("/proc/self/schedstat") {
            assert!(runs(&text).is_none_or(|runs| runs > 0));
        }
    }

    #[test]
    fn what_is_no_line_of_the_kernel_is_nothing() {
        for text in ["", "(", ")", ")(", "1 (a)", "1 (a) ", "1 (a) S", "x (a) S 1", "1 (a) S x"] {
            assert_eq!(stat(text.as_bytes()), None, "{text:?}");
        }
    }
}
