//! Whatever ends sockstep while it is on a screen, at whatever step of a lesson: the terminal is
//! given back, and nothing of the lab is left on the machine.
//!
//! The steps are drawn at random; the seed is printed, and `SOCKSTEP_SEED` draws the same again.

#[path = "tui/pty.rs"]
#[allow(dead_code, reason = "the tests of the screen use the rest")]
mod pty;
mod support;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use pty::Pty;
use sockstep::lesson::builtin;
use sockstep::model::{LabSpec, Lang};
use support::dice::Dice;
use support::lab_or_skip;
use support::traces::{Traces, alone, below};

const LESSONS: [&str; 3] = ["tcp-lifecycle", "backlog", "both-at-once"];

fn steps_of(lesson: &str) -> usize {
    builtin(lesson, Lang::En).expect("it is built in").expect("it has no error").count()
}

/// A lesson on a screen, at a step drawn at random.
fn somewhere(dice: &mut Dice) -> Pty {
    let lesson = LESSONS[dice.below(LESSONS.len())];
    let steps = steps_of(lesson);
    let step = 1 + dice.below(steps - 1);
    println!("{lesson}, step {step}");
    let mut pty = Pty::start(&["open", lesson, "--at", &step.to_string()]);
    pty.until_shown(&format!("/{steps}"));
    // Sometimes on the way to that step, sometimes there, sometimes in the middle of the next.
    match dice.below(3) {
        0 => {}
        1 => drop(pty.settled()),
        _ => {
            pty.settled();
            pty.send(" ");
        }
    }
    pty
}

/// A screen that stands still somewhere in a lesson, and what there is of its lab.
fn stopped_somewhere(dice: &mut Dice) -> (Pty, Traces) {
    let pty = somewhere(dice);
    let traces = freeze(&pty);
    (pty, traces)
}

/// Stops the clock of sockstep alone, and looks at its labs.
fn freeze(pty: &Pty) -> Traces {
    pty.signal(Signal::SIGSTOP);
    while !std::fs::read_to_string(format!("/proc/{}/stat", pty.pid()))
        .expect("it is there")
        .contains(") T ")
    {
        std::thread::yield_now();
    }
    Traces::below(pty.pid().as_raw() as u32)
}

#[test]
fn a_signal_gives_the_terminal_back_and_leaves_nothing() {
    let _alone = alone();
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let mut dice = Dice::seeded();
    for signal in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT] {
        for _ in 0..3 {
            let (mut pty, traces) = stopped_somewhere(&mut dice);
            pty.signal(signal);
            pty.signal(Signal::SIGCONT);
            assert_eq!(pty.code(), Some(128 + signal as i32), "{}", pty.text());
            pty.assert_given_back();
            traces.wait_until_gone();
        }
    }
}

#[test]
fn a_closed_terminal_leaves_nothing() {
    let _alone = alone();
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let mut dice = Dice::seeded();
    for _ in 0..3 {
        let (mut pty, traces) = stopped_somewhere(&mut dice);
        pty.close();
        pty.signal(Signal::SIGCONT);
        let code = pty.code();
        assert!(matches!(code, Some(0 | 129)), "{code:?}");
        traces.wait_until_gone();
    }
}

/// Nobody can give the terminal back then (`reset` does); but the rest is gone.
#[test]
fn sigkill_leaves_a_terminal_to_reset_and_nothing_else() {
    let _alone = alone();
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let mut dice = Dice::seeded();
    for _ in 0..4 {
        let (mut pty, traces) = stopped_somewhere(&mut dice);
        pty.signal(Signal::SIGKILL);
        assert_eq!(pty.code(), Some(128 + 9));
        traces.wait_until_gone();
    }
}

/// Kills a part of the lab at some step; the screen stays usable and `q` leaves as ever.
fn kill_a_part(wanted: impl Fn(&str) -> bool) {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let mut dice = Dice::seeded();
    for _ in 0..3 {
        let (mut pty, traces) = stopped_somewhere(&mut dice);
        let name = |pid: i32| std::fs::read_to_string(format!("/proc/{pid}/comm"));
        let mut parts = below(pty.pid().as_raw());
        parts.retain(|pid| name(*pid).is_ok_and(|name| wanted(name.trim_end())));
        assert!(!parts.is_empty(), "no such part");
        let _ = kill(Pid::from_raw(parts[dice.below(parts.len())]), Signal::SIGKILL);
        pty.signal(Signal::SIGCONT);
        // It goes on as far as it goes.
        for _ in 0..3 {
            pty.send(" ");
            pty.settled();
        }
        assert!(pty.is_taken(), "{}", pty.text());
        pty.send("\x1b");
        pty.settled();
        pty.send("q");
        assert_eq!(pty.code(), Some(0), "{}", pty.text());
        pty.assert_given_back();
        traces.wait_until_gone();
    }
}

#[test]
fn a_killed_keeper_costs_the_lab_and_not_the_screen() {
    let _alone = alone();
    kill_a_part(|name| name == "sockstep-keeper");
}

#[test]
fn a_killed_first_process_costs_the_lab_and_not_the_screen() {
    let _alone = alone();
    kill_a_part(|name| name == "sockstep-lab");
}

#[test]
fn a_killed_learner_s_process_is_shown() {
    let _alone = alone();
    kill_a_part(|name| !name.starts_with("sockstep"));
}
