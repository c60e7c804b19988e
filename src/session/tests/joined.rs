//! Steps that are joined: done, undone, typed and counted in one go.

use super::*;
use crate::session::{Mode, Target};

#[test]
fn what_stands_together_is_done_and_undone_in_one_go() {
    let text = format!(
        "{READY}\nA client.\n\n```lab together\nmark ready\nhold\n```\n```c client together\n{CONNECT}    // blocks\n```\n\
         ```lab\nauto\nexpect client returned 0\n```\n"
    );
    let (mut session, _) = open(&text);
    let before = session.lesson().map_or(0, |lesson| lesson.count()) - 2;
    session.jump(Target::Step(before)).expect("a place");
    let pages = session.timeline().len();
    assert_eq!(session.step_number(), (before, before + 2));
    session.step().expect("a step");
    assert_eq!(session.step_number(), (before + 1, before + 2));
    assert_eq!(session.timeline().len(), pages + 3, "hold, socket and connect have a page each");
    session.undo().expect("a step to undo");
    assert_eq!(session.step_number(), (before, before + 2));
    assert_eq!(session.timeline().len(), pages);
    assert!(session.difference().is_none());
}

/// A group of three sockets, and a mark at its end.
fn group() -> String {
    "```c server together
int a = socket(AF_INET, SOCK_STREAM, 0);    // = 3
int b = socket(AF_INET, SOCK_STREAM, 0);    // = 4
int c = socket(AF_INET, SOCK_STREAM, 0);    // = 5
```
```lab together
hold
mark here
```

Words.

- [ ] `server a is closed` no
- [ ] `server a is CLOSE` yes

```lab
auto
expect server a is CLOSE
```
"
    .to_owned()
}

#[test]
fn a_mark_at_the_end_of_a_group_does_not_swallow_the_step_behind_it() {
    let lesson = lesson(&group());
    assert_eq!(lesson.count(), 2);
    let (mut session, _) = open(&group());
    session.step().expect("the group");
    assert_eq!(session.step_number(), (1, 2));
    assert!(session.question().is_some());
}

#[test]
fn what_is_typed_of_a_group_is_as_much_of_it_and_no_more() {
    let (mut session, _) = open(&group());
    let server = process("server");
    session.type_c(&server, "int a = socket(AF_INET, SOCK_STREAM, 0);").expect("typed");
    assert_eq!((session.mode(), session.timeline().len()), (Mode::Script, 2));
    let two = "int b = socket(AF_INET, SOCK_STREAM, 0); int c = socket(AF_INET, SOCK_STREAM, 0);";
    session.type_c(&server, two).expect("typed");
    assert_eq!((session.mode(), session.timeline().len()), (Mode::Script, 4));
    assert_eq!(session.step_number(), (0, 2));
    session.step().expect("the rest of the group");
    assert_eq!(session.step_number(), (1, 2));
}

#[test]
fn undoing_what_was_typed_in_a_group_leaves_the_group() {
    let (mut session, _) = open(&group());
    session.step().expect("the group");
    session.look_at(1);
    let progress = session.branch();
    settle(&mut session, progress).expect("branched");
    assert_eq!(session.timeline().len(), 2);
    session.type_c(&process("server"), "int z = dup(a);").expect("typed");
    let progress = session.undo();
    settle(&mut session, progress).expect("undone");
    assert_eq!(session.timeline().len(), 2);
}
