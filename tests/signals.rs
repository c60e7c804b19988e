//! Handlers of signals against the kernel: what it interrupts, and signals that come at any time.

mod support;

use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use nix::sys::signal::{Signal as Sig, kill};
use nix::unistd::Pid;
use sockstep::model::{LabSpec, Moment, Outcome, ProcessState, Syscall, World};
use support::{ARENA, call, lab_or_skip, name};

#[test]
fn interrupted_calls_fail_or_go_on_as_signal_7_says() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let lesson = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/lessons/signals.md");
    let mut program = Command::new(env!("CARGO_BIN_EXE_sockstep"));
    let output = program.args(["run", lesson]).output().expect("sockstep runs");
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    for line in [
        "--- SIGUSR1 {si_signo=SIGUSR1, si_code=SI_USER, si_pid=0",
        "rt_sigreturn({mask=[]}) = -1 EINTR (Interrupted system call)",
        "--- SIGALRM {si_signo=SIGALRM, si_code=SI_KERNEL} ---",
        "si_code=CLD_EXITED, si_pid=",
    ] {
        assert!(said.contains(line), "{line} is not in\n{said}");
    }
}

/// Gives the server a handler of SIGUSR1 at an address of the learner's. `true`: SA_RESTART.
fn install(world: &mut dyn World, restart: bool) {
    install_for(world, 10, restart);
}

fn install_for(world: &mut dyn World, signal: i64, restart: bool) {
    let flags: u64 = if restart { 0x1000_0000 } else { 0 };
    let words = [ARENA + 512, flags, 0, 0];
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    assert!(world.memory(&name("server")).expect("it lives").write(ARENA, &bytes));
    let moment = call(world, "server", Syscall::RtSigaction, [signal, ARENA as i64, 0, 8, 0, 0]);
    assert_eq!(moment.reports[0].outcome, Outcome::Returned(0));
}

/// Counts what came back of calls of this kind.
fn count(moment: &Moment, syscall: Syscall) -> usize {
    let back = |outcome: &Outcome| matches!(outcome, Outcome::Returned(_));
    let reports = moment.reports.iter();
    reports.filter(|r| r.call.syscall == syscall && back(&r.outcome)).count()
}

#[test]
fn a_handler_is_given_back_as_it_was_installed() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    install(&mut *world, true);
    let place = ARENA + 64;
    call(&mut *world, "server", Syscall::RtSigaction, [10, 0, place as i64, 8, 0, 0]);
    let memory = world.memory(&name("server")).expect("it lives");
    let old = memory.read(place, 16).expect("it lies there");
    assert_eq!(old[..8], (ARENA + 512).to_le_bytes());
    assert_eq!(old[8..], 0x1000_0000_u64.to_le_bytes());
    // Wild addresses are the kernel's to judge.
    for (action, old) in [(1, 0), (0, 1), (-1, 0)] {
        let args = [10, action, old, 8, 0, 0];
        let moment = call(&mut *world, "server", Syscall::RtSigaction, args);
        assert_eq!(moment.reports[0].outcome.to_string(), "= -1 EFAULT", "{args:?}");
    }
}

#[test]
fn nobody_goes_back_from_a_handler_that_does_not_run() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let back = sockstep::model::Call {
        process: name("server"),
        code: String::new(),
        typed: String::new(),
        syscall: Syscall::RtSigreturn,
        args: [0; 6],
        shown: Vec::new(),
        child: None,
        overrun: None,
    };
    let refused = world.act(&sockstep::model::Action::Call(back.into()));
    assert!(refused.is_err());
    let moment = call(&mut *world, "server", Syscall::Getpid, [0; 6]);
    assert_eq!(moment.reports[0].outcome, Outcome::Returned(2));
}

#[test]
fn signals_that_come_at_any_time_lose_no_call() {
    calls_among(&[Sig::SIGUSR1]);
}

/// Handlers inside of handlers: a signal comes while the process is told to go back from another's.
#[test]
fn two_signals_that_come_at_any_time_lose_no_call() {
    calls_among(&[Sig::SIGUSR1, Sig::SIGUSR2]);
}

/// Makes calls, in handlers too, while others send these signals all the time.
fn calls_among(signals: &[Sig]) {
    const TURNS: usize = 900;
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    for signal in signals {
        install_for(world, *signal as i64, true);
    }
    let outer = world.start().snapshot.process(&name("server")).expect("it lives").outer_pid;
    let over = AtomicBool::new(false);
    let (mut made, mut back, mut caught, mut deep, mut ready) = (0, 0, 0, 0, true);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                for signal in signals {
                    let _ = kill(Pid::from_raw(outer), *signal);
                }
                std::thread::park_timeout(Duration::from_micros(300));
            }
        });
        for turn in 0.. {
            over.fetch_or(turn >= TURNS, Ordering::Relaxed);
            let next = if ready && (turn < TURNS || deep > 0) {
                let syscall = match deep {
                    0 => Syscall::Getpid,
                    _ if turn < TURNS && turn % 2 == 0 => Syscall::Getppid,
                    _ => Syscall::RtSigreturn,
                };
                made += usize::from(syscall != Syscall::RtSigreturn);
                Some(call(world, "server", syscall, [0; 6]))
            } else {
                world.next(Duration::from_millis(200)).expect("it lives")
            };
            let Some(moment) = next else { break };
            back += count(&moment, Syscall::Getpid) + count(&moment, Syscall::Getppid);
            caught += moment.signals.len();
            let server = moment.snapshot.process(&name("server")).expect("it lives");
            (deep, ready) = (server.handling.len(), server.state == ProcessState::Ready);
        }
        over.store(true, Ordering::Relaxed);
    });
    assert_eq!((back, deep), (made, 0), "{caught} signals were caught");
    assert!(caught > TURNS / 10, "only {caught} signals were caught");
}
