//! Doors for the fuzzer: one function for each parser of outside input.
//!
//! Not part of the library's interface. Each takes any bytes, must come back soon, and panics if
//! the parser does or if what must always hold does not. `fuzz/` calls them from libFuzzer,
//! `tests/fuzz_seeds.rs` from every `cargo test` with the seeds in `fuzz/seeds` and a few thousand
//! mutations of them.

mod kernel;
mod record;
mod text;

/// One door.
pub type Target = fn(&[u8]);

/// Every door with its name, which is also that of its file in `fuzz/fuzz_targets` and of its
/// folder in `fuzz/seeds`.
pub const TARGETS: &[(&str, Target)] = &[
    ("c", text::c),
    ("diag", kernel::diag),
    ("lesson", text::lesson),
    ("netlink", kernel::netlink),
    ("packet", kernel::packet),
    ("proc", kernel::proc),
    ("protocol", crate::lab::fuzz::protocol),
    ("replay", record::replay),
    ("words", text::words),
];

/// Knocks at the door of this name.
///
/// # Panics
/// If there is none, or if the parser behind it has a bug.
pub fn run(name: &str, data: &[u8]) {
    let (_, target) =
        TARGETS.iter().find(|(known, _)| *known == name).expect("a target's name from TARGETS");
    target(data);
}

/// The first bytes as numbers to choose by, and the rest. Missing bytes are 0.
fn choose<const N: usize>(data: &[u8]) -> ([u8; N], &[u8]) {
    let mut chosen = [0; N];
    let length = data.len().min(N);
    chosen[..length].copy_from_slice(&data[..length]);
    (chosen, &data[length..])
}

/// The last boundary of characters up to `at`.
fn boundary(text: &str, at: usize) -> usize {
    (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0)
}

/// Asserts that a text can be printed on any terminal: nothing in it steers or hides.
fn assert_harmless(text: &str) {
    let again = crate::model::escape(text.as_bytes());
    // Only backslashes may change when it is escaped once more.
    assert_eq!(again.replace("\\\\", "\\"), text, "a text that a terminal might obey");
}
