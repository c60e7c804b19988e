//! A program that runs beside the lab, and what it has said.

use std::io::Read;
use std::os::unix::process::CommandExt as _;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use sockstep::model::HostName;

/// Everything that is waited for here comes within milliseconds; whoever needs this long is stuck.
const PATIENCE: Duration = Duration::from_secs(20);

/// One running program. It is ended when this is dropped.
pub struct Tool {
    name: String,
    child: Child,
    said: Receiver<Vec<u8>>,
    complained: Receiver<Vec<u8>>,
    /// All of its standard output so far.
    pub output: Vec<u8>,
    complaints: Vec<u8>,
    silent: bool,
    ended: bool,
}

impl Tool {
    /// Starts it.
    pub fn start(mut command: Command) -> Self {
        let name = format!("{command:?}");
        // A group of its own, so that whatever it has started stops with it.
        command.process_group(0);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap_or_else(|error| panic!("start {name}: {error}"));
        let said = listen(child.stdout.take().expect("it was asked for"));
        let complained = listen(child.stderr.take().expect("it was asked for"));
        let (output, complaints) = (Vec::new(), Vec::new());
        let (silent, ended) = (false, false);
        Self { name, child, said, complained, output, complaints, silent, ended }
    }

    /// Waits until `fact` finds in all of the output what it looks for.
    pub fn wait_for<T>(&mut self, what: &str, mut fact: impl FnMut(&[u8]) -> Option<T>) -> T {
        let end = Instant::now() + PATIENCE;
        loop {
            while let Ok(bytes) = self.said.try_recv() {
                self.output.extend(bytes);
            }
            if let Some(found) = fact(&self.output) {
                return found;
            }
            let left = end.saturating_duration_since(Instant::now());
            match self.said.recv_timeout(left) {
                Ok(bytes) => self.output.extend(bytes),
                Err(RecvTimeoutError::Disconnected) if !self.silent => self.silent = true,
                Err(_) => panic!("never said {what}: {}", self.last_words()),
            }
        }
    }

    /// Tells it to stop, and waits until it has said its last.
    pub fn stop(&mut self) -> ExitStatus {
        let _ = killpg(Pid::from_raw(self.child.id() as i32), Signal::SIGTERM);
        self.wait()
    }

    /// Waits until it has ended by itself and all that it said was heard.
    pub fn wait(&mut self) -> ExitStatus {
        let end = Instant::now() + PATIENCE;
        let hear_out = |from: &Receiver<Vec<u8>>, into: &mut Vec<u8>| {
            loop {
                match from.recv_timeout(end.saturating_duration_since(Instant::now())) {
                    Ok(bytes) => into.extend(bytes),
                    Err(RecvTimeoutError::Disconnected) => return true,
                    Err(RecvTimeoutError::Timeout) => return false,
                }
            }
        };
        let ended = hear_out(&self.said, &mut self.output)
            && hear_out(&self.complained, &mut self.complaints);
        assert!(ended, "does not end: {}", self.last_words());
        self.ended = true;
        self.child.wait().unwrap_or_else(|error| panic!("wait for {}: {error}", self.name))
    }

    /// Its process number.
    pub fn number(&self) -> u32 {
        self.child.id()
    }

    /// What it complained of.
    pub fn complaints(&mut self) -> String {
        while let Ok(bytes) = self.complained.try_recv() {
            self.complaints.extend(bytes);
        }
        String::from_utf8_lossy(&self.complaints).into_owned()
    }

    fn last_words(&mut self) -> String {
        let complaints = self.complaints();
        let start = self.output.len().saturating_sub(2000);
        let last = String::from_utf8_lossy(&self.output[start..]);
        format!("{}\n…{last}\n{complaints}", self.name)
    }
}

impl Drop for Tool {
    fn drop(&mut self) {
        if self.ended {
            return;
        }
        let _ = killpg(Pid::from_raw(self.child.id() as i32), Signal::SIGKILL);
        let _ = self.child.wait();
    }
}

/// Reads from a thread of its own, so that the program never waits for us.
fn listen(mut from: impl Read + Send + 'static) -> Receiver<Vec<u8>> {
    let (send, receive) = channel();
    std::thread::spawn(move || {
        let mut bytes = vec![0; 1 << 16];
        while let Ok(length @ 1..) = from.read(&mut bytes) {
            if send.send(bytes[..length].to_vec()).is_err() {
                break;
            }
        }
    });
    receive
}

/// What a program that runs to its end has said.
pub fn said(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("run {command:?}: {error}"));
    let complaints = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {}\n{complaints}", output.status);
    String::from_utf8_lossy(&output.stdout).into_owned()
}

/// `program` on a host of the lab of this process, with all that the lab's user may do there.
pub fn on_host(host: &HostName, pid: i32, program: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sockstep"));
    command.args(["exec", "--pid", &pid.to_string(), &host.to_string(), "--", program]);
    command
}

/// `program` in the network namespace of this process: quick, and without any privilege there.
pub fn inside(pid: i32, program: &str) -> Command {
    let mut command = Command::new("nsenter");
    command.args(["-t", &pid.to_string(), "-U", "--preserve-credentials", "-n", "--", program]);
    command
}
