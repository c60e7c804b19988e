//! execve(): another program in the place of the one that ran, on the double.

use super::*;
use crate::model::{ARENA_START, Outcome, ProcessState};

const BODY: &str = "
```c server
int fd = socket(AF_INET, SOCK_STREAM, 0);    // = 3
void go(const char *path) { execl(path, \"program\", (char *) NULL); fd = 77; }
go(NULL);    // = -1 EFAULT
fd == 77;    // = 1
go(\"/bin/program\");    // = 0
fd == 0;    // = 1
getpid();    // = 2
go(\"/bin/program\");    // = 0
```
```lab
expect server: fd == 0
```
";

#[test]
fn the_next_statement_is_the_new_programs_and_its_memory_is_fresh() {
    let mut session = run(BODY);
    assert_eq!(disagreements(&session), [""; 0]);
    let strings = |session: &mut Session| {
        let memory = session.live_mut().expect("it lives").world.memory(&process("server"));
        let bytes = memory.expect("it lives").read(ARENA_START, 4096).expect("an arena");
        String::from_utf8_lossy(&bytes).contains("/bin/program\0")
    };
    assert!(strings(&mut session), "the code's strings are there again");
    let calls = |session: &Session| {
        let reports = session.timeline().iter().flat_map(|entry| &entry.moment.reports);
        reports.map(|report| report.call.typed.clone()).collect::<Vec<_>>()
    };
    assert_eq!(calls(&session), ["socket", "execl", "execl", "getpid", "execl"]);
    // What was done is done again, and by hand it goes on.
    let progress = session.undo();
    settle(&mut session, progress).expect("it is done again");
    assert_eq!(session.difference().map(|_| ()), None);
    let typed = session.type_c(&process("server"), "fd = getpid(); execl(\"\", \"\", NULL); fd++;");
    settle(&mut session, typed).expect("it runs");
    let typed = session.type_c(&process("server"), "fd;");
    settle(&mut session, typed).expect("it runs");
    assert_eq!(session.timeline().last().and_then(|entry| entry.value), Some(1));
}

#[test]
fn a_handler_that_begins_a_program_leaves_nothing_of_what_it_interrupted() {
    let body = format!(
        "{READY}
```c server
void on_usr1(int sig) {{ execl(\"/bin/program\", \"program\", NULL); fd = 77; }}
struct sigaction sa = {{ .sa_handler = on_usr1 }};
sigaction(SIGUSR1, &sa, NULL);    // = 0
int conn = accept(fd, NULL, NULL);    // blocks
```
```lab
kill -SIGUSR1 server
expect server: fd == 0 && conn == 0
```
```c server
getpid();    // = 2
```
"
    );
    let session = run(&body);
    assert_eq!(disagreements(&session), [""; 0]);
    let entry = session.timeline().last().expect("an entry");
    let server = entry.moment.snapshot.process(&process("server")).expect("it lives");
    assert!(server.handling.is_empty() && server.state == ProcessState::Ready);
}

#[test]
fn a_walked_program_is_over_when_another_takes_its_place() {
    let program = "int main(void)\n{\n    if (fork() == 0) {\n        \
        execl(\"/bin/program\", \"program\", NULL);\n        return 1;\n    }\n    \
        return getpid() != 2;\n}\n";
    let mut session = open(&format!("```c server program\n{program}```\n")).0;
    finish(&mut session).expect("it goes on");
    let entry = session.timeline().last().expect("an entry");
    let state = |name: &str| {
        entry.moment.snapshot.process(&process(name)).expect("it was there").state.clone()
    };
    assert_eq!(state("server"), ProcessState::Dead(Outcome::Exited(0)));
    assert_eq!(state("server.1"), ProcessState::Ready);
    let typed = session.type_c(&process("server.1"), "getpid();");
    settle(&mut session, typed).expect("the new program does what it is told");
}
