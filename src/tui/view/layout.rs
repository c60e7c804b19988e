//! Where everything stands.
//!
//! ```text
//! 80×24                        120×36
//! title                        title
//! client │ wire │ server  12   client  │  wire  │  server  17
//! next                         next
//! what happened            9   what happened   │ code      13
//! keys                         timeline                     3
//!                              keys
//! ```

use ratatui::layout::Rect;

use crate::model::Rung;

/// The smallest screen that everything fits on.
pub const SMALLEST: (u16, u16) = (80, 24);

/// The places of the panes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Areas {
    /// The bar at the top.
    pub title: Rect,
    /// The client's side.
    pub left: Rect,
    /// The wire; without width where there is none.
    pub wire: Rect,
    /// The server's side.
    pub right: Rect,
    /// The line that says what comes next.
    pub next: Rect,
    /// What happened.
    pub words: Rect,
    /// The C in step, where there is room.
    pub code: Option<Rect>,
    /// The timeline, where there is room.
    pub timeline: Option<Rect>,
    /// The keys.
    pub footer: Rect,
}

/// Whether a screen is large enough.
pub fn is_large_enough(area: Rect) -> bool {
    area.width >= SMALLEST.0 && area.height >= SMALLEST.1
}

/// Cuts the screen up. It must be large enough. Where no packets can be seen there is no wire, and
/// the hosts share its room.
pub fn areas(area: Rect, rung: Rung) -> Areas {
    let row = |y: u16, height: u16| Rect { x: area.x, y: area.y + y, width: area.width, height };
    let strip = if area.height >= 32 { 3 } else { 0 };
    let rest = area.height - 3 - strip;
    let panes = (rest * 4).div_ceil(7);
    let below = rest - panes;
    let (side, wire) = match rung {
        Rung::Wire => {
            let side = (u32::from(area.width) * 35 / 100) as u16;
            (side, area.width - 2 * side)
        }
        Rung::Loopback => (area.width / 2, 0),
    };
    let column = |x: u16, width: u16| Rect { x: area.x + x, width, ..row(1, panes) };
    let words = row(2 + panes, below);
    let code = if area.width >= 110 { area.width * 2 / 5 } else { 0 };
    let timeline = 2 + panes + below;
    Areas {
        title: row(0, 1),
        left: column(0, side),
        wire: column(side, wire),
        right: column(side + wire, area.width - side - wire),
        next: row(1 + panes, 1),
        words: Rect { width: words.width - code, ..words },
        code: (code > 0).then(|| Rect { x: words.right() - code, width: code, ..words }),
        timeline: (strip > 0).then(|| row(timeline, strip)),
        footer: row(area.height - 1, 1),
    }
}

/// Everything between title and footer.
pub fn body(area: Rect) -> Rect {
    Rect { y: area.y + 1, height: area.height.saturating_sub(2), ..area }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_panes_fill_the_screen_without_gaps_or_overlaps() {
        for (width, height) in [(80, 24), (81, 25), (109, 31), (110, 32), (120, 36), (400, 150)] {
            let area = Rect::new(0, 0, width, height);
            for rung in [Rung::Wire, Rung::Loopback] {
                let a = areas(area, rung);
                let optional = [a.code, a.timeline].into_iter().flatten();
                let all = [a.title, a.left, a.wire, a.right, a.next, a.words, a.footer];
                let all: Vec<Rect> = all.into_iter().chain(optional).collect();
                let cells: u32 = all.iter().map(|rect| rect.area()).sum();
                assert_eq!(cells, area.area(), "{width}x{height}");
                for (index, one) in all.iter().enumerate() {
                    assert!(all[index + 1..].iter().all(|other| !one.intersects(*other)));
                }
            }
        }
    }

    #[test]
    fn the_smallest_screen_is_cut_as_drawn_above() {
        let a = areas(Rect::new(0, 0, 80, 24), Rung::Wire);
        assert_eq!((a.left.width, a.wire.width, a.right.width), (28, 24, 28));
        assert_eq!((a.left.height, a.words.height), (12, 9));
    }
}
