//! Handlers of signals: what they interrupt, and how that goes on.

use std::sync::Arc;

use crate::explain::note::Value;
use crate::explain::testing::*;
use crate::model::{Action, Call, Caught, Outcome, ProcessState, Signal};

const RESTART: i64 = 0x1000_0000;

fn accept() -> Call {
    call("server", "accept", &[3, 0, 0], &["3", "NULL", "NULL"])
}

fn caught(during: Option<Call>, flags: i64) -> Caught {
    Caught {
        process: process("server"),
        pid: 2,
        signal: Signal(10),
        code: Caught::USER,
        sender: 3,
        user: 0,
        status: 0,
        address: 0x1000_0040,
        handler: "on_usr1".to_owned(),
        flags,
        mask: 0,
        during: during.map(Arc::new),
    }
}

/// The server's way back from a handler.
fn back() -> Action {
    Action::Call(Arc::new(call("server", "rt_sigreturn", &[], &["{mask=[]}"])))
}

fn handling(caught: &Caught) -> Lab {
    let caught = Arc::new(caught.clone());
    Lab::new().fd("server", 3, listener(0, 1)).edit("server", |p| p.handling.push(caught))
}

fn idle() -> Lab {
    Lab::new().fd("server", 3, listener(0, 1))
}

#[test]
fn a_handler_is_told_with_what_it_interrupts() {
    let asleep = idle().asleep("server", &accept());
    let busy = caught(Some(accept()), 0);
    let kill = Action::Kill { signal: Signal(10), process: process("server") };
    let play = Play::new(&asleep, handling(&busy)).cause(kill).caught(busy.clone());
    assert_eq!(play.keys(), ["signal-caught-asleep"]);
    assert_eq!(
        play.first(),
        "SIGUSR1, sent by client, finds server asleep in accept(). The kernel wakes it and runs \
         its handler on_usr1()."
    );
    let play = Play::new(&idle(), handling(&busy)).caught(busy);
    assert_eq!(play.keys(), ["signal-caught-call"]);
    let between = caught(None, 0);
    let play = Play::new(&idle(), handling(&between)).caught(between);
    assert_eq!(play.keys(), ["signal-caught-idle"]);
}

#[test]
fn a_signal_names_its_sender_if_it_has_one() {
    let user = |sender: i32| (10, Caught::USER, sender);
    let cases = [
        (user(3), "signal-from-process", "sent by client"),
        (user(2), "signal-from-itself", "sent by itself"),
        (user(0), "signal-from-outside", "sent from outside"),
        ((13, Caught::USER, 2), "signal-from-kernel", "sent by the kernel"),
        ((14, Caught::KERNEL, 0), "signal-from-kernel", "sent by the kernel"),
        ((13, Caught::USER, 3), "signal-from-process", "sent by client"),
        ((13, Caught::USER, 0), "signal-from-outside", "sent from outside"),
        ((17, 1, 3), "signal-from-child", "because of its child client"),
        ((17, Caught::USER, 0), "signal-from-outside", "sent from outside"),
        ((17, Caught::USER, 3), "signal-from-process", "sent by client"),
    ];
    for ((signal, code, sender), key, words) in cases {
        let caught = Caught { signal: Signal(signal), code, sender, ..caught(None, 0) };
        let play = Play::new(&idle(), handling(&caught)).caught(caught);
        assert_eq!(play.keys(), ["signal-caught-idle"], "{signal} {code} {sender}");
        let notes = play.notes();
        let Some(Value::Clause(source)) = notes[0].value("source") else { panic!("no source") };
        assert_eq!(source.key, key, "{signal} {code} {sender}");
        assert!(play.first().contains(words), "{}", play.first());
    }
}

#[test]
fn the_kernels_sigpipe_is_not_one_that_the_process_sends_itself() {
    let caught = Caught { signal: Signal(13), sender: 2, ..caught(None, 0) };
    let kill = Action::Call(Arc::new(call("server", "kill", &[2, 13], &["2", "SIGPIPE"])));
    let play = Play::new(&idle(), handling(&caught)).cause(kill).caught(caught);
    let notes = play.notes();
    let Some(Value::Clause(source)) = notes[0].value("source") else { panic!("no source") };
    assert_eq!(source.key, "signal-from-itself");
}

#[test]
fn who_is_stopped_in_a_call_is_found_asleep_there() {
    let stopped = Lab::new().fd("server", 3, listener(0, 1)).edit("server", |process| {
        process.state = ProcessState::Stopped;
        process.stopped_in = Some(Arc::new(accept()));
    });
    let caught = caught(Some(accept()), 0);
    let play = Play::new(&stopped, handling(&caught)).caught(caught);
    assert!(play.keys().contains(&"signal-caught-asleep"), "{:?}", play.keys());
}

#[test]
fn an_interrupted_call_fails_or_goes_on_by_the_flags_of_the_handler() {
    let poll = || call("server", "poll", &[0x1000_0000, 1, -1], &["[]", "1", "-1"]);
    let cases = [
        (accept(), 0, failed("EINTR"), "error-intr-handler"),
        (accept(), RESTART, failed("EINTR"), "error-intr-timeout"),
        (poll(), RESTART, failed("EINTR"), "error-intr-never"),
        (accept(), RESTART, Outcome::Blocked, "handler-over-restart"),
        (accept(), 0, Outcome::Blocked, "handler-over-again"),
        (accept(), 0, Outcome::Returned(4), "handler-over-returned"),
    ];
    for (call, flags, outcome, key) in cases {
        let before = handling(&caught(Some(call.clone()), flags));
        let after = match outcome {
            Outcome::Blocked => idle().asleep("server", &call),
            _ => idle(),
        };
        let play = Play::new(&before, after).cause(back()).report(call, outcome);
        assert_eq!(play.keys()[0], key);
    }
    let play = Play::new(&handling(&caught(None, 0)), idle()).cause(back());
    assert_eq!(play.keys(), ["handler-over"]);
}

#[test]
fn what_a_signal_is_to_do_is_told() {
    let action = |text: &str| {
        let shown = ["SIGUSR1", text, "NULL", "8"];
        let call = call("server", "rt_sigaction", &[10, 0x1000_0000, 0, 8], &shown);
        Play::new(&idle(), idle()).report(call, Outcome::Returned(0))
    };
    let cases = [
        ("{sa_handler=SIG_IGN, sa_mask=[], sa_flags=0}", "sigaction-ignored"),
        ("{sa_handler=SIG_DFL, sa_mask=[], sa_flags=0}", "sigaction-default"),
        ("{sa_handler=0x10000040, sa_mask=[], sa_flags=SA_RESTART}", "sigaction-handler"),
        ("NULL", "sigaction-asked"),
        ("0x10", "sigaction-returned"),
    ];
    for (text, key) in cases {
        assert_eq!(action(text).keys(), [key], "{text}");
    }
    for (flags, key, words) in [
        ("SA_RESTART", "sigaction-with-restart", "with SA_RESTART"),
        ("SA_RESTORER", "sigaction-without-restart", "without SA_RESTART"),
    ] {
        let play = action(&format!("{{sa_handler=0x10000040, sa_mask=[], sa_flags={flags}}}"));
        assert!(play.first().contains(words), "{key}: {}", play.first());
    }
}

#[test]
fn alarms_limits_and_comparisons_are_told() {
    let file = ["2", "3", "KCMP_FILE", "3", "4"];
    let kcmp = |shown: &[&str]| call("server", "kcmp", &[2, 3, 0, 3, 4], shown);
    let cases = [
        (call("server", "alarm", &[5], &["5"]), 0, "alarm-set"),
        (call("server", "alarm", &[0], &["0"]), 3, "alarm-off"),
        (kcmp(&file), 0, "kcmp-same"),
        (kcmp(&file), 2, "kcmp-other"),
        (kcmp(&["2", "3", "KCMP_VM", "0", "0"]), 1, "call-returned"),
        (call("server", "getrlimit", &[7], &["RLIMIT_NOFILE"]), 0, "getrlimit-returned"),
    ];
    for (call, value, key) in cases {
        let play = Play::new(&idle(), idle()).report(call, Outcome::Returned(value));
        assert_eq!(play.keys(), [key]);
    }
    let play = Play::new(&idle(), idle()).report(kcmp(&file), Outcome::Returned(0));
    let key = "kcmp-file";
    assert_eq!(
        play.first(),
        "server fd 3 and client fd 4 are the same open file in the kernel.",
        "{key}"
    );
    for (errno, key) in [
        ("EBADF", "kcmp-badf"),
        ("ESRCH", "kcmp-nobody"),
        ("EINVAL", "kcmp-type"),
        ("EPERM", "kcmp-denied"),
    ] {
        let play = Play::new(&idle(), idle()).report(kcmp(&file), failed(errno));
        assert_eq!(play.keys(), [key]);
    }
    let limit = call("server", "getrlimit", &[99], &["99"]);
    let play = Play::new(&idle(), idle()).report(limit, failed("EINVAL"));
    assert_eq!(play.keys(), ["getrlimit-invalid"]);
}
