//! The table of keys, and what keys do.

use std::collections::HashSet;
use std::time::Duration;

use super::play::Play;
use crate::model::Lang;
use crate::session::Mode;
use crate::tui::app::{Context, Over};
use crate::tui::ink::Ink;
use crate::tui::input::{Key, TABLE, document};

#[test]
fn no_key_means_two_things_in_one_context() {
    let contexts = [
        Context::Menu,
        Context::Page,
        Context::Question,
        Context::View,
        Context::Prompt,
        Context::Everywhere,
    ];
    for context in contexts {
        let mut seen: HashSet<Key> = HashSet::new();
        for binding in TABLE.iter().filter(|binding| binding.contexts.contains(&context)) {
            for key in binding.keys {
                assert!(seen.insert(*key), "{key:?} twice in {context:?}");
            }
        }
    }
}

#[test]
fn the_document_is_printed_from_the_table() {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/keys.md");
    let printed = document();
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, &printed).expect("docs/keys.md can be written");
    }
    let written = std::fs::read_to_string(path).unwrap_or_default();
    assert_eq!(written, printed, "run this test with UPDATE_DOCS=1");
}

#[test]
fn every_label_of_the_table_is_in_the_catalogue() {
    for lang in Lang::ALL {
        let ink = Ink::new(lang);
        for binding in TABLE {
            assert_ne!(ink.words.ui(binding.label), binding.label);
        }
    }
}

#[test]
fn every_call_is_said_in_both_languages_and_in_english_as_the_c_room_says_it() {
    let [english, chinese] = Lang::ALL.map(Ink::new);
    for call in crate::c::calls() {
        let key = format!("call-{}", call.name);
        assert_eq!(english.words.ui(&key), call.help, "{key}");
        assert_ne!(chinese.words.ui(&key), key);
    }
}

/// The source of `Msg` itself is asked for its variants, so that none can be forgotten.
#[test]
fn every_message_is_documented_and_reachable() {
    let source = include_str!("../app/msg.rs");
    let body = source.split("pub enum Msg {").nth(1).expect("the enum");
    let lines: Vec<&str> = body.lines().map(str::trim).collect();
    // What no key of the table can mean: text, and what the loop reports.
    let reported = ["Type", "Paste", "Resized", "Done", "Failed"];
    for (index, line) in lines.iter().enumerate() {
        if line.starts_with("///") || line.is_empty() || line.starts_with('}') {
            continue;
        }
        assert!(lines[index - 1].starts_with("///"), "{line} has no doc line");
        let name = line.split(['(', ',']).next().expect("a name");
        let bound = TABLE.iter().any(|binding| {
            let text = format!("{:?}", binding.msg);
            text.split('(').next() == Some(name)
        });
        assert!(bound || reported.contains(&name), "no key means {name}");
    }
}

#[test]
fn a_question_is_asked_before_its_step_and_the_bet_is_compared() {
    let mut play = Play::lesson(Lang::En);
    play.keys("space space space space space");
    assert_eq!(play.app.asking, None);
    play.keys("space");
    assert!(play.app.asking.is_some());
    play.keys("c b a b");
    assert_eq!(play.app.asking.and_then(|asking| asking.chosen), Some(1));
    play.keys("space");
    let text = play.text((80, 24));
    assert!(text.contains("You said"), "{text}");
    assert!(text.contains("so does the kernel"), "{text}");
}

#[test]
fn a_page_that_more_came_after_says_so() {
    let mut play = Play::lesson(Lang::En);
    play.keys("space space space space space space space");
    assert!(play.text((80, 24)).contains("LIVE"));
    play.pass(Duration::from_secs(2));
    let text = play.text((80, 24));
    assert!(text.contains("1 newer (t)") && !text.contains("LIVE"), "{text}");
    play.keys("end");
    assert!(play.text((80, 24)).contains("LIVE"));
}

#[test]
fn what_timers_bring_while_a_question_is_open_is_not_told() {
    let mut play = Play::lesson(Lang::En);
    play.keys("space space space space space");
    for keys in ["", "space"] {
        play.keys(keys).pass(Duration::from_secs(2));
        let text = play.text((80, 24));
        assert!(
            text.contains("LIVE at 0.0 s") && !text.contains("newer") && !text.contains("since"),
            "{text}"
        );
        let text = play.text((120, 36));
        assert!(text.contains("[6 hold]") && !text.contains("+7"), "{text}");
    }
}

#[test]
fn the_past_is_only_looked_at() {
    let mut play = Play::lesson(Lang::En);
    play.keys("space space space left left");
    assert!(play.text((80, 24)).contains("PAST"));
    let length = play.app.session.as_ref().map(|session| session.timeline().len());
    play.keys("enter x space");
    assert_eq!(play.app.session.as_ref().map(|session| session.timeline().len()), length);
    play.keys("end");
    assert!(play.text((80, 24)).contains("LIVE"));
}

#[test]
fn undo_branch_and_restart_go_back() {
    let mut play = Play::lesson(Lang::En);
    play.keys("space space space u");
    let done = |play: &Play| play.app.session.as_ref().map(|session| session.step_number().0);
    assert_eq!(done(&play), Some(2));
    play.keys("left B");
    assert_eq!(done(&play), Some(1));
    play.keys("r");
    assert_eq!(done(&play), Some(0));
    assert!(play.app.notice.is_none(), "{:?}", play.app.notice);
}

#[test]
fn what_is_done_by_hand_leaves_the_script_and_r_returns() {
    let mut play = Play::lesson(Lang::En);
    play.keys("space h");
    let mode = |play: &Play| play.app.session.as_ref().map(|session| session.mode());
    assert_eq!(mode(&play), Some(Mode::Free));
    assert!(play.text((80, 24)).contains("off the script"));
    play.keys("R");
    assert_eq!(mode(&play), Some(Mode::Script));
}

#[test]
fn the_footer_offers_only_what_a_key_does_here() {
    let footer = |play: &mut Play| {
        let text = play.text((120, 36));
        text.lines().last().map(str::to_owned).unwrap_or_default()
    };
    let mut play = Play::menu(Lang::En);
    let free = footer(play.keys("f"));
    assert!(free.contains("space : type C") && !free.contains("undo"), "{free}");
    assert!(!free.contains("return to the script"), "{free}");
    let mut play = Play::lesson(Lang::En);
    let left = footer(play.keys("space h"));
    assert!(left.starts_with(" space : type C  R return to the script"), "{left}");
    let past = footer(play.keys("left"));
    assert!(past.starts_with(" space forward  end newest entry  R return"), "{past}");
    let mut play = Play::lesson(Lang::En);
    let held = footer(play.keys("space space space space space space space"));
    assert!(held.contains("enter deliver  x drop  D duplicate"), "{held}");
    let behind = footer(play.pass(Duration::from_secs(2)));
    assert!(behind.starts_with(" space step  t timers"), "{behind}");
    let end = footer(play.keys("space space space"));
    assert!(end.starts_with(" r start over") && !end.contains("step"), "{end}");
}

#[test]
fn the_loopback_has_no_wire_and_says_so_once() {
    let mut play = Play::menu(Lang::En);
    play.app.free_lab.rung = crate::model::Rung::Loopback;
    let text = play.keys("f").text((80, 24));
    assert!(text.contains("there is no wire") && !text.contains("─ wire ─"), "{text}");
    assert!(!text.contains("wire auto") && text.contains("loopback, no packets"), "{text}");
    assert!(!text.contains("h hold"), "{text}");
    let text = play.keys("h").text((80, 24));
    assert!(text.contains("There is no wire on the loopback"), "{text}");
    play.keys("z z");
    assert_eq!(play.app.over, Some(Over::Zoomed(crate::tui::Zoom::Right)));
    play.keys("z : type:int~n~=~1; enter");
    assert!(!play.text((80, 24)).contains("there is no wire"));
}

#[test]
fn a_cut_wire_says_one_thing_and_is_mended_first() {
    let mut play = Play::menu(Lang::En);
    let text = play.keys("f h C").text((80, 24));
    assert!(text.contains("wire CUT") && text.contains("cut: packets are lost"), "{text}");
    assert!(!text.contains("holds all"), "{text}");
    let text = play.keys("h").text((80, 24));
    assert!(text.contains("until C mends it") && text.contains("wire CUT"), "{text}");
    assert!(text.contains("C mend") && !text.contains("h hold"), "{text}");
    let text = play.keys("C").text((80, 24));
    assert!(text.contains("wire held") && text.contains("holds all packets"), "{text}");
}

#[test]
fn the_language_switches_on_the_page() {
    let mut play = Play::lesson(Lang::En);
    play.keys("space space");
    assert!(play.text((80, 24)).contains("what happened"));
    play.keys("l");
    let text = play.text((80, 24));
    assert!(text.contains("发生了什么") && text.contains("套接字"), "{text}");
    assert!(!text.contains("A look around"), "{text}");
}

#[test]
fn a_lab_that_can_t_be_had_is_said_in_words() {
    let mut play = Play::menu(Lang::En);
    play.orders.0.borrow_mut().unavailable = true;
    play.keys("enter");
    let text = play.text((80, 24));
    assert!(text.contains("EPERM") && text.contains("doctor"), "{text}");
}

#[test]
fn escape_leads_back_and_q_ends() {
    let mut play = Play::lesson(Lang::En);
    play.keys("space d esc");
    assert_eq!(play.app.over, None);
    play.keys("esc");
    assert!(play.app.in_menu);
    play.keys("esc");
    assert!(!play.app.in_menu);
    play.keys("q");
    assert!(play.over);
}

#[test]
fn a_lesson_out_of_reach_can_be_read_about_and_not_opened() {
    let mut play = Play::menu(Lang::En);
    play.app.menu.items.iter_mut().for_each(|item| item.out_of_reach = true);
    let text = play.text((80, 24));
    assert!(text.contains("This lesson needs the wire"), "{text}");
    let text = play.keys("enter").text((80, 24));
    assert!(play.app.session.is_none() && text.contains("┌ not here ─"), "{text}");
    assert!(!text.contains("this did not work"), "{text}");
}

#[test]
fn esc_never_leads_to_an_empty_menu() {
    let mut play = Play::menu(Lang::En);
    play.app.menu = crate::tui::Menu::default();
    play.keys("f esc");
    assert!(!play.app.in_menu && !play.over && play.app.session.is_some());
    play.app.session = None;
    assert!(play.keys("esc").over);
}
