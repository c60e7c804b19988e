//! The panes on labs made by hand.

use crate::model::Lang;
use crate::tui::ink::Ink;
use crate::tui::testing::{draw, full_queue, held_handshake, page};
use crate::tui::view::Zoom;

/// Both sizes that the screen is made for.
const SIZES: [(u16, u16); 2] = [(80, 24), (120, 36)];

fn show(name: &str, timeline: &crate::session::Timeline) {
    for lang in Lang::ALL {
        for size in SIZES {
            let text = draw(&page(timeline), None, size, &Ink::new(lang));
            insta::assert_snapshot!(format!("{name}-{lang}-{}x{}", size.0, size.1), text);
        }
    }
}

#[test]
fn a_full_queue_is_drawn() {
    show("full-queue", &full_queue());
}

#[test]
fn a_held_handshake_is_drawn() {
    show("held-handshake", &held_handshake());
}

#[test]
fn a_zoomed_pane_is_drawn() {
    let timeline = full_queue();
    for (name, zoom) in [("left", Zoom::Left), ("wire", Zoom::Wire), ("right", Zoom::Right)] {
        let text = draw(&page(&timeline), Some(zoom), (80, 24), &Ink::new(Lang::En));
        insta::assert_snapshot!(format!("zoom-{name}"), text);
    }
}
