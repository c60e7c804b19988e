//! Frames, arrows and marks in two sets.
//!
//! Frames and arrows are of ambiguous width (UAX 11): a terminal may give them two cells, and then
//! every line is torn. The ASCII set is for those, chosen at start by asking the terminal.

use unicode_width::UnicodeWidthChar as _;

/// Which set of glyphs is drawn with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Glyphs {
    /// Box-drawing characters and arrows.
    #[default]
    Unicode,
    /// Nothing above 0x7e but what lessons and the learner's data bring.
    Ascii,
}

impl Glyphs {
    fn pick(self, unicode: char, ascii: char) -> char {
        match self {
            Glyphs::Unicode => unicode,
            Glyphs::Ascii => ascii,
        }
    }

    /// A level line.
    pub fn level(self) -> char {
        self.pick('─', '-')
    }

    /// An upright line.
    pub fn upright(self) -> char {
        self.pick('│', '|')
    }

    /// The corners of a box: top left, top right, bottom left, bottom right.
    pub fn corners(self) -> [char; 4] {
        match self {
            Glyphs::Unicode => ['┌', '┐', '└', '┘'],
            Glyphs::Ascii => ['+'; 4],
        }
    }

    /// Where a level line meets the left and the right side of a box.
    pub fn tees(self) -> [char; 2] {
        match self {
            Glyphs::Unicode => ['├', '┤'],
            Glyphs::Ascii => ['+'; 2],
        }
    }

    /// The head of an arrow to the right.
    pub fn right(self) -> char {
        self.pick('▶', '>')
    }

    /// The head of an arrow to the left.
    pub fn left(self) -> char {
        self.pick('◀', '<')
    }

    /// The line of a packet that is still on its way.
    pub fn dashed(self) -> char {
        self.pick('╌', '.')
    }

    /// The full and the empty part of a gauge.
    pub fn gauge(self) -> [char; 2] {
        match self {
            Glyphs::Unicode => ['█', '░'],
            Glyphs::Ascii => ['#', '.'],
        }
    }

    /// Points at the chosen or current line.
    pub fn pointer(self) -> char {
        self.pick('▸', '>')
    }

    /// What was done already.
    pub fn done(self) -> char {
        self.pick('✓', '+')
    }

    /// Stands for what was cut off.
    pub fn cut(self) -> char {
        self.pick('…', '~')
    }

    /// What is drawn instead of `c`, in exactly one cell, if this set can't have it.
    pub fn safe(self, c: char) -> Option<char> {
        if self == Glyphs::Unicode || c.is_ascii() || c.width() == c.width_cjk() {
            return None;
        }
        Some(match c {
            '─' | '╌' | '━' | '–' | '—' | '·' => '-',
            '│' | '┃' => '|',
            '▶' | '→' | '▸' => '>',
            '◀' | '←' => '<',
            '↑' | '▲' => '^',
            '↓' | '▼' => 'v',
            '×' => 'x',
            '…' => '.',
            '“' | '”' => '"',
            '‘' | '’' => '\'',
            '┌' | '┐' | '└' | '┘' | '├' | '┤' | '┬' | '┴' | '┼' => '+',
            _ => '?',
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_ascii_set_is_ascii() {
        let set = Glyphs::Ascii;
        let all = [set.level(), set.upright(), set.right(), set.left(), set.dashed()];
        let more = [set.pointer(), set.done(), set.cut()];
        let boxes = set.corners().into_iter().chain(set.tees()).chain(set.gauge());
        for glyph in all.into_iter().chain(more).chain(boxes) {
            assert!(glyph.is_ascii_graphic(), "{glyph}");
        }
    }

    #[test]
    fn only_what_is_ambiguous_is_replaced() {
        assert_eq!(Glyphs::Ascii.safe('套'), None);
        assert_eq!(Glyphs::Ascii.safe('「'), None);
        assert_eq!(Glyphs::Ascii.safe('×'), Some('x'));
        assert_eq!(Glyphs::Ascii.safe('…'), Some('.'));
        assert_eq!(Glyphs::Unicode.safe('×'), None);
    }
}
