//! Bytes that would steer a terminal, from sockets, programs and names: shown escaped in every
//! transcript, export and pane.

#[path = "tui/pty.rs"]
#[allow(dead_code, reason = "the tests of the screen use the rest")]
mod pty;
mod support;

use std::path::PathBuf;
use std::process::Command;

use pty::Pty;
use sockstep::model::LabSpec;
use sockstep::session::{Session, recording};
use support::lab_or_skip;

fn lesson() -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lessons/hostile");
    PathBuf::from(folder).join("bytes.md").to_string_lossy().into_owned()
}

/// What `sockstep run` of the lesson prints.
fn run(options: &[&str]) -> Vec<u8> {
    let output = Command::new(env!("CARGO_BIN_EXE_sockstep"))
        .arg("run")
        .args(options)
        .arg(lesson())
        .output()
        .expect("sockstep runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// Nothing in these bytes does more on a terminal than to take its own place.
fn assert_harmless(bytes: &[u8]) {
    let text = std::str::from_utf8(bytes).expect("UTF-8");
    let wild = |c: char| {
        let steers = matches!(u32::from(c), 0x200b..=0x200f | 0x2028..=0x202e | 0x2060..=0x206f);
        (c.is_control() && c != '\n') || steers || ('\u{300}'..'\u{370}').contains(&c)
    };
    if let Some(at) = text.find(wild) {
        let line = text[..at].lines().last().unwrap_or_default();
        panic!("{:?} behind {line}", text[at..].chars().next());
    }
}

#[test]
fn transcripts_say_what_came_and_do_nothing() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let text = run(&[]);
    assert_harmless(&text);
    let text = String::from_utf8(text).expect("it was checked");
    for shown in [
        r#"read(4, "\33]0;evil\7\33[2J\33[31m\0", 64) = 19"#,
        r#""\377\376\303(\342\200\256\342\200\213\23331m""#,
        r"\x1b[2J你好\r",
        r"\u{202e}|\x07\r",
    ] {
        assert!(text.contains(shown), "{shown} is not in\n{text}");
    }
    let json = run(&["--format", "json"]);
    assert_harmless(&json);
    let printed = String::from_utf8(json).expect("it was checked");
    assert!(printed.contains(r#""text":"\u001b[2J你好\r\n\t\u202e|\u0007\r\n""#), "{printed}");
}

#[test]
fn a_recording_holds_them_and_is_harmless_itself() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let file = std::env::temp_dir().join(format!("sockstep-bytes-{}", std::process::id()));
    run(&["--save", file.to_str().expect("text")]);
    let bytes = std::fs::read(&file).expect("it was saved");
    assert_harmless(&bytes);
    let text = std::str::from_utf8(&bytes).expect("it was checked");
    let session = Session::replay(recording::read(text).expect("it can be read"));
    let printed: String = session.timeline().iter().map(|entry| &*entry.printed).collect();
    assert_eq!(printed, "\x1b[2J你好\r\n\t\u{202e}|\u{7}\r\n");
    let mut pty = Pty::start(&["replay", file.to_str().expect("text")]);
    walk(&mut pty);
    std::fs::remove_file(&file).expect("it is ours");
}

#[test]
fn every_pane_shows_them_escaped() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let mut pty = Pty::start(&["open", &lesson()]);
    walk(&mut pty);
}

/// Goes through the whole lesson and all of its panes.
fn walk(pty: &mut Pty) {
    pty.until_shown("/15");
    let mut all = String::new();
    for _ in 0..15 {
        pty.send(" ");
        all.push_str(&pty.settled());
        for key in ["b", "s"] {
            pty.send(key);
            all.push_str(&pty.settled());
            pty.send("\x1b");
            pty.settled();
        }
    }
    assert!(pty.is_taken(), "{}", pty.text());
    for shown in [r"\33]0;evil\7", r"\x1b[2J"] {
        assert!(all.contains(shown), "{shown} was never shown:\n{all}");
    }
    for bytes in [&b"evil\x07"[..], "\u{202e}".as_bytes(), "\u{200b}".as_bytes(), b"\xc2\x9b"] {
        let found = pty.written.windows(bytes.len()).any(|window| window == bytes);
        assert!(!found, "{bytes:x?} reached the terminal");
    }
    let text = String::from_utf8_lossy(&pty.written);
    assert!(!text.contains('\u{fffd}'), "the terminal got bytes that are no text");
    pty.send("q");
    assert_eq!(pty.code(), Some(0), "{}", pty.text());
    pty.assert_given_back();
}
