//! Entries: how a moment becomes a page, and what is tied to it.

use std::sync::Arc;
use std::time::Duration;

use super::Session;
use super::entry::{Entry, Origin, ProcessVariables};
use super::error::SessionError;
use super::live::Happened;
use crate::model::{Action, Cause, Moment, ProcessName};

impl Session {
    /// Puts a moment on the timeline.
    pub(super) fn record(
        &mut self,
        happened: Happened,
        origin: Origin,
    ) -> Result<(), SessionError> {
        let Happened { moment, printed, halt } = happened;
        self.loose.printed_before = self.loose.printed.len();
        self.loose.printed.append(printed);
        self.push(Arc::new(moment), origin);
        halt.map_or(Ok(()), |halt| Err(self.halted(halt)))
    }

    /// A page for something that the kernel was not asked about: what it said before still holds.
    pub(super) fn push_still(&mut self, cause: Cause, origin: Origin) {
        let Some(live) = &self.live else { return };
        let moment = Moment {
            cause,
            at: live.world.now(),
            reports: Vec::new(),
            passages: Vec::new(),
            untold: 0,
            snapshot: live.snapshot.clone(),
            changes: Vec::new(),
            printed: Vec::new(),
            signals: Vec::new(),
            unprinted: 0,
            unsettled: false,
        };
        self.push(Arc::new(moment), origin);
    }

    /// A page for statements that made no system call, with what came of them.
    pub(super) fn push_statement(&mut self, process: ProcessName, code: String, origin: Origin) {
        let Some(live) = &self.live else { return };
        let of = |all: &[Arc<ProcessVariables>]| {
            all.iter().find(|variables| variables.process == process).cloned()
        };
        let before = self.timeline.last().and_then(|entry| of(&entry.variables));
        let changed = before != of(&live.variables);
        let value = self.loose.value;
        self.push_still(Cause::Statement { process, code, changed, value }, origin);
    }

    /// Asks the kernel again without doing anything: some of what it knows changes without a
    /// packet or a call. A page comes of it only if something did.
    pub(super) fn look_again(&mut self) -> Result<(), SessionError> {
        let happened = self.live_mut()?.act(&Action::Wait(Duration::ZERO))?;
        if happened.moment.is_empty() && happened.halt.is_none() {
            return Ok(());
        }
        self.record(happened, Origin::FollowUp)
    }

    fn push(&mut self, moment: Arc<Moment>, origin: Origin) {
        let loose = std::mem::take(&mut self.loose);
        let (Some(live), false) = (&self.live, self.silent) else { return };
        let entry = Entry {
            moment,
            origin,
            step: self.begun,
            verdicts: loose.verdicts,
            bets: Vec::new(),
            variables: live.variables.clone(),
            printed: loose.printed,
            printed_before: loose.printed_before,
            value: loose.value,
            concluded: false,
        };
        self.tell_difference(&entry);
        self.timeline.push(entry, self.engaged);
    }

    /// Ties what is loose to the newest entry.
    pub(super) fn tie(&mut self) {
        let loose = std::mem::take(&mut self.loose);
        if self.silent
            || loose.verdicts.is_empty() && loose.printed.is_empty() && loose.value.is_none()
        {
            return;
        }
        self.timeline.amend(|entry| {
            entry.verdicts.extend(loose.verdicts);
            entry.printed.append(loose.printed);
            entry.value = loose.value.or(entry.value);
        });
    }
}
