//! A lab from another terminal, and what is left of it when it has ended.

mod support;

use std::process::Command;
use std::time::{Duration, Instant};

use sockstep::model::{LabSpec, Syscall, Worlds as _};
use support::{ARENA, call, lab_or_skip, labs, name, sockaddr};

/// One test, one after the other: `exec` joins the newest lab of this user.
#[test]
fn exec_joins_a_running_lab_and_an_ended_lab_leaves_nothing() {
    let Some(mut world) = lab_or_skip(&LabSpec::two_hosts()) else { return };
    let world_ref = &mut *world;
    call(world_ref, "server", Syscall::Socket, [2, 1, 0, 0, 0, 0]);
    let memory = world_ref.memory(&name("server")).expect("memory");
    assert!(memory.write(ARENA, &sockaddr([0, 0, 0, 0], 8080)));
    call(world_ref, "server", Syscall::Bind, [3, ARENA as i64, 16, 0, 0, 0]);
    call(world_ref, "server", Syscall::Listen, [3, 5, 0, 0, 0, 0]);
    let said = exec("@server", &["cat", "/proc/net/tcp"]);
    assert!(said.contains(":1F90"), "{said}");
    let said = exec("@server", &["ss", "-Htlnp"]);
    assert!(said.contains(":8080") && said.contains("\"server\""), "{said}");
    let said = exec("@client", &["cat", "/proc/net/tcp"]);
    assert!(!said.contains(":1F90"), "{said}");
    let said = exec("@nobody", &["true"]);
    assert!(said.contains("no running lab has a host @nobody"), "{said}");
    drop(world);
    wait_until_gone();
    let said = exec("@server", &["true"]);
    assert!(said.contains("no lab of yours is running"), "{said}");

    // Orphans: closed sockets with data on its way would keep their namespace for minutes.
    let before = orphans();
    let mut labs = labs();
    for _ in 0..5 {
        let mut world = labs.open(&LabSpec::two_hosts()).expect("a lab");
        orphan(&mut *world);
        assert!(orphans() > before);
    }
    drop(labs);
    wait_until_gone();
    assert_eq!(orphans(), before, "sockets are left");
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

fn exec(host: &str, command: &[&str]) -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_sockstep"))
        .args(["exec", host, "--"])
        .args(command)
        .output()
        .expect("sockstep runs");
    String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned()
}

/// Processes of labs that are alive on this machine.
fn lab_processes() -> Vec<String> {
    let pids = std::fs::read_dir("/proc").expect("/proc").filter_map(|entry| {
        let comm = std::fs::read_to_string(entry.ok()?.path().join("comm")).ok()?;
        comm.starts_with("sockstep-").then_some(comm)
    });
    pids.collect()
}

fn wait_until_gone() {
    let end = Instant::now() + Duration::from_secs(5);
    while !lab_processes().is_empty() {
        assert!(Instant::now() < end, "left: {:?}", lab_processes());
        std::thread::yield_now();
    }
}

/// TCP sockets of the whole machine that no process owns.
fn orphans() -> u64 {
    let text = std::fs::read_to_string("/proc/net/sockstat").expect("sockstat");
    let line = text.lines().find(|line| line.starts_with("TCP:")).expect("a TCP line");
    let words: Vec<&str> = line.split_whitespace().collect();
    let place = words.iter().position(|word| *word == "orphan").expect("orphan");
    words[place + 1].parse().expect("a number")
}
