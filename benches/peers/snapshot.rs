//! One snapshot of the lab (all processes, fd tables, sockets with details, queues, counters and
//! both ends of the wire, in both hosts) against one `ss -tan` in one host and one
//! `ls -l /proc/PID/fd` that names every process, both written to /dev/null.
//!
//! The shell that starts them has joined the host's namespace before. A snapshot is taken as
//! sockstep always takes it: as a moment, which includes finding the lab at rest and comparing
//! with the snapshot before.

use std::time::Duration;

use sockstep::model::{Snapshot, World};

use crate::Skipped;
use crate::measure::{Aim, Race, deadline, seconds, time};
use crate::shell::{Shell, compile, need};
use crate::world::{listen, look, lost, process, run, two_hosts};

/// The figure.
pub fn run_figure() -> Result<(), Skipped> {
    need(&["ss", "ls"])?;
    let mut world = two_hosts()?;
    let world = &mut *world;
    listen(world, "server", 8080)?;
    listen(world, "client", 8080)?;
    race(world, "2 sockets", 1, 60, Some(Aim::AtMost(0.05)))?;
    if let Err(why) = race_for_all(world, "2 sockets", 60) {
        println!("  the same scope skipped: {why}");
    }

    let crowd = compile("crowd")?;
    for pairs in [500, 5_000] {
        let mut world = two_hosts()?;
        let world = &mut *world;
        hold(world, &crowd.display().to_string(), pairs)?;
        let name = format!("{} sockets", 2 * pairs + 1);
        let aim = (pairs == 5_000).then_some(Aim::AtMost(1.0));
        race(world, &name, 2 * pairs + 1, 15, aim)?;
    }
    Ok(())
}

/// A command on the server that holds this many connections to itself.
fn hold(world: &mut dyn World, crowd: &str, pairs: usize) -> Result<(), Skipped> {
    let mut moment = run(world, "crowd", "server", &format!("exec {crowd} {pairs}"))?;
    let in_time = deadline(60);
    let mut printed = Vec::new();
    loop {
        printed.append(&mut moment.printed);
        if printed.ends_with(b"ready\n") {
            return Ok(());
        }
        in_time()?;
        if let Some(next) = world.next(Duration::from_millis(100)).map_err(lost)? {
            moment = next;
        } else if !printed.is_empty() {
            return Err(String::from_utf8_lossy(&printed).into_owned());
        }
    }
}

fn race(
    world: &mut dyn World,
    name: &str,
    rows: usize,
    rounds: usize,
    aim: Option<Aim>,
) -> Result<(), Skipped> {
    let snapshot = look(world)?.snapshot;
    let mut shell = beside(&snapshot, "server")?;
    // Both must see the same before they are compared.
    let ours = snapshot.hosts.first().map_or(0, |host| host.sockets.len());
    let theirs = shell.run("ss -Htan | wc -l")?;
    if (ours, theirs.trim()) != (rows, rows.to_string().as_str()) {
        return Err(format!("{rows} sockets expected, we see {ours}, ss sees {theirs}"));
    }
    let line = format!("ss -tan >/dev/null; {}", list_fds(&snapshot));
    against(world, name, "ss + ls", rounds, || shell.run(&line).map(drop))?.print(aim);
    Ok(())
}

/// The same scope: both hosts, UDP, what `ss` can tell of a connection, and the counters.
fn race_for_all(world: &mut dyn World, name: &str, rounds: usize) -> Result<(), Skipped> {
    need(&["nstat"])?;
    let snapshot = look(world)?.snapshot;
    let (mut server, mut client) = (beside(&snapshot, "server")?, beside(&snapshot, "client")?);
    let host = "ss -tuaneimo >/dev/null; nstat -asz >/dev/null";
    let first = format!("{host}; {}", list_fds(&snapshot));
    let peer = "ss, nstat twice, ls";
    against(world, name, peer, rounds, || {
        server.run(&first)?;
        client.run(host).map(drop)
    })?
    .print(None);
    Ok(())
}

fn against(
    world: &mut dyn World,
    name: &str,
    peer: &str,
    rounds: usize,
    mut theirs: impl FnMut() -> Result<(), Skipped>,
) -> Result<Race, Skipped> {
    let ours = || {
        let (taken, moment) = time(|| look(world));
        moment.map(|_| taken)
    };
    let theirs = || {
        let (taken, done) = time(&mut theirs);
        done.map(|()| taken)
    };
    Race::run((format!("snapshot, {name}"), peer), seconds, rounds, ours, theirs)
}

/// A shell on the host of a process.
fn beside(snapshot: &Snapshot, name: &str) -> Result<Shell, Skipped> {
    let process = snapshot.process(&process(name)).ok_or("no such process")?;
    let mut shell = Shell::beside(process.outer_pid)?;
    shell.run("export PATH=\"$PATH:/usr/sbin:/sbin\"")?;
    Ok(shell)
}

fn list_fds(snapshot: &Snapshot) -> String {
    let folders = snapshot.processes.iter().map(|p| format!("/proc/{}/fd", p.outer_pid));
    format!("ls -l {} >/dev/null", folders.collect::<Vec<_>>().join(" "))
}
