//! Labs for measuring.

use std::sync::Arc;
use std::time::Duration;

use sockstep::lab::Labs;
use sockstep::lesson::Lesson;
use sockstep::model::{
    ARENA_START, Action, Call, HostName, LabSpec, Moment, Outcome, ProcessName, Syscall, World,
    WorldError, Worlds as _,
};
use sockstep::session::{Progress, Session, SessionError};

use crate::Skipped;
use crate::measure::deadline;

/// Where calls put what they point to.
const SCRATCH: u64 = ARENA_START + 64;

/// Labs that are kept by the program this bench was built with.
pub fn labs() -> Labs {
    Labs::kept_by(env!("CARGO_BIN_EXE_sockstep").into())
}

/// A lab with a server and a client.
pub fn two_hosts() -> Result<Box<dyn World>, Skipped> {
    open(&LabSpec::two_hosts())
}

/// A lab.
pub fn open(spec: &LabSpec) -> Result<Box<dyn World>, Skipped> {
    labs().open(spec).map_err(lost)
}

/// Why there is no lab, or none any more.
pub fn lost(error: WorldError) -> Skipped {
    error.to_string()
}

/// Why a session can't go on.
pub fn stuck(error: SessionError) -> Skipped {
    error.to_string()
}

/// A process's name.
pub fn process(name: &str) -> ProcessName {
    ProcessName::parse(name).expect("a constant name")
}

/// A host's name.
pub fn host(name: &str) -> HostName {
    HostName::parse(name).expect("a constant name")
}

/// A process makes a call with raw arguments and gets a number.
pub fn call(
    world: &mut dyn World,
    name: &str,
    syscall: Syscall,
    args: [i64; 6],
) -> Result<i64, Skipped> {
    let call = Call {
        process: process(name),
        code: format!("{syscall}(…)"),
        typed: syscall.name().into(),
        syscall,
        args,
        shown: Vec::new(),
        child: None,
        overrun: None,
    };
    let moment = world.act(&Action::Call(Arc::new(call))).map_err(lost)?;
    match moment.reports.last().map(|report| &report.outcome) {
        Some(Outcome::Returned(value)) => Ok(*value),
        other => Err(format!("{syscall} of {name}: {other:?}")),
    }
}

/// A TCP socket that listens on every address.
pub fn listen(world: &mut dyn World, name: &str, port: u16) -> Result<(), Skipped> {
    listen_long(world, name, port, 5)
}

/// The same with a backlog of its own.
pub fn listen_long(
    world: &mut dyn World,
    name: &str,
    port: u16,
    backlog: i64,
) -> Result<(), Skipped> {
    let fd = call(world, name, Syscall::Socket, [2, 1, 0, 0, 0, 0])?;
    bind(world, name, fd, port)?;
    call(world, name, Syscall::Listen, [fd, backlog, 0, 0, 0, 0]).map(drop)
}

/// Gives a socket its port.
pub fn bind(world: &mut dyn World, name: &str, fd: i64, port: u16) -> Result<(), Skipped> {
    let mut address = vec![2, 0];
    address.extend(port.to_be_bytes());
    address.extend([0; 12]);
    let memory = world.memory(&process(name)).ok_or("no memory")?;
    memory.write(SCRATCH, &address);
    call(world, name, Syscall::Bind, [fd, SCRATCH as i64, 16, 0, 0, 0]).map(drop)
}

/// Reads all of the lab once; time that nobody uses passes.
pub fn look(world: &mut dyn World) -> Result<Moment, Skipped> {
    world.act(&Action::Wait(Duration::ZERO)).map_err(lost)
}

/// Starts a command on a host.
pub fn run(world: &mut dyn World, name: &str, on: &str, command: &str) -> Result<Moment, Skipped> {
    let action =
        Action::Run { process: process(name), host: host(on), command: command.to_owned() };
    world.act(&action).map_err(lost)
}

/// A built-in lesson in English.
pub fn lesson(id: &str) -> Result<Arc<Lesson>, Skipped> {
    let lesson = sockstep::lesson::builtin(id, sockstep::model::Lang::En).and_then(Result::ok);
    lesson.map(Arc::new).ok_or_else(|| format!("no lesson {id}"))
}

/// Goes on until nothing more is awaited; `true` at the end of the script.
pub fn settle(
    session: &mut Session,
    first: Result<Progress, SessionError>,
) -> Result<bool, Skipped> {
    let in_time = deadline(60);
    let mut progress = first.map_err(stuck)?;
    loop {
        in_time()?;
        progress = match progress {
            Progress::Settled => return Ok(false),
            Progress::Finished => return Ok(true),
            Progress::Waiting { .. } => session.go_on(Duration::from_millis(500)).map_err(stuck)?,
        }
    }
}
