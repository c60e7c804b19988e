//! One snapshot of the lab (all processes, fd tables, sockets with details, queues, counters and
//! both ends of the wire, in both hosts) against one `ss -tan` in one host and one
//! `ls -l /proc/PID/fd` that names every process, both written to /dev/null.
//!
//! The shell that starts them has joined the host's namespace before. A snapshot is taken as
//! sockstep always takes it: as a moment, which includes finding the lab at rest and comparing
//! with the snapshot before.

use std::time::Duration;

use sockstep::model::World;

use crate::Skipped;
use crate::measure::{Aim, Race, deadline, seconds, time};
use crate::shell::{Shell, compile, need};
use crate::world::{listen, look, lost, run, two_hosts};

/// The figure.
pub fn run_figure() -> Result<(), Skipped> {
    need(&["ss", "ls"])?;
    let mut world = two_hosts()?;
    let world = &mut *world;
    listen(world, "server", 8080)?;
    listen(world, "client", 8080)?;
    race(world, "2 sockets", 1, 60, Some(Aim::AtMost(0.05)))?;

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
    let pids: Vec<i32> = snapshot.processes.iter().map(|process| process.outer_pid).collect();
    let beside = snapshot.processes.first().ok_or("no process")?.outer_pid;
    let mut shell = Shell::beside(beside)?;
    // Both must see the same before they are compared.
    let ours = snapshot.hosts.first().map_or(0, |host| host.sockets.len());
    let theirs = shell.run("ss -Htan | wc -l")?;
    if (ours, theirs.trim()) != (rows, rows.to_string().as_str()) {
        return Err(format!("{rows} sockets expected, we see {ours}, ss sees {theirs}"));
    }
    let folders: Vec<String> = pids.iter().map(|pid| format!("/proc/{pid}/fd")).collect();
    let line = format!("ss -tan >/dev/null; ls -l {} >/dev/null", folders.join(" "));
    Race::run(
        (format!("snapshot, {name}"), "ss + ls"),
        seconds,
        rounds,
        || {
            let (taken, moment) = time(|| look(world));
            moment.map(|_| taken)
        },
        || {
            let (taken, done) = time(|| shell.run(&line));
            done.map(|_| taken)
        },
    )?
    .print(aim);
    Ok(())
}
