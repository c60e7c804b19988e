//! What is C of the subset, what is not, and how it is said.

use super::running::{Process, err, ok};
use crate::c::*;
use crate::model::*;

/// The place, the message and the help of the error in `source`.
fn error(source: &str) -> (String, String, String) {
    let mut scope = Scope::new(&[]);
    compile("int fd; struct sockaddr_in addr; char buf[8]; const int fixed = 1;", &mut scope)
        .expect("it compiles");
    let error = compile(source, &mut scope).expect_err(source);
    let help = error.help.map(|help| help.to_string());
    (source[error.span.clone()].to_owned(), error.message.to_string(), help.unwrap_or_default())
}

#[test]
fn an_error_names_its_place_and_what_to_do() {
    for (source, place, message, help) in [
        ("close(fd)", "", "expected ;", ""),
        ("close(fd", "", "expected ) behind the arguments", ""),
        ("close fd;", "close", "close is no type", ""),
        ("clsoe(fd);", "clsoe", "no call that I know", "did you mean close?"),
        ("listn(fd, 5);", "listn", "no call", "listen"),
        ("foo(1);", "foo", "no call", "subset"),
        (
            "listen(fd);",
            "listen(fd)",
            "expected 2 arguments, found 1",
            "int listen(int sockfd, int backlog)",
        ),
        ("listen(fd, 1, 2);", "listen(fd, 1, 2)", "expected 2 arguments, found 3", "listen"),
        ("fcntl(fd, F_GETFL, 0, 0);", "fcntl(fd, F_GETFL, 0, 0)", "found 4", "fcntl"),
        ("socket(AF_INT, SOCK_STREAM, 0);", "AF_INT", "not declared", "AF_INET"),
        ("x = 1;", "x", "x is not declared", ""),
        ("int fd = 3;", "fd", "already declared", "leave out the type"),
        ("int y; int y;", "y", "already declared", ""),
        ("addr.sin_prt = 3;", "sin_prt", "struct sockaddr_in has no field sin_prt", "sin_port"),
        ("addr->sin_port;", "addr", "itself, not a pointer", "."),
        ("struct sockaddr_in *p = &addr; p.sin_port;", "p", "has no fields", "->"),
        ("struct sockadr_in a;", "sockadr_in", "not known", "struct sockaddr_in"),
        ("sockaddr_in a;", "sockaddr_in", "no type", "struct sockaddr_in"),
        ("itn a;", "itn", "no type", "int"),
        ("bind(fd, addr, 16);", "addr", "expected const struct sockaddr *", "&"),
        (
            "bind(fd, 5, 16);",
            "5",
            "expected const struct sockaddr *, this is int",
            "(const struct sockaddr *)",
        ),
        ("listen(fd, \"5\");", "\"5\"", "expected int", "(int)"),
        ("5 = fd;", "5", "expected a variable", ""),
        ("fixed = 2;", "fixed", "const", ""),
        ("buf = \"x\";", "buf", "an array can't be assigned", "strcpy"),
        ("&AF_INET;", "AF_INET", "is a constant, not a variable", ""),
        ("&5;", "5", "& needs something that lies in memory", ""),
        ("float f;", "float", "float is outside", "subset"),
        ("1.5;", "1.5", "fraction", "subset"),
        ("main() { close(fd); }", "main", "main() has no type", "int main(void)"),
        ("handle(a) int a; { }", "handle", "handle() has no type", "int handle"),
        ("int handle(a, b) int a; char *b; { }", "a", "the parameter a has no type", "char *buf"),
        ("pthread_t t;", "pthread_t", "threads are outside", "fork()"),
        ("pthread_join(1, 0);", "pthread_join", "threads are outside", "poll()"),
        (
            "int f(void) { return g(1); } // x\nstatic int g(int x)\n{ return x; }",
            "g",
            "g is defined below",
            "declare it above: static int g(int x);",
        ),
        ("return 1;", "return 1;", "no function", "exit"),
        ("break;", "break;", "no loop", ""),
        ("else close(fd);", "else", "no if", ""),
        ("if (fd { }", "{", "expected )", ""),
        ("{ close(fd);", "{", "this { has no }", ""),
        ("char b[2] = \"abc\";", "\"abc\"", "3 bytes don't fit into char[2]", ""),
        ("int a[2] = { 1, 2, 3 };", "{ 1, 2, 3 }", "more values", ""),
        ("int a[fd];", "fd", "constant", "char buf[64]"),
        ("int a[];", "a", "needs a length", ""),
        ("int f(int x) { return f(x - 1); }", "f", "would call itself", "recursion"),
        (
            "int a(int x); int b(int x) { return a(x); } int a(int x) { return b(x); }",
            "b",
            "would call itself",
            "",
        ),
        ("int g(int x); g(1);", "g", "body is nowhere", ""),
        ("printf(\"%d\\n\");", "\"%d\\n\"", "needs 1 more argument", ""),
        ("printf(\"%f\", 1);", "\"%f\"", "fraction", "%d"),
        ("#define M(x) #x\nfd;", "#define M(x) #x", "# and ##", "#define NAME VALUE"),
        ("#if 1 > sizeof(int)\n#endif", "sizeof(int)", "#if can't know this", ""),
        ("#if 1\n#error \"no\"\n#endif", "#error \"no\"", "#error: \"no\"", ""),
        ("#if\n#endif", "#if", "this #if has no condition", ""),
        ("#else\n", "#else", "there is no #if for this #else", ""),
        ("#if 0\n#else\n#elif 1\n#endif", "#elif 1", "there is no #if for this #elif", ""),
        ("inet_addr(198.51.100.1);", "198.51.100.1", "an address is no number", "quotes"),
        ("char s[] = \"监听; fd;", "\"监听; fd;", "needs a \"", ""),
        ("fd = 监;", "监", "no meaning", ""),
        ("close(fd）;", "）", "） is a full-width character", "write )"),
        ("close(fd)；", "；", "； is a full-width character", "write ;"),
        ("perror(“x”);", "“", "“ is a full-width character", "write \""),
        (
            "#include \"common.h\"\nfd;",
            "#include \"common.h\"",
            "no header of one's own: common.h",
            "here",
        ),
        ("#define PORT 80;\nhtons(PORT);", "PORT", "found ;", "in the #define"),
        (
            "getaddrinfo(NULL, NULL, NULL, NULL);",
            "getaddrinfo",
            "getaddrinfo() is outside",
            "inet_pton()",
        ),
        ("struct addrinfo hints;", "addrinfo", "getaddrinfo() is outside", ""),
        ("socklen_t len; accept(fd, NULL, len);", "len", "expected socklen_t *", "write &"),
        (
            "setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, 1, 4);",
            "1",
            "expected const void *",
            "variable",
        ),
        ("int p[2]; pipe(p[2]);", "p[2]", "expected int *", "name of the array"),
        ("read(fd, buf[0], 8);", "buf[0]", "expected void *", "name of the array"),
        (
            "addr.sin_addr = inet_addr(\"1.2.3.4\");",
            "inet_addr(\"1.2.3.4\")",
            "struct in_addr",
            ".s_addr",
        ),
        ("'ab';", "'ab'", "one byte", ""),
        ("\"\\q\";", "\\", "no such escape", ""),
        ("08;", "08", "no number", ""),
        ("sizeof(struct nope);", "nope", "not known", ""),
        ("switch (fd) { case 1: case 1: ; }", "case 1:", "twice", ""),
        ("int f(void) { goto agian; again: return 1; }", "agian", "no label agian", "again"),
        ("int f(void) { again: ; again: return 1; }", "again", "stands here twice", ""),
        ("int f(void) { a: return 1; } int g(void) { goto a; }", "a", "no label a", ""),
        ("goto a;", "a", "no label a in this function", ""),
        ("#pragma pack(3)", "#pragma pack(3)", "expected #pragma pack(1)", ""),
        ("#pragma pack 1", "#pragma pack 1", "expected #pragma pack(1)", ""),
        ("#pragma weak fd", "#pragma weak fd", "#pragma weak is outside", ""),
        ("int socket = 3; socket(1, 2, 3);", "", "", ""),
    ] {
        if place.is_empty() && message.is_empty() {
            continue;
        }
        let (at, said, helped) = error(source);
        assert_eq!(at, place, "{source}: {said}");
        assert!(said.contains(message), "{source}: {said}");
        assert!(helped.contains(help), "{source}: {said} ({helped})");
    }
}

#[test]
fn an_error_leaves_the_process_as_it_was() {
    let mut scope = Scope::new(&[]);
    compile("int f(int x);", &mut scope).expect("it compiles");
    let used = scope.used();
    compile("#define N 3\nint a = N; int f(int x) { return x; } b;", &mut scope).expect_err("b");
    assert_eq!(scope.used(), used);
    assert!(scope.variable("a").is_none());
    compile("N;", &mut scope).expect_err("N is not known");
    // The body that the wrong source gave to f is forgotten too.
    compile("int a = 1; int f(int x) { return x; } f(a);", &mut scope).expect("it compiles");
}

#[test]
fn a_clone_of_a_process_goes_its_own_way() {
    let mut parent = Scope::new(&[]);
    compile("int f(int x); int a;", &mut parent).expect("it compiles");
    let mut child = parent.clone();
    compile("int b; int f(int x) { return 1; }", &mut parent).expect("it compiles");
    compile("int c; int f(int x) { return 2; }", &mut child).expect("it compiles");
    assert!(parent.variable("c").is_none() && child.variable("b").is_none());
    assert_eq!(parent.variable("a"), child.variable("a"));
}

#[test]
fn statements_know_their_place_and_their_comment() {
    let source = "/* first */ int fd = /* a */ socket(AF_INET,\n  SOCK_STREAM, 0);  // = 3\n// words\n\
                  struct linger l = { 1,  2 }; // look l\nclose(fd); /* x */ // = 0\n;close(1);\n// = 5\n";
    let statements = compile(source, &mut Scope::new(&[])).expect("it compiles");
    let shown: Vec<_> = statements
        .iter()
        .map(|s| {
            let comment = s.trailing.as_ref().map(|comment| {
                assert!(source[comment.span.clone()].starts_with("//"));
                comment.text.as_str()
            });
            (s.code.as_str(), s.calls, comment)
        })
        .collect();
    assert_eq!(
        shown,
        [
            ("int fd = socket(AF_INET, SOCK_STREAM, 0);", true, Some("= 3")),
            ("struct linger l = { 1, 2 };", false, Some("look l")),
            ("close(fd);", true, Some("= 0")),
            ("close(1);", true, None),
        ]
    );
    assert_eq!(&source[statements[1].span.clone()], "struct linger l = { 1,  2 };");
}

#[test]
fn variables_have_the_same_address_in_every_run() {
    let mut scope = Scope::new(&[("SERVER_IP", "198.51.100.1")]);
    compile("char c; int i; char buf[64]; struct sockaddr_in a;", &mut scope).expect("it compiles");
    let places: Vec<_> =
        scope.variables().map(|v| (&*v.name, v.address - ARENA_START, v.ty.to_string())).collect();
    let wanted = [
        ("c", 64, "char"),
        ("i", 68, "int"),
        ("buf", 72, "char[64]"),
        ("a", 136, "struct sockaddr_in"),
    ];
    assert_eq!(places, wanted.map(|(name, at, ty)| (name, at, ty.to_owned())));
}

#[test]
fn a_fact_is_an_expression_beside_the_process() {
    let mut process = Process::new();
    process.run("int n = 5; char buf[8] = \"hello\"; int *p = &n;", &[]).expect("it runs");
    let used = process.scope.used();
    for (source, wanted) in [
        ("n == 5", 1),
        ("strcmp(buf, \"hello\") == 0 && buf[1] == 'e'", 1),
        ("*p + sizeof buf", 13),
        ("errno == 0 ? -1 : 1", -1),
        ("memcmp(buf, \"help\", 3)", 0),
    ] {
        let fact = compile_expression(source, &process.scope).expect(source);
        assert_eq!(fact.value(&process.memory), Ok(wanted), "{source}");
    }
    assert_eq!(process.scope.used(), used);
    for wrong in ["n =", "n == 5;", "close(3)", "m", "", "n n"] {
        assert!(compile_expression(wrong, &process.scope).is_err(), "{wrong}");
    }
    let fault = compile_expression("*(int *)0", &process.scope).expect("it compiles");
    assert!(matches!(fault.value(&process.memory), Err(Fault::OutsideMemory { address: 0, .. })));
    let fault = compile_expression("n / (n - 5)", &process.scope).expect("it compiles");
    assert_eq!(fault.value(&process.memory), Err(Fault::Division));
}

#[test]
fn a_fork_in_the_middle_of_an_expression_goes_on_twice() {
    let mut parent = Process::new();
    let source = "int x = 10; int pid = 0, sum = 0;";
    parent.run(source, &[]).expect("it runs");
    let statement = &compile("sum = x + (pid = fork()) * 2;", &mut parent.scope).expect("C")[0];
    let event = parent.machine.begin(statement, &mut parent.memory).expect("no fault");
    assert!(matches!(event, Event::Call(Pending { syscall: Syscall::Fork, .. })));
    let (mut child, mut copy) = (parent.machine.clone(), parent.memory.clone());
    let done = |value| Ok(Event::Done(Some(value)));
    assert_eq!(parent.machine.resume(Ok(7), &mut parent.memory), done(24));
    assert_eq!(child.resume(Ok(0), &mut copy), done(10));
    let sum = compile_expression("sum", &parent.scope).expect("C");
    assert_eq!((sum.value(&parent.memory), sum.value(&copy)), (Ok(24), Ok(10)));
}

#[test]
fn a_machine_that_is_busy_or_idle_says_so() {
    let mut process = Process::new();
    let statement = &compile("close(3);", &mut process.scope).expect("C")[0];
    let (machine, memory) = (&mut process.machine, &mut process.memory);
    assert_eq!(machine.resume(Ok(0), memory), Err(Fault::Misused));
    assert_eq!(machine.go_on(memory), Err(Fault::Misused));
    assert!(machine.is_idle());
    machine.begin(statement, memory).expect("no fault");
    assert!(!machine.is_idle());
    assert_eq!(machine.begin(statement, memory), Err(Fault::Misused));
    assert_eq!(machine.resume(Ok(0), memory), Ok(Event::Done(Some(0))));
    assert!(machine.is_idle());
}

#[test]
fn a_call_inside_a_function_shows_its_own_statement() {
    let mut process = Process::new();
    let source = "int open_one(int kind)\n{\n    int s;\n    s = socket(AF_INET, kind, 0);\n    \
                  if ((s < 0)) {\n        perror(\"socket\");\n    }\n    return s;\n}\n\
                  while (close(open_one(SOCK_DGRAM)) == 0) { ; }";
    let statements = compile(source, &mut process.scope).expect("C");
    assert!(!statements[0].calls && statements[1].calls);
    assert_eq!(process.machine.begin(&statements[0], &mut process.memory), Ok(Event::Done(None)));
    let event = process.machine.begin(&statements[1], &mut process.memory).expect("no fault");
    let Event::Call(call) = event else { panic!("{event:?}") };
    assert_eq!(&*call.code, "s = socket(AF_INET, kind, 0);");
    assert_eq!(&source[call.span], "s = socket(AF_INET, kind, 0);");
    let event = process.machine.resume(Ok(3), &mut process.memory).expect("no fault");
    let Event::Call(call) = event else { panic!("{event:?}") };
    assert_eq!(&*call.code, "while (close(open_one(SOCK_DGRAM)) == 0)");
}

#[test]
fn what_would_take_for_ever_to_compile_is_refused() {
    let (mut structs, mut value) = ("struct s0 { int x; };".to_owned(), "(struct s0){ 1 }".into());
    for level in 1..20 {
        structs += &format!("struct s{level} {{ struct s{} inner; }};", level - 1);
        value = format!("(struct s{level}){{ {value} }}");
    }
    let mut scope = crate::c::Scope::new(&[]);
    let error = crate::c::compile(&format!("{structs} struct s19 x = {value};"), &mut scope);
    let error = error.expect_err("its types ask for types of types");
    assert!(error.message.to_string().contains("nested too deep"), "{error:?}");
}

#[test]
fn statements_that_students_write_run() {
    let mut process = Process::new();
    let source = "
        int one[] = { 1, 2 }, two = one[1];
        char a[] = \"ab\", b[] = \"cde\";
        struct iovec v[2] = { { a, 2 }, { .iov_base = b, .iov_len = 3 } };
        struct pollfd p[2] = { { .fd = two, .events = POLLIN }, { 4, POLLIN } };
        setsockopt(3, SOL_SOCKET, SO_REUSEADDR, &(int){ 1 }, sizeof(int));
        struct sigaction sa = { .sa_handler = SIG_IGN };
        sa.sa_flags = SA_RESTART;
        struct sockaddr_in6 six = { .sin6_family = AF_INET6, .sin6_addr = in6addr_loopback };
        six.sin6_addr = in6addr_any;
        unsigned short port = ntohs(six.sin6_port);
        signal(SIGPIPE, SIG_IGN);
        if (listen(3, 1) < 0) { perror(\"listen\"); exit(1); }
        v[1].iov_len + p[0].fd + port;";
    let signal = (vec![(2, vec![0; 32])], Ok(0));
    process.run(source, &[ok(0), signal, err("EBADF"), ok(0)]).expect("it runs");
    assert_eq!(process.lines[3], "exit_group(1) = ?");
    assert_eq!(process.printed, "listen: Bad file descriptor\n");
    process.run("v[1].iov_len + p[0].fd + port;", &[]).expect("it runs");
    assert_eq!(process.value, Some(5));
}
