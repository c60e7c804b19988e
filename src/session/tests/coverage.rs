//! What a run is said to have shown.

use super::*;
use crate::model::{Errno, Syscall, TcpState};
use crate::session::coverage::{Coverage, Seen, data};

const BODY: &str = "
Words.

<!-- answers 25 -->

- [ ] `client returned 0` yes
- [ ] `client returned -1 ECONNREFUSED` no

```c client together
connect(fd, (struct sockaddr *)&to, sizeof to);    // = 0
write(99, \"hello\", 5);    // = -1 EBADF
```

```lab
expect client fd is ESTABLISHED
```
";

fn seen(body: &str) -> Coverage {
    let session = run(body);
    let lesson = session.lesson().expect("a lesson").clone();
    let mut seen = Seen::new();
    let entries: Vec<_> = session.timeline().iter().cloned().collect();
    for (index, entry) in entries.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| &*entries[index]);
        seen.take(before, entry, &lesson);
    }
    seen.finish(&lesson);
    let mut coverage = Coverage::default();
    coverage.add("x", seen);
    coverage
}

#[test]
fn what_was_read_made_and_answered_has_its_step() {
    let found =
        seen(&format!("{READY}{}", BODY.replace("client returned 0", "client fd is ESTABLISHED")));
    let step = |places: Option<&Vec<crate::session::coverage::Place>>| places.map(|p| p[0].step);
    assert_eq!(step(found.states.get(&TcpState::Listen)), Some(3));
    assert_eq!(step(found.states.get(&TcpState::Established)), Some(6));
    assert_eq!(found.states.get(&TcpState::Closing), None);
    let call = |syscall, typed: &str| step(found.calls.get(&(syscall, typed.to_owned())));
    assert_eq!(call(Syscall::Bind, "bind"), Some(2));
    assert_eq!(call(Syscall::Accept, "accept"), None);
    let badf = Errno::from_name("EBADF").expect("a name");
    assert_eq!(found.provoked(&[Syscall::Write, Syscall::Sendto], badf)[0].step, 6);
    assert!(found.provoked(&[Syscall::Read], badf).is_empty());
    assert_eq!(step(found.answers.get(&25)), Some(6));
    let dispatch = data::dispatch();
    let row = dispatch.op.iter().position(|op| op.name == "listen").expect("a row");
    assert_eq!(found.cells.get(&(row, 0)).map(|(place, _)| place.step), Some(3));
    assert!(found.cells.keys().all(|(_, column)| *column == 0), "only TCP was there");
}

#[test]
fn where_the_kernel_disagreed_nothing_is_answered() {
    let wrong = BODY.replace("client fd is ESTABLISHED", "client fd is CLOSE_WAIT");
    let wrong = wrong.replace("client returned 0", "client fd is ESTABLISHED");
    let found = seen(&format!("{READY}{wrong}"));
    assert!(found.answers.is_empty());
    assert!(!found.states.contains_key(&TcpState::CloseWait), "it was expected and not read");
}

#[test]
fn an_expected_error_is_that_of_the_last_call_that_failed_so() {
    let found = seen(&format!(
        "{READY}
Two calls.

```c client
write(99, \"hello\", 5);
```

And another.

```c client
close(99);    // = -1 EBADF
```
"
    ));
    let badf = Errno::from_name("EBADF").expect("a name");
    assert_eq!(found.provoked(&[Syscall::Write, Syscall::Sendto], badf)[0].step, 6);
    assert_eq!(found.provoked(&[Syscall::Close], badf)[0].step, 7);
}
