//! Lessons and free play on the real kernel, by keys.

use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::pty::Pty;

/// Free play, or `None` with a printed reason where this machine gives no lab. In CI that is a
/// failure.
fn free_play() -> Option<Pty> {
    let doctor = Command::new(env!("CARGO_BIN_EXE_sockstep")).arg("doctor").output();
    let able = doctor.is_ok_and(|output| output.status.success());
    if !able {
        assert!(std::env::var_os("CI").is_none(), "kernel tests must run in CI");
        println!("skipped: sockstep doctor finds no lab on this machine");
        return None;
    }
    let mut pty = Pty::start(&["lab"]);
    pty.until_shown("Free play");
    Some(pty)
}

#[test]
fn three_keys_after_the_menu_a_socket_exists() {
    let Some(_) = free_play() else { return };
    let mut pty = Pty::start(&[]);
    pty.until_shown("every state is read from the kernel");
    pty.send("\r");
    pty.until_shown("0/8");
    pty.send(" ");
    let text = pty.until_shown("3 TCP");
    assert!(text.contains("socket = 3"), "{text}");
}

#[test]
fn typed_c_makes_a_call_and_its_error_has_a_caret() {
    let Some(mut pty) = free_play() else { return };
    pty.send(":");
    pty.until_shown("your call");
    pty.send("int fd = socket(AF_INET, SOCK_STREAM, 0);\r");
    pty.until_shown("= 3");
    pty.send("bind(fd, 3 +);\r");
    pty.until_shown("^");
}

/// 3,000 bytes and more in one go: as a terminal pastes, and as a terminal without bracketed
/// paste would type them.
#[test]
fn three_thousand_bytes_pasted_at_once_arrive_whole() {
    let Some(mut pty) = free_play() else { return };
    let lines = "n += 1;\n".repeat(400);
    pty.send(&format!("\x1b[200~int n = 0;\n{lines}printf(\"total %d\\n\", n);\x1b[201~"));
    pty.until_shown("printf(\"total");
    pty.send("\r");
    pty.until_shown("total 400");
    let burst = format!("int m = 0; {} printf(\"burst %d\\n\", m);\r", "m += 2; ".repeat(400));
    pty.send(&burst);
    pty.until_shown("burst 800");
}

#[test]
fn a_killed_lab_is_said_and_r_starts_a_new_one() {
    let Some(mut pty) = free_play() else { return };
    pty.send(":int fd = socket(AF_INET, SOCK_STREAM, 0);\r");
    pty.until_shown("= 3");
    for child in children(pty.pid().as_raw()) {
        // The lab's keeper is a child of the program that we started.
        let _ = kill(Pid::from_raw(child), Signal::SIGKILL);
    }
    pty.send("listen(fd, 1);\r");
    // The processes go with their lab, and may be seen dying before it is missed.
    pty.until("the loss", |text| text.contains("The lab is lost") || text.contains("is dead"));
    pty.send("\x1b");
    pty.until("the prompt to close", |text| !text.contains("your call"));
    pty.send("r");
    pty.until("a new lab", |text| text.matches("only 0, 1, 2").count() == 2);
    pty.send("q");
    assert_eq!(pty.code(), Some(0));
    pty.assert_given_back();
}

/// Whatever ends the program, wherever in a lesson it stands, the terminal is given back and
/// nothing of the lab is left.
#[test]
fn an_end_at_any_step_leaves_the_terminal_as_it_was_and_no_process() {
    let Some(_) = free_play() else { return };
    let ends = [Some(Signal::SIGTERM), Some(Signal::SIGHUP), Some(Signal::SIGINT), None];
    for (index, step) in [2, 7, 9, 13, 16, 21, 24, 25].into_iter().enumerate() {
        let at = step.to_string();
        let mut pty = Pty::start(&["open", "tcp-lifecycle", "--at", &at]);
        pty.until_shown(&format!(" {}/25", step - 1));
        // In the middle of something, too: the key is taken while the signal comes.
        pty.send(" ");
        let lab = descendants(pty.pid().as_raw());
        assert!(!lab.is_empty(), "a lab has processes");
        match ends[index % ends.len()] {
            Some(signal) => {
                pty.signal(signal);
                assert_eq!(pty.code(), Some(128 + signal as i32), "{signal} at step {step}");
                pty.assert_given_back();
            }
            None => {
                pty.close();
                pty.code();
            }
        }
        assert_gone(&lab);
    }
}

#[test]
fn a_killed_process_is_seen_dying() {
    let Some(mut pty) = free_play() else { return };
    pty.send(":int fd = socket(AF_INET, SOCK_STREAM, 0);\r");
    pty.until_shown("= 3");
    let comm = |pid: &i32| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    let lab = descendants(pty.pid().as_raw());
    let server = lab.into_iter().find(|pid| comm(pid).trim() == "server").expect("the server");
    kill(Pid::from_raw(server), Signal::SIGKILL).expect("it lives");
    // Nobody did it in the lab, so it does not move the page: a badge tells of it.
    pty.until_shown("+1 since (t)");
    pty.send("\x1b");
    pty.until("the prompt to close", |text| !text.contains("your call"));
    pty.send("t");
    pty.until_shown("killed by SIGKILL");
}

/// A packet that timers brought is seen before it is acted upon.
#[test]
fn a_key_for_the_wire_acts_on_no_packet_that_the_page_does_not_show() {
    let Some(_) = free_play() else { return };
    let mut pty = Pty::start(&["open", "handshake", "--at", "5"]);
    pty.until_shown("SYN_SENT");
    pty.send("x");
    pty.until_shown("off the script");
    // The client's kernel sends its SYN again, and the wire holds it: the page stays.
    pty.until_shown("newer (t)");
    pty.send("x");
    pty.until_shown("The wire has moved on");
    pty.send("x");
    pty.until("the second drop", |text| !text.contains("moved on"));
}

/// A page that shows a timer counts it down by itself, and one that shows none sleeps.
#[test]
fn a_shown_timer_counts_down_and_without_one_nothing_wakes() {
    let Some(mut idle) = free_play() else { return };
    idle.settled();
    let before = idle.sleeps();
    idle.read(Duration::from_secs(2));
    assert_eq!(idle.sleeps(), before);
    let mut pty = Pty::start(&["open", "tour", "--at", "8"]);
    pty.until_shown(" 7/8");
    pty.send(" ");
    let text = pty.until_shown(" s for FIN");
    let left = |text: &str| {
        let (before, _) = text.split_once(" s for FIN")?;
        before.rsplit(' ').next()?.parse::<u32>().ok()
    };
    let first = left(&text).expect("whole seconds");
    pty.until("fewer seconds", |text| left(text).is_some_and(|now| now + 2 <= first));
}

/// Waits until none of these processes is there any more.
fn assert_gone(pids: &[i32]) {
    let end = Instant::now() + Duration::from_secs(20);
    let alive = |pid: &&i32| std::path::Path::new(&format!("/proc/{pid}")).exists();
    while let Some(left) = pids.iter().find(alive) {
        assert!(Instant::now() < end, "process {left} of the lab is left");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// All processes below one, by `/proc`.
fn descendants(pid: i32) -> Vec<i32> {
    let own = children(pid);
    own.iter().copied().chain(own.iter().flat_map(|child| descendants(*child))).collect()
}

/// The children of a process, by `/proc`.
fn children(pid: i32) -> Vec<i32> {
    let path = format!("/proc/{pid}/task/{pid}/children");
    let text = std::fs::read_to_string(path).unwrap_or_default();
    text.split_whitespace().filter_map(|number| number.parse().ok()).collect()
}
