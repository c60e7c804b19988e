//! The peers' side: tools of this machine, a shell that waits for orders inside a namespace, and
//! small programs in C.

use std::ffi::OsStr;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use crate::Skipped;

/// Fails with the names of the tools that are missing.
pub fn need(tools: &[&str]) -> Result<(), Skipped> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let found = |tool: &str| {
        let more = ["/usr/sbin", "/sbin"].into_iter().map(PathBuf::from);
        std::env::split_paths(&path).chain(more).any(|folder| folder.join(tool).is_file())
    };
    let missing: Vec<&str> = tools.iter().copied().filter(|tool| !found(tool)).collect();
    if missing.is_empty() { Ok(()) } else { Err(format!("no {} here", missing.join(", no "))) }
}

/// Fails for everyone but root, for peers that only root can run.
pub fn need_root() -> Result<(), Skipped> {
    if nix::unistd::geteuid().is_root() { Ok(()) } else { Err("the peer needs root".into()) }
}

/// Where the peers' programs and files lie.
pub fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
}

/// A file of this bench.
pub fn source(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/peers/programs").join(name)
}

/// Compiles `benches/peers/programs/NAME.c`.
pub fn compile(name: &str) -> Result<PathBuf, Skipped> {
    need(&["gcc"])?;
    let program = folder().join(name);
    let result = Command::new("gcc")
        .args(["-O2", "-Wall", "-o"])
        .arg(&program)
        .arg(source(&format!("{name}.c")))
        .output()
        .map_err(|error| format!("gcc: {error}"))?;
    if result.status.success() {
        return Ok(program);
    }
    Err(format!("gcc: {}", String::from_utf8_lossy(&result.stderr)))
}

/// A shell that does one line after another.
pub struct Shell {
    child: Child,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
}

impl Shell {
    /// A shell in the network namespace of a process. Getting there is done once, so that what is
    /// measured later are the tools alone.
    pub fn beside(pid: i32) -> Result<Self, Skipped> {
        need(&["nsenter"])?;
        let pid = pid.to_string();
        let mut words = vec!["nsenter", "--net", "--target", &pid];
        if !nix::unistd::geteuid().is_root() {
            words.extend(["--user", "--preserve-credentials"]);
        }
        words.extend(["--", "sh"]);
        Self::start(&words)
    }

    /// A shell started by this command.
    pub fn start(words: &[impl AsRef<OsStr>]) -> Result<Self, Skipped> {
        let mut child = Command::new(&words[0])
            .args(&words[1..])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("{}: {error}", words[0].as_ref().to_string_lossy()))?;
        let orders = child.stdin.take();
        let answers = child.stdout.take().map(BufReader::new).ok_or("no pipe")?;
        let mut shell = Self { child, orders, answers };
        shell.run("true")?;
        Ok(shell)
    }

    /// Does a line and gives back the last line that was printed, once all of it is over.
    pub fn run(&mut self, line: &str) -> Result<String, Skipped> {
        const END: &str = "--end of this line--";
        let orders = self.orders.as_mut().ok_or("the shell has ended")?;
        // In one piece, so that the shell begins when all of it is there.
        let order = format!("{line}\necho '{END}'\n");
        orders.write_all(order.as_bytes()).map_err(|error| format!("shell: {error}"))?;
        let mut last = String::new();
        loop {
            let mut text = String::new();
            match self.answers.read_line(&mut text) {
                Ok(length) if length > 0 => {}
                _ => return Err(format!("the shell ended in `{line}`")),
            }
            if text.trim_end() == END {
                return Ok(last);
            }
            last = text.trim_end().to_owned();
        }
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        // Its input ends, and so does it.
        drop(self.orders.take());
        let _ = self.child.wait();
    }
}
