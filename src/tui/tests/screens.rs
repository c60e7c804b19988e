//! Every screen in both languages and both sizes.

use super::play::Play;
use crate::model::Lang;
use crate::tui::text::width;

const SIZES: [(u16, u16); 2] = [(80, 24), (120, 36)];

/// What each screen is called, and which keys lead there from the first page.
const SCREENS: [(&str, &str); 15] = [
    ("first-page", ""),
    ("socket-made", "space"),
    ("listening", "space space space"),
    ("question", "space space space space space space"),
    ("answered", "space space space space space space b"),
    ("compared", "space space space space space space b space"),
    ("the-end", "space space space space space space b space space space"),
    ("past", "space space space left left"),
    ("diagram", "space space space space space space b space d"),
    ("map", "space space space space M"),
    ("bytes", "space space b"),
    ("said", "space space space s"),
    ("zoomed", "space space space z z z"),
    ("at-length", "space space space m"),
    ("prompt", "space space space : type:bind(fd,~"),
];

#[test]
fn every_screen_of_a_lesson() {
    for (name, keys) in SCREENS {
        for lang in Lang::ALL {
            for size in SIZES {
                let mut play = Play::lesson(lang);
                let text = play.keys(keys).text(size);
                fills(&text, size);
                insta::assert_snapshot!(format!("{name}-{lang}-{}x{}", size.0, size.1), text);
            }
        }
    }
}

#[test]
fn menu_and_keys() {
    for lang in Lang::ALL {
        for size in SIZES {
            let mut play = Play::menu(lang);
            let all = [("menu", ""), ("help", "?"), ("", "pagedown"), ("signs", "pagedown")];
            for (name, keys) in all {
                let text = play.keys(keys).text(size);
                if name.is_empty() {
                    continue; // how far it can be scrolled is known when it is drawn
                }
                fills(&text, size);
                insta::assert_snapshot!(format!("{name}-{lang}-{}x{}", size.0, size.1), text);
            }
        }
    }
}

/// Every line fills exactly the width: a Chinese character counts two cells.
fn fills(text: &str, size: (u16, u16)) {
    assert_eq!(text.lines().count(), usize::from(size.1));
    for line in text.lines() {
        assert_eq!(width(line), usize::from(size.0), "{line}");
    }
}

#[test]
fn the_ascii_set_draws_the_same_screens_without_one_ambiguous_character() {
    use unicode_width::UnicodeWidthChar as _;
    for lang in Lang::ALL {
        for (name, keys) in SCREENS {
            let mut play = Play::lesson(lang);
            play.app.ink.glyphs = crate::tui::Glyphs::Ascii;
            let text = play.keys(keys).text((80, 24));
            fills(&text, (80, 24));
            let ambiguous: String = text.chars().filter(|c| c.width() != c.width_cjk()).collect();
            assert_eq!(ambiguous, "", "{name}");
        }
    }
}

#[test]
fn a_screen_that_is_too_small_says_so_and_none_is_too_large() {
    let mut play = Play::lesson(Lang::En);
    play.keys("space space");
    assert!(play.text((79, 24)).contains("too small: sockstep needs 80x24"));
    for size in [(1, 1), (3, 1), (1, 9), (20, 5), (80, 23), (79, 100), (500, 200), (80, 300)] {
        let text = play.text(size);
        assert_eq!(text.lines().count(), usize::from(size.1));
    }
}

#[test]
fn what_a_step_says_to_look_at_stands_beside_its_process() {
    let text = "---\nid: look\nshow: bytes\n---\n\n# Look\n\n```c server\nstruct sockaddr_in addr = \
        { .sin_family = AF_INET, .sin_port = htons(8080) };   // look addr\naddr.sin_port = \
        htons(8081);   // look addr\nint fd = socket(AF_INET, SOCK_STREAM, 0);   // = 3\n```\n";
    let mut play = Play::of(text);
    for (name, keys) in [("new", "space"), ("changed", "space"), ("not", "space")] {
        let text = play.keys(keys).text((80, 24));
        insta::assert_snapshot!(format!("look-{name}"), text);
    }
}
