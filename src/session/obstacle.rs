//! Why a process can't begin a statement now.

use super::judge::came_to;
use super::live::Live;
use crate::model::{Outcome, ProcessName, ProcessState, Said, said};

/// Why a process can't begin a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Obstacle {
    /// The lab has no such process.
    Unknown,
    /// It is dead.
    Dead(Outcome),
    /// It sleeps in this call.
    Asleep(String),
    /// It is stopped by a signal.
    Stopped,
    /// Its statement still runs.
    Busy,
}

impl Obstacle {
    /// The obstacle as a sentence without its full stop.
    pub fn say(&self, process: &ProcessName) -> Said {
        match self {
            Obstacle::Unknown => said!("there is no process {process}", process),
            Obstacle::Dead(Outcome::Killed(signal)) => {
                said!("{process} was killed by {signal}", process, signal)
            }
            Obstacle::Dead(outcome) => {
                said!("{process} is dead: {outcome}", process, outcome = came_to(outcome))
            }
            Obstacle::Asleep(call) => said!("{process} still sleeps in {call}()", process, call),
            Obstacle::Stopped => said!("{process} is stopped", process),
            Obstacle::Busy => said!("a statement of {process} still runs", process),
        }
    }
}

impl Live {
    /// Why this process can't begin a statement, if it can't.
    pub fn obstacle(&self, process: &ProcessName) -> Option<Obstacle> {
        let found = self.snapshot.process(process);
        let (state, handles) = (
            found.map(|found| &found.state),
            found.is_some_and(|found| !found.handling.is_empty()),
        );
        match (self.cast.get(process), state) {
            (_, Some(ProcessState::Dead(outcome))) => Some(Obstacle::Dead(outcome.clone())),
            (None, _) | (_, None) => Some(Obstacle::Unknown),
            (_, Some(ProcessState::InCall { call, .. })) => {
                Some(Obstacle::Asleep(call.typed.clone()))
            }
            (_, Some(ProcessState::Stopped)) => Some(Obstacle::Stopped),
            (Some(actor), Some(ProcessState::Ready | ProcessState::Running)) => {
                (actor.running.is_some() || handles).then_some(Obstacle::Busy)
            }
        }
    }
}
