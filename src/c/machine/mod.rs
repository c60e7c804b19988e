//! Runs code on a process's memory, and stops where the kernel must answer.

mod operate;
mod walk;

use std::sync::Arc;

use super::arena::{ERRNO_ADDRESS, SIGINFO};
use super::ast::Span;
use super::builtins::Stdin;
use super::calls::{CallResult, Lowering};
use super::fault::{CALLS_A_STEP, Fault, OPERATIONS_A_STEP};
use super::glass::Glass;
use super::lower;
use super::program::{Code, Function, Spot};
use super::reach::Reach;
use super::scope::Handler;
use super::statement::{Expression, Statement};
use super::types::Int;
use crate::model::{Memory, Syscall};

/// What is running in one process. A forked child gets a clone, and is resumed with `Ok(0)`.
#[derive(Debug, Clone)]
pub struct Machine {
    frames: Vec<Frame>,
    stack: Vec<i64>,
    state: State,
    /// The statement is an expression whose value is given back.
    value: bool,
    /// What handlers of signals have interrupted, the last one last.
    interrupted: Vec<Interrupted>,
    calls: u32,
    operations: u32,
    /// Operations a step.
    most: u32,
    /// What its C reads from its standard input.
    stdin: Stdin,
    /// It stops at the first statement behind each call.
    walks: bool,
    /// A call came back since it went on.
    called: bool,
    /// The statement that began last, in whatever function.
    last: Option<Arc<Spot>>,
}

/// Code that is being run.
#[derive(Debug, Clone)]
struct Frame {
    code: Arc<Code>,
    at: usize,
    /// How high the stack was when it began.
    base: usize,
    /// The statement in it that began last.
    spot: Option<Arc<Spot>>,
    /// The function whose body it is; at most one frame may run it, for its variables lie at
    /// fixed addresses.
    function: Option<Arc<Function>>,
}

/// What a handler of a signal has interrupted.
#[derive(Debug, Clone)]
struct Interrupted {
    frames: Vec<Frame>,
    stack: Vec<i64>,
    state: State,
    value: bool,
    walks: bool,
    called: bool,
    last: Option<Arc<Spot>>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum State {
    Idle,
    Running,
    /// The kernel has the word.
    Asked(Lowering, Vec<i64>),
    /// The caller was given something that was printed.
    Printed,
    /// A statement is about to begin.
    Stopped,
}

/// Why the machine stopped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Event {
    /// The kernel must answer: go on with [`Machine::resume`]. After `exit_group` nobody does.
    Call(Pending),
    /// Something was printed: go on with [`Machine::go_on`].
    Printed(String),
    /// A program that is walked has come to a statement, see [`Machine::spot`]: go on with
    /// [`Machine::walk`].
    Reached,
    /// The statement is over. The value of an expression statement; `None` for a declaration and
    /// for a call that returns nothing.
    Done(Option<i64>),
    /// The handler of a signal is over. What it interrupted stands where it was: it can be
    /// resumed, or is idle.
    HandlerOver,
}

/// A system call that waits to be made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pending {
    /// The kernel's call.
    pub syscall: Syscall,
    /// The name as it was typed.
    pub typed: String,
    /// The six integers for the kernel.
    pub args: [i64; 6],
    /// The arguments in strace's notation, as they are before the call.
    pub shown: Vec<String>,
    /// The innermost statement around the call, on one line: inside a function it is not the
    /// statement that [`Machine::begin`] was given.
    pub code: Arc<str>,
    /// Its place in the source where it was compiled.
    pub span: Span,
}

impl Default for Machine {
    fn default() -> Self {
        Self::new()
    }
}

impl Machine {
    /// A machine that runs nothing, with full fuel.
    pub fn new() -> Self {
        Self::with_fuel(OPERATIONS_A_STEP)
    }

    /// A machine that runs nothing, and does at most so many operations a step.
    pub fn with_fuel(most: u32) -> Self {
        Self {
            frames: Vec::new(),
            stack: Vec::new(),
            state: State::Idle,
            value: false,
            interrupted: Vec::new(),
            calls: CALLS_A_STEP,
            operations: most,
            most,
            stdin: Stdin::default(),
            walks: false,
            called: false,
            last: None,
        }
    }

    /// Whether nothing runs, so that a statement may begin.
    pub fn is_idle(&self) -> bool {
        self.state == State::Idle && self.interrupted.is_empty()
    }

    /// Full fuel again: a new step begins.
    pub fn refuel(&mut self) {
        self.calls = CALLS_A_STEP;
        self.operations = self.most;
    }

    /// Begins a statement and runs to the first event.
    ///
    /// # Errors
    /// A [`Fault`] if the evaluation can't go on; the machine is idle then.
    /// [`Fault::Misused`] if it is not idle.
    pub fn begin(
        &mut self,
        statement: &Statement,
        memory: &mut dyn Memory,
    ) -> Result<Event, Fault> {
        if !self.is_idle() {
            return Err(Fault::Misused);
        }
        self.walks = false;
        self.last = None;
        self.start(statement, memory)
    }

    pub(super) fn start(
        &mut self,
        statement: &Statement,
        memory: &mut dyn Memory,
    ) -> Result<Event, Fault> {
        self.state = State::Running;
        self.stack.clear();
        self.value = statement.value;
        let first = statement.first.iter();
        let started = self
            .enter(&statement.program, None, memory)
            .and_then(|()| first.into_iter().try_for_each(|first| self.enter(first, None, memory)));
        self.checked(started, memory)
    }

    /// Runs the handler of a signal, whatever the machine does; it goes on with that behind it.
    /// `siginfo` is what a handler that takes three parameters finds behind the second.
    ///
    /// # Errors
    /// As [`Machine::begin`]; [`Fault::NoHandler`] if `handler` is no function's address, and
    /// [`Fault::Reentered`] if it runs already. The machine is idle then.
    pub fn interrupt(
        &mut self,
        handler: Option<&Handler>,
        signal: i32,
        siginfo: &[u8],
        memory: &mut dyn Memory,
    ) -> Result<Event, Fault> {
        self.interrupted.push(Interrupted {
            frames: std::mem::take(&mut self.frames),
            stack: std::mem::take(&mut self.stack),
            state: std::mem::replace(&mut self.state, State::Running),
            value: std::mem::replace(&mut self.value, false),
            // A handler runs to its end without a stop.
            walks: std::mem::replace(&mut self.walks, false),
            called: self.called,
            last: self.last.clone(),
        });
        let started = match handler {
            None => Err(Fault::NoHandler),
            Some(handler) => self.call_handler(&handler.0, signal, siginfo, memory),
        };
        self.checked(started, memory)
    }

    fn call_handler(
        &mut self,
        function: &Arc<Function>,
        signal: i32,
        siginfo: &[u8],
        memory: &mut dyn Memory,
    ) -> Result<(), Fault> {
        let mut reach = Reach::new(memory);
        reach.write(SIGINFO, siginfo)?;
        let arguments = [i64::from(signal), SIGINFO as i64, 0];
        for ((ty, address), argument) in function.parameters.iter().zip(arguments) {
            reach.store(*address, ty.int().unwrap_or(Int::UNSIGNED_LONG), argument)?;
        }
        let body = function.body.get().ok_or(Fault::NoHandler)?;
        let code = Arc::clone(&body.code);
        self.enter(&code, Some(function), memory)
    }

    /// Goes on after a system call.
    ///
    /// # Errors
    /// As [`Machine::begin`]; [`Fault::Misused`] if no call is open.
    pub fn resume(&mut self, result: CallResult, memory: &mut dyn Memory) -> Result<Event, Fault> {
        let State::Asked(lowering, typed) = &self.state else { return Err(Fault::Misused) };
        let answered = lower::answer(*lowering, typed, result, &mut Reach::new(memory));
        self.state = State::Running;
        self.called = true;
        let stored = answered.and_then(|value| {
            if let Err(errno) = result {
                Reach::new(memory).store(ERRNO_ADDRESS, Int::INT, i64::from(errno.0))?;
            }
            self.stack.push(value);
            Ok(())
        });
        self.checked(stored, memory)
    }

    /// Goes on after something was printed.
    ///
    /// # Errors
    /// As [`Machine::begin`]; [`Fault::Misused`] if nothing was printed.
    pub fn go_on(&mut self, memory: &mut dyn Memory) -> Result<Event, Fault> {
        if self.state != State::Printed {
            return Err(Fault::Misused);
        }
        self.state = State::Running;
        self.checked(Ok(()), memory)
    }

    /// The value of code that asks no kernel.
    pub(super) fn evaluate(code: &Arc<Code>, memory: &mut dyn Memory) -> Result<i64, Fault> {
        let mut machine = Self::new();
        machine.state = State::Running;
        machine.value = true;
        machine.enter(code, None, memory)?;
        loop {
            match machine.run(memory)? {
                Event::Done(value) => return value.ok_or(Fault::Misused),
                Event::Printed(_) => machine.state = State::Running,
                Event::Call(_) | Event::Reached | Event::HandlerOver => {
                    return Err(Fault::Misused);
                }
            }
        }
    }

    /// Runs on if all is well; a fault leaves the machine idle.
    fn checked(
        &mut self,
        so_far: Result<(), Fault>,
        memory: &mut dyn Memory,
    ) -> Result<Event, Fault> {
        let event = so_far.and_then(|()| self.run(memory));
        if event.is_err() {
            self.frames.clear();
            self.stack.clear();
            self.interrupted.clear();
            self.state = State::Idle;
        }
        event
    }

    fn enter(
        &mut self,
        code: &Arc<Code>,
        function: Option<&Arc<Function>>,
        memory: &mut dyn Memory,
    ) -> Result<(), Fault> {
        if let Some(function) = function {
            self.refuse_reentry(function)?;
        }
        for (address, bytes) in &code.data {
            Reach::new(memory).write(*address, bytes)?;
        }
        let (code, function) = (Arc::clone(code), function.cloned());
        let base = self.stack.len();
        self.frames.push(Frame { code, at: 0, base, spot: None, function });
        Ok(())
    }

    /// Code has no recursion; only a handler can come to a function that it interrupted.
    fn refuse_reentry(&self, function: &Arc<Function>) -> Result<(), Fault> {
        let mut outer = self.interrupted.iter().flat_map(|outer| &outer.frames);
        let own = |frame: &Frame| frame.function.as_ref().is_some_and(|f| Arc::ptr_eq(f, function));
        match outer.any(own) {
            true => Err(Fault::Reentered { function: Arc::clone(&function.name) }),
            false => Ok(()),
        }
    }

    fn run(&mut self, memory: &mut dyn Memory) -> Result<Event, Fault> {
        while let Some(frame) = self.frames.last_mut() {
            let Some(op) = frame.code.ops.get(frame.at).cloned() else {
                self.frames.pop();
                continue;
            };
            frame.at += 1;
            self.spend(1)?;
            if let Some(event) = self.operate(&op, memory)? {
                return Ok(event);
            }
        }
        if let Some(outer) = self.interrupted.pop() {
            (self.frames, self.stack) = (outer.frames, outer.stack);
            (self.state, self.value) = (outer.state, outer.value);
            (self.walks, self.called, self.last) = (outer.walks, outer.called, outer.last);
            return Ok(Event::HandlerOver);
        }
        self.state = State::Idle;
        let value = self.stack.pop();
        self.stack.clear();
        Ok(Event::Done(value.filter(|_| self.value)))
    }

    fn spend(&mut self, operations: u64) -> Result<(), Fault> {
        let operations = u32::try_from(operations).unwrap_or(u32::MAX);
        match self.operations.checked_sub(operations) {
            Some(left) => {
                self.operations = left;
                Ok(())
            }
            None => Err(Fault::TooManyOperations),
        }
    }

    /// What is on top of the stack. Compiled code never finds it empty.
    fn pop(&mut self) -> Result<i64, Fault> {
        self.stack.pop().ok_or(Fault::Misused)
    }

    fn goto(&mut self, target: usize) {
        if let Some(frame) = self.frames.last_mut() {
            frame.at = target;
        }
    }
}

impl Expression {
    /// Its value now. What it writes on the way stays out of the process's memory.
    ///
    /// # Errors
    /// A [`Fault`] if it touches memory that is not the process's, divides by zero, or does not
    /// end.
    pub fn value(&self, memory: &dyn Memory) -> Result<i64, Fault> {
        Machine::evaluate(&self.program, &mut Glass::over(memory))
    }
}
