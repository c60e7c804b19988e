//! Bringing a lab to rest, and telling what happened on the way.

use std::time::{Duration, Instant};

use nix::errno::Errno;

use super::failure::{Attempt as _, Failure};
use super::life::Lab;
use super::process::{Doing, News, Process};
use super::sys::Arena;
use crate::model::{Cause, Moment, Outcome, ProcessName, Report, changes};

/// How long an action may take to come to rest. Only a process that computes or a command that
/// floods the wire takes so long; the moment then says that it is not settled.
const REST_LIMIT: Duration = Duration::from_secs(2);

/// A flood never comes to rest. What it brought in this time makes a moment, so that the screen
/// goes on.
const FLOOD_MOMENT: Duration = Duration::from_millis(50);

impl Lab {
    /// Carries packets and takes replies until two whole passes in a row find that nothing moves:
    /// both TUNs are empty, every process waits, sleeps in its call, is stopped or dead, and none
    /// of them has run in between. `false` if that did not come within the limit, or in a flood
    /// within a shorter one.
    ///
    /// A packet that is written to a TUN has passed the receiving kernel when the write is back,
    /// and a process that it wakes is no longer asleep then, so nothing can be missed.
    ///
    /// # Errors
    /// The lab is gone.
    pub fn settle(&mut self) -> Result<bool, Failure> {
        self.settle_since(Instant::now())
    }

    fn settle_since(&mut self, begin: Instant) -> Result<bool, Failure> {
        let mut last_runs = None;
        let mut quiet_passes = 0;
        loop {
            let moved = self.carry() | self.listen()?;
            let rest = self.rest();
            let quiet = !moved && rest.is_some() && rest == last_runs;
            last_runs = rest;
            quiet_passes = if quiet { quiet_passes + 1 } else { 0 };
            if quiet_passes == 2 {
                return Ok(true);
            }
            let limit = if self.switch.untold() > 0 { FLOOD_MOMENT } else { REST_LIMIT };
            if begin.elapsed() > limit {
                return Ok(false);
            }
            if rest.is_none() && !moved {
                // Somebody computes or is on its way to sleep. A reply or a packet ends the wait
                // at once; falling asleep makes no sound, so it is looked for again soon.
                self.wait(Duration::from_millis(1));
            }
        }
    }

    /// Settles; but what a flood brings is gathered into one moment instead of hundreds.
    ///
    /// # Errors
    /// The lab is gone.
    pub fn gather(&mut self) -> Result<bool, Failure> {
        let begin = Instant::now();
        if self.settle_since(begin)? && self.switch.untold() == 0 {
            return Ok(true);
        }
        while let Some(left) = FLOOD_MOMENT.checked_sub(begin.elapsed())
            && self.switch.untold() > 0
            && self.wait(left)
        {
            self.carry();
            self.listen()?;
        }
        self.settle_since(begin)
    }

    /// How often all processes together were put on a processor, if each of them is at rest.
    fn rest(&mut self) -> Option<u64> {
        let (mut runs, mut quiet) = (0_u64, true);
        for process in &mut self.processes {
            let rest = process.rest();
            quiet &= rest.quiet;
            runs = runs.wrapping_add(rest.runs);
        }
        quiet.then_some(runs)
    }

    /// Takes what the processes have said; whether any has.
    fn listen(&mut self) -> Result<bool, Failure> {
        let mut any = false;
        for index in 0..self.processes.len() {
            while let Some(news) = self.processes[index].news()? {
                any = true;
                self.hear(index, news)?;
            }
        }
        if let Some(lineage) = &mut self.lineage {
            let died = lineage.first.take_died()?;
            for process in &mut self.processes {
                if let Some(end) = process.ended(&died) {
                    any = true;
                    let outcome = Outcome::from(end);
                    let doing = std::mem::replace(&mut process.doing, Doing::Dead(outcome.clone()));
                    if let Doing::Ending(Some(call)) = doing {
                        let pid = process.known.as_ref().map_or(0, |known| known.pid);
                        let written = Vec::new();
                        self.reports.push(Report { call, outcome, pid, written });
                    }
                }
            }
        }
        Ok(any)
    }

    fn hear(&mut self, index: usize, news: News) -> Result<(), Failure> {
        match news {
            News::Hello => Ok(()),
            News::Gone => {
                let process = &self.processes[index];
                self.unwatch(process.as_fd());
                Ok(())
            }
            News::Child => self.adopt(index),
            News::Printed(mut bytes) => {
                self.printed.append(&mut bytes);
                Ok(())
            }
            News::Back(call, outcome) => {
                let process = &self.processes[index];
                if let Outcome::Returned(value) = outcome {
                    self.confine(process, &call, value);
                }
                let pid = process.known.as_ref().map_or(0, |known| known.pid);
                self.reports.push(Report { call, outcome, pid, written: Vec::new() });
                Ok(())
            }
        }
    }

    /// Takes in the child that a process has forked.
    fn adopt(&mut self, parent: usize) -> Result<(), Failure> {
        let process = &mut self.processes[parent];
        let Some((channel, arena)) = process.child.take() else { return Ok(()) };
        let (host, parent_name) = (process.host.clone(), process.name.clone());
        let wanted = match &process.doing {
            Doing::Calling(call) => call.child.clone(),
            _ => None,
        };
        let name = wanted.unwrap_or_else(|| self.name_child(&parent_name));
        self.take_in(Process::new(
            name,
            host,
            Some(parent_name),
            channel,
            Arena::map(&arena).attempt("take the memory of a forked process")?,
        ))
    }

    fn name_child(&mut self, parent: &ProcessName) -> ProcessName {
        let count = self.births.entry(parent.clone()).or_insert(0);
        *count += 1;
        // A name that grows beyond what a name may be is cut in front, where it says least.
        let text = format!("{parent}.{count}");
        let start = text.len().saturating_sub(15);
        ProcessName::parse(&text[start..]).unwrap_or_else(|| parent.clone())
    }

    /// Whether every process has come to say hello.
    ///
    /// # Errors
    /// The errno with which one of them left before.
    pub fn all_have_started(&self) -> Result<(), Failure> {
        let lost = self.processes.iter().find(|process| process.known.is_none());
        let Some(process) = lost else { return Ok(()) };
        let errno = match process.doing {
            Doing::Dead(Outcome::Exited(errno)) => Errno::from_raw(errno),
            _ => Errno::ESRCH,
        };
        Err(Failure { attempt: format!("start the process {}", process.name), errno })
    }

    /// Closes the books on what has happened since the last moment. Calls that have not come back
    /// are reported as blocked, once.
    ///
    /// # Errors
    /// What reading the kernel gives.
    pub fn moment(&mut self, cause: Cause, settled: bool) -> Result<Moment, Failure> {
        self.report_sleepers();
        let before = self.observer.last();
        let snapshot = self.look()?;
        let (passages, untold) = self.switch.take_passages(snapshot.at);
        Ok(Moment {
            cause,
            at: snapshot.at,
            reports: std::mem::take(&mut self.reports),
            passages,
            untold,
            changes: changes(&before, &snapshot),
            snapshot,
            printed: std::mem::take(&mut self.printed),
            unsettled: !settled,
        })
    }

    fn report_sleepers(&mut self) {
        for process in &mut self.processes {
            let Doing::Calling(call) = &process.doing else { continue };
            let call = call.clone();
            if !process.reported && process.rest().quiet {
                process.reported = true;
                let pid = process.known.as_ref().map_or(0, |known| known.pid);
                let outcome = Outcome::Blocked;
                self.reports.push(Report { call, outcome, pid, written: Vec::new() });
            }
        }
    }
}
