//! Checks with their deadlines, waits, questions, conclusions.

use super::*;

#[test]
fn checks_wait_for_timers_and_give_up_at_their_deadline() {
    let body = format!(
        "{READY}
```lab
hold SYN
```
```c client
{CONNECT}    // blocks
```
```lab
expect wire holds 1 SYN of client
expect client fd is ESTABLISHED
expect for 2s client in connect
deliver SYN
expect within 10s client returned 0
```
"
    );
    let session = run(&body);
    let last: Vec<String> = pages(&session)[7..].to_vec();
    assert_eq!(
        last,
        [
            "step 6 | client connect blocks | ✓ blocks | ✓ wire holds 1 SYN of client",
            "timer | ✗ client fd is ESTABLISHED but client fd (3) is SYN_SENT",
            "timer",
            "timer | ✓ client in connect",
            "step 7 | client connect = 0 | ✓ client returned 0",
        ],
        "{last:#?}"
    );
    // A step that waits takes the page along.
    assert_eq!(session.cursor(), session.timeline().len() - 1);
}

#[test]
fn a_check_that_must_hold_for_a_while_fails_at_once() {
    let body = "
```c client
poll(NULL, 0, 500);    // blocks
```
```lab
expect for 2s client in poll
```
";
    let session = run(body);
    let last = session.timeline().last().expect("an entry");
    assert_eq!(page(last), "timer | client poll = 0 | ✗ client in poll but client is in no call");
    assert!(last.moment.at < Duration::from_secs(1));
}

#[test]
fn a_wait_takes_what_timers_bring_as_its_own() {
    let body = format!(
        "{READY}
```lab
hold SYN
```
```c client
{CONNECT}    // blocks
```
```lab
wait 2500ms
wait not wire empty
wait 1s
```
"
    );
    let body = body.replace("2500ms", "3s");
    let session = run(&body);
    assert_eq!(pages(&session)[8..], ["step 7", "step 7", "step 7", "step 8", "step 9"]);
    let waited = session.timeline().get(8).expect("an entry").moment.at;
    assert!(session.timeline().last().expect("an entry").moment.at > waited);
}

#[test]
fn a_question_is_judged_at_the_next_expect_and_exactly_one_answer_is_true() {
    let body = |choice: &str| {
        format!(
            "{READY}
When does it return?

- [ ] `{choice}` at once
- [ ] `client in connect` later

```c client
{CONNECT}
```
```lab
expect client fd is ESTABLISHED
```

> It is connected.
"
        )
    };
    let (mut session, _) = open(&body("client returned 0"));
    while session.question().is_none() {
        let _ = step(&mut session).expect("goes on");
    }
    session.answer(7); // there is no such choice
    assert!(session.question().is_some());
    session.answer(1);
    assert!(session.question().is_none());
    assert_eq!(session.open_bets().collect::<Vec<_>>(), [(5, 1)]);
    finish(&mut session).expect("goes on");
    let last = session.timeline().last().expect("an entry");
    assert_eq!(
        page(last),
        "step 5 | client connect = 0 | ✓ client fd is ESTABLISHED | bet Some(1) truth 0 | concluded"
    );
    assert_eq!(last.bets[0].right(), Some(false));
    assert_eq!(last.bets[0].choices[0].words, "at once");

    for wrong in ["client returned 7", "not client in connect"] {
        let (mut session, _) = open(&body(wrong));
        let _ = step(&mut session);
        let result = finish(&mut session);
        if wrong.starts_with("not") {
            result.expect("exactly one is true");
            continue;
        }
        let error = result.expect_err("none is true");
        assert_eq!(error.exit_code(), 2, "{error}");
        let SessionError::Lesson(diagnostic) = error else { panic!("{error}") };
        assert_eq!(diagnostic.message, "none of the 2 answers is true");
    }
}

#[test]
fn a_question_is_left_open_where_the_kernel_disagreed_about_what_judges_it() {
    let session = run("
Words.

- [ ] `server fd is ESTABLISHED` yes
- [ ] `server fd is TIME_WAIT` or so

```c server
int fd = socket(AF_INET, SOCK_STREAM, 0);
```
```lab
expect server fd is LISTEN
```
");
    let last = session.timeline().last().expect("an entry");
    assert!(last.bets.is_empty() && last.verdicts.iter().any(|verdict| !verdict.held));
}

#[test]
fn a_conclusion_is_shown_only_if_its_facts_held() {
    let body = "
```c server
int fd = socket(AF_INET, SOCK_STREAM, 0);
```
```lab
expect server fd is LISTEN
expect server fd is CLOSE
```

> It listens.
";
    let session = run(body);
    assert!(session.timeline().iter().all(|entry| !entry.concluded));
}
