//! Operators: arithmetic on numbers and pointers, comparisons, assignments.

use super::super::ast::{Binary, Expr, Span, TypeName, Unary};
use super::super::error::Error;
use super::super::program::Op;
use super::super::types::{Int, Type};
use super::Compiler;
use super::expression::Place;
use crate::model::said;

impl Compiler<'_> {
    pub(super) fn unary(&mut self, operator: Unary, of: &Expr) -> Result<Type, Error> {
        if operator == Unary::Not {
            self.test(of)?;
            self.emit(Op::Not);
            return Ok(Type::INT);
        }
        let ty = self.value(of)?;
        let int = self.expect_int(&ty, &of.span, said!("expected a number"))?.promoted();
        match operator {
            Unary::Minus => self.emit(Op::Negate(int)),
            Unary::Complement => self.emit(Op::Complement(int)),
            Unary::Plus | Unary::Not | Unary::Address | Unary::Target => {}
        }
        Ok(Type::Int(int))
    }

    pub(super) fn binary(
        &mut self,
        operator: Binary,
        left: &Expr,
        right: &Expr,
        span: &Span,
    ) -> Result<Type, Error> {
        let left_type = self.value(left)?;
        if left_type.target().is_some() && operator == Binary::Add {
            let right_type = self.value(right)?;
            self.expect_int(&right_type, &right.span, said!("to a pointer a number can be added"))?;
            return self.moved_pointer(left_type, Binary::Add, span);
        }
        let right_type = self.value(right)?;
        self.operate(operator, &left_type, &right_type, span)
    }

    /// Both values lie on the stack.
    fn operate(
        &mut self,
        operator: Binary,
        left: &Type,
        right: &Type,
        span: &Span,
    ) -> Result<Type, Error> {
        let pointers = (left.target().is_some(), right.target().is_some());
        match (operator, pointers) {
            (Binary::Add | Binary::Subtract, (true, false)) if right.int().is_some() => {
                return self.moved_pointer(left.clone(), operator, span);
            }
            (Binary::Add, (false, true)) if left.int().is_some() => {
                self.emit(Op::Swap);
                return self.moved_pointer(right.clone(), operator, span);
            }
            (Binary::Subtract, (true, true)) => return self.distance(left, span),
            (_, (false, false)) => {}
            (operator, _)
                if is_comparison(operator)
                    && left.layout().is_none()
                    && right.layout().is_none() =>
            {
                self.emit(Op::Binary(operator, Int::UNSIGNED_LONG));
                return Ok(Type::INT);
            }
            _ => {}
        }
        let (Some(a), Some(b)) = (left.int(), right.int()) else {
            let message = said!("this can't be done with {left} and {right}", left, right);
            return Err(Error::new(span.clone(), message));
        };
        let is_shift = matches!(operator, Binary::Left | Binary::Right);
        let int = if is_shift { a.promoted() } else { a.common(b) };
        self.emit(Op::Binary(operator, int));
        Ok(if is_comparison(operator) { Type::INT } else { Type::Int(int) })
    }

    /// Pointer and number lie on the stack.
    fn moved_pointer(&mut self, ty: Type, operator: Binary, span: &Span) -> Result<Type, Error> {
        let target = ty.target().cloned().unwrap_or(Type::Void);
        let target = self.completed(&target);
        self.scale(&target, operator, span)?;
        Ok(ty)
    }

    /// Address and number lie on the stack; the number counts objects of type `ty`.
    pub(super) fn scale(&mut self, ty: &Type, operator: Binary, span: &Span) -> Result<(), Error> {
        if ty.layout().is_some_and(|layout| layout.incomplete) {
            return self.whole(ty, span);
        }
        if ty.size() != 1 {
            self.emit(Op::Push(ty.size() as i64));
            self.emit(Op::Binary(Binary::Multiply, Int::LONG));
        }
        self.emit(Op::Binary(operator, Int::UNSIGNED_LONG));
        Ok(())
    }

    /// Two pointers lie on the stack.
    fn distance(&mut self, ty: &Type, span: &Span) -> Result<Type, Error> {
        let target = self.completed(ty.target().unwrap_or(&Type::Void));
        if target.layout().is_some() {
            self.whole(&target, span)?;
        }
        self.emit(Op::Binary(Binary::Subtract, Int::LONG));
        self.emit(Op::Push(target.size().max(1) as i64));
        self.emit(Op::Binary(Binary::Divide, Int::LONG));
        Ok(Type::Int(Int::LONG))
    }

    /// `&&` and `||`: `skip` jumps over the rest where the first operand decides.
    pub(super) fn both(
        &mut self,
        left: &Expr,
        right: &Expr,
        skip: fn(usize) -> Op,
        last: i64,
    ) -> Result<Type, Error> {
        self.test(left)?;
        let first = self.jump(skip);
        self.test(right)?;
        let second = self.jump(skip);
        self.emit(Op::Push(last));
        let end = self.jump(Op::Jump);
        self.land(first);
        self.land(second);
        self.emit(Op::Push(1 - last));
        self.land(end);
        Ok(Type::INT)
    }

    pub(super) fn conditional(
        &mut self,
        test: &Expr,
        yes: &Expr,
        no: &Expr,
    ) -> Result<Type, Error> {
        self.test(test)?;
        let otherwise = self.jump(Op::JumpIfZero);
        let yes_type = self.value(yes)?;
        // Room for a conversion that is known only after the other branch.
        self.emit(Op::Convert(Int::LONG));
        let conversion = self.ops.len() - 1;
        let end = self.jump(Op::Jump);
        self.land(otherwise);
        let no_type = self.value(no)?;
        let ty = match (&yes_type, &no_type) {
            (Type::Int(a), Type::Int(b)) => {
                let int = a.common(*b);
                self.ops[conversion] = Op::Convert(int);
                self.emit(Op::Convert(int));
                Type::Int(int)
            }
            (Type::Pointer { to, .. }, Type::Pointer { .. }) if **to == Type::Void => no_type,
            (Type::Pointer { .. }, Type::Pointer { .. } | Type::Int(_)) => yes_type,
            (Type::Int(_), Type::Pointer { .. }) => no_type,
            (a, b) if a == b => yes_type,
            (a, b) => {
                let message = said!("behind ? stands {a}, behind : stands {b}", a, b);
                return Err(Error::new(no.span.clone(), message));
            }
        };
        self.land(end);
        Ok(ty)
    }

    pub(super) fn step(&mut self, of: &Expr, by: i64, before: bool) -> Result<Type, Error> {
        let place = self.writable(of)?;
        let (int, by) = match &place.ty {
            Type::Int(int) => (*int, by),
            Type::Pointer { to, .. } => {
                let target = self.completed(to);
                (Int::UNSIGNED_LONG, by.wrapping_mul(target.size() as i64))
            }
            ty => return Err(Error::new(of.span.clone(), said!("{ty} can't be counted", ty))),
        };
        self.emit(Op::Step { int, by, before });
        Ok(place.ty)
    }

    /// The address of something that may be written.
    fn writable(&mut self, expr: &Expr) -> Result<Place, Error> {
        let place = self.place(expr)?;
        if place.constant {
            return Err(Error::new(expr.span.clone(), said!("this is const: it can't be changed")));
        }
        if let Type::Array { .. } = place.ty {
            return Err(Error::new(expr.span.clone(), said!("an array can't be assigned"))
                .help(said!("copy the bytes: strcpy() or memcpy()")));
        }
        Ok(place)
    }

    pub(super) fn assign(&mut self, left: &Expr, right: &Expr) -> Result<Type, Error> {
        let place = self.writable(left)?;
        let ty = self.value(right)?;
        self.convert(&ty, &place.ty, right)?;
        self.store(&place.ty);
        Ok(place.ty)
    }

    /// Address and value lie on the stack.
    fn store(&mut self, ty: &Type) {
        match ty {
            Type::Int(int) => self.emit(Op::Store(*int)),
            Type::Struct(layout) => self.emit(Op::Copy(layout.size)),
            Type::Pointer { .. } | Type::Void | Type::Array { .. } | Type::Function => {
                self.emit(Op::Store(Int::UNSIGNED_LONG));
            }
        }
    }

    pub(super) fn assign_by(
        &mut self,
        operator: Binary,
        left: &Expr,
        right: &Expr,
    ) -> Result<Type, Error> {
        let place = self.writable(left)?;
        self.emit(Op::Duplicate);
        let old = self.load(&place.ty);
        let new = self.value(right)?;
        let result = self.operate(operator, &old, &new, &left.span)?;
        match (&place.ty, result) {
            (Type::Int(int), Type::Int(_)) => self.emit(Op::Convert(*int)),
            (Type::Pointer { .. }, Type::Pointer { .. }) => {}
            (ty, result) => {
                return Err(Error::new(
                    left.span.clone(),
                    said!("{result} is no {ty}", result, ty),
                ));
            }
        }
        self.store(&place.ty);
        Ok(place.ty)
    }

    pub(super) fn cast(&mut self, name: &TypeName, of: &Expr) -> Result<Type, Error> {
        let to = self.resolve(name)?;
        self.known_target(&to, name.name_span())?;
        let from = self.value(of)?;
        let possible = matches!(from, Type::Int(_) | Type::Pointer { .. });
        match &to {
            Type::Void => {}
            Type::Int(int) if possible => {
                if int.name == "bool" {
                    self.emit(Op::Not);
                    self.emit(Op::Not);
                }
                self.emit(Op::Convert(*int));
            }
            Type::Pointer { .. } if possible => {}
            Type::Pointer { .. } if from.layout().is_some() => {
                let message = said!("{from} is no address", from);
                return Err(Error::new(of.span.clone(), message).help(said!("write & before it")));
            }
            Type::Int(_)
            | Type::Pointer { .. }
            | Type::Array { .. }
            | Type::Struct(_)
            | Type::Function => {
                let message = said!("{from} can't be made {to}", from, to);
                return Err(Error::new(name.span.clone(), message));
            }
        }
        Ok(to)
    }
}

fn is_comparison(operator: Binary) -> bool {
    match operator {
        Binary::Less
        | Binary::Greater
        | Binary::LessEqual
        | Binary::GreaterEqual
        | Binary::Equal
        | Binary::NotEqual => true,
        Binary::Multiply
        | Binary::Divide
        | Binary::Remainder
        | Binary::Add
        | Binary::Subtract
        | Binary::Left
        | Binary::Right
        | Binary::And
        | Binary::Xor
        | Binary::Or => false,
    }
}
