//! What each operation does.

use std::sync::Arc;

use super::super::arithmetic::binary;
use super::super::calls::Does;
use super::super::fault::Fault;
use super::super::program::{Op, Site};
use super::super::reach::Reach;
use super::super::{builtins, lower, strace};
use super::{Event, Machine, Pending, State};
use crate::model::Memory;

impl Machine {
    /// Does one operation; an event if the machine stops at it.
    pub(super) fn operate(
        &mut self,
        op: &Op,
        memory: &mut dyn Memory,
    ) -> Result<Option<Event>, Fault> {
        let mut reach = Reach::new(memory);
        let result = match op {
            Op::Push(value) => *value,
            Op::Drop => {
                self.pop()?;
                return Ok(None);
            }
            Op::Duplicate => {
                let value = self.pop()?;
                self.stack.push(value);
                value
            }
            Op::Swap => {
                let (top, below) = (self.pop()?, self.pop()?);
                self.stack.push(top);
                below
            }
            Op::Load(int) => reach.load(self.pop()? as u64, *int)?,
            Op::Store(int) => {
                let (value, address) = (self.pop()?, self.pop()?);
                reach.store(address as u64, *int, value)?;
                int.keep(value)
            }
            Op::Set(address, int) => {
                reach.store(*address, *int, self.pop()?)?;
                return Ok(None);
            }
            Op::Zero(address, size) => {
                self.spend(size / 16)?;
                reach.fill(*address, *size, 0)?;
                return Ok(None);
            }
            Op::Copy(size) => {
                self.spend(size / 16)?;
                let (from, to) = (self.pop()?, self.pop()?);
                reach.copy(to as u64, from as u64, *size)?;
                to
            }
            Op::Step { int, by, before } => {
                let address = self.pop()? as u64;
                let old = reach.load(address, *int)?;
                let new = int.keep(old.wrapping_add(*by));
                reach.store(address, *int, new)?;
                if *before { new } else { old }
            }
            Op::Negate(int) => int.keep(self.pop()?.wrapping_neg()),
            Op::Complement(int) => int.keep(!self.pop()?),
            Op::Not => i64::from(self.pop()? == 0),
            Op::Convert(int) => int.keep(self.pop()?),
            Op::Binary(operator, int) => {
                let (right, left) = (self.pop()?, self.pop()?);
                binary(*operator, *int, left, right)?
            }
            Op::Jump(target) => {
                self.goto(*target);
                return Ok(None);
            }
            Op::JumpIfZero(target) => {
                if self.pop()? == 0 {
                    self.goto(*target);
                }
                return Ok(None);
            }
            Op::JumpUnlessZero(target) => {
                if self.pop()? != 0 {
                    self.goto(*target);
                }
                return Ok(None);
            }
            Op::Ask(site) => return self.ask(site, &mut reach).map(Some),
            Op::Here(builtin, count) => {
                let at = self.stack.len().checked_sub(*count).ok_or(Fault::Misused)?;
                let args = self.stack.split_off(at);
                let done =
                    builtins::run(*builtin, &args, &mut reach, self.operations, &mut self.stdin)?;
                self.spend(done.cost)?;
                self.stack.push(done.value);
                return Ok(done.printed.map(|text| {
                    self.state = State::Printed;
                    Event::Printed(text)
                }));
            }
            Op::Enter(function) => {
                let body = function.body.get().ok_or(Fault::Misused)?;
                self.enter(&body.code, Some(function), memory)?;
                return Ok(None);
            }
            Op::At(spot) => {
                self.last = Some(Arc::clone(spot));
                if let Some(frame) = self.frames.last_mut() {
                    frame.spot = Some(Arc::clone(spot));
                }
                if !(self.walks && self.called) {
                    return Ok(None);
                }
                self.state = State::Stopped;
                return Ok(Some(Event::Reached));
            }
            Op::Return => {
                let result = self.pop()?;
                let frame = self.frames.pop().ok_or(Fault::Misused)?;
                self.stack.truncate(frame.base);
                result
            }
        };
        self.stack.push(result);
        Ok(None)
    }

    fn ask(&mut self, site: &Site, reach: &mut Reach) -> Result<Event, Fault> {
        let at = self.stack.len().checked_sub(site.arguments).ok_or(Fault::Misused)?;
        let typed = self.stack.split_off(at);
        self.calls = self.calls.checked_sub(1).ok_or(Fault::TooManyCalls)?;
        let Does::Ask(syscall, lowering) = site.call.does else { return Err(Fault::Misused) };
        let args = lower::arguments(lowering, &typed, reach)?;
        self.state = State::Asked(lowering, typed);
        // The call of main stands in no source; what returned from there led here.
        let spot = if site.spot.span.is_empty() { self.last.as_ref() } else { None };
        let spot = spot.unwrap_or(&site.spot);
        Ok(Event::Call(Pending {
            syscall,
            typed: site.call.name.to_owned(),
            args,
            shown: strace::before(syscall, &args, reach.memory()),
            code: Arc::clone(&spot.code),
            span: spot.span.clone(),
        }))
    }
}
