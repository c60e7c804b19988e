//! Expressions → code that leaves one value.

use std::sync::Arc;

use super::super::ast::{Expr, ExprKind, Name, Span, Unary};
use super::super::error::Error;
use super::super::program::{Function, Op};
use super::super::types::{Int, Type};
use super::Compiler;
use super::name::Meaning;
use crate::model::{Said, said};

/// What lies at an address that the code so far has left.
pub(super) struct Place {
    pub ty: Type,
    /// It may not be written.
    pub constant: bool,
}

impl Compiler<'_> {
    /// Code for the value of `expr`, and its type. Arrays have become pointers; of a struct the
    /// value is its address.
    pub(super) fn value(&mut self, expr: &Expr) -> Result<Type, Error> {
        self.work(&expr.span)?;
        match &expr.kind {
            ExprKind::Number(value, int) => {
                self.emit(Op::Push(*value));
                Ok(Type::Int(*int))
            }
            ExprKind::Name(name) => self.named(name, &expr.span),
            ExprKind::Text(_)
            | ExprKind::Index(..)
            | ExprKind::Field { .. }
            | ExprKind::Literal(..)
            | ExprKind::Unary(Unary::Target, _) => {
                let place = self.place(expr)?;
                Ok(self.load(&place.ty))
            }
            ExprKind::Unary(Unary::Address, of) => self.address(of),
            ExprKind::Unary(operator, of) => self.unary(*operator, of),
            ExprKind::Step { .. } | ExprKind::Assign(..) if self.passing.is_some() => {
                Err(changes_something(expr))
            }
            ExprKind::Step { of, by, before } => self.step(of, *by, *before),
            ExprKind::Binary(operator, left, right) => {
                self.binary(*operator, left, right, &expr.span)
            }
            ExprKind::And(left, right) => self.both(left, right, Op::JumpIfZero, 1),
            ExprKind::Or(left, right) => self.both(left, right, Op::JumpUnlessZero, 0),
            ExprKind::Conditional(test, yes, no) => self.conditional(test, yes, no),
            ExprKind::Assign(None, left, right) => self.assign(left, right),
            ExprKind::Assign(Some(operator), left, right) => self.assign_by(*operator, left, right),
            ExprKind::Comma(left, right) => {
                self.value(left)?;
                self.emit(Op::Drop);
                self.value(right)
            }
            ExprKind::Call(name, arguments) => self.call(name, arguments, &expr.span),
            ExprKind::Cast(ty, of) => self.cast(ty, of),
            ExprKind::SizeofType(ty) => {
                let resolved = self.resolve(ty)?;
                self.size(&resolved, ty.name_span())
            }
            ExprKind::Sizeof(of) => {
                let ty = self.type_of(of)?;
                self.size(&ty, &of.span)
            }
        }
    }

    fn size(&mut self, ty: &Type, span: &Span) -> Result<Type, Error> {
        let ty = self.completed(ty);
        if !matches!(ty, Type::Void | Type::Function) {
            self.whole(&ty, span)?;
        }
        self.emit(Op::Push(ty.size() as i64));
        Ok(Type::Int(Int::SIZE))
    }

    /// The type of an expression, arrays still arrays. Leaves no code and takes no memory.
    pub(super) fn type_of(&mut self, expr: &Expr) -> Result<Type, Error> {
        let (ops, data, asks) = (self.ops.len(), self.data.len(), self.asks);
        let (next, passing) = (self.scope.next, self.passing);
        let strings = self.scope.strings.len();
        // Of names only variables lie in memory.
        let is_object = if let ExprKind::Name(name) = &expr.kind {
            matches!(self.meaning(name, &expr.span), Ok(Meaning::Variable(_)))
        } else {
            is_place(expr)
        };
        let ty = if is_object { self.place(expr).map(|place| place.ty) } else { self.value(expr) };
        self.ops.truncate(ops);
        self.data.truncate(data);
        self.asks = asks;
        self.scope.next = next;
        self.scope.strings.truncate(strings);
        self.passing = passing;
        ty
    }

    fn named(&mut self, name: &str, span: &Span) -> Result<Type, Error> {
        match self.meaning(name, span)? {
            Meaning::Variable(variable) => {
                self.emit(Op::Push(variable.address as i64));
                Ok(self.load(&variable.ty))
            }
            Meaning::Constant(value, ty) => {
                self.emit(Op::Push(value));
                Ok(ty)
            }
            // Its address: what a handler of signals is installed by.
            Meaning::Function(function) => Ok(self.function_address(function, span)),
        }
    }

    fn function_address(&mut self, function: Arc<Function>, span: &Span) -> Type {
        self.emit(Op::Push(function.address as i64));
        self.pointed.push((function, span.clone()));
        Type::pointer(Type::Function)
    }

    /// Code that turns an address into what lies there.
    pub(super) fn load(&mut self, ty: &Type) -> Type {
        match ty {
            Type::Int(int) => self.emit(Op::Load(*int)),
            Type::Pointer { .. } => self.emit(Op::Load(Int::UNSIGNED_LONG)),
            Type::Void | Type::Array { .. } | Type::Struct(_) | Type::Function => {}
        }
        ty.decayed()
    }

    /// Code for the address of `expr`, which must be something that lies in memory.
    pub(super) fn place(&mut self, expr: &Expr) -> Result<Place, Error> {
        match &expr.kind {
            ExprKind::Name(name) => {
                let Meaning::Variable(variable) = self.meaning(name, &expr.span)? else {
                    let message = said!("{name} is a constant, not a variable", name);
                    return Err(Error::new(expr.span.clone(), message));
                };
                self.emit(Op::Push(variable.address as i64));
                Ok(Place { ty: variable.ty, constant: variable.constant })
            }
            ExprKind::Text(bytes) => {
                let address = self.text(bytes, &expr.span)?;
                self.emit(Op::Push(address as i64));
                let of = Arc::new(Type::Int(Int::CHAR));
                Ok(Place { ty: Type::Array { of, length: bytes.len() as u64 }, constant: false })
            }
            ExprKind::Unary(Unary::Target, of) => {
                let ty = self.value(of)?;
                self.behind(&ty, &of.span)
            }
            ExprKind::Index(of, index) => {
                let ty = self.value(of)?;
                let place = self.behind(&ty, &of.span)?;
                let index_type = self.value(index)?;
                self.expect_int(&index_type, &index.span, said!("an index is a number"))?;
                self.scale(&place.ty, super::super::ast::Binary::Add, &index.span)?;
                Ok(place)
            }
            ExprKind::Field { of, arrow, name } => self.field(of, *arrow, name),
            ExprKind::Literal(ty, init) => self.literal(ty, init),
            ExprKind::Number(..)
            | ExprKind::Unary(..)
            | ExprKind::Step { .. }
            | ExprKind::Binary(..)
            | ExprKind::And(..)
            | ExprKind::Or(..)
            | ExprKind::Conditional(..)
            | ExprKind::Assign(..)
            | ExprKind::Comma(..)
            | ExprKind::Call(..)
            | ExprKind::Cast(..)
            | ExprKind::SizeofType(_)
            | ExprKind::Sizeof(_) => Err(Error::new(
                expr.span.clone(),
                said!("expected a variable, a field or an element"),
            )),
        }
    }

    /// What a pointer of type `ty` points to.
    fn behind(&mut self, ty: &Type, span: &Span) -> Result<Place, Error> {
        match ty {
            Type::Pointer { to, constant } => {
                Ok(Place { ty: self.completed(to), constant: *constant })
            }
            Type::Void | Type::Int(_) | Type::Array { .. } | Type::Struct(_) | Type::Function => {
                let message = said!("expected a pointer or an array, this is {ty}", ty);
                Err(Error::new(span.clone(), message))
            }
        }
    }

    fn field(&mut self, of: &Expr, arrow: bool, name: &Name) -> Result<Place, Error> {
        let (ty, constant) = if arrow {
            let ty = self.value(of)?;
            if let Type::Struct(layout) = &ty {
                let message =
                    said!("this is {layout} itself, not a pointer to it", layout = layout.name);
                return Err(
                    Error::new(of.span.clone(), message).help(said!("write . instead of ->"))
                );
            }
            let place = self.behind(&ty, &of.span)?;
            (place.ty, place.constant)
        } else if is_place(of) {
            let place = self.place(of)?;
            (place.ty, place.constant)
        } else {
            (self.value(of)?, true)
        };
        let Type::Struct(layout) = &ty else {
            let error = Error::new(of.span.clone(), said!("{ty} has no fields", ty));
            let is_pointer = !arrow && ty.target().is_some_and(|to| to.layout().is_some());
            return Err(if is_pointer {
                error.help(said!("write -> instead of ."))
            } else {
                error
            });
        };
        self.whole(&ty, &of.span)?;
        let Some(field) = layout.field(&name.text) else {
            let names: Vec<&str> = layout.fields.iter().map(|field| &*field.name).collect();
            let message =
                said!("{layout} has no field {name}", layout = layout.name, name = name.text);
            let more = (names.len() > 12).then_some("…");
            let shown = Said::list(names.iter().take(12).copied().chain(more));
            let shown = shown.unwrap_or_else(|| Said::same(""));
            let error = Error::new(name.span.clone(), message).help(said!("it has {shown}", shown));
            return Err(error.nearest(&name.text, names.into_iter()));
        };
        if field.offset != 0 {
            self.emit(Op::Push(field.offset as i64));
            self.emit(Op::Binary(super::super::ast::Binary::Add, Int::UNSIGNED_LONG));
        }
        Ok(Place { ty: field.ty.clone(), constant })
    }

    fn address(&mut self, of: &Expr) -> Result<Type, Error> {
        if let ExprKind::Name(name) = &of.kind
            && let Meaning::Function(function) = self.meaning(name, &of.span)?
        {
            return Ok(self.function_address(function, &of.span));
        }
        if !is_place(of) {
            return Err(Error::new(
                of.span.clone(),
                said!("& needs something that lies in memory"),
            )
            .help(said!("a variable, a field, an element; not a number or a result")));
        }
        let place = self.place(of)?;
        Ok(Type::Pointer { to: Arc::new(place.ty), constant: place.constant })
    }

    /// A string's bytes in the arena.
    pub(super) fn text(&mut self, bytes: &Arc<[u8]>, span: &Span) -> Result<u64, Error> {
        let address = self.allocate(bytes.len() as u64, 1, span)?;
        self.data.push((address, Arc::clone(bytes)));
        if self.passing.is_none() {
            self.scope.strings.push((address, Arc::clone(bytes)));
        }
        Ok(address)
    }

    pub(super) fn expect_int(&self, ty: &Type, span: &Span, why: Said) -> Result<Int, Error> {
        ty.int().ok_or_else(|| Error::new(span.clone(), said!("{why}, this is {ty}", why, ty)))
    }

    /// A value that can be 0 or not.
    pub(super) fn test(&mut self, expr: &Expr) -> Result<(), Error> {
        let ty = self.value(expr)?;
        match ty {
            Type::Int(_) | Type::Pointer { .. } => Ok(()),
            Type::Void | Type::Array { .. } | Type::Struct(_) | Type::Function => {
                let message = said!("expected a number or a pointer, this is {ty}", ty);
                Err(Error::new(expr.span.clone(), message))
            }
        }
    }

    /// Converts the value on top, of type `from`, which `expr` has left, to `to`, as an
    /// assignment does (C11 6.5.16.1).
    pub(super) fn convert(&mut self, from: &Type, to: &Type, expr: &Expr) -> Result<(), Error> {
        let wrong = |help: Said| {
            let message = said!("expected {to}, this is {from}", to, from);
            Err(Error::new(expr.span.clone(), message).help(help))
        };
        match (to, from) {
            (Type::Int(to), Type::Int(_)) => {
                if to.name == "bool" {
                    self.emit(Op::Not);
                    self.emit(Op::Not);
                }
                self.emit(Op::Convert(*to));
                Ok(())
            }
            (Type::Pointer { .. }, Type::Pointer { .. }) => Ok(()),
            (Type::Pointer { .. }, Type::Int(_)) if matches!(expr.kind, ExprKind::Number(0, _)) => {
                Ok(())
            }
            (Type::Pointer { .. }, Type::Int(_)) if matches!(expr.kind, ExprKind::Index(..)) => {
                wrong(said!("this is one element: the name of the array alone is its address"))
            }
            (Type::Pointer { .. }, Type::Int(_)) if is_place(expr) => {
                wrong(said!("write & before it"))
            }
            (Type::Pointer { to: target, .. }, Type::Int(_))
                if matches!(**target, Type::Int(_) | Type::Void) =>
            {
                wrong(said!("put it into a variable, and write & and its name here"))
            }
            (Type::Pointer { .. }, Type::Int(_)) => {
                wrong(said!("if you mean this number as an address, write ({to})", to))
            }
            (Type::Int(_), Type::Pointer { .. }) => {
                wrong(said!("if you mean the address as a number, write ({to})", to))
            }
            (Type::Struct(_), Type::Struct(_)) if to == from => Ok(()),
            (Type::Pointer { to: target, .. }, Type::Struct(_)) if **target == *from => {
                wrong(said!("write & before it"))
            }
            (Type::Pointer { .. }, Type::Struct(_)) => wrong(said!("write ({to})& before it", to)),
            (Type::Struct(layout), Type::Int(_)) if layout.name == "struct in_addr" => {
                wrong(said!("the number belongs into its field: write .s_addr"))
            }
            (
                Type::Void
                | Type::Int(_)
                | Type::Pointer { .. }
                | Type::Array { .. }
                | Type::Struct(_)
                | Type::Function,
                _,
            ) => {
                let message = said!("expected {to}, this is {from}", to, from);
                Err(Error::new(expr.span.clone(), message))
            }
        }
    }
}

/// Whether `expr` lies in memory (an lvalue, or a string).
pub(super) fn is_place(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Text(_)
        | ExprKind::Index(..)
        | ExprKind::Literal(..)
        | ExprKind::Name(_)
        | ExprKind::Unary(Unary::Target, _) => true,
        ExprKind::Field { of, arrow, .. } => *arrow || is_place(of),
        ExprKind::Number(..)
        | ExprKind::Unary(..)
        | ExprKind::Step { .. }
        | ExprKind::Binary(..)
        | ExprKind::And(..)
        | ExprKind::Or(..)
        | ExprKind::Conditional(..)
        | ExprKind::Assign(..)
        | ExprKind::Comma(..)
        | ExprKind::Call(..)
        | ExprKind::Cast(..)
        | ExprKind::SizeofType(_)
        | ExprKind::Sizeof(_) => false,
    }
}

/// A fact that assigns would be true because it made itself so.
fn changes_something(expr: &Expr) -> Error {
    let error = Error::new(expr.span.clone(), said!("a fact changes nothing"));
    match expr.kind {
        ExprKind::Assign(None, ..) => error.help(said!("`==` compares")),
        _ => error,
    }
}
