//! Whatever ends sockstep, or a part of a lab, and whenever: nothing of the lab is left on the
//! machine, and sockstep says what happened or goes as it was told.
//!
//! When is drawn at random; the seed is printed, and `SOCKSTEP_SEED` draws the same again.

mod support;

use std::io::{BufRead as _, BufReader, Read as _};
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sockstep::model::LabSpec;
use support::dice::Dice;
use support::lab_or_skip;
use support::traces::{Traces, alone};

/// Longer than any lesson and any end takes on a very busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// A run of a lesson with its transcript.
struct Run {
    sockstep: Child,
    story: BufReader<ChildStdout>,
    /// The lines heard so far.
    heard: Vec<String>,
}

impl Run {
    fn start(lesson: &str) -> Self {
        // Whoever runs the tests in the background ignores SIGINT and SIGHUP, and so would we.
        let mut sockstep = Command::new("env")
            .arg("--default-signal")
            .arg(env!("CARGO_BIN_EXE_sockstep"))
            .args(["run", lesson])
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("sockstep runs");
        let story = BufReader::new(sockstep.stdout.take().expect("it was asked for"));
        Self { sockstep, story, heard: Vec::new() }
    }

    /// Listens until this many lines were printed, or the end.
    fn listen_to(&mut self, lines: usize) {
        let mut line = String::new();
        while self.heard.len() < lines && self.story.read_line(&mut line).expect("text") > 0 {
            self.heard.push(std::mem::take(&mut line));
        }
    }

    /// Stops the clock of sockstep alone, and looks at its labs.
    fn freeze(&self) -> Traces {
        self.send(Signal::SIGSTOP);
        let end = Instant::now() + PATIENCE;
        while state(self.sockstep.id()) != Some('T') {
            assert!(Instant::now() < end, "it does not stop");
            std::thread::yield_now();
        }
        Traces::below(self.sockstep.id())
    }

    fn send(&self, signal: Signal) {
        let _ = kill(Pid::from_raw(self.sockstep.id() as i32), signal);
    }

    /// How it ended, and what it complained of.
    fn end(mut self) -> (ExitStatus, String) {
        let end = Instant::now() + PATIENCE;
        let mut rest = Vec::new();
        self.story.read_to_end(&mut rest).expect("readable");
        let status = loop {
            if let Some(status) = self.sockstep.try_wait().expect("it is ours") {
                break status;
            }
            assert!(Instant::now() < end, "it does not end");
            std::thread::park_timeout(Duration::from_millis(2));
        };
        let mut complaints = String::new();
        let mut stderr = self.sockstep.stderr.take().expect("it was asked for");
        stderr.read_to_string(&mut complaints).expect("text");
        assert!(!complaints.contains("panicked"), "{complaints}");
        (status, complaints)
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.sockstep.kill();
        let _ = self.sockstep.wait();
    }
}

/// The state's letter in `/proc/PID/stat`; `None` if there is no such process.
fn state(pid: u32) -> Option<char> {
    let text = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    text.rsplit_once(')')?.1.trim_start().chars().next()
}

/// Lessons with as many lines as a transcript of them has, about.
const LESSONS: [(&str, usize); 3] = [("backlog", 150), ("both-at-once", 110), ("goodbye", 130)];

/// Those of them that never wait for a fact: one about a dead process would be waited for 90 s.
const PATIENT: [(&str, usize); 2] = [LESSONS[0], LESSONS[1]];

/// Starts one of these lessons and stops it somewhere on its way.
fn somewhere(dice: &mut Dice, lessons: &[(&str, usize)]) -> (Run, Traces) {
    loop {
        let (lesson, lines) = lessons[dice.below(lessons.len())];
        let line = 1 + dice.below(lines);
        let mut run = Run::start(lesson);
        run.listen_to(line);
        let traces = run.freeze();
        if traces.processes() > 0 {
            println!("{lesson}, line {line}: {} processes", traces.processes());
            return (run, traces);
        }
        // It was already about to leave.
        run.send(Signal::SIGCONT);
        run.end();
    }
}

#[test]
fn a_signal_ends_sockstep_and_its_labs() {
    let _alone = alone();
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let mut dice = Dice::seeded();
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGKILL] {
        for _ in 0..4 {
            let (run, traces) = somewhere(&mut dice, &LESSONS);
            run.send(signal);
            run.send(Signal::SIGCONT);
            let (status, complaints) = run.end();
            let by_signal = status.signal() == Some(signal as i32);
            let by_code = status.code() == Some(128 + signal as i32);
            assert!(by_signal || by_code, "{signal}: {status}\n{complaints}");
            traces.wait_until_gone();
        }
    }
}

#[test]
fn a_reader_that_goes_away_ends_it_quietly() {
    let _alone = alone();
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let mut dice = Dice::seeded();
    for _ in 0..4 {
        let (mut run, traces) = somewhere(&mut dice, &LESSONS);
        // The pipe that is closed is the one that it writes to.
        let nothing = Command::new("true").stdout(Stdio::piped()).spawn();
        let mut nothing = nothing.expect("true is there");
        run.story = BufReader::new(nothing.stdout.take().expect("it was asked for"));
        nothing.wait().expect("it ends");
        run.send(Signal::SIGCONT);
        let (status, complaints) = run.end();
        assert!(complaints.is_empty(), "{status}: {complaints}");
        assert!(matches!(status.code(), Some(0 | 141)) || status.signal() == Some(13), "{status}");
        traces.wait_until_gone();
    }
}

/// The processes below sockstep whose name is one of these.
fn named(run: &Run, wanted: impl Fn(&str) -> bool) -> Vec<i32> {
    let all = support::traces::below(run.sockstep.id() as i32);
    let name = |pid: i32| std::fs::read_to_string(format!("/proc/{pid}/comm")).unwrap_or_default();
    all.into_iter().filter(|pid| wanted(name(*pid).trim_end())).collect()
}

/// Kills parts of a lab, and sees that sockstep comes to an end with one of these exit codes and,
/// unless it is 0, with words.
fn kill_parts(wanted: impl Fn(&str) -> bool, codes: &[i32]) {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let mut dice = Dice::seeded();
    for _ in 0..6 {
        let (mut run, traces) = somewhere(&mut dice, &PATIENT);
        let parts = named(&run, &wanted);
        assert!(!parts.is_empty(), "no such part");
        let part = parts[dice.below(parts.len())];
        let _ = kill(Pid::from_raw(part), Signal::SIGKILL);
        run.send(Signal::SIGCONT);
        run.listen_to(usize::MAX);
        let said = run.heard.join("");
        let (status, complaints) = run.end();
        let code = status.code().unwrap_or_else(|| panic!("{status}: {complaints}"));
        assert!(codes.contains(&code), "exit {code}: {complaints}\n{said}");
        assert!(code == 0 || !(complaints.is_empty() && said.is_empty()), "exit {code}, no words");
        traces.wait_until_gone();
    }
}

#[test]
fn a_killed_keeper_is_noticed_and_replaced_by_words() {
    let _alone = alone();
    // It may have nothing left to do but to take the lab down.
    kill_parts(|name| name == "sockstep-keeper", &[0, 3]);
}

#[test]
fn a_killed_first_process_is_noticed() {
    let _alone = alone();
    kill_parts(|name| name == "sockstep-lab", &[0, 3]);
}

#[test]
fn a_killed_learner_s_process_is_a_fact_of_the_lesson() {
    let _alone = alone();
    // A lesson may go on without it, disagree, or end with an error; it is never the machine's.
    kill_parts(|name| !name.starts_with("sockstep"), &[0, 1, 2]);
}
