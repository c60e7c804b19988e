//! Statements → code that leaves nothing on the stack.

use std::collections::HashMap;
use std::sync::Arc;

use super::super::ast::{Declared, Expr, Stmt, StmtKind};
use super::super::error::Error;
use super::super::program::Op;
use super::super::scope::Variable;
use super::super::types::Type;
use super::Compiler;
use super::repeat::head;
use crate::model::said;

impl Compiler<'_> {
    pub(super) fn statement(&mut self, statement: &Stmt) -> Result<(), Error> {
        let span = &statement.span;
        match &statement.kind {
            StmtKind::Empty => Ok(()),
            StmtKind::Expr(expr) => {
                self.enter_site(span);
                self.value(expr)?;
                self.emit(Op::Drop);
                Ok(())
            }
            StmtKind::Declare { is_static, variables } => {
                // A program does not stop where nothing happens.
                if variables.iter().any(|variable| variable.init.is_some()) && !is_static {
                    self.enter_site(span);
                }
                variables.iter().try_for_each(|variable| self.declare(variable, *is_static))
            }
            StmtKind::Typedef(names) => self.typedef(names),
            StmtKind::Tag(ty) => self.resolve(ty).map(drop),
            StmtKind::Block(statements) => self.block(statements),
            StmtKind::If(test, yes, no) => self.if_statement(statement, test, yes, no.as_deref()),
            StmtKind::While(test, body) => self.while_statement(statement, test, body),
            StmtKind::Do(body, test) => self.do_statement(statement, body, test),
            StmtKind::For { first, test, next, body } => {
                self.blocks.push(HashMap::new());
                let parts = (first.as_deref(), test.as_ref(), next.as_ref());
                let done = self.for_statement(statement, parts, body);
                self.blocks.pop();
                done
            }
            StmtKind::Switch(value, body) => self.switch(statement, value, body),
            StmtKind::Case(value) => {
                let value = self.constant(value)?;
                self.case(statement, Some(value))
            }
            StmtKind::Default => self.case(statement, None),
            StmtKind::Break => {
                let jump = self.jump(Op::Jump);
                match self.loops.last_mut() {
                    Some(inner) => inner.breaks.push(jump),
                    None => {
                        return Err(Error::new(span.clone(), said!("there is no loop to break")));
                    }
                }
                Ok(())
            }
            StmtKind::Continue => {
                let jump = self.jump(Op::Jump);
                match self.loops.iter_mut().rev().find_map(|inner| inner.continues.as_mut()) {
                    Some(continues) => continues.push(jump),
                    None => {
                        return Err(Error::new(
                            span.clone(),
                            said!("there is no loop to continue"),
                        ));
                    }
                }
                Ok(())
            }
            StmtKind::Label(name, labelled) => self.label(name, labelled),
            StmtKind::Goto(name) => {
                self.goto(name);
                Ok(())
            }
            StmtKind::Return(value) => self.return_statement(statement, value.as_ref()),
            StmtKind::Function(_) => Err(Error::new(
                span.clone(),
                said!("a function can't stand inside another statement"),
            )),
        }
    }

    fn block(&mut self, statements: &[Stmt]) -> Result<(), Error> {
        self.blocks.push(HashMap::new());
        let done = statements.iter().try_for_each(|statement| self.statement(statement));
        self.blocks.pop();
        done
    }

    fn typedef(
        &mut self,
        names: &[(super::super::ast::Name, super::super::ast::TypeName)],
    ) -> Result<(), Error> {
        for (name, written) in names {
            let mut ty = self.resolve(written)?;
            // A struct without a tag is known by the typedef's name.
            if let Type::Struct(layout) = &ty
                && layout.name.contains('{')
            {
                let mut layout = (**layout).clone();
                layout.name = name.text.clone();
                ty = Type::Struct(Arc::new(layout));
            }
            if self.scope.types.insert(name.text.as_str().into(), ty).is_some() {
                let message = said!("{name} is already a type", name = name.text);
                return Err(Error::new(name.span.clone(), message));
            }
        }
        Ok(())
    }

    fn declare(&mut self, declared: &Declared, is_static: bool) -> Result<(), Error> {
        let name: Arc<str> = declared.name.text.as_str().into();
        let span = &declared.name.span;
        // `extern int errno;` of old programs names the one that is there already.
        if &*name == "errno" && declared.init.is_none() {
            return Ok(());
        }
        let known = match self.blocks.last() {
            Some(block) => block.contains_key(&name),
            None => {
                let top = |v: &Variable| v.function.is_none() && v.name == name;
                self.scope.variables.iter().any(top) || self.scope.functions.contains_key(&name)
            }
        };
        if known {
            let message = said!("{name} is already declared in this process", name);
            return Err(Error::new(span.clone(), message)
                .help(said!("leave out the type to give it a new value, or take another name")));
        }
        let ty = self.resolve(&declared.ty)?;
        let ty = self.sized(ty, declared.init.as_ref(), span)?;
        self.whole(&ty, declared.ty.name_span())?;
        let address = self.allocate(ty.size(), ty.align(), span)?;
        // `const char *p` may be changed, only what it points to may not.
        let constant = declared.ty.constant && !matches!(ty, Type::Pointer { .. });
        let function = self.function.as_ref().map(|function| Arc::clone(&function.name));
        let variable = Variable { name, ty: ty.clone(), address, function, constant };
        match self.blocks.last_mut() {
            Some(block) => {
                block.insert(Arc::clone(&variable.name), variable.clone());
                if variable.function.is_some() {
                    self.scope.variables.push(variable);
                }
            }
            None => self.scope.variables.push(variable),
        }
        let Some(init) = &declared.init else { return Ok(()) };
        if !is_static || self.blocks.is_empty() {
            return self.initialise(&ty, address, init);
        }
        let ops = std::mem::take(&mut self.ops);
        let done = self.initialise(&ty, address, init);
        let own = std::mem::replace(&mut self.ops, ops);
        let start = self.first.len();
        // Its jumps were counted from 0.
        self.first.extend(own.into_iter().map(|op| super::moved(op, 0usize.wrapping_sub(start))));
        done
    }

    fn if_statement(
        &mut self,
        statement: &Stmt,
        test: &Expr,
        yes: &Stmt,
        no: Option<&Stmt>,
    ) -> Result<(), Error> {
        self.enter_site(&head(statement, yes));
        self.test(test)?;
        let otherwise = self.jump(Op::JumpIfZero);
        self.statement(yes)?;
        let Some(no) = no else {
            self.land(otherwise);
            return Ok(());
        };
        let end = self.jump(Op::Jump);
        self.land(otherwise);
        self.statement(no)?;
        self.land(end);
        Ok(())
    }

    fn return_statement(&mut self, statement: &Stmt, value: Option<&Expr>) -> Result<(), Error> {
        let Some(function) = self.function.clone() else {
            return Err(Error::new(
                statement.span.clone(),
                said!("there is no function to return from"),
            )
            .help(said!("exit(0) ends the process")));
        };
        self.enter_site(&statement.span);
        match (value, &function.returns) {
            (None, Type::Void) => self.emit(Op::Push(0)),
            (Some(value), Type::Void) => {
                let message = said!("{function} returns nothing", function = function.name);
                return Err(Error::new(value.span.clone(), message));
            }
            (None, ty) => {
                let message = said!(
                    "{function} returns {ty}: expected a value",
                    function = function.name,
                    ty
                );
                return Err(Error::new(statement.span.clone(), message));
            }
            (Some(value), Type::Struct(layout)) => {
                self.emit(Op::Push(function.result as i64));
                let from = self.value(value)?;
                self.convert(&from, &function.returns, value)?;
                self.emit(Op::Copy(layout.size));
            }
            (Some(value), ty) => {
                let from = self.value(value)?;
                self.convert(&from, ty, value)?;
            }
        }
        self.emit(Op::Return);
        Ok(())
    }
}
