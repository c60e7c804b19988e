//! Facts against the kernel: what a lesson may ask, answered from a snapshot, from the memory of
//! the processes and from what their calls brought.
//!
//! The answer says what the kernel says, in English in the notation of facts. What can't be evaluated yet is false.

use crate::c;
use crate::lesson::{Fact, FdName};
use crate::model::{
    Fd, Filter, HostName, Outcome, Process, ProcessName, ProcessState, Said, Snapshot, Socket,
    TcpState, said,
};

use super::live::Live;

/// What came of asking for a fact.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Whether it is so.
    pub held: bool,
    /// What the kernel says.
    pub kernel: Said,
}

impl Answer {
    fn new(held: bool, kernel: Said) -> Self {
        Self { held, kernel }
    }

    /// A fact that can't be evaluated: false, and why.
    fn unknown(why: Said) -> Self {
        Self::new(false, why)
    }
}

/// Whether `fact` holds of the lab as it was seen last.
pub fn judge(fact: &Fact, live: &mut Live) -> Answer {
    match fact {
        Fact::Not(inner) => {
            let answer = judge(inner, live);
            Answer::new(!answer.held, answer.kernel)
        }
        Fact::C { process, expression } => expression_of(live, process, expression),
        Fact::State { process, fd, state } => on_socket(live, process, fd, |socket| {
            let now = state_of(socket);
            (now == *state, said!("is {state}", state = now))
        }),
        Fact::Queue { process, fd, length, limit } => on_socket(live, process, fd, |socket| {
            if !socket.has_accept_queue() {
                return (false, said!("is {state} and has no queue", state = state_of(socket)));
            }
            let held = (socket.recv_q, socket.send_q) == (Some(*length), Some(*limit));
            let (length, limit) = (number(socket.recv_q), number(socket.send_q));
            (held, said!("queue {length}/{limit}", length, limit))
        }),
        Fact::Recv { process, fd, count } => on_socket(live, process, fd, |socket| {
            (socket.recv_q == Some(*count), said!("recv {count}", count = number(socket.recv_q)))
        }),
        Fact::Send { process, fd, count } => on_socket(live, process, fd, |socket| {
            (socket.send_q == Some(*count), said!("send {count}", count = number(socket.send_q)))
        }),
        Fact::Closed { process, fd } => closed(live, process, fd),
        Fact::In { process, call } => with_process(&live.snapshot, process, |found| {
            let inside = |state: &ProcessState| match state {
                ProcessState::InCall { call: now, .. } => now.typed == *call,
                ProcessState::Ready
                | ProcessState::Running
                | ProcessState::Stopped
                | ProcessState::Dead(_) => false,
            };
            Answer::new(inside(&found.state), does(found))
        }),
        Fact::Returned { process, value } => {
            came_back(live, process, |outcome| *outcome == Outcome::Returned(*value))
        }
        Fact::Failed { process, errno } => {
            came_back(live, process, |outcome| *outcome == Outcome::Failed(*errno))
        }
        Fact::Killed { process, signal } => with_process(&live.snapshot, process, |found| {
            let dead = ProcessState::Dead(Outcome::Killed(*signal));
            Answer::new(found.state == dead, does(found))
        }),
        Fact::Exited { process, status } => with_process(&live.snapshot, process, |found| {
            let dead = ProcessState::Dead(Outcome::Exited(*status));
            Answer::new(found.state == dead, does(found))
        }),
        Fact::Has { host, count, state } => has(&live.snapshot, host, *count, *state),
        Fact::Counts { host, counter, above } => counts(&live.snapshot, host, counter, *above),
        Fact::Holds { count, filter } => holds(live, *count, filter),
        Fact::WireEmpty => {
            let held = live.snapshot.wire.held.is_empty();
            Answer::new(held, in_flight(&live.snapshot))
        }
    }
}

/// A number of the kernel, or that it reports none.
fn number(value: Option<u32>) -> Said {
    value.map_or_else(|| said!("not reported"), |value| Said::same(value.to_string()))
}

/// The state as facts name it: a socket that the kernel lists nowhere is CLOSE.
fn state_of(socket: &Socket) -> TcpState {
    socket.state.unwrap_or(TcpState::Close)
}

fn with_process(
    snapshot: &Snapshot,
    name: &ProcessName,
    ask: impl FnOnce(&Process) -> Answer,
) -> Answer {
    match snapshot.process(name) {
        Some(process) => ask(process),
        None => Answer::unknown(said!("there is no process {process}", process = name)),
    }
}

/// What a process does, in the notation of facts where there is one.
pub fn does(process: &Process) -> Said {
    let name = &process.name;
    match &process.state {
        ProcessState::Ready => match process.handling.last() {
            Some(caught) => {
                said!("{name} is in its handler of {signal}", name, signal = caught.signal)
            }
            None => said!("{name} is in no call", name),
        },
        ProcessState::InCall { call, .. } => said!("{name} in {call}", name, call = call.typed),
        ProcessState::Running => said!("{name} runs", name),
        ProcessState::Stopped => said!("{process} is stopped", process = name),
        ProcessState::Dead(Outcome::Killed(signal)) => said!("{name} dead {signal}", name, signal),
        ProcessState::Dead(Outcome::Exited(status)) => said!("{name} exit {status}", name, status),
        ProcessState::Dead(outcome) => {
            said!("{name} dead {outcome}", name, outcome = came_to(outcome))
        }
    }
}

/// What a call came to; in English in the notation of lessons.
pub fn came_to(outcome: &Outcome) -> Said {
    match outcome {
        Outcome::Returned(_) | Outcome::Failed(_) => Said::same(outcome.to_string()),
        Outcome::Blocked => said!("blocks"),
        Outcome::Killed(signal) => said!("killed {signal}", signal),
        Outcome::Exited(status) => said!("exit {status}", status),
    }
}

/// The number that a fact's descriptor has now.
fn fd_number(live: &mut Live, process: &ProcessName, fd: &FdName) -> Result<i64, Said> {
    match fd {
        FdName::Number(number) => Ok(i64::from(*number)),
        FdName::Variable(name) => value(live, process, name),
    }
}

/// The value of a C expression in a process's memory, as it is now.
fn value(live: &mut Live, process: &ProcessName, expression: &str) -> Result<i64, Said> {
    let actor =
        live.cast.get(process).ok_or_else(|| said!("there is no process {process}", process))?;
    let compiled = c::compile_expression(expression, &actor.scope)
        .map_err(|error| said!("{process}: {what}", process, what = error.message))?;
    let memory = live.world.memory(process);
    let memory = memory.ok_or_else(|| said!("{process} has no memory any more", process))?;
    compiled.value(memory).map_err(|fault| said!("{process}: {what}", process, what = fault.said()))
}

fn expression_of(live: &mut Live, process: &ProcessName, expression: &str) -> Answer {
    match value(live, process, expression) {
        Ok(value) => {
            let kernel = said!("{process}: ({expression}) is {value}", process, expression, value);
            Answer::new(value != 0, kernel)
        }
        Err(why) => Answer::unknown(why),
    }
}

/// The entry of the fd table that a fact names; `Err`: there is none, and why.
fn entry<'a>(
    snapshot: &'a Snapshot,
    process: &ProcessName,
    number: i64,
    shown: &str,
) -> Result<&'a Fd, Said> {
    let found = snapshot.process(process);
    let found = found.ok_or_else(|| said!("there is no process {process}", process))?;
    if !found.is_alive() {
        return Err(does(found));
    }
    let fd = i32::try_from(number).ok().and_then(|number| found.fd(number));
    fd.map(|fd| &**fd).ok_or_else(|| said!("{process} {shown} is closed", process, shown))
}

/// How the fd is shown: by its name, with its number if it was a variable.
fn shown(fd: &FdName, number: i64) -> String {
    match fd {
        FdName::Number(number) => number.to_string(),
        FdName::Variable(name) => format!("{name} ({number})"),
    }
}

fn on_socket(
    live: &mut Live,
    process: &ProcessName,
    fd: &FdName,
    ask: impl FnOnce(&Socket) -> (bool, Said),
) -> Answer {
    let number = match fd_number(live, process, fd) {
        Ok(number) => number,
        Err(why) => return Answer::unknown(why),
    };
    let shown = shown(fd, number);
    let entry = match entry(&live.snapshot, process, number, &shown) {
        Ok(entry) => entry,
        Err(why) => return Answer::unknown(why),
    };
    match live.snapshot.socket_of(process, entry.number) {
        None => Answer::unknown(said!(
            "{process} {shown} is no socket that the kernel lists",
            process,
            shown
        )),
        Some(socket) => {
            let (held, what) = ask(socket);
            Answer::new(held, said!("{process} {shown} {what}", process, shown, what))
        }
    }
}

fn closed(live: &mut Live, process: &ProcessName, fd: &FdName) -> Answer {
    let number = match fd_number(live, process, fd) {
        Ok(number) => number,
        Err(why) => return Answer::unknown(why),
    };
    let shown = shown(fd, number);
    with_process(&live.snapshot, process, |found| {
        if !found.is_alive() {
            return Answer::new(true, does(found));
        }
        // As long as they are what they were at birth, 0, 1 and 2 stand in no table that is shown.
        let open = (found.standard && (0..=2).contains(&number))
            || i32::try_from(number).is_ok_and(|number| found.fd(number).is_some());
        let kernel = match open {
            true => said!("{process} {shown} is open", process, shown),
            false => said!("{process} {shown} is closed", process, shown),
        };
        Answer::new(!open, kernel)
    })
}

fn came_back(live: &Live, process: &ProcessName, is_it: impl FnOnce(&Outcome) -> bool) -> Answer {
    let Some(actor) = live.cast.get(process) else {
        return Answer::unknown(said!("there is no process {process}", process));
    };
    let now = live.snapshot.process(process).map(|found| does(found));
    let now = now.unwrap_or_else(|| Said::same(""));
    match &actor.came_back {
        None => Answer::unknown(said!("no call of {process} has come back; {now}", process, now)),
        Some((call, outcome)) => {
            let (call, came) = (&call.typed, came_to(outcome));
            let last = said!("{process}'s {call} {outcome}", process, call, outcome = came);
            let asleep = live.snapshot.process(process).is_some_and(|found| {
                matches!(found.state, ProcessState::InCall { .. } | ProcessState::Dead(_))
            });
            let kernel = if asleep { said!("{last}; now {now}", last, now) } else { last };
            Answer::new(is_it(outcome), kernel)
        }
    }
}

fn has(snapshot: &Snapshot, host: &HostName, count: u32, state: TcpState) -> Answer {
    let Some(found) = snapshot.host(host) else {
        return Answer::unknown(said!("there is no host {host}", host));
    };
    let tcp = found.sockets.iter().filter(|socket| socket.kind.is_tcp());
    let number = tcp.filter(|socket| state_of(socket) == state).count();
    let kernel = said!("{host} has {number} {state}", host, number, state);
    Answer::new(u32::try_from(number) == Ok(count), kernel)
}

fn counts(snapshot: &Snapshot, host: &HostName, counter: &str, above: u64) -> Answer {
    let Some(found) = snapshot.host(host) else {
        return Answer::unknown(said!("there is no host {host}", host));
    };
    let value = found.counters.get(counter).copied().unwrap_or(0);
    Answer::new(value > above, said!("{host} counts {counter} = {value}", host, counter, value))
}

fn holds(live: &Live, count: Option<u32>, filter: &Filter) -> Answer {
    let ports = |process: &ProcessName| live.ports.of(process);
    let held = &live.snapshot.wire.held;
    let number = held.iter().filter(|held| filter.matches(&held.packet, ports)).count();
    let is_so = match count {
        None => number > 0,
        Some(count) => u32::try_from(number) == Ok(count),
    };
    Answer::new(is_so, in_flight(&live.snapshot))
}

/// What the wire holds: `wire holds SYN from @client, ACK from @client`.
fn in_flight(snapshot: &Snapshot) -> Said {
    /// More are counted.
    const SHOWN: usize = 8;
    let held = &snapshot.wire.held;
    if held.is_empty() {
        return said!("wire empty");
    }
    let name = |held: &crate::model::Held| match &held.packet.from {
        Some(host) => said!("{packet} from {host}", packet = held.packet.label(), host),
        None => Said::same(held.packet.label()),
    };
    let mut names: Vec<Said> = held.iter().take(SHOWN).map(|held| name(held)).collect();
    if held.len() > SHOWN {
        names.push(Said::same(format!("+{}", held.len() - SHOWN)));
    }
    let packets = Said::list(names).unwrap_or_else(|| Said::same(""));
    said!("wire holds {packets}", packets)
}
