use crate::c::*;
use crate::model::*;

/// Runs a source with the given answers; what was asked comes back as `name(args)`.
fn run(source: &str, answers: &[CallResult]) -> (Vec<String>, Option<i64>, String) {
    let mut scope = Scope::new(&[("SERVER_IP", "198.51.100.1")]);
    let statements = compile(source, &mut scope).unwrap_or_else(|e| panic!("{e} at {:?}", e.span));
    let mut memory = Bytes::zeroed();
    let mut machine = Machine::new();
    let mut answers = answers.iter().copied();
    let (mut asked, mut last, mut printed) = (Vec::new(), None, String::new());
    for statement in &statements {
        let mut event = machine.begin(statement, &mut memory).expect("no fault");
        loop {
            event = match event {
                Event::Call(pending) => {
                    asked.push(format!("{}({})", pending.typed, pending.shown.join(", ")));
                    let answer = answers.next().expect("an answer");
                    machine.resume(answer, &mut memory).expect("no fault")
                }
                Event::Printed(text) => {
                    printed.push_str(&text);
                    machine.go_on(&mut memory).expect("no fault")
                }
                Event::Done(value) => {
                    last = value;
                    break;
                }
            };
        }
    }
    (asked, last, printed)
}

#[test]
fn a_server_gets_ready() {
    let (asked, ..) = run(
        "int fd = socket(AF_INET, SOCK_STREAM, 0);
         struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(8080),
             .sin_addr.s_addr = htonl(INADDR_ANY) };
         bind(fd, (struct sockaddr *)&addr, sizeof addr);
         listen(fd, 5);",
        &[Ok(3), Ok(0), Ok(0)],
    );
    assert_eq!(asked.len(), 3);
}
