//! What only the world can do. The app asks for it as an effect; the loop carries it out and
//! reports back.

use std::sync::Arc;
use std::time::Duration;

use super::App;
use super::msg::Msg;
use crate::lesson::Lesson;
use crate::model::{Action, LabSpec, ProcessName, Worlds};
use crate::session::{Progress, Session, SessionError, Target};

/// Makes the worlds of a session. The lab's are known to the command line alone.
pub type Factory = Box<dyn FnMut() -> Box<dyn Worlds>>;

/// Something for the loop to do.
#[derive(Debug, Clone)]
pub enum Effect {
    /// End the program.
    Quit,
    /// Give the terminal back until the program is continued.
    Suspend,
    /// Forget what is on the terminal and draw everything.
    Clear,
    /// Have the world do something.
    Do(Deed),
}

/// Something that a session does with its world.
#[derive(Debug, Clone)]
pub enum Deed {
    /// A session of this lesson, from this place on.
    Open(Arc<Lesson>, Option<Target>),
    /// A session of free play.
    Free(LabSpec),
    /// The next step, with a bet on the question before it.
    Step(Option<usize>),
    /// One call of a program.
    Walk,
    /// An action by hand.
    Perform(Action),
    /// C by hand.
    Type(ProcessName, String),
    /// Waiting for what is awaited, and for timers.
    GoOn(Duration),
    /// See [`Session::undo`].
    Undo,
    /// See [`Session::branch`].
    Branch,
    /// See [`Session::rejoin`].
    Rejoin,
    /// See [`Session::restart`].
    Restart,
}

/// Carries out a deed and says what came of it. A session that can't be opened leaves the one
/// before.
pub fn carry_out(app: &mut App, deed: Deed, factory: &mut Factory) -> Msg {
    let result = match deed {
        Deed::Open(lesson, target) => open(app, lesson, target, factory),
        Deed::Free(spec) => Session::free(spec, factory()).map(|session| {
            app.enter(session);
            Progress::Settled
        }),
        other => match app.session.as_mut() {
            Some(session) => with_session(session, other),
            None => Ok(Progress::Settled),
        },
    };
    match result {
        Ok(progress) => Msg::Done(progress),
        Err(error) => Msg::Failed(error),
    }
}

fn open(
    app: &mut App,
    lesson: Arc<Lesson>,
    target: Option<Target>,
    factory: &mut Factory,
) -> Result<Progress, SessionError> {
    let mut session = Session::open(lesson, factory())?;
    let result = match target {
        Some(target) => session.jump(target),
        None => Ok(Progress::Settled),
    };
    app.enter(session);
    result
}

fn with_session(session: &mut Session, deed: Deed) -> Result<Progress, SessionError> {
    match deed {
        Deed::Step(answer) => {
            if let Some(choice) = answer {
                session.answer(choice);
            }
            session.step()
        }
        Deed::Walk => session.walk(),
        Deed::Perform(action) => session.perform(action),
        Deed::Type(process, text) => session.type_c(&process, &text),
        Deed::GoOn(within) => session.go_on(within),
        Deed::Undo => session.undo(),
        Deed::Branch => session.branch(),
        Deed::Rejoin => session.rejoin(),
        Deed::Restart => session.restart(),
        Deed::Open(..) | Deed::Free(_) => Ok(Progress::Settled),
    }
}
