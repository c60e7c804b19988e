//! Where the learner is, as far as keys are concerned.

/// Where a key means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Context {
    /// On the menu.
    Menu,
    /// On a page of a session.
    Page,
    /// On a page that asks a question.
    Question,
    /// On what lies above a page: diagram, bytes, a zoomed pane, the keys.
    View,
    /// At the prompt.
    Prompt,
    /// Wherever no text is typed.
    Everywhere,
}
