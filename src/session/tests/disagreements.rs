//! Where the kernel, the machine or the lesson itself says no.

use super::*;
use crate::model::{Action, HostName};

#[test]
fn the_next_statement_of_a_process_that_sleeps_is_an_error_with_its_place() {
    let body = format!(
        "{READY}
```c server
int conn = accept(fd, NULL, NULL);    // blocks
```
```c server
close(fd);
```
"
    );
    let (mut session, _) = open(&body);
    let error = finish(&mut session).expect_err("the server sleeps");
    let SessionError::Lesson(diagnostic) = &error else { panic!("{error}") };
    assert_eq!(diagnostic.message, "server still sleeps in accept()");
    assert_eq!(diagnostic.source.line(diagnostic.place.line).trim(), "close(fd);");
    assert_eq!(error.exit_code(), 2);
}

#[test]
fn after_a_disagreement_the_same_is_no_fault_of_the_lesson() {
    let body = format!(
        "{READY}
```c server
int conn = accept(fd, NULL, NULL);    // = 4
close(fd);
```
"
    );
    let (mut session, _) = open(&body);
    let error = finish(&mut session).expect_err("the server sleeps");
    assert_eq!(error.exit_code(), 1, "{error}");
    assert_eq!(disagreements(&session), ["20: = 4 but server in accept"]);
}

#[test]
fn the_story_goes_on_after_a_disagreement() {
    let (mut session, worlds) = open(READY);
    worlds.0.borrow_mut().failing.push(("bind".into(), 98, 1));
    finish(&mut session).expect("goes on");
    assert_eq!(disagreements(&session), ["10: = 0 but = -1 EADDRINUSE"]);
    assert_eq!(session.score(), (3, 1));
}

#[test]
fn a_refused_line_is_a_disagreement_and_a_sysctl_the_likely_reason() {
    let body = "
```lab
set @server net.ipv4.tcp_syncookies = 0
deliver SYN
expect @server has 1 SYN_RECV
```
";
    let (mut session, worlds) = open(body);
    let host = HostName::parse("server").expect("a name");
    let key = "net.ipv4.tcp_syncookies".to_owned();
    let set = Action::Set { host, key, value: "0".into() };
    let reason = "net.ipv4.tcp_syncookies can't be set here (EROFS)".to_owned();
    worlds.0.borrow_mut().refused.push((set, reason.clone()));
    finish(&mut session).expect("goes on");
    let verdicts: Vec<_> =
        session.timeline().iter().flat_map(|entry| entry.verdicts.clone()).collect();
    assert_eq!(verdicts.len(), 3);
    assert_eq!(verdicts[0].kernel, reason.as_str());
    assert_eq!(verdicts[1].kernel, "no held packet is SYN");
    assert_eq!(verdicts[2].reason.as_ref().map(Said::to_string), Some(reason));
    assert_eq!(session.timeline().len(), 3);
}

#[test]
fn a_setting_that_the_machine_refused_to_the_lab_is_the_likely_reason() {
    use crate::model::{Errno, RefusedSetting};
    let worlds = Doubles::default();
    let refused = |name: &str| RefusedSetting { key: format!("net.ipv4.{name}"), errno: Errno(30) };
    worlds.0.borrow_mut().refused_settings = ["a", "b", "c", "d"].map(refused).to_vec();
    let lesson = lesson("\n```lab\nhold\nexpect server in accept\nexpect wire empty\n```\n");
    let opened = Session::open(lesson, Box::new(worlds));
    let mut session = opened.expect("the double opens");
    finish(&mut session).expect("goes on");
    let verdicts: Vec<_> =
        session.timeline().iter().flat_map(|entry| entry.verdicts.clone()).collect();
    let named = "sysctl net.ipv4.a (EROFS), net.ipv4.b (EROFS), net.ipv4.c (EROFS), +1";
    assert_eq!(verdicts[0].reason.as_ref().map(Said::to_string).as_deref(), Some(named));
    assert_eq!(verdicts[1].reason, None);
}
