//! execve() against the kernel: what the new program has of the old one.

mod support;

use sockstep::model::{Action, LabSpec, Moment, Outcome, ProcessState, Syscall, World};
use support::{ARENA, call, lab_or_skip, name};

const PATH: u64 = ARENA;
const VECTOR: u64 = ARENA + 4200;

/// Puts a path, and behind it `{path, NULL}`, where a call can name them.
fn prepare(world: &mut dyn World, process: &str, path: &str) -> [i64; 6] {
    let memory = world.memory(&name(process)).expect("it lives");
    assert!(memory.write(PATH, &[path.as_bytes(), b"\0"].concat()));
    assert!(memory.write(VECTOR, &[PATH.to_le_bytes(), [0; 8]].concat()));
    [PATH as i64, VECTOR as i64, VECTOR as i64 + 8, 0, 0, 0]
}

fn execute(world: &mut dyn World, process: &str, path: &str) -> Moment {
    let args = prepare(world, process, path);
    call(world, process, Syscall::Execve, args)
}

fn outcome(moment: &Moment) -> String {
    moment.reports[0].outcome.to_string()
}

#[test]
fn close_on_exec_closes_and_all_else_stays_under_its_number() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    call(world, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    call(world, "server", Syscall::Socket, [2, 1 | 0o2_000_000, 0, 0, 0, 0]);
    let before = call(world, "server", Syscall::Dup2, [3, 900, 0, 0, 0, 0]);
    let row =
        |moment: &Moment| moment.snapshot.process(&name("server")).cloned().expect("it lives");
    let numbers = |moment: &Moment| row(moment).fds.iter().map(|fd| fd.number).collect::<Vec<_>>();
    assert_eq!(numbers(&before), [3, 4, 900]);
    let moment = execute(world, "server", "/bin/program");
    assert_eq!(outcome(&moment), "= 0");
    assert_eq!(numbers(&moment), [3, 900]);
    assert_eq!(row(&moment).state, ProcessState::Ready);
    assert_eq!(
        (row(&moment).pid, row(&moment).outer_pid),
        (row(&before).pid, row(&before).outer_pid)
    );
    assert_eq!(row(&moment).fds[0].file, row(&before).fds[0].file);
    // Its memory is fresh, and it is a process like any other.
    let memory = world.memory(&name("server")).expect("it lives");
    assert_eq!(memory.read(ARENA, 64), Some(vec![0; 64]));
    assert_eq!(outcome(&call(world, "server", Syscall::Getpid, [0; 6])), "= 2");
    assert_eq!(outcome(&call(world, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0])), "= 4");
    let moment = call(world, "server", Syscall::Fork, [0; 6]);
    assert!(matches!(moment.reports[0].outcome, Outcome::Returned(pid) if pid > 2));
    assert_eq!(outcome(&execute(world, "server.1", "/bin/program")), "= 0");
    assert_eq!(outcome(&call(world, "server.1", Syscall::ExitGroup, [5; 6])), "exit 5");
}

#[test]
fn a_program_is_followed_by_another_and_by_another() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    for turn in 0..40 {
        assert_eq!(outcome(&execute(world, "client", "/bin/program")), "= 0", "{turn}");
        let moment = call(world, "client", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
        assert_eq!(outcome(&moment), format!("= {}", turn + 3));
    }
}

#[test]
fn what_can_t_be_run_leaves_everything_as_it_was() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    let long = "x".repeat(300);
    for (path, said) in [
        ("/bin/nothing", "= -1 ENOENT"),
        ("", "= -1 ENOENT"),
        ("/bin/program/x", "= -1 ENOTDIR"),
        ("/bin", "= -1 EACCES"),
        (&long, "= -1 ENAMETOOLONG"),
    ] {
        assert_eq!(outcome(&execute(world, "server", path)), said, "{path}");
    }
    // What a lesson writes can't be run, and what can be run it can't write to.
    let args = prepare(world, "server", "/tmp/mine");
    call(world, "server", Syscall::Open, [args[0], 0o101, 0o777, 0, 0, 0]);
    call(world, "server", Syscall::Close, [3, 0, 0, 0, 0, 0]);
    assert_eq!(outcome(&execute(world, "server", "/tmp/mine")), "= -1 EACCES");
    let args = prepare(world, "server", "/bin/program");
    let chmod = call(world, "server", Syscall::Chmod, [args[0], 0o777, 0, 0, 0, 0]);
    assert!(["= -1 EROFS", "= -1 EPERM"].contains(&&*outcome(&chmod)), "{}", outcome(&chmod));
    let open = call(world, "server", Syscall::Open, [args[0], 1, 0, 0, 0, 0]);
    assert!(["= -1 EROFS", "= -1 EACCES"].contains(&&*outcome(&open)), "{}", outcome(&open));
    let wild = call(world, "server", Syscall::Execve, [1, 0, 0, 0, 0, 0]);
    assert_eq!(outcome(&wild), "= -1 EFAULT");
    // An argument longer than MAX_ARG_STRLEN, 32 pages.
    let memory = world.memory(&name("server")).expect("it lives");
    assert!(memory.write(PATH + 16, &vec![b'a'; 200_000]));
    let vector = PATH + 300_000;
    assert!(memory.write(vector, &[(PATH + 16).to_le_bytes(), [0; 8]].concat()));
    let args = [PATH as i64, vector as i64, 0, 0, 0, 0];
    assert!(memory.write(PATH, b"/bin/program\0"));
    assert_eq!(outcome(&call(world, "server", Syscall::Execve, args)), "= -1 E2BIG");
    assert_eq!(outcome(&call(world, "server", Syscall::Getpid, [0; 6])), "= 2");
}

/// `struct sigaction` of the kernel.
fn action(world: &mut dyn World, signal: i64, handler: u64) {
    let words = [handler, 0, 0, 0];
    let bytes: Vec<u8> = words.iter().flat_map(|word: &u64| word.to_le_bytes()).collect();
    assert!(world.memory(&name("server")).expect("it lives").write(ARENA, &bytes));
    let moment = call(world, "server", Syscall::RtSigaction, [signal, ARENA as i64, 0, 8, 0, 0]);
    assert_eq!(outcome(&moment), "= 0");
}

/// The handler of a signal, as the kernel gives it.
fn handler(world: &mut dyn World, signal: i64) -> u64 {
    call(world, "server", Syscall::RtSigaction, [signal, 0, ARENA as i64, 8, 0, 0]);
    let bytes = world.memory(&name("server")).and_then(|memory| memory.read(ARENA, 8));
    u64::from_le_bytes(bytes.expect("it lives").try_into().expect("eight bytes"))
}

#[test]
fn handlers_are_gone_and_ignored_signals_stay_ignored() {
    const USR1: i64 = 10;
    const PIPE: i64 = 13;
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    action(world, USR1, ARENA + 512);
    action(world, PIPE, 1);
    assert_eq!(handler(world, USR1), ARENA + 512);
    assert_eq!(outcome(&execute(world, "server", "/bin/program")), "= 0");
    assert_eq!(handler(world, USR1), 0);
    assert_eq!(handler(world, PIPE), 1);
    // A handler of the new program's own works.
    action(world, USR1, ARENA + 512);
    let user = sockstep::model::Signal(10);
    let kill = Action::Kill { signal: user, process: name("server") };
    let moment = world.act(&kill).expect("a signal");
    assert_eq!(moment.signals.len(), 1);
    // In a handler its signal is blocked; the program that begins there finds it so.
    assert_eq!(outcome(&execute(world, "server", "/bin/program")), "= 0");
    let moment = world.act(&kill).expect("a signal");
    let process = moment.snapshot.process(&name("server")).expect("it lives");
    assert!(process.handling.is_empty() && process.is_alive(), "{process:?}");
    let moment = call(world, "server", Syscall::Getpid, [0; 6]);
    assert_eq!(outcome(&moment), "= 2");
}

#[test]
fn a_full_table_is_the_next_program_s_as_well() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world = &mut *world;
    let limits: Vec<u8> = [3_u64, 4096].iter().flat_map(|limit| limit.to_le_bytes()).collect();
    assert!(world.memory(&name("server")).expect("it lives").write(ARENA, &limits));
    let moment = call(world, "server", Syscall::Setrlimit, [7, ARENA as i64, 0, 0, 0, 0]);
    assert_eq!(outcome(&moment), "= 0");
    assert_eq!(outcome(&execute(world, "server", "/bin/program")), "= 0");
    let moment = call(world, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    assert_eq!(outcome(&moment), "= -1 EMFILE");
}

#[test]
fn on_the_loopback_rung_no_program_is_run() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts().on_loopback(209)) else { return };
    let args = prepare(&mut *world, "server", "/bin/true");
    let call = sockstep::model::Call {
        process: name("server"),
        code: String::new(),
        typed: "execve".into(),
        syscall: Syscall::Execve,
        args,
        shown: Vec::new(),
        child: None,
        overrun: None,
    };
    let refused = world.act(&Action::Call(call.into())).expect_err("there is none");
    assert!(refused.to_string().contains("loopback rung"), "{refused}");
}
