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
    static TEXT: std::sync::OnceLock<String> = std::sync::OnceLock::new();
    let text = TEXT.get_or_init(|| {
        let session = run(&body());
        let (mut recorder, mut text) = Recorder::new(session.spec(), None);
        text.push_str(&recorder.catch_up(session.timeline()));
        text
    });
    text.clone()
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
fn a_transcript_is_told_from_a_recording() {
    let wrong = read("{\"kind\":\"start\",\"lesson\":\"tour\"}\n").expect_err("no recording");
    let text = wrong.to_string();
    assert!(text.contains("transcript") && text.contains("run --save FILE"), "{text}");
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

/// Moments of a lab with many sockets, one of which changes each time. Rows are shared.
fn crowd(moments: u32, sockets: u16) -> crate::session::Timeline {
    use crate::model::{Address, Cause, Host, Moment, Snapshot, changes};
    let session = run(READY);
    let base = session.timeline().last().expect("an entry").clone();
    let old = base.moment.snapshot.hosts[0].sockets[0].clone();
    let numbered = |number: u16| {
        let mut socket = crate::model::Socket::clone(&old);
        socket.inode = 1000 + u64::from(number);
        socket.cookie = socket.inode;
        let name = std::net::SocketAddr::from(([198, 51, 100, 1], number));
        socket.local = Some(Address::Inet(name));
        socket
    };
    let mut rows: Vec<_> = (0..sockets).map(|number| Arc::new(numbered(number))).collect();
    let mut before = Arc::new(Snapshot::default());
    let mut entries = Vec::new();
    for number in 0..moments {
        let at = usize::try_from(number).expect("small") % rows.len();
        let mut changed = crate::model::Socket::clone(&rows[at]);
        changed.recv_q = Some(number + 1);
        rows[at] = Arc::new(changed);
        let mut snapshot = Snapshot::clone(&base.moment.snapshot);
        let host = Host { sockets: rows.clone(), ..Host::clone(&snapshot.hosts[0]) };
        snapshot.hosts[0] = Arc::new(host);
        let snapshot = Arc::new(snapshot);
        let moment = Moment {
            cause: Cause::Kernel,
            changes: changes(&before, &snapshot),
            snapshot: snapshot.clone(),
            ..Moment::clone(&base.moment)
        };
        before = snapshot;
        entries.push(crate::session::Entry {
            moment: Arc::new(moment),
            ..crate::session::Entry::clone(&base)
        });
    }
    entries.into_iter().collect()
}

#[test]
fn what_a_recording_costs_is_what_changed() {
    let timeline = crowd(60, 4096);
    let session = run(READY);
    let (mut recorder, header) = Recorder::new(session.spec(), None);
    let text = header + &recorder.catch_up(&timeline);
    let lines: Vec<usize> = text.lines().map(str::len).collect();
    assert!(lines[1] > 1_000_000, "the first entry has all rows: {}", lines[1]);
    assert!(lines[2..].iter().all(|length| *length < 4_000), "{:?}", lines[2..].iter().max());
    let replay = Session::replay(read(&text).expect("a recording"));
    assert_eq!(replay.timeline().len(), timeline.len());
    for (again, entry) in replay.timeline().iter().zip(&timeline) {
        assert_eq!(again.moment.changes, entry.moment.changes);
    }
    // One row that every moment shares; the first moment's change holds it too.
    let last = replay.timeline().last().expect("an entry").moment.snapshot.hosts[0].clone();
    assert_eq!(Arc::strong_count(&last.sockets[4000]), timeline.len() + 1);
}
