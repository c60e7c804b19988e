//! What went wrong, in words for the learner.

use crate::explain::Words;
use crate::model::{Fate, TcpState, WorldError};
use crate::session::{Difference, Happening, SessionError};
use crate::tui::view::{Notice, harmless};

/// The words for an error.
pub fn of(error: &SessionError, words: &Words) -> Notice {
    if let SessionError::NotNow(refusal) = error {
        let (text, help) = crate::tui::view::refusal(refusal, words);
        return Notice { text, help, error: true };
    }
    let text = harmless(&error.in_words(&words.say()));
    let help = match error {
        SessionError::Lesson(diagnostic) | SessionError::Stuck(diagnostic) => {
            diagnostic.expected.as_ref().map(|said| harmless(&words.said(said)))
        }
        SessionError::Typed { help, .. } => help.as_ref().map(|said| harmless(&words.said(said))),
        SessionError::Fault { .. } | SessionError::NotNow(_) => None,
        SessionError::World(WorldError::Refused { .. }) => None,
        SessionError::World(WorldError::Broken { .. }) => {
            Some(words.ui("help-lab-broken").to_owned())
        }
        SessionError::World(WorldError::Unavailable { .. }) => {
            Some(words.ui("help-lab-unavailable").to_owned())
        }
    };
    Notice { text, help, error: true }
}

/// Where a re-run came out differently.
pub fn of_difference(difference: &Difference, words: &Words) -> Notice {
    let (before, now) = (list(&difference.before, words), list(&difference.now, words));
    let place = difference.entry + 1;
    let place: (&str, &dyn std::fmt::Display) = ("place", &place);
    let text = match (before.is_empty(), now.is_empty()) {
        (false, true) => words.ui_with("rerun-missing", &[place, ("before", &before)]),
        (true, _) => words.ui_with("rerun-new", &[place, ("now", &now)]),
        (false, false) => {
            words.ui_with("rerun-differs", &[place, ("before", &before), ("now", &now)])
        }
    };
    Notice { text, help: None, error: false }
}

/// So many pages are gone.
pub fn of_dropped(count: usize, words: &Words) -> Notice {
    Notice { text: words.ui_with("branched", &[("count", &count)]), help: None, error: false }
}

/// The first of them, and how many more there are.
fn list(all: &[Happening], words: &Words) -> String {
    let Some(first) = all.first() else { return String::new() };
    let text = happening(first, words);
    match all.len() - 1 {
        0 => text,
        more => text + &words.ui_with("rerun-more", &[("count", &more)]),
    }
}

/// One thing that happened, as the middle of a sentence.
fn happening(happening: &Happening, words: &Words) -> String {
    match happening {
        Happening::Call { process, code, outcome } => {
            format!("{process}: {} {outcome}", harmless(code.trim_end_matches(';')))
        }
        Happening::Packet { label, ports, fate } => {
            let ports = ports.map(|(from, to)| format!(" {from}>{to}")).unwrap_or_default();
            let key = match fate {
                Fate::Held => "fate-held",
                Fate::Folded => "fate-folded",
                Fate::Delivered => "fate-arrived",
                Fate::Duplicated => "fate-duplicated",
                Fate::Dropped
                | Fate::Cut
                | Fate::Unreachable
                | Fate::Overflow
                | Fate::NoReceiver
                | Fate::Refused => "fate-lost",
            };
            words.ui_with(key, &[("packet", &format!("{label}{ports}"))])
        }
        Happening::State { host, local, from, to } => {
            let none = words.ui("rerun-no-socket");
            let name = |state: &Option<TcpState>| state.map_or(none, |state| state.name());
            let socket = harmless(local);
            words.ui_with(
                "rerun-state",
                &[("host", host), ("socket", &socket), ("from", &name(from)), ("to", &name(to))],
            )
        }
        Happening::Timers(count) => words.ui_with("rerun-timers", &[("count", count)]),
        Happening::Refused(reason) => harmless(&words.said(reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Lang;

    #[test]
    fn a_difference_is_told_in_sentences_whichever_side_is_empty() {
        let packet = || Happening::Packet {
            label: "DATA 1460".into(),
            ports: Some((8080, 40001)),
            fate: Fate::Delivered,
        };
        let told = |before: Vec<Happening>, now: Vec<Happening>, lang| {
            of_difference(&Difference { entry: 7, before, now }, &Words::new(lang)).text
        };
        assert_eq!(
            told(vec![packet(), packet()], Vec::new(), Lang::En),
            "All was done again on a fresh lab, and page 8 came out differently. Before, there \
             was this too: DATA 1460 8080>40001 arrived and 1 more. It did not happen now."
        );
        assert_eq!(
            told(Vec::new(), vec![packet()], Lang::Zh),
            "已在全新的实验环境上重做，第 8 页的结果不同。这次多了：DATA 1460 8080>40001 送达。之前没有发生。"
        );
        let state = |to| Happening::State {
            host: crate::tui::testing::host_name("server"),
            local: "198.51.100.1:8080".into(),
            from: Some(TcpState::SynRecv),
            to,
        };
        let text = told(vec![state(Some(TcpState::Established))], vec![state(None)], Lang::En);
        assert!(text.ends_with("Now: @server 198.51.100.1:8080 went from SYN_RECV to nothing."));
    }
}
