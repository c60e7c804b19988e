//! Bytes through the wire on auto with iperf3 on both hosts, against iperf3 through slirp4netns.
//!
//! Both carry packets of 1,500 bytes between TCPs that use reno. Ours has a kernel's TCP on both
//! sides; slirp4netns ends the connection in its own TCP and opens another on the near side. Its
//! largest MTU, which a lab does not use because packets are to look as on an Ethernet, is shown
//! as well.
//!
//! A lab has no thread of its own: it is carried by whoever polls it. Here that is a loop around
//! [`World::next`], as in a session.

use std::time::Duration;

use sockstep::model::{LabSpec, ProcessState, World};

use crate::Skipped;
use crate::measure::{Aim, Race, bits, deadline, print_alone};
use crate::memory::live;
use crate::shell::{Shell, need, need_root, source};
use crate::world::{lost, open, process, run};

/// How long each measurement sends, in seconds.
const SECONDS: u64 = 2;

const ROUNDS: usize = 5;

/// The figure.
pub fn run_figure() -> Result<(), Skipped> {
    need(&["iperf3"])?;
    let mut last = Carried::default();
    let mut ours = |quickack: bool| {
        last = carry(quickack)?;
        Ok::<_, Skipped>(last.bits)
    };
    let races = [
        ("delayed ACKs", false, 1_500, Some(Aim::AtLeast(1.5))),
        ("every segment acknowledged", true, 1_500, None),
        ("delayed ACKs", false, 65_520, None),
    ];
    for (name, quickack, mtu, aim) in races {
        let (what, peer) = (format!("wire, {name}"), format!("slirp4netns, MTU {mtu}"));
        match slirp(mtu) {
            Ok(mut shell) => {
                let theirs = || {
                    let said = shell.run(&format!("measure {SECONDS}"))?;
                    said.parse().map_err(|_| format!("iperf3 said {said:?}"))
                };
                Race::run((what, peer), bits, ROUNDS, || ours(quickack), theirs)?.print(aim);
            }
            Err(why) => {
                println!("  {peer} skipped: {why}");
                let alone: Result<Vec<f64>, _> = (0..ROUNDS).map(|_| ours(quickack)).collect();
                print_alone(&what, &alone?, bits);
            }
        }
    }
    println!(
        "  of the last run: {} packets told and {} counted in {} moments; kept: {:.1} MB",
        last.told,
        last.counted,
        last.moments,
        last.kept as f64 / 1e6,
    );
    Ok(())
}

/// A shell with a namespace behind slirp4netns.
fn slirp(mtu: u32) -> Result<Shell, Skipped> {
    need(&["slirp4netns", "unshare", "nsenter", "ip"])?;
    need_root()?;
    let mut shell = Shell::start(&["unshare", "--mount", "--net", "sh"])?;
    shell.run(&format!("set -- {mtu}; . {}", source("slirp.sh").display()))?;
    Ok(shell)
}

#[derive(Debug, Default)]
struct Carried {
    bits: f64,
    moments: usize,
    /// Packets whose passage is in a moment.
    told: usize,
    /// Packets of which a moment only says how many there were.
    counted: u64,
    /// Bytes that all its moments take, as a timeline would keep them.
    kept: u64,
}

/// One run of iperf3 in a fresh lab.
fn carry(quickack: bool) -> Result<Carried, Skipped> {
    let mut world = open(&LabSpec { quickack, ..LabSpec::two_hosts() })?;
    let world = &mut *world;
    let mut all = Carried::default();
    run(world, "iperf-s", "server", "exec iperf3 -s -1 >/dev/null")?;
    // Until it listens; it says nothing.
    let in_time = deadline(10);
    while !listens(world)? {
        in_time()?;
    }
    let command = format!("exec iperf3 -c 198.51.100.1 -t {SECONDS} -J");
    let mut moment = run(world, "iperf-c", "client", &command)?;
    let in_time = deadline(SECONDS + 20);
    let (mut printed, mut timeline, before) = (Vec::new(), Vec::new(), live());
    loop {
        all.moments += 1;
        all.told += moment.passages.len();
        all.counted += moment.untold;
        printed.append(&mut moment.printed);
        let client = moment.snapshot.process(&process("iperf-c"));
        if client.is_some_and(|client| matches!(client.state, ProcessState::Dead(_))) {
            break;
        }
        in_time()?;
        let next = loop {
            if let Some(next) = world.next(Duration::from_millis(500)).map_err(lost)? {
                break next;
            }
            in_time()?;
        };
        timeline.push(std::mem::replace(&mut moment, next));
    }
    all.kept = live().saturating_sub(before);
    let result: serde_json::Value = serde_json::from_slice(&printed)
        .map_err(|_| format!("iperf3 said {:?}", String::from_utf8_lossy(&printed)))?;
    let rate = &result["end"]["sum_received"]["bits_per_second"];
    all.bits = rate.as_f64().ok_or_else(|| format!("iperf3 said {result}"))?;
    Ok(all)
}

fn listens(world: &mut dyn World) -> Result<bool, Skipped> {
    let moment = world.next(Duration::from_millis(20)).map_err(lost)?;
    let snapshot = match moment {
        Some(moment) => moment.snapshot,
        None => crate::world::look(world)?.snapshot,
    };
    let mut rows = snapshot.hosts.iter().flat_map(|host| &host.sockets);
    Ok(rows.any(|row| row.is_listener()))
}
