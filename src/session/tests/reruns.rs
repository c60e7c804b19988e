//! Undo, branch, restart, jumps: what is done again on a fresh world.

use proptest::prelude::*;

use super::*;
use crate::model::{Action, Errno, Filter, Outcome, WireAction};
use crate::session::{Happening, Mode, Target};

/// Two worlds, a loop, a fork, a question, typed lines.
fn long() -> String {
    format!(
        "{READY}
```lab
mark ready
```

## Held

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
deliver SYN
expect client returned 0
again ready
expect client fd is CLOSE
```

## Not held

```c server
int conn;
while ((conn = accept(fd, NULL, NULL)) >= 0) printf(\"%d\\n\", conn);    // blocks
```
```c client
{CONNECT}    // = 0
int more = socket(AF_INET, SOCK_STREAM, 0);    // = 4
connect(more, (struct sockaddr *)&to, sizeof to);    // = 0
pid_t pid = fork();    // child other
```
```c other
close(fd);    // = 0
```
```lab
expect server in accept
```
"
    )
}

fn steps(count: usize) -> Session {
    let (mut session, _) = open(&long());
    for _ in 0..count {
        let _ = step(&mut session).expect("goes on");
    }
    session
}

fn undo(session: &mut Session) {
    let progress = session.undo();
    settle(session, progress).expect("goes on");
}

/// Everything of a timeline that must be the same: all, since the double repeats itself exactly.
fn content(session: &Session) -> Vec<crate::session::Entry> {
    session.timeline().iter().map(|entry| crate::session::Entry::clone(entry)).collect()
}

const LENGTH: usize = 15;

#[test]
fn undo_after_k_steps_is_the_run_of_k_less_one() {
    let all = steps(LENGTH);
    assert_eq!(all.next_step().map(|step| step.code.clone()), None);
    for k in 1..=LENGTH {
        let mut session = steps(k);
        undo(&mut session);
        let shorter = steps(k - 1);
        assert_eq!(pages(&session), pages(&shorter), "undo after {k}");
        assert_eq!(session.step_number(), shorter.step_number());
        assert_eq!(session.difference(), None);
        assert_eq!(session.cursor(), session.timeline().len() - 1);
        // And the story goes on from there.
        finish(&mut session).expect("goes on");
        assert_eq!(pages(&session), pages(&all), "after undo at {k}");
    }
}

#[test]
fn undo_opens_one_world_whatever_the_lesson_did() {
    let (mut session, worlds) = open(&long());
    finish(&mut session).expect("runs");
    assert_eq!(worlds.0.borrow().opened, 2);
    undo(&mut session);
    assert_eq!(worlds.0.borrow().opened, 3);
}

#[test]
fn nothing_can_be_undone_at_the_start() {
    let mut session = steps(0);
    assert!(matches!(session.undo(), Err(SessionError::NotNow(_))));
}

#[test]
fn undo_without_a_world_loses_nothing() {
    let (mut session, worlds) = open(READY);
    finish(&mut session).expect("runs");
    let before = pages(&session);
    worlds.0.borrow_mut().unavailable = true;
    assert_eq!(session.undo().expect_err("no world").exit_code(), 3);
    assert_eq!(pages(&session), before);
}

#[test]
fn a_branch_does_again_what_led_to_its_moment_by_hand_too() {
    let mut session = steps(3);
    let server = process("server");
    let _ = session.type_c(&server, "int x = getpid();").expect("runs");
    let _ = session.type_c(&server, "x = 77;").expect("runs");
    let here = session.cursor();
    let before = pages(&session)[..=here - 1].to_vec();
    let _ = session.type_c(&server, "close(fd);").expect("runs");
    session.look_at(here - 1);
    let progress = session.branch();
    settle(&mut session, progress).expect("goes on");
    assert_eq!(pages(&session), before);
    assert_eq!(session.mode(), Mode::Free);
    assert_eq!(session.difference(), None);
    let _ = session.type_c(&server, "x;").expect("runs");
    assert_eq!(page(session.timeline().last().expect("an entry")), "hand | value 2");

    session.look_at(2);
    let progress = session.branch();
    settle(&mut session, progress).expect("goes on");
    assert_eq!((session.mode(), session.step_number().0), (Mode::Script, 2));
}

#[test]
fn a_branch_from_inside_a_step_or_of_typed_c_does_only_what_led_there() {
    let text = "```c server\nint a, b;\n{\n    a = socket(AF_INET, SOCK_STREAM, 0);\n    b = dup(a);\n    \
        dup(b);\n}\n```\n";
    let (mut session, _) = open(text);
    finish(&mut session).expect("runs");
    let (server, all) = (process("server"), pages(&session));
    let last = all.len() - 1;
    let branch = |session: &mut Session, at| {
        session.look_at(at);
        let progress = session.branch();
        settle(session, progress).expect("goes on");
        assert_eq!((session.difference(), session.cursor()), (None, at));
        assert_eq!(session.timeline().len(), at + 1);
    };
    // Inside of a statement: the rest of it is not run, and the script is left.
    for at in [last - 1, last - 2] {
        branch(&mut session, at);
        assert_eq!(session.mode(), Mode::Free);
        let calls = |page: &String| page.split(" ✓").next().map(str::to_owned);
        let own = pages(&session);
        assert!(own.iter().map(calls).eq(all[..=at].iter().map(calls)), "{own:?} {all:?}");
    }
    let progress = session.rejoin();
    settle(&mut session, progress).expect("goes on");
    finish(&mut session).expect("goes on");
    assert_eq!(pages(&session), all);
    let typed = "int d = socket(AF_INET, SOCK_STREAM, 0); int e = dup(d); int f = dup(e);";
    let _ = session.type_c(&server, typed).expect("runs");
    let length = session.timeline().len();
    assert_eq!(length, all.len() + 3);
    branch(&mut session, length - 2);
    branch(&mut session, length - 3);
    let again = session.type_c(&server, "int e = dup(d); int f = dup(e);");
    assert!(again.is_ok(), "{again:?}");
    assert_eq!(session.timeline().len(), length);
}

#[test]
fn a_branch_from_what_a_timer_brought_waits_for_it_again() {
    let mut session = steps(7);
    for _ in 0..2 {
        let _ = session.go_on(Duration::from_secs(1)).expect("goes on");
    }
    session.look_at(usize::MAX);
    let before = pages(&session);
    let progress = session.branch();
    assert!(matches!(progress, Ok(Progress::Waiting { .. })));
    assert!(session.waiting().is_some_and(|waiting| waiting.rerun));
    settle(&mut session, progress).expect("goes on");
    assert_eq!(pages(&session), before);
    assert_eq!(session.difference(), None);
    assert!(session.waiting().is_none());
}

#[test]
fn a_rerun_that_comes_out_differently_says_where() {
    let (mut session, worlds) = open(READY);
    finish(&mut session).expect("runs");
    worlds.0.borrow_mut().failing.push(("listen".into(), 98, 2));
    undo(&mut session);
    let difference = session.difference().expect("listen fails").clone();
    assert_eq!(difference.entry, 3);
    let listened = |outcome| {
        let code = "listen(fd, 5);".to_owned();
        vec![Happening::Call { process: process("server"), code, outcome }]
    };
    assert_eq!(difference.before, listened(Outcome::Returned(0)));
    assert_eq!(difference.now, listened(Outcome::Failed(Errno(98))));
    let _ = step(&mut session).expect("goes on");
    assert_eq!(session.difference(), None);
}

#[test]
fn restart_goes_to_the_beginning() {
    let mut session = steps(9);
    let progress = session.restart();
    settle(&mut session, progress).expect("goes on");
    assert_eq!(pages(&session), ["start"]);
    assert_eq!(session.step_number().0, 0);
    finish(&mut session).expect("goes on");
    assert_eq!(pages(&session), pages(&steps(LENGTH)));
}

#[test]
fn a_jump_does_what_leads_there() {
    for target in 0..=LENGTH {
        let mut there = steps(0);
        let progress = there.jump(Target::Step(target));
        settle(&mut there, progress).expect("goes on");
        assert_eq!(there.step_number().0, target);
        let stepped = steps(target);
        assert_eq!(pages(&there), pages(&stepped), "to {target}");
        // Backwards too.
        let mut back = steps(LENGTH);
        let progress = back.jump(Target::Step(target));
        settle(&mut back, progress).expect("goes on");
        assert_eq!(pages(&back), pages(&stepped), "back to {target}");
    }
    let mut session = steps(2);
    let progress = session.jump(Target::Scene(1));
    settle(&mut session, progress).expect("goes on");
    let lesson = session.lesson().expect("a lesson");
    assert_eq!(session.step_number().0, lesson.number_of(lesson.scenes[1].first));
    assert!(matches!(session.jump(Target::Scene(9)), Err(SessionError::NotNow(_))));
    assert!(matches!(session.jump(Target::Step(99)), Err(SessionError::NotNow(_))));
}

#[test]
fn a_bet_is_made_again_by_undo() {
    let mut session = steps(6);
    session.answer(1);
    for _ in 0..3 {
        let _ = step(&mut session).expect("goes on");
    }
    undo(&mut session);
    let bets: Vec<_> = session.timeline().iter().flat_map(|entry| entry.bets.clone()).collect();
    assert_eq!(bets.len(), 1, "{:#?}", pages(&session));
    assert_eq!((bets[0].chosen, bets[0].truth), (Some(1), 1));
}

#[derive(Debug, Clone)]
enum Key {
    Step,
    Undo,
    Branch(prop::sample::Index),
    Typed(&'static str),
    Deliver,
    Wait,
    Rejoin,
    Restart,
}

fn key() -> impl Strategy<Value = Key> {
    prop_oneof![
        8 => Just(Key::Step),
        2 => Just(Key::Undo),
        1 => any::<prop::sample::Index>().prop_map(Key::Branch),
        1 => prop::sample::select(vec!["int y = getpid();", "close(3);", "1 + 1;"])
            .prop_map(Key::Typed),
        1 => Just(Key::Deliver),
        1 => Just(Key::Wait),
        1 => Just(Key::Rejoin),
        1 => Just(Key::Restart),
    ]
}

fn press(session: &mut Session, key: &Key) {
    let progress = match key {
        Key::Step => session.step(),
        Key::Undo => session.undo(),
        Key::Branch(at) => {
            session.look_at(at.index(session.timeline().len()));
            session.branch()
        }
        Key::Typed(text) => session.type_c(&process("server"), text),
        Key::Deliver => session.perform(Action::Wire(WireAction::Deliver(Filter::any()))),
        Key::Wait => session.go_on(Duration::from_millis(1500)),
        Key::Rejoin => session.rejoin(),
        Key::Restart => session.restart(),
    };
    match settle(session, progress) {
        Ok(_)
        | Err(SessionError::NotNow(_) | SessionError::Typed { .. } | SessionError::World(_)) => {}
        Err(error) => panic!("{key:?}: {error}"),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    /// Whatever was done: doing one thing more and undoing it leads back to the same pages, less
    /// those that only timers brought in between.
    #[test]
    fn undo_takes_back_exactly_the_last_thing(keys in prop::collection::vec(key(), 0..25)) {
        let (mut session, _) = open(&long());
        for key in &keys {
            press(&mut session, key);
        }
        let asked = |session: &Session| {
            let entries = session.timeline().iter();
            let asked = entries.filter(|entry| entry.origin != Origin::FollowUp);
            asked.map(|entry| page(entry)).collect::<Vec<_>>()
        };
        let before = asked(&session);
        let numbers = (session.step_number(), session.mode());
        let one_more = match session.mode() {
            Mode::Script => session.step(),
            Mode::Programs => session.walk(),
            Mode::Free | Mode::Recorded => session.type_c(&process("client"), "2 + 2;"),
        };
        if settle(&mut session, one_more).is_ok() && asked(&session) != before {
            undo(&mut session);
            prop_assert_eq!(asked(&session), before);
            prop_assert_eq!((session.step_number(), session.mode()), numbers);
        }
    }

    /// A branch from any page repeats every page up to it, those that timers brought aside.
    #[test]
    fn a_branch_repeats_what_led_to_its_page(
        keys in prop::collection::vec(key(), 0..20),
        at in any::<prop::sample::Index>(),
    ) {
        let (mut session, _) = open(&long());
        for key in &keys {
            press(&mut session, key);
        }
        let at = at.index(session.timeline().len());
        let asked = |session: &Session, count: usize| {
            let entries = session.timeline().iter().take(count);
            let asked = entries.filter(|entry| entry.origin != Origin::FollowUp);
            asked.map(|entry| page(entry)).collect::<Vec<_>>()
        };
        let before = asked(&session, at + 1);
        session.look_at(at);
        let progress = session.branch();
        settle(&mut session, progress).expect("goes on");
        let after = asked(&session, usize::MAX);
        prop_assert!(after.len() >= before.len());
        prop_assert_eq!(&after[..before.len()], &before[..]);
        prop_assert!(session.is_live());
    }
}

#[test]
fn a_thousand_entries_share_what_did_not_change() {
    let body = "\n```c server\nfor (int i = 0; i < 1000; i++) getpid();\n```\n";
    let session = run(body);
    let entries: Vec<_> = content(&session);
    assert_eq!(entries.len(), 1001);
    let shared = entries.windows(2).skip(1).filter(|pair| {
        let hosts = |entry: &crate::session::Entry| entry.moment.snapshot.hosts[1].clone();
        Arc::ptr_eq(&hosts(&pair[0]), &hosts(&pair[1]))
    });
    assert_eq!(shared.count(), 999);
}
