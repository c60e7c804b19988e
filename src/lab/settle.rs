//! Bringing a lab to rest, and telling what happened on the way.

use std::os::fd::{AsFd as _, OwnedFd};
use std::time::{Duration, Instant};

use nix::errno::Errno;

use super::failure::{Attempt as _, Failure};
use super::known::Known;
use super::life::Lab;
use super::process::{Doing, News, Process};
use super::sys::{Arena, Channel};
use crate::model::{Cause, Moment, Outcome, ProcessName, Report, Syscall, changes};

/// How long an action may take to come to rest. Only a process that computes or a command that
/// floods the wire takes so long; the moment then says that it is not settled.
const REST_LIMIT: Duration = Duration::from_secs(2);

/// How many passes the lab makes at least before it gives up: on a busy machine the lab itself may
/// have been waiting for a processor all that time.
const LEAST_PASSES: u32 = 200;

/// How often an action is given time for work that the kernel has put off: about a millisecond
/// each. On a machine with much traffic of its own there may always be some.
const MOST_LEFT_ALONE: u32 = 50;

/// How often it is looked again if a process died while we looked.
const LOOKS: usize = 3;

/// A flood never comes to rest. What it brought in this time makes a moment, so that the screen
/// goes on.
const FLOOD_MOMENT: Duration = Duration::from_millis(50);

/// More messages of one process are left for the next pass. A process at work says two at most.
const MESSAGES_A_PASS: usize = 16;

impl Lab {
    /// Carries packets and takes replies until two whole passes in a row find that nothing moves:
    /// both TUNs are empty, every process waits, sleeps in its call, is stopped or dead, and none
    /// of them has run in between. `false` if that did not come within the limit, or in a flood
    /// within a shorter one.
    ///
    /// A packet that is written to a TUN has passed the receiving kernel when the write is back,
    /// and a process that it wakes is no longer asleep then, so nothing can be missed; but for what
    /// the kernel has put off, and that is waited for ([`super::softirq`]).
    ///
    /// # Errors
    /// The lab is gone.
    pub fn settle(&mut self) -> Result<bool, Failure> {
        self.settle_since(Instant::now())
    }

    fn settle_since(&mut self, begin: Instant) -> Result<bool, Failure> {
        let mut last_runs = None;
        let (mut quiet_passes, mut passes, mut left_alone) = (0, 0_u32, 0);
        loop {
            passes = passes.saturating_add(1);
            let moved = self.carry() | self.listen()?;
            let rest = self.rest();
            let quiet = !moved && rest.is_some() && rest == last_runs;
            last_runs = rest;
            quiet_passes = if quiet { quiet_passes + 1 } else { 0 };
            let mut soon = rest.is_none() && !moved;
            if quiet_passes == 2 {
                let put_off = left_alone < MOST_LEFT_ALONE && self.softirqs.are_pending();
                if !put_off && !self.has_just_woken(last_runs) {
                    self.deaths.forget();
                    return Ok(true);
                }
                left_alone += u32::from(put_off);
                (quiet_passes, soon) = (0, true);
            }
            let over = match self.floods() {
                true => begin.elapsed() > FLOOD_MOMENT,
                false => passes > LEAST_PASSES && begin.elapsed() > REST_LIMIT,
            };
            if over {
                return Ok(false);
            }
            if soon {
                // Somebody computes, is on its way to sleep or out of it, or the kernel has work
                // left. A reply or a packet ends the wait at once; all else makes no sound, so it
                // is looked for again soon.
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
        if self.settle_since(begin)? && !self.floods() {
            return Ok(true);
        }
        while let Some(left) = FLOOD_MOMENT.checked_sub(begin.elapsed())
            && self.floods()
            && self.wait(left)
        {
            self.carry();
            self.listen()?;
        }
        self.settle_since(begin)
    }

    /// Whether more happens than can be told.
    fn floods(&self) -> bool {
        self.switch.untold() > 0 || self.printed.more() > 0
    }

    /// Whether somebody who seemed to sleep is already woken.
    fn has_just_woken(&mut self, runs: Option<u64>) -> bool {
        let known = self.processes.iter_mut().filter_map(|process| process.known.as_mut());
        known.for_each(Known::look_anew);
        self.rest() != runs
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

    /// Takes what the processes have said, and how some have ended; whether any has. Nobody can
    /// hold a pass by talking without end.
    fn listen(&mut self) -> Result<bool, Failure> {
        let mut any = false;
        for index in 0..self.processes.len() {
            any |= self.listen_to_output(index);
            for _ in 0..MESSAGES_A_PASS {
                let Some(news) = self.processes[index].news()? else { break };
                any = true;
                self.hear(index, news)?;
            }
        }
        if let Some(lineage) = &mut self.lineage {
            for (pid, end) in lineage.first.take_died()? {
                self.deaths.tell(pid, end);
            }
        }
        for process in &mut self.processes {
            any |= process.claim(&mut self.deaths);
            let Some((outcome, call)) = process.die() else { continue };
            any = true;
            if let Some(call) = call {
                let (pid, written) = (process.pid.unwrap_or(0), Vec::new());
                self.reports.push(Report { call, outcome, pid, written });
            }
        }
        Ok(any)
    }

    /// Takes what a command has printed; whether it has.
    fn listen_to_output(&mut self, index: usize) -> bool {
        let process = &mut self.processes[index];
        let Some(output) = &process.output else { return false };
        let brought = output.read(&mut self.printed);
        if brought.end
            && let Some(output) = process.output.take()
        {
            self.unwatch(output.as_fd());
        }
        brought.any || brought.end
    }

    fn hear(&mut self, index: usize, news: News) -> Result<(), Failure> {
        match news {
            News::Hello | News::Gone => {
                if let Some(channel) = self.processes[index].hang_up() {
                    self.unwatch(channel.as_fd());
                }
                Ok(())
            }
            News::Child { channel, arena } => self.adopt(index, channel, &arena),
            News::Caught(caught) => {
                self.signals.push(caught);
                Ok(())
            }
            News::Back(call, outcome) => {
                let process = &self.processes[index];
                if let Outcome::Returned(value) = outcome {
                    self.confine(process, &call, value);
                    if call.syscall == Syscall::Wait4 {
                        self.deaths.tell_waited(process, &call, value);
                    }
                }
                let pid = process.pid.unwrap_or(0);
                self.reports.push(Report { call, outcome, pid, written: Vec::new() });
                Ok(())
            }
        }
    }

    /// Takes in the child that a process has forked.
    fn adopt(&mut self, parent: usize, channel: Channel, arena: &OwnedFd) -> Result<(), Failure> {
        let process = &self.processes[parent];
        let (host, parent_name) = (process.host.clone(), process.name.clone());
        let wanted = match &process.doing {
            Doing::Calling { call, .. } => call.child.clone(),
            Doing::Starting | Doing::Ready | Doing::Ending(_) | Doing::Command | Doing::Dead(_) => {
                None
            }
        };
        let arena = Arena::map(arena).attempt("take the memory of a forked process")?;
        let name = wanted.unwrap_or_else(|| self.name_child(&parent_name));
        let mut child = Process::new(name, host, None, channel, arena);
        child.parent = Some(parent_name);
        child.inherit(&self.processes[parent]);
        self.take_in(child)
    }

    /// The first free name for a child that got none from the story.
    fn name_child(&self, parent: &ProcessName) -> ProcessName {
        let taken = |name: &ProcessName| self.processes.iter().any(|process| process.name == *name);
        let mut names = (1..=u32::MAX).map_while(|number| parent.child(number));
        names.find(|name| !taken(name)).unwrap_or_else(|| parent.clone())
    }

    /// Whether every process has come to say hello.
    ///
    /// # Errors
    /// The errno with which one of them left before.
    pub fn all_have_started(&self) -> Result<(), Failure> {
        let lost = self.processes.iter().find(|process| process.outer.is_none());
        let Some(process) = lost else { return Ok(()) };
        let errno = match process.doing {
            Doing::Dead(Outcome::Exited(errno)) => Errno::from_raw(errno),
            Doing::Starting
            | Doing::Ready
            | Doing::Calling { .. }
            | Doing::Ending(_)
            | Doing::Command
            | Doing::Dead(_) => Errno::ESRCH,
        };
        Err(Failure { attempt: format!("start the process {}", process.name), errno })
    }

    /// Closes the books on what has happened since the last moment. Calls that have not come back
    /// are reported as blocked, once.
    ///
    /// # Errors
    /// What reading the kernel gives.
    pub fn moment(&mut self, cause: Cause, mut settled: bool) -> Result<Moment, Failure> {
        self.report_sleepers();
        let before = self.observer.last();
        let mut snapshot = self.look()?;
        // Whoever is killed from outside just now has not closed anything: it is dead, and maybe
        // the whole lab with it.
        for _ in 0..LOOKS {
            if !self.has_lost_a_process() {
                break;
            }
            settled = self.settle()?;
            self.report_sleepers();
            snapshot = self.look()?;
        }
        let (passages, untold) = self.switch.take_passages(snapshot.at);
        let (printed, unprinted) = self.printed.take(snapshot.at);
        Ok(Moment {
            cause,
            at: snapshot.at,
            reports: std::mem::take(&mut self.reports),
            signals: std::mem::take(&mut self.signals),
            passages,
            untold,
            changes: changes(&before, &snapshot),
            snapshot,
            printed,
            unprinted,
            unsettled: !settled,
        })
    }

    /// Whether a process is dead that is not known to be.
    fn has_lost_a_process(&self) -> bool {
        self.processes.iter().any(|process| {
            let known = process.known.as_ref().filter(|_| process.is_alive());
            let ending = matches!(process.doing, Doing::Ending(_));
            !ending && known.is_some_and(|known| known.handle.has_ended())
        })
    }

    fn report_sleepers(&mut self) {
        for process in &mut self.processes {
            let Doing::Calling { call, reported: false } = &process.doing else { continue };
            let call = call.clone();
            if process.rest().quiet {
                process.doing = Doing::Calling { call: call.clone(), reported: true };
                let pid = process.pid.unwrap_or(0);
                let outcome = Outcome::Blocked;
                self.reports.push(Report { call, outcome, pid, written: Vec::new() });
            }
        }
    }
}
