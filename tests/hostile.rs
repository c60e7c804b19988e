//! Lessons from strangers: whatever they try, the machine stays as it is, and the lab lives on or
//! ends with a clear message.

mod support;

use std::os::unix::process::CommandExt as _;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use sockstep::model::LabSpec;
use support::lab_or_skip;

/// Far more than any of these lessons takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(120);

/// What a lesson that tries something is expected to come to: `check`'s exit code, and something
/// that it says.
const TRIED: [(&str, i32, &str); 17] = [
    ("files.md", 0, "1 passed"),
    ("kill-all.md", 0, "1 passed"),
    ("control.md", 0, "1 passed"),
    ("wild.md", 0, "1 passed"),
    ("flood.md", 0, "1 passed"),
    ("bytes.md", 0, "1 passed"),
    ("painted.md", 2, "painted.md:5:16: `\\x1b` is invisible and steers the screen"),
    ("hard-limit.md", 2, "hard-limit.md:9:1: server: setrlimit() is not made: the hard limit"),
    ("unseen-limit.md", 2, "setrlimit() is not made: the hard limit"),
    ("fixed.md", 2, "MAP_FIXED at this address would take the place"),
    ("families.md", 2, "AF_VSOCK knows no hosts and leaves the lab"),
    ("fuel.md", 2, "fuel.md:9:1: server: this step made 10000 system calls and is stopped"),
    ("forks.md", 2, "can't fork: 64 processes are alive already"),
    ("births.md", 0, "1 passed"),
    ("full-table.md", 0, "1 passed"),
    ("forged.md", 3, "read a reply of server: EBADMSG"),
    ("sigbus.md", 3, "read a reply of server: EBADMSG"),
];

/// Somebody else's process, of the user that the learners of root's labs are.
struct Bystander(Child);

impl Bystander {
    fn new() -> Self {
        let mut command = Command::new("sleep");
        command.arg("1000").stdin(Stdio::null()).stdout(Stdio::null());
        if nix::unistd::geteuid().is_root() {
            command.uid(65534).gid(65534);
        }
        Self(command.spawn().expect("sleep is there"))
    }

    fn lives(&mut self) -> bool {
        self.0.try_wait().expect("it is ours").is_none()
    }
}

impl Drop for Bystander {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// What `sockstep check` of this test lesson gives: its exit code and all that it says.
fn check(lesson: &str, options: &[&str]) -> (i32, String) {
    let path: PathBuf =
        [env!("CARGO_MANIFEST_DIR"), "tests/lessons/hostile", lesson].iter().collect();
    let start = Instant::now();
    // Few open files, so that whoever keeps what it should let go of is found out.
    let output = Command::new("sh")
        .args(["-c", "ulimit -S -n 512; exec \"$@\"", "sh"])
        .args([env!("CARGO_BIN_EXE_sockstep"), "check"])
        .args(options)
        .arg(path)
        .output()
        .expect("sockstep runs");
    assert!(start.elapsed() < PATIENCE, "{lesson} took {:?}", start.elapsed());
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    (output.status.code().unwrap_or_else(|| panic!("{lesson}: {}", output.status)), said)
}

#[test]
fn what_a_lesson_tries_is_contained() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let name = std::fs::read("/etc/hostname").ok();
    for (lesson, exit, words) in TRIED {
        let mut bystander = Bystander::new();
        let (code, said) = check(lesson, &[]);
        let end = &said[said.len().saturating_sub(2000)..];
        assert_eq!(code, exit, "{lesson}: …{end}");
        assert!(said.contains(words), "{lesson}: …{end}");
        assert!(bystander.lives(), "{lesson} reached a process of the machine");
    }
    assert_eq!(std::fs::read("/etc/hostname").ok(), name);
}

#[test]
fn every_hostile_lesson_is_tried() {
    let folder: PathBuf = [env!("CARGO_MANIFEST_DIR"), "tests/lessons/hostile"].iter().collect();
    let mut there: Vec<String> = std::fs::read_dir(folder)
        .expect("it is there")
        .map(|entry| entry.expect("readable").file_name().to_string_lossy().into_owned())
        .collect();
    let mut tried: Vec<&str> = TRIED.iter().map(|(lesson, _, _)| *lesson).collect();
    there.sort();
    tried.sort_unstable();
    assert_eq!(there, tried);
}
