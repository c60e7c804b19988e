//! A lab and the lesson `tcp-lifecycle` without a screen, from the start of the program to its
//! end, against a shell script that makes the same calls with `ip netns`, a veth, a small C
//! program and `ss` after each call.
//!
//! The lesson does more: it holds and delivers packets, checks every expectation, and compares a
//! whole snapshot of both hosts after each of its steps. The script is started by a shell that
//! stands ready in a mount and network namespace of its own.

use std::process::{Command, Stdio};

use sockstep::session::Session;

use crate::Skipped;
use crate::measure::{Aim, Race, print_alone, seconds, time};
use crate::shell::{Shell, compile, need, need_root, source};
use crate::world::{labs, lesson, settle, stuck};

/// The figure.
pub fn run_figure() -> Result<(), Skipped> {
    let (mut opened, mut stepped, mut closed) = (Vec::new(), Vec::new(), Vec::new());
    let lesson = lesson("tcp-lifecycle")?;
    for _ in 0..15 {
        let (open, session) = time(|| Session::open(lesson.clone(), Box::new(labs())));
        let mut session = session.map_err(stuck)?;
        let (steps, done) = time(|| through(&mut session, usize::MAX));
        done?;
        opened.push(open);
        stepped.push(steps);
        closed.push(time(|| drop(session)).0);
    }
    print_alone("of it: opening the lab", &opened, seconds);
    print_alone(&format!("of it: {} steps", lesson.steps.len()), &stepped, seconds);
    print_alone("of it: closing it and waiting for the kernel", &closed, seconds);

    let mut script = Script::prepare()?;
    Race::run(
        ("start, tcp-lifecycle, end", "shell script"),
        seconds,
        10,
        || {
            let mut check = Command::new(env!("CARGO_BIN_EXE_sockstep"));
            check.args(["check", "tcp-lifecycle"]).stdout(Stdio::null());
            let (taken, status) = time(|| check.status());
            match status {
                Ok(status) if status.success() => Ok(taken),
                other => Err(format!("sockstep check tcp-lifecycle: {other:?}")),
            }
        },
        || script.run(99),
    )?
    .print(Some(Aim::AtMost(0.2)));
    Ok(())
}

/// Does at most `count` steps of a lesson.
pub fn through(session: &mut Session, count: usize) -> Result<(), Skipped> {
    for _ in 0..count {
        let progress = session.step();
        if settle(session, progress)? {
            break;
        }
    }
    Ok(())
}

/// The peer.
pub struct Script {
    shell: Shell,
    line: String,
}

impl Script {
    /// Compiles its program and starts the shell.
    pub fn prepare() -> Result<Self, Skipped> {
        need(&["ip", "ss", "unshare"])?;
        need_root()?;
        let hand = compile("hand")?;
        let mut shell = Shell::start(&["unshare", "--mount", "--net", "sh"])?;
        // The names of network namespaces stay in here.
        shell.run("export PATH=\"$PATH:/usr/sbin:/sbin\"; mount -t tmpfs none /run")?;
        let line = format!("{} {}", source("lifecycle.sh").display(), hand.display());
        Ok(Self { shell, line })
    }

    /// Runs the first `calls` calls; how long that took, in seconds.
    pub fn run(&mut self, calls: usize) -> Result<f64, Skipped> {
        let line = format!("{} {calls} || echo failed", self.line);
        let (taken, said) = time(|| self.shell.run(&line));
        match said? {
            said if said.is_empty() => Ok(taken),
            said => Err(format!("lifecycle.sh: {said}")),
        }
    }
}
