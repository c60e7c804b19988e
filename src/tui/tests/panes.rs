//! The panes on labs made by hand.

use super::play::Play;
use crate::model::{Cause, Lang, TcpState};
use crate::tui::ink::Ink;
use crate::tui::testing::{Lab, draw, entry, full_queue, held_handshake, page, tcp};
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
fn the_last_line_says_why_a_program_was_stopped() {
    let (timeline, why) = (full_queue(), crate::c::Fault::TooManyOperations.said());
    let name = crate::model::ProcessName::parse("server").expect("a name");
    let mut page = page(&timeline);
    (page.walks, page.halted) = (true, Some((&name, &why)));
    let last = |lang| draw(&page, None, (120, 36), &Ink::new(lang));
    let english = last(Lang::En);
    assert!(
        english.contains("server does not go on: this step took 20000000 operations"),
        "{english}"
    );
    assert!(last(Lang::Zh).contains("server 不再执行：这一步已执行 20000000 次操作"));
}

#[test]
fn a_zoomed_pane_is_drawn() {
    let timeline = full_queue();
    for (name, zoom) in [("left", Zoom::Left), ("wire", Zoom::Wire), ("right", Zoom::Right)] {
        let text = draw(&page(&timeline), Some(zoom), (80, 24), &Ink::new(Lang::En));
        insta::assert_snapshot!(format!("zoom-{name}"), text);
    }
}

#[test]
fn the_code_shows_the_way_that_the_story_has_taken_and_what_is_ahead_of_it() {
    let c = |code: &str| format!("```c server\n{code}\n```\n\n");
    let lab = |line: &str| format!("```lab\n{line}\n```\n\n");
    let text = [
        "---\nid: ways\n---\n\n# Ways\n\n".to_owned(),
        c("int fd = socket(AF_INET, SOCK_STREAM, 0);"),
        lab("mark made"),
        c("listen(fd, 1);"),
        lab("again made"),
        c("listen(fd, 2);"),
        c("close(fd);"),
    ];
    let mut play = Play::of(&text.concat());
    let code = |play: &mut Play| {
        let text = play.text((120, 36));
        let lines = text.lines().filter(|line| line.contains("││") && line.contains("(fd"));
        let right = lines.map(|line| line.rsplit("││").next().unwrap_or_default());
        right.map(|line| line.trim_end_matches('│').trim().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(code(play.keys("space")), ["▸ listen(fd, 1);"]);
    assert_eq!(code(play.keys("space")), ["listen(fd, 1);"]);
    assert_eq!(code(play.keys("space")), ["▸ listen(fd, 2);", "close(fd);"]);
    assert_eq!(code(play.keys("space")), ["listen(fd, 2);", "▸ close(fd);"]);
    assert_eq!(code(play.keys("left left left")), ["listen(fd, 1);"]);
}

#[test]
fn a_step_that_finds_what_it_waits_for_tells_what_brought_it() {
    let text = "---\nid: late\n---\n\n# Late\n\n```lab\nhold\n```\n\n```c client\nint fd = \
        socket(AF_INET, SOCK_STREAM, 0);\nstruct sockaddr_in addr = { .sin_family = AF_INET, \
        .sin_port = htons(8080) };\ninet_pton(AF_INET, \"198.51.100.1\", &addr.sin_addr);\n\
        connect(fd, (struct sockaddr *)&addr, sizeof addr);   // blocks\n```\n\n```lab\nwait wire \
        holds SYN\n```\n";
    let mut play = Play::of(text);
    play.keys("space space space").pass(std::time::Duration::from_secs(2));
    let text = play.keys("space").text((80, 24));
    assert!(text.contains("4/4"), "{text}");
    insta::assert_snapshot!("wait-found", text);
}

#[test]
fn a_step_that_can_t_be_done_is_not_told_as_done() {
    let text = "---\nid: undone\n---\n\n# Undone\n\n```lab\nhold\nswap\ndeliver FIN\n```\n";
    let mut play = Play::of(text);
    let text = play.keys("space space").text((80, 24));
    assert!(text.contains("swap the two oldest packets): the"), "{text}");
    assert!(text.contains("the wire holds no") && !text.contains("changed places"), "{text}");
    play.app.ink.words = play.app.ink.words.in_lang(Lang::Zh);
    let text = play.keys("space").text((80, 24));
    assert!(text.contains("线路没有扣住任何报文段"), "{text}");
    assert!(!text.contains("can't") && !text.contains("内核："), "{text}");
}

#[test]
fn joined_steps_that_end_without_a_call_tell_the_last_one() {
    let text = "---\nid: joined\n---\n\n# Joined\n\n```c server together\nint fd = \
        socket(AF_INET, SOCK_STREAM, 0);\nint five = 5;\n```\n\n```c server\nlisten(fd, 5);\n```\n";
    let mut play = Play::of(text);
    let text = play.keys("space").text((80, 24));
    assert!(text.contains("socket() made a TCP socket"), "{text}");
    assert!(!text.contains("No system call"), "{text}");
    let loops = "---\nid: many\n---\n\n# Many\n\n```c server together\nint i, fd;\nfor (i = 0; i < 9; \
        i++) fd = socket(AF_INET, SOCK_STREAM, 0);\n```\n";
    let mut play = Play::of(loops);
    let text = play.keys("space").text((80, 24));
    assert!(text.contains("The last of 9 calls of this step:"), "{text}");
}

#[test]
fn queues_of_several_processes_bear_their_names_and_count_what_they_do_not_draw() {
    let mut lab = Lab::new();
    for (name, inode, length, port) in [("old", 21, 12, "*:8080"), ("new", 22, 1, "*:8081")] {
        lab.process(name, "server", &[(3, inode)]);
        let mut listener = tcp(inode, TcpState::Listen, port, "*:0");
        (listener.recv_q, listener.send_q) = (Some(length), Some(20));
        lab.socket("server", listener);
    }
    let start = entry(&Lab::new(), &lab, Cause::Start, Vec::new());
    let timeline: crate::session::Timeline = [start].into_iter().collect();
    let text = draw(&page(&timeline), None, (120, 36), &Ink::new(Lang::En));
    assert!(text.contains("backlog old 3: 12 of 20+1"), "{text}");
    assert!(text.contains("backlog new 3: 1 of 20+1"), "{text}");
    assert!(text.contains("[?][?][?]9 more"), "{text}");
    assert!(text.contains("[?][ ][ ][ ]+17"), "{text}");
}

#[test]
fn a_mystery_is_not_given_away_by_the_menu() {
    let text = "---\nid: mystery-of-listen\nmystery: on\n---\n\n# Odd\n\n```c server\nint fd = \
        socket(AF_INET, SOCK_STREAM, 0);\nlisten(fd, 5);\n```\n";
    let mut play = Play::of(text);
    let text = play.keys("esc").text((80, 24));
    assert!(!text.contains("mystery-of-listen") && !text.contains("calls"), "{text}");
}
