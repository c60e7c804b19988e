//! A world without a kernel, for tests: two hosts, a few calls, a wire that can hold SYNs, and a
//! clock that only tests move. What it answers is decided here and nowhere else, so that every
//! rule of a session can be tried without privileges and without waiting.

mod calls;
mod kernel;
mod net;
mod signals;
mod view;

pub use kernel::Kernel;

use std::cell::RefCell;
use std::os::fd::BorrowedFd;
use std::rc::Rc;
use std::time::Duration;

use crate::model::{
    Action, Cause, LabSpec, Memory, Moment, ProcessName, RefusedSetting, Said, World, WorldError,
    Worlds,
};

/// What the test tells its worlds, and what it may ask of them.
#[derive(Debug, Default)]
pub struct Orders {
    /// Worlds opened so far.
    pub opened: u32,
    /// Actions that are refused, with the reason.
    pub refused: Vec<(Action, String)>,
    /// Calls whose C contains this text fail with this error number, in worlds from this one on.
    pub failing: Vec<(String, i32, u32)>,
    /// No world can be had.
    pub unavailable: bool,
    /// Settings that the machine refused to every world.
    pub refused_settings: Vec<RefusedSetting>,
}

/// Opens doubles. Clones share their orders.
#[derive(Debug, Clone, Default)]
pub struct Doubles(pub Rc<RefCell<Orders>>);

impl Worlds for Doubles {
    fn open(&mut self, spec: &LabSpec) -> Result<Box<dyn World>, WorldError> {
        let mut orders = self.0.borrow_mut();
        if orders.unavailable {
            return Err(WorldError::Unavailable {
                attempt: Said::same("make a lab"),
                reason: Said::same("EPERM"),
                remedy: Said::same("be somebody else"),
            });
        }
        orders.opened += 1;
        let number = orders.opened;
        drop(orders);
        Ok(Box::new(Double::new(spec, self.0.clone(), number)))
    }
}

/// One world.
struct Double {
    kernel: Kernel,
    orders: Rc<RefCell<Orders>>,
    number: u32,
    start: Moment,
    refused_settings: Vec<RefusedSetting>,
}

impl Double {
    fn new(spec: &LabSpec, orders: Rc<RefCell<Orders>>, number: u32) -> Self {
        let mut kernel = Kernel::new(spec);
        let start = kernel.moment(Cause::Start);
        let refused_settings = orders.borrow().refused_settings.clone();
        Self { kernel, orders, number, start, refused_settings }
    }
}

impl World for Double {
    fn start(&self) -> &Moment {
        &self.start
    }

    fn act(&mut self, action: &Action) -> Result<Moment, WorldError> {
        let orders = self.orders.borrow();
        if let Some((_, reason)) = orders.refused.iter().find(|(refused, _)| refused == action) {
            return Err(WorldError::Refused { reason: Said::same(reason) });
        }
        let number = self.number;
        let failing = orders.failing.iter().filter(|(_, _, from)| *from <= number);
        self.kernel.failing = failing.map(|(code, errno, _)| (code.clone(), *errno)).collect();
        drop(orders);
        self.kernel.now += Duration::from_millis(1);
        self.kernel
            .act(action)
            .map_err(|reason| WorldError::Refused { reason: Said::same(reason) })?;
        Ok(self.kernel.moment(Cause::Action(action.clone())))
    }

    fn next(&mut self, within: Duration) -> Result<Option<Moment>, WorldError> {
        let came = self.kernel.wait(within);
        Ok(came.then(|| self.kernel.moment(Cause::Kernel)))
    }

    fn memory(&mut self, process: &ProcessName) -> Option<&mut dyn Memory> {
        let process = self.kernel.processes.iter_mut().rev().find(|p| p.name == *process)?;
        Some(&mut process.memory)
    }

    fn now(&self) -> Duration {
        self.kernel.now
    }

    fn due(&self) -> Option<Duration> {
        self.kernel.due()
    }

    fn refused_settings(&self) -> &[RefusedSetting] {
        &self.refused_settings
    }

    fn readiness(&self) -> Option<BorrowedFd<'_>> {
        None
    }
}
