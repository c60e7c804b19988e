//! How processes end, and how sockstep learns of it.
//!
//! A hand's channel closes when it dies, but does not say how it ended. That is told by the lab's
//! first process, whose child it is, by its own `/proc` entry while it is a zombie, by its parent's
//! wait4(), or by its pidfd. Whatever comes first is kept until it can be used.

use std::collections::VecDeque;

use super::order::End;
use super::proc::{self, RunState};
use super::process::{Doing, Process};
use crate::model::{Call, Memory as _, Outcome, Signal, Syscall};

/// Ends that nobody has claimed: of processes that have not said their number yet. The orphans of
/// commands come here too; of too many the oldest are forgotten.
#[derive(Debug, Default)]
pub(super) struct Deaths(VecDeque<(i32, End)>);

/// More than this are not kept.
const MOST_UNCLAIMED: usize = 4_096;

/// So often the end of a forked process is looked for that nobody tells, each time a millisecond
/// later: the parent that has waited for it may be about to.
const PATIENCE: u32 = 200;

impl Deaths {
    /// The process with this number in the lab has ended.
    pub fn tell(&mut self, pid: i32, end: End) {
        if self.0.len() == MOST_UNCLAIMED {
            self.0.pop_front();
        }
        self.0.push_back((pid, end));
    }

    /// How the process with this number has ended, if that was told. It is told once.
    pub fn claim(&mut self, pid: i32) -> Option<End> {
        let place = self.0.iter().position(|(of, _)| *of == pid)?;
        self.0.remove(place).map(|(_, end)| end)
    }

    /// Every process has said its number, so what is left is of nobody that we know. Later its
    /// number may be another's.
    pub fn forget(&mut self) {
        self.0.clear();
    }

    /// A wait4() has come back with this value, and says how a child has ended.
    pub fn tell_waited(&mut self, waiter: &Process, call: &Call, returned: i64) {
        let (Ok(pid), address) = (i32::try_from(returned), call.args[1] as u64) else { return };
        let told = waiter.arena.read(address, 4).and_then(|bytes| bytes.try_into().ok());
        if let Some(status) = told.map(i32::from_ne_bytes)
            && pid > 0
            && is_end(status)
        {
            self.tell(pid, from_wait_status(status));
        }
    }
}

impl Process {
    /// Takes its end from those that were told; whether it was among them.
    pub fn claim(&mut self, deaths: &mut Deaths) -> bool {
        if !self.is_alive() || self.end.is_some() {
            return false;
        }
        self.end = self.pid.and_then(|pid| deaths.claim(pid));
        self.end.is_some()
    }

    /// Makes it dead, if it has ended and how is known. Gives back how, and the call that it did
    /// not come back from.
    pub fn die(&mut self) -> Option<(Outcome, Option<std::sync::Arc<Call>>)> {
        let end = match &self.doing {
            Doing::Ending(call) => {
                let call = call.clone();
                self.end.or_else(|| self.seek_end(call.as_deref()))?
            }
            Doing::Command => self.end?,
            // It may still have something to say.
            Doing::Starting | Doing::Ready | Doing::Calling { .. } | Doing::Dead(_) => return None,
        };
        let outcome = Outcome::from(end);
        let doing = std::mem::replace(&mut self.doing, Doing::Dead(outcome.clone()));
        (self.known, self.fds) = (None, None);
        let call = if let Doing::Ending(call) = doing { call } else { None };
        Some((outcome, call))
    }

    /// Lets go of a dead process's memory.
    pub fn bury(&mut self) {
        if !self.is_alive() {
            self.arena = None;
        }
    }

    /// How it ended, if nobody has told: a forked child stays as a zombie until its parent waits
    /// for it.
    fn seek_end(&mut self, call: Option<&Call>) -> Option<End> {
        self.sought += 1;
        if let (Some(known), Some(outer)) = (&self.known, self.outer) {
            let stat = std::fs::read(format!("/proc/{outer}/stat"));
            let stat = stat.ok().as_deref().and_then(proc::stat).filter(|_| known.is_there());
            match stat {
                Some(stat) if stat.state == RunState::Zombie => {
                    return stat.exit_code.map(from_wait_status);
                }
                Some(_) => return None,
                None => {}
            }
            if let Ok(status) = known.handle.wait_status() {
                return Some(from_wait_status(status));
            }
        }
        // Its parent has waited for it, and the kernel is too old to tell all the same. What it was
        // told to do is known.
        if let Some(call) = call.filter(|call| call.syscall == Syscall::ExitGroup) {
            return Some(End::Exited((call.args[0] & 0xff) as i32));
        }
        // All others are the first process's children, and that will tell.
        if self.sought < PATIENCE || self.parent.is_none() {
            return None;
        }
        // So is who sent it a signal; and before its hello only SIGKILL ends a process in silence.
        Some(End::Killed(self.signalled.unwrap_or(nix::libc::SIGKILL)))
    }
}

/// Whether a number of wait(2) tells an end, and not a stop.
fn is_end(status: i32) -> bool {
    status & 0x7f != 0x7f && status & 0xffff != 0xffff
}

/// How a process ended, from the number that wait(2) gives.
fn from_wait_status(status: i32) -> End {
    match status & 0x7f {
        0 => End::Exited((status >> 8) & 0xff),
        signal => End::Killed(signal),
    }
}

impl From<End> for Outcome {
    fn from(end: End) -> Self {
        match end {
            End::Exited(status) => Outcome::Exited(status),
            End::Killed(signal) => Outcome::Killed(Signal(signal)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::process::News;
    use super::super::sys::{Arena, Channel};
    use super::*;
    use crate::model::{ARENA_START, HostName, ProcessName};

    #[test]
    fn an_end_is_kept_until_it_is_claimed_and_told_once() {
        let mut deaths = Deaths::default();
        deaths.tell(4, End::Exited(1));
        deaths.tell(5, End::Killed(9));
        assert_eq!(deaths.claim(5), Some(End::Killed(9)));
        assert_eq!(deaths.claim(5), None);
        assert_eq!(deaths.claim(4), Some(End::Exited(1)));
        deaths.tell(6, End::Exited(0));
        deaths.forget();
        assert_eq!(deaths.claim(6), None);
    }

    /// A forked process, and the other end of its channel.
    fn child(pid: Option<i32>) -> (Process, Channel) {
        let (ours, theirs) = Channel::pair().expect("a channel");
        let (arena, _) = Arena::create().expect("memory");
        let name = ProcessName::parse("child").expect("a name");
        let host = HostName::parse("server").expect("a name");
        (Process::new(name, host, pid, ours, arena), theirs)
    }

    fn is_gone(process: &mut Process) -> bool {
        matches!(process.news(), Ok(Some(News::Gone)))
    }

    #[test]
    fn a_death_that_is_told_before_the_channel_closes_is_not_lost() {
        let (mut process, theirs) = child(Some(7));
        let mut deaths = Deaths::default();
        deaths.tell(7, End::Exited(3));
        assert!(process.claim(&mut deaths));
        assert_eq!(process.die(), None, "it may have something to say");
        // Somebody else holds its end, so that it never closes.
        assert!(is_gone(&mut process));
        assert_eq!(process.die(), Some((Outcome::Exited(3), None)));
        assert!(process.hang_up().is_some());
        drop(theirs);
    }

    #[test]
    fn a_death_that_is_told_late_is_waited_for_and_another_s_is_left_alone() {
        let (mut process, theirs) = child(Some(7));
        let mut deaths = Deaths::default();
        deaths.tell(8, End::Killed(11));
        drop(theirs);
        assert!(is_gone(&mut process));
        assert!(!process.claim(&mut deaths));
        assert_eq!(process.die(), None);
        deaths.tell(7, End::Exited(0));
        assert!(process.claim(&mut deaths));
        assert_eq!(process.die(), Some((Outcome::Exited(0), None)));
        assert_eq!(deaths.claim(8), Some(End::Killed(11)));
    }

    #[test]
    fn an_end_that_nobody_tells_does_not_hold_the_lab() {
        for (sent, end) in [(None, 9), (Some(15), 15)] {
            let (mut process, theirs) = child(None);
            process.signalled = sent;
            process.parent = Some(process.name.clone());
            drop(theirs);
            assert!(is_gone(&mut process));
            let found: Vec<_> = (0..PATIENCE).filter_map(|_| process.die()).collect();
            assert_eq!(found, [(Outcome::Killed(Signal(end)), None)]);
        }
        let (mut started, theirs) = child(Some(7));
        drop(theirs);
        assert!(is_gone(&mut started));
        assert_eq!((0..2 * PATIENCE).find_map(|_| started.die()), None, "it will be told");
    }

    #[test]
    fn a_parent_that_waits_tells_how_its_child_ended() {
        let (mut parent, _theirs) = child(Some(2));
        let call = Call {
            process: parent.name.clone(),
            code: String::new(),
            typed: "wait".into(),
            syscall: Syscall::Wait4,
            args: [-1, ARENA_START as i64, 0, 0, 0, 0],
            shown: Vec::new(),
            child: None,
            overrun: None,
        };
        let mut deaths = Deaths::default();
        for (status, told) in [(3 << 8, Some(End::Exited(3))), (9, Some(End::Killed(9)))] {
            assert!(parent.arena.write(ARENA_START, &i32::to_ne_bytes(status)));
            deaths.tell_waited(&parent, &call, 4);
            assert_eq!(deaths.claim(4), told);
        }
        assert!(parent.arena.write(ARENA_START, &0x137f_i32.to_ne_bytes()));
        deaths.tell_waited(&parent, &call, 4);
        assert_eq!(deaths.claim(4), None, "it was only stopped");
    }

    #[test]
    fn ends_of_orphans_do_not_pile_up() {
        let mut deaths = Deaths::default();
        for pid in 0..10_000 {
            deaths.tell(pid, End::Exited(0));
        }
        assert_eq!(deaths.0.len(), MOST_UNCLAIMED);
        assert_eq!(deaths.claim(9_999), Some(End::Exited(0)));
    }

    #[test]
    fn a_stopped_child_has_not_ended() {
        assert!(is_end(0) && is_end(7 << 8) && is_end(9) && is_end(0x80 | 11));
        assert!(!is_end(0x137f) && !is_end(0xffff));
    }
}
