//! The command line as the README tells of it: what each command prints, and how it ends.

mod support;

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::process::{Command, Output, Stdio};

use sockstep::model::LabSpec;
use support::lab_or_skip;

/// What the manual promises.
mod exit {
    pub const FINE: i32 = 0;
    pub const DISAGREED: i32 = 1;
    pub const USAGE: i32 = 2;
    pub const UNABLE: i32 = 3;
}

/// Runs sockstep to its end, with nothing to read and state of its own.
fn sockstep(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_sockstep"))
        .args(arguments)
        .env("XDG_STATE_HOME", scratch("state"))
        .env("LC_ALL", "C.UTF-8")
        .stdin(Stdio::null())
        .output()
        .expect("sockstep runs")
}

/// A place of this test run's own.
fn scratch(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("commands-{name}"))
}

/// What it printed, if it ended as it should.
fn printed(arguments: &[&str], code: i32) -> String {
    let output = sockstep(arguments);
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).expect("UTF-8");
    let all = text(&output.stdout) + &text(&output.stderr);
    assert_eq!(output.status.code(), Some(code), "sockstep {arguments:?}:\n{all}");
    all
}

/// The JSON objects that it printed.
fn lines(arguments: &[&str]) -> Vec<serde_json::Value> {
    let output = sockstep(arguments);
    assert_eq!(output.status.code(), Some(exit::FINE), "sockstep {arguments:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("an object a line")).collect()
}

#[test]
fn a_mistake_in_a_lesson_is_shown_at_its_place() {
    let file = "tests/lessons/broken.md";
    let said = printed(&["check", file], exit::USAGE);
    assert!(said.contains(&format!("{file}:8:8: ")), "{said}");
    let lines: Vec<&str> = said.lines().collect();
    let source = lines.iter().position(|line| line.ends_with("struct sockadr_in here;"));
    let source = source.unwrap_or_else(|| panic!("no source line in:\n{said}"));
    let column = |line: &str, text: &str| line.find(text).map(|at| line[..at].chars().count());
    assert_eq!(column(lines[source + 1], "^"), column(lines[source], "sockadr_in"), "{said}");
    assert!(said.contains("did you mean struct sockaddr_in"), "{said}");
}

#[test]
fn what_is_no_lesson_is_an_error_and_not_a_panic() {
    for (file, why) in [
        ("tests/lessons/none-such.md", "no file named"),
        ("tests", "is a directory"),
        (env!("CARGO_BIN_EXE_sockstep"), "bytes at most"),
        ("nosuchlesson", "handshake"),
    ] {
        let said = printed(&["run", file], exit::USAGE);
        assert!(said.to_lowercase().contains(&why.to_lowercase()), "{file}: {said}");
    }
    printed(&["open", "--scene", "1", "--at", "1", "tour"], exit::USAGE);
}

#[test]
fn where_the_kernel_disagrees_both_are_quoted_with_the_story() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let file = "tests/lessons/wrong.md";
    let said = printed(&["check", file], exit::DISAGREED);
    for part in [
        "listen(3, 5) = 0".to_owned(),
        format!("{file}:8:1: expected = -1 EINVAL, the kernel said: = 0"),
        format!("{file}:12:1: expected server fd is ESTABLISHED, the kernel said: "),
        "CLOSE -> LISTEN".to_owned(),
    ] {
        assert!(said.contains(&part), "{part} is missing in:\n{said}");
    }
}

#[test]
fn a_lesson_whose_needs_are_not_met_is_skipped_with_the_reason() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let said = printed(&["check", "tests/lessons/needs.md", "tour"], exit::FINE);
    let line = said.lines().next().unwrap_or_default();
    assert!(line.starts_with("skipped"), "{said}");
    assert!(line.ends_with("it runs the program `no-such-program`, which is not installed here"));
    assert!(said.contains("1 passed, 0 failed") && said.contains("1 skipped"), "{said}");
    printed(&["check", "tests/lessons/needs.md"], exit::UNABLE);
    let refused = printed(&["run", "tests/lessons/needs.md"], exit::UNABLE);
    assert!(refused.contains("which is not installed here\ninstall"), "{refused}");
}

#[test]
fn both_at_once_reads_all_eleven_states_from_the_kernel() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let lines = lines(&["run", "both-at-once", "--format", "json"]);
    let states: BTreeSet<&str> = lines.iter().filter_map(|line| line["to"].as_str()).collect();
    for state in [
        "CLOSE",
        "LISTEN",
        "SYN_SENT",
        "SYN_RECV",
        "ESTABLISHED",
        "FIN_WAIT1",
        "FIN_WAIT2",
        "CLOSING",
        "TIME_WAIT",
        "CLOSE_WAIT",
        "LAST_ACK",
    ] {
        assert!(states.contains(state), "{state} was not read, only {states:?}");
    }
    let end = lines.last().expect("an end");
    assert_eq!((&end["kind"], &end["failed"]), (&"end".into(), &0.into()));
}

#[test]
fn a_wait_is_told_once_and_its_verdicts_are_counted_once() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let file = scratch("wait.md");
    let text = "---\nid: waits\n---\n\n# Waits\n\n```c server\n\
        int fd = socket(AF_INET, SOCK_STREAM, 0);    // = 3\n```\n\n```lab\nwait 1s\n\
        expect server fd is CLOSE\nwait server fd is CLOSE\n```\n";
    std::fs::write(&file, text).expect("a file");
    let lines = lines(&["run", file.to_str().expect("UTF-8"), "--format", "json"]);
    let told = |kind: &str| lines.iter().filter(|line| line["kind"] == kind).count();
    assert_eq!((told("call"), told("step")), (1, 3), "{lines:#?}");
    assert_eq!(lines.last().expect("an end")["passed"], told("fact"));
}

#[test]
fn lessons_are_listed_for_people_and_for_programs() {
    let listed = lines(&["list", "--format", "json"]);
    let ids: Vec<&str> = listed.iter().filter_map(|line| line["id"].as_str()).collect();
    for id in ["tour", "tcp-lifecycle", "handshake", "backlog", "goodbye", "both-at-once"] {
        assert!(ids.contains(&id), "{id} is missing in {ids:?}");
    }
    let said = printed(&["list"], exit::FINE);
    assert!(ids.iter().all(|id| said.contains(id)), "{said}");
}

#[test]
fn what_is_printed_for_people_is_chinese_where_that_is_asked_for() {
    let listed = printed(&["--lang", "zh", "list"], exit::FINE);
    assert!(listed.contains("分钟") && !listed.contains("steps"), "{listed}");
    let doctor = sockstep(&["--lang", "zh", "doctor"]);
    let said = String::from_utf8(doctor.stdout).expect("UTF-8");
    assert!(said.contains("内核") && said.contains("用户命名空间"), "{said}");
    let json = |lang| printed(&["--lang", lang, "list", "--format", "json"], exit::FINE);
    assert!(json("zh").contains("\"minutes\":"), "{}", json("zh"));
}

#[test]
fn the_doctor_names_every_part_of_a_lab() {
    let output = sockstep(&["doctor"]);
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    for part in ["kernel", "/dev/net/tun", "user namespaces", "loopback", "lab", "sysctls"] {
        assert!(said.contains(part), "{part} is missing in:\n{said}");
    }
}

#[test]
fn a_saved_run_is_told_from_other_files() {
    let other = scratch("no-recording.json");
    std::fs::write(&other, "{\"kind\":\"end\"}\n").expect("a file");
    let said = printed(&["replay", other.to_str().expect("UTF-8")], exit::USAGE);
    assert!(said.contains("no-recording.json"), "{said}");
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let saved = scratch("run.jsonl");
    let file = saved.to_str().expect("UTF-8");
    printed(&["run", "tour", "--save", file], exit::FINE);
    let text = std::fs::read_to_string(&saved).expect("a saved run");
    assert!(text.starts_with("{\"sockstep\""), "{text:.80}");
    // Opened without a terminal, the recording is read and then only the screen is missing.
    let said = printed(&["replay", file], exit::USAGE);
    assert!(said.contains("terminal"), "{said}");
}
