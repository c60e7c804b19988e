//! Every example of docs/lessons.md is a lesson with which the kernel agrees.

mod support;

use std::fs;
use std::path::Path;
use std::process::Command;

use sockstep::model::LabSpec;
use support::lab_or_skip;

const PAGE: &str = include_str!("../docs/lessons.md");

/// The examples, in order; a fragment goes on from the first one.
fn examples() -> Vec<String> {
    let fences = PAGE.split("````markdown\n").skip(1);
    let texts: Vec<&str> = fences.filter_map(|rest| rest.split("````\n").next()).collect();
    let whole = |text: &&str| match text.starts_with("---") {
        true => (*text).to_owned(),
        false => format!("{}\n{text}", texts[0]),
    };
    texts.iter().map(whole).collect()
}

#[test]
fn the_kernel_agrees_with_every_example() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut files = Vec::new();
    for (index, text) in examples().iter().enumerate() {
        let file = folder.join(format!("example-{index}.md"));
        fs::write(&file, text).expect("the example can be written");
        files.push(file);
    }
    assert!(files.len() >= 9, "only {} examples were found", files.len());
    let mut check = Command::new(env!("CARGO_BIN_EXE_sockstep"));
    let said = check.arg("check").args(&files).output().expect("the program can be started");
    let text = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{text}");
}

#[test]
fn what_new_prints_passes_as_printed() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR"));
    let mut files = Vec::new();
    for lang in ["en", "zh"] {
        let mut new = Command::new(env!("CARGO_BIN_EXE_sockstep"));
        let printed = new.args(["new", "mine", "--lang", lang]).output().expect("it starts");
        let file = folder.join(format!("mine.{lang}.md"));
        fs::write(&file, printed.stdout).expect("it can be written");
        files.push(file);
    }
    let mut check = Command::new(env!("CARGO_BIN_EXE_sockstep"));
    let said = check.args(["check", "--strict"]).args(&files).output().expect("it starts");
    let text = String::from_utf8_lossy(&said.stdout);
    assert!(said.status.success(), "{text}");
    let lines = text.lines().count();
    assert_eq!(lines, 3, "a line for each and the sum, and no remark:\n{text}");
}
