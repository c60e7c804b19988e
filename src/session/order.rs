//! The order in which reports of one moment are taken in.

use crate::model::{Action, Cause, Moment, ProcessName};

/// Puts the reports into an order that is the same each time. When a moment wakes several
/// processes, they run side by side, and who replies first is chance; but what their C does next
/// (which port a call gets) hangs on the order in which they go on. The caller comes first, then
/// the others by their birth.
pub(super) fn in_order(moment: &mut Moment) {
    let caller = match &moment.cause {
        Cause::Action(Action::Call(call)) => Some(&call.process),
        Cause::Action(_) | Cause::Start | Cause::Statement { .. } | Cause::Kernel => None,
    };
    let born = |name: &ProcessName| {
        moment.snapshot.processes.iter().position(|process| process.name == *name)
    };
    moment.reports.sort_by_key(|report| {
        let process = &report.call.process;
        (Some(process) != caller, born(process))
    });
}
