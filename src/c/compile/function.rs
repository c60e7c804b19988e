//! Functions: parameters and variables at fixed addresses, therefore no recursion.

use std::collections::HashMap;
use std::sync::{Arc, OnceLock};

use super::super::ast::{FunctionDef, Span};
use super::super::calls;
use super::super::error::Error;
use super::super::program::{Body, Code, Function, Op};
use super::super::scope::Variable;
use super::super::types::Type;
use super::Compiler;
use crate::model::{Said, said};

impl Compiler<'_> {
    /// A function or its declaration, at the top.
    pub(super) fn function(&mut self, def: &FunctionDef, span: &Span) -> Result<(), Error> {
        let name: Arc<str> = def.name.text.as_str().into();
        let function = self.declare_function(def, &name)?;
        let Some(body) = &def.body else { return Ok(()) };
        if function.body.get().is_some() {
            let message = said!("{name} is already defined in this process", name);
            return Err(Error::new(def.name.span.clone(), message));
        }
        let mut block = HashMap::new();
        for ((parameter, _), (ty, address)) in def.parameters.iter().zip(&function.parameters) {
            let Some(parameter) = parameter else {
                return Err(Error::new(span.clone(), said!("each parameter needs a name")));
            };
            let variable = Variable {
                name: parameter.text.as_str().into(),
                ty: ty.clone(),
                address: *address,
                function: Some(Arc::clone(&name)),
                constant: false,
            };
            self.scope.variables.push(variable.clone());
            block.insert(Arc::clone(&variable.name), variable);
        }
        let outer = std::mem::take(&mut self.ops);
        self.blocks.push(block);
        self.function = Some(Arc::clone(&function));
        self.asks = false;
        let done = body.iter().try_for_each(|statement| self.statement(statement));
        let done = done.and_then(|()| self.land_gotos());
        self.function = None;
        self.blocks.pop();
        self.emit(Op::Push(0));
        self.emit(Op::Return);
        let ops = std::mem::replace(&mut self.ops, outer);
        done?;
        self.refuse_recursion(&function)?;
        let code = Arc::new(Code { ops, data: Vec::new() });
        let asks = self.asks;
        function.body.set(Body { code, asks }).map_err(|_| {
            Error::new(def.name.span.clone(), said!("{name} is already defined", name))
        })
    }

    /// The function as it was declared before, or a new one.
    fn declare_function(
        &mut self,
        def: &FunctionDef,
        name: &Arc<str>,
    ) -> Result<Arc<Function>, Error> {
        let taken = calls::call_named(name).is_some();
        let variable = self.scope.variables.iter().any(|v| v.function.is_none() && v.name == *name);
        if taken || variable {
            let message = said!("{name} is already something else", name);
            return Err(
                Error::new(def.name.span.clone(), message).help(said!("give it another name"))
            );
        }
        let returns = self.resolve(&def.returns)?;
        if returns != Type::Void {
            self.whole(&returns, def.returns.name_span())?;
        }
        let mut types = Vec::new();
        for (_, written) in &def.parameters {
            let ty = self.resolve(written)?.decayed();
            self.whole(&ty, written.name_span())?;
            types.push(ty);
        }
        if let Some(known) = self.scope.functions.get(name) {
            let same = known.returns == returns
                && known.parameters.iter().map(|(ty, _)| ty).eq(types.iter());
            return if same {
                Ok(Arc::clone(known))
            } else {
                let message = said!("{name} was declared differently before", name);
                Err(Error::new(def.name.span.clone(), message).help(Said::same(&*known.signature)))
            };
        }
        let named: Vec<String> = (def.parameters.iter().zip(&types))
            .map(|((name, _), ty)| ty.declare(name.as_ref().map_or("", |name| &name.text)))
            .collect();
        let parameters = if named.is_empty() { "void".to_owned() } else { named.join(", ") };
        let signature = returns.declare(&format!("{name}({parameters})"));
        let span = &def.name.span;
        let address = self.allocate(1, 1, span)?;
        let mut parameters = Vec::new();
        for ty in types {
            let address = self.allocate(ty.size(), ty.align(), span)?;
            parameters.push((ty, address));
        }
        let result = match &returns {
            Type::Struct(layout) => self.allocate(layout.size, layout.align, span)?,
            Type::Void
            | Type::Int(_)
            | Type::Pointer { .. }
            | Type::Array { .. }
            | Type::Function => 0,
        };
        let function = Arc::new(Function {
            name: Arc::clone(name),
            returns,
            result,
            parameters,
            signature,
            address,
            body: OnceLock::new(),
        });
        self.scope.functions.insert(Arc::clone(name), Arc::clone(&function));
        Ok(function)
    }

    /// Whether `function` can come to itself by what it calls.
    fn refuse_recursion(&self, function: &Arc<Function>) -> Result<(), Error> {
        let Some(direct) = self.called.get(&function.name) else { return Ok(()) };
        for (callee, span) in direct {
            let mut seen = vec![Arc::clone(callee)];
            let mut at = 0;
            while let Some(next) = seen.get(at).cloned() {
                if next.name == function.name {
                    let message = said!("{function} would call itself", function = function.name);
                    return Err(Error::new(span.clone(), message).help(said!(
                        "recursion is outside sockstep's C: each variable has one address"
                    )));
                }
                let callees = self.called.get(&next.name).into_iter().flatten();
                for (callee, _) in callees {
                    if !seen.iter().any(|known| Arc::ptr_eq(known, callee)) {
                        seen.push(Arc::clone(callee));
                    }
                }
                at += 1;
            }
        }
        Ok(())
    }

    /// The signature of a function that was declared.
    pub fn signature(&self, name: &str) -> &str {
        self.scope.functions.get(name).map_or("", |function| &function.signature)
    }

    /// Refuses calls of functions that were declared but have no body anywhere.
    pub fn refuse_bodiless(&self) -> Result<(), Error> {
        let calls = self.called.values().flatten().chain(&self.pointed);
        let missing = calls.filter(|(function, _)| function.body.get().is_none());
        match missing.min_by_key(|(_, span)| span.start) {
            None => Ok(()),
            Some((function, span)) => {
                let message = said!(
                    "{function} is declared, but its body is nowhere",
                    function = function.name
                );
                Err(Error::new(span.clone(), message))
            }
        }
    }
}
