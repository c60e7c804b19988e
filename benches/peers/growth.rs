//! What grows with the lab, and how: each line gives the cost of one unit and the memory of the
//! whole, once and at ten times the size. A cost that stays the same is linear growth.

use std::time::Duration;

use sockstep::model::{Action, Moment, World};

use crate::Skipped;
use crate::measure::{deadline, resident, seconds, time};
use crate::shell::compile;
use crate::world::{call, host, listen_long, look, lost, run, two_hosts};

/// The figure.
pub fn run_figure() -> Result<(), Skipped> {
    let (crowd, queue) = (compile("crowd")?, compile("queue")?);
    for pairs in [500, 5_000] {
        let command = format!("exec {} {pairs}", crowd.display());
        let mut world = two_hosts()?;
        until_ready(&mut *world, "server", &command)?;
        moments("a snapshot, per socket", 2 * pairs, 10, &mut *world)?;
    }
    for (queued, count) in [(410, 100), (410, 1_000), (4_096, 100), (4_096, 1_000)] {
        let mut world = two_hosts()?;
        let world = &mut *world;
        let (key, value) = ("net.core.somaxconn".to_owned(), "4096".to_owned());
        world.act(&Action::Set { host: host("server"), key, value }).map_err(lost)?;
        listen_long(world, "server", 8080, 4_096)?;
        until_ready(world, "client", &format!("exec {} {queued}", queue.display()))?;
        moments(&format!("a moment, {queued} queued"), 1, count, world)?;
    }
    for packets in [10_000, 100_000] {
        packets_through(&format!("exec {} {packets} udp", queue.display()), packets)?;
    }
    Ok(())
}

/// Starts a command and waits for its word; every moment on the way.
fn until_ready(world: &mut dyn World, on: &str, command: &str) -> Result<Vec<Moment>, Skipped> {
    let mut moments = vec![run(world, "command", on, command)?];
    let in_time = deadline(120);
    let mut printed = Vec::new();
    loop {
        if let Some(moment) = moments.last() {
            printed.extend_from_slice(&moment.printed);
        }
        if printed.ends_with(b"ready\n") {
            return Ok(moments);
        }
        in_time()?;
        match world.next(Duration::from_millis(500)).map_err(lost)? {
            Some(moment) => moments.push(moment),
            None if printed.is_empty() => {}
            None => return Err(String::from_utf8_lossy(&printed).into_owned()),
        }
    }
}

/// Takes and keeps so many moments.
fn moments(what: &str, units: usize, count: usize, world: &mut dyn World) -> Result<(), Skipped> {
    look(world)?;
    let before = resident();
    let (taken, kept) = time(|| (0..count).map(|_| look(world)).collect::<Result<Vec<_>, _>>());
    let memory = resident().saturating_sub(before);
    let kept = kept?;
    let each = taken / kept.len() as f64 / units as f64;
    let size = if units > 1 { format!("{units} of them") } else { format!("{count} of them") };
    println!("  {what:<44} {:>11}   {size}, kept: {:.1} MB", seconds(each), mega(memory));
    Ok(())
}

fn packets_through(command: &str, packets: usize) -> Result<(), Skipped> {
    let mut world = two_hosts()?;
    let world = &mut *world;
    // Somebody must take them, or each would be answered by an ICMP error.
    let fd = call(world, "server", sockstep::model::Syscall::Socket, [2, 2, 0, 0, 0, 0])?;
    crate::world::bind(world, "server", fd, 8080)?;
    let before = resident();
    let (taken, moments) = time(|| until_ready(world, "client", command));
    let moments = moments?;
    let told: usize = moments.iter().map(|moment| moment.passages.len()).sum();
    let untold: u64 = moments.iter().map(|moment| moment.untold).sum();
    let memory = mega(resident().saturating_sub(before));
    let each = seconds(taken / packets as f64);
    println!(
        "  {:<44} {each:>11}   {packets} of them ({told} told, {untold} counted), kept: {memory:.1} MB",
        "a packet on the wire",
    );
    Ok(())
}

fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
