//! Initialisers: `= 3`, `= "text"`, `= { .a = 1, [2].b = 3, 4 }` (C11 6.7.9).

use super::super::ast::{Designator, Expr, ExprKind, Init, Item, Span, TypeName};
use super::super::error::Error;
use super::super::program::Op;
use super::super::types::{Int, Type};
use super::Compiler;
use super::expression::Place;
use crate::model::{Said, said};

impl Compiler<'_> {
    /// `(struct linger){ 1, 0 }`: an object without a name.
    pub(super) fn literal(&mut self, ty: &TypeName, init: &Init) -> Result<Place, Error> {
        let resolved = self.resolve(ty)?;
        let resolved = self.sized(resolved, Some(init), &ty.span)?;
        self.whole(&resolved, ty.name_span())?;
        let address = self.allocate(resolved.size(), resolved.align(), &ty.span)?;
        self.initialise(&resolved, address, init)?;
        self.emit(Op::Push(address as i64));
        Ok(Place { ty: resolved, constant: false })
    }

    /// The type with the length that its initialiser gives it, if it was `[]`.
    pub(super) fn sized(
        &mut self,
        ty: Type,
        init: Option<&Init>,
        span: &Span,
    ) -> Result<Type, Error> {
        let Type::Array { of, length: 0 } = &ty else { return Ok(ty) };
        let length = match init {
            None => {
                return Err(Error::new(
                    span.clone(),
                    said!("this array needs a length or a value"),
                )
                .help(said!("char buf[64]; or char text[] = \"hello\";")));
            }
            Some(Init::Value(Expr { kind: ExprKind::Text(bytes), .. })) => bytes.len() as u64,
            Some(Init::List(items, _)) => match lone_text(items) {
                Some(bytes) if ty.is_text() => bytes as u64,
                _ => self.count(items, of)?,
            },
            Some(Init::Value(value)) => {
                return Err(Error::new(value.span.clone(), said!("expected {{ or a string")));
            }
        };
        let ty = Type::Array { of: of.clone(), length };
        if ty.size() > 1 << 20 {
            return Err(Error::new(
                span.clone(),
                said!("an object may have at most 1048576 bytes"),
            ));
        }
        Ok(ty)
    }

    /// How many elements a list has: one behind the highest index.
    fn count(&mut self, items: &[Item], of: &Type) -> Result<u64, Error> {
        let (mut next, mut length) = (0u64, 0u64);
        for item in items {
            if let Some(Designator::Index(index)) = item.at.first() {
                next = self.index(index)?;
            } else if let (Init::Value(value), true) = (&item.value, of.int().is_none()) {
                let scalar = matches!(of, Type::Pointer { .. })
                    || of.is_text() && matches!(value.kind, ExprKind::Text(_));
                if !scalar && self.type_of(value)? != *of {
                    return Err(Error::new(
                        value.span.clone(),
                        said!(
                            "expected {{ for each element, or \
                        the number of elements between [ and ]"
                        ),
                    ));
                }
            }
            next = next.saturating_add(1);
            length = length.max(next);
        }
        Ok(length)
    }

    fn index(&mut self, index: &Expr) -> Result<u64, Error> {
        let value = self.constant(index)?;
        u64::try_from(value).map_err(|_| {
            Error::new(index.span.clone(), said!("there is no element {value}", value))
        })
    }

    /// Code that gives the object at `address` its value; what is not named becomes 0.
    pub(super) fn initialise(&mut self, ty: &Type, address: u64, init: &Init) -> Result<(), Error> {
        match (ty, init) {
            (Type::Array { .. } | Type::Struct(_), Init::List(items, span)) => {
                self.emit(Op::Zero(address, ty.size()));
                if let (true, Some(_), Some(item)) = (ty.is_text(), lone_text(items), items.first())
                {
                    return self.initialise(ty, address, &item.value);
                }
                let mut items = items.iter().peekable();
                self.aggregate(ty, address, &mut items, true)?;
                match items.next() {
                    Some(_) => {
                        let message = said!("these are more values than {ty} has room for", ty);
                        Err(Error::new(span.clone(), message))
                    }
                    None => Ok(()),
                }
            }
            (_, Init::List(items, span)) => match &items[..] {
                [item] if item.at.is_empty() => self.initialise(ty, address, &item.value),
                _ => Err(Error::new(span.clone(), said!("expected one value for {ty}", ty))),
            },
            (ty, Init::Value(Expr { kind: ExprKind::Text(bytes), span, .. })) if ty.is_text() => {
                self.text_into(ty, address, bytes, span)
            }
            (_, Init::Value(value)) => self.set(ty, address, value),
        }
    }

    /// A string as the value of a `char` array. Its NUL may be left out (C11 6.7.9).
    fn text_into(
        &mut self,
        ty: &Type,
        address: u64,
        bytes: &[u8],
        span: &Span,
    ) -> Result<(), Error> {
        let size = ty.size();
        if bytes.len() as u64 - 1 > size {
            let message = said!("{len} bytes don't fit into {ty}", len = bytes.len() - 1, ty);
            return Err(Error::new(span.clone(), message));
        }
        let used = size.min(bytes.len() as u64);
        let copy: std::sync::Arc<[u8]> = bytes[..used as usize].into();
        // Not the array itself: the bytes must come anew each time the code runs.
        let from = self.text(&copy, span)?;
        self.emit(Op::Zero(address, size));
        self.emit(Op::Push(address as i64));
        self.emit(Op::Push(from as i64));
        self.emit(Op::Copy(used));
        self.emit(Op::Drop);
        Ok(())
    }

    fn set(&mut self, ty: &Type, address: u64, value: &Expr) -> Result<(), Error> {
        match ty {
            Type::Struct(layout) => {
                self.emit(Op::Push(address as i64));
                let from = self.value(value)?;
                self.convert(&from, ty, value)?;
                self.emit(Op::Copy(layout.size));
                self.emit(Op::Drop);
            }
            Type::Array { .. } => {
                return Err(Error::new(value.span.clone(), said!("expected {{ for an array")));
            }
            Type::Int(_) | Type::Pointer { .. } | Type::Void | Type::Function => {
                let from = self.value(value)?;
                self.convert(&from, ty, value)?;
                self.emit(Op::Set(address, ty.int().unwrap_or(Int::UNSIGNED_LONG)));
            }
        }
        Ok(())
    }

    /// Takes values from a list for the parts of a struct or array. Without braces of its own
    /// (`braced`) it takes only as many as it has parts, and stops at a designator.
    fn aggregate<'i>(
        &mut self,
        ty: &Type,
        address: u64,
        items: &mut std::iter::Peekable<impl Iterator<Item = &'i Item> + Clone>,
        braced: bool,
    ) -> Result<(), Error> {
        let mut part = Some(0);
        while let Some(item) = items.peek() {
            if !item.at.is_empty() {
                if !braced {
                    return Ok(());
                }
                let item = items.next().expect("it was peeked at");
                part = Some(self.designated(ty, address, item)?);
                continue;
            }
            let Some((offset, part_type, following)) = part.and_then(|part| nth_part(ty, part))
            else {
                return Ok(());
            };
            self.part(&part_type, address + offset, items)?;
            part = following;
        }
        Ok(())
    }

    /// One part takes the next value, or, if it is itself an aggregate without braces, as many as
    /// it needs.
    fn part<'i>(
        &mut self,
        ty: &Type,
        address: u64,
        items: &mut std::iter::Peekable<impl Iterator<Item = &'i Item> + Clone>,
    ) -> Result<(), Error> {
        let Some(item) = items.peek() else { return Ok(()) };
        let whole = match (&item.value, ty) {
            (Init::List(..), _) | (_, Type::Int(_) | Type::Pointer { .. }) => true,
            (Init::Value(value), _) if ty.is_text() => matches!(value.kind, ExprKind::Text(_)),
            (Init::Value(value), Type::Struct(_)) => self.type_of(value)? == *ty,
            (Init::Value(_), Type::Array { .. } | Type::Void | Type::Function) => false,
        };
        if whole {
            let item = items.next().expect("it was peeked at");
            return self.initialise(ty, address, &item.value);
        }
        self.aggregate(ty, address, &mut *items, false)
    }

    /// `.a.b[3] = value`: gives back the number of the part behind the outermost one.
    fn designated(&mut self, ty: &Type, address: u64, item: &Item) -> Result<usize, Error> {
        let (mut ty, mut address, mut following) = (ty.clone(), address, None);
        for designator in &item.at {
            let (offset, inner, next) = match (designator, &ty) {
                (Designator::Field(name), Type::Struct(layout)) => {
                    let at = layout.fields.iter().position(|field| field.name == name.text);
                    let Some((offset, inner, next)) = at.and_then(|at| nth_part(&ty, at)) else {
                        let names = layout.fields.iter().map(|field| &*field.name);
                        let shown = Said::list(names.clone().take(12));
                        let message = said!(
                            "{layout} has no field {name}",
                            layout = layout.name,
                            name = name.text
                        );
                        return Err(Error::new(name.span.clone(), message)
                            .help(said!(
                                "it has {shown}",
                                shown = shown.unwrap_or_else(|| Said::same(""))
                            ))
                            .nearest(&name.text, names));
                    };
                    (offset, inner, next)
                }
                (Designator::Index(index), Type::Array { length, .. }) => {
                    let at = self.index(index)?;
                    let part = usize::try_from(at).ok().and_then(|at| nth_part(&ty, at));
                    part.ok_or_else(|| {
                        let message = said!("this array has {length} elements, from 0", length);
                        Error::new(index.span.clone(), message)
                    })?
                }
                (Designator::Field(name), ty) => {
                    return Err(Error::new(name.span.clone(), said!("{ty} has no fields", ty)));
                }
                (Designator::Index(index), ty) => {
                    return Err(Error::new(index.span.clone(), said!("{ty} has no elements", ty)));
                }
            };
            address += offset;
            ty = inner;
            following = following.or(Some(next.unwrap_or(usize::MAX)));
        }
        self.initialise(&ty, address, &item.value)?;
        Ok(following.unwrap_or(usize::MAX))
    }
}

/// The offset and type of a struct's or array's part, and the number of the one that follows it:
/// of fields that share bytes (a union) only the first is counted.
fn nth_part(ty: &Type, part: usize) -> Option<(u64, Type, Option<usize>)> {
    match ty {
        Type::Array { of, length } => {
            let index = u64::try_from(part).ok().filter(|index| index < length)?;
            Some((index * of.size(), (**of).clone(), Some(part + 1)))
        }
        Type::Struct(layout) => {
            let field = layout.fields.get(part)?;
            let end = field.offset + field.ty.size();
            let following =
                (part + 1..layout.fields.len()).find(|next| layout.fields[*next].offset >= end);
            Some((field.offset, field.ty.clone(), following))
        }
        Type::Void | Type::Int(_) | Type::Pointer { .. } | Type::Function => None,
    }
}

/// `{ "text" }` is the same as `"text"`: the length with its NUL.
fn lone_text(items: &[Item]) -> Option<usize> {
    match items {
        [Item { at, value: Init::Value(Expr { kind: ExprKind::Text(bytes), .. }) }]
            if at.is_empty() =>
        {
            Some(bytes.len())
        }
        _ => None,
    }
}
