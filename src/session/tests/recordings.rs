//! A run written down and opened again.

use proptest::prelude::*;

use super::*;
use crate::session::Mode;
use crate::session::recording::{Recorder, read};

fn body() -> String {
    format!(
        "{READY}
```lab
hold SYN
```

Will it come back?

- [ ] `client in connect` not yet
- [ ] `client returned 0` at once

```c client
{CONNECT}    // blocks
```
```lab
wait 2s
deliver SYN
expect client returned 0
expect client fd is LISTEN
```
"
    )
}

fn entries(session: &Session) -> Vec<crate::session::Entry> {
    session.timeline().iter().map(|entry| crate::session::Entry::clone(entry)).collect()
}

#[test]
fn a_recording_opens_as_the_same_timeline_without_a_live_end() {
    let (mut session, _) = open(&body());
    let (mut recorder, mut text) =
        Recorder::new(session.spec(), session.lesson().map(|lesson| &**lesson));
    // Written down as it grows, also while it is judged and undone.
    loop {
        text.push_str(&recorder.catch_up(session.timeline()));
        if step(&mut session).expect("goes on") == Progress::Finished {
            break;
        }
    }
    text.push_str(&recorder.catch_up(session.timeline()));
    let undone = session.undo();
    settle(&mut session, undone).expect("goes on");
    text.push_str(&recorder.catch_up(session.timeline()));
    finish(&mut session).expect("goes on");
    text.push_str(&recorder.catch_up(session.timeline()));
    assert_eq!(recorder.catch_up(session.timeline()), "");

    let recording = read(&text).expect("a recording");
    assert!(!recording.torn);
    let mut replay = Session::replay(recording);
    assert_eq!(entries(&replay), entries(&session));
    assert_eq!(replay.mode(), Mode::Recorded);
    assert!(!replay.is_live());
    assert_eq!(replay.lesson().map(|lesson| lesson.steps.len()), Some(9));
    // Space turns the page, and nothing can be done.
    assert_eq!(replay.cursor(), 0);
    assert_eq!(
        replay.next_step().map(|step| step.code.clone()),
        session.lesson().map(|l| l.steps[0].code.clone())
    );
    assert_eq!(replay.step(), Ok(Progress::Settled));
    assert_eq!((replay.cursor(), replay.step_number()), (1, (1, 9)));
    assert!(matches!(replay.undo(), Err(SessionError::NotNow(_))));
    assert!(matches!(replay.type_c(&process("server"), "1;"), Err(SessionError::NotNow(_))));
    assert_eq!(replay.go_on(Duration::from_secs(1)), Ok(Progress::Settled));
}

#[test]
fn equal_rows_are_shared_again_when_read() {
    let session = run("\n```c server\nfor (int i = 0; i < 50; i++) getpid();\n```\n");
    let (mut recorder, mut text) = Recorder::new(session.spec(), None);
    text.push_str(&recorder.catch_up(session.timeline()));
    let replay = Session::replay(read(&text).expect("a recording"));
    let last_two: Vec<_> = replay.timeline().iter().skip(49).collect();
    let host = |index: usize| &last_two[index].moment.snapshot.hosts[1];
    assert!(Arc::ptr_eq(host(0), host(1)));
    // Hosts did not change, so they are not written again.
    assert_eq!(text.lines().filter(|line| line.contains("addresses")).count(), 1);
}

fn recorded() -> String {
    let session = run(&body());
    let (mut recorder, mut text) = Recorder::new(session.spec(), None);
    text.push_str(&recorder.catch_up(session.timeline()));
    text
}

#[test]
fn a_bad_line_is_named_with_its_reason() {
    let text = recorded();
    let lines: Vec<&str> = text.lines().collect();
    let with = |index: usize, line: &str| {
        let mut changed = lines.clone();
        changed[index] = line;
        read(&(changed.join("\n") + "\n")).expect_err("a bad line")
    };
    let error = with(3, "{\"entry\": {}}");
    assert_eq!(error.line, 4);
    assert!(error.reason.starts_with("missing field"), "{error}");
    assert_eq!(with(2, "nonsense").line, 3);
    assert_eq!(
        with(2, "{\"back\": 9}").to_string(),
        "line 3: back to 9 entries, but there are only 1"
    );
    assert_eq!(with(2, lines[0]).reason, "a second header");
    assert_eq!(with(0, lines[1]).reason, "a recording begins with its header");
    let newer = lines[0].replace("\"recording\":1", "\"recording\":2");
    assert!(with(0, &newer).reason.contains("version 2"));
    assert_eq!(read("").expect_err("empty").line, 1);
    assert_eq!(read(lines[0]).expect_err("no entry").reason, "the recording has no entry");
}

#[test]
fn unknown_fields_are_passed_over_and_a_torn_end_is_left_out() {
    let text = recorded();
    let more = text.replace("{\"entry\":{", "{\"entry\":{\"later\":[1,{\"x\":2}],");
    let whole = read(&text).expect("a recording");
    let count = Session::replay(whole).timeline().len();
    let newer = read(&more).expect("unknown fields are no error");
    assert_eq!(Session::replay(newer).timeline().len(), count);
    let torn = read(&text[..text.len() - 20]).expect("all but the last line");
    assert!(torn.torn);
    assert_eq!(Session::replay(torn).timeline().len(), count - 1);
}

#[test]
fn names_from_a_file_are_checked() {
    let text = recorded().replace("\"server\"", "\"ser\\u001b[31mver\"");
    assert!(read(&text).expect_err("no such name").reason.contains("not a name"));
}

proptest! {
    /// Bytes that were changed anywhere never make the reader panic.
    #[test]
    fn no_file_makes_the_reader_panic(
        at in any::<prop::sample::Index>(),
        with in "[\\x00-\\x7f]{0,12}",
        cut in 0_usize..40,
    ) {
        let text = recorded();
        let start = text.floor_char_boundary(at.index(text.len()));
        let end = text.floor_char_boundary((start + cut).min(text.len()));
        let changed = format!("{}{with}{}", &text[..start], &text[end..]);
        if let Ok(recording) = read(&changed) {
            let mut session = Session::replay(recording);
            let _ = session.step();
        }
    }
}
