//! What a key of the page does here and now, and how much that is worth in the footer.

use super::page::Page;
use crate::model::Rung;
use crate::session::Mode;
use crate::tui::app::Msg;
use crate::tui::input::Binding;

/// What the next press of space does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    Steps,
    Types,
    Forward,
    Nothing,
}

/// What decides which keys of a page do anything.
#[derive(Debug, Clone, Copy)]
pub struct Situation {
    space: Space,
    /// The page is the newest, so that something can be done.
    live: bool,
    recorded: bool,
    /// Something was done that can be undone.
    begun: bool,
    /// There is an earlier page.
    earlier: bool,
    /// Timers have brought something since, and it may be told.
    since: bool,
    left_script: bool,
    at_end: bool,
    /// How many packets are in the learner's hands.
    held: usize,
    /// Packets pass the wire.
    has_wire: bool,
    auto: bool,
    cut: bool,
    /// How many answers the question has that is asked.
    choices: usize,
    has_variables: bool,
    has_map: bool,
    /// There is another program to go on with.
    several: bool,
}

impl Situation {
    /// What there is to do on this page.
    pub fn of(page: &Page<'_>) -> Self {
        let wire = &page.snapshot().wire;
        let recorded = page.mode == Mode::Recorded;
        let free = page.mode == Mode::Free;
        let newest = page.cursor + 1 >= page.timeline.len();
        let at_end = match page.mode {
            Mode::Script => page.next.is_none(),
            Mode::Programs => page.walker.is_none(),
            Mode::Free | Mode::Recorded => false,
        };
        let space = match page.live {
            false if newest => Space::Nothing,
            false => Space::Forward,
            true if page.walks && page.walker.is_some() => Space::Steps,
            true if free => Space::Types,
            true if page.waiting.is_some() || at_end => Space::Nothing,
            true => Space::Steps,
        };
        Self {
            space,
            live: page.live,
            recorded,
            begun: page.timeline.len() > 1,
            earlier: page.cursor > 0,
            since: page.live && page.since > 0 && !page.is_open(),
            left_script: free && page.lesson.is_some(),
            at_end,
            held: wire.held.len(),
            has_wire: page.rung == Rung::Wire,
            auto: wire.is_auto(),
            cut: wire.cut,
            has_map: page.lesson.is_some_and(|lesson| !lesson.is_play()),
            several: page.live && page.walks && page.able > 1,
            choices: page.asking.map_or(0, |(question, _)| question.choices.len()),
            has_variables: !page.entry().variables.is_empty(),
        }
    }

    /// The name of what the key does, and its place in the footer, the smallest first; `None`: it
    /// does nothing here.
    pub fn offer(&self, binding: &Binding) -> Option<(&'static str, u8)> {
        let place = binding.footer.filter(|_| !self.is_idle(&binding.msg))?;
        // A cut wire is mended before anything else is of use.
        let place = if self.cut && binding.msg == Msg::CutOrMend { 11 } else { place };
        Some((self.short_name(&binding.msg).unwrap_or(binding.label), place))
    }

    /// Whether the key does nothing here.
    fn is_idle(&self, msg: &Msg) -> bool {
        let in_hand = |least: usize| self.live && self.has_wire && self.held >= least;
        matches!(msg, Msg::Step) && self.space == Space::Nothing
            || matches!(msg, Msg::NextProgram) && !self.several
            || matches!(msg, Msg::Rejoin) && !self.left_script
            || matches!(msg, Msg::Restart) && !(self.at_end && self.live)
            || matches!(msg, Msg::Timers) && !self.since
            || matches!(msg, Msg::Newest | Msg::Branch) && (self.live || self.recorded)
            || matches!(msg, Msg::Back) && !self.earlier
            || matches!(msg, Msg::Undo) && (!self.begun || self.recorded)
            || matches!(msg, Msg::Prompt) && !self.live
            || matches!(msg, Msg::Deliver | Msg::Drop | Msg::Duplicate) && !in_hand(1)
            || matches!(msg, Msg::DeliverAll | Msg::Swap) && !in_hand(2)
            || matches!(msg, Msg::Deliver | Msg::DeliverAll | Msg::Duplicate) && self.cut
            || matches!(msg, Msg::HoldOrAuto) && (!in_hand(0) || self.cut)
            || matches!(msg, Msg::CutOrMend) && !in_hand(0)
            || matches!(msg, Msg::Bytes) && !self.has_variables
            || matches!(msg, Msg::Answer(place) if *place >= self.choices)
            || matches!(msg, Msg::Map) && !self.has_map
    }

    /// A name that says what it does here, or is shorter than the one in the help.
    fn short_name(&self, msg: &Msg) -> Option<&'static str> {
        let step = match self.space {
            Space::Types => Some("do-prompt"),
            Space::Forward => Some("do-forward"),
            Space::Steps | Space::Nothing => None,
        };
        let names = [
            (Msg::Step, step),
            (Msg::Timers, Some("foot-timers")),
            (Msg::Swap, Some("foot-swap")),
            (Msg::HoldOrAuto, Some(if self.auto { "foot-hold" } else { "foot-auto" })),
            (Msg::CutOrMend, Some(if self.cut { "foot-mend" } else { "foot-cut" })),
            (Msg::More, Some("more")),
            (Msg::Said, Some("foot-said")),
        ];
        names.into_iter().find(|(known, _)| known == msg).and_then(|(_, name)| name)
    }
}
