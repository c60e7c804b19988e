//! Chance that can be drawn again.

/// Numbers that look random (xorshift64*).
#[derive(Debug)]
pub struct Dice(u64);

impl Dice {
    /// A new seed, printed; or that of `SOCKSTEP_SEED`.
    pub fn seeded() -> Self {
        let given = std::env::var("SOCKSTEP_SEED").ok().and_then(|text| text.parse().ok());
        let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        let seed = given.unwrap_or_else(|| now.map_or(1, |now| now.as_nanos() as u64) | 1);
        println!("SOCKSTEP_SEED={seed}");
        Self(seed)
    }

    /// The next number.
    pub fn next(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }

    /// A number below `limit`; 0 if that is 0.
    pub fn below(&mut self, limit: usize) -> usize {
        (self.next() >> 16) as usize % limit.max(1)
    }
}
