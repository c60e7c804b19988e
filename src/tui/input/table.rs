//! The table of all keys.

use crossterm::event::KeyCode;

use super::Key;
use crate::tui::app::Context;
use crate::tui::app::Msg;

/// One row: these keys mean this, there.
#[derive(Debug)]
pub struct Binding {
    /// Where.
    pub contexts: &'static [Context],
    /// Which keys; the first one is shown.
    pub keys: &'static [Key],
    /// What they mean.
    pub msg: Msg,
    /// What to call it, a key of `ui.toml`.
    pub label: &'static str,
    /// Where it stands in the help.
    pub group: Group,
    /// Its place in the footer, the smallest first; `None`: only in the help.
    pub footer: Option<u8>,
}

/// A heading of the help.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Group {
    /// Going on, and looking back.
    Story,
    /// The wire in hand.
    Wire,
    /// Looking closer.
    Look,
    /// The prompt.
    Prompt,
    /// The menu, and the rest.
    Program,
}

impl Group {
    /// All, in the order of the help.
    pub const ALL: [Group; 5] =
        [Group::Story, Group::Wire, Group::Look, Group::Prompt, Group::Program];
}

const fn key(c: char) -> Key {
    Key::char(c)
}

const fn named(code: KeyCode) -> Key {
    Key::named(code)
}

macro_rules! bindings {
    ($($group:ident: $($contexts:ident)|+, $keys:expr => $msg:expr, $label:literal $(, $footer:literal)?;)*) => {
        &[$(Binding {
            contexts: &[$(Context::$contexts),+],
            keys: &$keys,
            msg: $msg,
            label: $label,
            group: Group::$group,
            footer: bindings!(@footer $($footer)?),
        }),*]
    };
    (@footer) => { None };
    (@footer $footer:literal) => { Some($footer) };
}

/// Every key there is.
pub static TABLE: &[Binding] = bindings! {
    Story: Page, [key(' ')] => Msg::Step, "do-step", 10;
    Story: Page, [named(KeyCode::Tab)] => Msg::NextProgram, "do-next-program", 11;
    Story: Question, [key(' ')] => Msg::Step, "do-see", 6;
    Story: Question, [key('a')] => Msg::Answer(0), "do-answer", 1;
    Story: Question, [key('b')] => Msg::Answer(1), "do-answer", 2;
    Story: Question, [key('c')] => Msg::Answer(2), "do-answer", 3;
    Story: Question, [key('d')] => Msg::Answer(3), "do-answer", 3;
    Story: Question, [key('e')] => Msg::Answer(4), "do-answer", 3;
    Story: Page, [named(KeyCode::Left)] => Msg::Back, "do-back", 18;
    Story: Page, [named(KeyCode::Right)] => Msg::Forward, "do-forward";
    Story: Page, [named(KeyCode::Home)] => Msg::First, "do-first";
    Story: Page, [named(KeyCode::End)] => Msg::Newest, "do-newest", 11;
    Story: Page, [key('t')] => Msg::Timers, "do-timers", 12;
    Story: Page, [key('u')] => Msg::Undo, "do-undo", 16;
    Story: Page, [key('B')] => Msg::Branch, "do-branch", 12;
    Story: Page, [key('R')] => Msg::Rejoin, "do-rejoin", 11;
    Story: Page, [key('r')] => Msg::Restart, "do-restart", 11;

    Wire: Page, [named(KeyCode::Enter)] => Msg::Deliver, "do-deliver", 13;
    Wire: Page, [key('A')] => Msg::DeliverAll, "do-deliver-all", 19;
    Wire: Page, [key('x')] => Msg::Drop, "do-drop", 14;
    Wire: Page, [key('D')] => Msg::Duplicate, "do-duplicate", 15;
    Wire: Page, [key('w')] => Msg::Swap, "do-swap", 20;
    Wire: Page, [key('h')] => Msg::HoldOrAuto, "do-hold-or-auto", 23;
    Wire: Page, [key('C')] => Msg::CutOrMend, "do-cut-or-mend", 28;

    Look: Page, [key('m')] => Msg::More, "do-more", 26;
    Look: Page, [key('z')] => Msg::Zoom, "do-zoom", 21;
    Look: Page, [key('d')] => Msg::Diagram, "do-diagram", 22;
    Look: Page, [key('M')] => Msg::Map, "do-map", 27;
    Look: Page, [key('b')] => Msg::Bytes, "do-bytes", 25;
    Look: Page, [key('s')] => Msg::Said, "do-said", 24;
    Look: View, [named(KeyCode::Tab)] => Msg::Next, "do-next", 2;
    Look: View | Menu, [named(KeyCode::Up), key('k')] => Msg::Up, "do-up", 3;
    Look: View | Menu, [named(KeyCode::Down), key('j')] => Msg::Down, "do-down", 4;
    Look: View | Menu, [named(KeyCode::PageUp)] => Msg::PageUp, "do-page-up";
    Look: View | Menu, [named(KeyCode::PageDown)] => Msg::PageDown, "do-page-down";

    Prompt: Page, [key(':')] => Msg::Prompt, "do-prompt", 17;
    Prompt: Prompt, [named(KeyCode::Enter)] => Msg::Submit, "do-submit", 1;
    Prompt: Prompt, [named(KeyCode::Tab)] => Msg::Complete, "do-complete", 2;
    Prompt: Prompt, [named(KeyCode::BackTab), Key::ctrl('p')] => Msg::NextProcess, "do-next-process", 3;
    Prompt: Prompt, [named(KeyCode::Up)] => Msg::Earlier, "do-earlier", 4;
    Prompt: Prompt, [named(KeyCode::Down)] => Msg::Later, "do-later";
    Prompt: Prompt, [Key::ctrl('u')] => Msg::Empty, "do-empty", 7;
    Prompt: Prompt, [Key::alt(KeyCode::Enter), Key::ctrl('j')] => Msg::NewLine, "do-new-line", 6;

    Program: Menu, [named(KeyCode::Enter), key(' ')] => Msg::Open, "do-open", 1;
    Program: Menu, [key('r')] => Msg::Resume, "do-resume", 3;
    Program: Menu, [key('f')] => Msg::FreePlay, "do-free-play", 5;
    Program: Menu | Page | View | Prompt, [named(KeyCode::Esc)] => Msg::Close, "do-close", 30;
    Program: Everywhere, [key('l')] => Msg::Language, "do-language", 40;
    Program: Everywhere, [key('?')] => Msg::Help, "do-help", 90;
    Program: Everywhere | Prompt, [Key::ctrl('l')] => Msg::Redraw, "do-redraw";
    Program: Everywhere | Prompt, [Key::ctrl('z')] => Msg::Suspend, "do-suspend";
    Program: Everywhere, [key('q')] => Msg::Quit, "do-quit", 50;
    Program: Everywhere | Prompt, [Key::ctrl('c')] => Msg::Quit, "do-quit-at-once";
};
