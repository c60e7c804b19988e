//! Programs that are walked, on the double.

use super::*;
use crate::model::{Outcome, ProcessState, Signal};
use crate::session::Mode;
use crate::session::recording::{Recorder, read};

const SERVER: &str = "#include <stdio.h>
int twice(int n)
{
    if (getpid() < 0)
        return -1;
    return 2 * n;
}

int main(void)
{
    int i, sum = 0;
    for (i = 0; i < 2; i++)
        sum += twice(i);
    printf(\"sum %d\\n\", sum);
    poll(NULL, 0, 3000);
    return sum;
}
";

const CLIENT: &str = "int main(int argc, char *argv[])
{
    int me = getpid();
    if (argc != 2)
        return 1;
    return me > 0 ? argv[1][0] - '0' : 9;
}
";

fn play() -> Session {
    let body = format!("```c server program\n{SERVER}```\n\n```c client program 4\n{CLIENT}```\n");
    open(&body).0
}

/// Where the program of a process stands.
fn stands(session: &Session, name: &str) -> Option<String> {
    let entry = session.timeline().last()?;
    let spot = entry.spot_of(&process(name))?.clone();
    let program = session.lesson()?.programs().find(|p| p.process == process(name))?.clone();
    program.text().get(spot).map(|code| code.split_whitespace().collect::<Vec<_>>().join(" "))
}

#[test]
fn a_step_of_a_play_is_one_call_of_one_program() {
    let mut session = play();
    assert_eq!(session.mode(), Mode::Programs);
    assert_eq!(session.step_number(), (0, 0));
    assert_eq!(stands(&session, "server").as_deref(), Some("int i, sum = 0;"));
    assert_eq!(session.walker(), Some(&process("server")));
    step(&mut session).expect("goes on");
    // The call is back, and the statement behind it has not begun.
    assert_eq!(stands(&session, "server").as_deref(), Some("return 2 * n;"));
    step(&mut session).expect("goes on");
    step(&mut session).expect("goes on");
    let last = session.timeline().last().expect("an entry").clone();
    assert_eq!(last.printed, "server: sum 2\n");
    // It sleeps now: the other one goes on.
    assert_eq!(session.walker(), Some(&process("client")));
    step(&mut session).expect("goes on");
    step(&mut session).expect("goes on");
    assert_eq!(step(&mut session).ok(), Some(Progress::Finished));
    assert_eq!(session.walked(), 5);
    assert!(session.sleeps_for().is_some_and(|time| time == Duration::from_secs(3)));
}

#[test]
fn another_program_can_be_chosen_and_undo_takes_back_one_call() {
    let mut session = play();
    session.choose_next();
    assert_eq!(session.walker(), Some(&process("client")));
    step(&mut session).expect("goes on");
    session.choose_next();
    step(&mut session).expect("goes on");
    assert_eq!(pages(&session)[1..], ["hand | client getpid = 3", "hand | server getpid = 2"]);
    let undone = session.undo();
    settle(&mut session, undone).expect("goes on");
    assert_eq!(pages(&session)[1..], ["hand | client getpid = 3"]);
    assert_eq!(session.mode(), Mode::Programs);
    assert_eq!(stands(&session, "server").as_deref(), Some("int i, sum = 0;"));
    let again = session.restart();
    settle(&mut session, again).expect("goes on");
    assert_eq!(session.timeline().len(), 1);
    assert_eq!(session.able(), 2);
}

#[test]
fn a_recorded_play_knows_where_its_programs_stood() {
    let mut session = play();
    for _ in 0..3 {
        step(&mut session).expect("goes on");
    }
    let lesson = session.lesson().map(|lesson| &**lesson);
    let (mut recorder, mut text) = Recorder::new(session.spec(), lesson);
    text.push_str(&recorder.catch_up(session.timeline()));
    let replay = Session::replay(read(&text).expect("a recording"));
    assert_eq!(stands(&replay, "server"), stands(&session, "server"));
    assert!(stands(&replay, "server").is_some());
    assert!(!replay.walks());
}

#[test]
fn a_lesson_walks_a_program_a_call_or_up_to_a_call() {
    let body = format!(
        "```c server program\n{SERVER}```\n\n```lab\nstep server\nexpect server: i == 0\n\
         step server until poll\nexpect server in poll\nexpect server: sum == 2\n\
         wait not server in poll\nstep server\nexpect server exit 2\n```\n"
    );
    let session = run(&body);
    assert_eq!(session.score(), (4, 0), "{:#?}", pages(&session));
}

#[test]
fn a_program_that_never_comes_to_the_call_is_a_disagreement() {
    let body =
        format!("```c client program 4\n{CLIENT}```\n\n```lab\nstep client until accept\n```\n");
    let session = run(&body);
    assert_eq!(session.score(), (0, 1), "{:#?}", pages(&session));
}

/// The play of two programs, each walked until none can go on.
fn walked(server: &str, client: &str) -> Session {
    let body =
        format!("```c server program\n{server}\n```\n\n```c client program\n{client}\n```\n");
    let mut session = open(&body).0;
    while session.walker().is_some() && session.walked() < 100 {
        step(&mut session).expect("goes on");
    }
    session
}

#[test]
fn a_program_that_reads_through_null_dies_and_the_others_go_on() {
    let session = walked(
        "int main(void) { int *p = 0; getpid(); *p = 1; return 0; }",
        "int main(void) { getpid(); getpid(); return 7; }",
    );
    let last = &session.timeline().last().expect("an entry").moment.snapshot;
    let state = |name| last.process(&process(name)).expect("it was there").state.clone();
    assert_eq!(state("server"), ProcessState::Dead(Outcome::Killed(Signal(11))));
    assert_eq!(state("client"), ProcessState::Dead(Outcome::Exited(7)));
    let said = session.timeline().iter().any(|entry| entry.printed.contains("through NULL"));
    assert!(said, "{:#?}", pages(&session));
}

#[test]
fn a_program_that_was_stopped_is_known_with_the_reason() {
    let server = "int main(void) { char f[] = \"%d %d\"; getpid(); printf(f, 1); return 0; }";
    let body = format!("```c server program\n{server}\n```\n");
    let mut session = open(&body).0;
    assert_eq!(session.halted_program(), None);
    let mut steps = 0;
    while step(&mut session).is_ok() && session.walker().is_some() && steps < 9 {
        steps += 1;
    }
    let halted = session.halted_program().map(|(name, why)| (name.to_string(), why.to_string()));
    let why = "the format asks for more arguments than there are".to_owned();
    assert_eq!(halted, Some(("server".to_owned(), why)));
    assert_eq!(session.walker(), None);
}

#[test]
fn an_alarm_or_a_time_out_wakes_a_sleeping_program() {
    for (server, wakes) in [
        ("int main(void) { poll(NULL, 0, -1); return 0; }", false),
        ("int main(void) { alarm(5); poll(NULL, 0, -1); return 0; }", true),
        ("int main(void) { alarm(5); alarm(0); poll(NULL, 0, -1); return 0; }", false),
        (
            "int main(void) { struct timeval t = { 1, 0 };
             int s = socket(AF_INET, SOCK_STREAM, 0);
             setsockopt(s, SOL_SOCKET, SO_RCVTIMEO, &t, sizeof t);
             poll(NULL, 0, -1); return 0; }",
            true,
        ),
    ] {
        let session = walked(server, "int main(void) { return 0; }");
        assert_eq!(session.sleeps_for().is_some(), wakes, "{server}: {:#?}", pages(&session));
    }
}

#[test]
fn who_makes_calls_without_end_is_told_as_such() {
    let body = "```c server program\nint main(void) { for (;;) getpid(); }\n```\n\n\
                ```lab\nstep server until accept\n```\n";
    let session = run(body);
    let said = session.timeline().iter().flat_map(|entry| entry.verdicts.clone());
    let said: Vec<String> = said.map(|verdict| verdict.kernel.to_string()).collect();
    assert_eq!(said, ["server made 1000 calls, and no accept()"]);
}

#[test]
fn a_program_may_be_given_the_word_together() {
    let body = "```c server program a together\nint main(int argc, char **argv)\n\
                { return argc + (argv[2][0] == 't'); }\n```\n\n```lab\nstep server\n\
                expect server exit 4\n```\n";
    assert_eq!(run(body).score(), (1, 0));
}
