//! In which order lessons begin that run side by side.

use std::cmp::Reverse;
use std::time::Duration;

use crate::lesson::Lesson;

/// The indices of lessons: what waits longest comes first, so that it is not awaited alone.
pub(super) fn longest_first(count: usize, lesson: impl Fn(usize) -> Option<Lesson>) -> Vec<usize> {
    let time = |index| lesson(index).map_or(Duration::ZERO, |lesson| lesson.waits());
    let times: Vec<Duration> = (0..count).map(time).collect();
    let mut order: Vec<usize> = (0..count).collect();
    order.sort_by_key(|index| Reverse(times[*index]));
    order
}
