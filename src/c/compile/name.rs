//! What names mean, and which type was written.

use std::sync::Arc;

use super::super::arena::{ERRNO_ADDRESS, IN6ADDR};
use super::super::ast::{Base, Derived, Name, Span, StructBody, TypeName};
use super::super::constants;
use super::super::error::Error;
use super::super::layout::Packing;
use super::super::parser::KEYWORDS;
use super::super::program::Function;
use super::super::scope::Variable;
use super::super::types::{Struct, Type};
use super::Compiler;
use crate::model::said;

/// What a name stands for.
pub(super) enum Meaning {
    Variable(Variable),
    Constant(i64, Type),
    Function(Arc<Function>),
}

/// No object is larger.
const LARGEST: u64 = 1 << 20;

impl Compiler<'_> {
    pub(super) fn meaning(&mut self, name: &str, span: &Span) -> Result<Meaning, Error> {
        if let Some(local) = self.blocks.iter().rev().find_map(|block| block.get(name)) {
            return Ok(Meaning::Variable(local.clone()));
        }
        let fallback = self.passing.is_some();
        if let Some(variable) = self.scope.variable(name)
            && (variable.function.is_none() || fallback)
        {
            return Ok(Meaning::Variable(variable.clone()));
        }
        if let Some(function) = self.scope.functions.get(name) {
            return Ok(Meaning::Function(Arc::clone(function)));
        }
        if let Some(value) = self.scope.values.get(name) {
            return Ok(Meaning::Constant(*value, Type::INT));
        }
        if let Some(object) = self.library_object(name) {
            return Ok(Meaning::Variable(object));
        }
        if let Some((value, ty)) = constants::typed(name) {
            return Ok(Meaning::Constant(value, ty));
        }
        Err(self.unknown(name, span))
    }

    /// `errno` and the constants that are structs.
    fn library_object(&mut self, name: &str) -> Option<Variable> {
        let in6_addr = || self.scope.types.get("struct in6_addr").cloned();
        let (ty, address, constant) = match name {
            "errno" => (Type::INT, ERRNO_ADDRESS, false),
            "in6addr_any" => (in6_addr()?, IN6ADDR[0], true),
            "in6addr_loopback" => (in6_addr()?, IN6ADDR[1], true),
            _ => return None,
        };
        if constant {
            let mut bytes = [0; 16];
            bytes[15] = u8::from(name == "in6addr_loopback");
            self.data.push((address, Arc::new(bytes)));
        }
        Some(Variable { name: name.into(), ty, address, function: None, constant })
    }

    fn unknown(&self, name: &str, span: &Span) -> Error {
        let error = Error::new(span.clone(), said!("{name} is not declared", name));
        if super::super::calls::call_named(name).is_some() {
            let message = said!("{name} is a function: write ( and its arguments behind it", name);
            return Error::new(span.clone(), message);
        }
        if KEYWORDS.contains(&name) {
            let (what, found) = (said!("an expression"), said!("found {token}", token = name));
            return Error::new(span.clone(), said!("expected {what}, {found}", what, found));
        }
        let locals = self.blocks.iter().flat_map(|block| block.keys()).map(|name| &**name);
        let top = self.scope.variables().filter(|variable| variable.function.is_none());
        let names = locals
            .chain(top.map(|variable| &*variable.name))
            .chain(self.scope.values.keys().map(|name| &**name))
            .chain(self.scope.defines.keys().map(|name| &**name))
            .chain(constants::names().map(|name: &str| name))
            .chain(["errno"]);
        error.nearest(name, names)
    }

    /// The type that was written. `[]` has length 0 until its initialiser is known.
    pub(super) fn resolve(&mut self, name: &TypeName) -> Result<Type, Error> {
        let mut ty = match &name.base {
            Base::Void => Type::Void,
            Base::Int(int) => Type::Int(*int),
            Base::Function => Type::Function,
            Base::Named(named) => self.named_type(named)?,
            Base::Tag(tag) => self.tag(tag),
            Base::Struct(body) => self.structure(body)?,
            Base::Enum(values) => {
                let mut next = 0;
                for (name, value) in values {
                    if let Some(value) = value {
                        next = self.constant(value)?;
                    }
                    self.scope.values.insert(name.text.as_str().into(), next);
                    next = next.wrapping_add(1);
                }
                Type::Int(super::super::types::Int::UNSIGNED)
            }
        };
        for (at, derived) in name.derived.iter().enumerate() {
            ty = match derived {
                Derived::Pointer => {
                    Type::Pointer { to: Arc::new(ty), constant: name.constant && at == 0 }
                }
                Derived::Array(length) => self.array(ty, length.as_deref(), name.name_span())?,
            };
        }
        Ok(ty)
    }

    fn array(
        &mut self,
        of: Type,
        length: Option<&super::super::ast::Expr>,
        span: &Span,
    ) -> Result<Type, Error> {
        self.whole(&of, span)?;
        let length = match length {
            None => 0,
            Some(expr) => {
                let length = self.constant(expr).map_err(|error| {
                    error.help(said!("an array's length is a number or a constant: char buf[64]"))
                })?;
                u64::try_from(length).map_err(|_| {
                    Error::new(
                        expr.span.clone(),
                        said!("an array can't have {length} elements", length),
                    )
                })?
            }
        };
        let ty = Type::Array { of: Arc::new(of), length };
        if ty.size() > LARGEST {
            return Err(Error::new(
                span.clone(),
                said!("an object may have at most 1048576 bytes"),
            ));
        }
        Ok(ty)
    }

    fn named_type(&self, name: &Name) -> Result<Type, Error> {
        self.scope.types.get(name.text.as_str()).cloned().ok_or_else(|| {
            Error::new(name.span.clone(), said!("{name} is no type that I know", name = name.text))
        })
    }

    /// `struct tag`: known, or the name of a struct that is to come.
    fn tag(&mut self, tag: &Name) -> Type {
        match self.scope.types.get(tag.text.as_str()) {
            Some(ty) => ty.clone(),
            None => Type::Struct(Arc::new(Struct::named(tag.text.clone()))),
        }
    }

    fn structure(&mut self, body: &StructBody) -> Result<Type, Error> {
        let keyword = if body.union { "union" } else { "struct" };
        let name = match &body.tag {
            Some(tag) => tag.text.clone(),
            None => format!("{keyword} {{…}} of {}", self.scope.next),
        };
        let mut members = Vec::new();
        for (name, ty) in &body.members {
            let resolved = self.resolve(ty)?;
            self.whole(&resolved, ty.name_span())?;
            let double = |(known, _): &(Option<String>, Type)| {
                name.as_ref().is_some_and(|name| known.as_deref() == Some(&name.text))
            };
            if members.iter().any(double) {
                return Err(Error::new(ty.span.clone(), said!("two fields have the same name")));
            }
            members.push((name.as_ref().map(|name| name.text.clone()), resolved));
        }
        let packing = Packing { union: body.union, most: body.most };
        let ty = Type::Struct(Arc::new(Struct::new(name.clone(), members, packing)));
        if ty.size() > LARGEST {
            let span = body.tag.as_ref().map_or(0..0, |tag| tag.span.clone());
            return Err(Error::new(span, said!("an object may have at most 1048576 bytes")));
        }
        if let Some(tag) = &body.tag {
            if self.scope.types.contains_key(name.as_str()) {
                return Err(Error::new(
                    tag.span.clone(),
                    said!("{name} is already declared", name),
                ));
            }
            self.scope.types.insert(name.into(), ty.clone());
        }
        Ok(ty)
    }

    /// The struct itself where only its name was known when `ty` was made.
    pub(super) fn completed(&self, ty: &Type) -> Type {
        match ty {
            Type::Struct(layout) if layout.incomplete => {
                self.scope.types.get(layout.name.as_str()).cloned().unwrap_or_else(|| ty.clone())
            }
            Type::Struct(_)
            | Type::Void
            | Type::Int(_)
            | Type::Pointer { .. }
            | Type::Array { .. }
            | Type::Function => ty.clone(),
        }
    }

    /// Refuses a cast to a pointer to a struct that nobody has declared. C lets it pass, but nobody
    /// means it: `(struct sockadr *)` is a slip of the pen.
    pub(super) fn known_target(&self, ty: &Type, span: &Span) -> Result<(), Error> {
        match ty {
            Type::Pointer { to, .. } => match self.completed(to) {
                Type::Struct(layout) if layout.incomplete => {
                    self.whole(&Type::Struct(layout), span)
                }
                inner => self.known_target(&inner, span),
            },
            Type::Void | Type::Int(_) | Type::Struct(_) | Type::Array { .. } | Type::Function => {
                Ok(())
            }
        }
    }

    /// Refuses types that no object can have.
    pub(super) fn whole(&self, ty: &Type, span: &Span) -> Result<(), Error> {
        match ty {
            Type::Void | Type::Function => {
                Err(Error::new(span.clone(), said!("nothing can have the type void")))
            }
            Type::Struct(layout) if layout.incomplete && layout.name == "struct addrinfo" => {
                Err(Error::names(span.clone()))
            }
            Type::Struct(layout) if layout.incomplete => {
                let error =
                    Error::new(span.clone(), said!("{layout} is not known", layout = layout.name));
                Err(error.nearest(&layout.name, self.scope.types.keys().map(|name| &**name)))
            }
            Type::Struct(_) | Type::Int(_) | Type::Pointer { .. } | Type::Array { .. } => Ok(()),
        }
    }
}
