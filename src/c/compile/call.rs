//! Calls: of the kernel, of the C library, of functions that the learner wrote.

use std::sync::Arc;

use super::super::ast::{Expr, ExprKind, Name, Span};
use super::super::calls::{self, CallHelp, Does};
use super::super::error::Error;
use super::super::lexer::Kind;
use super::super::program::{Function, Op, Site};
use super::super::types::{INTS, Int, Type};
use super::Compiler;
use super::format::{check_format, check_list};
use crate::model::{Said, said};

impl Compiler<'_> {
    pub(super) fn call(
        &mut self,
        name: &Name,
        arguments: &[Expr],
        span: &Span,
    ) -> Result<Type, Error> {
        if let Some(function) = self.scope.functions.get(name.text.as_str()) {
            return self.own(Arc::clone(function), name, arguments, span);
        }
        if name.text == "syscall" {
            return self.by_number(name, arguments, span);
        }
        let Some(call) = calls::call_named(&name.text) else {
            return Err(self.unknown_call(name));
        };
        let count = arguments.len();
        if !call.accepts(count) {
            return Err(
                wrong_count(call.parameters.len(), count, span).help(Said::same(call.to_string()))
            );
        }
        check_format(call, arguments)?;
        check_list(call, arguments)?;
        for (at, argument) in arguments.iter().enumerate() {
            let parameter = call.parameters.get(at).map(|parameter| parameter.ty);
            self.argument(argument, parameter, call)?;
        }
        match call.does {
            Does::Ask(..) => {
                self.asks = true;
                let site = Site { call, arguments: count, spot: Arc::clone(&self.site) };
                self.emit(Op::Ask(Arc::new(site)));
            }
            Does::Here(builtin) => self.emit(Op::Here(builtin, count)),
        }
        let returns = self.declared(call.returns);
        if let Some(int) = returns.int() {
            self.emit(Op::Convert(int));
        }
        Ok(returns)
    }

    /// `syscall(SYS_kcmp, …)` is `kcmp(…)`: what has no function of its own in the C library.
    fn by_number(&mut self, name: &Name, arguments: &[Expr], span: &Span) -> Result<Type, Error> {
        let number = arguments.first().map(|number| (&number.kind, &number.span));
        if let Some((ExprKind::Name(number), place)) = number
            && let Some(bare) = number.strip_prefix("SYS_").or(number.strip_prefix("__NR_"))
        {
            let meant = Name { text: bare.to_owned(), span: place.clone() };
            let known = calls::call_named(bare).is_some_and(|call| call.is_system_call());
            return match known {
                true => self.call(&meant, &arguments[1..], span),
                false => Err(self.unknown_call(&meant)),
            };
        }
        let message = said!("syscall() needs the name of a call: syscall(SYS_kcmp, ...)");
        Err(Error::new(name.span.clone(), message))
    }

    fn unknown_call(&self, name: &Name) -> Error {
        if name.text.starts_with("pthread_") {
            return Error::threads(name.span.clone());
        }
        if matches!(&*name.text, "getaddrinfo" | "freeaddrinfo" | "gai_strerror" | "getnameinfo") {
            return Error::names(name.span.clone());
        }
        if let Some(head) = self.defined_below(name) {
            let message = said!("{name} is defined below", name = name.text);
            let help = said!("declare it above: {head};", head);
            return Error::new(name.span.clone(), message).help(help);
        }
        let error =
            Error::new(name.span.clone(), said!("{name} is no call that I know", name = name.text));
        let own = self.scope.functions.keys().map(|name| &**name);
        let error = error.help(super::super::error::subset());
        error.nearest(&name.text, calls::calls().map(|call| call.name).chain(own))
    }

    /// The head of the function of this name whose definition stands behind its call.
    fn defined_below(&self, name: &Name) -> Option<String> {
        let text = |index: usize| self.tokens.get(index).map(|token| token.text(self.source));
        let mut depth = 0_usize;
        // Where what stands outside of all functions begins.
        let mut first = 0;
        for (index, token) in self.tokens.iter().enumerate() {
            let outside = depth == 0 && token.kind == Kind::Word && token.start >= name.span.end;
            if outside && text(index) == Some(&name.text) && text(index + 1) == Some("(") {
                let rest = &self.tokens[index..];
                let opens = rest.iter().find(|token| token.text(self.source) == "{")?;
                let head = self.source.get(self.tokens.get(first)?.start..opens.start)?;
                let words: Vec<&str> = head.split_whitespace().collect();
                return Some(words.join(" "));
            }
            depth += usize::from(text(index) == Some("{"));
            depth = depth.saturating_sub(usize::from(text(index) == Some("}")));
            let ends = matches!(text(index), Some(";" | "}")) || token.is_comment();
            if depth == 0 && (ends || token.kind == Kind::Directive) {
                first = index + 1;
            }
        }
        None
    }

    /// An argument, converted to the type that the table has for it.
    fn argument(
        &mut self,
        argument: &Expr,
        parameter: Option<&str>,
        call: &CallHelp,
    ) -> Result<(), Error> {
        let from = self.value(argument)?;
        let Some(parameter) = parameter else {
            // Behind the parameters: whatever is one number for the machine.
            if !matches!(from, Type::Int(_) | Type::Pointer { .. }) {
                let message = said!("expected a number or a pointer, this is {ty}", ty = from);
                return Err(Error::new(argument.span.clone(), message));
            }
            return Ok(());
        };
        let to = self.declared(parameter);
        self.convert(&from, &to, argument).map_err(|error| match error.help {
            Some(_) => error,
            None => error.help(Said::same(call.to_string())),
        })
    }

    /// A type as the tables of calls write it.
    pub(super) fn declared(&self, text: &str) -> Type {
        if let Some(element) = text.strip_suffix("[2]").or(text.strip_suffix("[]")) {
            return Type::pointer(self.declared(element.trim_end()));
        }
        // A pointer that stays as it is: of no matter to whoever hands it over.
        let text = text.strip_suffix("const").filter(|rest| rest.ends_with('*')).unwrap_or(text);
        if let Some(target) = text.strip_suffix('*') {
            let target = target.trim_end();
            let constant = target.starts_with("const ");
            let target = self.declared(target.trim_start_matches("const "));
            return Type::Pointer { to: Arc::new(target), constant };
        }
        let combined = match text {
            "unsigned int" => Some(Int::UNSIGNED),
            "unsigned long" => Some(Int::UNSIGNED_LONG),
            "unsigned char" => Some(Int { size: 1, signed: false, name: "unsigned char" }),
            _ => INTS.iter().find(|int| int.name == text).copied(),
        };
        match combined {
            Some(int) => Type::Int(int),
            None => self.scope.types.get(text).cloned().unwrap_or(Type::Void),
        }
    }

    /// A call of a function that the learner wrote.
    fn own(
        &mut self,
        function: Arc<Function>,
        name: &Name,
        arguments: &[Expr],
        span: &Span,
    ) -> Result<Type, Error> {
        let expected = function.parameters.len();
        if arguments.len() != expected {
            return Err(
                wrong_count(expected, arguments.len(), span).help(Said::same(&*function.signature))
            );
        }
        for (argument, (ty, _)) in arguments.iter().zip(&function.parameters) {
            let from = self.value(argument)?;
            self.convert(&from, ty, argument)?;
        }
        for (ty, address) in function.parameters.iter().rev() {
            if let Type::Struct(layout) = ty {
                self.emit(Op::Push(*address as i64));
                self.emit(Op::Swap);
                self.emit(Op::Copy(layout.size));
                self.emit(Op::Drop);
            } else {
                self.emit(Op::Set(*address, ty.int().unwrap_or(Int::UNSIGNED_LONG)));
            }
        }
        match function.body.get() {
            Some(body) => self.asks |= body.asks,
            // Its body is still to come; whoever calls it might ask.
            None => self.asks = true,
        }
        let caller = self.function.as_ref().map_or("".into(), |caller| Arc::clone(&caller.name));
        let callees = self.called.entry(caller).or_default();
        callees.push((Arc::clone(&function), name.span.clone()));
        let returns = function.returns.clone();
        self.emit(Op::Enter(function));
        Ok(returns)
    }
}

fn wrong_count(expected: usize, found: usize, span: &Span) -> Error {
    Error::new(
        span.clone(),
        said!("expected {expected|argument|arguments}, found {found}", expected, found),
    )
}
