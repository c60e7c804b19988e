//! Every rule of a session, on the double.

mod by_hand;
mod checks;
mod coverage;
mod disagreements;
mod exec;
mod facts;
mod formats;
mod joined;
mod recordings;
mod reruns;
mod signals;
mod steps;
mod walks;

use std::sync::Arc;
use std::time::Duration;

use super::double::Doubles;
use super::{Origin, Progress, Refusal, Session, SessionError};
use crate::lesson::{self, Lesson};
use crate::model::{ProcessName, Said, WorldError};

/// A server that listens and a client that is ready to connect: four statements each.
pub const READY: &str = "
```c server
int fd = socket(AF_INET, SOCK_STREAM, 0);    // = 3
struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(8080) };
bind(fd, (struct sockaddr *)&addr, sizeof addr);    // = 0
listen(fd, 5);    // = 0
```

```c client
int fd = socket(AF_INET, SOCK_STREAM, 0);    // = 3
struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(8080) };
```
";

pub const CONNECT: &str = "connect(fd, (struct sockaddr *)&to, sizeof to);";

/// The lesson with this body.
pub fn lesson(body: &str) -> Arc<Lesson> {
    let text = format!("---\nid: test\n---\n\n# Test\n{body}");
    match lesson::parse("test.md", &text) {
        Ok(lesson) => Arc::new(lesson),
        Err(diagnostics) => panic!("{}", diagnostics[0]),
    }
}

pub fn open(body: &str) -> (Session, Doubles) {
    let worlds = Doubles::default();
    let session = Session::open(lesson(body), Box::new(worlds.clone())).expect("a double opens");
    (session, worlds)
}

/// A session that has stepped through the body.
pub fn run(body: &str) -> Session {
    let (mut session, _) = open(body);
    finish(&mut session).expect("the lesson runs");
    session
}

/// Waits for what a step awaits.
pub fn settle(
    session: &mut Session,
    progress: Result<Progress, SessionError>,
) -> Result<Progress, SessionError> {
    let mut progress = progress?;
    for _ in 0..10_000 {
        match progress {
            Progress::Settled | Progress::Finished => return Ok(progress),
            Progress::Waiting { .. } => progress = session.go_on(Duration::from_millis(100))?,
        }
    }
    panic!("a step never ends");
}

pub fn step(session: &mut Session) -> Result<Progress, SessionError> {
    let progress = session.step();
    settle(session, progress)
}

/// Steps to the end.
pub fn finish(session: &mut Session) -> Result<(), SessionError> {
    while step(session)? != Progress::Finished {}
    Ok(())
}

pub fn process(name: &str) -> ProcessName {
    ProcessName::parse(name).expect("a name")
}

/// What the timeline says, without times.
pub fn pages(session: &Session) -> Vec<String> {
    session.timeline().iter().map(|entry| page(entry)).collect()
}

pub fn page(entry: &super::Entry) -> String {
    let origin = match entry.origin {
        Origin::Start => "start".to_owned(),
        Origin::Step(step) => format!("step {step}"),
        Origin::Hand => "hand".to_owned(),
        Origin::FollowUp => "timer".to_owned(),
    };
    let mut words = vec![origin];
    for report in &entry.moment.reports {
        words.push(format!("{} {} {}", report.call.process, report.call.typed, report.outcome));
    }
    for verdict in &entry.verdicts {
        let sign = if verdict.held { '✓' } else { '✗' };
        let but = if verdict.held { String::new() } else { format!(" but {}", verdict.kernel) };
        words.push(format!("{sign} {}{but}", verdict.what));
    }
    for bet in &entry.bets {
        words.push(format!("bet {:?} truth {}", bet.chosen, bet.truth));
    }
    if !entry.printed.is_empty() {
        words.push(format!("printed {:?}", &*entry.printed));
    }
    if let Some(value) = entry.value {
        words.push(format!("value {value}"));
    }
    if entry.concluded {
        words.push("concluded".to_owned());
    }
    words.join(" | ")
}

/// The verdicts that did not hold.
pub fn disagreements(session: &Session) -> Vec<String> {
    let verdicts = session.timeline().iter().flat_map(|entry| entry.verdicts.clone());
    let failed = verdicts.filter(|verdict| !verdict.held);
    failed
        .map(|verdict| format!("{}: {} but {}", verdict.line, verdict.what, verdict.kernel))
        .collect()
}

#[test]
fn every_error_has_its_exit_code() {
    let refused = WorldError::Refused { reason: Said::same("no") };
    let [attempt, reason, remedy] = ["", "", ""].map(Said::same);
    let broken = WorldError::Broken { attempt: attempt.clone(), reason: reason.clone() };
    let cannot = WorldError::Unavailable { attempt, reason, remedy };
    let codes = [refused, broken, cannot].map(|error| SessionError::World(error).exit_code());
    assert_eq!(codes, [1, 3, 3]);
    assert_eq!(SessionError::NotNow(Refusal::Recorded).exit_code(), 2);
}
