//! Loops and `switch`: jumps, and what `break` and `continue` belong to.

use super::super::ast::{Binary, Expr, Stmt, StmtKind};
use super::super::error::Error;
use super::super::program::Op;
use super::super::types::Int;
use super::{Compiler, Loop};
use crate::model::said;

impl Compiler<'_> {
    pub(super) fn while_statement(
        &mut self,
        statement: &Stmt,
        test: &Expr,
        body: &Stmt,
    ) -> Result<(), Error> {
        let start = self.ops.len();
        self.enter_site(&head(statement, body));
        self.test(test)?;
        let end = self.jump(Op::JumpIfZero);
        self.looped(
            body,
            |compiler| {
                compiler.emit(Op::Jump(start));
                Ok(())
            },
            start,
        )?;
        self.land_breaks(end);
        Ok(())
    }

    pub(super) fn do_statement(
        &mut self,
        statement: &Stmt,
        body: &Stmt,
        test: &Expr,
    ) -> Result<(), Error> {
        let start = self.ops.len();
        self.loops.push(Loop { continues: Some(Vec::new()), ..Loop::default() });
        self.statement(body)?;
        self.land_continues(None);
        self.enter_site(&(body.span.end..statement.span.end));
        self.test(test)?;
        self.emit(Op::JumpUnlessZero(start));
        self.finish_loop();
        Ok(())
    }

    pub(super) fn for_statement(
        &mut self,
        statement: &Stmt,
        (first, test, next): (Option<&Stmt>, Option<&Expr>, Option<&Expr>),
        body: &Stmt,
    ) -> Result<(), Error> {
        if let Some(first) = first {
            self.statement(first)?;
        }
        let head = head(statement, body);
        let start = self.ops.len();
        self.enter_site(&head);
        let end = match test {
            Some(test) => {
                self.test(test)?;
                Some(self.jump(Op::JumpIfZero))
            }
            None => None,
        };
        self.loops.push(Loop { continues: Some(Vec::new()), ..Loop::default() });
        self.statement(body)?;
        self.land_continues(None);
        if let Some(next) = next {
            self.enter_site(&head);
            self.value(next)?;
            self.emit(Op::Drop);
        }
        self.emit(Op::Jump(start));
        self.finish_loop();
        if let Some(end) = end {
            self.land(end);
        }
        Ok(())
    }

    /// The body of a loop whose `continue` goes to `start`, and what follows it.
    pub(super) fn looped(
        &mut self,
        body: &Stmt,
        then: impl FnOnce(&mut Self) -> Result<(), Error>,
        start: usize,
    ) -> Result<(), Error> {
        self.loops.push(Loop { continues: Some(Vec::new()), ..Loop::default() });
        self.statement(body)?;
        self.land_continues(Some(start));
        then(self)
    }

    pub(super) fn land_breaks(&mut self, end: usize) {
        self.land(end);
        self.finish_loop();
    }

    /// Lets the `continue`s of the innermost loop go to `target`, or here.
    pub(super) fn land_continues(&mut self, target: Option<usize>) {
        let target = target.unwrap_or(self.ops.len());
        let continues = self.loops.last_mut().and_then(|inner| inner.continues.take());
        for jump in continues.unwrap_or_default() {
            self.ops[jump] = Op::Jump(target);
        }
        if let Some(inner) = self.loops.last_mut() {
            inner.continues = Some(Vec::new());
        }
    }

    /// Lets the `break`s of the innermost loop go here, and leaves it.
    pub(super) fn finish_loop(&mut self) {
        for jump in self.loops.pop().map(|inner| inner.breaks).unwrap_or_default() {
            self.land(jump);
        }
    }

    pub(super) fn switch(
        &mut self,
        statement: &Stmt,
        value: &Expr,
        body: &Stmt,
    ) -> Result<(), Error> {
        self.enter_site(&head(statement, body));
        let ty = self.value(value)?;
        self.expect_int(&ty, &value.span, said!("switch needs a number"))?;
        // The value is kept in memory: the stack is empty between statements.
        let slot = self.allocate(8, 8, &value.span)?;
        self.emit(Op::Set(slot, Int::LONG));
        let dispatch = self.jump(Op::Jump);
        self.loops.push(Loop::default());
        self.statement(body)?;
        let end = self.jump(Op::Jump);
        self.land(dispatch);
        let cases = self.loops.last_mut().map(|inner| std::mem::take(&mut inner.cases));
        let cases = cases.unwrap_or_default();
        for (value, target) in &cases {
            if let Some(value) = value {
                self.emit(Op::Push(slot as i64));
                self.emit(Op::Load(Int::LONG));
                self.emit(Op::Push(*value));
                self.emit(Op::Binary(Binary::Equal, Int::LONG));
                self.emit(Op::JumpUnlessZero(*target));
            }
        }
        if let Some((_, target)) = cases.iter().find(|(value, _)| value.is_none()) {
            self.emit(Op::Jump(*target));
        }
        self.land(end);
        self.finish_loop();
        Ok(())
    }

    pub(super) fn case(&mut self, statement: &Stmt, value: Option<i64>) -> Result<(), Error> {
        let here = self.ops.len();
        match self.loops.last_mut() {
            Some(inner) if inner.continues.is_none() => {
                if inner.cases.iter().any(|(known, _)| *known == value) {
                    return Err(Error::new(
                        statement.span.clone(),
                        said!("this case stands here twice"),
                    ));
                }
                inner.cases.push((value, here));
                Ok(())
            }
            _ => Err(Error::new(statement.span.clone(), said!("there is no switch for this"))),
        }
    }
}

/// The part of a statement before its body.
pub(super) fn head(statement: &Stmt, body: &Stmt) -> std::ops::Range<usize> {
    match body.kind {
        StmtKind::Block(_) => statement.span.start..body.span.start,
        // Without braces head and body are one thought: `while (…) total += n;`
        StmtKind::Empty
        | StmtKind::Expr(_)
        | StmtKind::Declare { .. }
        | StmtKind::Typedef(_)
        | StmtKind::Tag(_)
        | StmtKind::If(..)
        | StmtKind::While(..)
        | StmtKind::Do(..)
        | StmtKind::For { .. }
        | StmtKind::Switch(..)
        | StmtKind::Case(_)
        | StmtKind::Default
        | StmtKind::Break
        | StmtKind::Continue
        | StmtKind::Label(..)
        | StmtKind::Goto(_)
        | StmtKind::Return(_)
        | StmtKind::Function(_) => statement.span.start..body.span.end,
    }
}
