//! A lab in which every moment is compared with what other tools have seen.

use std::collections::BTreeMap;
use std::os::fd::BorrowedFd;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use sockstep::c;
use sockstep::lab::Labs;
use sockstep::model::tcpdump::{self, Numbers};
use sockstep::model::{
    Action, Body, Flags, HostName, LabSpec, Memory, Moment, Outcome, Packet, Process, ProcessName,
    ProcessState, RefusedSetting, Snapshot, World, WorldError, Worlds,
};
use sockstep::session::transcript;

use crate::calls::Tracer;
use crate::packets::Capture;
use crate::sockets;
use crate::support::labs;

/// How much was compared.
#[derive(Debug, Default, Clone, Copy)]
pub struct Count {
    pub labs: usize,
    pub moments: usize,
    pub sockets: usize,
    pub fds: usize,
    pub calls: usize,
    pub sent: usize,
    pub given: usize,
    pub lines: usize,
}

impl Count {
    /// Adds what another lesson has compared.
    pub fn add(&mut self, other: Count) {
        self.labs += other.labs;
        self.moments += other.moments;
        self.sockets += other.sockets;
        self.fds += other.fds;
        self.calls += other.calls;
        self.sent += other.sent;
        self.given += other.given;
        self.lines += other.lines;
    }
}

/// Something untrue that is told in place of a moment, to try whether it is noticed.
pub type Lie = fn(&mut Moment);

/// Labs with witnesses.
pub struct Witnessed {
    labs: Labs,
    count: Arc<Mutex<Count>>,
    lie: Lie,
}

impl Witnessed {
    pub fn new(count: Arc<Mutex<Count>>, lie: Lie) -> Self {
        Self { labs: labs(), count, lie }
    }
}

impl Worlds for Witnessed {
    fn open(&mut self, spec: &LabSpec) -> Result<Box<dyn World>, WorldError> {
        let world = self.labs.open(spec)?;
        let start = world.start().clone();
        let mut lab = Lab {
            world: Some(world),
            tracers: Vec::new(),
            captures: BTreeMap::new(),
            ended: Vec::new(),
            last: start.snapshot.clone(),
            count: self.count.clone(),
            lie: self.lie,
        };
        lab.call_witnesses(&start);
        lab.add(|count| count.labs += 1);
        Ok(Box::new(lab))
    }
}

struct Lab {
    /// `None` when it has ended.
    world: Option<Box<dyn World>>,
    tracers: Vec<Tracer>,
    captures: BTreeMap<(HostName, u32), Capture>,
    /// Captures of hosts that were rebooted.
    ended: Vec<Capture>,
    /// What was before the next moment.
    last: Arc<Snapshot>,
    count: Arc<Mutex<Count>>,
    lie: Lie,
}

impl World for Lab {
    fn start(&self) -> &Moment {
        self.world().start()
    }

    fn act(&mut self, action: &Action) -> Result<Moment, WorldError> {
        let moment = self.world_mut().act(action)?;
        Ok(self.compare(moment))
    }

    fn next(&mut self, within: Duration) -> Result<Option<Moment>, WorldError> {
        let moment = self.world_mut().next(within)?;
        Ok(moment.map(|moment| self.compare(moment)))
    }

    fn memory(&mut self, process: &ProcessName) -> Option<&mut dyn Memory> {
        self.world_mut().memory(process)
    }

    fn now(&self) -> Duration {
        self.world().now()
    }

    fn due(&self) -> Option<Duration> {
        self.world().due()
    }

    fn refused_settings(&self) -> &[RefusedSetting] {
        self.world().refused_settings()
    }

    fn readiness(&self) -> Option<BorrowedFd<'_>> {
        self.world().readiness()
    }
}

impl Lab {
    fn world(&self) -> &dyn World {
        self.world.as_deref().expect("it has not ended")
    }

    fn world_mut(&mut self) -> &mut dyn World {
        self.world.as_deref_mut().expect("it has not ended")
    }

    fn compare(&mut self, mut moment: Moment) -> Moment {
        let truth = moment.clone();
        (self.lie)(&mut moment);
        // What differs is told with the story, by a panic: these are tests.
        if let Err(what) = self.compare_all(&mut moment) {
            panic!("after {:?}\n{what}", moment.cause);
        }
        self.call_witnesses(&truth);
        self.last = truth.snapshot.clone();
        self.add(|count| count.moments += 1);
        truth
    }

    fn compare_all(&mut self, moment: &mut Moment) -> Result<(), String> {
        let command = |process: &Arc<Process>| process.state == ProcessState::Running;
        let restless = moment.untold > 0 || moment.snapshot.processes.iter().any(command);
        if moment.unsettled && !restless {
            return Err("the lab has not come to rest".to_owned());
        }
        self.compare_packets(moment)?;
        self.compare_calls(moment)?;
        self.compare_sockets(moment)?;
        self.compare_fds(moment)
    }

    fn compare_packets(&mut self, moment: &Moment) -> Result<(), String> {
        for capture in self.captures.values_mut() {
            capture.expect(&moment.passages);
            capture.compare()?;
        }
        Ok(())
    }

    fn compare_calls(&mut self, moment: &mut Moment) -> Result<(), String> {
        for report in &mut moment.reports {
            let result = match report.outcome {
                Outcome::Returned(value) => Ok(value),
                Outcome::Failed(errno) => Err(errno),
                Outcome::Blocked | Outcome::Killed(_) | Outcome::Exited(_) => continue,
            };
            if let Some(memory) = self.world_mut().memory(&report.call.process) {
                report.written = c::written(&report.call, result, memory);
            }
        }
        let lines = transcript::calls(Some(&self.last), moment);
        for (report, ours) in moment.reports.iter().zip(lines) {
            let process =
                moment.snapshot.processes.iter().rev().find(|process| {
                    process.name == report.call.process && process.pid == report.pid
                });
            let pid = process.ok_or("a report of no process")?.outer_pid;
            let tracer = self.tracers.iter_mut().find(|tracer| tracer.knows(pid));
            tracer.ok_or("strace knows no such process")?.compare(pid, report, &ours)?;
            self.add(|count| count.calls += 1);
        }
        for (name, line) in transcript::strace(Some(&self.last), moment) {
            let caught = moment.signals.iter().any(|caught| caught.process == *name);
            let told = moment.reports.iter().any(|report| report.call.process == *name);
            if let (true, false, Some(process)) = (caught, told, moment.snapshot.process(name))
                && line.ends_with("<unfinished ...>")
                && let Some(tracer) =
                    self.tracers.iter_mut().find(|tracer| tracer.knows(process.outer_pid))
            {
                tracer.interrupted(process.outer_pid, &line);
            }
        }
        for process in &moment.snapshot.processes {
            let tracer = self.tracers.iter_mut().find(|tracer| tracer.knows(process.outer_pid));
            if let (ProcessState::Ready, Some(tracer)) = (&process.state, tracer) {
                tracer.idle(process.outer_pid)?;
            }
        }
        Ok(())
    }

    fn compare_sockets(&mut self, moment: &Moment) -> Result<(), String> {
        for host in &moment.snapshot.hosts {
            let on_host = || moment.snapshot.on_host(&host.name);
            // A command that runs there makes and closes sockets while we look.
            if on_host().any(|process| process.state == ProcessState::Running) {
                continue;
            }
            let Some(process) = on_host().find(|process| process.is_alive()) else { continue };
            let now = || self.world().now();
            let rows = sockets::compare(host, moment.snapshot.at, process.outer_pid, now)?;
            self.add(|count| count.sockets += rows);
        }
        Ok(())
    }

    /// fd tables as `ls -l /proc/PID/fd` shows them.
    fn compare_fds(&mut self, moment: &Moment) -> Result<(), String> {
        let at_rest =
            |process: &&Arc<Process>| process.is_alive() && process.state != ProcessState::Running;
        for process in moment.snapshot.processes.iter().filter(at_rest) {
            let directory = format!("/proc/{}/fd", process.outer_pid);
            let entries = std::fs::read_dir(&directory).map_err(|error| error.to_string())?;
            let mut theirs = BTreeMap::new();
            for entry in entries.flatten() {
                let number: i32 = entry.file_name().to_string_lossy().parse().unwrap_or(-1);
                // The process's channel lies above the soft limit, and so may a number of dup2().
                if (0..1024).contains(&number) || process.fd(number).is_some() {
                    let link = std::fs::read_link(entry.path()).map_err(|e| e.to_string())?;
                    theirs.insert(number, link.to_string_lossy().into_owned());
                }
            }
            if process.standard {
                theirs.retain(|number, link| *number > 2 || link != "/dev/null");
            }
            let ours: BTreeMap<_, _> = process
                .fds
                .iter()
                .map(|fd| match &fd.file {
                    sockstep::model::File::Socket(inode) => {
                        (fd.number, format!("socket:[{inode}]"))
                    }
                    sockstep::model::File::Other(name) => (fd.number, name.clone()),
                })
                .collect();
            if ours != theirs {
                return Err(format!("{}: sockstep {ours:?}\n{directory} {theirs:?}", process.name));
            }
            self.add(|count| count.fds += ours.len());
        }
        Ok(())
    }

    /// Witnesses for processes and hosts that were not there before.
    fn call_witnesses(&mut self, moment: &Moment) {
        for process in moment.snapshot.processes.iter().filter(|process| process.is_alive()) {
            let pid = process.outer_pid;
            // Whom a traced process has forked is traced. A command is told nothing: its calls are
            // its own.
            let told = process.parent.is_none() && process.state != ProcessState::Running;
            if told && !self.tracers.iter().any(|tracer| tracer.knows(pid)) {
                self.tracers.push(Tracer::attach(pid));
            }
            let host = moment.snapshot.host(&process.host).expect("every process has a host");
            let key = (host.name.clone(), host.boots);
            self.captures
                .entry(key)
                .or_insert_with(|| Capture::begin(&host.name, &host.addresses, pid));
        }
        let boots = |key: &(HostName, u32)| {
            moment.snapshot.host(&key.0).is_none_or(|host| host.boots == key.1)
        };
        let gone: Vec<_> = self.captures.keys().filter(|key| !boots(key)).cloned().collect();
        self.ended.extend(gone.iter().filter_map(|key| self.captures.remove(key)));
    }

    fn add(&self, what: impl FnOnce(&mut Count)) {
        what(&mut self.count.lock().expect("nobody has panicked"));
    }

    /// What the wire has not told yet, now that nobody captures any more, and tcpdump's own
    /// reading of all that it has seen.
    fn finish(&mut self) -> Result<(), String> {
        for capture in self.captures.values_mut() {
            capture.stop();
        }
        while let Ok(Some(moment)) = self.world_mut().next(Duration::ZERO) {
            for capture in self.captures.values_mut() {
                capture.expect(&moment.passages);
            }
        }
        for capture in self.captures.values_mut() {
            capture.compare_rest()?;
            let [out, into] = capture.compared();
            let mut count = self.count.lock().expect("nobody has panicked");
            count.sent += out;
            count.given += into;
            for numbers in [Numbers::Absolute, Numbers::Relative] {
                let options: &[&str] = if numbers == Numbers::Absolute { &["-S"] } else { &[] };
                for (theirs, packet) in capture.printed(options) {
                    let ours = tcpdump::line(&packet, numbers);
                    if numbers == Numbers::Relative && refuses(&packet) {
                        continue;
                    }
                    if ours != theirs {
                        return Err(format!("sockstep: {ours}\ntcpdump:  {theirs}"));
                    }
                    count.lines += 1;
                }
            }
        }
        self.world = None;
        self.tracers.iter_mut().try_for_each(Tracer::over)
    }
}

impl Drop for Lab {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        if let Err(what) = self.finish() {
            panic!("at the end\n{what}");
        }
    }
}

/// Whether this is the answer to a SYN at a port where nobody listens. Of several with the same
/// ends tcpdump counts all from the first answer, as if they were one connection.
fn refuses(packet: &Packet) -> bool {
    let Body::Tcp(segment) = &packet.body else { return false };
    segment.flags.has(Flags::RST) && segment.relative_sequence.is_none()
}
