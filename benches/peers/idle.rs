//! How often sockstep wakes in ten idle seconds: every system call of the program and of its lab's
//! processes, counted by strace. The calls in which they sleep when strace comes and goes are not
//! counted: they do not come back meanwhile.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use crate::Skipped;
use crate::shell::{folder, need};
use crate::start::state_directory;
use crate::terminal::Terminal;

const SECONDS: u32 = 10;

/// The figure.
pub fn run_figure() -> Result<(), Skipped> {
    need(&["strace", "timeout"])?;
    let home = state_directory()?;
    let scenes: [(&str, &[&str]); 3] = [
        ("the menu", &[]),
        ("a lesson at its start", &["open", "tcp-lifecycle"]),
        ("a lesson with a connection", &["open", "tcp-lifecycle", "--at", "20"]),
    ];
    for (what, arguments) in scenes {
        let program = env!("CARGO_BIN_EXE_sockstep");
        let mut terminal = Terminal::start(program, arguments, (120, 36), &home)?;
        terminal.frame()?;
        terminal.quiet(Duration::from_secs(2))?;
        let calls = calls(&family(terminal.pid()))?;
        println!(
            "  {:<44} {} calls by {} processes (aim: 0)",
            format!("{SECONDS} idle seconds, {what}"),
            calls.len(),
            family(terminal.pid()).len(),
        );
        for call in calls.iter().take(5) {
            println!("    {call}");
        }
    }
    Ok(())
}

/// A process and all that come from it.
fn family(pid: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{pid}/task/{pid}/children")).unwrap_or_default();
    let children = text.split_whitespace().filter_map(|word| word.parse().ok());
    std::iter::once(pid).chain(children.flat_map(family)).collect()
}

/// The system calls that these processes finish in ten seconds.
fn calls(pids: &[u32]) -> Result<Vec<String>, Skipped> {
    let path = folder().join("idle.strace");
    let mut strace = Command::new("timeout");
    strace.args(["-s", "INT", &SECONDS.to_string(), "strace", "-f", "-qq", "-o"]).arg(&path);
    for pid in pids {
        strace.args(["-p", &pid.to_string()]);
    }
    strace.stdout(Stdio::null()).stderr(Stdio::piped());
    let output = strace.output().map_err(|error| format!("strace: {error}"))?;
    let text = fs::read_to_string(&path).map_err(|error| format!("strace: {error}"))?;
    let said = String::from_utf8_lossy(&output.stderr);
    if said.contains("attach") {
        return Err(format!("strace: {}", said.trim()));
    }
    let back = |line: &&str| !line.contains("<detached") && !line.contains("<unfinished");
    Ok(text.lines().filter(back).map(str::to_owned).collect())
}
