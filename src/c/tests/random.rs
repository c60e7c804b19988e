//! Nothing that anybody types may panic.

use proptest::prelude::*;

use super::running::Process;
use crate::c::*;
use crate::model::*;

/// Pieces of C, put together without sense.
fn nonsense() -> impl Strategy<Value = String> {
    let piece = prop::sample::select(vec![
        "int",
        "char",
        "struct",
        "sockaddr_in",
        "a",
        "b",
        "f",
        "=",
        ";",
        ";",
        "(",
        ")",
        "{",
        "}",
        "[",
        "]",
        "*",
        "&",
        ".",
        "->",
        ",",
        "1",
        "0",
        "-1",
        "0x7fffffff",
        "99999999999",
        "\"text\"",
        "'c'",
        "sizeof",
        "if",
        "else",
        "while",
        "for",
        "do",
        "switch",
        "case",
        "default",
        ":",
        "?",
        "+",
        "-",
        "/",
        "%",
        "<<",
        ">>",
        "==",
        "&&",
        "||",
        "!",
        "~",
        "++",
        "--",
        "+=",
        "return",
        "break",
        "continue",
        "static",
        "const",
        "typedef",
        "union",
        "enum",
        "unsigned",
        "void",
        "socket",
        "bind",
        "printf",
        "strcpy",
        "memset",
        "htons",
        "AF_INET",
        "NULL",
        "errno",
        "//x\n",
        "/*x*/",
        "\n#define N 3\n",
        "N",
        "fd_set",
        "sin_addr",
        "\"%d %s\"",
        "goto",
        "1.5",
        "main",
        "inet_ntoa",
        "CMSG_FIRSTHDR",
        "_exit",
        "int a = 1;",
        "char b[8];",
        "int f(int x) {",
        "struct sockaddr_in s = {",
        ".sin_port =",
        "s",
        "read(a, b, 8)",
        "fork()",
        "[3] =",
    ]);
    prop::collection::vec(piece, 0..40).prop_map(|pieces| pieces.join(" "))
}

/// Runs whatever compiles, with answers from anywhere, until it ends or its fuel does.
fn try_it(source: &str, answers: &[i64]) {
    let mut scope = Scope::new(&[]);
    let statements = match compile(source, &mut scope) {
        Ok(statements) => statements,
        Err(error) => {
            let place = source.get(error.span.clone());
            assert!(place.is_some(), "{error} at {:?} of {source:?}", error.span);
            return;
        }
    };
    let mut memory = Bytes::zeroed();
    let mut machine = Machine::with_fuel(100_000);
    let mut answers = answers.iter().copied().cycle();
    for statement in &statements {
        assert!(source.get(statement.span.clone()).is_some());
        machine.refuel();
        let mut event = machine.begin(statement, &mut memory);
        for _ in 0..50 {
            event = match event {
                Ok(Event::Call(_)) => {
                    let answer = answers.next().unwrap_or(0);
                    let answer = if answer < 0 { Err(Errno(9)) } else { Ok(answer) };
                    machine.resume(answer, &mut memory)
                }
                Ok(Event::Printed(_)) => machine.go_on(&mut memory),
                Ok(Event::Reached) => machine.walk(&mut memory),
                Ok(Event::Done(_) | Event::HandlerOver) | Err(_) => break,
            };
        }
        if !machine.is_idle() {
            machine = Machine::new();
        }
    }
    for variable in scope.variables() {
        rows(variable, &memory);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(500))]

    #[test]
    fn nonsense_is_refused_or_runs_but_never_panics(source in nonsense(), answers in
                                                    prop::collection::vec(any::<i64>(), 1..4)) {
        try_it(&source, &answers);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn any_text_is_refused_or_runs_but_never_panics(source in "\\PC*|[ -~\n]*") {
        try_it(&source, &[0, -1]);
    }

    #[test]
    fn any_expression_has_a_value_or_a_fault(source in nonsense()) {
        let scope = Scope::new(&[]);
        if let Ok(expression) = compile_expression(&source, &scope) {
            let _ = expression.value(&Bytes::zeroed());
        }
    }
}

/// A real program with some of its tokens taken out, doubled, exchanged or replaced.
fn broken(program: &str, changes: &[(usize, usize, u8)]) -> String {
    let mut pieces: Vec<&str> = tokens(program).iter().map(|token| token.text(program)).collect();
    for (at, other, how) in changes {
        let (at, other) = (at % pieces.len(), other % pieces.len());
        match how % 4 {
            0 => drop(pieces.remove(at)),
            1 => pieces.insert(at, pieces[other]),
            2 => pieces.swap(at, other),
            _ => pieces[at] = pieces[other],
        }
    }
    // A directive ends with its line, and so does a comment.
    pieces.join(" ").replace("# ", "#").replace('#', "\n#").replace(" ;", ";\n")
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn broken_programs_never_panic(
        which in 0usize..4,
        changes in prop::collection::vec((any::<usize>(), any::<usize>(), any::<u8>()), 1..6),
    ) {
        let programs = [
            include_str!("programs/control.c"),
            include_str!("programs/memory.c"),
            include_str!("programs/library.c"),
            include_str!("programs/unix-client.c"),
        ];
        let source = broken(programs[which], &changes);
        try_it(&source, &[3, 0, 8, -1]);
        try_it(&(source + "\nmain(1, 0);"), &[3, 0, 8, -1]);
    }
}

#[test]
fn what_is_nested_too_deeply_is_refused() {
    for open in [
        "(",
        "{",
        "!",
        "-",
        "*",
        "&",
        "a[",
        "f(",
        "if (1) ",
        "for (;;) ",
        "sizeof ",
        "(int)",
        "a ? b : ",
        "a = ",
        "int a = {",
        "struct { ",
        "do ",
        "switch (1) ",
        "while (1) ",
        "a+",
        "a.b",
        "a,",
        "a&&",
        "1 ? ",
        "int *",
        "1+",
        "1,",
        "[",
        "else ",
        "x->",
        "1 ? (",
        "(int){ ",
    ] {
        let source = open.repeat(5_000);
        assert!(compile(&source, &mut Scope::new(&[])).is_err(), "{open}");
        let _ = compile_expression(&source, &Scope::new(&[]));
    }
}

#[test]
fn a_loop_without_end_is_stopped() {
    let mut process = Process::new();
    // A real process has a second or two.
    process.machine = Machine::with_fuel(1_000_000);
    let fault = |fault: Fault| Err(fault.to_string());
    assert_eq!(process.run("for (;;) ;", &[]), fault(Fault::TooManyOperations));
    assert!(process.machine.is_idle());
    process.machine.refuel();
    let source = "char a[1000]; while (1) memset(a, 1, 1000);";
    assert_eq!(process.run(source, &[]), fault(Fault::TooManyOperations));
    // No function goes over memory for nothing.
    for (work, operations) in
        [("atoi(big);", 6_000), ("inet_addr(big);", 6_000), ("srand(1);", 100)]
    {
        let mut process = Process::new();
        let run = |process: &mut Process, source: &str| process.run(source, &[]);
        run(&mut process, "char big[100000]; memset(big, ' ', 99999);").expect("it is quick");
        process.machine = Machine::with_fuel(operations);
        assert_eq!(run(&mut process, work), fault(Fault::TooManyOperations), "{work}");
    }
    process.machine.refuel();
    let calls = vec![super::running::ok(0); 10_000];
    assert_eq!(process.run("while (1) close(3);", &calls), fault(Fault::TooManyCalls));
}
