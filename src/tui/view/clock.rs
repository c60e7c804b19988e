//! The time that timers of a page have left.
//!
//! On the newest page they run on while it is looked at; on every other page they stand as they
//! stood then, and the bar at the top says when that was.

use std::time::Duration;

/// How a page tells the time that is left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Clock {
    /// The page shows what holds now; so much time has passed since the kernel was asked.
    Running(Duration),
    /// The page shows an earlier moment.
    Stopped,
    /// A question is open, and a timer might tell its answer.
    Hidden,
}

impl Clock {
    /// `3`, or where the clock stands `2.1`: the seconds left of so many milliseconds.
    pub fn left(self, milliseconds: u32) -> Option<String> {
        match self {
            Clock::Running(passed) => {
                let passed = u32::try_from(passed.as_millis()).unwrap_or(u32::MAX);
                Some(milliseconds.saturating_sub(passed).div_ceil(1000).to_string())
            }
            Clock::Stopped => Some(seconds(milliseconds)),
            Clock::Hidden => None,
        }
    }
}

/// `2.1`, `60`: seconds, with a tenth where they are few.
pub fn seconds(milliseconds: u32) -> String {
    if milliseconds < 10_000 {
        format!("{}.{}", milliseconds / 1000, milliseconds % 1000 / 100)
    } else {
        (milliseconds / 1000).to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_running_clock_counts_down_to_nothing_in_whole_seconds() {
        let after = |milliseconds| Clock::Running(Duration::from_millis(milliseconds)).left(2100);
        assert_eq!(after(0).as_deref(), Some("3"));
        assert_eq!(after(101).as_deref(), Some("2"));
        assert_eq!(after(2099).as_deref(), Some("1"));
        assert_eq!(after(2100).as_deref(), Some("0"));
        assert_eq!(after(1 << 40).as_deref(), Some("0"));
    }

    #[test]
    fn a_clock_that_stands_is_exact_and_a_hidden_one_is_silent() {
        assert_eq!(Clock::Stopped.left(2100).as_deref(), Some("2.1"));
        assert_eq!(Clock::Stopped.left(3_540_900).as_deref(), Some("3540"));
        assert_eq!(Clock::Hidden.left(2100), None);
    }
}
