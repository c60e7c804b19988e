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

    /// Whose turn it likely is: the next step's process, or the first that runs no program.
    pub fn likely_process(&self) -> Option<ProcessName> {
        let living = self.living();
        let next = self.session.as_ref().and_then(|session| session.next_step());
        let own = next.and_then(|step| match &step.does {
            crate::lesson::Does::C(code) => Some(code.process.clone()),
            crate::lesson::Does::Load(_) | crate::lesson::Does::Lab(_) => None,
        });
        // Who runs a program is told nothing else.
        let newest = self.session.as_ref().and_then(|session| session.timeline().last());
        let is_free = |name: &&ProcessName| newest.is_none_or(|e| e.spot_of(name).is_none());
        let own = own.filter(|name| living.contains(name));
        own.or_else(|| living.iter().find(is_free).or(living.first()).cloned())
    }
}

/// Completes the name before the cursor as far as it is certain, and lists what it could be;
/// where nothing is typed, picks the next process.
pub fn complete(app: &mut App) {
    if app.prompt.is_empty() {
        let all = app.living();
        return app.prompt.next_process(&all);
    }
    let process = app.prompt.process.as_ref();
    let scope = process.and_then(|process| app.session.as_ref()?.scope(process));
    let Some(scope) = scope else { return };
    let text = app.prompt.text();
    let found = crate::c::complete(&text, app.prompt.offset(), scope);
    let typed = text.get(found.replaces.clone()).unwrap_or_default().to_owned();
    let names: Vec<&str> = found.candidates.iter().map(|found| found.text.as_str()).collect();
    let sure = common_start(&names);
    if sure.len() > typed.len() {
        app.prompt.replace_before(typed.chars().count(), sure);
    }
    if names.len() > 1 {
        let shown = names.iter().take(40).map(|name| crate::tui::view::harmless(name));
        app.prompt.candidates = shown.collect();
    }
}

/// What all of them begin with.
fn common_start<'a>(names: &[&'a str]) -> &'a str {
    let Some((first, others)) = names.split_first() else { return "" };
    let mut end = first.len();
    for other in others {
        let same = first.char_indices().zip(other.chars()).take_while(|((_, a), b)| a == b);
        end = end.min(same.last().map_or(0, |((at, c), _)| at + c.len_utf8()));
    }
    &first[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_certain_is_what_all_begin_with() {
        assert_eq!(common_start(&["sockaddr_in", "sockaddr_in6", "sockaddr_un"]), "sockaddr_");
        assert_eq!(common_start(&["listen("]), "listen(");
        assert_eq!(common_start(&["a", "b"]), "");
        assert_eq!(common_start(&[]), "");
    }
}
