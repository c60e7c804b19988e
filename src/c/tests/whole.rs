//! Whole files: how they run by their `main`, and step by step.

use super::running::{Process, err, ok};
use crate::c::*;
use crate::model::*;

#[test]
fn a_whole_file_runs_by_its_main() {
    let mut process = Process::new();
    process.run(include_str!("programs/unix-client.c"), &[]).expect("it compiles");
    let main = run_main(&mut process.scope, &["client"]).expect("it has a main");
    let answers = [
        ok(3),
        ok(0),
        ok(250),
        (vec![(1, vec![b'a'; 200])], Ok(200)),
        (vec![(1, vec![b'a'; 50])], Ok(50)),
        ok(0),
        ok(0),
    ];
    process.finish(&main, &mut answers.iter()).expect("it runs");
    assert_eq!(process.lines.last().map(String::as_str), Some("exit_group(0) = ?"));
    let received = process.scope.variable("bytesReceived").expect("a variable of main");
    assert_eq!(received.function.as_deref(), Some("main"));
    assert_eq!(rows(received, &process.memory)[0].meaning, "250");
    let none = run_main(&mut Scope::new(&[]), &[]).expect_err("no main");
    assert_eq!(none.message, "there is no main() to run");
}

#[test]
fn a_main_without_a_value_exits_with_0() {
    for source in
        ["void main() { close(3); }", "void main(int argc, char *argv[]) { close(argc); return; }"]
    {
        let mut process = Process::new();
        process.run(source, &[]).expect("it compiles");
        let main = run_main(&mut process.scope, &["p", "q", "r"]).expect("it has a main");
        process.finish(&main, &mut [ok(0), ok(0)].iter()).expect("it runs");
        assert_eq!(process.lines, ["close(3) = 0", "exit_group(0) = ?"]);
    }
}

#[test]
fn the_kernel_gets_what_is_wrong_but_legal() {
    let mut process = Process::new();
    let source = "struct sockaddr_in a = { AF_INET }; bind(-1, (struct sockaddr *)&a, -1); \
        bind(3, NULL, 0); read(3, (void *)-1, -1); connect(3, (void *)0x10, 99999);";
    let answers = [err("EBADF"), err("EINVAL"), err("EFAULT"), err("EFAULT")];
    process.run(source, &answers).expect("it runs");
    assert_eq!(process.lines.len(), 4);
}

#[test]
fn a_program_stops_at_the_statement_behind_each_call() {
    let source = "#include <stdio.h>\nint port = 80;\nint make(int n) {\n    int fd = socket(n, 1, 0);\n    \
        if (fd < 0) {\n        perror(\"socket\");\n        exit(1);\n    }\n    return fd;\n}\n\
        int main(void) {\n    int a = make(2), b = make(10);\n    port = a + b;\n    \
        while (port-- > 6)\n        close(port);\n    return 7;\n}\n";
    let program = program(source, &Scope::new(&[]), &["x"]).expect("a program");
    let mut memory = Bytes::zeroed();
    let mut machine = Machine::new();
    for statement in &program.before {
        assert!(matches!(machine.begin(statement, &mut memory), Ok(Event::Done(_))));
    }
    let mut event = machine.begin_walk(&program.main, Stdin::default(), &mut memory);
    let mut story = Vec::new();
    let mut answers = [3, 4, 0].into_iter();
    for _ in 0..20 {
        event = match event {
            Ok(Event::Reached) => {
                story.push(machine.spot().expect("a place").code.to_string());
                machine.walk(&mut memory)
            }
            Ok(Event::Call(pending)) => {
                assert!(source.get(pending.span).is_some_and(|text| !text.is_empty()));
                story.push(format!("{} in {}", pending.typed, pending.code));
                match answers.next() {
                    Some(answer) => machine.resume(Ok(answer), &mut memory),
                    None => break,
                }
            }
            other => panic!("{other:?}"),
        };
    }
    assert_eq!(
        story,
        [
            "int a = make(2), b = make(10);",
            "socket in int fd = socket(n, 1, 0);",
            "if (fd < 0)",
            "socket in int fd = socket(n, 1, 0);",
            "if (fd < 0)",
            "close in close(port);",
            "while (port-- > 6) close(port);",
            "exit in return 7;",
        ]
    );
}

#[test]
fn a_program_is_what_a_c_compiler_takes() {
    let wrong = |source: &str| {
        program(source, &Scope::new(&[]), &["x"])
            .map(drop)
            .map_err(|e| (e.span, e.message.to_string()))
    };
    assert_eq!(wrong("int main(void) { return 0; }"), Ok(()));
    for (source, place) in [
        ("int main(void) { return 0; }\nlisten(3, 4);", 29..42),
        ("int fd = socket(2, 1, 0);\nint main(void) { return 0; }", 0..25),
        ("int f(void) { return 0; }\n", 25..25),
        ("int main(int a) { return 0; }\n", 29..29),
    ] {
        assert_eq!(wrong(source).map_err(|(span, _)| span), Err(place), "{source}");
    }
}

#[test]
fn a_failed_assertion_is_a_fault_of_its_own() {
    let mut process = Process::new();
    process.run("int n = 1; assert(n == 1); assert(&n);", &[]).expect("it holds");
    let fault = process.run("assert(n == 2);", &[]);
    assert_eq!(fault, Err("this assert() does not hold: SIGABRT".to_owned()));
    assert_eq!((Fault::Assertion.signal(), Fault::Aborted.signal()), (Some(6), Some(6)));
    process
        .run("#include \"sys/socket.h\"\n#include \"stdio.h\"\nn;", &[])
        .expect("headers of the system");
}
