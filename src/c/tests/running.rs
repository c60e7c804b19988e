//! Sources run on an arena of bytes, with a kernel that answers from a script.

use std::sync::Arc;

use crate::c::*;
use crate::model::*;

/// What the kernel does in one call: what it writes, and what it returns.
pub type Answer = (Vec<(usize, Vec<u8>)>, CallResult);

/// Runs sources in one process; keeps what strace would print, what was printed, and values.
pub struct Process {
    pub scope: Scope,
    pub memory: Bytes,
    pub machine: Machine,
    pub lines: Vec<String>,
    pub printed: String,
    pub value: Option<i64>,
}

impl Process {
    pub fn new() -> Self {
        Self {
            scope: Scope::new(&[("SERVER_IP", "198.51.100.1")]),
            memory: Bytes::zeroed(),
            machine: Machine::new(),
            lines: Vec::new(),
            printed: String::new(),
            value: None,
        }
    }

    /// Compiles and runs `source`. Each answer writes bytes where the argument at a position
    /// points to, then returns.
    pub fn run(&mut self, source: &str, answers: &[Answer]) -> Result<(), String> {
        let mut answers = answers.iter();
        let statements = compile(source, &mut self.scope)
            .map_err(|error| format!("{error} at {}", &source[error.span.clone()]))?;
        for statement in &statements {
            self.finish(statement, &mut answers)?;
        }
        assert_eq!(answers.next(), None, "an answer was not asked for");
        Ok(())
    }

    pub fn finish<'a>(
        &mut self,
        statement: &Statement,
        answers: &mut impl Iterator<Item = &'a Answer>,
    ) -> Result<(), String> {
        let fault = |fault: Fault| fault.to_string();
        let mut event = self.machine.begin(statement, &mut self.memory).map_err(fault)?;
        loop {
            event = match event {
                Event::Done(value) => {
                    self.value = value;
                    return Ok(());
                }
                Event::HandlerOver => return Err("no handler runs".to_owned()),
                Event::Printed(text) => {
                    self.printed.push_str(&text);
                    self.machine.go_on(&mut self.memory).map_err(fault)?
                }
                Event::Reached => self.machine.walk(&mut self.memory).map_err(fault)?,
                Event::Call(pending) => {
                    let Some((writes, result)) = answers.next() else {
                        return Err(format!("{} was not expected", pending.typed));
                    };
                    self.answer(&pending, writes, *result);
                    if pending.syscall == Syscall::ExitGroup {
                        self.machine = Machine::new();
                        return Ok(());
                    }
                    self.machine.resume(*result, &mut self.memory).map_err(fault)?
                }
            }
        }
    }

    fn answer(&mut self, pending: &Pending, writes: &[(usize, Vec<u8>)], result: CallResult) {
        for (at, bytes) in writes {
            assert!(self.memory.write(pending.args[*at] as u64, bytes), "no room for an answer");
        }
        let call = Call {
            process: ProcessName::parse("server").expect("a name"),
            code: pending.code.to_string(),
            typed: pending.typed.clone(),
            syscall: pending.syscall,
            args: pending.args,
            shown: pending.shown.clone(),
            child: None,
            overrun: None,
        };
        let call = Arc::new(call);
        let written = written(&call, result, &self.memory);
        self.lines.push(line(&call, Some(result), &written));
    }
}

/// An answer that writes nothing.
pub fn ok(value: i64) -> Answer {
    (Vec::new(), Ok(value))
}

/// An answer that is an error.
pub fn err(name: &str) -> Answer {
    (Vec::new(), Err(Errno::from_name(name).expect("a known errno")))
}

#[test]
fn a_server_gets_ready_and_takes_a_client() {
    let mut server = Process::new();
    let peer = [2, 0, 0x9c, 0x41, 198, 51, 100, 2, 0, 0, 0, 0, 0, 0, 0, 0];
    let source = "
        int fd = socket(AF_INET, SOCK_STREAM, 0);    // = 3
        struct sockaddr_in addr = { .sin_family = AF_INET, .sin_port = htons(8080),
            .sin_addr.s_addr = inet_addr(SERVER_IP) };
        bind(fd, (struct sockaddr *)&addr, sizeof addr);
        listen(fd, 5);
        struct sockaddr_storage peer; socklen_t length = sizeof peer;
        int conn = accept(fd, (struct sockaddr *)&peer, &length);
        char buf[64];
        int n, total = 0;
        while ((n = recv(conn, buf, sizeof buf, 0)) > 0) total += n;
        total;";
    let answers = [
        ok(3),
        ok(0),
        ok(0),
        (vec![(1, peer.to_vec()), (2, vec![16, 0, 0, 0])], Ok(4)),
        (vec![(1, b"hello\n".to_vec())], Ok(6)),
        (vec![(1, vec![b'a'; 64])], Ok(64)),
        ok(0),
    ];
    server.run(source, &answers).expect("it runs");
    assert_eq!(
        server.lines,
        [
            "socket(AF_INET, SOCK_STREAM, IPPROTO_IP) = 3",
            "bind(3, {sa_family=AF_INET, sin_port=htons(8080), \
             sin_addr=inet_addr(\"198.51.100.1\")}, 16) = 0",
            "listen(3, 5) = 0",
            "accept(3, {sa_family=AF_INET, sin_port=htons(40001), \
             sin_addr=inet_addr(\"198.51.100.2\")}, [128 => 16]) = 4",
            "recvfrom(4, \"hello\\n\", 64, 0, NULL, NULL) = 6",
            "recvfrom(4, \"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\"..., 64, 0, NULL, NULL) = 64",
            "recvfrom(4, \"\", 64, 0, NULL, NULL) = 0",
        ]
    );
    assert_eq!(server.value, Some(70));
}

#[test]
fn a_failed_call_sets_errno_and_is_minus_one() {
    let mut server = Process::new();
    let source = "int rc = bind(-1, NULL, 16); if (rc < 0) perror(\"bind\"); rc == -1 && errno == \
        EBADF;";
    server.run(source, &[err("EBADF")]).expect("it runs");
    assert_eq!(server.lines, ["bind(-1, NULL, 16) = -1 EBADF (Bad file descriptor)"]);
    assert_eq!((server.printed.as_str(), server.value), ("bind: Bad file descriptor\n", Some(1)));
}
