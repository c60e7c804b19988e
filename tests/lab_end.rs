//! A lab from another terminal, and what is left of it when it has ended.

mod support;

use std::process::Command;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use sockstep::model::{Action, HostName, LabSpec, Syscall, World, WorldError, Worlds as _};
use support::traces::{Traces, alone};
use support::{ARENA, call, lab_or_skip, labs, name, sockaddr};

#[test]
fn exec_joins_a_running_lab_and_an_ended_lab_leaves_nothing() {
    let _alone = alone();
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world_ref = &mut *world;
    call(world_ref, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    let memory = world_ref.memory(&name("server")).expect("memory");
    assert!(memory.write(ARENA, &sockaddr([0, 0, 0, 0], 8080)));
    call(world_ref, "server", Syscall::Bind, [3, ARENA as i64, 16, 0, 0, 0]);
    call(world_ref, "server", Syscall::Listen, [3, 5, 0, 0, 0, 0]);
    let process = world.start().snapshot.process(&name("server")).expect("it is there").clone();
    let exec = |host: &str, command: &[&str]| exec(process.outer_pid, host, command);
    let said = exec("@server", &["cat", "/proc/net/tcp"]);
    assert!(said.contains(":1F90"), "{said}");
    let said = exec("@server", &["ss", "-Htlnp"]);
    assert!(said.contains(":8080") && said.contains("\"server\""), "{said}");
    let opener = i32::try_from(std::process::id()).expect("a process number");
    let said = self::exec(opener, "@server", &["cat", "/proc/net/tcp"]);
    assert!(said.contains(":1F90"), "{said}");
    let said = exec("@client", &["cat", "/proc/net/tcp"]);
    assert!(!said.contains(":1F90"), "{said}");
    let said = exec("@nobody", &["true"]);
    assert!(said.contains("no running lab has a host @nobody"), "{said}");
    let traces = Traces::below(std::process::id());
    assert!(traces.processes() >= 4, "{traces:?}");
    drop(world);
    traces.wait_until_gone();
    let said = exec("@server", &["true"]);
    assert!(said.contains("no lab of yours belongs to process"), "{said}");

    // Orphans: closed sockets with data on its way would keep their namespace for minutes.
    let mut labs = labs();
    let mut all = Vec::new();
    for _ in 0..5 {
        let mut world = labs.open(&LabSpec::two_hosts()).expect("a lab");
        orphan(&mut *world);
        all.push(Traces::below(std::process::id()));
    }
    drop(labs);
    for traces in all {
        traces.wait_until_gone();
    }
}

/// A connection whose client has closed while the wire holds its FIN.
fn orphan(world: &mut dyn sockstep::model::World) {
    use sockstep::model::{Action, Filter, WireAction};
    call(world, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    let memory = world.memory(&name("server")).expect("memory");
    assert!(memory.write(ARENA, &sockaddr([0, 0, 0, 0], 8080)));
    call(world, "server", Syscall::Bind, [3, ARENA as i64, 16, 0, 0, 0]);
    call(world, "server", Syscall::Listen, [3, 5, 0, 0, 0, 0]);
    call(world, "client", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    let memory = world.memory(&name("client")).expect("memory");
    assert!(memory.write(ARENA, &sockaddr([198, 51, 100, 1], 8080)));
    call(world, "client", Syscall::Connect, [3, ARENA as i64, 16, 0, 0, 0]);
    world.act(&Action::Wire(WireAction::Hold(Filter::any()))).expect("hold");
    call(world, "client", Syscall::Close, [3, 0, 0, 0, 0, 0]);
}

fn exec(pid: i32, host: &str, command: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sockstep"))
        .args(["exec", "--pid", &pid.to_string(), host, "--"])
        .args(command)
        .output()
        .expect("sockstep runs");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

#[test]
fn a_lost_lab_says_so_once_and_wakes_nobody() {
    let _alone = alone();
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let first = parent(server_of(&*world));
    assert!(world.readiness().is_some());
    kill(first, Signal::SIGKILL).expect("it lives");
    let (host, key) = (HostName::parse("server").expect("a name"), "net.ipv4.tcp_sack".into());
    let set = Action::Set { host, key, value: "0".into() };
    let lost = world.act(&set).expect_err("nobody is there to set it");
    assert!(matches!(lost, WorldError::Broken { .. }), "{lost}");
    let end = Instant::now() + Duration::from_secs(20);
    let lost = loop {
        assert!(Instant::now() < end, "nobody notices");
        if let Err(error) = world.next(Duration::from_millis(100)) {
            break error;
        }
    };
    assert!(matches!(lost, WorldError::Broken { .. }), "{lost}");
    assert!(world.readiness().is_none() && world.due().is_none());
}

/// The number of the server's process.
fn server_of(world: &dyn World) -> Pid {
    let process = world.start().snapshot.process(&name("server")).expect("it is there").clone();
    Pid::from_raw(process.outer_pid)
}

/// The number of a process's parent.
fn parent(of: Pid) -> Pid {
    let status = std::fs::read_to_string(format!("/proc/{of}/status")).expect("it lives");
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:")).expect("a parent");
    Pid::from_raw(parent.trim().parse().expect("a number"))
}

#[test]
fn a_reboot_leaves_nothing_of_the_host_before() {
    let _alone = alone();
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let keeper = parent(parent(server_of(&*world)));
    let fds = || std::fs::read_dir(format!("/proc/{keeper}/fd")).expect("it lives").count();
    let before = fds();
    let host = HostName::parse("server").expect("a name");
    for _ in 0..50 {
        world.act(&Action::Reboot(host.clone())).expect("a reboot");
    }
    // The keeper tidies up by itself, a moment later.
    let end = Instant::now() + Duration::from_secs(20);
    while fds() > before {
        assert!(Instant::now() < end, "{before} fds of the keeper became {}", fds());
        std::thread::park_timeout(Duration::from_millis(5));
    }
    let spawn = Action::Spawn { process: name("server"), host };
    world.act(&spawn).expect("the lab lives");
}

#[test]
fn a_stopped_keeper_holds_nobody() {
    let _alone = alone();
    let mut labs = labs();
    let Ok(world) = labs.open(&LabSpec::two_hosts()) else { return };
    let keeper = parent(parent(server_of(&*world)));
    let traces = Traces::below(std::process::id());
    kill(keeper, Signal::SIGSTOP).expect("it lives");
    let start = Instant::now();
    // Whoever opened it is gone first, as in a session.
    drop(labs);
    drop(world);
    assert!(start.elapsed() < Duration::from_secs(10), "{:?}", start.elapsed());
    traces.wait_until_gone();
}
