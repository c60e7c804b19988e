//! Opening labs and closing them.

use std::path::PathBuf;
use std::sync::PoisonError;

use super::birth::{Ended, give_birth};
use super::failure::Failure;
use super::host::Host;
use super::life::{Lab, farewell};
use crate::model::{Cause, LabSpec, Said, World, WorldError, Worlds};

/// Opens labs. When it is dropped, it waits for the keepers of its labs to finish, so that a
/// program that has ended has left nothing.
#[derive(Debug)]
pub struct Labs {
    program: PathBuf,
    ended: Ended,
}

impl Labs {
    /// Labs that are kept by this very program.
    pub fn new() -> Self {
        Self::kept_by("/proc/self/exe".into())
    }

    /// Labs that are kept by another sockstep, for tests.
    pub fn kept_by(program: PathBuf) -> Self {
        Self { program, ended: Ended::default() }
    }

    /// Waits for the keepers that have finished.
    fn reap(&self) -> usize {
        let mut ended = self.ended.lock().unwrap_or_else(PoisonError::into_inner);
        ended.retain_mut(|keeper| matches!(keeper.try_wait(), Ok(None)));
        ended.len()
    }
}

impl Default for Labs {
    fn default() -> Self {
        Self::new()
    }
}

impl Worlds for Labs {
    fn open(&mut self, spec: &LabSpec) -> Result<Box<dyn World>, WorldError> {
        self.reap();
        let lineage = give_birth(&self.program, spec.rung).map_err(unavailable)?;
        let mut lab = Lab::new(spec.clone(), lineage, self.ended.clone()).map_err(unavailable)?;
        furnish(&mut lab).map_err(unavailable)?;
        Ok(Box::new(lab))
    }
}

/// Hosts and processes by the plan, and the first moment.
fn furnish(lab: &mut Lab) -> Result<(), Failure> {
    for spec in lab.spec.hosts.clone() {
        let files = lab.make_host(&spec)?;
        lab.hosts.push(Host::new(&spec, files));
    }
    for spec in lab.spec.processes.clone() {
        lab.spawn(&spec)?;
    }
    let settled = lab.settle()?;
    lab.all_have_started()?;
    lab.start = lab.moment(Cause::Start, settled)?;
    // Nobody has done anything yet, so nothing has changed.
    lab.start.changes.clear();
    Ok(())
}

/// A machine that can't, with what to do about it.
fn unavailable(failure: Failure) -> WorldError {
    let remedy = super::doctor::remedy(&failure).said();
    let (attempt, reason) = (Said::same(&failure.attempt), Said::same(failure.reason()));
    WorldError::Unavailable { attempt, reason, remedy }
}

impl Drop for Labs {
    fn drop(&mut self) {
        farewell(|| self.reap() == 0);
    }
}
