//! What grows with the lab, and how: each line gives the cost of one unit and the memory of the
//! whole, once and at ten times the size. A cost that stays the same is linear growth.

use std::time::Duration;

use sockstep::model::{Action, Filter, Moment, PacketKind, Syscall, WireAction, World};

use crate::Skipped;
use crate::measure::{deadline, seconds, time};
use crate::memory::live;
use crate::shell::compile;
use crate::world::{bind, call, host, listen_long, look, lost, run, two_hosts};

/// The figure.
pub fn run_figure() -> Result<(), Skipped> {
    let (crowd, queue) = (compile("crowd")?, compile("queue")?);
    for pairs in [500, 5_000] {
        let mut world = two_hosts()?;
        until_ready(&mut *world, "server", &format!("exec {} {pairs}", crowd.display()))?;
        moments("a snapshot, per socket of a command", 2 * pairs, 10, &mut *world)?;
    }
    for (what, kind) in [("whole", ""), ("half-open", "half")] {
        for (queued, count) in [(410, 100), (4_096, 100), (4_096, 1_000)] {
            let mut world = two_hosts()?;
            let world = &mut *world;
            ready_for_many(world)?;
            if kind == "half" {
                act(world, WireAction::Hold(of_kind(PacketKind::SynAck)))?;
            }
            until_ready(world, "client", &format!("exec {} {queued} {kind}", queue.display()))?;
            moments(&format!("a moment, {queued} {what} in a queue"), 1, count, world)?;
        }
    }
    for held in [false, true] {
        for packets in [6_000, 60_000] {
            packets_through(&format!("exec {} {packets} udp", queue.display()), packets, held)?;
        }
    }
    Ok(())
}

/// A server that listens with the longest queues that Linux has by default.
fn ready_for_many(world: &mut dyn World) -> Result<(), Skipped> {
    for key in ["net.core.somaxconn", "net.ipv4.tcp_max_syn_backlog"] {
        let (key, value) = (key.to_owned(), "4096".to_owned());
        world.act(&Action::Set { host: host("server"), key, value }).map_err(lost)?;
    }
    listen_long(world, "server", 8080, 4_096)
}

fn of_kind(kind: PacketKind) -> Filter {
    Filter { kind, ..Filter::any() }
}

fn act(world: &mut dyn World, action: WireAction) -> Result<Moment, Skipped> {
    world.act(&Action::Wire(action)).map_err(lost)
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
    let before = live();
    let (taken, kept) = time(|| (0..count).map(|_| look(world)).collect::<Result<Vec<_>, _>>());
    let memory = mega(live().saturating_sub(before));
    let kept = kept?;
    let rows = |moment: &Moment| moment.snapshot.hosts.iter().map(|h| h.sockets.len()).sum();
    let rows: usize = kept.last().map_or(0, rows);
    let each = seconds(taken / kept.len() as f64 / units as f64);
    println!("  {what:<44} {each:>11}   {count} moments of {rows} sockets, kept: {memory:.1} MB");
    Ok(())
}

fn packets_through(command: &str, packets: usize, held: bool) -> Result<(), Skipped> {
    let mut world = two_hosts()?;
    let world = &mut *world;
    // Somebody must take them, or each would be answered by an ICMP error.
    let fd = call(world, "server", Syscall::Socket, [2, 2, 0, 0, 0, 0])?;
    bind(world, "server", fd, 8080)?;
    if held {
        act(world, WireAction::Hold(Filter::any()))?;
    }
    let before = live();
    let (taken, moments) = time(|| until_ready(world, "client", command));
    let moments = moments?;
    let told: usize = moments.iter().map(|moment| moment.passages.len()).sum();
    let untold: u64 = moments.iter().map(|moment| moment.untold).sum();
    let memory = mega(live().saturating_sub(before));
    let each = seconds(taken / packets as f64);
    let what = if held { "a packet that is held" } else { "a packet that passes" };
    let kept = format!("{told} told, {untold} counted, kept: {memory:.1} MB");
    println!("  {what:<44} {each:>11}   {packets} sent: {kept}");
    Ok(())
}

fn mega(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}
