//! Functions of the learner's as handlers of signals.

use super::running::Process;
use crate::c::{Event, Fault, Machine, Scope, compile};
use crate::model::{Bytes, Errno, Memory as _, Syscall};

/// A process in the middle of the last statement of `source`, which makes one call.
fn asleep(source: &str) -> (Scope, Machine, Bytes) {
    let mut scope = Scope::new(&[]);
    let statements = compile(source, &mut scope).expect("it compiles");
    let (mut machine, mut memory) = (Machine::new(), Bytes::zeroed());
    for statement in &statements {
        let event = machine.begin(statement, &mut memory).expect("it begins");
        assert!(matches!(event, Event::Done(_) | Event::Call(_)), "{event:?}");
    }
    (scope, machine, memory)
}

fn number(scope: &Scope, memory: &Bytes, name: &str) -> i32 {
    let variable = scope.variable(name).expect("a variable");
    let bytes = memory.read(variable.address, 4).expect("it lies in memory");
    i32::from_le_bytes(bytes.try_into().expect("four bytes"))
}

/// Interrupts with the handler `on` and signal 10.
fn interrupt(scope: &Scope, machine: &mut Machine, memory: &mut Bytes) -> Result<Event, Fault> {
    let address = u64::from(number(scope, memory, "at").unsigned_abs());
    machine.interrupt(scope.handler(address).as_ref(), 10, &[7; 128], memory)
}

const ON: &str = "int got; int at; int n; ";

#[test]
fn a_handler_runs_in_the_middle_of_a_call_and_the_call_goes_on() {
    let source = format!(
        "{ON} void on(int sig) {{ got = got + sig; write(1, \"x\", 1); got++; }}
         at = (int)(long)on; n = 40 + accept(3, NULL, NULL);"
    );
    let (scope, mut machine, mut memory) = asleep(&source);
    for round in 1..=2 {
        let event = interrupt(&scope, &mut machine, &mut memory).expect("it runs");
        let Event::Call(pending) = event else { panic!("{event:?}") };
        assert_eq!(pending.syscall, Syscall::Write);
        assert!(!machine.is_idle());
        let event = machine.resume(Ok(1), &mut memory);
        assert_eq!(event, Ok(Event::HandlerOver));
        assert_eq!(number(&scope, &memory, "got"), 11 * round);
    }
    let event = machine.resume(Ok(2), &mut memory);
    assert_eq!(event, Ok(Event::Done(Some(42))));
    assert_eq!(number(&scope, &memory, "n"), 42);
    assert!(machine.is_idle());
}

#[test]
fn an_idle_process_handles_a_signal_and_is_idle_again() {
    let source = format!("{ON} void on(int sig) {{ got = sig; }} at = (int)(long)on;");
    let (scope, mut machine, mut memory) = asleep(&source);
    assert_eq!(interrupt(&scope, &mut machine, &mut memory), Ok(Event::HandlerOver));
    assert_eq!(number(&scope, &memory, "got"), 10);
    assert!(machine.is_idle());
}

#[test]
fn a_handler_with_three_parameters_finds_the_siginfo() {
    let source = format!(
        "{ON} void on(int sig, siginfo_t *info, void *context) {{ got = info->si_pid; }}
         struct sigaction sa = {{ .sa_sigaction = on, .sa_flags = SA_SIGINFO }};
         at = (int)(long)on;"
    );
    let (scope, mut machine, mut memory) = asleep(&source);
    assert_eq!(interrupt(&scope, &mut machine, &mut memory), Ok(Event::HandlerOver));
    assert_eq!(number(&scope, &memory, "got"), 0x0707_0707);
}

#[test]
fn a_function_that_runs_already_is_not_entered_again() {
    let source = format!(
        "{ON} int work(void) {{ return read(0, NULL, 0); }}
         void on(int sig) {{ work(); }} at = (int)(long)on; work();"
    );
    let (scope, mut machine, mut memory) = asleep(&source);
    let fault = interrupt(&scope, &mut machine, &mut memory).expect_err("work() runs");
    assert_eq!(fault, Fault::Reentered { function: "work".into() });
    assert!(fault.to_string().contains("work()"), "{fault}");
    assert!(machine.is_idle());
}

#[test]
fn a_handler_needs_a_body_and_may_install_itself_again() {
    let mut scope = Scope::new(&[]);
    let error = compile("void on(int); signal(SIGUSR1, on);", &mut scope).expect_err("no body");
    assert!(error.message.to_string().contains("its body is nowhere"), "{}", error.message);
    let source = "void on(int); void go(void) { signal(SIGUSR1, &on); }
        void on(int sig) { signal(sig, on); } go();";
    assert!(compile(source, &mut scope).is_ok());
}

#[test]
fn what_is_no_function_handles_nothing() {
    let (_, mut machine, mut memory) = asleep("int x;");
    let fault = machine.interrupt(None, 10, &[], &mut memory);
    assert_eq!(fault, Err(Fault::NoHandler));
    assert!(machine.is_idle());
}

#[test]
fn a_handler_may_change_errno_as_in_any_program() {
    let source = format!(
        "{ON} void on(int sig) {{ errno = 5; }} at = (int)(long)on;
         n = pause(), got = errno;"
    );
    let (scope, mut machine, mut memory) = asleep(&source);
    assert_eq!(interrupt(&scope, &mut machine, &mut memory), Ok(Event::HandlerOver));
    let event = machine.resume(Err(Errno(4)), &mut memory);
    assert!(matches!(event, Ok(Event::Done(_))), "{event:?}");
    assert_eq!(number(&scope, &memory, "got"), 4);
}

#[test]
fn calls_without_a_function_of_their_own_are_made_by_number() {
    let mut process = Process::new();
    let source = "int k = syscall(SYS_kcmp, getpid(), getpid(), KCMP_FILE, 3, 4);";
    process.run(source, &[(vec![], Ok(2)), (vec![], Ok(2)), (vec![], Ok(0))]).expect("it runs");
    let mut scope = Scope::new(&[]);
    for (source, words) in [
        ("syscall(SYS_kcnp, 1, 2, 3, 4, 5);", "kcnp is no call that I know"),
        ("syscall(39);", "needs the name of a call"),
        ("syscall(SYS_printf, 1);", "printf is no call that I know"),
    ] {
        let error = compile(source, &mut scope).expect_err(source);
        assert!(error.message.to_string().contains(words), "{}", error.message);
    }
}
