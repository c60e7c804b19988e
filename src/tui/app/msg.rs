//! Everything that can be told to the app.

use crossterm::event::KeyEvent;

use crate::session::{Progress, SessionError};

/// Something that the learner wants, or that the loop has to report.
#[derive(Debug, Clone, PartialEq)]
pub enum Msg {
    /// Does the next step; asks the question before it first, if there is one.
    Step,
    /// Chooses the next program to go on with.
    NextProgram,
    /// Bets on a choice of the question, counted from 0.
    Answer(usize),
    /// Looks at the entry before.
    Back,
    /// Looks at the entry behind.
    Forward,
    /// Looks at the first entry.
    First,
    /// Looks at the newest page.
    Newest,
    /// Goes to what timers brought.
    Timers,
    /// Takes back the last thing that was done.
    Undo,
    /// Goes on from the entry that is looked at.
    Branch,
    /// Returns to the script.
    Rejoin,
    /// Starts over.
    Restart,
    /// Delivers the oldest held packet.
    Deliver,
    /// Delivers all that is held now.
    DeliverAll,
    /// Throws away the oldest held packet.
    Drop,
    /// Delivers a second copy of the oldest held packet.
    Duplicate,
    /// Exchanges the two oldest held packets.
    Swap,
    /// Holds every packet from now on, or lets all pass again.
    HoldOrAuto,
    /// Cuts the wire, or mends it.
    CutOrMend,
    /// Shows the words at length, or in short again.
    More,
    /// Shows the state diagram, or hides it.
    Diagram,
    /// Shows the lesson's map, or hides it.
    Map,
    /// Shows the bytes of a variable, or hides them.
    Bytes,
    /// Shows this moment as ss, strace and tcpdump print it, or hides that.
    Said,
    /// Zooms a pane, the next pane, or none again.
    Zoom,
    /// The next variable, pane or page of what is shown.
    Next,
    /// One line up in what is shown, or in the menu.
    Up,
    /// One line down in what is shown, or in the menu.
    Down,
    /// A screenful up.
    PageUp,
    /// A screenful down.
    PageDown,
    /// Closes what lies above the page; from the page, goes to the menu, and back.
    Close,
    /// Opens what the menu points at.
    Open,
    /// Opens it where it was left.
    Resume,
    /// Starts free play.
    FreePlay,
    /// Opens the prompt for C.
    Prompt,
    /// Runs what stands in the prompt.
    Submit,
    /// Completes the word before the cursor; where there is none, picks the next process.
    Complete,
    /// Picks the next process for the prompt.
    NextProcess,
    /// The C typed before this, or a line up in text of several lines.
    Earlier,
    /// The C typed after this, or a line down in text of several lines.
    Later,
    /// A new line in the prompt.
    NewLine,
    /// Empties the prompt.
    Empty,
    /// Edits the prompt.
    Type(KeyEvent),
    /// Puts text into the prompt, whole; opens it if need be.
    Paste(String),
    /// Switches the language.
    Language,
    /// Shows the keys, or hides them.
    Help,
    /// Draws everything anew.
    Redraw,
    /// Leaves the terminal to the shell until it is continued.
    Suspend,
    /// Ends sockstep.
    Quit,
    /// The terminal has another size.
    Resized,
    /// A deed is done, and how far the story got.
    Done(Progress),
    /// A deed failed.
    Failed(SessionError),
}
