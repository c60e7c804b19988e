//! docs/coverage.md is what `list --coverage` prints, here and now.

mod support;

use std::process::{Command, Output};

use sockstep::lesson::builtin_ids;
use sockstep::model::LabSpec;
use support::lab_or_skip;

const EXAMPLES: &str = include_str!("../docs/formats.md");

fn coverage(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockstep"));
    command.args(["--lang", "en", "list", "--coverage"]).args(arguments);
    command.output().expect("the program can be started")
}

#[test]
fn the_page_is_what_the_program_prints() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let printed = coverage(&[]);
    assert!(printed.status.success(), "{}", String::from_utf8_lossy(&printed.stderr));
    let printed = String::from_utf8(printed.stdout).expect("UTF-8");
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/coverage.md");
    let page = std::fs::read_to_string(path).expect("the page is there");
    let differs = page.lines().zip(printed.lines()).find(|(page, now)| page != now);
    let advice = "if lessons have changed: sockstep --lang en list --coverage > docs/coverage.md";
    if let Some((page, now)) = differs {
        panic!("the page:    {page}\nthe program: {now}\n{advice}");
    }
    assert_eq!(page.lines().count(), printed.lines().count(), "{advice}");
}

#[test]
fn every_row_of_json_names_lessons_that_there_are() {
    if lab_or_skip(&LabSpec::two_hosts()).is_none() {
        return;
    }
    let printed = coverage(&["--format", "json", "tour", "handshake"]);
    let text = String::from_utf8(printed.stdout).expect("UTF-8");
    let rows: Vec<serde_json::Value> =
        text.lines().map(|line| serde_json::from_str(line).expect("json")).collect();
    let ids: Vec<&str> = builtin_ids().collect();
    for row in &rows {
        for place in row["shown"].as_array().into_iter().flatten() {
            assert!(ids.contains(&place["lesson"].as_str().expect("a name")), "{row}");
            assert!(place["step"].as_u64().is_some_and(|step| step > 0), "{row}");
        }
    }
    for row in &rows {
        let section = EXAMPLES.split("## Json lines of the coverage").nth(1).unwrap_or_default();
        let example = section.lines().filter_map(|line| serde_json::from_str(line).ok());
        let example: Option<serde_json::Value> =
            example.into_iter().find(|one: &serde_json::Value| one["kind"] == row["kind"]);
        let fields = |value: &serde_json::Value| -> Vec<String> {
            value.as_object().into_iter().flat_map(|object| object.keys().cloned()).collect()
        };
        assert_eq!(example.as_ref().map(fields), Some(fields(row)), "docs/formats.md");
    }
    let of = |kind: &str| rows.iter().filter(|row| row["kind"] == kind).count();
    assert_eq!((of("state"), of("misconception"), of("end")), (11, 33, 1));
    let listen = rows.iter().find(|row| row["state"] == "LISTEN").expect("a row");
    let places = listen["shown"].as_array().expect("places");
    assert!(places.iter().any(|place| place["lesson"] == "handshake"), "{listen}");
    assert_eq!(rows.last().expect("an end")["lessons"], 2);
}
