//! Completion at the prompt.

use super::App;
use crate::model::ProcessName;

impl App {
    /// The processes that could be typed for, in the order of their birth.
    pub fn living(&self) -> Vec<ProcessName> {
        let Some(session) = &self.session else { return Vec::new() };
        let newest = session.timeline().last().unwrap_or(session.entry());
        let processes = newest.moment.snapshot.processes.iter();
        processes.filter(|process| process.is_alive()).map(|process| process.name.clone()).collect()
    }

    /// Whose turn it likely is: the next step's process, or the first.
    pub fn likely_process(&self) -> Option<ProcessName> {
        let living = self.living();
        let next = self.session.as_ref().and_then(|session| session.next_step());
        let own = next.and_then(|step| match &step.does {
            crate::lesson::Does::C(code) => Some(code.process.clone()),
            crate::lesson::Does::Lab(_) => None,
        });
        own.filter(|name| living.contains(name)).or_else(|| living.first().cloned())
    }
}

/// Completes the word before the cursor as far as it is certain; where nothing is typed, picks
/// the next process.
pub fn complete(app: &mut App) {
    let all = app.living();
    app.prompt.next_process(&all);
}
