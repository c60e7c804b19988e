//! docs/formats.md says what the program does.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::*;
use crate::session::recording::read;
use crate::session::transcript::json;

const DOCS: &str = include_str!("../../../docs/formats.md");

fn examples() -> Vec<&'static str> {
    let fences = DOCS.split("```json\n").skip(1).filter_map(|rest| rest.split("```").next());
    fences.flat_map(str::lines).collect()
}

/// Lines of every kind.
fn lines() -> Vec<String> {
    let body = format!(
        "{READY}
```c server
int conn = accept(fd, NULL, NULL);    // blocks
```
```lab
hold SYN
```

## More

Will it come back?

- [ ] `client in connect` not yet
- [ ] `client returned 0` at once

```c client
{CONNECT}    // blocks
```
```lab
auto
expect client returned 0
```
```c client
printf(\"hi\\n\");
fork();    // child worker
```
```lab
kill -KILL worker
expect worker exit 0
```
"
    );
    let body = format!(
        "{body}
```c server
void on(int sig) {{ close(99); }}
signal(SIGUSR1, on);
```
```lab
kill -SIGUSR1 server
```
"
    );
    let session = run(&body);
    let (held, failed) = session.score();
    let mut lines = Vec::new();
    let mut before = None;
    for entry in session.timeline() {
        let mut entry = crate::session::Entry::clone(entry);
        let mut moment = crate::model::Moment::clone(&entry.moment);
        moment.printed = b"a\x1b[2J\nb\n".to_vec();
        moment.unprinted = 7;
        entry.moment = Arc::new(moment);
        let lesson = session.lesson().map(|lesson| &**lesson);
        lines.extend(json::lines(before.as_ref(), &entry, lesson));
        before = Some(entry);
    }
    lines.push(json::end(session.step_number().0, held, failed, None));
    lines
}

fn kind_and_fields(line: &str) -> (String, BTreeMap<String, Value>) {
    let value: Value = serde_json::from_str(line).expect(line);
    let Value::Object(object) = value else { panic!("no object: {line}") };
    let fields: BTreeMap<String, Value> = object.into_iter().collect();
    let kind = fields.get("kind").and_then(Value::as_str).unwrap_or("recording").to_owned();
    (kind, fields)
}

#[test]
fn the_examples_have_the_fields_that_are_printed() {
    let mut documented: BTreeMap<String, BTreeMap<String, Value>> = BTreeMap::new();
    for line in examples() {
        let (kind, fields) = kind_and_fields(line);
        documented.insert(kind, fields);
    }
    documented.remove("recording");
    let mut printed = BTreeSet::new();
    for line in lines() {
        let (kind, fields) = kind_and_fields(&line);
        let example = documented.get(&kind).unwrap_or_else(|| panic!("not documented: {line}"));
        let names = |fields: &BTreeMap<String, Value>| fields.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(example), names(&fields), "{kind}");
        for (name, value) in &fields {
            let same = std::mem::discriminant(value) == std::mem::discriminant(&example[name]);
            let absent = value.is_null() || example[name].is_null();
            assert!(
                same || absent,
                "{kind}.{name}: {value} is of another type than {}",
                example[name]
            );
        }
        printed.insert(kind);
    }
    let documented: BTreeSet<String> = documented.into_keys().collect();
    assert_eq!(printed, documented);
}

#[test]
fn every_outcome_and_fate_is_documented() {
    for outcome in ["returned", "errno", "blocked", "killed", "exited"] {
        assert!(DOCS.contains(&format!("`{{\"{outcome}\":")), "{outcome}");
    }
    use crate::model::Fate;
    for fate in [
        Fate::Held,
        Fate::Folded,
        Fate::Delivered,
        Fate::Duplicated,
        Fate::Dropped,
        Fate::Cut,
        Fate::Unreachable,
        Fate::Overflow,
        Fate::NoReceiver,
        Fate::Refused,
    ] {
        let name = crate::session::transcript::fate(fate);
        assert!(DOCS.contains(&format!("`{name}`")), "{name}");
    }
}

#[test]
fn the_recording_of_the_docs_can_be_opened() {
    let text: Vec<&str> =
        examples().into_iter().filter(|line| kind_and_fields(line).0 == "recording").collect();
    let recording = read(&(text.join("\n") + "\n")).expect("a recording");
    assert_eq!(Session::replay(recording).timeline().len(), 1);
    let whole = text[..3].join("\n");
    let replay = Session::replay(read(&whole).expect("a recording"));
    assert_eq!(replay.timeline().len(), 2);
    assert_eq!(replay.timeline().last().map(|entry| entry.moment.changes.len()), Some(1));
}

#[test]
fn the_states_are_the_kernel_s_names() {
    let states: BTreeSet<String> = lines()
        .iter()
        .map(|line| kind_and_fields(line))
        .filter(|(kind, _)| kind == "state")
        .filter_map(|(_, fields)| fields["to"].as_str().map(str::to_owned))
        .collect();
    let states: Vec<&str> = states.iter().map(String::as_str).collect();
    assert_eq!(states, ["CLOSE", "ESTABLISHED", "LISTEN", "SYN_SENT"]);
}
