//! Handlers of signals: their C runs where the kernel says so.

use super::*;
use crate::model::{Action, Outcome, Signal, Syscall};

/// A server that sleeps in accept(), with a handler of SIGUSR1 that closes a socket.
fn body(flags: &str) -> String {
    format!(
        "{READY}
```c server
int got;
int spare = socket(AF_INET, SOCK_STREAM, 0);
void on_usr1(int sig) {{ got += sig; close(spare); }}
struct sigaction sa = {{ .sa_handler = on_usr1, .sa_flags = {flags} }};
sigaction(SIGUSR1, &sa, NULL);    // = 0
int conn = accept(fd, NULL, NULL);    // blocks
```
```lab
kill -SIGUSR1 server
expect server: got == 10
```
"
    )
}

fn calls(session: &Session) -> Vec<(Syscall, Outcome)> {
    let reports = session.timeline().iter().flat_map(|entry| &entry.moment.reports);
    reports.map(|report| (report.call.syscall, report.outcome.clone())).collect()
}

#[test]
fn a_handlers_calls_are_moments_of_the_timeline_and_the_call_fails_or_sleeps_on() {
    let failed = Outcome::Failed(crate::model::Errno(4));
    for (flags, end) in [("0", failed), ("SA_RESTART", Outcome::Blocked)] {
        let (mut session, _) = open(&body(flags));
        finish(&mut session).expect("it runs");
        assert_eq!(session.score().1, 0, "{flags}");
        let calls = calls(&session);
        let last = &calls[calls.len() - 2..];
        assert_eq!(last, [(Syscall::Close, Outcome::Returned(0)), (Syscall::Accept, end)]);
        let caught: Vec<&str> = session
            .timeline()
            .iter()
            .flat_map(|entry| &entry.moment.signals)
            .map(|caught| caught.handler.as_str())
            .collect();
        assert_eq!(caught, ["on_usr1"]);
        let inside = session.timeline().iter().filter(|entry| {
            entry.moment.snapshot.processes.iter().any(|process| !process.handling.is_empty())
        });
        assert_eq!(inside.count(), 2, "the signal and close() are inside the handler");
    }
}

#[test]
fn several_signals_in_a_row_are_handled_one_by_one() {
    let (mut session, _) = open(&body("SA_RESTART"));
    finish(&mut session).expect("it runs");
    for times in 2..4 {
        let kill = Action::Kill { signal: Signal(10), process: process("server") };
        session.perform(kill).expect("it is alive");
        let entry = session.timeline().last().expect("an entry");
        let got = entry.variables_of(&process("server"));
        let got = got.iter().find(|variable| &*variable.name == "got").expect("it is declared");
        assert_eq!(got.bytes, (10_i32 * times).to_le_bytes());
    }
}

#[test]
fn a_handler_is_done_again_with_what_led_to_it() {
    let (mut session, _) = open(&body("0"));
    finish(&mut session).expect("it runs");
    let before = calls(&session);
    session.undo().expect("something was done");
    finish(&mut session).expect("it runs");
    assert_eq!(calls(&session), before);
    assert!(session.difference().is_none());
}

#[test]
fn a_branch_inside_a_handler_leaves_it() {
    let (mut session, _) = open(&body("SA_RESTART"));
    finish(&mut session).expect("it runs");
    let place = session.timeline().iter().position(|entry| !entry.moment.signals.is_empty());
    session.look_at(place.expect("a signal came"));
    session.branch().expect("it is done again");
    let last = session.timeline().last().expect("an entry");
    assert!(last.moment.snapshot.processes.iter().all(|process| process.handling.is_empty()));
}
