//! Statements and lab lines.

use super::*;
use crate::model::Cause;

#[test]
fn each_call_is_a_page_with_its_expectation() {
    let session = run(READY);
    assert_eq!(
        pages(&session),
        [
            "start",
            "step 0 | server socket = 3 | ✓ = 3",
            "step 1 | server bind = 0 | ✓ = 0",
            "step 2 | server listen = 0 | ✓ = 0",
            "step 3 | client socket = 3 | ✓ = 3",
            "step 4",
        ]
    );
    assert_eq!(session.cursor(), 5);
    assert!(session.is_live());
    assert_eq!(session.score(), (4, 0));
}

#[test]
fn variables_are_read_when_the_result_is_assigned() {
    let session = run(READY);
    let at = |index: usize| {
        let entry = session.timeline().get(index).expect("an entry");
        let shown = entry.variables_of(&process("server")).iter();
        shown.map(|v| format!("{} {} {:?}", v.type_name, v.name, v.bytes)).collect::<Vec<_>>()
    };
    assert_eq!(at(1), ["int fd [3, 0, 0, 0]"]);
    assert!(at(2)[1].starts_with("struct sockaddr_in addr [2, 0, 31, 144, "), "{:?}", at(2));
    // Nothing changed in the server's memory while the client ran: the rows are the same.
    let entry = |index: usize| session.timeline().get(index).expect("an entry").clone();
    let server = |index: usize| entry(index).variables[0].clone();
    assert_eq!(server(4).process, process("server"));
    assert!(Arc::ptr_eq(&server(3), &server(4)) && Arc::ptr_eq(&server(4), &server(5)));
}

#[test]
fn a_page_without_a_call_knows_whether_a_variable_changed_and_the_value() {
    let body = "
```c server
int k = 3;
```
```c server
k == 3;    // = 1
```
```c server
k = k + 1;    // = 4
```
```c server
printf(\"%d\", k);
```
";
    let mut session = run(body);
    let typed = session.type_c(&process("server"), "k + k;");
    settle(&mut session, typed).expect("it runs");
    let typed = session.type_c(&process("server"), "k++;");
    settle(&mut session, typed).expect("it runs");
    let came = |entry: &Arc<crate::session::Entry>| match &entry.moment.cause {
        Cause::Statement { changed, value, .. } => Some((*changed, *value)),
        Cause::Start | Cause::Action(_) | Cause::Kernel => None,
    };
    let found: Vec<_> = session.timeline().iter().filter_map(came).collect();
    let (printed, typed) = ((false, Some(1)), [(false, Some(8)), (true, Some(4))]);
    assert_eq!(found[..3], [(true, Some(3)), (false, Some(1)), (true, Some(4))]);
    assert_eq!(found[3..], [&[printed], &typed[..]].concat());
}

#[test]
fn a_call_that_blocks_goes_on_when_another_process_brings_its_outcome() {
    let body = format!(
        "{READY}
```c server
int conn = accept(fd, NULL, NULL);    // blocks
```
```c client
{CONNECT}    // = 0
```
```lab
expect server returned 4
expect server: conn == 4
expect server conn is ESTABLISHED
```
"
    );
    let session = run(&body);
    assert_eq!(
        pages(&session)[6..],
        [
            "step 5 | server accept blocks | ✓ blocks",
            "step 6 | client connect = 0 | server accept = 4 | ✓ = 0 | ✓ server returned 4 \
             | ✓ server: conn == 4 | ✓ server conn is ESTABLISHED",
        ]
    );
}

#[test]
fn a_loop_is_one_statement_and_each_of_its_calls_a_page() {
    // The reader sleeps in its loop; what the client writes later wakes it, call by call.
    let body = format!(
        "{READY}
```c client
{CONNECT}    // = 0
```
```c server
int conn = accept(fd, NULL, NULL);    // = 4
char buf[8];
int n, total = 0;
while ((n = read(conn, buf, 4)) > 0) {{ total += n; printf(\"%d\\n\", total); }}    // blocks
```
```c client
write(fd, \"hello\", 5);    // = 5
close(fd);    // = 0
```
```lab
expect server: total == 5
expect server returned 0
```
"
    );
    let session = run(&body);
    let all = pages(&session);
    assert_eq!(
        all[8..],
        [
            "step 7 | server read blocks | ✓ blocks",
            "step 8 | client write = 5 | server read = 4 | ✓ = 5 | printed \"4\\n\"",
            "step 8 | server read = 1 | printed \"5\\n\"",
            "step 8 | server read blocks",
            "step 9 | client close = 0 | server read = 0 | ✓ = 0 | ✓ server: total == 5 \
             | ✓ server returned 0",
        ],
        "{all:#?}"
    );
}

#[test]
fn a_fork_clones_the_c_and_names_the_children() {
    let body = "
```c server
int a = 7;
pid_t pid = fork();    // child worker
pid_t other = fork();    // = ?
```
```c worker
a;    // = 7
pid;    // = 0
int fd = socket(AF_INET, SOCK_STREAM, 0);    // = 3
```
```lab
expect server: pid > 0
expect worker: pid == 0
expect worker returned 3
expect server.1: other == 0
```
";
    let session = run(body);
    assert_eq!(disagreements(&session), Vec::<String>::new());
    let last = session.timeline().last().expect("an entry");
    let names: Vec<String> =
        last.moment.snapshot.processes.iter().map(|p| p.name.to_string()).collect();
    assert_eq!(names, ["server", "client", "worker", "server.1"]);
}

#[test]
fn one_statement_may_fork_and_both_go_on() {
    let body = "
```c server
if (fork() == 0) { getpid(); exit(7); } else { getpid(); }    // = ?
```
```lab
expect server.1 exit 7
expect server returned 2
```
";
    assert_eq!(disagreements(&run(body)), Vec::<String>::new());
}

#[test]
fn a_process_that_dies_ends_its_statement() {
    let body = format!(
        "{READY}
```c client
write(fd, \"x\", 1);    // killed SIGPIPE
```
```c server
int conn = accept(fd, NULL, NULL);    // blocks
```
```lab
kill -KILL server
expect client dead SIGPIPE
expect server dead SIGKILL
```
"
    );
    let session = run(&body);
    assert_eq!(disagreements(&session), Vec::<String>::new(), "{:#?}", pages(&session));
}

#[test]
fn a_signal_that_interrupts_a_call_resumes_the_c_with_the_error() {
    let body = format!(
        "{READY}
```c server
int conn = accept(fd, NULL, NULL);    // blocks
```
```lab
kill -USR1 server
expect server returned -1 EINTR
expect server: conn == -1
expect server: errno == EINTR
```
"
    );
    assert_eq!(disagreements(&run(&body)), Vec::<String>::new());
}

#[test]
fn an_outcome_that_a_timer_brings_is_awaited() {
    let body = "
```c client
poll(NULL, 0, 300);    // = 0
int fd = socket(AF_INET, SOCK_STREAM, 0);    // = 3
```
";
    let session = run(body);
    assert_eq!(
        pages(&session)[1..],
        [
            "step 0 | client poll blocks",
            "timer | client poll = 0 | ✓ = 0",
            "step 1 | client socket = 3 | ✓ = 3",
        ]
    );
}

#[test]
fn fuel_is_a_step_s_and_running_out_is_the_lesson_s_error() {
    let body = "
```c server
for (int i = 0; i < 9000; i++) getpid();
for (int i = 0; i < 9000; i++) getpid();
```
";
    run(body);
    let (mut session, _) = open("\n```c server\nwhile (1) getpid();\n```\n");
    // It comes back every tenth of a second, so that a screen can be drawn.
    let progress = session.step();
    assert!(matches!(progress, Ok(Progress::Waiting { .. })));
    assert!(session.timeline().len() < 200);
    assert_eq!(session.due_in(), Some(Duration::ZERO));
    let error = settle(&mut session, progress).expect_err("no fuel");
    assert_eq!(error.exit_code(), 2);
    assert!(matches!(error, SessionError::Lesson(_)));
    assert!(session.timeline().len() > 10_000);
}

#[test]
fn again_opens_a_fresh_world_and_goes_to_its_mark_in_silence() {
    let body = format!(
        "{READY}
```lab
mark ready
```
```c client
{CONNECT}    // = 0
```
```lab
expect client fd is ESTABLISHED
again ready
expect client fd is CLOSE
expect @server has 0 ESTABLISHED
```
```c client
{CONNECT}    // = 0
```
"
    );
    let (mut session, worlds) = open(&body);
    finish(&mut session).expect("runs");
    assert_eq!(disagreements(&session), Vec::<String>::new());
    assert_eq!(worlds.0.borrow().opened, 2);
    assert_eq!(
        pages(&session)[6..],
        [
            "step 6 | client connect = 0 | ✓ = 0 | ✓ client fd is ESTABLISHED",
            "step 7 | ✓ client fd is CLOSE | ✓ @server has 0 ESTABLISHED",
            "step 8 | client connect = 0 | ✓ = 0",
        ]
    );
}

#[test]
fn a_spawned_process_starts_with_nothing() {
    let body = "
```lab
spawn extra @client
```
```c extra
int fd = socket(AF_INET, SOCK_STREAM, 0);    // = 3
```
";
    assert_eq!(disagreements(&run(body)), Vec::<String>::new());
}

#[test]
fn a_bare_mark_has_no_page_and_one_with_words_has() {
    let body = "
```lab
mark silent
```

Words.

```lab
mark spoken
```
";
    let session = run(body);
    assert_eq!(pages(&session), ["start", "step 1"]);
}

#[test]
fn a_machine_that_can_t_says_so() {
    let worlds = Doubles::default();
    worlds.0.borrow_mut().unavailable = true;
    let error = Session::open(lesson(READY), Box::new(worlds)).err().expect("no world");
    assert_eq!(error.exit_code(), 3);
}
