//! Whatever happens to the program, the terminal is given back as it was.

use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::Signal;

use crate::pty::Pty;

fn on_the_menu() -> Pty {
    let mut pty = Pty::start(&[]);
    pty.until_shown("every state is read from the kernel");
    assert!(pty.is_taken());
    pty
}

#[test]
fn q_gives_the_terminal_back() {
    let mut pty = on_the_menu();
    pty.send("q");
    assert_eq!(pty.code(), Some(0));
    pty.assert_given_back();
}

#[test]
fn signals_that_end_the_program_give_the_terminal_back() {
    for signal in [Signal::SIGTERM, Signal::SIGHUP, Signal::SIGINT] {
        let mut pty = on_the_menu();
        pty.signal(signal);
        assert_eq!(pty.code(), Some(128 + signal as i32), "{signal}");
        pty.assert_given_back();
    }
}

#[test]
fn a_panic_gives_the_terminal_back_and_is_told_on_it() {
    let this = std::env::current_exe().expect("the test's own program");
    let child = ["--ctty", &this.display().to_string(), "terminal::panics_when_a_lesson_opens"]
        .map(str::to_owned);
    let mut pty =
        Pty::run(Command::new("setsid").args(child).args(["--exact", "--ignored", "--nocapture"]));
    pty.until_shown("every state is read from the kernel");
    pty.send("f");
    pty.end();
    pty.assert_given_back();
    assert!(pty.text().contains("no world today"), "{}", pty.text());
}

/// Not a test: the program of the test above.
#[test]
#[ignore = "started by a_panic_gives_the_terminal_back_and_is_told_on_it"]
fn panics_when_a_lesson_opens() {
    use sockstep::tui::{App, Ink, Menu, Setup, run};
    let app = App::new(Ink::new(sockstep::model::Lang::En), Menu::default());
    let factory = Box::new(|| -> Box<dyn sockstep::model::Worlds> { panic!("no world today") });
    let keep = Box::new(|_: &App| {});
    let _ = run(Setup { app, factory, first: None, glyphs: None, keep });
}

#[test]
fn a_closed_terminal_ends_the_program() {
    let mut pty = on_the_menu();
    pty.close();
    let code = pty.code();
    assert!(code == Some(129) || code == Some(1), "{code:?}");
}

#[test]
fn it_stops_and_goes_on_like_any_program_of_a_shell() {
    let mut pty = on_the_menu();
    pty.send("\x1a");
    let stopped = |pty: &Pty| state(pty) == Some('T');
    let end = Instant::now() + Duration::from_secs(10);
    while !stopped(&pty) {
        assert!(Instant::now() < end, "it does not stop");
        pty.read(Duration::from_millis(20));
    }
    pty.read(Duration::from_millis(50));
    pty.assert_given_back();
    pty.signal(Signal::SIGCONT);
    pty.until_shown("every state is read from the kernel");
    assert!(pty.is_taken());
    pty.send("q");
    assert_eq!(pty.code(), Some(0));
    pty.assert_given_back();
}

/// The process's state in `/proc`.
fn state(pty: &Pty) -> Option<char> {
    let stat = std::fs::read_to_string(format!("/proc/{}/stat", pty.pid())).ok()?;
    stat.rsplit(") ").next()?.chars().next()
}

#[test]
fn a_storm_of_sizes_ends_with_the_right_screen() {
    let mut pty = on_the_menu();
    let calm = pty.settled();
    pty.storm((0..150u16).map(|round| (1 + round * 37 % 300, 1 + round * 13 % 90)));
    pty.resize(60, 10);
    pty.until_shown("too small: sockstep needs 80x24");
    pty.resize(80, 24);
    pty.send("\x0c");
    assert_eq!(pty.until("the menu", |text| text == calm), calm);
}

#[test]
fn idle_it_never_wakes() {
    let mut pty = on_the_menu();
    pty.settled();
    let before = pty.sleeps();
    pty.read(Duration::from_secs(2));
    assert_eq!(pty.sleeps(), before);
}

#[test]
fn without_a_terminal_it_says_so() {
    let output = Command::new(env!("CARGO_BIN_EXE_sockstep")).output().expect("it starts");
    assert!(!output.status.success());
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(text.contains("needs a terminal"), "{text}");
}
