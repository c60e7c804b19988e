//! One process's C: what it knows, what it runs, and what its calls brought.

use std::sync::Arc;

use super::entry::{ProcessVariables, Variable};
use crate::c::{Machine, Scope};
use crate::lesson::{Place, Program};
use crate::model::{ARENA_START, Call, Memory, Outcome, ProcessName, Said, said};

/// The story's side of a process. The lab's side knows no C.
#[derive(Debug, Clone)]
pub struct Actor {
    /// Variables, functions and constants.
    pub scope: Arc<Scope>,
    /// What is evaluated.
    pub machine: Machine,
    /// The statement that has begun and is not over; in a handler of a signal, the handler.
    pub running: Option<Running>,
    /// The handlers that it is in, the innermost last.
    pub interrupted: Vec<Interrupted>,
    /// How the statement before ended.
    pub ended: Option<Ended>,
    /// The last call that came back, and with what.
    pub came_back: Option<(Arc<Call>, Outcome)>,
    /// The program that it runs, a call at a time.
    pub program: Option<Arc<Program>>,
    /// Its program may make its next call.
    pub granted: bool,
    /// Its program makes a call of which nothing was heard yet.
    pub walking: bool,
    /// The next call of its program, which has to wait for its turn.
    pub wants: Option<Call>,
    /// How many children without a name of their own it has forked.
    forks: u32,
    /// The variables as they were read last, and the bytes they were read from.
    seen: Option<(Arc<Scope>, Vec<u8>, Arc<ProcessVariables>)>,
}

/// A statement that has begun.
#[derive(Debug, Clone)]
pub struct Running {
    /// Where it stands in the lesson; `None` if it was typed.
    pub place: Option<Place>,
    /// What its first child is to be called.
    pub child: Option<ProcessName>,
    /// What came of its last call, or that it sleeps there.
    pub outcome: Option<Outcome>,
}

/// A handler of a signal that began and is not left yet, and what it interrupted.
#[derive(Debug, Clone)]
pub struct Interrupted {
    /// The handler's name.
    pub handler: String,
    /// The signals that are blocked again behind it.
    pub mask: u64,
    /// What ran when the signal came.
    running: Option<Running>,
    /// The call that was wanted then, and not made.
    wanted: Option<Call>,
}

/// How a statement ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ended {
    /// It made calls, and this came of the last.
    Call(Outcome),
    /// It made none; its value, if it has one.
    Value(Option<i64>),
    /// The lab refused a call, and why.
    Refused(Said),
}

impl Actor {
    /// A process that has run nothing yet.
    pub fn new(scope: Arc<Scope>) -> Self {
        Self {
            scope,
            machine: Machine::new(),
            running: None,
            interrupted: Vec::new(),
            ended: None,
            came_back: None,
            program: None,
            granted: false,
            walking: false,
            wants: None,
            forks: 0,
            seen: None,
        }
    }

    /// A forked child of this name: it knows and runs what its parent does.
    pub fn child(&self, name: &ProcessName) -> Self {
        let mut child = Self {
            granted: false,
            walking: false,
            wants: None,
            forks: 0,
            seen: None,
            ..self.clone()
        };
        for wanted in child.interrupted.iter_mut().filter_map(|outer| outer.wanted.as_mut()) {
            wanted.process = name.clone();
        }
        child
    }

    /// A handler of a signal begins, before a call was made that is `wanted`.
    pub fn enters(&mut self, handler: &str, mask: u64, wanted: Option<Call>) {
        let running = self.running.replace(Running { place: None, child: None, outcome: None });
        self.interrupted.push(Interrupted { handler: handler.to_owned(), mask, running, wanted });
    }

    /// The innermost handler is left; the call that is wanted again.
    pub fn leaves(&mut self) -> Option<Call> {
        let Interrupted { running, wanted, .. } = self.interrupted.pop()?;
        self.running = running;
        wanted
    }

    /// The statement that has begun, whatever handler has interrupted it.
    pub fn statement(&self) -> Option<&Running> {
        let outermost = self.interrupted.first();
        outermost.map_or(self.running.as_ref(), |outermost| outermost.running.as_ref())
    }

    /// Takes note of a statement that is about to begin.
    pub fn starts(&mut self, place: Option<Place>, child: Option<ProcessName>) {
        self.ended = None;
        self.running = Some(Running { place, child, outcome: None });
    }

    /// The statement is over: with this value, unless it made calls.
    pub fn finishes(&mut self, value: Option<i64>) {
        let outcome = self.running.take().and_then(|running| running.outcome);
        self.ended = Some(outcome.map_or(Ended::Value(value), Ended::Call));
    }

    /// The statement can't go on: the process is gone, or the lab refused.
    pub fn stops(&mut self, how: Ended) {
        self.machine = Machine::new();
        (self.granted, self.walking, self.wants) = (false, false, None);
        let had_one = self.statement().is_some();
        self.interrupted.clear();
        self.running = None;
        if had_one {
            self.ended = Some(how);
        }
    }

    /// execve() has put another program in the place of the one that ran: whatever it was at is
    /// over. The next statement is the new program's.
    pub fn begins_anew(&mut self, outcome: Outcome) {
        let ended = match self.interrupted.is_empty() {
            true => Ended::Call(outcome),
            false => Ended::Refused(said!("a handler has called execve()")),
        };
        self.stops(ended);
        self.program = None;
    }

    /// What the next child is called: as the lesson says, else NAME.1, NAME.2, …
    pub fn next_child(
        &mut self,
        own: &ProcessName,
        taken: impl Fn(&ProcessName) -> bool,
    ) -> Option<ProcessName> {
        if let Some(name) = self.running.as_mut().and_then(|running| running.child.take()) {
            return Some(name);
        }
        loop {
            self.forks = self.forks.checked_add(1)?;
            let name = own.child(self.forks)?;
            if !taken(&name) {
                return Some(name);
            }
        }
    }

    /// Its variables as `memory` holds them now; shared with the last reading if equal.
    pub fn variables(&mut self, own: &ProcessName, memory: &dyn Memory) -> Arc<ProcessVariables> {
        let used = self.scope.used().saturating_sub(ARENA_START);
        let arena = usize::try_from(used).ok().and_then(|used| memory.read(ARENA_START, used));
        let arena = arena.unwrap_or_default();
        let spot = self.program.is_some().then(|| self.machine.spot()).flatten();
        let spot = spot.map(|spot| spot.span.clone());
        if let Some((scope, bytes, variables)) = &self.seen
            && Arc::ptr_eq(scope, &self.scope)
            && *bytes == arena
            && variables.spot == spot
        {
            return variables.clone();
        }
        let variables = self.scope.variables().map(|variable| {
            let at = variable.address;
            let size = usize::try_from(variable.ty.size()).unwrap_or(0);
            let range = crate::model::range(at, size, arena.len());
            Variable {
                name: variable.name.clone(),
                type_name: variable.ty.to_string().into(),
                address: at,
                bytes: range.map(|range| arena[range].to_vec()).unwrap_or_default(),
            }
        });
        let (process, variables) = (own.clone(), variables.collect());
        let variables = Arc::new(ProcessVariables { process, variables, spot });
        self.seen = Some((self.scope.clone(), arena, variables.clone()));
        variables
    }

    /// Its variables as they were read last.
    pub fn last_variables(&self) -> Option<&Arc<ProcessVariables>> {
        self.seen.as_ref().map(|(_, _, variables)| variables)
    }
}
