//! What is done by hand: it counts as the next step, or leaves the script.

use super::*;
use crate::model::{Action, Filter, PacketKind, Signal, WireAction};
use crate::session::{Awaited, Mode};

const HELD: &str = "
```lab
hold SYN
```
";

fn connecting() -> Session {
    let body = format!(
        "{READY}{HELD}
```c client
{CONNECT}    // blocks
```
```lab
deliver SYN
expect client returned 0
auto
```
"
    );
    let (mut session, _) = open(&body);
    while session.step_number().0 < 7 {
        let _ = step(&mut session).expect("goes on");
    }
    session
}

fn deliver(kind: PacketKind) -> Action {
    Action::Wire(WireAction::Deliver(Filter { kind, of: None, from: None }))
}

#[test]
fn a_hand_that_does_what_the_next_step_would_counts_as_the_step() {
    for action in
        [deliver(PacketKind::Syn), deliver(PacketKind::Any), Action::Wire(WireAction::DeliverAll)]
    {
        let mut session = connecting();
        let progress = session.perform(action.clone()).expect("goes on");
        assert_eq!(progress, Progress::Settled);
        assert_eq!(session.mode(), Mode::Script, "{action:?}");
        assert_eq!(session.step_number().0, 8);
        let last = session.timeline().last().expect("an entry");
        assert_eq!(page(last), "step 7 | client connect = 0 | ✓ client returned 0");
    }
}

#[test]
fn any_other_action_leaves_the_script_and_rejoin_returns() {
    let mut session = connecting();
    let before = pages(&session);
    let drop = Action::Wire(WireAction::Drop(Filter::any()));
    let _ = session.perform(drop).expect("goes on");
    assert_eq!(session.mode(), Mode::Free);
    assert_eq!(page(session.timeline().last().expect("an entry")), "hand");
    assert_eq!(session.step().expect("no step"), Progress::Finished);
    assert!(session.question().is_none());

    let progress = session.rejoin();
    settle(&mut session, progress).expect("goes on");
    assert_eq!(session.mode(), Mode::Script);
    assert_eq!(pages(&session), before);
    assert_eq!(session.difference(), None);
    finish(&mut session).expect("goes on");
    assert!(session.rejoin().is_err(), "the script was not left");
}

#[test]
fn a_refused_action_changes_nothing() {
    let mut session = connecting();
    let before = pages(&session);
    let error = session.perform(deliver(PacketKind::Fin)).expect_err("nothing matches");
    assert_eq!(error.exit_code(), 1);
    assert_eq!(pages(&session), before);
    assert_eq!(session.mode(), Mode::Script);
    finish(&mut session).expect("goes on");
}

#[test]
fn typed_c_that_is_the_next_step_counts_as_it_line_by_line() {
    let (mut session, _) = open(READY);
    let server = process("server");
    let _ = session.type_c(&server, "int fd=socket( AF_INET,SOCK_STREAM,0 );").expect("runs");
    let lines = [
        "struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(8080) };",
        "bind(fd, (struct sockaddr *)&addr, sizeof addr);",
    ];
    let _ = session.type_c(&server, lines[0]).expect("runs");
    assert_eq!((session.mode(), session.step_number().0), (Mode::Script, 1));
    let _ = session.type_c(&server, lines[1]).expect("runs");
    assert_eq!((session.mode(), session.step_number().0), (Mode::Script, 2));
    assert_eq!(
        pages(&session),
        [
            "start",
            "step 0 | server socket = 3 | ✓ = 3",
            "step 1",
            "step 1 | server bind = 0 | ✓ = 0"
        ]
    );
    finish(&mut session).expect("goes on");
    assert_eq!(disagreements(&session), Vec::<String>::new());
}

#[test]
fn other_c_leaves_the_script_and_may_be_anything() {
    let (mut session, _) = open(READY);
    let _ = step(&mut session).expect("goes on");
    let server = process("server");
    let _ = session.type_c(&server, "int other = getpid(); close(fd);").expect("runs");
    let _ = session.type_c(&server, "other + fd;").expect("runs");
    assert_eq!(session.mode(), Mode::Free);
    assert_eq!(
        pages(&session)[2..],
        ["hand | server getpid = 2", "hand | server close = 0", "hand | value 5"]
    );
    let known = session.scope(&server).expect("a scope").variable("other").is_some();
    assert!(known);
}

#[test]
fn wrong_c_is_an_error_with_its_place_and_does_nothing() {
    let (mut session, _) = open(READY);
    let error = session.type_c(&process("server"), "int x = socke(1);").expect_err("wrong");
    let SessionError::Typed { span, .. } = &error else { panic!("{error}") };
    assert_eq!(*span, 8..13);
    assert_eq!(error.exit_code(), 2);
    assert_eq!((session.mode(), session.timeline().len()), (Mode::Script, 1));
    let error = session.type_c(&process("nobody"), "1;").expect_err("nobody");
    assert_eq!(error.to_string(), "there is no process nobody");
}

#[test]
fn a_process_that_sleeps_can_t_be_typed_to() {
    let mut session = connecting();
    let error = session.type_c(&process("client"), "close(fd);").expect_err("it sleeps");
    assert_eq!(error.to_string(), "client still sleeps in connect()");
    assert_eq!(session.mode(), Mode::Script);
    // What stands behind a call that falls asleep is not run, and that is said.
    let error = session
        .type_c(&process("server"), "accept(fd, NULL, NULL); close(fd);")
        .expect_err("it sleeps");
    let said = "server still sleeps in accept(); not run: close(fd);";
    assert_eq!(error.to_string(), said);
}

#[test]
fn typed_c_that_goes_wrong_says_so_and_the_process_can_go_on() {
    let (mut session, _) = open(READY);
    let server = process("server");
    let error = session.type_c(&server, "1 / 0;").expect_err("division");
    assert!(matches!(error, SessionError::Fault { .. }), "{error}");
    let _ = session.type_c(&server, "getpid();").expect("runs");
}

#[test]
fn free_play_has_no_script() {
    let spec = crate::model::LabSpec::two_hosts();
    let mut session = Session::free(spec, Box::new(Doubles::default())).expect("a double opens");
    assert_eq!(session.mode(), Mode::Free);
    assert_eq!(session.step_number(), (0, 0));
    let server = process("server");
    let _ = session.type_c(&server, "char *ip = SERVER_IP; strlen(ip);").expect("runs");
    assert_eq!(page(session.timeline().last().expect("an entry")), "hand | value 12");
    let kill = Action::Kill { signal: Signal(9), process: server.clone() };
    let _ = session.perform(kill).expect("runs");
    let error = session.type_c(&server, "getpid();").expect_err("dead");
    assert_eq!(error.to_string(), "server was killed by SIGKILL");
}

#[test]
fn timers_bring_entries_of_their_own_and_never_turn_the_page() {
    let mut session = connecting();
    let page = session.cursor();
    let _ = session.go_on(Duration::from_secs(1)).expect("goes on");
    let _ = session.go_on(Duration::from_secs(1)).expect("goes on");
    assert_eq!(session.cursor(), page);
    assert_eq!(session.new_since(page), 2);
    assert!(session.is_live(), "only timers came since");
    assert_eq!(session.timeline().last().expect("an entry").origin, Origin::FollowUp);
    session.look_at(page - 1);
    assert!(!session.is_live());
    let _ = step(&mut session).expect("goes on");
    assert_eq!(session.cursor(), session.timeline().len() - 1);
}

#[test]
fn looking_back_while_a_step_waits_leaves_the_page_alone() {
    let body = "
```c client
poll(NULL, 0, 3000);    // blocks
```
```lab
expect within 10s client returned 0
```
";
    let (mut session, _) = open(body);
    assert!(matches!(session.step(), Ok(Progress::Waiting { .. })));
    let awaited = session.waiting().map(|waiting| &waiting.what);
    assert!(
        matches!(awaited, Some(Awaited::Fact(fact)) if fact.to_string() == "client returned 0")
    );
    session.back();
    let progress = session.go_on(Duration::from_secs(10));
    settle(&mut session, progress).expect("goes on");
    assert_eq!(session.cursor(), 0);
    assert_eq!(session.timeline().len(), 3);
}
