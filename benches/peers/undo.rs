//! Undo at step 20 of `tcp-lifecycle`: nineteen steps are done again on a fresh lab. The peer is
//! the shell script that runs the calls of these steps again.

use sockstep::session::Session;

use crate::Skipped;
use crate::lifecycle::{Script, through};
use crate::measure::{Race, print_alone, seconds, time};
use crate::world::{labs, lesson, settle, stuck};

const STEP: usize = 20;

/// So many of its first nineteen steps make a system call; the others act on the wire.
const CALLS: usize = 13;

/// The figure.
pub fn run_figure() -> Result<(), Skipped> {
    let lesson = lesson("tcp-lifecycle")?;
    let mut session = Session::open(lesson, Box::new(labs())).map_err(stuck)?;
    through(&mut session, STEP - 1)?;
    let mut undo = || {
        through(&mut session, 1)?;
        let (taken, done) = time(|| {
            let progress = session.undo();
            settle(&mut session, progress)
        });
        done?;
        match session.difference() {
            Some(difference) => Err(format!("undo came out differently: {difference:?}")),
            None => Ok(taken),
        }
    };
    let mut alone = Vec::new();
    for _ in 0..10 {
        alone.push(undo()?);
    }
    print_alone("undo at step 20 (aim: below 100 ms)", &alone, seconds);
    let mut script = Script::prepare()?;
    Race::run(("undo at step 20", "shell script"), seconds, 10, undo, || script.run(CALLS))?
        .print(None);
    Ok(())
}
