//! Asks the terminal how wide it draws a character of ambiguous width.

use std::io::{Stdout, Write as _};
use std::os::fd::BorrowedFd;
use std::time::{Duration, Instant};

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use nix::poll::{PollFd, PollFlags, PollTimeout};

use crate::tui::glyphs::Glyphs;

/// How long a terminal may think about it. One that does not answer is taken for a good one.
const DEADLINE: Duration = Duration::from_millis(200);

/// What came of it.
#[derive(Debug, PartialEq, Eq)]
pub struct Answer {
    /// The glyphs that suit the terminal.
    pub glyphs: Glyphs,
    /// Keys that were typed meanwhile.
    pub typed: Vec<KeyEvent>,
}

/// Prints one glyph and asks for the cursor's column (CSI 6n).
pub fn ask(input: BorrowedFd<'_>, mut output: Stdout) -> Answer {
    let mut bytes = Vec::new();
    let asked = write!(output, "\r─\x1b[6n").and_then(|()| output.flush());
    let until = Instant::now() + DEADLINE;
    while asked.is_ok() && reply(&bytes).is_none() && wait(input, until) {
        let mut chunk = [0; 256];
        match nix::unistd::read(input, &mut chunk) {
            Ok(count) if count > 0 => bytes.extend_from_slice(&chunk[..count]),
            Ok(_) | Err(_) => break,
        }
    }
    let _ = write!(output, "\r  \r").and_then(|()| output.flush());
    read(&bytes)
}

/// Waits for input; false when the time is over.
fn wait(input: BorrowedFd<'_>, until: Instant) -> bool {
    let left = until.saturating_duration_since(Instant::now());
    let mut fds = [PollFd::new(input, PollFlags::POLLIN)];
    let millis = u16::try_from(left.as_millis()).unwrap_or(u16::MAX);
    millis > 0 && matches!(nix::poll::poll(&mut fds, PollTimeout::from(millis)), Ok(1..))
}

/// The place of a reply `ESC [ row ; column R`, and its column.
fn reply(bytes: &[u8]) -> Option<(std::ops::Range<usize>, u32)> {
    let start = bytes.windows(2).position(|pair| pair == b"\x1b[")?;
    let end = start + bytes[start..].iter().position(|byte| *byte == b'R')?;
    let text = std::str::from_utf8(&bytes[start + 2..end]).ok()?;
    let column = text.split(';').nth(1)?.parse().ok()?;
    Some((start..end + 1, column))
}

/// The answer in what was read: column 2 behind one narrow character, 3 behind a wide one.
fn read(bytes: &[u8]) -> Answer {
    let found = reply(bytes);
    let wide = found.as_ref().is_some_and(|(_, column)| *column > 2);
    let place = found.map_or(0..0, |(place, _)| place);
    let rest = bytes[..place.start].iter().chain(&bytes[place.end..]);
    let typed = rest.filter_map(|byte| match byte {
        b'\r' => Some(KeyCode::Enter),
        b' '..=b'~' => Some(KeyCode::Char(char::from(*byte))),
        _ => None,
    });
    let typed = typed.map(|code| KeyEvent::new(code, KeyModifiers::NONE)).collect();
    Answer { glyphs: if wide { Glyphs::Ascii } else { Glyphs::Unicode }, typed }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_tells_the_width() {
        assert_eq!(read(b"\x1b[1;2R").glyphs, Glyphs::Unicode);
        assert_eq!(read(b"\x1b[1;3R").glyphs, Glyphs::Ascii);
    }

    #[test]
    fn a_terminal_that_does_not_answer_or_answers_nonsense_is_taken_for_a_good_one() {
        for bytes in [&b""[..], b"\x1b[", b"\x1b[1;R", b"\x1b[;9999999999999R", b"\x1b[\xff;3R"] {
            assert_eq!(read(bytes).glyphs, Glyphs::Unicode, "{bytes:?}");
        }
    }

    #[test]
    fn keys_typed_meanwhile_are_kept() {
        let typed = read(b" x\x1b[1;2Rq").typed;
        let codes: Vec<KeyCode> = typed.into_iter().map(|key| key.code).collect();
        assert_eq!(codes, [' ', 'x', 'q'].map(KeyCode::Char));
    }
}
