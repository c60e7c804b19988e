//! How much of what is on the wire is told packet by packet, and of what commands print byte by
//! byte. A command such as `iperf3` sends a hundred thousand packets a second; nobody can read so
//! many, and to keep them all would take gigabytes. Lessons never come near these numbers.
//!
//! *Must not know*: a TUN, a clock, what is done with the others.

use std::time::Duration;

/// How many packets or bytes may still be told.
#[derive(Debug)]
pub(super) struct Allowance {
    left: u32,
    most: u32,
    a_second: u32,
    since: Duration,
}

impl Allowance {
    /// For packets that open, close or break a connection. They are few, and the order in which
    /// they came is the order of a listener's queues.
    pub const CONTROL: Allowance = Allowance::of(65_536, 1_024);

    /// For all others.
    pub const OTHER: Allowance = Allowance::of(4_096, 256);

    /// For what commands print, in bytes.
    pub const OUTPUT: Allowance = Allowance::of(262_144, 16_384);

    const fn of(most: u32, a_second: u32) -> Self {
        Self { left: most, most, a_second, since: Duration::ZERO }
    }

    /// Takes one; `false` if none is left.
    pub fn take(&mut self) -> bool {
        let some = self.left > 0;
        self.left = self.left.saturating_sub(1);
        some
    }

    /// Takes so many, or as many as are left; how many.
    pub fn take_of(&mut self, wanted: usize) -> usize {
        let taken = u32::try_from(wanted).unwrap_or(u32::MAX).min(self.left);
        self.left -= taken;
        taken as usize
    }

    /// Whether none is left.
    pub fn is_spent(&self) -> bool {
        self.left == 0
    }

    /// Time has passed; `now` is counted from the lab's start.
    pub fn refill(&mut self, now: Duration) {
        let passed = now.saturating_sub(self.since).as_secs_f64();
        let more = (passed * f64::from(self.a_second)) as u32;
        if more > 0 {
            self.left = self.left.saturating_add(more).min(self.most);
            self.since = now;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_told_and_of_a_flood_a_steady_part() {
        let mut allowance = Allowance::OTHER;
        let told = |allowance: &mut Allowance| (0..10_000).filter(|_| allowance.take()).count();
        assert_eq!(told(&mut allowance), 4_096);
        assert!(allowance.is_spent());
        allowance.refill(Duration::from_millis(1));
        assert!(allowance.is_spent(), "a quarter of a packet is none");
        allowance.refill(Duration::from_millis(500));
        assert_eq!(told(&mut allowance), 128);
        allowance.refill(Duration::from_secs(3_600));
        assert_eq!(told(&mut allowance), 4_096);
    }
}
